"""What the screens ask of all that comes after an incident."""

from typing import Protocol

from console.incidents.desk import IncidentsView
from console.incidents.holding import Begun
from console.incidents.key_holders import HolderView
from console.incidents.releases import Wanted
from console.incidents.views import HazardView, OpenView, Released, WrongView
from console.roles import Actor
from console.rules.afterwards.wrongs import Finding
from console.rules.decision import Decision


class Holders(Protocol):
    """Who holds the two-person key."""

    def name(self, actor: Actor) -> Decision:
        """Make a code; `detail` is the code."""

    def confirm(self, actor: Actor, holder_id: str) -> Decision:
        """Confirm a holder, as somebody of another role."""

    def view(self, actor: Actor) -> tuple[HolderView, ...] | Decision:
        """Return who holds a half."""


class ReleasePort(Protocol):
    """Release by two."""

    def ask(self, actor: Actor, wanted: Wanted) -> Decision:
        """Ask for a view or a bundle."""

    def confirm(self, actor: Actor, release_id: str, code: str = "") -> tuple[Decision, Released]:
        """Confirm a request, as the second person."""

    def refuse(self, actor: Actor, release_id: str) -> Decision:
        """Refuse a request."""

    def view(self, actor: Actor, release_id: str) -> OpenView | Decision:
        """Show an open view."""


class InformingPort(Protocol):
    """Who is told."""

    def note_told(self, actor: Actor, telling_id: str, whom: str) -> Decision:
        """Write down that somebody was told."""

    def let_wait(self, actor: Actor, telling_id: str, why: str) -> Decision:
        """Sign that they are not told yet."""


class WrongPort(Protocol):
    """What the system got wrong."""

    def report(self, actor: Actor, screen: str) -> Decision:
        """Take one tap; `detail` is the report's id."""

    def say_more(self, actor: Actor, report_id: str, text: str) -> Decision:
        """Take what its maker adds."""

    def waiting(self, actor: Actor) -> tuple[WrongView, ...] | Decision:
        """Return what waits for the safety officer."""

    def own(self, actor: Actor) -> tuple[WrongView, ...]:
        """Return somebody's own newest reports."""

    def answer(self, actor: Actor, report_id: str, told: Finding) -> Decision:
        """Write down what was found."""

    def hazards(self, actor: Actor) -> tuple[HazardView, ...] | Decision:
        """Return the hazards that were found here."""


class KeepingPort(Protocol):
    """Keep or delete."""

    def say(self, actor: Actor, said: str) -> Decision:
        """Take a patient's own answer."""

    def is_for_a_day(self, actor: Actor) -> bool:
        """Return whether what is noted of them is deleted after a day."""

    def choose_day(self, actor: Actor, *, after_a_day: bool) -> Decision:
        """Keep for how long it is kept from now on."""


class HoldingPort(Protocol):
    """Holds that people begin and lift."""

    def begin(self, actor: Actor, told: Begun) -> Decision:
        """Begin one for whoever asks."""

    def begin_own(self, actor: Actor) -> Decision:
        """Begin a patient's own."""

    def ask_to_lift(self, actor: Actor, hold_id: str, reason: str, words: str) -> Decision:
        """Ask that one ends."""

    def lift(self, actor: Actor, lift_id: str) -> Decision:
        """End one, as the second person."""

    def refuse(self, actor: Actor, lift_id: str) -> Decision:
        """Let one stand."""

    def review(self, actor: Actor, hold_id: str) -> Decision:
        """Write down that one is still needed."""


class IncidentPort(Protocol):
    """The desk after an incident."""

    @property
    def holders(self) -> Holders:
        """Who holds the two-person key."""

    @property
    def releases(self) -> ReleasePort:
        """Release by two."""

    @property
    def informing(self) -> InformingPort:
        """Who is told."""

    @property
    def wrongs(self) -> WrongPort:
        """What the system got wrong."""

    @property
    def keeping(self) -> KeepingPort:
        """Keep or delete."""

    @property
    def holding(self) -> HoldingPort:
        """Holds that people begin and lift."""

    def view(self, actor: Actor) -> IncidentsView | Decision:
        """Return the desk."""
