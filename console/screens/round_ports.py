"""What the screens ask of the ward about seeing people in person."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from console.observing.check_entries import Entry, PaperEntry
from console.observing.check_views import HandoverView, LoadView, PlanView, PunctualView, RoundView, TurnView
from console.roles import Actor
from console.rules.decision import Decision


class RoundList(Protocol):
    """The round as it is walked."""

    def view(self, actor: Actor) -> "RoundView | Decision":
        """Return it."""


class Observations(Protocol):
    """What people write down who saw somebody."""

    def enter(self, actor: Actor, entry: Entry) -> Decision:
        """Write down that somebody was seen."""

    def enter_from_paper(self, actor: Actor, entry: PaperEntry) -> Decision:
        """Write down a line of a paper round."""


class Plans(Protocol):
    """How closely each person is observed."""

    def view(self, actor: Actor, room_id: str) -> "PlanView | Decision":
        """Return the plan of whoever stays in a room."""

    def set_level(
        self,
        actor: Actor,
        stay_id: str,
        level: str,
        *,
        clinician: str = "",
        why: str = "",
        wishes_quiet: bool = False,
        cautions: Iterable[str] = (),
    ) -> Decision:
        """Set it."""


class Workload(Protocol):
    """What a shift asks of its people."""

    def view(self, actor: Actor) -> "LoadView | Decision":
        """Return the load strip."""

    def plan_people(self, actor: Actor, people: int) -> Decision:
        """Say how many people the coming shift has."""

    def answer(self, actor: Actor, answer: str, clinician: str, until: datetime | None) -> Decision:
        """Answer for a red load."""


class Handovers(Protocol):
    """What one shift hands to the next."""

    def view(self, actor: Actor) -> "HandoverView | Decision":
        """Return the summary."""

    def sign(self, actor: Actor) -> Decision:
        """Sign it."""


class Punctual(Protocol):
    """Whether those who said no are checked as well as the others."""

    def view(self, actor: Actor) -> "PunctualView | Decision":
        """Return the figures."""


class Turns(Protocol):
    """Who stays with each person that is never left."""

    def view(self) -> "Sequence[TurnView]":
        """Return how it stands."""

    def press(self, actor: Actor, room_id: str, code: str) -> Decision:
        """Take over, or hand over, at the door."""

    def leave(self, actor: Actor, room_id: str) -> Decision:
        """Say that one has to go and nobody is there."""


class Doubts(Protocol):
    """Whose sensor could not tell for most of two nights."""

    def is_due(self, room_id: str) -> bool:
        """Return whether the person of a room is to be offered something better."""

    def answer(self, actor: Actor, room_id: str, answer: str) -> Decision:
        """Write down what they chose."""


class Checks(Protocol):
    """All that is about seeing people in person."""

    @property
    def turns(self) -> Turns:
        """Who stays with each person that is never left."""

    @property
    def doubts(self) -> Doubts:
        """Whose sensor could not tell for most of two nights."""

    @property
    def round_list(self) -> RoundList:
        """The round as it is walked."""

    @property
    def observations(self) -> Observations:
        """What people write down."""

    @property
    def plans(self) -> Plans:
        """How closely each person is observed."""

    @property
    def workload(self) -> Workload:
        """What a shift asks of its people."""

    @property
    def handovers(self) -> Handovers:
        """What one shift hands to the next."""

    @property
    def punctual(self) -> Punctual:
        """Whether those who said no are checked as well as the others."""
