"""Accounts and sessions: who may sign in, who is signed in, and an audit entry for each of it (rules X4, X6)."""

import hashlib
from datetime import datetime, timedelta

from console.logbook.audit import AuditLog
from console.roles import Actor, Role
from console.rules.decision import Decision
from console.showing.views import Words
from console.signing_in import passkey_seals, time_boxes
from console.signing_in.account_seals import CLOSED, digest_after
from console.signing_in.badges import Badges
from console.signing_in.enrolment import Enrolment, Invitation, name_fault
from console.signing_in.passkeys import Passkeys
from console.signing_in.passwords import Passwords, fault_of
from console.signing_in.provider_way import ProviderWay
from console.signing_in.register import Register, normal_name
from console.signing_in.second_step import CODE, SecondSteps
from console.signing_in.sessions import BY_BADGE, DENIED, SESSION_LASTS, Sessions, SignedIn, SignIn
from console.signing_in.throttle import Throttle
from console.store import accounts, identity_rows
from console.store.database import Store, Tx

__all__ = ["SESSION_LASTS", "Actor", "Identity", "Invitation", "Role", "SignIn", "SignedIn", "name_fault"]

_WRONG = Words("The sign-in name or the password is not right.")
_NOT_IT = Words("That is not the password.")
_TOO_OFTEN = Words(
    "Too many attempts. Use a device where you signed in before, wait up to an hour, or ask a colleague."
)


class Identity:
    """Everything about accounts; each command is one transaction with its audit entry.

    Attributes:
        first_administrator_link: see `Enrolment`, as the three below.
        invite: make an account that opens with a one-time link.
        renew_link: make another link for an account.
        enrol: use a one-time link.
        sessions: who is signed in, and where.
        actor_of: see `Sessions`, as the two below.
        session_of: a session that lasts.
        sign_out: end a session.
        passkeys: on people's own devices.
        provider: the hospital's own sign-in; None where it is not connected.
        steps: second steps of accounts.
        badges: of the ward's staff.
        strangers: bounds what attempts of nobody known leave in the log.
    """

    def __init__(
        self,
        store: Store,
        audit: AuditLog,
        *,
        policy_version: int = 0,
        passwords: Passwords | None = None,
        second_step: bool = False,
        way_in: ProviderWay | None = None,
    ) -> None:
        """Take what is needed.

        Args:
            store: the database.
            audit: the log.
            policy_version: of the rule book, for the log.
            passwords: how they are hashed; None for the strength that a ward needs.
            second_step: whoever administers or audits must have one.
            way_in: the hospital's own sign-in; None for local accounts alone.
        """
        self._store = store
        self._clock = store.clock
        self._passwords = passwords or Passwords()
        self._register = Register(store, audit, policy_version)
        self.strangers = self._register.strangers
        self._throttle = Throttle(store.clock)
        vouched_for = way_in.settings.vouched_for if way_in is not None else timedelta(0)
        self.sessions = Sessions(self._register, vouched_for)
        self.actor_of, self.session_of = self.sessions.actor_of, self.sessions.session_of
        self.lasting = self.sessions.lasting
        self.sign_out = self.sessions.sign_out
        self.passkeys = Passkeys(self._register, self.sessions, self._throttle)
        self.provider = None if way_in is None else way_in.federation(self._register, self.sessions)
        self.badges = Badges(self._register, self._passwords, self._throttle)
        self.steps = SecondSteps(self._register, store.keys, is_required=second_step)
        enrolment = Enrolment(self._register, self._passwords, self._end_ways)
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
        fault = self._store.read(
            lambda tx: self.sessions.fault(tx, account) or self.sessions.vouching_fault(tx, account.actor.actor_id)
        )
        if fault is not None:
            return self._refuse(account.actor, device, *fault)
        if self._store.read(lambda tx: self.steps.is_asked_for(tx, account.actor.actor_id)):
            if not code:
                return self._register.deny(DENIED, account.actor, "code_missing", CODE)
            if not self._store.write(lambda tx: self.steps.check(tx, account.actor.actor_id, code)):
                self._throttle.failed(name, device)
                return self._refuse(account.actor, device, "wrong_code")
        self._throttle.succeeded(name, device)
        return self.sessions.begin(account.actor, device)

    def tap(self, badge: str, device: str) -> SignIn | Decision:
        """Bring somebody's session to this device by their badge alone: locked, until their PIN or password."""
        owner = self.badges.owner(badge, device)
        if isinstance(owner, Decision):
            return owner
        return self.sessions.open_to(owner, device, way=BY_BADGE)

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

    def time_box(self, tx: Tx, by: Actor, actor_id: str, ends_at: datetime) -> None:
        """Let an account end by itself at every door, within the caller's recorded decision (rule X6)."""
        identity_rows.set_end(tx, actor_id, ends_at, by.actor_id, self._clock.utc_now())
        subject, digest = time_boxes.subject_of(actor_id), time_boxes.digest_of(actor_id, ends_at)
        self._register.record(tx, time_boxes.BOXED, by, subject=subject, text_digest=digest)

    def set_active(self, tx: Tx, actor_id: str, *, is_active: bool) -> None:
        """Let an account sign in, or no more, within the caller's recorded decision; its sessions end with it."""
        accounts.set_active(tx, actor_id, is_active=is_active)
        if not is_active:
            self._register.record(tx, CLOSED, Actor.system("accounts"), subject=f"account:{actor_id}")
            accounts.end_links(tx, actor_id, self._clock.utc_now())
            accounts.end_sessions_of(tx, actor_id, "not_active", self._clock.utc_now())

    def _end_ways(self, tx: Tx, actor: Actor) -> None:
        """End badge and passkeys of whoever begins anew: they may be in the pocket of whoever has the telephone."""
        self.badges.end(tx, actor, "new_link")
        passkey_seals.end_all(tx, self._register, actor, "new_link", self._clock.utc_now())

    def _refuse(self, actor: Actor | None, device: str, reason: str, words: Words = _WRONG) -> Decision:
        words = _TOO_OFTEN if reason == "throttled" else words
        subject = f"device:{_pseudonym(device)}"
        return self._register.deny(DENIED, actor, reason, words, subject=subject)


def _known(tx: Tx, name: str, device: str) -> tuple[accounts.Account | None, bool]:
    """Return the account of a name, and whether that account signed in on this device before."""
    account = accounts.by_username(tx, name)
    return account, account is not None and accounts.has_signed_in(tx, account.actor.actor_id, device)


def _pseudonym(device: str) -> str:
    return hashlib.sha256(device.encode()).hexdigest()[:32]
