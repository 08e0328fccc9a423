"""Come in by the hospital's own sign-in: begin there, come back, and be what governance says that your group is (X6).

The provider says who somebody is and which groups they are in. Which group is which role here stands in the settings,
and lets nobody in before governance has approved exactly that. When the provider sends somebody back who is in none of
them, their account here is closed and every session of theirs ends.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import structlog

from console.roles import Actor, Role
from console.rules.decision import Decision
from console.showing.views import Words
from console.signing_in import mappings
from console.signing_in.account_seals import CLOSED, VOUCHED, digest_after
from console.signing_in.enrolment import is_plain, name_fault
from console.signing_in.handshakes import Handshake, Handshakes
from console.signing_in.provider import Provider, ProviderAway, ProviderRefused
from console.signing_in.provider_settings import ProviderSettings
from console.signing_in.register import Register, normal_name
from console.signing_in.second_step import ASKED_OF
from console.signing_in.sessions import DENIED, Sessions, SignIn
from console.signing_in.tokens import Asked, Person, TokenRefused, person_of
from console.store import accounts, identity_rows
from console.store.database import Tx
from console.store.identity_rows import ProviderRow

AWAY = Words(
    "The hospital's sign-in does not answer. Sign in with your name and password, a passkey or your badge; "
    "the nurse in charge makes a badge in a minute."
)
_NOT_YOU = Words("The hospital's sign-in did not prove who you are. Begin again, or use another way in.")
_BEGIN_AGAIN = Words("That sign-in was not begun on this screen, or took too long. Begin again.")
_NO_ROLE = Words("The hospital's sign-in knows you, and none of your groups works on this ward. Ask the administrator.")
_NOT_APPROVED = Words("Governance has not approved yet which groups of the hospital come in here. Use another way in.")
_ONE_STEP = Words("Your role needs more than a password at the hospital's sign-in. Set up its second step there.")
_CLOSED_HERE = Words("This account was closed here. Ask the administrator.")
_NAME_TAKEN = Words("Somebody else has your sign-in name here. Ask the administrator to give them another.")
_LONGEST_NAME = 64

_log = structlog.get_logger(__name__)


class _Refused(Exception):
    def __init__(self, code: str, words: Words, actor: Actor | None = None) -> None:
        super().__init__(code)
        self.code, self.words, self.actor = code, words, actor


@dataclass(frozen=True, slots=True)
class Begun:
    """A sign-in that a browser takes to the provider.

    Attributes:
        address: where it goes.
        binding: what it brings back in a cookie.
    """

    address: str
    binding: str


class Federation:
    """The hospital's own sign-in, as one of the ways in."""

    def __init__(
        self, register: Register, sessions: Sessions, settings: ProviderSettings, provider: Provider, ward: str
    ) -> None:
        self._register = register
        self._sessions = sessions
        self._settings = settings
        self._provider = provider
        self._ward = ward
        self._handshakes = Handshakes(register.clock)

    @property
    def is_away(self) -> bool:
        """Return whether the provider was away a moment ago."""
        return self._provider.is_away

    def begin(self, device: str, where: str) -> Begun | Decision:
        """Begin a sign-in.

        Args:
            device: the device's pseudonym.
            where: the address of this console that the provider sends the browser back to.
        """
        if not self._register.store.read(self._is_approved):
            return self._register.deny(DENIED, None, "mapping_not_approved", _NOT_APPROVED)
        begun = self._handshakes.begin(device, where)
        try:
            return Begun(self._provider.address(begun), begun.binding)
        except ProviderAway:
            return self._register.deny(DENIED, None, "provider_away", AWAY)

    def finish(self, state: str, code: str, binding: str) -> SignIn | Decision:
        """Begin a session for whoever comes back from the provider.

        Args:
            state: from the address; known, of this browser and unused.
            code: from the address; empty when the provider refused.
            binding: from the browser's cookie.

        Raises:
            StoreError: it cannot be recorded, so nobody is signed in.
        """
        begun = self._handshakes.take(state, binding)
        if begun is None:
            return self._register.deny(DENIED, None, "unknown_state", _BEGIN_AGAIN)
        try:
            actor = self._admitted(self._proved(code, begun))
        except _Refused as refused:
            return self._register.deny(DENIED, refused.actor, refused.code, refused.words)
        return self._sessions.open_to(actor, begun.device, lasts=self._settings.session_lasts)

    def _proved(self, code: str, begun: Handshake) -> Person:
        if not code:
            raise _Refused("refused_there", _NOT_YOU)
        told = self._settings
        asked = Asked(
            told.issuer,
            told.client_id,
            begun.part("nonce"),
            told.groups_claim,
            self._register.clock.utc_now(),
            told.skew_s,
        )
        try:
            answer = self._provider.exchange(code, begun)
            try:
                return person_of(answer.id_token, answer.access_token, self._provider.keys(), asked)
            except TokenRefused as refused:
                if refused.code != "bad_signature":
                    raise
                # The provider may have changed its keys since they were read.
                return person_of(answer.id_token, answer.access_token, self._provider.keys(anew=True), asked)
        except ProviderAway as error:
            raise _Refused("provider_away", AWAY) from error
        except ProviderRefused as error:
            raise _Refused("code_refused", _NOT_YOU) from error
        except TokenRefused as error:
            _log.warning("id_token_refused", code=error.code)
            raise _Refused(error.code, _NOT_YOU) from error

    def _admitted(self, person: Person) -> Actor:
        """Return the account of somebody, made or brought up to date in one write with its entry."""
        refused: list[_Refused] = []

        def work(tx: Tx) -> Actor | None:
            try:
                return self._admit(tx, person, self._register.clock.utc_now())
            except _Refused as one:
                refused.append(one)
                return None

        actor = self._register.store.write(work)
        if actor is None:
            raise refused[0]
        return actor

    def _admit(self, tx: Tx, person: Person, now: datetime) -> Actor:
        told = self._settings
        known = identity_rows.provider_account(tx, told.issuer, person.subject)
        account = accounts.by_id(tx, known.actor_id) if known is not None else None
        role = told.role_of(person.groups, self._ward)
        if not self._is_approved(tx):
            raise _Refused("mapping_not_approved", _NOT_APPROVED)
        if role is None:
            if known is not None and account is not None:
                self._close(tx, known, account, now)
            raise _Refused("no_role", _NO_ROLE, account.actor if account else None)
        if role in ASKED_OF and not set(person.amr) & set(told.strong_amr):
            raise _Refused("one_step_only", _ONE_STEP, account.actor if account else None)
        if known is None or account is None:
            return self._made(tx, person, role, now)
        if not account.is_active and known.denied_at is None:
            raise _Refused("closed_here", _CLOSED_HERE, account.actor)
        actor = Actor(known.actor_id, account.actor.username, _shown(person, account.actor.username), role)
        identity_rows.set_account(tx, known.actor_id, role.value, actor.display_name)
        self._vouch(tx, actor, person, now)
        return actor

    def _made(self, tx: Tx, person: Person, role: Role, now: datetime) -> Actor:
        name = _name(person, self._settings.issuer)
        if accounts.by_username(tx, name) is not None:
            # Never joined by name: whoever may choose their name at the provider would choose a colleague's.
            raise _Refused("name_taken", _NAME_TAKEN)
        actor = Actor(secrets.token_hex(16), name, _shown(person, name), role)
        accounts.add(tx, actor, None, now)
        self._vouch(tx, actor, person, now)
        return actor

    def _vouch(self, tx: Tx, actor: Actor, person: Person, now: datetime) -> None:
        identity_rows.vouch(tx, ProviderRow(actor.actor_id, self._settings.issuer, person.subject, now, None))
        self._register.record(tx, VOUCHED, actor, text_digest=digest_after(tx, actor))

    def _close(self, tx: Tx, known: ProviderRow, account: accounts.Account, now: datetime) -> None:
        """Close an account that the provider no longer vouches for."""
        if not account.is_active:
            return
        actor_id = known.actor_id
        identity_rows.vouch(tx, ProviderRow(actor_id, known.issuer, known.subject, known.vouched_at, now))
        accounts.set_active(tx, actor_id, is_active=False)
        self._sessions.end_all(tx, account.actor, "no_role")
        self._register.record(tx, CLOSED, Actor.system("provider"), subject=f"account:{actor_id}")

    def _is_approved(self, tx: Tx) -> bool:
        return mappings.is_approved(tx, self._settings.digest_for(self._ward))


def _name(person: Person, issuer: str) -> str:
    """Return a sign-in name: the provider's where it is one, else one made from who they are there."""
    told = person.claims.get("preferred_username")
    if isinstance(told, str) and len(told) <= _LONGEST_NAME and name_fault(told, told) is None:
        return normal_name(told)
    return f"staff-{hashlib.sha256(f'{issuer} {person.subject}'.encode()).hexdigest()[:12]}"


def _shown(person: Person, name: str) -> str:
    """Return a name as on a badge: the first name and an initial, where the provider tells them."""
    first, last, whole = (person.claims.get(key) for key in ("given_name", "family_name", "name"))
    if isinstance(first, str) and first.strip() and isinstance(last, str) and last.strip():
        whole = f"{first.strip()} {last.strip()[0].upper()}."
    if isinstance(whole, str) and 1 <= len(whole.strip()) <= _LONGEST_NAME and is_plain(whole.strip()):
        return whole.strip()
    return name
