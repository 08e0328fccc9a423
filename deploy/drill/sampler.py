"""Looks at the processes of a drill's ward every few seconds, for as long as it is asked again and again."""

from broker.clock import Clock
from deploy.drill.memory import Sample, sample
from deploy.drill.ward import DrillWard

_SAMPLE_EVERY_S = 2.0


class Sampler:
    """Keeps samples until somebody takes them.

    Attributes:
        fresh: samples that nobody has taken yet.
    """

    def __init__(self, ward: DrillWard, real: Clock, began_s: float) -> None:
        """Take what is needed.

        Args:
            ward: whose processes.
            real: the machine's clock.
            began_s: what counts as the beginning, on its elapsed time [s].
        """
        self._ward, self._real, self._began_s, self._last_s = ward, real, began_s, float("-inf")
        self.fresh: list[Sample] = []

    def look(self) -> None:
        """Look, unless the last look was a moment ago."""
        now_s = self._real.elapsed_s()
        if now_s - self._last_s < _SAMPLE_EVERY_S:
            return
        self._last_s = now_s
        ward = self._ward
        pids = {"broker": ward.broker.pid, "console": ward.console.pid}
        pids |= {node_id: ward.pid_of(node_id) for node_id in ward.laid.plan.node_ids}
        pids |= {f"{node_id} sensing": ward.sensing_pid_of(node_id) for node_id in ward.sensing}
        self.fresh += sample(now_s - self._began_s, pids)
