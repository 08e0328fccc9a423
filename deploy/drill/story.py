"""What a drill's node sees: a story from a seed, without a sensor and without a model, one estimate a second."""

import random
from collections.abc import Callable
from pathlib import Path

from broker.clock import Clock
from broker.vocabulary import Presence, SensedState, SensorState, Withheld, Zone
from edge.brake import Brake
from edge.estimates import Estimate, Moment, withheld_estimate
from edge.permitted import permitted
from edge.supervisor import Happening, Order, Sensed, SensorClosed, SensorOpened

_MODEL = "d0" * 32
_MOST_AT_ONCE = 5
"""[s] that are caught up with in one step; a process that stood still for longer does not run after the past."""


class Story:
    """Somebody who lies in bed, gets up, and lies down again.

    Attributes:
        seed: decides how long each lasts.
    """

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self._in_bed_s, self._up_s = chance.randint(50, 90), chance.randint(12, 25)
        self._from_s = chance.randint(0, self._in_bed_s)

    def at(self, moment: Moment) -> Estimate:
        """Return what is believed at a second."""
        is_up = (moment.t_s + self._from_s) % (self._in_bed_s + self._up_s) > self._in_bed_s
        return Estimate(
            captured_at=moment.captured_at,
            elapsed_s=moment.elapsed_s,
            t_s=moment.t_s,
            presence=Presence.PRESENT,
            state=SensedState.MOVING if is_up else SensedState.BREATHING,
            movement=0.6 if is_up else 0.05,
            people=1,
            zone=Zone.ROOM if is_up else Zone.BED,
            is_low=False,
            respiratory_rate_per_min=None if is_up else 14.0,
            respiratory_rate_uncertainty_per_min=None if is_up else 1.0,
            respiratory_rate_withheld=Withheld.MOVING if is_up else None,
            pulse_rate_per_min=None,
            pulse_rate_uncertainty_per_min=None,
            pulse_rate_withheld=Withheld.LOW_QUALITY,
            quality=0.9,
            living_age_s=0.0,
            model=_MODEL,
            frames_read=int(moment.t_s) * 10,
            frames_lost=0,
            frames_bad=0,
        )


class TellingSensing:
    """A `SensingProcess` that tells a story in the node's own process."""

    is_crash_loop = False

    def __init__(self, clock: Clock, tell: Callable[[Moment], Estimate], frozen: Path) -> None:
        """Begin, closed.

        Args:
            clock: the ward's.
            tell: what is believed at a second.
            frozen: while a file is there, frames repeat bit for bit.
        """
        self.state = SensorState.CLOSED
        self.brake = Brake()
        self._clock, self._tell, self._frozen = clock, tell, frozen
        self._order: Order | None = None
        self._told_s = self._began_s = 0.0

    def follow(self, order: Order | None) -> list[Happening]:
        """Open, close, or tell the seconds that have passed."""
        if order is None:
            closed, self._order, self.state = self._order, None, SensorState.CLOSED
            return [SensorClosed(closed.lease_id)] if closed is not None else []
        now_s = self._clock.elapsed_s()
        if self._order is None:
            self._order, self.state = order, SensorState.OPEN
            self._told_s = self._began_s = now_s
            return [SensorOpened(order.lease_id)]
        self._order = order
        self._told_s = max(self._told_s, now_s - _MOST_AT_ONCE)
        happened: list[Happening] = []
        while self._told_s + 1 <= now_s:
            self._told_s += 1
            happened.append(self._sensed(order, now_s))
        return happened

    def _sensed(self, order: Order, now_s: float) -> Sensed:
        moment = Moment(self._told_s - self._began_s, self._clock.utc_now(), now_s)
        is_frozen = self._frozen.exists()
        estimate = withheld_estimate(moment, Withheld.FROZEN, _MODEL) if is_frozen else self._tell(moment)
        return Sensed(order, permitted(estimate, order.purposes, order.vital_signs))
