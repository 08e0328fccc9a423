"""Counts looks as they are made, and tells governance within a quarter of an hour of what stands out (rule X2).

It reads the log, which no look can avoid, and refuses nothing: what it finds is a line for those who audit and on the
patient's own page.
"""

import json
from datetime import datetime, timedelta

import structlog

from console.looking.look_circumstances import add_review
from console.office import Done, Office
from console.own.ledger import FLAGGED, LOOKS
from console.roles import Actor, Role
from console.rules.alerting.shifts import OnShift, Post
from console.rules.consenting.sedation import may_check_quietly
from console.rules.looking.look_rates import Because, Flag, Look, flags_after, is_news, peers_of, shift_of
from console.rules.looking.reviewing import ReviewKind, escalation_of
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staying.roll import Person, Roll
from console.store import alerts, looking, prompts
from console.store.database import Tx
from console.store.looking import SeenLook
from console.store.now_and_then import NowAndThen

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("look_watch")
_EVERY_S = 30.0
"""[s] between two looks at the log; a flag is due within `flag_within_min`."""
_CALLED = timedelta(minutes=30)
"""A look is expected for so long after an alert or a prompt of that room was raised."""
ESCALATED = "governance:review:escalated"


class LookWatch:
    """Follows the looks of the log."""

    def __init__(self, office: Office, roll: Roll, shifts: Shifts) -> None:
        self._office = office
        self._roll = roll
        self._shifts = shifts
        self._counting = NowAndThen(office.store, _EVERY_S, "looks_not_counted")

    def step(self) -> None:
        """Count what is new, when it is time; a disk that cannot be written is tried again."""
        self._counting.step(self._has_work, self._work)

    def _has_work(self, tx: Tx) -> bool:
        return bool(self._new(tx)) or bool(looking.waiting_of(tx, ReviewKind.BREAK_GLASS))

    def _work(self, tx: Tx) -> None:
        for seen in self._new(tx):
            self._count(tx, seen)
        self._escalate(tx)

    def _new(self, tx: Tx) -> list[SeenLook]:
        newest = looking.newest_noted(tx)
        late = self._office.policy.duration("X2", "flag_within_min")
        # A console that never counted begins with now: of older looks it cannot say what called for them.
        since = self._office.now() - late if newest is None else datetime.min.replace(tzinfo=self._office.now().tzinfo)
        return looking.looks_after(tx, -1 if newest is None else newest, LOOKS, since)

    def _count(self, tx: Tx, seen: SeenLook) -> None:
        person = self._roll.sheet().people.get(seen.room_id)
        told = json.loads(seen.entry)
        if person is None or told["role"] not in set(Role) or told["role"] == Role.PATIENT:
            return
        policy, zone = self._office.policy, self._office.zone
        because = self._because(tx, seen, person)
        look = Look(seen.at, seen.actor_id, told["role"], person.stay.stay_id, because)
        since = seen.at - policy.duration("X2", "slow_within_d")
        before = looking.looks_at(tx, look.actor_id, look.stay_id, since)
        looking.note_look(tx, seen.index, look)
        nights = looking.looks_since(tx, seen.at - timedelta(days=policy.number("X2", "peer_nights")))
        peers = peers_of(nights, look, policy, zone)
        for flag in flags_after(look, before, peers, policy, zone):
            self._raise(tx, look, person, flag)

    def _because(self, tx: Tx, seen: SeenLook, person: Person) -> Because:
        """Return what explains a look now, within half a minute of it."""
        since = seen.at - _CALLED
        called = any(one.room_id == seen.room_id for one, _steps in alerts.since(tx, since))
        if called or prompts.of_room(tx, seen.room_id, since):
            return Because.ALERT
        standing = self._roll.standing_of(person)
        if not may_check_quietly(standing, self._office.now(), self._office.policy):
            return Because.SEDATION
        people = self._shifts.people()
        return because_of(seen.actor_id, seen.room_id, people)

    def _raise(self, tx: Tx, look: Look, person: Person, flag: Flag) -> None:
        """Tell governance once of each pattern.

        Of a burst and of what nothing explains, once in a shift; of a slow one, once in its stretch; of a habit beside
        peers, again when it has grown, or after half a year.
        """
        if self._is_told(tx, look, flag):
            return
        actor = Actor(look.actor_id, "", "", Role(look.role))
        review = add_review(tx, self._office, flag.kind, actor, person, count=flag.count, begins_at=flag.begins_at)
        words = Words("Governance is told of these looks.")
        self._record(tx, FLAGGED, "X2", review, person.stay.room_id, flag.kind.value, words)

    def _is_told(self, tx: Tx, look: Look, flag: Flag) -> bool:
        policy, zone = self._office.policy, self._office.zone
        if flag.kind is ReviewKind.ABOVE_PEERS:
            since = look.at - policy.duration("X2", "habit_again_d")
            told = looking.counts_raised(tx, flag.kind, look.actor_id, since)
            return not is_news(flag, told, look.at, policy)
        since = look.at - policy.duration("X2", "slow_within_d")
        raised = looking.raised(tx, flag.kind, look.actor_id, look.stay_id, since)
        if flag.kind is ReviewKind.SLOW:
            return bool(raised)
        return any(shift_of(at, policy, zone) == shift_of(look.at, policy, zone) for at in raised)

    def _escalate(self, tx: Tx) -> None:
        """Tell the next person of emergency sights that nobody has reviewed; no account is suspended (rule X7)."""
        office = self._office
        for one in looking.waiting_of(tx, ReviewKind.BREAK_GLASS):
            step = escalation_of(one.raised_at, office.now(), office.policy, office.zone)
            if step > one.escalated:
                looking.escalate(tx, one.review_id, step)
                words = Words("Nobody has reviewed it in time.")
                self._record(tx, ESCALATED, "X7", one.review_id, one.room_id, step.name.lower(), words)

    def _record(self, tx: Tx, action: str, rule: str, review: str, room: str, reason: str, words: Words) -> None:
        decision = self._office.policy.allow(rule, reason=words)
        self._office.record(tx, _SYSTEM, action, Done(decision, f"review:{review}", room, reason))


def because_of(actor_id: str, room_id: str, people: tuple[OnShift, ...]) -> Because:
    """Return what explains a look by who is on shift: one-to-one care, or a room that is theirs.

    A room is theirs when it was given to them, or to nobody; who leads the shift has every room; who is not on shift
    has none.
    """
    mine = next((one for one in people if one.actor_id == actor_id), None)
    if mine is None:
        return Because.NOTHING
    if mine.post is Post.ONE_TO_ONE and room_id in mine.rooms:
        return Because.ONE_TO_ONE
    is_given = any(room_id in one.rooms for one in people)
    if room_id in mine.rooms or not is_given or mine.role is Role.NURSE_IN_CHARGE:
        return Because.THEIRS
    return Because.NOTHING
