"""Counts one ward day without persons: what the month's audit is built from, and nothing else (rules R1, G1)."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from console.rules.alerting.alerts import StepKind
from console.rules.consenting.consent import ConsentState, EntryKind, derive
from console.rules.consenting.groups import OwnQuestion
from console.rules.decision import Obligation
from console.rules.governing.equality import GroupQuestion, OnePerson, counts_by_group
from console.rules.governing.freezing import bounds, frozen_at
from console.rules.in_person.training import Course, in_date
from console.rules.policy import Policy
from console.store import accounts, alerts, assurance, consents, groups, looking, people, rounds, training
from console.store.database import Tx

FIGURES_VERSION = 1
_COUNTED = timedelta(days=365)
_REVIEWED_WITHIN = timedelta(days=60)
_STANDING = {
    ConsentState.GIVEN: "yes",
    ConsentState.PAUSED: "yes",
    ConsentState.REFUSED: "no",
    ConsentState.WITHDRAWN: "no",
    ConsentState.NOT_ASKED: "not_asked",
}
"""What a day of a person is counted as; every other state is `other`."""
_ASKED = (
    EntryKind.OFFERED,
    EntryKind.GIVEN,
    EntryKind.REFUSED,
    EntryKind.WITHDRAWN,
    EntryKind.RELAYED_NO,
    EntryKind.PAUSED,
)
TO_DOOR_S = (60, 180, 300)
"""[s] Ends of the stretches into which the time from an alert to somebody at the door is put."""
_LOOKS = (":viewed", "board:viewing:opened", ":taken")
"""Ends of the actions that are looks, as the log names them."""
_SWEPT = re.compile(r"days_(\d+)_rows_(\d+)_kept_(\d+)")
Disclosures = Callable[[Tx, datetime, datetime], Iterable[str]]
"""Reads the codes of what was released or disclosed in a stretch, one for each."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What one day is counted with.

    Attributes:
        day: of ward time.
        begins: its first instant, UTC.
        ends: the next day's, UTC.
        frozen_at: noon of the next day, UTC: what is seen later counts for nothing.
        policy: the rule book.
        zone: ward time.
    """

    day: date
    begins: datetime
    ends: datetime
    frozen_at: datetime
    policy: Policy
    zone: ZoneInfo


def counted(day: date, policy: Policy, zone: ZoneInfo) -> Counted:
    """Return a day's bounds."""
    return Counted(day, *bounds(day, zone), frozen_at(day, policy, zone), policy, zone)


def figures_of(tx: Tx, one: Counted, disclosures: Disclosures) -> dict[str, Any]:
    """Count a day.

    Args:
        tx: the read.
        one: which day.
        disclosures: what was released or disclosed.

    Returns:
        Figures by section: whole numbers, codes, and hashes of proofs; no person, pseudonym or room.
    """
    entries = [json.loads(told) for told in assurance.log_between(tx, one.begins, one.ends)]
    return {
        "v": FIGURES_VERSION,
        "day": one.day.isoformat(),
        "policy_version": one.policy.version,
        "smallest_shown": int(one.policy.number("E2", "smallest_shown_count")),
        "people": _people(tx, one),
        "asked": _asked(tx, one),
        "groups": _groups(tx, one),
        "checks": _checks(tx, one),
        "quiet": _quiet(tx, one),
        "alerts": _alerts(tx, one),
        "access": _access(entries),
        "denied": _denied(entries),
        "sights": dict(Counter(row.reason.value for row in _sights(tx, one))),
        "training": _training(tx, one),
        "retention": _retention(entries),
        "nodes": _nodes(tx, one),
        "flags": _flags(tx, one, entries),
        "disclosures": dict(Counter(disclosures(tx, one.begins, one.ends))),
    }


def _people(tx: Tx, one: Counted) -> dict[str, int]:
    """Count who stayed at the end of the day, by what their word was worth then."""
    stays = assurance.stays_at(tx, one.ends)
    histories = consents.entries_of(tx, [stay.stay_id for stay in stays])
    found = Counter(dict.fromkeys(("yes", "no", "not_asked", "other"), 0))
    for history in histories.values():
        until = tuple(entry for entry in history if entry.at < one.ends)
        found[_STANDING.get(derive(until, one.ends, one.policy, one.zone).state, "other")] += 1
    return dict(found)


def _asked(tx: Tx, one: Counted) -> dict[str, int]:
    said = Counter(assurance.said_between(tx, one.begins, one.ends))
    return {kind.value: said[kind.value] for kind in _ASKED}


def _groups(tx: Tx, one: Counted) -> dict[str, Any]:
    """Return the counts of rule E2 of the year until then, small ones already withheld."""
    told, histories = groups.every(tx), consents.histories_since(tx, one.ends - _COUNTED)
    everybody = [
        OnePerson([entry for entry in history if entry.at < one.ends], told.get(person, {}))
        for person, history in histories.items()
    ]
    return {
        question.value: {
            row.group: {"people": row.people, **{outcome.value: n for outcome, n in row.outcomes.items()}}
            for row in counts_by_group([one for one in everybody if one.history], question, one.policy)
        }
        for question in (*GroupQuestion, *OwnQuestion)
    }


def _checks(tx: Tx, one: Counted) -> dict[str, dict[str, int]]:
    """Count the checks by level, of those who said no and of the others: how many, how many on time."""
    found: dict[str, dict[str, int]] = {}
    for check in rounds.done_between(tx, one.begins, one.ends - timedelta(microseconds=1)):
        row = found.setdefault(check.level.value, dict.fromkeys(("off", "off_on_time", "on", "on_on_time"), 0))
        side = "off" if check.said_no else "on"
        row[side] += 1
        row[f"{side}_on_time"] += not check.late_by(one.frozen_at)
    return found


def _quiet(tx: Tx, one: Counted) -> dict[str, int]:
    """Count by what people were seen (`breathing_by_sensor` is a quiet check, rule O9) and whether it woke them."""
    seen = assurance.seen_between(tx, one.begins, one.ends)
    return dict(Counter(f"saw_{saw}" for saw, _woke in seen) + Counter(f"woke_{woke}" for _saw, woke in seen))


def _alerts(tx: Tx, one: Counted) -> dict[str, dict[str, int]]:
    """Count the alerts by kind, and how long it took until somebody was at the door."""
    found: dict[str, dict[str, int]] = {}
    for alert, steps in alerts.since(tx, one.begins):
        if not one.begins <= alert.raised_at < one.ends:
            continue
        row = found.setdefault(alert.kind.value, {})
        came = next((step.at for step in steps if step.kind is StepKind.ARRIVED and step.at <= one.frozen_at), None)
        for name in ("raised", f"priority_{alert.priority.value}", _stretch(came, alert.raised_at)):
            row[name] = row.get(name, 0) + 1
    return found


def _stretch(came: datetime | None, raised_at: datetime) -> str:
    if came is None:
        return "door_nobody"
    seconds = (came - raised_at).total_seconds()
    return next((f"door_within_{end}_s" for end in TO_DOOR_S if seconds <= end), "door_later")


def _access(entries: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Count the looks that were allowed, by `role|action|reason`."""
    looks = (one for one in entries if one["outcome"] == "allowed" and one["action"].endswith(_LOOKS))
    return dict(Counter(f"{one['role'] or 'anyone'}|{one['action']}|{one['reason']}" for one in looks))


def _denied(entries: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Count what was refused, by `role|action|rule`; the rule is the first that the refusal names."""
    denied = (one for one in entries if one["outcome"] == "denied")
    return dict(Counter(f"{one['role'] or 'anyone'}|{one['action']}|{(one['rules'] or ['-'])[0]}" for one in denied))


def _sights(tx: Tx, one: Counted) -> list[looking.SightRow]:
    return [row for row in looking.sights_since(tx, one.begins) if row.begins_at < one.ends]


def _training(tx: Tx, one: Counted) -> dict[str, int]:
    """Count the staff, and those in date for each course at the end of the day."""
    staff = [row.actor.actor_id for row in accounts.every(tx) if row.is_active and row.actor.patient_id is None]
    register = [row for row in training.every(tx) if row.entered_at < one.ends]
    held = [in_date(register, actor_id, one.ends) for actor_id in staff]
    return {"staff": len(staff), **{course.value: sum(course in each for each in held) for course in Course}}


def _retention(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what was destroyed, each with the hash that proves it in the log (rule R2)."""
    swept = [(one, _SWEPT.fullmatch(one["reason"])) for one in entries if one["action"] == "retention:days:destroyed"]
    return [
        {"days": int(told[1]), "rows": int(told[2]), "kept": int(told[3]), "proof": one["text_digest"]}
        for one, told in swept
        if told is not None
    ]


def _nodes(tx: Tx, one: Counted) -> dict[str, int]:
    """Count the nodes in use, what they sent, and what the ward lost, by cause."""
    lost = [row for row, _back in alerts.technical_since(tx, one.begins) if one.begins <= row.raised_at < one.ends]
    return {
        "in_use": len(people.all_nodes(tx)),
        **assurance.node_counts(tx, one.begins, one.ends),
        **Counter(f"lost_{row.cause}" for row in lost),
        "lost_and_called_aloud": sum(row.was_loud for row in lost),
    }


def _flags(tx: Tx, one: Counted, entries: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Count what stood out: looks to review, what came of reviews, and decisions flagged to governance."""
    reviews = looking.reviews_since(tx, one.begins - _REVIEWED_WITHIN)
    raised = [row for row in reviews if one.begins <= row.raised_at < one.ends]
    closed = [row for row in reviews if row.reviewed_at is not None and one.begins <= row.reviewed_at < one.ends]
    set_clock = assurance.logged_after_freezing(tx, one.day - timedelta(days=1), one.begins)
    return dict(
        Counter({"logged_after_freezing": set_clock} if set_clock else {})
        + Counter(f"raised_{row.kind.value}" for row in raised)
        + Counter(f"review_{row.outcome.value}" for row in closed if row.outcome is not None)
        + Counter("to_governance" for row in entries if Obligation.FLAG_TO_GOVERNANCE.value in row["obligations"])
    )
