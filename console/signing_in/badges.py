"""Badges: a tap brings somebody's session to this tablet, locked; a PIN opens details and changes (rule X6).

A tap alone is enough to see the board, to answer a call and to record: one hand, gloves on. Whoever administers or
audits has no badge, since theirs would pass by the second step. Badge and PIN are held against the log as accounts are.
"""

import hashlib
import json
import secrets
import threading
from collections import Counter
from datetime import timedelta
from itertools import pairwise

from console.roles import Actor, Role
from console.rules.decision import Decision
from console.showing.views import Words
from console.signing_in import account_seals
from console.signing_in.passwords import Passwords
from console.signing_in.register import Register
from console.signing_in.second_step import ASKED_OF
from console.signing_in.throttle import Throttle
from console.store import accounts, audit_rows
from console.store import badges as rows
from console.store.badges import BadgeRow
from console.store.database import Tx

SHIFT_BADGE_LASTS = timedelta(hours=13)
"""A shift of twelve hours and 60 minutes; an open session lasts on, so that nobody is cut off while with a patient."""
ISSUERS = frozenset({Role.NURSE_IN_CHARGE, Role.WARD_MANAGER, Role.ADMINISTRATOR})
WITHOUT = frozenset({*ASKED_OF, Role.PATIENT, Role.SYSTEM})
"""Roles that have no badge: a tap would pass by the second step."""
ISSUED, ENDED = "signin:badge:issued", "signin:badge:ended"
PIN_SET, DENIED = "signin:pin:set", "signin:badge:denied"
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LENGTH = 20
_PIN = range(4, 9)
_UNKNOWN = Words("This badge is not known here, or has ended. Sign in with your name, or ask for a new badge.")
_MOST_WRONG = 10
"""Wrong PINs in a row, from whatever device: NIST SP 800-63B allows 100; a PIN of four digits has 10,000 values."""
_GUESSED = Words("This PIN was wrong too often. Sign in with your name and password, and choose a new PIN.")
_WAIT = Words("Too many attempts. Sign in with your name and password.")


class Badges:
    """Badges of the ward's staff."""

    def __init__(self, register: Register, passwords: Passwords, throttle: Throttle) -> None:
        self._register = register
        self._store = register.store
        self._passwords = passwords
        self._throttle = throttle
        self._wrong: Counter[str] = Counter()
        self._lock = threading.Lock()

    def issue(self, by: Actor, actor_id: str) -> str | Decision:
        """Give somebody a badge for this shift; return what it says, shown once."""
        found = self._store.read(lambda tx: accounts.by_id(tx, actor_id))
        if by.role not in ISSUERS:
            return self._deny(by, "not_an_issuer", Words("The nurse in charge makes badges."))
        if found is None or not found.is_active or found.actor.role in WITHOUT:
            return self._deny(by, "no_badge_for_them", Words("Badges are for the ward's own staff."))
        told, now = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH)), self._register.clock.utc_now()
        row = BadgeRow(_hash(told), actor_id, None, now + SHIFT_BADGE_LASTS)

        def work(tx: Tx) -> None:
            self.end(tx, found.actor, "replaced")
            rows.issue(tx, row, by.actor_id, now)
            self._register.record(tx, ISSUED, by, subject=_subject(row), text_digest=_sealed(row))

        self._store.write(work)
        return told

    def end(self, tx: Tx, owner: Actor, why: str) -> None:
        """End somebody's badge with its PIN within the caller's write, with its entry; nothing when they have none."""
        row = rows.end_of(tx, owner.actor_id, self._register.clock.utc_now())
        if row is not None:
            self._register.record(tx, ENDED, owner, subject=_subject(row), reason=why)

    def choose_pin(self, actor: Actor, pin: str) -> Decision:
        """Keep a PIN for one's own badge: 4 to 8 digits, not all the same and no run."""
        if not pin.isdecimal() or not pin.isascii() or len(pin) not in _PIN or _is_plain(pin):
            return self._register.decide(Words("A PIN has 4 to 8 digits, not all the same and not in a row."))
        pin_hash = self._passwords.hash(pin)

        def work(tx: Tx) -> bool:
            if not rows.set_pin(tx, actor.actor_id, pin_hash):
                return False
            self._register.record(tx, PIN_SET, actor, text_digest=hashlib.sha256(pin_hash.encode()).hexdigest())
            return True

        if not self._store.write(work):
            return self._register.decide(Words("You have no badge: ask the nurse in charge for one."))
        self._forget_wrong(actor)
        return self._register.decide(Words("Your PIN is kept: a badge and its PIN open details."), allowed=True)

    def owner(self, told: str, device: str) -> Actor | Decision:
        """Return whose badge was tapped."""
        key = _hash(told.strip().upper())
        if self._throttle.wait_s(key[:16], device, is_known_device=True) > 0:
            return self._register.decide(_WAIT)
        found = self._store.read(lambda tx: self._known(tx, key))
        if found is None:
            self._throttle.failed(key[:16], device)
            return self._deny(None, "unknown_badge", _UNKNOWN)
        return found.actor

    def has_pin(self, actor: Actor) -> bool:
        """Return whether somebody has chosen a PIN for a badge of theirs, so that a screen asks for it first."""
        return self._store.read(lambda tx: self._pin_of(tx, actor)) is not None

    def opens(self, actor: Actor, pin: str, device: str) -> Decision:
        """Return whether a PIN is that of somebody's badge."""
        if self._throttle.wait_s(actor.actor_id, device, is_known_device=True) > 0:
            return self._register.decide(_WAIT)
        if not self._may_try(actor):
            return self._deny(actor, "pin_guessed", _GUESSED)
        pin_hash = self._store.read(lambda tx: self._pin_of(tx, actor))
        if not self._passwords.holds(pin, pin_hash):
            self._throttle.failed(actor.actor_id, device)
            return self._deny(actor, "wrong_pin", Words("That is not your PIN. Your name and password open it too."))
        self._throttle.succeeded(actor.actor_id, device)
        self._forget_wrong(actor)
        return self._register.decide(Words("You may."), allowed=True)

    def _may_try(self, actor: Actor) -> bool:
        """Count an attempt as wrong before it is known: many at once are no more than many one after the other.

        A device is a cookie that can be left out, so this counts the person alone. Their password still opens.
        """
        with self._lock:
            self._wrong[actor.actor_id] += 1
            return self._wrong[actor.actor_id] <= _MOST_WRONG

    def _forget_wrong(self, actor: Actor) -> None:
        with self._lock:
            del self._wrong[actor.actor_id]

    def _known(self, tx: Tx, key: str) -> accounts.Account | None:
        """Return the account of a badge that the log knows and that has not expired."""
        row = rows.of_hash(tx, key)
        if row is None or self._register.clock.utc_now() >= row.expires_at:
            return None
        account = accounts.by_id(tx, row.actor_id)
        told = next(iter(audit_rows.newest_rows(tx, limit=1, subject=_subject(row))), None)
        if account is None or not account.is_active or told is None or not account_seals.holds(tx, account):
            return None
        return account if told.action == ISSUED and json.loads(told.entry)["text_digest"] == _sealed(row) else None

    def _pin_of(self, tx: Tx, actor: Actor) -> str | None:
        row = rows.of_actor(tx, actor.actor_id)
        kept = audit_rows.newest_by(tx, actor.actor_id, (PIN_SET,))
        if row is None or row.pin_hash is None or kept is None:
            return None
        digest = hashlib.sha256(row.pin_hash.encode()).hexdigest()
        return row.pin_hash if json.loads(kept.entry)["text_digest"] == digest else None

    def _deny(self, actor: Actor | None, reason: str, words: Words) -> Decision:
        return self._register.deny(DENIED, actor, reason, words)


def _hash(told: str) -> str:
    return hashlib.sha256(told.encode()).hexdigest()


def _subject(row: BadgeRow) -> str:
    return f"badge:{row.badge_hash[:32]}"


def _sealed(row: BadgeRow) -> str:
    return hashlib.sha256(f"{row.badge_hash} {row.actor_id} {row.expires_at.isoformat()}".encode()).hexdigest()


def _is_plain(pin: str) -> bool:
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps in ({0}, {1}, {-1})
