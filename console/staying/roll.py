"""The ward's roll: who stays where, with which consent and which sensor, as last committed, kept in memory.

Decisions over sensors and the night board are made from it, so that both go on when the disk does not. Every change
marks it as old before its command returns; the next reader reads it anew.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from broker.vocabulary import Modality
from console.errors import StoreError
from console.office import Office
from console.rules.consenting.consent import ConsentEntry, EntryKind, Standing, at_time, derive, told_by
from console.rules.consenting.person import PlaceKind
from console.store import accounts, closeness, consents, people, places
from console.store.database import Tx
from console.store.people import NodeRow, RoomRow, StayRow
from console.store.sealing import NameSeals

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Person:
    """Who stays in a room.

    Attributes:
        stay: the stay.
        initials: for the tile.
        entries: the consent's history.
        seen_by: initials of the member of staff who last saw them elsewhere; empty when nobody did.
        is_sensitive: the stay is sensitive, so that no initials are told (rule X8).
    """

    stay: StayRow
    initials: str = field(repr=False)
    entries: tuple[ConsentEntry, ...]
    seen_by: str = field(default="", repr=False)
    is_sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """The roll at one moment.

    Attributes:
        rooms: in ward order.
        people: by room.
        nodes: by node.
        nodes_of: confirmed nodes by room, at most one of each kind of sensor, the radar first.
        kinds: of rooms that are no bedrooms (rule P9).
        profiles: kinds of rooms for which the trust has signed a profile (rule P9).
    """

    rooms: tuple[RoomRow, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
    nodes: Mapping[str, NodeRow] = field(default_factory=dict)
    nodes_of: Mapping[str, tuple[NodeRow, ...]] = field(default_factory=dict)
    kinds: Mapping[str, PlaceKind] = field(default_factory=dict)
    profiles: frozenset[PlaceKind] = frozenset()

    def room(self, room_id: str) -> RoomRow | None:
        """Return a room; None when there is no such room."""
        return next((one for one in self.rooms if one.room_id == room_id), None)

    def stay(self, stay_id: str) -> Person | None:
        """Return who stays under this stay now; None when it is over or never was."""
        return next((one for one in self.people.values() if one.stay.stay_id == stay_id), None)

    def kind_of(self, room_id: str) -> PlaceKind:
        """Return what kind of room it is."""
        return self.kinds.get(room_id, PlaceKind.BEDROOM)

    def has_profile(self, room_id: str) -> bool:
        """Return whether the trust has signed a profile for rooms of this kind; a bedroom needs none."""
        return self.kind_of(room_id) in self.profiles

    def sensors_in(self, room_id: str) -> tuple[Modality, ...]:
        """Return the kinds of sensor that hang in a room, whether anybody has confirmed them yet or not."""
        return tuple(sorted({one.kind for one in self.nodes.values() if one.room_id == room_id}))

    def nodes_in(self, room_id: str) -> tuple[NodeRow, ...]:
        """Return a room's confirmed nodes, the radar first; empty when it has none."""
        return self.nodes_of.get(room_id, ())


class Roll:
    """Keeps the newest committed sheet."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._names = NameSeals(office.store.keys)
        self._lock = threading.Lock()
        self._is_old = threading.Event()
        self._is_old.set()
        self._sheet = Sheet()
        # A board asks six times for each room; what the history tells stays the same until somebody adds to it.
        self._told: dict[int, tuple[tuple[ConsentEntry, ...], Standing]] = {}

    def sheet(self) -> Sheet:
        """Return the newest committed sheet; the last one known when the database cannot be read."""
        with self._lock:
            if self._is_old.is_set():
                self._is_old.clear()
                try:
                    self._sheet = self._office.store.read(self._read)
                    self._told = {}
                except StoreError as error:
                    self._is_old.set()
                    _log.error("roll_not_read", error=type(error).__name__)
                except BaseException:
                    # Whatever failed, what is known is old: no later look may take it for the newest.
                    self._is_old.set()
                    raise
            return self._sheet

    def changes_with(self, tx: Tx) -> None:
        """Mark the sheet as old as soon as this transaction is durable; nothing is decided by the old one after it."""
        tx.on_commit(self._is_old.set)
        tx.decide_nothing_before()

    def standing(self, room_id: str, now: datetime | None = None) -> Standing | None:
        """Return the consent of who stays in a room; None for an empty room."""
        person = self.sheet().people.get(room_id)
        return None if person is None else self.standing_of(person, now)

    def standing_of(self, person: Person, now: datetime | None = None) -> Standing:
        """Return what a person's consent is worth now."""
        office, entries = self._office, person.entries
        known = self._told.get(id(entries))
        if known is None or known[0] is not entries:
            known = self._told[id(entries)] = (entries, told_by(entries, office.policy, office.zone))
        return at_time(known[1], now or office.now(), office.policy)

    def standing_in(self, tx: Tx, person: Person) -> Standing:
        """Return the same as this transaction sees it, so that no word said in the same moment is missed."""
        entries = consents.entries_of(tx, [person.stay.stay_id])[person.stay.stay_id]
        return derive(entries, self._office.now(), self._office.policy, self._office.zone)

    def _read(self, tx: Tx) -> Sheet:
        stays = people.open_stays(tx)
        histories = consents.entries_of(tx, [one.stay_id for one in stays])
        nodes = {one.node_id: one for one in people.all_nodes(tx)}
        sensitive = closeness.marked(tx)
        return Sheet(
            tuple(people.all_rooms(tx)),
            {one.room_id: self._person(tx, one, histories[one.stay_id], one.stay_id in sensitive) for one in stays},
            nodes,
            _by_room(nodes.values()),
            places.kinds(tx),
            places.signed_profiles(tx),
        )

    def _person(self, tx: Tx, stay: StayRow, entries: tuple[ConsentEntry, ...], is_sensitive: bool) -> Person:
        seen = next((one for one in reversed(entries) if one.kind in _ABOUT_PLACE), None)
        by = seen.recorded_by if seen is not None and seen.kind is EntryKind.AWAY else ""
        known = accounts.names_of(tx, [by]) if by else {}
        initials = "" if is_sensitive else self.initials_in(tx, stay)
        return Person(stay, initials, entries, first_letters(known.get(by, "")), is_sensitive)

    def name_in(self, tx: Tx, stay: StayRow) -> str:
        """Return the name of whoever stays somewhere; empty when it was erased. Opened for one look, kept nowhere."""
        return name_of(self._names.open(tx, stay.patient_id))

    def initials_in(self, tx: Tx, stay: StayRow) -> str:
        """Return the initials of whoever stays, or stayed, somewhere; empty when they were erased."""
        return initials_of(self._names.open(tx, stay.patient_id))


def _by_room(nodes: Iterable[NodeRow]) -> dict[str, tuple[NodeRow, ...]]:
    found: dict[str, tuple[NodeRow, ...]] = {}
    for node in sorted(nodes, key=lambda one: _ORDER.index(one.kind)):
        if node.confirmed_at is not None:
            found[node.room_id] = (*found.get(node.room_id, ()), node)
    return found


_ORDER = (Modality.RADAR, Modality.CAMERA)
_ABOUT_PLACE = frozenset({EntryKind.AWAY, EntryKind.RETURNED})


def first_letters(display_name: str) -> str:
    """Return the initials of a name as on a badge: `Ada K.` becomes `A.K.`; empty for none."""
    return "".join(f"{word[0]}." for word in display_name.split())


def sealed_name(initials: str, name: str) -> str:
    """Return what is sealed for a patient: initials, then the name."""
    return f"{initials}\n{name}"


def initials_of(opened: str | None) -> str:
    """Return the initials of an opened name; empty when it was erased."""
    return (opened or "").partition("\n")[0]


def name_of(opened: str | None) -> str:
    """Return the name of an opened name; empty when it was erased."""
    return (opened or "").partition("\n")[2]
