"""Follows what the ward has lost: one call for each cause, one list to walk, one line when it is back (A8, A9)."""

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial

import structlog

from broker.vocabulary import HealthFlag
from console.alerting.prompts import Prompts
from console.alerting.sounders import Sounders
from console.errors import StoreError
from console.leasing.leases import Leases
from console.office import Done, Office
from console.receiving.live import Live
from console.roles import Actor
from console.rules.alerting.prompts import PromptKind
from console.rules.alerting.technical import Call, Cause, LostRoom, back_again, calls_of, lost_room, round_order
from console.showing.views import Words
from console.staying.roll import Roll, Sheet
from console.store import alerts as rows
from console.store.alerts import TechnicalRow
from console.store.database import Tx
from console.store.people import NodeRow, RoomRow

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("technical")
_OF_ROOMS = frozenset({Cause.NETWORK, Cause.NODE, Cause.SENSOR})


class TechnicalWatch:
    """Raises, extends and resolves technical alerts."""

    def __init__(
        self,
        office: Office,
        roll: Roll,
        live: Live,
        leases: Leases,
        prompts: Prompts,
        sounders: Sounders,
        link_up: Callable[[], bool],
    ) -> None:
        self._office, self._roll, self._live, self._leases = office, roll, live, leases
        self._prompts, self._sounders, self._link_up = prompts, sounders, link_up
        self._open: dict[tuple[str, ...], tuple[TechnicalRow, Call | None]] = {}
        for row in office.store.read(rows.open_technical):
            self._open[_key(Cause(row.cause), row.rooms)] = (row, None)
        self._lost_since: dict[str, datetime] = {}
        self._began_at = office.now()
        self._back: list[tuple[datetime, Words]] = []

    def step(self) -> None:
        """Hold what is lost now against what was called before."""
        now, lost = self._office.now(), self._lost()
        calls = (
            *calls_of(lost, now, self._office.policy, link_up=self._link_up(), held=self._held()),
            *self._sounders.calls(),
        )
        standing = {_key(one.cause, one.rooms): one for one in calls}
        gone = [(key, row) for key, (row, _) in self._open.items() if key not in standing]
        for key, call in standing.items():
            self._raise_or_extend(key, call)
        self._resolve(gone, standing)

    def calls(self) -> tuple[Call, ...]:
        """Return the technical calls that stand, the loud ones first."""
        found = [call for _, call in list(self._open.values()) if call is not None]
        return tuple(sorted(found, key=lambda one: (not one.is_loud, one.since)))

    def round(self) -> tuple[LostRoom, ...]:
        """Return the rooms to walk to, in order; empty unless the ward is in round mode."""
        return round_order(self._lost(), self._office.now(), self._office.policy)

    def notices(self, since: datetime) -> tuple[Words, ...]:
        """Return the lines of recovery since then, newest first."""
        self._back = [one for one in self._back if one[0] >= since]
        return tuple(words for _, words in reversed(self._back))

    def loud_since(self, begins: datetime) -> int:
        """Return how many technical calls were audible since then; over three a night an engineer is asked (A9)."""
        return self._office.store.read(lambda tx: rows.loud_technical_since(tx, begins))

    def _held(self) -> frozenset[str]:
        found = [row.rooms for row, _ in self._open.values() if row.cause == Cause.NETWORK]
        return frozenset(room for rooms in found for room in rooms)

    def _lost(self) -> list[LostRoom]:
        sheet, now = self._roll.sheet(), self._office.now()
        found = []
        for room in sheet.rooms:
            wanted = [one for one in sheet.nodes_in(room.room_id) if self._is_wanted(one, sheet)]
            lost = [one for one in (self._lost_node(node, room, now) for node in wanted) if one is not None]
            whole = lost_room(lost, len(wanted))
            if whole is not None:
                found.append(whole)
        return found

    def _is_wanted(self, node: NodeRow, sheet: Sheet) -> bool:
        """Return whether a sensor should be on; one that should not is not lost, and nothing is remembered of it."""
        wanted = node.room_id in sheet.people and self._leases.verdict(node, sheet).is_monitored
        if not wanted:
            self._lost_since.pop(node.node_id, None)
        return wanted

    def _lost_node(self, node: NodeRow, room: RoomRow, now: datetime) -> LostRoom | None:
        is_silent = self._live.loss(node.node_id, link_up=True) is not None
        is_blind = not is_silent and self._is_blind(node)
        if not is_silent and not is_blind:
            self._lost_since.pop(node.node_id, None)
            return None
        heard_at = self._live.of(node.node_id).heard_at if is_silent else None
        since = self._lost_since.setdefault(node.node_id, heard_at or (self._began_at if is_silent else now))
        return LostRoom(room.room_id, room.title, since, is_blind, self._had_clock(room), node.kind)

    def _is_blind(self, node: NodeRow) -> bool:
        state = self._live.of(node.node_id).state
        return state is not None and HealthFlag.SENSOR_LOST in state.health.flags

    def _had_clock(self, room: RoomRow) -> bool:
        prompt = self._prompts.open_in(room.room_id)
        return prompt is not None and prompt.kind == PromptKind.STOPPED_ON_CLOCK

    def _raise_or_extend(self, key: tuple[str, ...], call: Call) -> None:
        before = self._open.get(key)
        if before is None:
            row = TechnicalRow(secrets.token_hex(16), call.cause.value, call.rooms, self._office.now(), call.is_loud)
            self._open[key] = (row, call)
            self._write("raised", row, partial(rows.add_technical, row=row))
            return
        row = before[0]
        rooms, loud = tuple(sorted({*row.rooms, *call.rooms})), row.was_loud or call.is_loud
        changed = TechnicalRow(row.technical_id, row.cause, rooms, row.raised_at, loud)
        self._open[key] = (changed, call)
        if changed != row:
            change = partial(rows.change_technical, technical_id=row.technical_id, rooms=rooms, was_loud=loud)
            self._write("changed", changed, change)

    def _resolve(self, gone: list[tuple[tuple[str, ...], TechnicalRow]], standing: dict[tuple[str, ...], Call]) -> None:
        """Resolve what is back, with one line for all of it; what became part of a wider cause is not back."""
        still = {room for call in standing.values() for room in call.rooms}
        titles = {one.room_id: one.title for one in self._roll.sheet().rooms}
        back: dict[str, str] = {}
        for key, row in gone:
            del self._open[key]
            done = partial(rows.resolve_technical, technical_id=row.technical_id, at=self._office.now())
            self._write("resolved", row, done)
            if row.cause in _OF_ROOMS:
                back |= {one: titles[one] for one in row.rooms if one in titles and one not in still}
        if back:
            self._back.append((self._office.now(), back_again(back)))

    def _write(self, what: str, row: TechnicalRow, work: Callable[[Tx], None]) -> None:
        decision = self._office.policy.allow("A9", reason=Words("Check in person."))
        room = row.rooms[0] if row.cause in _OF_ROOMS and len(row.rooms) == 1 else ""
        done = Done(decision, f"technical:{row.technical_id}", room, row.cause)

        def within(tx: Tx) -> None:
            work(tx)
            self._office.record(tx, _SYSTEM, f"board:technical:{what}", done)

        try:
            self._office.store.write(within)
        except StoreError as error:
            # It stands on the board all the same.
            _log.error("technical_not_written", error=type(error).__name__)


def _key(cause: Cause, rooms: tuple[str, ...]) -> tuple[str, ...]:
    """Return what makes a cause one: the network is one whatever rooms it takes, anything else is its own room."""
    return (cause.value,) if cause is Cause.NETWORK else (cause.value, *rooms)
