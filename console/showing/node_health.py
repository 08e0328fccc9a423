"""The health page: every node, everything refused, and whether broker, disk and log are there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from broker.vocabulary import HealthFlag, SensorState
from console.office import Office
from console.receiving.live import Live
from console.rules.sensing.staleness import Loss, sentence_of
from console.running.loops import Failing
from console.showing.desk_views import HealthView, NodeHealthView
from console.showing.machines import Machines, NewestLease
from console.showing.views import Words
from console.staying.roll import Roll
from console.store import records
from console.store.database import Tx
from console.store.people import NodeRow

_STATES: Mapping[SensorState, Words] = {
    SensorState.CLOSED: Words("sensor closed"),
    SensorState.OPENING: Words("sensor opening"),
    SensorState.OPEN: Words("sensor open"),
    SensorState.CLOSING: Words("sensor closing"),
    SensorState.FAULT: Words("sensor fault"),
}


@dataclass(frozen=True, slots=True)
class _Counts:
    refused: Mapping[str, Mapping[str, int]]
    settled: Mapping[str, int]
    lost: Mapping[str, int]
    witnessed: Mapping[str, int]
    starts: Mapping[str, int]


class NodeHealth:
    """Builds the health page."""

    def __init__(
        self,
        office: Office,
        roll: Roll,
        live: Live,
        link_up: Callable[[], bool],
        sent: NewestLease,
        failing: Callable[[], Mapping[str, Failing]],
    ) -> None:
        self._office = office
        self._roll = roll
        self._live = live
        self._link_up = link_up
        self._machines = Machines(office, live, sent)
        self._failing = failing

    def view(self, tx: Tx) -> HealthView:
        """Return the page's facts; nothing of it concerns a person."""
        counts = _Counts(
            records.refusals(tx),
            records.settled_counts(tx),
            records.lost_counts(tx),
            records.witness_sizes(tx),
            self._machines.starts(tx),
        )
        return HealthView(
            nodes=tuple(self._node(node, counts) for node in self._roll.sheet().nodes.values()),
            refused_elsewhere=counts.refused.get("", {}),
            broker_up=self._link_up(),
            disk_free_bytes=self._office.store.free_bytes() or 0,
            audit_size=self._office.audit.size,
            last_checkpoint=self._office.audit.checkpoint_size,
            failing=self._failing(),
        )

    def _node(self, node: NodeRow, counts: _Counts) -> NodeHealthView:
        heard, room = self._live.of(node.node_id), self._roll.sheet().room(node.room_id)
        loss = self._live.loss(node.node_id, link_up=self._link_up())
        flags = [one.value for one in heard.state.health.flags] if heard.state else []
        if heard.disagrees:
            flags.append(HealthFlag.AUDIT_CONFLICT.value)
        if node.confirmed_at is None:
            flags.append("waits_for_second_person")
        told = heard.state
        state = _STATES[told.sensor.state] if told and loss is None else sentence_of(loss or Loss.NEVER_HEARD)
        if heard.has_conflict:
            state = Words("It remembers another history of the audit log: {state}", {"state": state})
        return NodeHealthView(
            node_id=node.node_id,
            room_title=room.title if room else node.room_id,
            state=state,
            heard_s=self._live.age_s(node.node_id),
            waiting=heard.state.outbox_waiting if heard.state else 0,
            settled=counts.settled.get(node.node_id, 0),
            lost=counts.lost.get(node.node_id, 0),
            refused=counts.refused.get(node.node_id, {}),
            refused_there=heard.state.health.refused if heard.state else 0,
            flags=tuple(dict.fromkeys(flags)),
            origin=heard.state.origin if heard.state else None,
            software=heard.boot.software if heard.boot else "",
            witness_size=counts.witnessed.get(node.node_id),
            machine=self._machines.of(node, counts.starts.get(node.node_id, 0)),
        )
