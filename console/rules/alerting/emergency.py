"""An emergency in one room, and thin cover for all others until somebody is back on the floor (rule A17)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from console.roles import Actor, Role
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words


class EmergencyStepKind(StrEnum):
    """What is tapped during an emergency, each with its time."""

    STARTED = "started"
    THERE = "there"
    KIT_THERE = "kit_there"
    RANG_2222 = "rang_2222"
    RANG_999 = "rang_999"
    DOORS_OPEN = "doors_open"
    CREW_THERE = "crew_there"
    BACK_ON_FLOOR = "back_on_floor"
    ENDED = "ended"


TAPS = (
    EmergencyStepKind.THERE,
    EmergencyStepKind.KIT_THERE,
    EmergencyStepKind.RANG_2222,
    EmergencyStepKind.RANG_999,
    EmergencyStepKind.DOORS_OPEN,
    EmergencyStepKind.CREW_THERE,
)
"""What anybody taps, as often as it happens."""


@dataclass(frozen=True, slots=True)
class EmergencyStep:
    """One tap.

    Attributes:
        kind: what.
        at: when.
        actor_id: who tapped.
    """

    kind: EmergencyStepKind
    at: datetime
    actor_id: str


@dataclass(frozen=True, slots=True)
class Emergency:
    """An emergency and what was tapped.

    Attributes:
        emergency_id: random, 32 hex digits.
        room_id: where.
        steps: oldest first; the first is its start.
    """

    emergency_id: str
    room_id: str
    steps: tuple[EmergencyStep, ...]

    @property
    def started_at(self) -> datetime:
        """Return time zero."""
        return self.steps[0].at

    @property
    def is_over(self) -> bool:
        """Return whether the nurse in charge has ended it."""
        return self.steps[-1].kind is EmergencyStepKind.ENDED

    @property
    def there(self) -> frozenset[str]:
        """Return who is at it: who started it or came, and is not back on the floor."""
        kinds = {EmergencyStepKind.STARTED, EmergencyStepKind.THERE}
        came = {one.actor_id for one in self.steps if one.kind in kinds}
        back = {one.actor_id for one in self.steps if one.kind is EmergencyStepKind.BACK_ON_FLOOR}
        return frozenset(came - back) if not self.is_over else frozenset()


def may_tap(emergency: Emergency | None, policy: Policy) -> Decision:
    """Decide whether a tap counts; anybody's does while it lasts."""
    if emergency is None or emergency.is_over:
        return policy.deny("A17", reason=Words("This emergency is over."))
    return policy.allow("A17", reason=Words("Written down."))


def may_end(emergency: Emergency | None, actor: Actor, back: Iterable[str], policy: Policy) -> Decision:
    """Decide whether it is over: when the nurse in charge names who is back on the floor."""
    if emergency is None or emergency.is_over:
        return policy.deny("A17", reason=Words("This emergency is over."))
    if actor.role is not Role.NURSE_IN_CHARGE:
        return policy.deny("A17", reason=Words("The nurse in charge ends it, and says who is back on the floor."))
    if not list(back):
        return policy.deny("A17", reason=Words("Say who is back on the floor."))
    return policy.allow("A17", reason=Words("It is over. The other rooms call as before."))
