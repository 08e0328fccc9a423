"""What is known to be so at each second of a case."""

from dataclasses import dataclass

from broker.vocabulary import Presence
from edge.cases import Case, Expect
from models.simulator.night import Truth

# So long after a change the estimate may still say what was before [s] (SENSING, accuracy to reach).
HOLD_GRACE_S, CROWD_GRACE_S, CHANGE_GRACE_S = 6.0, 5.0, 3.0
# A body that has just stopped turning is not yet at rest, so a rate is asked for from the tenth second of calm.
ELIGIBLE_FROM_S = 10.0


@dataclass(frozen=True)
class Known:
    """The truth of one second; None where nothing is known."""

    rate_per_min: float | None = None
    is_calm: bool = False
    """Somebody breathes calmly, alone and in sight, for long enough: a rate could be shown."""
    is_held: bool | None = None
    """The breath is held."""
    presence: Presence | None = None
    people: int | None = None
    is_covered: bool | None = None
    """Something lies over the lens; None where nobody wrote that down, and of what has no lens."""
    may_show: bool = True
    """A rate that is shown is no lie."""


def known_of(case: Case, t_s: float) -> Known:
    """Say what a recording's case knows of a second."""
    reference = case.reference
    rate = reference.at(t_s) if reference else None
    is_held = reference.is_held(t_s) if reference and reference.holds else None
    deep = reference is not None and any(from_s + HOLD_GRACE_S < t_s <= to_s for from_s, to_s in reference.holds)
    wants_rate = case.expect is Expect.RATE and not is_held
    is_known = reference is None or rate is not None
    return Known(
        rate_per_min=rate if wants_rate else None,
        is_calm=wants_rate and is_known and t_s >= ELIGIBLE_FROM_S,
        is_held=is_held,
        presence=Presence(case.presence) if case.presence else None,
        people=case.people,
        may_show=case.expect is not Expect.WITHHELD and not deep,
    )


class SimulatedKnowledge:
    """Turns the simulator's truth, second after second, into what may be asked of an estimate."""

    def __init__(self, expect: Expect) -> None:
        self._expect = expect
        self._silent_since_s: dict[str, float] = {}
        self._people: int | None = None
        self._changed_s = 0.0

    def of(self, t_s: float, truth: Truth) -> Known:
        """Say what is known of a second; seconds come in order."""
        if truth.machine_rate_per_min is not None:
            # A plate at a known rate may be read, rightly, or left alone.
            return Known(truth.machine_rate_per_min, is_calm=t_s >= ELIGIBLE_FROM_S)
        is_held = truth.state == "no_breathing_seen"
        if truth.people != self._people:
            self._people, self._changed_s = truth.people, t_s
        overdue = (
            self._lasts(t_s, "empty", truth.people == 0, CHANGE_GRACE_S)
            or self._lasts(t_s, "crowd", truth.people >= 2, CROWD_GRACE_S)
            or self._lasts(t_s, "held", is_held, HOLD_GRACE_S)
            or self._lasts(t_s, "moving", truth.state == "moving", CHANGE_GRACE_S)
        )
        is_calm = truth.rate_per_min is not None and truth.is_observable and self._expect is Expect.RATE
        # Who is too weak to be seen by anybody is asked of nobody.
        is_visible = truth.is_presence_observable
        is_settled = is_visible and t_s >= ELIGIBLE_FROM_S and t_s - self._changed_s >= CHANGE_GRACE_S
        return Known(
            rate_per_min=truth.rate_per_min if is_calm else None,
            is_calm=is_calm and t_s >= ELIGIBLE_FROM_S,
            is_held=is_held if truth.is_state_observable else None,
            presence=(Presence.PRESENT if truth.people else Presence.ABSENT) if is_settled else None,
            people=truth.people if is_settled else None,
            is_covered=truth.is_covered,
            may_show=self._expect is not Expect.WITHHELD and not overdue,
        )

    def _lasts(self, t_s: float, name: str, is_so: bool, grace_s: float) -> bool:
        """Say whether something has been so for longer than its grace."""
        if not is_so:
            self._silent_since_s.pop(name, None)
            return False
        # A truth of second t was so within the second before it.
        began_s = self._silent_since_s.setdefault(name, t_s - 1)
        return t_s - began_s > grace_s
