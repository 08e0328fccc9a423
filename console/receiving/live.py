"""The newest live message of each node, its age on the console's own elapsed clock, and what was last certain."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from broker.clock import Clock
from broker.messages import LiveState
from broker.readings import Readings
from broker.vocabulary import HealthFlag
from console.rules.policy import Policy
from console.rules.sensing.evenness import EvenRun, run_with
from console.rules.sensing.staleness import Loss, loss_of
from console.store.leases import Boot

_DRIFT = 1e-3
"""Share of a time by which two machines' clocks may differ in it: ten times what a poor crystal does."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What is known of a node from its live messages.

    Attributes:
        boot: its present boot; None before its first announcement.
        began_s: when that boot began, by its own uptime, on the elapsed clock [s]; None until it is heard.
        state: newest live message of that boot; None before the first.
        heard_s: when it came, on the elapsed clock [s]; None before the first.
        heard_at: the same in time of day; None before the first.
        is_lost: the broker has said that its link broke.
        clock_ahead: its newest message came from the future.
        rated: newest readings of the present lease that held a breathing rate; None when there are none.
        no_movement_since: from its own room event under the present lease; None when there is movement.
        certain_at: when its tile last stood on evidence under the present lease; None when it did not.
        witness_size: audit entries under the newest head it has cosigned; None when none.
        disagrees: it remembers another history of the audit log.
        even: the newest stretch of rates under the present lease that hardly differ; None before the first.
    """

    boot: Boot | None = None
    began_s: float | None = None
    state: LiveState | None = None
    heard_s: float | None = None
    heard_at: datetime | None = None
    is_lost: bool = False
    clock_ahead: bool = False
    rated: Readings | None = None
    no_movement_since: datetime | None = None
    certain_at: datetime | None = None
    witness_size: int | None = None
    disagrees: bool = False
    even: EvenRun | None = None

    @property
    def lease_id(self) -> str:
        """Return the lease its sensor is open under; empty when it is not open."""
        return (self.state.sensor.lease_id or "") if self.state else ""

    @property
    def has_conflict(self) -> bool:
        """Return whether it remembers another history of the audit log, by its signed answer or by its own word."""
        return self.disagrees or (self.state is not None and HealthFlag.AUDIT_CONFLICT in self.state.health.flags)


class Live:
    """Keeps what was last heard; nothing of it is stored."""

    def __init__(self, clock: Clock, policy: Policy) -> None:
        self._clock = clock
        self._policy = policy
        self._lock = threading.Lock()
        self._heard: dict[str, Heard] = {}

    def of(self, node_id: str) -> Heard:
        """Return what is known of a node; an empty fact for a node never heard."""
        return self._heard.get(node_id, _NOTHING)

    def knows_boots(self, boots: Mapping[str, Boot]) -> None:
        """Take the present boots from the database, at start."""
        for node_id, boot in boots.items():
            self._change(node_id, boot=boot)

    def announced(self, node_id: str, boot: Boot, uptime_s: float, came_s: float | None = None) -> None:
        """Take a boot; what an older one said is forgotten.

        Args:
            node_id: of the node.
            boot: which.
            uptime_s: what it said of it when it sent this [s].
            came_s: when its age was judged, on elapsed time; None means now [s]. On a machine without time to spare
                the write in between takes seconds, by which every later uptime would seem too long.
        """
        with self._lock:
            before = self.of(node_id)
            same = before.boot is not None and before.boot.boot_id == boot.boot_id
            kept = before if same else Heard(witness_size=before.witness_size, disagrees=before.disagrees)
            began_s = (self._clock.elapsed_s() if came_s is None else came_s) - uptime_s
            self._heard[node_id] = replace(kept, boot=boot, began_s=began_s, is_lost=False)

    def may_be_so_old(self, node_id: str, uptime_s: float) -> bool:
        """Return whether a boot can be up for so long [s], by what it said when it was first heard.

        An uptime that is too long is refused, for every true one after it would seem to be of the past.
        """
        began_s = self.of(node_id).began_s
        if began_s is None:
            return True
        longest_s = self._clock.elapsed_s() - began_s
        # An announcement is up to so old when it comes, and two clocks drift apart.
        late_s = self._policy.number("N1", "live_within_s")
        return uptime_s <= longest_s + late_s + _DRIFT * abs(longest_s)

    def put(self, state: LiveState) -> None:
        """Take a live message of the present boot."""
        with self._lock:
            before = self.of(state.node_id)
            same_lease = before.lease_id == (state.sensor.lease_id or "")
            kept = before
            if not same_lease:
                kept = replace(before, rated=None, no_movement_since=None, certain_at=None, even=None)
            readings, now_s = state.readings, self._clock.elapsed_s()
            rate_per_min = readings.respiratory_rate.value_per_min if readings is not None else None
            self._heard[state.node_id] = replace(
                kept,
                state=state,
                began_s=now_s - state.uptime_s if kept.began_s is None else kept.began_s,
                heard_s=now_s,
                heard_at=self._clock.utc_now(),
                is_lost=False,
                clock_ahead=False,
                rated=readings if rate_per_min is not None else kept.rated,
                even=run_with(kept.even, rate_per_min, now_s),
            )

    def lost(self, node_id: str, boot_id: str) -> None:
        """Hear from the broker that a node's link broke; it only hastens what the age says."""
        boot = self.of(node_id).boot
        if boot is not None and boot.boot_id == boot_id:
            self._change(node_id, is_lost=True)

    def ahead(self, node_id: str) -> None:
        """Note that a node's clock is wrong: its room is not monitored until a message of now comes."""
        self._change(node_id, clock_ahead=True)

    def certain(self, node_id: str, at: datetime) -> None:
        """Note that a tile stood on evidence."""
        self._change(node_id, certain_at=at)

    def moves(self, node_id: str, no_movement_since: datetime | None) -> None:
        """Take a node's own event: no movement since then, or movement again."""
        self._change(node_id, no_movement_since=no_movement_since)

    def cosigned(self, node_id: str, size: int, *, agrees: bool) -> None:
        """Take a node's answer to a checkpoint."""
        known = self.of(node_id).witness_size or 0
        self._change(node_id, witness_size=max(known, size) if agrees else known, disagrees=not agrees)

    def loss(self, node_id: str, *, link_up: bool) -> Loss | None:
        """Return why a node's last message says nothing any more; None while it is fresh."""
        heard = self.of(node_id)
        return loss_of(
            self.age_s(node_id),
            node_lost=heard.is_lost,
            link_up=link_up,
            clock_ahead=heard.clock_ahead,
            policy=self._policy,
        )

    def age_s(self, node_id: str) -> float | None:
        """Return how long ago a node was heard [s]; None when never."""
        heard_s = self.of(node_id).heard_s
        return None if heard_s is None else self._clock.elapsed_s() - heard_s

    def _change(self, node_id: str, **changes: object) -> None:
        with self._lock:
            self._heard[node_id] = replace(self.of(node_id), **changes)  # type: ignore[arg-type]


_NOTHING = Heard()
