"""What a drill's node sees: a story from a seed, without a sensor and without a model, second by second or quicker."""

import random
from collections.abc import Callable
from pathlib import Path

from broker.clock import Clock
from broker.vocabulary import Presence, SensedState, SensorState, Withheld, Zone
from edge.brake import Brake
from edge.estimates import Estimate, Moment, withheld_estimate
from edge.permitted import permitted
from edge.pipe import Loop
from edge.supervisor import Happening, Order, Sensed, SensorClosed, SensorOpened

_MODEL = "d0" * 32
_MOST_AT_ONCE = 5
"""[s] that are caught up with in one step; a process that stood still for longer does not run after the past."""
_STRETCH_S = 60
"""[s] of a quick story that are told in one piece; as many then begin anew each second."""


class Story:
    """Somebody who lies in bed, gets up, and lies down again.

    Attributes:
        seed: decides how long each lasts.
        is_restless: they get up every few seconds.
    """

    def __init__(self, seed: int, *, is_restless: bool = False) -> None:
        chance = random.Random(seed)
        in_bed_s, up_s = ((9, 12), (9, 12)) if is_restless else ((50, 90), (12, 25))
        self._in_bed_s, self._up_s = chance.randint(*in_bed_s), chance.randint(*up_s)
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
    """A `SensingProcess` that tells a story in the node's own process.

    A story told more than once a second is for making records: half of it is told in one piece, at its own pace, so
    that more happens in the room; the other half begins anew each second, as a recording does that has come to its
    end, so that each second becomes a minute's record of its own.
    """

    is_crash_loop = False

    def __init__(self, clock: Clock, tell: Callable[[Moment], Estimate], frozen: Path, per_s: float = 1.0) -> None:
        """Begin, closed.

        Args:
            clock: the ward's.
            tell: what is believed at a second.
            frozen: while a file is there, frames repeat bit for bit.
            per_s: seconds of the story that are told in one second, 1 or more.
        """
        self._every_s, self._is_quick = 1 / per_s, per_s > 1
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
        while self._told_s + self._every_s <= now_s:
            self._told_s += self._every_s
            t_s = (self._told_s - self._began_s) / self._every_s
            if self._is_quick and int(t_s) // _STRETCH_S % 2:
                happened.append(Loop(2))
            happened.append(self._sensed(order, t_s, now_s))
        return happened

    def _sensed(self, order: Order, t_s: float, now_s: float) -> Sensed:
        moment = Moment(t_s, self._clock.utc_now(), now_s)
        is_frozen = self._frozen.exists()
        estimate = withheld_estimate(moment, Withheld.FROZEN, _MODEL) if is_frozen else self._tell(moment)
        return Sensed(order, permitted(estimate, order.purposes, order.vital_signs))
