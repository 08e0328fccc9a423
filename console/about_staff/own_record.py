"""What is noted about me, why, and until when: each member of staff reads their own, and nobody else's (rule P11)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.decision import Decision
from console.rules.in_person.training import GATED
from console.rules.looking.reviewing import ReviewKind
from console.rules.looking.staff_data import name_ends_at
from console.showing.views import Words
from console.staying.roll import Roll
from console.store import looking, staff_rows, training, visits
from console.store.database import Tx

_FOR_LIFE = Words("As long as the patient's record: nobody can take it out, you can see it, and so can the patient.")
_AGAINST_MISUSE = Words("So that people can see who looked at them, and that nobody looks without a reason of care.")
_LOOKS: Mapping[str, Words] = {
    "room:reading:viewed": Words("a breathing reading: {room}"),
    "room:trend:viewed": Words("the notes of the last hours: {room}"),
    "room:consent:viewed": Words("what was said about the sensor: {room}"),
    "room:name:viewed": Words("a name: {room}"),
}
_DONE: Mapping[str, Words] = {
    "going": Words("you said that you go: {room}"),
    "arrived": Words("you were at the door: {room}"),
    "noted": Words("you wrote something down: {room}"),
    "found": Words("you said what you found: {room}"),
    "answered": Words("you answered the call: {room}"),
    "closed": Words("you closed the alert: {room}"),
}
_FLAGS: Mapping[ReviewKind, Words] = {
    ReviewKind.BURST: Words("many looks at one person within half an hour: {room}"),
    ReviewKind.ABOVE_PEERS: Words("more looks in a shift than most of your colleagues have"),
    ReviewKind.UNEXPLAINED: Words("looks at somebody who was not yours to care for: {room}"),
    ReviewKind.SLOW: Words("looks on many days at somebody who was not yours to care for: {room}"),
    ReviewKind.BREAK_GLASS: Words("emergency sight: {room}"),
    ReviewKind.SENSITIVE: Words("a look at a sensitive stay, with a second person: {room}"),
}


@dataclass(frozen=True, slots=True)
class OwnLine:
    """One thing that is noted.

    Attributes:
        at: when it happened.
        words: what.
        until: when your name goes from it; None where the section says until when.
    """

    at: datetime
    words: Words
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnPart:
    """What is noted of one kind.

    Attributes:
        key: code of it.
        title: what.
        why: what it is for, and nothing else.
        kept: until when.
        lines: newest first.
    """

    key: str
    title: Words
    why: Words
    kept: Words
    lines: tuple[OwnLine, ...]


class OwnRecord:
    """The page of a member of staff about themselves."""

    def __init__(self, office: Office, roll: Roll) -> None:
        self._office = office
        self._roll = roll

    def read(self, actor: Actor) -> tuple[OwnPart, ...] | Decision:
        """Return everything that is noted about whoever asks; that they read it is an entry too."""
        found: list[OwnPart] = []

        def work(tx: Tx) -> Done:
            found.extend(self._parts(tx, actor.actor_id))
            return Done(self._office.policy.allow("P11", reason=Words("You may.")))

        decision = self._office.run(actor, Permission.OWN_RECORD, "staff:record:viewed", work, is_own=True)
        return tuple(found) if decision else decision

    def _parts(self, tx: Tx, actor_id: str) -> Iterable[OwnPart]:
        looks = tuple(
            OwnLine(one.at, self._said(_LOOKS[one.action], one.room_id))
            for one in staff_rows.logged_by(tx, actor_id, tuple(_LOOKS))
        )
        yield OwnPart("looks", Words("Looks at a person's details"), _AGAINST_MISUSE, _FOR_LIFE, looks)
        yield self._flags(tx, actor_id)
        yield self._taps(tx, actor_id)
        yield self._answers(tx, actor_id)
        yield self._checks(tx, actor_id)
        yield self._training(tx, actor_id)
        yield self._acts(tx, actor_id)

    def _flags(self, tx: Tx, actor_id: str) -> OwnPart:
        mine = looking.every_review_of(tx, actor_id)
        lines = tuple(OwnLine(one.raised_at, self._said(_FLAGS[one.kind], one.room_id)) for one in mine)
        why = Words("So that governance asks you about looks that stand out. It refuses nothing and marks nobody.")
        kept = Words("With the looks that it is about. You are asked before anything is decided.")
        return OwnPart("flags", Words("Looks that governance was told of"), why, kept, lines)

    def _taps(self, tx: Tx, actor_id: str) -> OwnPart:
        policy, lines = self._office.policy, []
        for one in visits.of_actor(tx, actor_id):
            answers = [step.at for step in staff_rows.answers_of(tx, actor_id, one.stay_id)]
            until = name_ends_at(one, answers, policy)
            lines.append(OwnLine(one.came_at, self._said(Words("you touched the tag: {room}"), one.room_id), until))
        why = Words("So that the tile says that staff are in the room, and the patient can see who came.")
        kept = Words(
            "After {taps} days your name goes, and your role stays; after {answers} days where it was a part of an "
            "answer to an alert; later only where an incident is being looked into. The log keeps a pseudonym.",
            {
                "taps": policy.duration("P11", "taps_named_d").days,
                "answers": policy.duration("P11", "answers_kept_d").days,
            },
        )
        return OwnPart("taps", Words("Tags of doors"), why, kept, tuple(lines))

    def _answers(self, tx: Tx, actor_id: str) -> OwnPart:
        rows = staff_rows.answers_of(tx, actor_id)
        lines = tuple(OwnLine(one.at, self._said(_DONE[one.kind], one.room_id)) for one in rows)
        why = Words("So that the call goes to whoever is free, and an incident can be understood.")
        kept = Words("12 months. Never for appraisal, discipline or pay; nobody is ranked by it.")
        return OwnPart("answers", Words("Answers to alerts"), why, kept, lines)

    def _checks(self, tx: Tx, actor_id: str) -> OwnPart:
        proven, bare = Words("you saw the person: {room}"), Words("you saw the person: {room} · place not proven")
        rows = staff_rows.checks_by(tx, actor_id)
        lines = tuple(OwnLine(one.at, self._said(proven if one.is_proven else bare, one.room_id)) for one in rows)
        why = Words("It is the clinical record of the patient: who saw them, and when.")
        kept = Words("As long as the patient's clinical record. The monthly page counts rates, never names.")
        return OwnPart("checks", Words("Checks in person"), why, kept, lines)

    def _training(self, tx: Tx, actor_id: str) -> OwnPart:
        mine = [one for one in training.every(tx) if one.actor_id == actor_id]
        lines = tuple(OwnLine(one.entered_at, GATED[one.course], one.until) for one in reversed(mine))
        why = Words("So that nobody asks for consent or leads the board without knowing how.")
        kept = Words("As long as you work here; the date says until when a course is in date.")
        return OwnPart("training", Words("Training"), why, kept, lines)

    def _acts(self, tx: Tx, actor_id: str) -> OwnPart:
        rows = [one for one in staff_rows.logged_by(tx, actor_id) if one.action not in _LOOKS]
        lines = tuple(OwnLine(one.at, Words("{act}", {"act": f"{one.action} {one.outcome}"})) for one in rows)
        why = Words("So that nobody, the administrator neither, can change what was done without being seen.")
        return OwnPart("acts", Words("Everything else that the log holds by your pseudonym"), why, _FOR_LIFE, lines)

    def _said(self, words: Words, room_id: str) -> Words:
        return Words(words.text, {"room": self._room(room_id)})

    def _room(self, room_id: str) -> str:
        room = self._roll.sheet().room(room_id)
        return room.title if room is not None else room_id
