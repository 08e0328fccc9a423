"""The only door to patient data: permission, read and audit entry are one transaction (rules X1, X4, X5)."""

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from broker.vocabulary import Modality, SensorState
from console.alerting.prompts import Prompts
from console.consenting.care_views import AbsentRow, ProfileView
from console.consenting.stop_watch import StopWatch
from console.errors import StoreError
from console.leasing.leases import Leases
from console.logbook.receipts import receipt_of
from console.looking.look_circumstances import Around
from console.looking.room_trend import trend_in
from console.looking.viewings import Viewing, Viewings
from console.observing.spot_checks import VIEWED, SpotView, opened_by, spot_of, subject_of
from console.office import Done, Office
from console.own.complaints import Complaints
from console.own.ledger import LIST_LOOK, LIST_SUBJECT, every_line, said_to_staff, who_looked
from console.own.own_side import CopyFacts, ask_for_the_rest, copies_of, copy_of
from console.own.own_views import AfterIncident, OwnCopy
from console.own.patient_night import night_in
from console.own.patient_page import PageFacts, own_sensor, patient_view
from console.receiving.live import Live
from console.receiving.room_rates import reading_in
from console.roles import Actor, Role
from console.rules.access import AccessReason, Permission, Request, may
from console.rules.consenting.consent import ConsentState, Standing
from console.rules.consenting.places import OTHER_PLACES
from console.rules.decision import Decision
from console.rules.in_person.spot import refuse_before_eye
from console.rules.sensing.sleep import Night, NoNight
from console.rules.sensing.trend import NoTrend, Trend
from console.showing.desk_views import AuditRow, HealthView, RoomRow, StaffRow
from console.showing.node_health import NodeHealth
from console.showing.room_rows import room_rows
from console.showing.views import PatientView, ReadingView, StopState, StopView, Words
from console.staying.roll import Person, Roll
from console.store import accounts, audit_rows, closeness, people, places
from console.store.database import Tx
from console.store.observations import ObservationRow
from console.store.people import NodeRow

T = TypeVar("T")
_CLOSED_TO_YOU = Words("This person has asked that you do not look at their details. Ask a colleague to talk.")
_NOT_YOURS = Words("There is no such line on your page.")
_OWN_PAGE_EVERY_S = 60.0
"""[s] in which a patient's own page, open on their own screen, makes one entry."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """What the door looks at.

    Attributes:
        office: store, log, rules and clock.
        roll: who stays where.
        live: what the nodes say.
        leases: which lease is in force.
        stops: where stops are on their way.
        viewings: glances.
        health: the health page.
        prompts: who waits for a human.
        complaints: what patients said.
        after: what their page says after something happened.
        is_due: whether a check in person is due in a room.
    """

    office: Office
    roll: Roll
    live: Live
    leases: Leases
    stops: StopWatch
    viewings: Viewings
    health: NodeHealth
    prompts: Prompts
    complaints: Complaints
    after: Callable[[Tx, Person], AfterIncident]
    is_due: Callable[[str], bool]


class Access:
    """Every read that a screen can ask for."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._office = rooms.office
        self._lock = threading.Lock()
        self._own_page_s: dict[str, float] = {}

    def open_viewing(self, actor: Actor, device: str) -> Viewing | Decision:
        """Begin a glance at the board; it is logged before this returns, or late when nothing can be logged."""
        decision = may(Request(actor.role, Permission.BOARD_GLANCE), self._office.policy)
        if not decision:
            return self._refuse(actor, "board:viewing:opened", decision)
        return self._rooms.viewings.open(actor, device, decision)

    def reading(self, actor: Actor, room_id: str, access_reason: AccessReason | str) -> ReadingView | Decision:
        """Look at the newest breathing rate of a room."""
        reason = AccessReason(access_reason) if access_reason in set(AccessReason) else None
        request = Request(actor.role, Permission.READING_LOOK, reason)
        if reason is AccessReason.DIRECT_CARE and self._rooms.is_due(room_id):
            # The eye goes first: a number that is known beforehand draws what is seen to itself.
            return self._refuse(actor, VIEWED, refuse_before_eye(self._office.policy))
        return self._look(actor, request, VIEWED, lambda _tx: self._reading(room_id), room_id)

    def spot_opens(self, actor: Actor, observation_id: str) -> bool:
        """Return whether an entry opens a reading, to offer it; nothing is looked at."""
        return not isinstance(self._opened(actor, observation_id), Decision)

    def spot(self, actor: Actor, observation_id: str) -> SpotView | Decision:
        """Look at a room's reading after what was seen by eye was written down, once for each entry (rule K6)."""
        seen, sheet = self._opened(actor, observation_id), self._rooms.roll.sheet()
        if isinstance(seen, Decision):
            return self._refuse(actor, VIEWED, seen)
        request = Request(actor.role, Permission.READING_LOOK, AccessReason.DIRECT_CARE)
        read, subject = lambda _tx: spot_of(seen, sheet, self._reading(seen.room_id)), subject_of(observation_id)
        return self._look(actor, request, VIEWED, read, seen.room_id, subject)

    def _opened(self, actor: Actor, observation_id: str) -> ObservationRow | Decision:
        office, sheet = self._office, self._rooms.roll.sheet()
        return office.store.read(lambda tx: opened_by(tx, office, sheet, actor, observation_id))

    def trend(self, actor: Actor, room_id: str, access_reason: AccessReason | str) -> Trend | NoTrend | Decision:
        """Look at what was noted in a room in its last granted hours."""
        reason = AccessReason(access_reason) if access_reason in set(AccessReason) else None
        if reason is AccessReason.DIRECT_CARE and self._rooms.is_due(room_id):
            return self._refuse(actor, "room:trend:viewed", refuse_before_eye(self._office.policy))

        def read(tx: Tx) -> Trend | NoTrend:
            person = self._rooms.roll.sheet().people.get(room_id)
            if person is None:
                return NoTrend.NO_CONSENT
            return trend_in(tx, self._office, person, self._rooms.roll.standing_in(tx, person))

        request = Request(actor.role, Permission.READING_LOOK, reason)
        return self._look(actor, request, "room:trend:viewed", read, room_id)

    def patient_page(self, actor: Actor, page: int = 0) -> PatientView | Decision:
        """Return a patient's own page, with a page of its ledger; their own reading of it makes one entry a minute."""
        person = self._own(actor)
        request = Request(actor.role, Permission.PATIENT_PAGE, is_own=person is not None)
        decision = may(request, self._office.policy)
        if person is None or not decision:
            return self._refuse(actor, "patient:page:viewed", decision)
        if not self._is_due(actor.actor_id):
            return self._office.store.read(lambda tx: self._page(tx, person, page))
        room_id = person.stay.room_id
        view = self._look(actor, request, "patient:page:viewed", lambda tx: self._page(tx, person, page), room_id)
        if not isinstance(view, Decision):
            self._note_own_page(actor.actor_id)
        return view

    def own_copy(self, actor: Actor) -> tuple[PatientView, OwnCopy] | Decision:
        """Hand a patient what they may see, at once, and ask for the rest on their behalf (rule S5)."""
        person = self._own(actor)
        request = Request(actor.role, Permission.COPY_TAKE, is_own=person is not None)
        decision = may(request, self._office.policy)
        if person is None or not decision:
            return self._refuse(actor, "patient:copy:taken", decision)
        facts = CopyFacts(person, self._office.audit, self._office)

        def gather(tx: Tx) -> tuple[PatientView, OwnCopy]:
            due_at = ask_for_the_rest(tx, facts)
            return self._page(tx, person, 0), copy_of(tx, facts, due_at)

        return self._look(actor, request, "patient:copy:taken", gather, person.stay.room_id)

    def own_receipt(self, actor: Actor, index: int) -> dict[str, Any] | Decision:
        """Hand a patient the receipt of one line of their ledger, which anybody can check (rules S1, X3)."""
        person = self._own(actor)
        request = Request(actor.role, Permission.PATIENT_PAGE, is_own=person is not None)
        decision, office = may(request, self._office.policy), self._office
        lines = office.store.read(lambda tx: every_line(tx, person.stay, office.now())) if person else ()
        if person is None or not decision or index not in {one.receipt for one in lines if one.receipt >= 0}:
            return self._refuse(actor, "patient:receipt:taken", office.policy.deny("S1", reason=_NOT_YOURS))
        key = office.store.keys.audit_key
        read = partial(receipt_of, audit=office.audit, key=key, index=index)
        return self._look(actor, request, "patient:receipt:taken", read, person.stay.room_id)

    def own_night(self, actor: Actor) -> Night | NoNight | Decision:
        """Sum up a patient's last night for them and for nobody else; each look makes an entry."""
        person = self._own(actor)
        request = Request(actor.role, Permission.PATIENT_PAGE, is_own=person is not None)
        if person is None:
            return self._refuse(actor, "patient:night:viewed", may(request, self._office.policy))

        def read(tx: Tx) -> Night | NoNight:
            return night_in(tx, self._office, person, self._rooms.roll.standing_in(tx, person))

        return self._look(actor, request, "patient:night:viewed", read, person.stay.room_id)

    def stays_here(self, actor: Actor) -> bool:
        """Return whether a patient's own room is theirs now; it tells them nothing that they do not know."""
        return self._own(actor) is not None

    def _own(self, actor: Actor) -> Person | None:
        person = self._rooms.roll.sheet().people.get(actor.room_id or "")
        return person if person is not None and person.stay.patient_id == actor.patient_id else None

    def sensor_kinds(self) -> tuple[Modality, ...]:
        """Return the kinds of sensor on this ward, for papers that anybody may print; it tells nothing of a room."""
        sheet = self._rooms.roll.sheet()
        return tuple(sorted({one.kind for one in sheet.nodes.values()}))

    def stop_status(self, room_id: str, stop_token: str) -> StopView:
        """Tell where one stop is, to whoever asked for it; this needs no sign-in and tells nothing else."""
        return self._rooms.stops.view(room_id, stop_token)

    def health(self, actor: Actor) -> HealthView | Decision:
        """Return the health of nodes and console."""
        return self._open(actor, Permission.HEALTH, "ward:health:viewed", self._rooms.health.view)

    def rooms(self, actor: Actor) -> tuple[RoomRow, ...] | Decision:
        """Return who stays where; what each person said only to those who talk with them, as a look at the list."""
        request = Request(actor.role, Permission.CONSENT_LOOK, AccessReason.DIRECT_CARE)
        rows = partial(room_rows, office=self._office, roll=self._rooms.roll, reader_id=actor.actor_id)
        if may(request, self._office.policy):
            return self._look(actor, request, LIST_LOOK, lambda tx: rows(tx, told=True), "", LIST_SUBJECT)
        return self._open(actor, Permission.ROOMS, "ward:rooms:viewed", lambda tx: rows(tx, told=False))

    def absent(self, actor: Actor) -> tuple[AbsentRow, ...] | Decision:
        """Return who is away while their bed is lent; to those who may know who stays where."""
        return self._open(actor, Permission.STAY_CHANGE, "ward:absent:viewed", self._absent)

    def _absent(self, tx: Tx) -> tuple[AbsentRow, ...]:
        roll = self._rooms.roll
        sheet = roll.sheet()
        titles = {room.room_id: room.title for room in sheet.rooms}
        return tuple(
            AbsentRow(one.stay_id, roll.initials_in(tx, one), titles.get(one.room_id, one.room_id))
            for one in people.absent_stays(tx)
        )

    def profiles(self, actor: Actor) -> tuple[ProfileView, ...] | Decision:
        """Return the newest profile of each kind of place that is no bedroom; nothing of a person is in it."""
        return self._open(actor, Permission.PROFILE_SIGN, "ward:profiles:viewed", _profiles)

    def talk(self, actor: Actor, stay_id: str) -> RoomRow | Decision:
        """Return who stays there, to a member of staff who is about to talk with them about the sensor (rule C6)."""
        decision = may(Request(actor.role, Permission.CONSENT_ASK), self._office.policy)
        if not decision:
            return self._refuse(actor, "consent:talk:opened", decision)
        rows = self.rooms(actor)
        if isinstance(rows, Decision):
            return rows
        found = next((row for row in rows if row.stay_id and row.stay_id == stay_id), None)
        person = self._rooms.roll.sheet().stay(stay_id)
        if person is not None and self._is_shut_out(person, actor):
            return self._office.policy.deny("X8", reason=_CLOSED_TO_YOU)
        return found or self._office.policy.deny("C7", reason=Words("That stay is over."))

    def _is_shut_out(self, person: Person, actor: Actor) -> bool:
        patient_id = person.stay.patient_id
        return self._office.store.read(lambda tx: closeness.is_closed_to(tx, patient_id, actor.actor_id))

    def permits(self, actor: Actor, permission: Permission, reason: AccessReason | None = None) -> bool:
        """Return whether a screen may offer this to its reader; it reads nothing, and what is pressed is asked anew."""
        return bool(may(Request(actor.role, permission, reason), self._office.policy))

    def staff(self, actor: Actor) -> tuple[StaffRow, ...] | Decision:
        """Return the accounts of staff."""
        return self._open(actor, Permission.STAFF, "ward:staff:viewed", _staff)

    def audit_rows(self, actor: Actor, after: int, limit: int) -> tuple[AuditRow, ...] | Decision:
        """Return entries of the log after an index (-1 for the first): codes and pseudonyms only."""
        return self._open(
            actor, Permission.AUDIT, "ward:audit:viewed", lambda tx: _audit(tx, after, min(limit, 500)), logs=True
        )

    def _look(
        self,
        actor: Actor,
        request: Request,
        action: str,
        read: Callable[[Tx], T],
        room_id: str,
        subject: str = "",
    ) -> T | Decision:
        """Permit, read and enter in one transaction; without a durable log there is no look."""
        reason = request.reason.value if request.reason else ""

        def within(tx: Tx) -> T | Decision:
            # Asked here, where nothing comes in between: whoever is looked at is whoever the look was decided about.
            sheet = self._rooms.roll.sheet()
            around, room = Around(self._office, sheet.people.get(room_id)), room_id if sheet.room(room_id) else ""
            asked = around.complete(tx, request, actor)
            decision = may(asked, self._office.policy)
            self._office.record(tx, actor, action, Done(decision, subject, room, reason))
            if not decision:
                return decision
            around.follow(tx, asked, actor)
            return read(tx)

        try:
            return self._office.store.write(within)
        except StoreError:
            return may(_undurable(request), self._office.policy)

    def _open(
        self, actor: Actor, permission: Permission, action: str, read: Callable[[Tx], T], *, logs: bool = False
    ) -> T | Decision:
        """Read what is not about one patient; a denial is always written down, the reading itself where `logs` says."""
        decision = may(Request(actor.role, permission), self._office.policy)
        if not decision:
            return self._refuse(actor, action, decision)
        if logs:
            return self._look(actor, Request(actor.role, permission), action, read, "")
        return self._office.store.read(read)

    def _refuse(self, actor: Actor, action: str, decision: Decision) -> Decision:
        try:
            self._office.store.write(lambda tx: self._office.record(tx, actor, action, Done(decision)))
        except StoreError:
            return decision
        return decision

    def _is_due(self, actor_id: str) -> bool:
        """Return whether an own page's reading is to be entered again."""
        with self._lock:
            noted_s = self._own_page_s.get(actor_id, float("-inf"))
        return self._office.clock.elapsed_s() - noted_s >= _OWN_PAGE_EVERY_S

    def _note_own_page(self, actor_id: str) -> None:
        with self._lock:
            self._own_page_s[actor_id] = self._office.clock.elapsed_s()

    def _reading(self, room_id: str) -> ReadingView:
        rooms = self._rooms
        return reading_in(room_id, self._office, rooms.roll, rooms.live, rooms.leases)

    def _page(self, tx: Tx, person: Person, page: int) -> PatientView:
        office, rooms, room_id = self._office, self._rooms, person.stay.room_id
        sheet, now = rooms.roll.sheet(), office.now()
        room, nodes = sheet.room(room_id), sheet.nodes_in(room_id)
        standing, closed = rooms.roll.standing_of(person), rooms.stops.each(room_id, person.stay.from_at)
        facts = PageFacts(
            person,
            room.title if room else room_id,
            standing,
            tuple(own_sensor(node, rooms.live, standing, closed) for node in nodes),
            self._stop(tx, person, standing, nodes),
            who_looked(tx, person.stay, now, max(page, 0)),
            said_to_staff(tx, person.stay),
            self._reading(room_id) if standing.is_given else None,
            rooms.prompts.called_since(room_id),
            rooms.complaints.of(tx, person.stay.patient_id),
            copies_of(tx, person.stay.patient_id),
            rooms.after(tx, person),
            rooms.leases.kept_off(),
        )
        return patient_view(facts, now, office.zone)

    def _stop(self, tx: Tx, person: Person, standing: Standing, nodes: Sequence[NodeRow]) -> StopView:
        """Return where their newest stop is; one from before this console started is told from the records."""
        stops = self._rooms.stops
        view = stops.newest_view(person.stay.room_id, person.stay.from_at)
        if standing.state not in _STOPPED or standing.since is None:
            return stops.nothing()
        if view.state is not StopState.NOTHING_ASKED or not nodes:
            return view
        confirmed_at = stops.closed_in(tx, person.stay.room_id, standing.since)
        states = [self._rooms.live.of(node.node_id).state for node in nodes]
        is_closed = all(one is not None and one.sensor.state is SensorState.CLOSED for one in states)
        if confirmed_at is None and (is_closed or standing.grant is None):
            return stops.nothing()
        return stops.remembered(standing.since, confirmed_at)


_STOPPED = frozenset({ConsentState.WITHDRAWN, ConsentState.REFUSED, ConsentState.PAUSED})


def _undurable(request: Request) -> Request:
    return Request(request.role, request.permission, request.reason, request.is_own, log_durable=False)


def _profiles(tx: Tx) -> tuple[ProfileView, ...]:
    newest = places.newest_profiles(tx)
    return tuple(
        ProfileView(kind.value, row.text_sha256, tuple(sorted(row.signed_by)), row.is_signed)
        if (row := newest.get(kind))
        else ProfileView(kind.value)
        for kind in OTHER_PLACES
    )


def _staff(tx: Tx) -> tuple[StaffRow, ...]:
    found = (one for one in accounts.every(tx) if one.actor.role is not Role.PATIENT)
    return tuple(
        StaffRow(one.actor.actor_id, one.actor.username, one.actor.display_name, one.actor.role.value, one.is_active)
        for one in found
    )


def _audit(tx: Tx, after: int, limit: int) -> tuple[AuditRow, ...]:
    return tuple(_audit_row(row) for row in audit_rows.rows(tx, after=after, limit=limit))


def _audit_row(row: audit_rows.Row) -> AuditRow:
    told = json.loads(row.entry)
    return AuditRow(
        row.index,
        row.at,
        row.action,
        row.actor,
        told["role"],
        tuple(told["rules"]),
        row.outcome,
        row.subject,
        told["reason"],
    )
