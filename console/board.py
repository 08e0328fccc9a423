"""The night board, built from memory: tiles, the ward sentence, and silent lines."""

from collections.abc import Callable, Iterator
from datetime import datetime

import structlog

from broker.messages import LiveState
from broker.vocabulary import SensorState
from console.calling import Calling
from console.errors import StoreError
from console.leases import Leases
from console.live import Live
from console.office import Office
from console.prompts import Prompts
from console.roll import Roll, Sheet
from console.rules.absence import is_on_the_ward
from console.rules.consent import EntryKind
from console.rules.dues import DueKind, dues_of
from console.rules.rounds import PlannedCheck
from console.rules.staleness import Loss
from console.rules.tiles import CERTAIN, TileFacts, face_of, fault_tile, tile
from console.store import consents
from console.store.people import NodeRow, RoomRow
from console.views import BoardView, TileKind, TileView, Words

_log = structlog.get_logger(__name__)
_STOPPING = {
    EntryKind.WITHDRAWN: Words("stopped"),
    EntryKind.RELAYED_NO: Words("stopped"),
    EntryKind.PAUSED: Words("paused"),
}
_MOST_NOTICES = 8


class Board:
    """Builds the board; nothing of it is stored and nothing of it needs the disk."""

    def __init__(
        self,
        office: Office,
        roll: Roll,
        live: Live,
        leases: Leases,
        prompts: Prompts,
        calling: Calling,
        link_up: Callable[[], bool],
        check_of: Callable[[str], PlannedCheck | None],
        of_checks: Callable[[], tuple[Words, ...]],
    ) -> None:
        self._office = office
        self._roll = roll
        self._live = live
        self._leases = leases
        self._prompts = prompts
        self._calling = calling
        self._link_up = link_up
        self._check_of, self._of_checks = check_of, of_checks
        self._faulty: set[str] = set()
        self._shown: tuple[object, ...] = ()
        self._frontier = 0
        self._sprees: tuple[Words, ...] = ()
        self._sprees_s = float("-inf")

    def view(self) -> BoardView:
        """Return the board as it stands now."""
        sheet, now = self._roll.sheet(), self._office.now()
        tiles = tuple(self._tile(room, sheet, now) for room in sheet.rooms)
        sentence, notices = self._sentence(sheet, tiles), self._notices(sheet, now)
        tiles, calling = tuple(self._calling.over(one) for one in tiles), self._calling.calls()
        shown = (tiles, sentence, notices, calling)
        if shown != self._shown:
            self._shown, self._frontier = shown, self._frontier + 1
        return BoardView(now, self._office.context, tiles, sentence, notices, self._frontier, calling)

    def heard(self, state: LiveState) -> None:
        """Remember when a room's tile last stood on evidence."""
        sheet, now = self._roll.sheet(), self._office.now()
        node = sheet.nodes.get(state.node_id)
        room = sheet.room(node.room_id) if node else None
        if room is not None and face_of(self._facts(room, sheet), now, self._office.policy).kind in CERTAIN:
            self._live.certain(state.node_id, now)

    def cannot_tell(self, room_id: str) -> bool:
        """Return whether the sensor of a room is on and cannot tell (rule O7)."""
        sheet = self._roll.sheet()
        room = sheet.room(room_id)
        face = face_of(self._facts(room, sheet), self._office.now(), self._office.policy) if room else None
        return face is not None and face.kind is TileKind.CANNOT_TELL

    def _tile(self, room: RoomRow, sheet: Sheet, now: datetime) -> TileView:
        """Return a room's tile; one that cannot be made says so for its own room, and takes no other with it (RG3)."""
        try:
            made = tile(self._facts(room, sheet), now, self._office.policy)
        except Exception as error:
            if room.room_id not in self._faulty:
                self._faulty.add(room.room_id)
                _log.error("tile_not_made", room=room.room_id, error=type(error).__name__)
            return fault_tile(room.room_id, room.title)
        self._faulty.discard(room.room_id)
        return made

    def _facts(self, room: RoomRow, sheet: Sheet) -> TileFacts:
        person, node = sheet.people.get(room.room_id), sheet.node_of.get(room.room_id)
        if person is None:
            return TileFacts(room.room_id, room.title, is_vacant=True)
        standing, prompt = self._roll.standing_of(person), self._prompts.open_in(room.room_id)
        verdict = self._leases.verdict(node, sheet) if node else None
        heard = self._live.of(node.node_id) if node else None
        return TileFacts(
            room.room_id,
            room.title,
            person.initials,
            may_sense=verdict is not None and verdict.is_open,
            paused_since=standing.paused_since if node else None,
            paused_until=standing.paused_until if node else None,
            purposes=verdict.purposes if verdict else (),
            lease_id=self._leases.lease_id_in_force(node.node_id) if node else "",
            live=heard.state if heard else None,
            loss=self._loss(node),
            heard_at=heard.heard_at if heard else None,
            last_certain_at=heard.certain_at if heard else None,
            no_movement_since=heard.no_movement_since if heard else None,
            prompt=self._prompts.words(prompt) if prompt else None,
            prompt_id=prompt.prompt_id if prompt else None,
            is_closed=standing.has_died,
            away=standing.away,
            seen_by=person.seen_by,
            sedation=standing.sedation,
            check=self._check_of(room.room_id),
        )

    def _loss(self, node: NodeRow | None) -> Loss | None:
        return self._live.loss(node.node_id, link_up=self._link_up()) if node else None

    def _sentence(self, sheet: Sheet, tiles: tuple[TileView, ...]) -> Words:
        """Say how many sensors are on, and that everybody is checked in person."""
        fresh = (node for node in sheet.node_of.values() if self._loss(node) is None)
        running = [node for node in fresh if self._is_open(node)]
        broken = [one.room_title for one in tiles if one.kind is TileKind.NOT_MONITORED]
        people = sum(is_on_the_ward(self._roll.standing_of(one)) for one in sheet.people.values())
        words = _sensors(len(running))
        values = {"sensors": words, "people": _checked(people)}
        if not broken:
            return Words("{sensors} Nobody is watching them: they call you. {people}", values)
        named = Words("{rooms}: broken, walk.", {"rooms": ", ".join(broken)})
        return Words("{sensors} Nobody is watching them: they call you. {people} {broken}", values | {"broken": named})

    def _is_open(self, node: NodeRow) -> bool:
        state = self._live.of(node.node_id).state
        return state is not None and state.sensor.state is SensorState.OPEN

    def _notices(self, sheet: Sheet, now: datetime) -> tuple[Words, ...]:
        """Return silent lines, newest first: who stopped or paused brings nobody to the door (rule C5b)."""
        since = now - self._office.policy.duration("C5b", "notice_for_s")
        found: list[tuple[datetime, Words]] = []
        for room in sheet.rooms:
            person = sheet.people.get(room.room_id)
            standing = self._roll.standing_of(person) if person else None
            if person is None or standing is None or standing.has_died:
                continue
            for due in dues_of(standing, now, self._office.policy, self._office.zone):
                if due.kind is DueKind.THEY_ASKED:
                    words = Words("{room}: {what}", {"room": room.title, "what": due.words})
                    found.append((standing.talk_wished_at or now, words))
            for entry in person.entries:
                if entry.kind in _STOPPING and entry.at >= since:
                    found.append((entry.at, _notice(room, entry.kind, entry.at)))
        newest = [words for _at, words in sorted(found, key=lambda one: one[0], reverse=True)]
        rollback = self._leases.rollback.notice()
        calls = self._calling.notices(since)
        first = (*([rollback] if rollback else []), *self._conflict_notices(sheet), *calls, *self._of_checks())
        return (*first, *self._spree_notices(since), *newest[:_MOST_NOTICES])

    def _conflict_notices(self, sheet: Sheet) -> Iterator[Words]:
        """Say which nodes are witnesses against the log (rule X3)."""
        for room in sheet.rooms:
            node = sheet.node_of.get(room.room_id)
            if node is not None and self._live.of(node.node_id).has_conflict:
                yield Words(
                    "{room}: its sensor remembers another history of the audit log. Check in person, and tell the "
                    "engineer and the governance lead now.",
                    {"room": room.title},
                )

    def _spree_notices(self, since: datetime) -> tuple[Words, ...]:
        """Ask the nurse in charge to go round, where one device stopped many rooms (NA-18); read every few seconds."""
        now_s, policy = self._office.clock.elapsed_s(), self._office.policy
        if now_s - self._sprees_s < policy.number("A9", "stale_after_s"):
            return self._sprees
        count, within = policy.number("C5", "rooms_per_device"), policy.duration("C5", "device_window_s")
        try:
            found = self._office.store.read(lambda tx: consents.devices_that_stopped(tx, since, int(count), within))
        except StoreError as error:
            _log.error("notices_not_read", error=type(error).__name__)
            return self._sprees
        self._sprees_s = now_s
        self._sprees = tuple(
            Words(
                "{rooms} rooms were stopped within an hour, the last at {at}. Nurse in charge: go round and ask each "
                "person.",
                {"rooms": rooms, "at": at},
            )
            for at, rooms in found
        )
        return self._sprees


def _notice(room: RoomRow, kind: EntryKind, at: datetime) -> Words:
    values: dict[str, str | datetime | Words] = {"room": room.title, "at": at, "done": _STOPPING[kind]}
    return Words("{room}: sensor {done} at {at}. The next check stays where it was.", values)


def _sensors(count: int) -> Words:
    if count == 1:
        return Words("Sensor on in 1 room.")
    return Words("Sensor on in {count} rooms.", {"count": count})


def _checked(people: int) -> Words:
    if people == 1:
        return Words("**The 1 person here is checked in person.**")
    return Words("**All {people} people are checked in person.**", {"people": people})
