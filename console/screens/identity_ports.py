"""What the screens ask about who is who."""

from collections.abc import Collection, Sequence
from typing import Protocol

from console.about_staff.own_record import OwnPart
from console.roles import Actor
from console.rules.decision import Decision
from console.screens.access_ports import Badges, SecondSteps
from console.signing_in.federation import Begun
from console.signing_in.mappings import MappingView
from console.signing_in.passkeys import PasskeyAsk, PasskeyView


class SignIn(Protocol):
    """A sign-in that worked."""

    @property
    def session_token(self) -> str:
        """Secret of the session; known to the browser only."""

    @property
    def actor(self) -> Actor:
        """Who signed in."""


class Passkeys(Protocol):
    """Passkeys."""

    def of(self, actor: Actor) -> Sequence[PasskeyView]:
        """Return somebody's own."""

    def may_add(self, session_token: str) -> bool:
        """Return whether a session may add one."""

    def ask_to_add(self, actor: Actor, device: str, origin: str, session_token: str) -> PasskeyAsk | Decision:
        """Ask a browser to make one."""

    def add(self, actor: Actor, state: str, binding: str, answer: str, label: str) -> Decision:
        """Keep one."""

    def remove(self, actor: Actor, credential_id: str) -> Decision:
        """End one."""

    def ask_to_sign_in(self, device: str, origin: str) -> PasskeyAsk:
        """Ask a browser for one."""

    def sign_in(self, state: str, binding: str, answer: str) -> "SignIn | Decision":
        """Begin a session."""


class HospitalSignIn(Protocol):
    """The hospital's own sign-in."""

    @property
    def is_away(self) -> bool:
        """Whether it was away a moment ago."""

    def begin(self, device: str, where: str) -> Begun | Decision:
        """Begin a sign-in there."""

    def finish(self, state: str, code: str, binding: str) -> "SignIn | Decision":
        """Begin a session for whoever comes back."""

    @property
    def logouts(self) -> "HospitalLogouts":
        """What it says of people who signed out there."""


class HospitalLogouts(Protocol):
    """People who sign out at the hospital."""

    def log_out(self, token: str) -> Decision:
        """End every session of whom a token names."""


class OwnRecord(Protocol):
    """What is noted about staff."""

    def read(self, actor: Actor) -> Sequence[OwnPart] | Decision:
        """Return one's own."""


class Mappings(Protocol):
    """Which of its groups come in."""

    def view(self, actor: Actor) -> MappingView | Decision | None:
        """Return what there is to approve."""

    def approve(self, actor: Actor, digest: str) -> Decision:
        """Approve what was shown."""

    def withdraw(self, actor: Actor) -> Decision:
        """Let nobody in by it any more."""


class Identity(Protocol):
    """Who is who."""

    @property
    def steps(self) -> SecondSteps:
        """Second steps of accounts."""

    def sign_in(self, username: str, password: str, device: str, code: str = "") -> "SignIn | Decision":
        """Begin a session, or say why not."""

    @property
    def passkeys(self) -> "Passkeys":
        """Passkeys of everybody."""

    @property
    def provider(self) -> "HospitalSignIn | None":
        """The hospital's own sign-in; None where it is not connected."""

    @property
    def badges(self) -> Badges:
        """Badges of the ward's staff."""

    def tap(self, badge: str, device: str) -> "SignIn | Decision":
        """Bring a session to this device by a badge, locked."""

    def actor_of(self, session_token: str) -> Actor | None:
        """Return who holds a session and count it as used; None when it has ended."""

    def lasting(self, session_tokens: Collection[str]) -> frozenset[str]:
        """Return which of many sessions last, and count those as used."""

    def sign_out(self, session_token: str) -> bool:
        """End a session."""

    def enrol(self, token: str, username: str, display_name: str, password: str) -> "Actor | Decision":
        """Make an account from a one-time link."""

    def change_password(self, session_token: str, password: str, new_password: str) -> Decision:
        """Change the password."""
