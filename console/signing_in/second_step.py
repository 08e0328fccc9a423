"""The second step of a sign-in: six digits, new every half minute, for those who administer or audit (rule X6)."""

import base64
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from console.keys.signer import Keys
from console.roles import Actor, Role
from console.rules.decision import Decision
from console.showing.views import Words
from console.signing_in.account_seals import digest_after
from console.signing_in.register import Register
from console.store import accounts, second_steps
from console.store.database import Tx

ASKED_OF = frozenset({Role.ADMINISTRATOR, Role.GOVERNANCE_LEAD, Role.IG_OFFICER})
"""Roles that must have one, outside a demonstration."""
CODE = Words("Now also the six digits of your second step.")
_DIGITS, _EVERY_S = 6, 30
_AROUND = (0, -1, 1)
"""Steps before and after the present one that are taken: clocks of telephones differ."""
_SECRET_BYTES = 20


@dataclass(frozen=True, slots=True)
class NewStep:
    """A second step that is being set up.

    Attributes:
        secret: as typed into an app by hand, base32.
        address: as a QR code holds it.
    """

    secret: str = field(repr=False)
    address: str = field(repr=False)


class SecondSteps:
    """Second steps of accounts.

    Source:
        RFC 6238 with SHA-1, which every authenticator app speaks; each code is taken once (5.2).
    """

    def __init__(self, register: Register, keys: Keys, *, is_required: bool) -> None:
        self._register = register
        self._keys = keys
        self._is_required = is_required

    def is_wanting(self, actor: Actor) -> bool:
        """Return whether somebody must set one up before they do anything else."""
        if not self._is_required or actor.role not in ASKED_OF:
            return False

        def read(tx: Tx) -> bool:
            account = accounts.by_id(tx, actor.actor_id)
            # Whoever has no password comes in by the hospital's sign-in, which asks them for more than one itself.
            has_password = account is None or account.password_hash is not None
            return has_password and not self.is_asked_for(tx, actor.actor_id)

        return self._register.store.read(read)

    def is_asked_for(self, tx: Tx, actor_id: str) -> bool:
        """Return whether somebody has one, so that a sign-in asks for it."""
        row = second_steps.of(tx, actor_id)
        return row is not None and row.confirmed_at is not None

    def begin(self, actor: Actor) -> NewStep | None:
        """Make a secret that is not asked for yet; None when they have a second step already."""
        secret = secrets.token_bytes(_SECRET_BYTES)

        def make(tx: Tx) -> bool:
            if self.is_asked_for(tx, actor.actor_id):
                return False
            second_steps.begin(tx, self._keys, actor.actor_id, secret, self._register.clock.utc_now())
            return True

        if not self._register.store.write(make):
            return None
        address = _totp(secret).get_provisioning_uri(actor.username, "Hushward")
        return NewStep(base64.b32encode(secret).decode().rstrip("="), address)

    def confirm(self, actor: Actor, code: str) -> Decision:
        """Ask for it from now on, once its first code was right."""

        def work(tx: Tx) -> bool:
            row = second_steps.of(tx, actor.actor_id)
            if row is None or row.confirmed_at is not None or not self._is_right(tx, row, code):
                return False
            second_steps.confirm(tx, actor.actor_id, self._register.clock.utc_now())
            self._register.record(tx, "signin:step:confirmed", actor, text_digest=digest_after(tx, actor))
            return True

        if self._register.store.write(work):
            return self._register.decide(Words("Your second step is set up: a sign-in asks for it."), allowed=True)
        words = Words("Those are not the six digits of now. Look at the app again.")
        return self._register.deny("signin:step:denied", actor, "wrong_code", words)

    def check(self, tx: Tx, actor_id: str, code: str) -> bool:
        """Return whether a code is right, and use it up."""
        row = second_steps.of(tx, actor_id)
        return row is not None and self._is_right(tx, row, code)

    def _is_right(self, tx: Tx, row: second_steps.StepRow, code: str) -> bool:
        step = step_of(second_steps.secret_of(self._keys, row), code, self._register.clock.utc_now())
        return step is not None and second_steps.use(tx, row.actor_id, step)


def step_of(secret: bytes, code: str, now: datetime) -> int | None:
    """Return the number of the step whose code this is, near the present one; None when it is none of them.

    Args:
        secret: 20 bytes.
        code: six digits, as typed.
        now: UTC.
    """
    told = code.replace(" ", "").encode()
    present = int(now.timestamp()) // _EVERY_S
    made = {present + around: _totp(secret).generate((present + around) * _EVERY_S) for around in _AROUND}
    return next((step for step, one in made.items() if secrets.compare_digest(one, told)), None)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, _DIGITS, SHA1(), _EVERY_S)
