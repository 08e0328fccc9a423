"""Sessions: one for each person and one on each tablet, whichever door they came in by (rules X4, X6)."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from console.errors import StoreError
from console.roles import Actor, Role
from console.rules.decision import Decision
from console.showing.views import Words
from console.signing_in import account_seals, time_boxes
from console.signing_in.account_seals import OPENED, OUTSIDE, digest_after
from console.signing_in.register import Register
from console.store import accounts, audit_rows, identity_rows, second_steps
from console.store.database import Tx

SESSION_LASTS = timedelta(hours=12)
"""A long night shift; a session never outlives it."""
ENDED, DENIED = "signin:session:ended", "signin:session:denied"
BY_BADGE = "badge"
_TOUCH_EVERY = timedelta(seconds=15)
_CLOSED = Words("This account is closed. Ask the administrator.")
_NOT_VOUCHED = Words(
    "The hospital's sign-in has not said lately that you work here. "
    "Sign in there, or ask the nurse in charge for a badge."
)

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that went well.

    Attributes:
        session_token: for the cookie; only its hash is stored.
        actor: who it is.
    """

    session_token: str = field(repr=False)
    actor: Actor


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that lasts.

    Attributes:
        actor: whose.
        device: the device's pseudonym.
        session_id: the session's pseudonym, 32 hex digits.
        idle: since the last request before this one, to within a quarter of a minute (rule X6).
    """

    actor: Actor
    device: str
    session_id: str
    idle: timedelta


class Sessions:
    """Who is signed in, and where; each beginning and end is an entry of the log."""

    def __init__(self, register: Register, vouched_for: timedelta = timedelta(0)) -> None:
        """Take what is needed.

        Args:
            register: store, log and clock.
            vouched_for: for how long a word of the hospital's sign-in opens other doors to its accounts.
        """
        self._register = register
        self._vouched_for = vouched_for
        self._store = register.store
        self._clock = register.clock
        self._revoked: set[str] = set()
        self._known: dict[str, str] = {}

    def fault(self, tx: Tx, account: accounts.Account) -> tuple[str, Words] | None:
        """Return why an account opens nothing now, at any door, as a code and a sentence; None when it may."""
        if not account.is_active:
            return "not_active", _CLOSED
        if not account_seals.holds(tx, account):
            # Right in the database and unknown to the log: somebody has changed it there (T24).
            return "changed_outside", OUTSIDE
        if time_boxes.is_over(tx, account.actor.actor_id, self._clock.utc_now()):
            return "time_is_over", time_boxes.OVER
        return None

    def vouching_fault(self, tx: Tx, actor_id: str) -> tuple[str, Words] | None:
        """Return why a password or passkey does not open an account of the hospital's sign-in; None where it does.

        A badge needs no such word: the nurse in charge has just given it to whoever stands there.
        """
        # The log is asked and not the account: a word of the hospital's cannot be put off or taken away beside it.
        told = audit_rows.newest_by(tx, actor_id, (account_seals.VOUCHED,))
        if told is None or self._clock.utc_now() - told.at < self._vouched_for:
            return None
        return "not_vouched", _NOT_VOUCHED

    def begin(self, actor: Actor, device: str, *, lasts: timedelta = SESSION_LASTS, way: str = "") -> SignIn:
        """Begin a session; it ends the one that another person has on this device, and their own on any other.

        A patient keeps theirs elsewhere: a telephone of their own is no shared tablet.

        Raises:
            StoreError: it cannot be recorded, so nobody is signed in.
        """
        token, now = accounts.new_token(), self._clock.utc_now()

        def begin(tx: Tx) -> None:
            self._make_room(tx, actor, device)
            accounts.open_session(tx, token, actor.actor_id, device, now, now + min(lasts, SESSION_LASTS))
            subject = f"session:{accounts.hash_of(token)[:32]}"
            digest = digest_after(tx, actor)
            self._register.record(tx, OPENED, actor, subject=subject, reason=way, text_digest=digest)

        self._store.write(begin)
        return SignIn(token, actor)

    def open_to(
        self, actor: Actor, device: str, *, lasts: timedelta = SESSION_LASTS, vouched: bool = True, way: str = ""
    ) -> SignIn | Decision:
        """Begin a session for somebody whose secret was right, unless their account opens nothing now.

        Args:
            actor: who it is.
            device: the device's pseudonym.
            lasts: how long at most.
            vouched: somebody has just said that they work here: the hospital's sign-in, or the nurse in charge.
            way: `BY_BADGE`, or empty; the log keeps it.
        """

        def read(tx: Tx) -> tuple[str, Words] | None:
            account = accounts.by_id(tx, actor.actor_id)
            if account is None:
                return "not_active", _CLOSED
            return self.fault(tx, account) or (None if vouched else self.vouching_fault(tx, actor.actor_id))

        found = self._store.read(read)
        if found is not None:
            return self._register.deny(DENIED, actor, found[0], found[1])
        return self.begin(actor, device, lasts=lasts, way=way)

    def came_by_badge(self, session_token: str) -> bool:
        """Return whether a session was brought here by a badge, as the log says; its PIN makes it no other."""
        subject = f"session:{accounts.hash_of(session_token)[:32]}"
        told = self._store.read(lambda tx: audit_rows.newest_about(tx, subject, (OPENED,)))
        return told is not None and bool(json.loads(told.entry)["reason"] == BY_BADGE)

    def actor_of(self, session_token: str) -> Actor | None:
        """Return who a session belongs to, or None when it does not last (any more)."""
        signed_in = self.session_of(session_token)
        return None if signed_in is None else signed_in.actor

    def session_of(self, session_token: str) -> SignedIn | None:
        """Return a session that lasts and note that it was used, or None."""
        now = self._clock.utc_now()
        found = self._store.read(lambda tx: accounts.session(tx, session_token))
        if found is None or found.ended_at is not None or found.session_hash in self._revoked:
            return None
        if now >= found.ends_at or not found.account.is_active:
            self._end(found, "expired" if now >= found.ends_at else "not_active")
            return None
        if not self._is_known(found):
            self._end(found, "changed_outside")
            return None
        if now - found.last_seen_at >= _TOUCH_EVERY:
            self._touch([found.session_hash])
        idle = max(timedelta(0), now - found.last_seen_at)
        return SignedIn(found.account.actor, found.device, found.session_hash[:32], idle)

    def lasting(self, session_tokens: Collection[str]) -> frozenset[str]:
        """Return which of many sessions last, and note that those were used, by one look at all of them.

        It answers as `actor_of` does for each, so a session that was ended, shut or changed is left out at once; it
        keeps nothing between two questions but what `actor_of` keeps.
        """
        now = self._clock.utc_now()

        def read(tx: Tx) -> tuple[dict[str, accounts.Session], dict[str, second_steps.StepRow]]:
            found = accounts.sessions_of(tx, session_tokens)
            return found, second_steps.of_each(tx, {one.account.actor.actor_id for one in found.values()})

        found, steps = self._store.read(read)
        plain, doubted = set(), []
        for token, session in found.items():
            digest = account_seals.digest_with(session.account, steps.get(session.account.actor.actor_id))
            is_plain = session.ended_at is None and now < session.ends_at and session.account.is_active
            if is_plain and self._known.get(session.session_hash) == digest:
                plain.add(token)
            else:
                doubted.append(token)
        plain = {token for token in plain if found[token].session_hash not in self._revoked}
        due = [found[one].session_hash for one in plain if now - found[one].last_seen_at >= _TOUCH_EVERY]
        if due:
            self._touch(due)
        return frozenset(plain | {token for token in doubted if self.session_of(token) is not None})

    def sign_out(self, session_token: str) -> bool:
        """End a session; return whether it lasted until now."""
        found = self._store.read(lambda tx: accounts.session(tx, session_token))
        return found is not None and self._end(found, "signed_out")

    def end_all(self, tx: Tx, actor: Actor, reason: str, *, opened_by: datetime | None = None) -> None:
        """End every session of somebody within the caller's write, each with its entry.

        Args:
            tx: the write.
            actor: whose.
            reason: why, for the log.
            opened_by: later ones go on; None for none.
        """
        for session_hash in identity_rows.open_sessions_of(tx, actor.actor_id, opened_by):
            self._end_one(tx, session_hash, actor, reason)

    def _make_room(self, tx: Tx, actor: Actor, device: str) -> None:
        for session_hash, other in identity_rows.open_sessions_on(tx, device):
            if other.actor_id != actor.actor_id:
                self._end_one(tx, session_hash, other, "another_person")
        if actor.role is not Role.PATIENT:
            self.end_all(tx, actor, "moved")

    def _end_one(self, tx: Tx, session_hash: str, actor: Actor, reason: str) -> bool:
        ended = accounts.end_session(tx, session_hash, reason, self._clock.utc_now())
        if ended:
            self._register.record(tx, ENDED, actor, subject=f"session:{session_hash[:32]}", reason=reason)
        return ended

    def _is_known(self, session: accounts.Session) -> bool:
        """Return whether the log knows this session and this account as they stand; what was seen so is remembered."""

        def read(tx: Tx) -> bool:
            digest = account_seals.digest_of(tx, session.account)
            if self._known.get(session.session_hash) == digest:
                return True
            if not account_seals.holds(tx, session.account) or not account_seals.session_holds(tx, session):
                return False
            self._known[session.session_hash] = digest
            return True

        return self._store.read(read)

    def _end(self, session: accounts.Session, reason: str) -> bool:
        self._known.pop(session.session_hash, None)
        try:
            return self._store.write(lambda tx: self._end_one(tx, session.session_hash, session.account.actor, reason))
        except StoreError as error:
            # It ends all the same: for as long as this console runs it is remembered here.
            self._revoked.add(session.session_hash)
            _log.warning("session_end_not_recorded", error=type(error).__name__)
            return True

    def _touch(self, session_hashes: Collection[str]) -> None:
        try:
            self._store.write(lambda tx: accounts.touch_sessions(tx, session_hashes, self._clock.utc_now()))
        except StoreError as error:
            # Nobody is signed out because the disk is full: answering a call is never gated (principle 9).
            _log.warning("session_not_touched", error=type(error).__name__)
