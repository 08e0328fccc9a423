"""The first line to the sensing process: which source, which room, for which purposes, how long."""

from collections.abc import Callable

from edge.pipe import Open
from edge.settings import NodeSettings, SourceKind
from edge.supervisor import Order
from edge.zones import DEMO_ZONES, rows_of


def opening_of(settings: NodeSettings) -> Callable[[Order, float], Open]:
    """Return what makes the line for this node.

    Args:
        settings: the node's; its source and zones go to the sensing process as they stand; a simulated room
            without zones is the demonstration's.

    Returns:
        A function of an order and of how long it holds from now [s].
    """
    source = settings.source.model_dump(mode="json", exclude_none=True)
    zones = settings.room_zones
    if not zones.named and settings.source.kind is SourceKind.SYNTHETIC:
        zones = DEMO_ZONES
    room = rows_of(zones)
    clock = {} if settings.clock_file is None else {"file": str(settings.clock_file)}

    def opening(order: Order, open_for_s: float) -> Open:
        return Open(source, order.purposes, order.vital_signs, order.lease_id, room, open_for_s, clock)

    return opening
