"""Who of the staff is in which room, by the tag of its door: for the tile, the alerts and the patient's page (C17)."""

import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from broker.messages import LiveState
from console.consenting.care_views import LongVisitRow
from console.errors import StoreError
from console.keys.door_tags import DoorTags
from console.leasing.leases import Leases
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.alerting.shifts import Post
from console.rules.decision import Decision, Obligation
from console.rules.looking.visiting import Visit, VisitEnd, explains, follows_own_pause, is_long
from console.rules.sensing.readings import readings_in_force
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staying.roll import Person, Roll
from console.store import accounts, audit_rows
from console.store import visits as rows
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_LONG = "room:staff:long"
_TOLD_FOR = timedelta(days=31)
_SPOKE = timedelta(seconds=5)
"""How long what a sensor said of its room is taken to be so; the same as for a tile."""
_SYSTEM = Actor.system("visits")


class StaffVisits:
    """Keeps who is where, in memory as well: a tile is built without the disk."""

    def __init__(self, office: Office, roll: Roll, leases: Leases, shifts: Shifts, tags: DoorTags) -> None:
        self._office, self._roll, self._leases = office, roll, leases
        self._shifts, self._tags = shifts, tags
        self._lock = threading.Lock()
        self._open = {one.visit_id: one for one in office.store.read(rows.open_visits)}
        self._second_since: dict[str, datetime] = {}
        self._two_at: dict[str, datetime] = {}
        self._is_alone: dict[str, bool] = {}
        self._people: dict[tuple[str, str], tuple[int, datetime]] = {}
        self._told: set[str] = set()

    def come(self, actor: Actor, room_id: str, code: str) -> Decision:
        """Write down that a member of staff stands at a door, by the code that it shows now.

        A code that proves nothing is written down as a denial, and explains nobody; it keeps nobody from going in.
        """

        def work(tx: Tx) -> Done:
            office, now = self._office, self._office.now()
            person = self._roll.sheet().people.get(room_id)
            if person is None:
                return Done(office.policy.deny("C17", reason=Words("Nobody stays there.")), room=room_id)
            if not self._tags.proves(room_id, code, office.policy, now):
                words = Words("Place not proven: touch the tag again. Go in all the same if you are needed.")
                return Done(office.policy.deny("C17", "A4", reason=words), room=room_id)
            return self._came(tx, actor, person, now)

        return self._office.run(actor, Permission.ALERT_RESPOND, "room:staff:came", work, room=room_id)

    def leave(self, actor: Actor, room_id: str) -> Decision:
        """Write down that a member of staff has left a room."""

        def work(tx: Tx) -> Done:
            for one in self._of(actor.actor_id, room_id):
                self._end(tx, one, VisitEnd.SAID)
            words = Words("Written down: you have left. It stands on their page.")
            return Done(self._office.policy.allow("C17", reason=words), room=room_id)

        return self._office.run(actor, Permission.ALERT_RESPOND, "room:staff:left", work, room=room_id)

    def is_in(self, actor: Actor, room_id: str) -> bool:
        """Return whether somebody is written down as in a room now."""
        return bool(self._of(actor.actor_id, room_id))

    def long(self, actor: Actor) -> tuple[LongVisitRow, ...] | Decision:
        """Return the long visits of the last 31 nights to whoever is told of them; the look is an entry."""
        found: list[LongVisitRow] = []

        def work(tx: Tx) -> Done:
            told = audit_rows.done_since(tx, _LONG, self._office.now() - _TOLD_FOR)
            visits = rows.of_ids(tx, [one.subject.removeprefix("visit:") for one in told])
            found.extend(self._row(tx, one) for one in visits)
            return Done(self._office.policy.allow("C17", reason=Words("You may.")))

        decision = self._office.run(actor, Permission.LONG_VISITS, "room:staff:long_viewed", work)
        return tuple(found) if decision else decision

    def explains(self, room_id: str) -> bool:
        """Return whether staff in a room explain that more than one person is seen there."""
        since = self._second_since.get(room_id)
        here = [one for one in list(self._open.values()) if one.room_id == room_id]
        return since is not None and explains(here, since, self._office.policy)

    def heard(self, state: LiveState) -> None:
        """Follow how many people are seen in a room: one alone for a while says that staff have left."""
        node = self._roll.sheet().nodes.get(state.node_id)
        if node is None:
            return
        readings = readings_in_force(state, self._leases.lease_id_in_force(node.node_id))
        people = readings.people.value if readings is not None else None
        room_id, now = node.room_id, self._office.now()
        if people is None:
            # A sensor that is off, or cannot tell, says nothing about what the other one of the room sees.
            self._people.pop((room_id, node.node_id), None)
        else:
            self._people[room_id, node.node_id] = (people, now)
        seen = [count for (where, _), (count, at) in self._people.items() if where == room_id and now - at <= _SPOKE]
        if any(count > 1 for count in seen):
            self._second_since.setdefault(room_id, now)
            self._two_at[room_id] = now
        else:
            self._second_since.pop(room_id, None)
        self._is_alone[room_id] = bool(seen) and all(count < 2 for count in seen)

    def step(self) -> None:
        """End what has ended, and tell of a long visit by night to somebody who is not of this ward."""
        now, policy = self._office.now(), self._office.policy
        for one in list(self._open.values()):
            person = self._roll.sheet().stay(one.stay_id)
            if self._is_over(one, now):
                self._write_end(one, VisitEnd.ONE_PERSON_SEEN)
            elif person is None or now - one.came_at >= policy.duration("C17", "longest_visit_h"):
                self._write_end(one, VisitEnd.NOT_KNOWN)
            elif one.visit_id not in self._told and is_long(
                one, now, self._is_one_to_one(one.actor_id), policy, self._office.zone
            ):
                self._told.add(one.visit_id)
                self._tell(one)

    def _came(self, tx: Tx, actor: Actor, person: Person, now: datetime) -> Done:
        policy, stay = self._office.policy, person.stay
        for one in self._of(actor.actor_id):
            if one.room_id != stay.room_id:
                self._end(tx, one, VisitEnd.AT_ANOTHER_DOOR)
        obligations: tuple[Obligation, ...] = ()
        if follows_own_pause(person.entries, actor.actor_id, now, policy):
            obligations = (Obligation.FLAG_TO_GOVERNANCE,)
        words = Words("Written down: you are in the room. It stands on their page.")
        decision = policy.allow("C17", *(("C5",) if obligations else ()), reason=words, obligations=obligations)
        known = self._of(actor.actor_id, stay.room_id)
        if known:
            return Done(decision, f"visit:{known[0].visit_id}", stay.room_id)
        visit = Visit(secrets.token_hex(16), stay.room_id, stay.stay_id, actor.actor_id, now)
        rows.add(tx, visit)
        tx.on_commit(lambda: self._keep(visit))
        return Done(decision, f"visit:{visit.visit_id}", stay.room_id)

    def _row(self, tx: Tx, one: Visit) -> LongVisitRow:
        room, account = self._roll.sheet().room(one.room_id), accounts.by_id(tx, one.actor_id)
        left_at = None if one.ended_by is VisitEnd.NOT_KNOWN else one.left_at
        name, role = (account.actor.display_name, account.actor.role.value) if account is not None else ("", "")
        return LongVisitRow(room.title if room else one.room_id, name, role, one.came_at, left_at)

    def _of(self, actor_id: str, room_id: str = "") -> list[Visit]:
        found = [one for one in list(self._open.values()) if one.actor_id == actor_id]
        return [one for one in found if not room_id or one.room_id == room_id]

    def _is_over(self, visit: Visit, now: datetime) -> bool:
        """Return whether two people were seen during a visit, and for a while now one alone."""
        two_at = self._two_at.get(visit.room_id)
        if two_at is None or two_at < visit.came_at or not self._is_alone.get(visit.room_id):
            return False
        return now - two_at >= self._office.policy.duration("C17", "explained_within_s")

    def _is_one_to_one(self, actor_id: str) -> bool:
        return any(one.actor_id == actor_id and one.post is Post.ONE_TO_ONE for one in self._shifts.people())

    def _tell(self, visit: Visit) -> None:
        """Write the line for the site coordinator: this console knows one ward, and no other nurse in charge."""
        words = Words("A member of staff has been in a room for long, by night. The site coordinator is told.")
        told = (Obligation.TELL_SITE_COORDINATOR,)
        decision = self._office.policy.allow("C17", reason=words, obligations=told)
        done = Done(decision, f"visit:{visit.visit_id}", visit.room_id)
        self._write(lambda tx: self._office.record(tx, _SYSTEM, _LONG, done))

    def _write_end(self, visit: Visit, how: VisitEnd) -> None:
        self._write(lambda tx: self._end(tx, visit, how))

    def _end(self, tx: Tx, visit: Visit, how: VisitEnd) -> None:
        rows.end(tx, visit.visit_id, self._office.now(), how)
        tx.on_commit(lambda: self._forget(visit.visit_id))

    def _write(self, work: Callable[[Tx], object]) -> None:
        try:
            self._office.store.write(work)
        except StoreError as error:
            _log.error("visit_not_written", error=type(error).__name__)

    def _keep(self, visit: Visit) -> None:
        with self._lock:
            self._open[visit.visit_id] = visit

    def _forget(self, visit_id: str) -> None:
        with self._lock:
            self._open.pop(visit_id, None)
            self._told.discard(visit_id)
