"""One line of the audit log: codes and pseudonyms only, held to patterns, and its canonical form (rule X5)."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.errors import EntryRefused
from console.roles import Role

ENTRY_VERSION = 1

_CODE = r"[a-z][a-z0-9_]{0,47}"
_ACTOR = re.compile(rf"(system:{_CODE}|anyone|[0-9a-f]{{32}})")
_ACTION = re.compile(rf"{_CODE}:{_CODE}:{_CODE}")
_RULE = re.compile(r"[A-Z]{1,3}-?[0-9]{1,3}[a-z]?")
# Only what is set up for everybody to see has a slug; whatever concerns a person is a random pseudonym.
_SUBJECT = re.compile(rf"((room|node|ward|site):[a-z][a-z0-9-]{{0,31}}|{_CODE}:[0-9a-f]{{32}})?")
_ROOM = re.compile(r"([a-z][a-z0-9-]{0,31})?")
_REASON = re.compile(rf"({_CODE})?")
_DIGEST = re.compile(r"([0-9a-f]{64})?")


class Outcome(StrEnum):
    """Whether what was asked was allowed."""

    ALLOWED = "allowed"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit log: codes and pseudonyms only (rule X5), each field held to its own pattern.

    Attributes:
        action: `source:subject:action`, e.g. `room:measurement:viewed`.
        actor: pseudonym, `system:<part>`, or `anyone` where no sign-in is asked for.
        role: the actor's role; None when nobody signed in.
        outcome: allowed or denied.
        rules: rule ids that decided it.
        policy_version: of the policy file; 0 where no policy decides.
        subject: `room:<slug>`, `node:<slug>`, or `<kind>:<32 hex digits>`; empty when none.
        room: slug of the room concerned; empty when none.
        reason: access reason or code; empty when none.
        text_digest: SHA-256 of a free text that stands elsewhere, 64 hex digits; empty when none.
        obligations: codes of what the decision obliges to.
        since: when it began, where that was earlier than the entry (a glance that ends); None otherwise.
    """

    action: str
    actor: str
    role: Role | None
    outcome: Outcome = Outcome.ALLOWED
    rules: tuple[str, ...] = ()
    policy_version: int = 0
    subject: str = ""
    room: str = ""
    reason: str = ""
    text_digest: str = ""
    obligations: tuple[str, ...] = ()
    since: datetime | None = None

    def __post_init__(self) -> None:
        """Hold every field to its pattern.

        Raises:
            EntryRefused: naming the field, never repeating its content.
        """
        held = {
            "action": _ACTION.fullmatch(self.action),
            "actor": _ACTOR.fullmatch(self.actor),
            "rules": all(_RULE.fullmatch(rule) for rule in self.rules),
            "policy_version": 0 <= self.policy_version < 2**31,
            "subject": _SUBJECT.fullmatch(self.subject),
            "room": _ROOM.fullmatch(self.room),
            "reason": _REASON.fullmatch(self.reason),
            "text_digest": _DIGEST.fullmatch(self.text_digest),
            "obligations": all(re.fullmatch(_CODE, code) for code in self.obligations),
            "since": self.since is None or self.since.tzinfo is not None,
        }
        wrong = [name for name, holds in held.items() if not holds]
        if wrong:
            raise EntryRefused(f"audit entry: {', '.join(wrong)} may hold codes and pseudonyms only (rule X5)")


def canonical_entry(entry: Entry, *, index: int, at: datetime, ward: str) -> bytes:
    """Return the canonical JSON (RFC 8785) that the tree covers; the entry's place is part of it."""
    told: dict[str, str | int | list[str]] = {
        "v": ENTRY_VERSION,
        "index": index,
        "at": at.isoformat(),
        "ward": ward,
        "action": entry.action,
        "actor": entry.actor,
        "role": str(entry.role or ""),
        "outcome": str(entry.outcome),
        "rules": list(entry.rules),
        "policy_version": entry.policy_version,
        "subject": entry.subject,
        "room": entry.room,
        "reason": entry.reason,
        "text_digest": entry.text_digest,
        "obligations": list(entry.obligations),
    }
    if entry.since is not None:
        told["since"] = entry.since.isoformat()
    # Every field is held to ASCII patterns and small whole numbers, for which sorted JSON without spaces is RFC 8785.
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
