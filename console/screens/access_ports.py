"""What the screens ask of the ward about who may look, and who reviews it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from console.looking.closeness import StaffChoice, Waiting
from console.looking.reviews import ReviewView
from console.roles import Actor
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words
from console.signing_in.second_step import NewStep


class Sights(Protocol):
    """Emergency sights."""

    def take(self, actor: Actor, room_id: str, reason: str) -> Decision:
        """Begin one."""

    def notices(self, since: datetime) -> tuple[Words, ...]:
        """Return the lines by which the ward is told."""


class Closeness(Protocol):
    """Sensitive stays, and whom a patient has shut out."""

    def mark(self, actor: Actor, stay_id: str, kind: str, *, transfer_offered: bool) -> Decision:
        """Make a stay sensitive."""

    def unmark(self, actor: Actor, stay_id: str) -> Decision:
        """End it."""

    def ask_second(self, actor: Actor, room_id: str) -> Decision:
        """Ask for a second person."""

    def agree(self, actor: Actor, asked_id: str) -> Decision:
        """Be the second person."""

    def waiting(self, actor: Actor) -> Sequence[Waiting]:
        """Return the looks that wait for one."""

    def needs_second(self, room_id: str, reason: str) -> bool:
        """Return whether a refused look could go on with one."""

    def shut_out(self, actor: Actor, actor_id: str, *, may_look: bool) -> Decision:
        """Let a patient say who may not look."""

    def staff_for(self, actor: Actor) -> Sequence[StaffChoice]:
        """Return the staff whom they can shut out."""


class Reviews(Protocol):
    """What those who audit look at afterwards."""

    def waiting(self, actor: Actor) -> Sequence[ReviewView] | Decision:
        """Return it, newest first."""

    def close(self, actor: Actor, review_id: str, outcome: str) -> Decision:
        """Say what came of it."""

    def tell_contact(self, actor: Actor, review_id: str) -> Decision:
        """Say that the chosen contact was told."""


class SecondSteps(Protocol):
    """Second steps of accounts."""

    def is_wanting(self, actor: Actor) -> bool:
        """Return whether somebody must set one up first."""

    def begin(self, actor: Actor) -> NewStep | None:
        """Make a secret; None when they have one."""

    def confirm(self, actor: Actor, code: str) -> Decision:
        """Ask for it from now on."""


class Badges(Protocol):
    """Badges of the ward's staff."""

    def issue(self, by: Actor, actor_id: str) -> str | Decision:
        """Give somebody a badge; return what it says."""

    def choose_pin(self, actor: Actor, pin: str) -> Decision:
        """Keep a PIN for one's own badge."""

    def has_pin(self, actor: Actor) -> bool:
        """Return whether somebody has chosen a PIN for a badge of theirs."""

    def opens(self, actor: Actor, pin: str, device: str) -> Decision:
        """Return whether a PIN is that of somebody's badge."""


class FirstNight(Protocol):
    """The card for somebody new to the ward."""

    def is_due(self, actor: Actor) -> bool:
        """Return whether somebody's badge brings them to it."""

    def done_at(self, actor: Actor) -> datetime | None:
        """Return when somebody went through it on this ward; None when they have not."""

    def skip(self, actor: Actor) -> Decision:
        """Leave it for an emergency."""

    def finish(self, actor: Actor, code: str, outcome: str) -> Decision:
        """Close the practice alert."""


class AccessPort(Protocol):
    """The part of the ward that says who may look."""

    @property
    def policy(self) -> Policy:
        """The rule book in force."""

    @property
    def first_night(self) -> FirstNight:
        """The card for somebody new to the ward."""

    @property
    def sights(self) -> Sights:
        """Emergency sights."""

    @property
    def closeness(self) -> Closeness:
        """Sensitive stays, and whom a patient has shut out."""

    @property
    def reviews(self) -> Reviews:
        """What those who audit look at afterwards."""
