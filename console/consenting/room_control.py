"""The control in the room hangs at one node and stops both: whoever presses it means the room (rules C5, S3)."""

from collections.abc import Callable

from broker.messages import LiveState
from broker.vocabulary import CloseReason, SensorState
from console.leasing.leases import Leases
from console.rules.decision import Decision
from console.staying.roll import Roll


class RoomControl:
    """Watches for a pause that one of two nodes has taken from its control, and pauses the room."""

    def __init__(self, roll: Roll, leases: Leases, pause: Callable[[str], Decision]) -> None:
        """Take what is needed.

        Args:
            roll: which room a node hangs in.
            leases: which of its sensors may be on.
            pause: pauses every sensor of a room.
        """
        self._roll = roll
        self._leases = leases
        self._pause = pause

    def heard(self, state: LiveState) -> None:
        """Pause a room of which one sensor was paused by hand while another may be on; a room with one needs nothing.

        A pause that outlasts the room's own is taken again: it begins closed rather than open.
        """
        if state.sensor.state is not SensorState.CLOSED or state.sensor.reason is not CloseReason.LOCAL_PAUSE:
            return
        sheet = self._roll.sheet()
        node = sheet.nodes.get(state.node_id)
        if node is None:
            return
        others = [one for one in sheet.nodes_in(node.room_id) if one.node_id != node.node_id]
        if any(self._leases.verdict(one, sheet).is_open for one in others):
            self._pause(node.room_id)
