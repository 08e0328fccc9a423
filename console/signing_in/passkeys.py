"""Passkeys: a key on one's own telephone or a security key, opened there by finger, face or PIN (rule X6).

A passkey is two things at once, what one has and what one is or knows, so no second step is asked for beside it. Which
passkeys there are is held against the log, as accounts and badges are. A passkey whose count of uses goes back may have
been copied: it opens nothing and ends.

Source:
    W3C Web Authentication Level 3, sections 7.1 and 7.2.
"""

import hashlib
import ipaddress
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from console.errors import StoreConflict
from console.roles import Actor
from console.rules.decision import Decision
from console.showing.views import Words
from console.signing_in.enrolment import HIDDEN_SIGNS, is_plain
from console.signing_in.handshakes import Handshake, Handshakes
from console.signing_in.register import Register
from console.signing_in.sessions import DENIED, Sessions, SignIn
from console.signing_in.throttle import Throttle
from console.store import accounts, audit_rows, identity_rows
from console.store.database import Tx
from console.store.identity_rows import PasskeyRow

ADDED, REMOVED, REFUSED = "signin:passkey:added", "signin:passkey:removed", "signin:passkey:denied"
MOST = 10
"""Passkeys of one person."""
_LASTS_S = 300.0
_LONGEST_LABEL = 40
_UNKNOWN = Words("This passkey is not known here, or has ended. Sign in another way.")
_NOT_DONE = Words("The passkey could not be read. Begin again, or sign in another way.")
_COPIED = Words("This passkey may have been copied, so it has ended. Sign in another way, and tell the administrator.")
_WAIT = Words("Too many attempts. Sign in with your name and password.")


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """One passkey, as its owner sees it.

    Attributes:
        credential_id: its name, base64url.
        label: what they call it.
        added_at: when they added it.
        used_at: when it last signed them in; None before.
    """

    credential_id: str
    label: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class PasskeyAsk:
    """What a browser is asked to do.

    Attributes:
        options: JSON for `navigator.credentials`.
        state: to be brought back with the answer.
        binding: what it brings back in a cookie.
    """

    options: str
    state: str
    binding: str


class Passkeys:
    """Passkeys of everybody who signs in."""

    def __init__(self, register: Register, sessions: Sessions, throttle: Throttle) -> None:
        self._register = register
        self._store = register.store
        self._sessions = sessions
        self._throttle = throttle
        self._handshakes = Handshakes(register.clock, _LASTS_S)

    def of(self, actor: Actor) -> tuple[PasskeyView, ...]:
        """Return somebody's passkeys, oldest first."""
        found = self._store.read(lambda tx: identity_rows.passkeys_of(tx, actor.actor_id))
        return tuple(PasskeyView(one.credential_id, one.label, one.added_at, one.used_at) for one in found)

    def ask_to_add(self, actor: Actor, device: str, origin: str) -> PasskeyAsk:
        """Ask a browser to make one, for somebody who is signed in.

        Args:
            actor: whose it will be.
            device: the device's pseudonym.
            origin: this console's own, as the browser sees it; see `may_be_used_at`.
        """
        begun = self._handshakes.begin(device, origin, actor.actor_id)
        known = self._store.read(lambda tx: identity_rows.passkeys_of(tx, actor.actor_id))
        options = generate_registration_options(
            rp_id=_site(origin),
            rp_name="Hushward",
            user_name=actor.username,
            user_id=bytes.fromhex(actor.actor_id),
            user_display_name=actor.display_name,
            challenge=_challenge(begun),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(one.credential_id)) for one in known
            ],
        )
        return PasskeyAsk(options_to_json(options), begun.part("state"), begun.binding)

    def add(self, actor: Actor, state: str, binding: str, answer: str, label: str) -> Decision:
        """Keep a passkey that a browser has made."""
        begun = self._handshakes.take(state, binding)
        named = label.strip()
        if begun is None or begun.actor_id != actor.actor_id:
            return self._register.deny(REFUSED, actor, "unknown_state", _NOT_DONE)
        if not is_plain(named) or not 1 <= len(named) <= _LONGEST_LABEL:
            words = HIDDEN_SIGNS if not is_plain(named) else Words("Give it a name of at most 40 letters.")
            return self._register.decide(words)
        try:
            made = verify_registration_response(
                credential=_read(answer),
                expected_challenge=_challenge(begun),
                expected_rp_id=_site(begun.where),
                expected_origin=begun.where,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError):
            return self._register.deny(REFUSED, actor, "bad_answer", _NOT_DONE)
        now = self._register.clock.utc_now()
        name = bytes_to_base64url(made.credential_id)
        row = PasskeyRow(name, actor.actor_id, made.credential_public_key, made.sign_count, named, now)

        def work(tx: Tx) -> bool:
            if len(identity_rows.passkeys_of(tx, actor.actor_id)) >= MOST:
                return False
            identity_rows.add_passkey(tx, row)
            self._register.record(tx, ADDED, actor, subject=_subject(row), text_digest=_sealed(row))
            return True

        try:
            if not self._store.write(work):
                return self._register.decide(Words("Ten passkeys are enough: remove one first."))
        except StoreConflict:
            return self._register.deny(REFUSED, actor, "known_already", _NOT_DONE)
        return self._register.decide(Words("Your passkey is kept: it signs you in on any screen here."), allowed=True)

    def remove(self, actor: Actor, credential_id: str) -> Decision:
        """End one of one's own passkeys."""

        def work(tx: Tx) -> bool:
            row = identity_rows.passkey(tx, credential_id)
            now = self._register.clock.utc_now()
            if row is None or not identity_rows.end_passkey(tx, credential_id, actor.actor_id, "removed", now):
                return False
            self._register.record(tx, REMOVED, actor, subject=_subject(row), reason="removed")
            return True

        if not self._store.write(work):
            return self._register.decide(Words("You have no such passkey."))
        return self._register.decide(Words("It has ended. Take it off that device too."), allowed=True)

    def ask_to_sign_in(self, device: str, origin: str) -> PasskeyAsk:
        """Ask a browser for a passkey; it names nobody, so that nobody learns who has one."""
        begun = self._handshakes.begin(device, origin)
        options = generate_authentication_options(
            rp_id=_site(origin), challenge=_challenge(begun), user_verification=UserVerificationRequirement.REQUIRED
        )
        return PasskeyAsk(options_to_json(options), begun.part("state"), begun.binding)

    def sign_in(self, state: str, binding: str, answer: str) -> SignIn | Decision:
        """Begin a session for whoever has the passkey.

        Raises:
            StoreError: it cannot be recorded, so nobody is signed in.
        """
        begun = self._handshakes.take(state, binding)
        if begun is None:
            return self._register.deny(DENIED, None, "unknown_state", _NOT_DONE)
        if self._throttle.wait_s("passkey", begun.device, is_known_device=True) > 0:
            return self._register.deny(DENIED, None, "throttled", _WAIT)
        told = _read(answer)
        name = told.get("id")
        row = self._store.read(lambda tx: self._known(tx, name)) if isinstance(name, str) else None
        if row is None:
            self._throttle.failed("passkey", begun.device)
            return self._register.deny(DENIED, None, "unknown_passkey", _UNKNOWN)
        owner = self._owner(row)
        count = self._count_in(told, begun, row)
        if owner is None or count is None:
            self._throttle.failed("passkey", begun.device)
            return self._register.deny(DENIED, owner, "bad_answer", _NOT_DONE)
        if not self._store.write(lambda tx: self._use(tx, row.credential_id, owner, count)):
            return self._register.deny(DENIED, owner, "count_went_back", _COPIED)
        return self._sessions.open_to(owner, begun.device, vouched=False)

    def _count_in(self, told: dict[str, Any], begun: Handshake, row: PasskeyRow) -> int | None:
        """Return how often a passkey says that it was used, once its answer is proved; None when it is not."""
        try:
            proved = verify_authentication_response(
                credential=told,
                expected_challenge=_challenge(begun),
                expected_rp_id=_site(begun.where),
                expected_origin=begun.where,
                credential_public_key=row.public_key,
                # Compared by `_use`, which ends a copied passkey in the same write.
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        except (WebAuthnException, ValueError, TypeError, KeyError):
            return None
        return proved.new_sign_count

    def _use(self, tx: Tx, credential_id: str, owner: Actor, count: int) -> bool:
        """Count a use; a count that does not go on ends the passkey. Many passkeys never count: theirs stays at 0."""
        now, row = self._register.clock.utc_now(), identity_rows.passkey(tx, credential_id)
        if row is None:
            return False
        if (count or row.sign_count) and count <= row.sign_count:
            identity_rows.end_passkey(tx, credential_id, owner.actor_id, "count_went_back", now)
            self._register.record(tx, REMOVED, owner, subject=_subject(row), reason="count_went_back")
            return False
        identity_rows.use_passkey(tx, credential_id, count, now)
        return True

    def _known(self, tx: Tx, credential_id: str) -> PasskeyRow | None:
        """Return a passkey that the log knows as it stands; one written into the database opens nothing (T24)."""
        row = identity_rows.passkey(tx, credential_id)
        if row is None:
            return None
        added = audit_rows.newest_rows(tx, limit=4, subject=_subject(row))
        digests = [json.loads(one.entry)["text_digest"] for one in added if one.action == ADDED]
        return row if digests == [_sealed(row)] else None

    def _owner(self, row: PasskeyRow) -> Actor | None:
        account = self._store.read(lambda tx: accounts.by_id(tx, row.actor_id))
        return account.actor if account is not None else None


def may_be_used_at(origin: str) -> bool:
    """Return whether browsers offer passkeys at an address: a name, over https or on the machine itself."""
    told = urlsplit(origin)
    host = told.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return told.scheme == "https" or host == "localhost"
    return False


def _site(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def _challenge(begun: Handshake) -> bytes:
    return bytes.fromhex(begun.part("challenge"))


def _read(answer: str) -> dict[str, Any]:
    """Return a browser's answer; anything but an object is an empty one."""
    try:
        told = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _subject(row: PasskeyRow) -> str:
    return f"passkey:{hashlib.sha256(row.credential_id.encode()).hexdigest()[:32]}"


def _sealed(row: PasskeyRow) -> str:
    told = f"{row.credential_id}\n{row.actor_id}\n{row.public_key.hex()}"
    return hashlib.sha256(told.encode()).hexdigest()
