"""What the sensors of a room have told of breathing, gathered for one look at it."""

from console.leasing.leases import Leases
from console.office import Office
from console.receiving.live import Live
from console.rules.sensing.rates import Rated, rate_view
from console.rules.sensing.readings import readings_in_force
from console.showing.views import ReadingView, Words
from console.staying.roll import Roll
from console.store.people import NodeRow


def reading_in(room_id: str, office: Office, roll: Roll, live: Live, leases: Leases) -> ReadingView:
    """Return the newest rate under the leases in force: what was sensed before a no is not shown after it."""
    nodes = roll.sheet().nodes_in(room_id)
    if not nodes:
        return ReadingView(Words("There is no sensor in this room."), False)
    told = [one for one in (_rated(node, live, leases) for node in nodes) if one is not None]
    return rate_view(told, office.context, office.now(), office.policy)


def _rated(node: NodeRow, live: Live, leases: Leases) -> Rated | None:
    """Return what one sensor has told; None when it is off."""
    heard, lease_id, verdict = live.of(node.node_id), leases.lease_id_in_force(node.node_id), leases.verdict(node)
    if not verdict.is_monitored or heard.state is None:
        return None
    newest = heard.rated if heard.rated is not None and heard.rated.lease_id == lease_id else None
    # Of a sensor that has fallen silent nothing is true of now.
    state = heard.state if live.loss(node.node_id, link_up=True) is None else None
    now = readings_in_force(state, lease_id)
    return Rated(node.kind, verdict.purposes, heard.state.origin, newest, now)
