"""Stop and pause: free, for anyone, at any time, also when nothing can be written down (C5, C5a, C5b, C6, S3)."""

import secrets
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from console.errors import StoreFault, StoreFull
from console.office import ANYONE, Done, Office
from console.roles import Actor, Role
from console.roll import Person, Roll
from console.rules.access import Permission
from console.rules.consent import ConsentEntry, EntryKind
from console.rules.decision import Decision, Obligation
from console.rules.policy import made
from console.store import consents
from console.store.database import Tx
from console.views import Words

_UNWRITABLE = (StoreFull, StoreFault)
_AGAIN_S = 60.0
_MOST_PRESSED = 1000


class Via(StrEnum):
    """How a stop or a pause came."""

    ROOM_CONTROL = "room_control"
    CARD = "card"
    OWN_PAGE = "own_page"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Reactions:
    """What follows a stop or a pause, outside this module.

    Attributes:
        within: raises check prompts for clocks that run, in the same transaction; returns how many.
        after: closes the sensor once the entry is durable; returns the token under which the stop can be followed.
        unwritten: closes the sensor although nothing can be written; returns the same.
        release: lets a room's sensor follow the written consent again.
        follow: brings a room's sensor to what was written, where nobody asked for a stop.
    """

    within: Callable[[Tx, str], int]
    after: Callable[[str], str]
    unwritten: Callable[[str], str]
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


class Stops:
    """What closes a sensor on a person's word."""

    def __init__(self, office: Office, roll: Roll, reactions: Reactions) -> None:
        self._office = office
        self._roll = roll
        self._reactions = reactions
        self._unwritten: deque[_Asked] = deque()
        self._pressed_s: OrderedDict[tuple[str, str], float] = OrderedDict()

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
        return self._stop(_Asked(actor, room_id, kind, via, device))

    def pause(self, actor: Actor | None, room_id: str, *, via: Via, device: str) -> Decision:
        """Pause the sensor of a room for ten minutes, for anyone, as often as they like (rule S3)."""
        return self._stop(_Asked(actor, room_id, EntryKind.PAUSED, via, device))

    def retry(self) -> None:
        """Write down the stops that could not be written when they came; their rooms follow the consent again then."""
        while self._unwritten:
            try:
                self._write(self._unwritten[0])
            except _UNWRITABLE:
                return
            written = self._unwritten.popleft()
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
        except _UNWRITABLE:
            # Stop is free, also when nothing can be written down (rules C5 and F36).
            self._unwritten.append(asked)
            decision = self._office.policy.allow(
                "C5", reason=Words("The sensor is being stopped."), obligations=(Obligation.CLOSE_SENSOR,)
            )
            return made(decision, self._reactions.unwritten(asked.room_id))
        return made(decision, self._reactions.after(asked.room_id))

    def _is_again(self, asked: _Asked) -> bool:
        """Return whether nobody in particular pressed stop here, from this device, a moment ago, and it stands."""
        if asked.kind is not EntryKind.RELAYED_NO or asked.actor is not None:
            return False
        now_s, key = self._office.clock.elapsed_s(), (asked.room_id, asked.device)
        before_s = self._pressed_s.pop(key, None)
        self._pressed_s[key] = now_s
        while len(self._pressed_s) > _MOST_PRESSED:
            self._pressed_s.popitem(last=False)
        standing = self._roll.standing(asked.room_id)
        stands = standing is None or (standing.relay_open and not standing.is_given)
        return stands and before_s is not None and now_s - before_s < _AGAIN_S

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
        action = "consent:sensor:paused" if is_pause else "consent:sensor:stopped"
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
