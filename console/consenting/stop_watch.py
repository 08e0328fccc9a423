"""Where each "no" is on its way to the sensor, for whoever asked for it (rule C5)."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from broker.messages import LiveState
from broker.vocabulary import Modality, SensorState
from console.consenting.stop_tokens import asked_at as stopped_at
from console.consenting.stop_tokens import new_token
from console.errors import StoreError
from console.leasing.leases import Leases
from console.office import Office
from console.showing.views import StopState, StopView, Words
from console.staying.roll import Roll
from console.store import records
from console.store.database import Tx

_MOST_FOLLOWED = 2000


@dataclass(frozen=True, slots=True)
class _Asked:
    """One stop.

    Attributes:
        room_id: of the room.
        serials: by node that is waited for, of the lease that closes it; 0 when none could be sent yet.
        asked_at: UTC.
        asked_s: on the elapsed clock [s].
        closed_at: by node, when it showed its sensor closed; the stop is confirmed when every one of them has.
        confirmed_at: when the last of them had; None until then, and at once for a room without a node.
        is_kept: the word is on the disk, in the database or beside it.
    """

    room_id: str
    serials: Mapping[str, int]
    asked_at: datetime
    asked_s: float
    closed_at: Mapping[str, datetime] = field(default_factory=dict)
    confirmed_at: datetime | None = None
    is_kept: bool = True


class StopWatch:
    """Follows stops; a token tells about the one stop that was asked with it, and about nothing else."""

    def __init__(self, office: Office, roll: Roll, leases: Leases) -> None:
        self._office = office
        self._roll = roll
        self._leases = leases
        self._lock = threading.Lock()
        self._asked: OrderedDict[str, _Asked] = OrderedDict()
        self._newest: dict[str, str] = {}

    def close(self, room_id: str) -> str:
        """Send the leases that close a room's sensors, now, and follow them; return the token."""
        return self._close(room_id, [node.node_id for node in self._roll.sheet().nodes_in(room_id)])

    def close_one(self, room_id: str, sensor: Modality) -> str:
        """Do the same for one sensor whose yes was taken back; what the others may do is decided as before."""
        return self._close(room_id, [one.node_id for one in self._roll.sheet().nodes_in(room_id) if one.kind is sensor])

    def _close(self, room_id: str, wanted: list[str]) -> str:
        nodes = self._still_open(wanted)
        asked_at, asked_s = self._office.now(), self._office.clock.elapsed_s()
        token = new_token(self._office.store.keys, room_id, asked_at)
        asked = _Asked(room_id, dict.fromkeys(nodes, 0), asked_at, asked_s, confirmed_at=None if nodes else asked_at)
        with self._lock:
            self._asked[token] = asked
            self._newest[room_id] = token
            while len(self._asked) > _MOST_FOLLOWED:
                self._asked.popitem(last=False)
        self._leases.renew(room_id)
        self._name_serial(token)
        return token

    def _still_open(self, nodes: list[str]) -> list[str]:
        """Return the nodes that a stop waits for: of two, one that has shown itself closed already is not asked again.

        A camera that nobody agreed to may be off its network for days; that is no reason to doubt the radar's stop.
        """
        sent = {node_id: self._leases.newest(node_id) for node_id in nodes}
        waiting = [node_id for node_id, one in sent.items() if one is None or one.is_open or one.confirmed_at is None]
        return waiting or nodes

    def close_unwritten(self, room_id: str, keep: Callable[[], bool]) -> str:
        """Do the same although the database did not take the word for it.

        Args:
            room_id: the room.
            keep: keeps the word beside the database once the sensor is told; returns whether it did.
        """
        self._leases.halt(room_id)
        token = self.close(room_id)
        if not keep():
            with self._lock:
                self._asked[token] = replace(self._asked[token], is_kept=False)
        return token

    def written(self, room_id: str) -> None:
        """Note that every word of a room is written down now."""
        with self._lock:
            for token, one in self._asked.items():
                if one.room_id == room_id and not one.is_kept:
                    self._asked[token] = replace(one, is_kept=True)

    def heard(self, state: LiveState) -> None:
        """Take a live message: it may confirm a stop."""
        if state.sensor.state is not SensorState.CLOSED:
            return
        now = self._office.now()
        waiting = [token for token, one in list(self._asked.items()) if _waits_for(one, state.node_id)]
        for token in waiting:
            self._name_serial(token)
            with self._lock:
                self._asked[token] = _closed(self._asked[token], state, now)

    def view(self, room_id: str, token: str) -> StopView:
        """Return where the stop of this token is; one from before this console started is told from the records.

        A token that this console never made tells that nothing was asked; one that it made never does.
        """
        with self._lock:
            asked = self._asked.get(token)
        if asked is not None:
            return self._view(asked if asked.room_id == room_id else None)
        at = stopped_at(self._office.store.keys, room_id, token)
        if at is None:
            return self.nothing()
        return self.remembered(at, self._confirmed_since(room_id, at))

    def _confirmed_since(self, room_id: str, at: datetime) -> datetime | None:
        """Return when the last of a room's sensors was told to have closed, by the records; None when they do not."""
        try:
            return self._office.store.read(lambda tx: self.closed_in(tx, room_id, at))
        except StoreError:
            return None

    def closed_in(self, tx: Tx, room_id: str, at: datetime) -> datetime | None:
        """Return when every sensor of a room that was open had closed after a moment, by the records of its nodes."""
        nodes = [node.node_id for node in self._roll.sheet().nodes_in(room_id)]
        waited = [node_id for node_id in nodes if records.was_open(tx, node_id, at)] or nodes
        closed = [records.closed_since(tx, node_id, at) for node_id in waited]
        return None if None in closed else max((one for one in closed if one is not None), default=None)

    def newest_view(self, room_id: str, since: datetime | None = None) -> StopView:
        """Return where a room's newest stop is, unless it was asked before `since`."""
        with self._lock:
            asked = self._asked.get(self._newest.get(room_id, ""))
        if asked is not None and since is not None and asked.asked_at < since:
            asked = None
        return self._view(asked)

    @staticmethod
    def nothing() -> StopView:
        """Return the view of a sensor that nobody stopped."""
        return StopView(StopState.NOTHING_ASKED, None, None, Words("Nothing was asked."))

    def remembered(self, asked_at: datetime, confirmed_at: datetime | None) -> StopView:
        """Return the view of a stop from before this console started, as its records tell of it."""
        waited_s = (self._office.now() - asked_at).total_seconds()
        asked_s = self._office.clock.elapsed_s() - waited_s
        return self._view(_Asked("", {}, asked_at, asked_s, confirmed_at=confirmed_at))

    def each(self, room_id: str, since: datetime) -> dict[str, datetime | None]:
        """Return, for the nodes that a room's newest stop waits or waited for, when each closed; None until then."""
        with self._lock:
            asked = self._asked.get(self._newest.get(room_id, ""))
        if asked is None or asked.asked_at < since:
            return {}
        return {node_id: asked.closed_at.get(node_id) for node_id in asked.serials}

    def _name_serial(self, token: str) -> None:
        """Remember the first lease that closed each sensor after the stop was asked for."""
        with self._lock:
            one = self._asked[token]
            serials = dict(one.serials)
            for node_id, serial in one.serials.items():
                sent = self._leases.newest(node_id)
                if serial == 0 and sent is not None and not sent.is_open and sent.issued_s >= one.asked_s:
                    serials[node_id] = sent.lease.serial
            self._asked[token] = replace(one, serials=serials)

    def _view(self, asked: _Asked | None) -> StopView:
        if asked is None:
            return self.nothing()
        view = self._shown(asked)
        return view if asked.is_kept else replace(view, is_kept=False, words=_not_kept(view.words))

    def _shown(self, asked: _Asked) -> StopView:
        if asked.confirmed_at is not None:
            words = Words("stopped, confirmed at {at:seconds}", {"at": asked.confirmed_at})
            return StopView(StopState.CONFIRMED, asked.asked_at, asked.confirmed_at, words)
        waited_s = self._office.clock.elapsed_s() - asked.asked_s
        if waited_s >= self._office.policy.number("C5", "not_confirmed_after_s"):
            words = Words("NOT CONFIRMED · press the switch in the room now")
            return StopView(StopState.NOT_CONFIRMED, asked.asked_at, None, words)
        return StopView(StopState.STOPPING, asked.asked_at, None, Words("stopping"))


def _not_kept(words: Words) -> Words:
    return Words("{what} It could not be written down yet: tell the nurse in charge.", {"what": words})


def _waits_for(asked: _Asked, node_id: str) -> bool:
    return node_id in asked.serials and node_id not in asked.closed_at


def _closed(asked: _Asked, state: LiveState, now: datetime) -> _Asked:
    """Return a stop with what a node shows of its sensor: confirmed when the last one is closed, never before."""
    serial = asked.serials.get(state.node_id, 0)
    if not serial or state.sensor.lease_serial < serial:
        return asked
    closed_at = {**asked.closed_at, state.node_id: now}
    return replace(asked, closed_at=closed_at, confirmed_at=now if closed_at.keys() >= asked.serials.keys() else None)
