"""What is really so in a simulated room, moment by moment, and whether it could be known."""

import math
from collections import deque
from dataclasses import dataclass

from models.simulator.actors import Actor
from models.simulator.acts import ActKind
from models.simulator.labels import PRESENCE_DB, RATE_DB
from models.simulator.receiver import Receiver
from models.simulator.scene import zone_of

TRUTH_WINDOW_S = 30.0
TRUTH_FIRST_S = 10.0
# The evidence is worked out anew this often.
EVIDENCE_EVERY_S = 1.0

CALM = (ActKind.LIE, ActKind.SIT)
STATES = {
    ActKind.LIE: "breathing",
    ActKind.SIT: "breathing",
    ActKind.HOLD: "no_breathing_seen",
    ActKind.OBSTRUCT: "obstructed",
    ActKind.AWAY: "empty",
}


@dataclass(frozen=True)
class Truth:
    """What is really so at one moment."""

    state: str
    """breathing, no_breathing_seen, moving, empty, or obstructed: the chest moves and no air does."""
    people: int
    """0, 1 or 2; neither a neighbour behind a wall nor a phantom counts."""
    zone: str | None
    """bed, room, ensuite or door of the sleeper; None when nobody is in view."""
    rate_per_min: float | None
    """Mean rate over the calm stretch of the last 10 to 30 s; None when nobody breathes calmly."""
    is_observable: bool
    """A perfect observer could give a rate from what the sensor saw."""
    is_state_observable: bool = True
    """The same for the state; False for an obstructive apnoea."""
    is_presence_observable: bool = True
    """The same for whether somebody is there; True where nobody is."""
    machine_rate_per_min: float | None = None
    """Of a phantom's plate; None without one."""
    is_covered: bool | None = None
    """Something lies over the lens; None of what has no lens."""


class TruthKeeper:
    """Watches the sleeper and the visitor of one room."""

    def __init__(self, sleeper: Actor, visitor: Actor, receiver: Receiver, machine_rate_per_min: float | None) -> None:
        self._sleeper, self._visitor = sleeper, visitor
        self._receiver = receiver
        self._machine_rate_per_min = machine_rate_per_min
        self._calm: deque[tuple[float, float, float]] = deque()
        self._evidence_db = math.inf
        self._evidence_at_s = -math.inf

    def at(self, t_s: float) -> Truth:
        """Say what is so now.

        Args:
            t_s: [s] rising from call to call.
        """
        kind, body = self._sleeper.kind, self._sleeper.body
        guest = self._visitor.body.is_in_view
        if kind in CALM:
            self._calm.append((t_s, body.breaths, self._sleeper.depth))
            while t_s - self._calm[0][0] > TRUTH_WINDOW_S:
                self._calm.popleft()
        else:
            self._calm.clear()
        rate = None
        if self._calm and t_s - self._calm[0][0] >= TRUTH_FIRST_S:
            (t0, b0, _), (t1, b1, _) = self._calm[0], self._calm[-1]
            rate = 60 * (b1 - b0) / (t1 - t0)
        state = STATES.get(kind, "moving")
        if guest and self._visitor.kind not in CALM:
            state = "moving"
        elif guest and state == "empty":
            state = "breathing"
        if t_s - self._evidence_at_s >= EVIDENCE_EVERY_S:
            self._evidence_db, self._evidence_at_s = self._weigh(), t_s
        is_rated = rate is not None and not guest and self._evidence_db >= RATE_DB
        is_seen = state in ("moving", "empty") or guest or self._evidence_db >= PRESENCE_DB
        zone = zone_of(body.range_m) if body.is_in_view else None
        people = int(body.is_in_view) + int(guest)
        could = (is_rated, is_seen and state != "obstructed", is_seen)
        return Truth(state, people, zone, rate, *could, self._machine_rate_per_min)

    def _weigh(self) -> float:
        """Weigh ten to thirty seconds of breathing against the noise where the body lies [dB]."""
        body, receiver = self._sleeper.body, self._receiver
        begin_s = self._calm[0][0] if self._calm else 0.0
        calm_s = max(TRUTH_FIRST_S, self._calm[-1][0] - begin_s if self._calm else 0.0)
        depth = self._sleeper.depth if self._calm else 1.0
        moved = body.breath_power(receiver.settings.wavelength_m, depth * body.depth_mm)
        frames = calm_s * receiver.settings.frame_rate_hz
        energy = frames * moved * receiver.bins_per_echo / receiver.noise_power_at(body.range_m)
        return 10 * math.log10(energy) if energy > 0 else -math.inf
