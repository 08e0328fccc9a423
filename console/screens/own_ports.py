"""What the patient's screens ask of the ward: their own choices, what they say about us, and copies of what is kept."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from console.own.own_views import ComplaintView, CopyRequestView, ReadingChoice, TrialView
from console.roles import Actor
from console.rules.consenting.groups import OwnQuestion
from console.rules.decision import Decision
from console.rules.looking.telling import Telling


class OwnSide(Protocol):
    """What a patient chooses on their own page."""

    def reading_choice(self, actor: Actor) -> ReadingChoice | None:
        """Return how they read; None when they have not been asked."""

    def telling(self, actor: Actor) -> Telling:
        """Return how a patient wants to be told who looked."""

    def choose_telling(self, actor: Actor, how: str) -> Decision:
        """Keep it."""

    def choose_reading(self, actor: Actor, choice: ReadingChoice) -> Decision:
        """Keep how they read."""


class OwnGroups(Protocol):
    """What a patient chooses to tell about themselves."""

    def answers(self, actor: Actor) -> "Mapping[OwnQuestion, str]":
        """Return what they have told."""

    def tell(self, actor: Actor, told: Mapping[str, str]) -> Decision:
        """Keep answers, or forget them."""


class Trying(Protocol):
    """A trial of the sensor for oneself alone."""

    def begin(self, actor: Actor, sensor: str, *, they_ask: bool) -> Decision:
        """Begin it, at the patient's own say."""

    def end(self, actor: Actor) -> Decision:
        """End it now."""

    def view(self, actor: Actor) -> "TrialView | Decision":
        """Return what the sensor says to whoever tries it."""


class Complaints(Protocol):
    """What patients say about us."""

    def make(self, actor: Actor, kind: str, text: str) -> Decision:
        """Write down what a patient says."""

    def waiting(self, actor: Actor) -> "Sequence[ComplaintView] | Decision":
        """Return what waits for an answer."""

    def acknowledge(self, actor: Actor, complaint_id: str) -> Decision:
        """Say that it has arrived."""

    def answer(self, actor: Actor, complaint_id: str, text: str) -> Decision:
        """Say what became of it."""


class Copies(Protocol):
    """Requests for everything that is kept about somebody."""

    def waiting(self, actor: Actor) -> "Sequence[CopyRequestView] | Decision":
        """Return what waits for an answer."""

    def answer(self, actor: Actor, request_id: str) -> Decision:
        """Say that it was answered."""
