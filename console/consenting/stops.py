"""Stop and pause: free, for anyone, at any time, also when nothing can be written down (C5, C5a, C5b, C6, S3)."""

import secrets
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from broker.vocabulary import Modality
from console.consenting.stop_journal import StopJournal
from console.errors import StoreError
from console.office import ANYONE, Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.consenting.consent import ConsentEntry, EntryKind
from console.rules.consenting.history import BY_COVERING
from console.rules.decision import Decision, Obligation
from console.rules.in_person.pressing import says_too_much
from console.rules.policy import made
from console.showing.views import Words
from console.staying.roll import Person, Roll
from console.store import consents
from console.store.database import Tx

_AGAIN_S = 60.0


class Via(StrEnum):
    """How a stop or a pause came."""

    ROOM_CONTROL = "room_control"
    CARD = "card"
    OWN_PAGE = "own_page"
    STAFF = "staff"
    COVERED = BY_COVERING


@dataclass(frozen=True, slots=True)
class Reactions:
    """What follows a stop or a pause, outside this module.

    Attributes:
        within: raises check prompts for clocks that run, in the same transaction; returns how many.
        after: closes the sensor once the entry is durable; returns the token under which the stop can be followed.
        unwritten: closes the sensor although the database takes nothing; told whether the word is kept beside it.
        after_one: the same for one of a room's sensors, when the entry was for that one alone.
        release: lets a room's sensor follow the written consent again.
        follow: brings a room's sensor to what was written, where nobody asked for a stop.
    """

    within: Callable[[Tx, str], int]
    after: Callable[[str], str]
    unwritten: Callable[[str, Callable[[], bool]], str]
    after_one: Callable[[str, Modality], str]
    release: Callable[[str], None]
    follow: Callable[[str], None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A stop or a pause as it was asked for."""

    actor: Actor | None
    room_id: str
    kind: EntryKind
    via: Via
    device: str


def _told(asked: _Asked) -> dict[str, str]:
    """Return a stop as codes, for the journal."""
    actor = asked.actor
    told = {"room": asked.room_id, "kind": asked.kind.value, "via": asked.via.value, "device": asked.device[:64]}
    if actor is None:
        return told
    return told | {"actor": actor.actor_id, "role": actor.role.value, "patient": actor.patient_id or ""}


def _asked(told: Mapping[str, str]) -> _Asked:
    actor, patient = None, told.get("patient") or None
    if "actor" in told:
        actor = Actor(told["actor"], "", "", Role(told["role"]), told["room"] if patient else None, patient)
    return _Asked(actor, told["room"], EntryKind(told["kind"]), Via(told["via"]), told["device"])


class Stops:
    """What closes a sensor on a person's word."""

    def __init__(self, office: Office, roll: Roll, reactions: Reactions, journal: StopJournal) -> None:
        self._office = office
        self._roll = roll
        self._reactions = reactions
        self._journal = journal
        # What an earlier console could not enter comes first; until it is entered nothing opens in its room.
        self._unwritten: deque[_Asked] = deque(_asked(told) for told in journal.held())
        self._written_s: dict[tuple[str, EntryKind], float] = {}

    def withdraw(self, actor: Actor | None, room_id: str, *, via: Via, device: str) -> Decision:
        """Stop the sensor of a room, for anyone, at any time (rules C5, C6).

        Args:
            actor: who asks; None when nobody signed in.
            room_id: the room.
            via: how it came.
            device: pseudonym of the device it came from, for rule NA-18.

        Returns:
            Always allowed; its detail is the token under which this stop, and nothing else, can be followed.
        """
        own = is_own(actor, room_id)
        kind = EntryKind.WITHDRAWN if own else EntryKind.RELAYED_NO
        return self._stop(_Asked(actor, room_id, kind, via, _source(actor, device)))

    def pause(self, actor: Actor | None, room_id: str, *, via: Via, device: str) -> Decision:
        """Pause the sensor of a room for ten minutes, for anyone, as often as they like (rule S3)."""
        return self._stop(_Asked(actor, room_id, EntryKind.PAUSED, via, _source(actor, device)))

    def rooms_waiting(self) -> frozenset[str]:
        """Return the rooms with a word that is not entered yet."""
        return frozenset(one.room_id for one in self._unwritten)

    def retry(self) -> None:
        """Write down the stops that could not be written when they came; their rooms follow the consent again then."""
        while self._unwritten:
            try:
                self._write(self._unwritten[0])
            except StoreError:
                return
            written = self._unwritten.popleft()
            self._journal.drop(_told(written))
            if all(one.room_id != written.room_id for one in self._unwritten):
                self._reactions.release(written.room_id)

    def _stop(self, asked: _Asked) -> Decision:
        if self._roll.sheet().room(asked.room_id) is None:
            return self._office.policy.deny("C5", reason=Words("There is no such room."))
        if self._is_again(asked):
            # Pressed again and again: the sensor is closed each time, and one press is written down.
            decision = self._stop_decision(asked.kind, False, False)
            return made(decision, self._reactions.after(asked.room_id))
        try:
            decision = self._write(asked)
        except StoreError:
            # Stop is free, also when nothing can be written down (rules C5 and F36).
            if asked not in self._unwritten:
                self._unwritten.append(asked)
            decision = self._office.policy.allow(
                "C5", reason=Words("The sensor is being stopped."), obligations=(Obligation.CLOSE_SENSOR,)
            )
            # The sensor is closed first; no page says that it is written down before it is.
            return made(decision, self._reactions.unwritten(asked.room_id, lambda: self._journal.keep(_told(asked))))
        return made(decision, self._reactions.after(asked.room_id))

    def _is_again(self, asked: _Asked) -> bool:
        """Return whether a press of nobody in particular was written down for this room a moment ago, and it stands.

        At most one is written in a minute, whatever device it says it comes from: the sensor is closed by each.
        """
        if asked.actor is not None:
            return self._says_nothing_new(asked, asked.actor)
        now_s, key = self._office.clock.elapsed_s(), (asked.room_id, asked.kind)
        written_s = self._written_s.get(key)
        if written_s is not None and now_s - written_s < _AGAIN_S and self._stands(asked):
            return True
        self._written_s[key] = now_s
        return False

    def _says_nothing_new(self, asked: _Asked, actor: Actor) -> bool:
        """Return whether somebody has pressed very often about a sensor that their own words keep closed."""
        person = self._roll.sheet().people.get(asked.room_id)
        if person is None or not says_too_much(person.entries, actor.actor_id, self._office.now()):
            return False
        standing = self._roll.standing_of(person)
        return not standing.is_given and standing.trial is None

    def _stands(self, asked: _Asked) -> bool:
        """Return whether what is written already keeps the sensor closed."""
        standing = self._roll.standing(asked.room_id)
        if standing is not None and standing.trial is not None:
            # Begun after that press: it needs a word of its own to end.
            return False
        if standing is None or asked.kind is EntryKind.PAUSED:
            return standing is None or not standing.is_given
        return standing.relay_open and not standing.is_given

    def _write(self, asked: _Asked) -> Decision:
        actor, room_id = asked.actor, asked.room_id

        def work(tx: Tx) -> Done:
            person = self._roll.sheet().people.get(room_id)
            raised = self._reactions.within(tx, room_id)
            if person is not None:
                standing, details = self._roll.standing_in(tx, person), {"via": asked.via.value}
                consent_id = standing.consent_id
                write_entry(self._office, self._roll, tx, person, consent_id, asked.kind, details, actor)
            spree = self._count_device(tx, asked.device, room_id)
            decision = self._stop_decision(asked.kind, raised > 0, spree)
            subject = f"patient:{person.stay.patient_id}" if person else f"room:{room_id}"
            return Done(decision, subject, room_id, asked.via.value)

        is_pause = asked.kind is EntryKind.PAUSED
        permission = Permission.CONSENT_PAUSE if is_pause else Permission.CONSENT_STOP
        by_staff = is_pause and actor is not None and asked.via is Via.STAFF
        paused = "consent:sensor:privacy_paused" if by_staff else "consent:sensor:paused"
        action = paused if is_pause else "consent:sensor:stopped"
        return self._office.run(actor, permission, action, work, room=room_id)

    def _stop_decision(self, kind: EntryKind, raised: bool, spree: bool) -> Decision:
        obligations = [Obligation.CLOSE_SENSOR]
        obligations.append(Obligation.RAISE_CHECK_PROMPT if raised else Obligation.TELL_NURSE_SILENTLY)
        if kind is EntryKind.RELAYED_NO:
            obligations.append(Obligation.ASK_THE_PATIENT)
        if spree:
            obligations += [Obligation.GO_ROUND_AND_ASK, Obligation.TELL_NURSE_IN_CHARGE]
        rules = ("C5", "C5a" if raised else "C5b", *(("S3",) if kind is EntryKind.PAUSED else ("C6", "R3")))
        return self._office.policy.allow(
            *rules, reason=Words("The sensor is being stopped."), obligations=tuple(obligations)
        )

    def _count_device(self, tx: Tx, device: str, room_id: str) -> bool:
        """Count rooms stopped from one device (rule C5, NA-18); all of them stop."""
        policy, now = self._office.policy, self._office.now()
        consents.add_relay(tx, device, room_id, now)
        since = now - policy.duration("C5", "device_window_s")
        return consents.rooms_stopped_from(tx, device, since) >= policy.number("C5", "rooms_per_device")


def _source(actor: Actor | None, device: str) -> str:
    """Return what a stop is counted under (NA-18): all presses without a sign-in are one, whatever their cookie."""
    return device if actor is not None else ANYONE


def write_entry(
    office: Office,
    roll: Roll,
    tx: Tx,
    person: Person,
    consent_id: str,
    kind: EntryKind,
    details: Mapping[str, Any],
    actor: Actor | None,
) -> None:
    """Add one entry to a stay's history, now: nothing can be back-dated."""
    recorded_by = actor.actor_id if actor else ANYONE
    entry = ConsentEntry(
        secrets.token_hex(16), consent_id, person.stay.stay_id, office.now(), kind, details, recorded_by
    )
    consents.add_entry(tx, entry, person.stay.patient_id)
    roll.changes_with(tx)


def is_own(actor: Actor | None, room_id: str) -> bool:
    """Return whether the actor is the patient of that room."""
    return actor is not None and actor.role is Role.PATIENT and bool(room_id) and actor.room_id == room_id
