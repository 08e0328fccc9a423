"""Accounts and sessions: who may sign in, who is signed in, and an audit entry for each of it (rules X4, X6)."""

import hashlib
import re
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from console.audit import AuditLog, Entry, Outcome
from console.errors import NameTaken, StoreError
from console.passwords import Passwords, fault_of
from console.roles import Actor, Role
from console.rules.decision import Decision
from console.store import accounts
from console.store.database import Store, Tx
from console.throttle import Throttle
from console.views import Words

__all__ = ["Actor", "Identity", "Invitation", "Role", "SignIn", "SignedIn", "name_fault"]

_log = structlog.get_logger(__name__)

SESSION_LASTS = timedelta(hours=12)
"""A long night shift; a session never outlives it."""
LINK_LASTS = timedelta(minutes=60)
_TOUCH_EVERY = timedelta(seconds=15)
_RULES = ("X4", "X6")
_NAME = re.compile(r"[^\s\x00-\x1f]{2,64}")


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


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new account and the one-time link that opens it.

    Attributes:
        actor: whose.
        token: for the link; only its hash is stored.
    """

    actor: Actor
    token: str = field(repr=False)


class Identity:
    """Everything about accounts; each command is one transaction with its audit entry."""

    def __init__(
        self, store: Store, audit: AuditLog, *, policy_version: int = 0, passwords: Passwords | None = None
    ) -> None:
        self._store = store
        self._audit = audit
        self._clock = store.clock
        self._policy_version = policy_version
        self._passwords = passwords or Passwords()
        self._throttle = Throttle(store.clock)

    def sign_in(self, username: str, password: str, device: str) -> SignIn | Decision:
        """Begin a session.

        Args:
            username: in any case.
            password: as typed.
            device: the device's own pseudonym.

        Returns:
            The session, or the same words for every refusal, in the same time.

        Raises:
            StoreError: it cannot be recorded, so nobody is signed in.
        """
        name = accounts.folded(_normal(username))
        if self._throttle.wait_s(name, device) > 0:
            return self._refuse(None, device, "throttled")
        account = self._store.read(lambda tx: accounts.by_username(tx, name))
        holds = self._passwords.holds(password, account.password_hash if account else None)
        if account is None or not holds or not account.is_active:
            self._throttle.failed(name, device)
            known = account.actor if account else None
            return self._refuse(known, device, "wrong_password" if known else "unknown_name")
        self._throttle.succeeded(name, device)
        return self._begin_session(account.actor, device)

    def actor_of(self, session_token: str) -> Actor | None:
        """Return who a session belongs to, or None when it does not last (any more)."""
        signed_in = self.session_of(session_token)
        return None if signed_in is None else signed_in.actor

    def session_of(self, session_token: str) -> SignedIn | None:
        """Return a session that lasts and note that it was used, or None."""
        now = self._clock.utc_now()
        found = self._store.read(lambda tx: accounts.session(tx, session_token))
        if found is None or found.ended_at is not None:
            return None
        if now >= found.ends_at or not found.account.is_active:
            self._end(found, "expired" if now >= found.ends_at else "not_active")
            return None
        if now - found.last_seen_at >= _TOUCH_EVERY:
            self._touch(found.session_hash)
        idle = max(timedelta(0), now - found.last_seen_at)
        return SignedIn(found.account.actor, found.device, found.session_hash[:32], idle)

    def sign_out(self, session_token: str) -> bool:
        """End a session; return whether it lasted until now."""
        found = self._store.read(lambda tx: accounts.session(tx, session_token))
        return found is not None and self._end(found, "signed_out")

    def first_administrator_link(self) -> str | None:
        """Return a one-time token, valid for 60 min, or None once any account exists; an earlier one ends."""

        def make(tx: Tx) -> str | None:
            if not accounts.is_empty(tx):
                return None
            token, system = accounts.new_token(), Actor.system("setup")
            now = self._clock.utc_now()
            accounts.add_enrolment(tx, token, None, system.actor_id, now, now + LINK_LASTS)
            self._record(tx, "setup:enrolment:issued", system)
            return token

        return self._store.write(make)

    def invite(
        self,
        tx: Tx,
        by: Actor,
        username: str,
        display_name: str,
        role: Role,
        *,
        room_id: str | None = None,
        patient_id: str | None = None,
    ) -> Invitation:
        """Make an account that opens with a one-time link; the caller records its decision in the same transaction.

        Args:
            tx: the caller's write.
            by: who invites.
            username: 2 to 64 characters without spaces, free in any case; see `name_fault`.
            display_name: as on the badge.
            role: what they will be.
            room_id: a patient's room; None for staff.
            patient_id: a patient's pseudonym; None for staff.

        Raises:
            NameTaken: the username is taken; the whole write is undone.
        """
        name = _normal(username)
        if accounts.by_username(tx, name) is not None:
            raise NameTaken("this sign-in name is taken")
        actor = Actor(secrets.token_hex(16), name, display_name.strip(), role, room_id, patient_id)
        accounts.add(tx, actor, None, self._clock.utc_now())
        return Invitation(actor, self.renew_link(tx, by, actor.actor_id))

    def renew_link(self, tx: Tx, by: Actor, actor_id: str) -> str:
        """Return a new one-time token for an account (a forgotten password); earlier ones end."""
        token, now = accounts.new_token(), self._clock.utc_now()
        accounts.add_enrolment(tx, token, actor_id, by.actor_id, now, now + LINK_LASTS)
        return token

    def enrol(self, token: str, username: str, display_name: str, password: str) -> Actor | Decision:
        """Use a one-time link: the first administrator chooses a name, all others only a password.

        Args:
            token: from the link.
            username: the first administrator's; for anyone else empty, or the one they were given.
            display_name: the first administrator's; ignored for anyone else.
            password: the new one.

        Returns:
            The actor, who can sign in now, or why not; a refused link can still be used unless it is spent.
        """
        link = self._store.read(lambda tx: accounts.enrolment(tx, token))
        own = self._store.read(lambda tx: accounts.by_id(tx, link.actor_id or "")) if link else None
        name = own.actor.username if own else _normal(username)
        fault = fault_of(password, name) or (None if own else name_fault(name, display_name))
        if link is None:
            return self._deny("setup:enrolment:denied", None, "unknown_link", _SPENT)
        if own is not None and username.strip() and accounts.folded(_normal(username)) != accounts.folded(name):
            fault = Words("This link was made for another sign-in name.")
        if fault is not None:
            return self._decision(fault)
        password_hash = self._passwords.hash(password)
        actor = own.actor if own else Actor(secrets.token_hex(16), name, display_name.strip(), Role.ADMINISTRATOR)
        if not self._store.write(lambda tx: self._use_link(tx, token, actor, password_hash)):
            return self._deny("setup:enrolment:denied", own.actor if own else None, "spent_link", _SPENT)
        return actor

    def change_password(self, session_token: str, password: str, new_password: str) -> Decision:
        """Change one's own password; every other session of that person ends."""
        found = self._store.read(lambda tx: accounts.session(tx, session_token))
        if found is None or self.session_of(session_token) is None:
            return self._decision(Words("Sign in first."))
        actor, name = found.account.actor, accounts.folded(found.account.actor.username)
        if self._throttle.wait_s(name, found.device) > 0:
            return self._deny("signin:password:denied", actor, "throttled", _TOO_OFTEN)
        if not self._passwords.holds(password, found.account.password_hash):
            self._throttle.failed(name, found.device)
            return self._deny("signin:password:denied", actor, "wrong_password", Words("That is not the password."))
        fault = fault_of(new_password, actor.username)
        if fault is not None:
            return self._decision(fault)
        password_hash = self._passwords.hash(new_password)

        def change(tx: Tx) -> None:
            accounts.set_password(tx, actor.actor_id, password_hash)
            now = self._clock.utc_now()
            accounts.end_sessions_of(tx, actor.actor_id, "password_changed", now, but=found.session_hash)
            self._record(tx, "signin:password:changed", actor)

        self._store.write(change)
        return self._decision(Words("The password is changed."), allowed=True)

    def set_active(self, tx: Tx, actor_id: str, *, is_active: bool) -> None:
        """Let an account sign in, or no more, within the caller's recorded decision; its sessions end with it."""
        accounts.set_active(tx, actor_id, is_active=is_active)
        if not is_active:
            accounts.end_sessions_of(tx, actor_id, "not_active", self._clock.utc_now())

    def _begin_session(self, actor: Actor, device: str) -> SignIn:
        token, now = accounts.new_token(), self._clock.utc_now()

        def begin(tx: Tx) -> None:
            accounts.open_session(tx, token, actor.actor_id, device, now, now + SESSION_LASTS)
            self._record(tx, "signin:session:opened", actor, subject=f"session:{accounts.hash_of(token)[:32]}")

        self._store.write(begin)
        return SignIn(token, actor)

    def _end(self, session: accounts.Session, reason: str) -> bool:
        def end(tx: Tx) -> bool:
            ended = accounts.end_session(tx, session.session_hash, reason, self._clock.utc_now())
            if ended:
                subject = f"session:{session.session_hash[:32]}"
                self._record(tx, "signin:session:ended", session.account.actor, subject=subject, reason=reason)
            return ended

        return self._store.write(end)

    def _touch(self, session_hash: str) -> None:
        try:
            self._store.write(lambda tx: accounts.touch_session(tx, session_hash, self._clock.utc_now()))
        except StoreError as error:
            # Nobody is signed out because the disk is full: answering a call is never gated (principle 9).
            _log.warning("session_not_touched", error=type(error).__name__)

    def _use_link(self, tx: Tx, token: str, actor: Actor, password_hash: str) -> bool:
        link, now = accounts.enrolment(tx, token), self._clock.utc_now()
        if link is None or link.used_at is not None or now >= link.expires_at:
            return False
        if link.actor_id is None:
            if not accounts.is_empty(tx):
                return False
            accounts.add(tx, actor, password_hash, now)
        else:
            accounts.set_password(tx, actor.actor_id, password_hash)
            accounts.end_sessions_of(tx, actor.actor_id, "password_changed", now)
        accounts.use_enrolment(tx, link.token_hash, now)
        self._record(tx, "setup:enrolment:used", actor)
        return True

    def _refuse(self, actor: Actor | None, device: str, reason: str) -> Decision:
        words = _TOO_OFTEN if reason == "throttled" else Words("The sign-in name or the password is not right.")
        return self._deny("signin:session:denied", actor, reason, words, subject=f"device:{_pseudonym(device)}")

    def _deny(self, action: str, actor: Actor | None, reason: str, words: Words, *, subject: str = "") -> Decision:
        self._store.write(
            lambda tx: self._record(tx, action, actor, subject=subject, reason=reason, outcome=Outcome.DENIED)
        )
        return self._decision(words)

    def _decision(self, words: Words, *, allowed: bool = False) -> Decision:
        return Decision(allowed, _RULES, words, self._policy_version)

    def _record(
        self,
        tx: Tx,
        action: str,
        actor: Actor | None,
        *,
        subject: str = "",
        reason: str = "",
        outcome: Outcome = Outcome.ALLOWED,
    ) -> None:
        entry = Entry(
            action,
            actor.actor_id if actor else "anyone",
            actor.role if actor else None,
            outcome,
            _RULES,
            self._policy_version,
            subject,
            reason=reason,
        )
        self._audit.append(tx, entry)


def name_fault(username: str, display_name: str) -> Words | None:
    """Return why a new account's names are not taken, or None when they are."""
    if not _NAME.fullmatch(_normal(username)):
        return Words("A sign-in name has 2 to 64 characters and no spaces.")
    if not 1 <= len(display_name.strip()) <= 64 or not display_name.isprintable():
        return Words("A display name has 1 to 64 characters.")
    return None


def _normal(username: str) -> str:
    return unicodedata.normalize("NFKC", username).strip()


def _pseudonym(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()[:32]


_SPENT = Words("This link was used or is too old. Ask for a new one.")
_TOO_OFTEN = Words("Too many attempts. Wait a quarter of an hour, or ask a colleague.")
