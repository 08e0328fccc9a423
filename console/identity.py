"""Accounts and sessions: who may sign in, who is signed in, and an audit entry for each of it (rules X4, X6)."""

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from console import account_seals
from console.account_seals import CLOSED, OPENED, OUTSIDE, digest_after
from console.audit import AuditLog
from console.badges import Badges
from console.enrolment import Enrolment, Invitation, name_fault
from console.errors import StoreError
from console.passwords import Passwords, fault_of
from console.register import Register, normal_name
from console.roles import Actor, Role
from console.rules.decision import Decision
from console.second_step import CODE, SecondSteps
from console.store import accounts
from console.store.database import Store, Tx
from console.throttle import Throttle
from console.views import Words

__all__ = ["Actor", "Identity", "Invitation", "Role", "SignIn", "SignedIn", "name_fault"]

_log = structlog.get_logger(__name__)

SESSION_LASTS = timedelta(hours=12)
"""A long night shift; a session never outlives it."""
_TOUCH_EVERY = timedelta(seconds=15)
_WRONG = Words("The sign-in name or the password is not right.")
_NOT_IT = Words("That is not the password.")
_DENIED = "signin:session:denied"
_TOO_OFTEN = Words(
    "Too many attempts. Use a device where you signed in before, wait up to an hour, or ask a colleague."
)


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


class Identity:
    """Everything about accounts; each command is one transaction with its audit entry.

    Attributes:
        first_administrator_link: see `Enrolment`, as the three below.
        invite: make an account that opens with a one-time link.
        renew_link: make another link for an account.
        enrol: use a one-time link.
        steps: second steps of accounts.
        badges: of the ward's staff.
    """

    def __init__(
        self,
        store: Store,
        audit: AuditLog,
        *,
        policy_version: int = 0,
        passwords: Passwords | None = None,
        second_step: bool = False,
    ) -> None:
        self._store = store
        self._clock = store.clock
        self._passwords = passwords or Passwords()
        self._register = Register(store, audit, policy_version)
        self._throttle = Throttle(store.clock)
        self._revoked: set[str] = set()
        self._known: dict[str, str] = {}
        self.badges = Badges(self._register, self._passwords, self._throttle)
        self.steps = SecondSteps(self._register, store.keys, is_required=second_step)
        enrolment = Enrolment(self._register, self._passwords)
        self.first_administrator_link = enrolment.first_administrator_link
        self.invite = enrolment.invite
        self.renew_link = enrolment.renew_link
        self.enrol = enrolment.enrol

    def sign_in(self, username: str, password: str, device: str, code: str = "") -> SignIn | Decision:
        """Begin a session.

        Args:
            username: in any case.
            password: as typed.
            device: the device's own pseudonym.
            code: six digits of the second step, for who has one.

        Returns:
            The session, or the same words for every refusal, in the same time.

        Raises:
            StoreError: it cannot be recorded, so nobody is signed in.
        """
        name = accounts.folded(normal_name(username))
        account, is_known_device = self._store.read(lambda tx: _known(tx, name, device))
        if self._throttle.wait_s(name, device, is_known_device=is_known_device) > 0:
            return self._refuse(None, device, "throttled")
        holds = self._passwords.holds(password, account.password_hash if account else None)
        if account is None or not holds or not account.is_active:
            self._throttle.failed(name, device)
            known = account.actor if account else None
            return self._refuse(known, device, "wrong_password" if known else "unknown_name")
        if not self._store.read(lambda tx: account_seals.holds(tx, account)):
            # Right in the database and unknown to the log: somebody has changed it there (T24).
            return self._refuse(account.actor, device, "changed_outside")
        if self._store.read(lambda tx: self.steps.is_asked_for(tx, account.actor.actor_id)):
            if not code:
                return self._register.deny(_DENIED, account.actor, "code_missing", CODE)
            if not self._store.write(lambda tx: self.steps.check(tx, account.actor.actor_id, code)):
                self._throttle.failed(name, device)
                return self._refuse(account.actor, device, "wrong_code")
        self._throttle.succeeded(name, device)
        return self._begin_session(account.actor, device)

    def tap(self, badge: str, device: str) -> SignIn | Decision:
        """Bring somebody's session to this device by their badge alone: locked, until their PIN or password."""
        owner = self.badges.owner(badge, device)
        if isinstance(owner, Decision):
            return owner
        opened = self._begin_session(owner, device)
        here, now = accounts.hash_of(opened.session_token), self._clock.utc_now()
        self._store.write(lambda tx: accounts.end_sessions_of(tx, owner.actor_id, "moved", now, but=here))
        return opened

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
            self._touch(found.session_hash)
        idle = max(timedelta(0), now - found.last_seen_at)
        return SignedIn(found.account.actor, found.device, found.session_hash[:32], idle)

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

    def sign_out(self, session_token: str) -> bool:
        """End a session; return whether it lasted until now."""
        found = self._store.read(lambda tx: accounts.session(tx, session_token))
        return found is not None and self._end(found, "signed_out")

    def change_password(self, session_token: str, password: str, new_password: str) -> Decision:
        """Change one's own password; every other session of that person ends."""
        found = self._store.read(lambda tx: accounts.session(tx, session_token))
        if found is None or self.session_of(session_token) is None:
            return self._register.decide(Words("Sign in first."))
        actor, name = found.account.actor, accounts.folded(found.account.actor.username)
        if self._throttle.wait_s(name, found.device, is_known_device=True) > 0:
            return self._register.deny("signin:password:denied", actor, "throttled", _TOO_OFTEN)
        if not self._passwords.holds(password, found.account.password_hash):
            self._throttle.failed(name, found.device)
            return self._register.deny("signin:password:denied", actor, "wrong_password", _NOT_IT)
        fault = fault_of(new_password, actor.username)
        if fault is not None:
            return self._register.decide(fault)
        password_hash = self._passwords.hash(new_password)

        def change(tx: Tx) -> None:
            accounts.set_password(tx, actor.actor_id, password_hash)
            now = self._clock.utc_now()
            accounts.end_sessions_of(tx, actor.actor_id, "password_changed", now, but=found.session_hash)
            digest = digest_after(tx, actor)
            self._register.record(tx, "signin:password:changed", actor, text_digest=digest)

        self._store.write(change)
        return self._register.decide(Words("The password is changed."), allowed=True)

    def set_active(self, tx: Tx, actor_id: str, *, is_active: bool) -> None:
        """Let an account sign in, or no more, within the caller's recorded decision; its sessions end with it."""
        accounts.set_active(tx, actor_id, is_active=is_active)
        if not is_active:
            self._register.record(tx, CLOSED, Actor.system("accounts"), subject=f"account:{actor_id}")
            accounts.end_sessions_of(tx, actor_id, "not_active", self._clock.utc_now())

    def _begin_session(self, actor: Actor, device: str) -> SignIn:
        token, now = accounts.new_token(), self._clock.utc_now()

        def begin(tx: Tx) -> None:
            accounts.open_session(tx, token, actor.actor_id, device, now, now + SESSION_LASTS)
            subject = f"session:{accounts.hash_of(token)[:32]}"
            digest = digest_after(tx, actor)
            self._register.record(tx, OPENED, actor, subject=subject, text_digest=digest)

        self._store.write(begin)
        return SignIn(token, actor)

    def _end(self, session: accounts.Session, reason: str) -> bool:
        self._known.pop(session.session_hash, None)

        def end(tx: Tx) -> bool:
            ended = accounts.end_session(tx, session.session_hash, reason, self._clock.utc_now())
            if ended:
                subject = f"session:{session.session_hash[:32]}"
                self._register.record(tx, "signin:session:ended", session.account.actor, subject=subject, reason=reason)
            return ended

        try:
            return self._store.write(end)
        except StoreError as error:
            # It ends all the same: for as long as this console runs it is remembered here.
            self._revoked.add(session.session_hash)
            _log.warning("session_end_not_recorded", error=type(error).__name__)
            return True

    def _touch(self, session_hash: str) -> None:
        try:
            self._store.write(lambda tx: accounts.touch_session(tx, session_hash, self._clock.utc_now()))
        except StoreError as error:
            # Nobody is signed out because the disk is full: answering a call is never gated (principle 9).
            _log.warning("session_not_touched", error=type(error).__name__)

    def _refuse(self, actor: Actor | None, device: str, reason: str) -> Decision:
        words = {"throttled": _TOO_OFTEN, "changed_outside": OUTSIDE}.get(reason, _WRONG)
        subject = f"device:{_pseudonym(device)}"
        return self._register.deny(_DENIED, actor, reason, words, subject=subject)


def _known(tx: Tx, name: str, device: str) -> tuple[accounts.Account | None, bool]:
    """Return the account of a name, and whether that account signed in on this device before."""
    account = accounts.by_username(tx, name)
    return account, account is not None and accounts.has_signed_in(tx, account.actor.actor_id, device)


def _pseudonym(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()[:32]
