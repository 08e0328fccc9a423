"""Which sensors of a room speak now, for whoever holds them against each other."""

from console.leasing.leases import Leases
from console.receiving.live import Live
from console.rules.sensing.joining import SensorSays
from console.rules.sensing.readings import readings_in_force
from console.store.people import NodeRow


def says_now(node: NodeRow, live: Live, leases: Leases) -> SensorSays | None:
    """Return what a sensor says under the lease in force; None when it is off, silent, or has said nothing yet."""
    if live.loss(node.node_id, link_up=True) is not None:
        return None
    readings = readings_in_force(live.of(node.node_id).state, leases.lease_id_in_force(node.node_id))
    return None if readings is None else SensorSays(node.kind, leases.verdict(node).purposes, readings)
