"""Somebody in a simulated room: a body and the acts it goes through."""

import math
from collections.abc import Iterable, Mapping

from models.simulator.acts import Act, ActKind
from models.simulator.body import Body

RESTLESS_M_PER_S: Mapping[ActKind, float] = {
    ActKind.WALK: 0.4,
    ActKind.TURN: 0.15,
    ActKind.TOSS: 0.3,
    ActKind.TWITCH: 0.08,
    ActKind.STAND: 0.03,
    ActKind.FALL: 0.8,
}
"""[m/s] speed of each part's own movement in an act; 0 in all others."""
TURNING = (ActKind.TURN, ActKind.TOSS)
UPRIGHT = (ActKind.WALK, ActKind.STAND, ActKind.SIT)


class Actor:
    """A body and what it does."""

    def __init__(self, acts: Iterable[Act], body: Body) -> None:
        self.body = body
        self._acts = iter(acts)
        self._act: Act | None = None
        self._left_s = 0.0
        self._next()

    def _next(self) -> None:
        act = self._act = next(self._acts, None)
        body = self.body
        if act is None:
            body.is_in_view = False
            self._left_s = math.inf
            return
        body.is_in_view = act.kind is not ActKind.AWAY
        body.is_upright = act.kind in UPRIGHT
        body.is_obstructed = act.kind is ActKind.OBSTRUCT
        if act.kind in TURNING:
            body.begin_turn()
        distance_m = abs(act.to_m - body.range_m)
        self._left_s = distance_m / act.speed_m_per_s if act.kind is ActKind.WALK else act.duration_s

    @property
    def kind(self) -> ActKind:
        """What is being done now; away when there is nothing left to do."""
        return self._act.kind if self._act else ActKind.AWAY

    @property
    def act(self) -> Act | None:
        """What is being done now; None when there is nothing left to do."""
        return self._act

    @property
    def depth(self) -> float:
        """How deep the breath is now, as a share of the usual."""
        if self._act is None:
            return 1.0
        begin, end = self._act.depth
        return begin + (end - begin) * self.share

    @property
    def share(self) -> float:
        """How much of the present act is over, 0 to 1."""
        if self._act is None or not self._act.duration_s:
            return 1.0
        return min(1.0, max(0.0, 1 - self._left_s / self._act.duration_s))

    def step(self, dt_s: float) -> None:
        """Move on by one frame."""
        if self._left_s <= 0:
            self._next()
        self._left_s -= dt_s
        act, speed = self._act, 0.0
        if act is not None and act.kind is ActKind.WALK:
            speed = math.copysign(act.speed_m_per_s, act.to_m - self.body.range_m)
        elif act is not None and act.kind in TURNING:
            self.body.turn(self.share)
        self.body.step(
            dt_s,
            is_held=self.kind is ActKind.HOLD,
            is_full=act is not None and act.is_full,
            depth=self.depth,
            restlessness_m_per_s=RESTLESS_M_PER_S.get(self.kind, 0.0),
            walk_m_per_s=speed,
        )
