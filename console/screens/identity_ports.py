"""What the screens ask about who is who."""

from typing import Protocol

from console.roles import Actor
from console.rules.decision import Decision
from console.screens.access_ports import Badges, SecondSteps


class SignIn(Protocol):
    """A sign-in that worked."""

    @property
    def session_token(self) -> str:
        """Secret of the session; known to the browser only."""

    @property
    def actor(self) -> Actor:
        """Who signed in."""


class Identity(Protocol):
    """Who is who."""

    @property
    def steps(self) -> SecondSteps:
        """Second steps of accounts."""

    def sign_in(self, username: str, password: str, device: str, code: str = "") -> "SignIn | Decision":
        """Begin a session, or say why not."""

    @property
    def badges(self) -> Badges:
        """Badges of the ward's staff."""

    def tap(self, badge: str, device: str) -> "SignIn | Decision":
        """Bring a session to this device by a badge, locked."""

    def actor_of(self, session_token: str) -> Actor | None:
        """Return who holds a session and count it as used; None when it has ended."""

    def sign_out(self, session_token: str) -> bool:
        """End a session."""

    def enrol(self, token: str, username: str, display_name: str, password: str) -> "Actor | Decision":
        """Make an account from a one-time link."""

    def change_password(self, session_token: str, password: str, new_password: str) -> Decision:
        """Change the password."""
