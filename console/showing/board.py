"""The night board, built from memory: tiles, the ward sentence, and silent lines."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import structlog

from broker.messages import LiveState
from broker.vocabulary import SensorState
from console.alerting.calling import Calling
from console.alerting.prompts import Prompts
from console.errors import StoreError
from console.leasing.leases import Leases
from console.office import Office
from console.receiving.live import Live
from console.rules.consenting.consent import ConsentEntry, EntryKind
from console.rules.consenting.dues import DueKind, dues_of
from console.rules.consenting.history import ONE_SENSOR
from console.rules.in_person.absence import is_on_the_ward
from console.rules.in_person.rounds import PlannedCheck
from console.rules.sensing.room_tile import SENSORS, room_facts, room_tile, says
from console.rules.sensing.staleness import Loss
from console.rules.sensing.tiles import CERTAIN, TileFacts, face_of, fault_tile
from console.showing.views import BoardView, TileKind, TileView, Words
from console.staying.roll import Roll, Sheet
from console.store import consents
from console.store.people import NodeRow, RoomRow

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
        staff_inside: Callable[[str], bool],
        check_of: Callable[[str], PlannedCheck | None],
        of_checks: Callable[[], tuple[Words, ...]],
        sights: Callable[[datetime], tuple[Words, ...]] = lambda _since: (),
    ) -> None:
        self._office = office
        self._roll = roll
        self._live = live
        self._leases = leases
        self._prompts = prompts
        self._calling = calling
        self._link_up = link_up
        self._staff_inside = staff_inside
        self._sights = sights
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
        tiles, calling = tuple(self._called(one) for one in tiles), self._calling.calls()
        shown = (tiles, sentence, notices, calling)
        if shown != self._shown:
            self._shown, self._frontier = shown, self._frontier + 1
        return BoardView(now, self._office.context, tiles, sentence, notices, self._frontier, calling)

    def heard(self, state: LiveState) -> None:
        """Remember when a room's tile last stood on evidence."""
        sheet, now = self._roll.sheet(), self._office.now()
        node = sheet.nodes.get(state.node_id)
        room = sheet.room(node.room_id) if node else None
        if node is None or room is None:
            return
        # What one sensor saw is remembered as that one's alone: when it is stopped, so is the memory (rule C1).
        policy, each = self._office.policy, self._facts(room, sheet)
        own = next((one for one in each if node.kind is one.modality and says(one) is not None), None)
        if own is None:
            return
        shown = (own, room_facts(each, now, policy)[0])
        if all(face_of(facts, now, policy).kind in CERTAIN for facts in shown):
            self._live.certain(state.node_id, now)

    def kind_of(self, room_id: str) -> TileKind | None:
        """Return what a room's tile stands on now, whatever alert stands over it (rule O7); None for no such room."""
        sheet = self._roll.sheet()
        room = sheet.room(room_id)
        if room is None:
            return None
        now, policy = self._office.now(), self._office.policy
        return face_of(room_facts(self._facts(room, sheet), now, policy)[0], now, policy).kind

    def _tile(self, room: RoomRow, sheet: Sheet, now: datetime) -> TileView:
        """Return a room's tile; one that cannot be made says so for its own room, and takes no other with it (RG3)."""
        try:
            made = room_tile(self._facts(room, sheet), now, self._office.policy)
        except Exception as error:
            if room.room_id not in self._faulty:
                self._faulty.add(room.room_id)
                _log.error("tile_not_made", room=room.room_id, error=type(error).__name__)
            return fault_tile(room.room_id, room.title)
        self._faulty.discard(room.room_id)
        return made

    def _called(self, tile: TileView) -> TileView:
        """Return a tile as its alert has it; one that could not be made carries no mark of a test (rule N4)."""
        shown = self._calling.over(tile)
        return replace(shown, test_mark="") if tile.room_id in self._faulty else shown

    def _facts(self, room: RoomRow, sheet: Sheet) -> tuple[TileFacts, ...]:
        """Return a room's facts as each of its sensors has them; of a room without one, those of the room alone."""
        person, nodes = sheet.people.get(room.room_id), sheet.nodes_in(room.room_id)
        if person is None:
            return (TileFacts(room.room_id, room.title, is_vacant=True),)
        standing, prompt = self._roll.standing_of(person), self._prompts.open_in(room.room_id)
        alone = TileFacts(
            room.room_id,
            room.title,
            person.initials,
            tried_until=standing.trial.until if standing.trial else None,
            paused_since=standing.paused_since if nodes else None,
            paused_until=standing.paused_until if nodes else None,
            prompt=self._prompts.words(prompt) if prompt else None,
            prompt_id=prompt.prompt_id if prompt else None,
            is_closed=standing.has_died,
            away=standing.away,
            seen_by=person.seen_by,
            sedation=standing.sedation,
            staff_inside=self._staff_inside(room.room_id),
            check=self._check_of(room.room_id),
        )
        return tuple(self._facts_of(node, alone, sheet) for node in nodes) or (alone,)

    def _facts_of(self, node: NodeRow, room: TileFacts, sheet: Sheet) -> TileFacts:
        verdict, heard = self._leases.verdict(node, sheet), self._live.of(node.node_id)
        return replace(
            room,
            may_sense=verdict.is_monitored,
            purposes=verdict.purposes,
            lease_id=self._leases.lease_id_in_force(node.node_id),
            live=heard.state,
            loss=self._loss(node),
            heard_at=heard.heard_at,
            last_certain_at=heard.certain_at,
            no_movement_since=heard.no_movement_since,
            modality=node.kind,
        )

    def _loss(self, node: NodeRow) -> Loss | None:
        return self._live.loss(node.node_id, link_up=self._link_up())

    def _sentence(self, sheet: Sheet, tiles: tuple[TileView, ...]) -> Words:
        """Say how many sensors are on, that everybody is checked in person, and where nothing can be relied on."""
        running = [room for room, nodes in sheet.nodes_of.items() if any(self._is_on(node) for node in nodes)]
        unproven = set(self._calling.to_walk()) & set(sheet.people)
        broken = [one.room_title for one in tiles if one.kind is TileKind.NOT_MONITORED or one.room_id in unproven]
        people = sum(is_on_the_ward(self._roll.standing_of(one)) for one in sheet.people.values())
        words = _sensors(len(running))
        values = {"sensors": words, "people": _checked(people)}
        if not broken:
            return Words("{sensors} Nobody is watching them: they call you. {people}", values)
        named = Words("{rooms}: broken, walk.", {"rooms": ", ".join(broken)})
        return Words("{sensors} Nobody is watching them: they call you. {people} {broken}", values | {"broken": named})

    def _is_on(self, node: NodeRow) -> bool:
        state = self._live.of(node.node_id).state
        is_open = state is not None and state.sensor.state is SensorState.OPEN
        return is_open and self._loss(node) is None and not self._leases.verdict(node).is_trial

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
                    found.append((entry.at, _notice(room, entry)))
        newest = [words for _at, words in sorted(found, key=lambda one: one[0], reverse=True)]
        rollback = self._leases.rollback.notice()
        calls = self._calling.notices(since)
        called = (*self._sights(since), *calls, *self._of_checks())
        first = (*([rollback] if rollback else []), *self._conflict_notices(sheet), *called)
        return (*first, *self._spree_notices(since), *newest[:_MOST_NOTICES])

    def _conflict_notices(self, sheet: Sheet) -> Iterator[Words]:
        """Say which nodes are witnesses against the log (rule X3)."""
        for room in sheet.rooms:
            if any(self._live.of(node.node_id).has_conflict for node in sheet.nodes_in(room.room_id)):
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


def _notice(room: RoomRow, entry: ConsentEntry) -> Words:
    values: dict[str, str | datetime | Words] = {"room": room.title, "at": entry.at, "done": _STOPPING[entry.kind]}
    only = SENSORS.get(entry.details.get(ONE_SENSOR, ""))
    if only is not None:
        told = {**values, "sensor": only}
        return Words("{room}: {sensor} {done} at {at}. The next check stays where it was.", told)
    return Words("{room}: sensor {done} at {at}. The next check stays where it was.", values)


def _sensors(count: int) -> Words:
    if count == 1:
        return Words("Sensor on in 1 room.")
    return Words("Sensor on in {count} rooms.", {"count": count})


def _checked(people: int) -> Words:
    if people == 1:
        return Words("**The 1 person here is checked in person.**")
    return Words("**All {people} people are checked in person.**", {"people": people})
