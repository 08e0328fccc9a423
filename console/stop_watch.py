"""Where each "no" is on its way to the sensor, for whoever asked for it (rule C5)."""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from broker.messages import LiveState
from broker.vocabulary import SensorState
from console.errors import StoreError
from console.leases import Leases
from console.office import Office
from console.roll import Roll
from console.stop_tokens import asked_at as stopped_at
from console.stop_tokens import new_token
from console.store import records
from console.views import StopState, StopView, Words

_MOST_FOLLOWED = 2000


@dataclass(frozen=True, slots=True)
class _Asked:
    """One stop.

    Attributes:
        room_id: of the room.
        node_id: of its node; empty when the room has none.
        serial: of the lease that closes; 0 when none could be sent yet.
        asked_at: UTC.
        asked_s: on the elapsed clock [s].
        confirmed_at: when the node showed its sensor closed; None until then.
        is_kept: the word is on the disk, in the database or beside it.
    """

    room_id: str
    node_id: str
    serial: int
    asked_at: datetime
    asked_s: float
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
        """Send the lease that closes a room's sensor, now, and follow it; return the token."""
        node = self._roll.sheet().node_of.get(room_id)
        asked_at, asked_s = self._office.now(), self._office.clock.elapsed_s()
        token = new_token(self._office.store.keys, room_id, asked_at)
        with self._lock:
            self._asked[token] = _Asked(room_id, node.node_id if node else "", 0, asked_at, asked_s,
                                        None if node else asked_at)  # fmt: skip
            self._newest[room_id] = token
            while len(self._asked) > _MOST_FOLLOWED:
                self._asked.popitem(last=False)
        self._leases.renew(room_id)
        self._name_serial(token)
        return token

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
                one = self._asked[token]
                if one.serial and state.sensor.lease_serial >= one.serial:
                    self._asked[token] = replace(one, confirmed_at=now)

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
        """Return when the sensor was told to have closed, by the node's records; None when they do not tell."""
        node = self._roll.sheet().node_of.get(room_id)
        if node is None:
            return None
        try:
            return self._office.store.read(lambda tx: records.closed_since(tx, node.node_id, at))
        except StoreError:
            return None

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
        return self._view(_Asked("", "", 0, asked_at, self._office.clock.elapsed_s() - waited_s, confirmed_at))

    def _name_serial(self, token: str) -> None:
        """Remember the first lease that closed the sensor after the stop was asked for."""
        with self._lock:
            one = self._asked[token]
            sent = self._leases.newest(one.node_id)
            if one.serial == 0 and sent is not None and not sent.is_open and sent.issued_s >= one.asked_s:
                self._asked[token] = replace(one, serial=sent.lease.serial)

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
    return asked.node_id == node_id and asked.confirmed_at is None
