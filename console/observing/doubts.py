"""Nights in which a room's sensor could mostly not tell, and what its person is offered then, by day (rule O7)."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import structlog

from console.errors import StoreError
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.hours import is_within
from console.rules.decision import Decision
from console.rules.in_person.doubt import DoubtAnswer, DoubtNight, is_offer_due
from console.showing.views import TileKind, Words
from console.staying.roll import Person, Roll
from console.store import doubts as rows
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_EVERY_S = 60.0
_WRITTEN_EVERY_S = 900.0
_OFF = frozenset(
    {
        TileKind.SENSOR_OFF,
        TileKind.PAUSED,
        TileKind.NOT_MONITORED,
        TileKind.VACANT,
        TileKind.AWAY,
        TileKind.LEAVE_OVERDUE,
        TileKind.ROOM_CLOSED,
    }
)
_NOON = timedelta(hours=12)
_REMEMBERED = timedelta(days=14)


class Doubts:
    """Counts each minute of a night what a room's tile stands on, and says when something better is to be offered."""

    def __init__(self, office: Office, roll: Roll, face_of: Callable[[str], TileKind | None]) -> None:
        """Take what is needed.

        Args:
            office: store, log, rules and clock.
            roll: who stays where.
            face_of: what a room's tile stands on now, whatever alert stands over it; None for no such room.
        """
        self._office, self._roll, self._face_of = office, roll, face_of
        self._counted: dict[str, DoubtNight] = {}
        self._stepped_s = self._written_s = office.clock.elapsed_s()
        self._due: frozenset[str] = frozenset()
        self._read()

    def step(self) -> None:
        """Count a minute, and write down what was counted now and then."""
        now_s = self._office.clock.elapsed_s()
        if now_s - self._stepped_s < _EVERY_S:
            return
        self._stepped_s = now_s
        if self._is_night():
            self._count(self._night())
        if self._counted and now_s - self._written_s >= _WRITTEN_EVERY_S:
            self._written_s = now_s
            self._write()

    def is_due(self, room_id: str) -> bool:
        """Return whether the person of a room is to be offered something better."""
        person = self._roll.sheet().people.get(room_id)
        return person is not None and person.stay.stay_id in self._due and self._face_of(room_id) is not None

    def notices(self) -> tuple[Words, ...]:
        """Return a silent line for each such room, by day: nobody is asked at night (rule C20)."""
        if self._is_night():
            return ()
        rooms = [one for one in self._roll.sheet().rooms if self.is_due(one.room_id)]
        return tuple(Words(_OFFER.text, {"room": one.title}) for one in rooms)

    def answer(self, actor: Actor, room_id: str, answer: str) -> Decision:
        """Write down what the person chose; the count begins anew. Off is said as any no is, and stops at once."""

        def work(tx: Tx) -> Done:
            person, policy = self._roll.sheet().people.get(room_id), self._office.policy
            if person is None or person.stay.stay_id not in self._due:
                return Done(policy.deny("O7", reason=Words("Nothing is to be offered there now.")))
            if answer not in set(DoubtAnswer):
                return Done(policy.deny("O7", reason=Words("Say what they chose.")), room=room_id)
            rows.add_answer(tx, person.stay.stay_id, DoubtAnswer(answer), self._office.now(), actor.actor_id)
            tx.on_commit(lambda: self._answered(person))
            decision = policy.allow("O7", reason=_THEN[DoubtAnswer(answer)])
            return Done(decision, f"patient:{person.stay.patient_id}", room_id, answer)

        return self._office.run(actor, Permission.CONSENT_ASK, "consent:doubt:answered", work, room=room_id)

    def _answered(self, person: Person) -> None:
        self._due -= {person.stay.stay_id}
        self._counted.pop(person.stay.stay_id, None)

    def _count(self, night: date) -> None:
        for room_id, person in self._roll.sheet().people.items():
            face = self._face_of(room_id)
            if face is None or face in _OFF:
                continue
            before = self._counted.get(person.stay.stay_id)
            if before is None or before.night != night:
                before = DoubtNight(night, 0, 0)
            doubt = before.doubt_min + (face is TileKind.CANNOT_TELL)
            self._counted[person.stay.stay_id] = DoubtNight(night, before.sensed_min + 1, doubt)

    def _write(self) -> None:
        counted, now = dict(self._counted), self._office.now()

        def within(tx: Tx) -> None:
            for stay_id, night in counted.items():
                rows.add_minutes(tx, stay_id, night, now)

        try:
            self._office.store.write(within)
        except StoreError as error:
            # It is counted on, and written with the next stretch.
            _log.error("doubts_not_written", error=type(error).__name__)
            return
        self._counted.clear()
        self._read()

    def _read(self) -> None:
        begins = self._night() - _REMEMBERED
        nights: Mapping[str, list[DoubtNight]] = self._office.store.read(lambda tx: rows.nights(tx, begins))
        self._due = frozenset(one for one, told in nights.items() if is_offer_due(told, self._office.policy))

    def _night(self) -> date:
        """Return the day on which this night began."""
        return (self._office.now().astimezone(self._office.zone) - _NOON).date()

    def _is_night(self) -> bool:
        policy = self._office.policy
        begins, ends = policy.time_of_day("C7", "night_from"), policy.time_of_day("C7", "night_until")
        return is_within(self._office.now(), begins, ends, self._office.zone)


_OFFER = Words(
    "{room}: the sensor could not tell for most of two nights. By day, offer them a better place for the bed or the "
    "sensor, another sensor, or off."
)
_THEN = {
    DoubtAnswer.POSITION: Words("Written down. Ask an engineer to move it with them; the count begins anew."),
    DoubtAnswer.OTHER_SENSOR: Words("Written down. Another sensor needs their yes to it; the count begins anew."),
    DoubtAnswer.OFF: Words("Written down. Now stop the sensor: they said no."),
    DoubtAnswer.AS_IT_IS: Words("Written down: it stays as it is. The count begins anew."),
}
