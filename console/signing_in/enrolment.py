"""New accounts: an invitation, a one-time link, a password of one's own; the first administrator's link (rule X6)."""

import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

from console.errors import NameTaken
from console.roles import Actor, Role
from console.rules.decision import Decision
from console.showing.views import Words
from console.signing_in.account_seals import digest_after
from console.signing_in.passwords import Passwords, fault_of
from console.signing_in.register import Register, normal_name
from console.store import accounts, second_steps
from console.store.database import Tx

LINK_LASTS = timedelta(minutes=60)
_NAME = re.compile(r"[^\s\x00-\x1f]{2,64}")
_SPENT = Words("This link was used or is too old. Ask for a new one.")


@dataclass(frozen=True, slots=True)
class Invitation:
    """A new account and the one-time link that opens it.

    Attributes:
        actor: whose.
        token: for the link; only its hash is stored.
    """

    actor: Actor
    token: str = field(repr=False)


class Enrolment:
    """Invitations and what becomes of them."""

    def __init__(self, register: Register, passwords: Passwords) -> None:
        self._register = register
        self._store = register.store
        self._clock = register.clock
        self._passwords = passwords

    def first_administrator_link(self) -> str | None:
        """Return a one-time token, valid for 60 min, or None once any account exists; an earlier one ends."""

        def make(tx: Tx) -> str | None:
            if not accounts.is_empty(tx):
                return None
            token, system = accounts.new_token(), Actor.system("setup")
            now = self._clock.utc_now()
            accounts.add_enrolment(tx, token, None, system.actor_id, now, now + LINK_LASTS)
            self._register.record(tx, "setup:enrolment:issued", system)
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
        name = normal_name(username)
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
        name = own.actor.username if own else normal_name(username)
        fault = fault_of(password, name) or (None if own else name_fault(name, display_name))
        if link is None:
            return self._register.deny("setup:enrolment:denied", None, "unknown_link", _SPENT)
        if own is not None and username.strip() and accounts.folded(normal_name(username)) != accounts.folded(name):
            fault = Words("This link was made for another sign-in name.")
        if fault is not None:
            return self._register.decide(fault)
        password_hash = self._passwords.hash(password)
        actor = own.actor if own else Actor(secrets.token_hex(16), name, display_name.strip(), Role.ADMINISTRATOR)
        if not self._store.write(lambda tx: self._use_link(tx, token, actor, password_hash)):
            return self._register.deny("setup:enrolment:denied", own.actor if own else None, "spent_link", _SPENT)
        return actor

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
            # A link is made for whoever lost their password or their telephone: the second step is set up anew.
            second_steps.remove(tx, actor.actor_id)
            accounts.end_sessions_of(tx, actor.actor_id, "password_changed", now)
        accounts.use_enrolment(tx, link.token_hash, now)
        self._register.record(tx, "setup:enrolment:used", actor, text_digest=digest_after(tx, actor))
        return True


def is_plain(told: str) -> bool:
    """Return whether a text shows every sign it holds: no control signs, and none that turn the reading direction."""
    return told.isprintable()


HIDDEN_SIGNS = Words("A name cannot hold hidden signs: no control signs, none that change the reading direction.")


def name_fault(username: str, display_name: str) -> Words | None:
    """Return why a new account's names are not taken, or None when they are."""
    if not is_plain(username.strip()) or not is_plain(display_name.strip()):
        return HIDDEN_SIGNS
    if not _NAME.fullmatch(normal_name(username)):
        return Words("A sign-in name has 2 to 64 characters and no spaces.")
    if not 1 <= len(display_name.strip()) <= 64:
        return Words("A display name has 1 to 64 characters.")
    return None
