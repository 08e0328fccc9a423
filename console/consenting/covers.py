"""A covered sensor is a pause: whoever covers it has said so with their hands, under every basis (rule S3)."""

from collections.abc import Callable

from broker.messages import LiveState
from broker.vocabulary import SensorState, Withheld
from console.office import Office
from console.rules.decision import Decision
from console.staying.roll import Roll


class Covers:
    """Watches for covered sensors; what it finds is a pause, never damage and never misbehaviour."""

    def __init__(self, office: Office, roll: Roll, pause: Callable[[str], Decision]) -> None:
        """Take what is needed.

        Args:
            office: rules and clock.
            roll: which room a node hangs in.
            pause: pauses a room's sensor without an end.
        """
        self._office = office
        self._roll = roll
        self._pause = pause
        self._since_s: dict[str, float] = {}

    def heard(self, state: LiveState) -> None:
        """Pause a room whose open sensor says for a few seconds that it is covered."""
        node = self._roll.sheet().nodes.get(state.node_id)
        if node is None or not _is_covered(state):
            self._since_s.pop(state.node_id, None)
            return
        now_s = self._office.clock.elapsed_s()
        since_s = self._since_s.setdefault(state.node_id, now_s)
        standing = self._roll.standing(node.room_id)
        is_on = standing is not None and (standing.is_given or standing.trial is not None)
        if is_on and now_s - since_s >= self._office.policy.number("S3", "covered_for_s"):
            self._pause(node.room_id)


def _is_covered(state: LiveState) -> bool:
    if state.sensor.state is not SensorState.OPEN or state.readings is None:
        return False
    return state.readings.presence.withheld is Withheld.COVERED
