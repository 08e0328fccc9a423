"""Who stays with each person that is never left alone: presses of two at the door, and what is said of a gap (O3)."""

import threading
from collections.abc import Iterable, Iterator
from datetime import datetime

from console.alerting.alert_views import CallView
from console.keys.door_tags import DoorTags
from console.observing.check_views import TurnView
from console.observing.observation_plans import ObservationPlans
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.alerting.corridor import Level as Loudness
from console.rules.alerting.shifts import Post
from console.rules.consenting.consent import EntryKind
from console.rules.decision import Decision, Obligation
from console.rules.in_person.absence import is_on_the_ward
from console.rules.in_person.levels import CONTINUOUS
from console.rules.in_person.turns import Offer, Pressed, Turn, TurnKind, Watch, decide_turn, is_long, lasts, watch_of
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staying.roll import Person, Roll
from console.store import turns as rows
from console.store.database import Tx


class Turns:
    """Keeps who stays with whom, in memory as well: the board says it without the disk."""

    def __init__(self, office: Office, roll: Roll, plans: ObservationPlans, shifts: Shifts, tags: DoorTags) -> None:
        self._office, self._roll, self._plans, self._shifts, self._tags = office, roll, plans, shifts, tags
        self._lock = threading.Lock()
        self._newest = office.store.read(rows.newest)
        self._offers: dict[str, Offer] = {}

    def press(self, actor: Actor, room_id: str, code: str) -> Decision:
        """Say at the door that one is with somebody from now on, or hands over to whoever stands beside one.

        The two presses of a hand-over come from two people; which of them hands over is known from who stays there.
        """

        def work(tx: Tx) -> Done:
            person, policy, now = self._never_left(room_id), self._office.policy, self._office.now()
            if person is None:
                return Done(policy.deny("O3", reason=_NOBODY), room=self._known(room_id))
            is_proven = bool(code) and self._tags.proves(room_id, code, policy, now)
            stay_id = person.stay.stay_id
            others = [(one, watch) for _, one, watch in self._standing() if one.stay.stay_id != stay_id]
            elsewhere = {watch.with_id for _, watch in others if watch.with_id}
            with self._lock:
                pressed = decide_turn(
                    actor.actor_id,
                    self._watch(person),
                    self._offer(stay_id, now),
                    now,
                    policy,
                    is_proven=is_proven,
                    elsewhere=elsewhere,
                )
            if pressed.kind is not None:
                self._keep(tx, person, pressed, now, is_proven=is_proven)
                self._leave_others(
                    tx, [one for one, watch in others if watch.with_id == pressed.taker_id], pressed, now
                )
            elif pressed.decision:
                # The other half may come in the same moment.
                tx.decide_nothing_before()
                tx.on_commit(lambda: self._wait(stay_id, Offer(actor.actor_id, now)))
            return Done(pressed.decision, f"patient:{person.stay.patient_id}", room_id, pressed.kind or "asked")

        decision = self._office.run(actor, Permission.OBSERVE, "observation:turn:pressed", work, room=room_id)
        if decision:
            self._follow(actor, room_id)
        return decision

    def leave(self, actor: Actor, room_id: str) -> Decision:
        """Say that one has to go and nobody is there: it calls every device of the ward until somebody is."""

        def work(tx: Tx) -> Done:
            person, policy, now = self._never_left(room_id), self._office.policy, self._office.now()
            if person is None or self._watch(person).with_id != actor.actor_id:
                return Done(policy.deny("O3", reason=Words("You are not written down as being with them.")))
            self._add(tx, Turn(person.stay.stay_id, room_id, TurnKind.LEFT, now, actor.actor_id, actor.actor_id))
            words = Words("Go. Everybody is called to them now, and the gap is counted.")
            decision = policy.allow("O3", reason=words, obligations=(Obligation.TELL_NURSE_IN_CHARGE,))
            return Done(decision, f"patient:{person.stay.patient_id}", room_id, TurnKind.LEFT)

        decision = self._office.run(actor, Permission.OBSERVE, "observation:turn:left", work, room=room_id)
        if decision:
            self._shifts.change_post(actor, Post.FREE)
        return decision

    def keeps(self, actor: Actor) -> Decision | None:
        """Return why somebody cannot end their shift yet; None when they are with nobody."""
        rooms = [title for title, _, watch in self._standing() if watch.with_id == actor.actor_id]
        if not rooms:
            return None
        words = Words("{room}: hand over at the door first, or say that you must go.", {"room": rooms[0]})
        return self._office.policy.deny("O3", reason=words)

    def view(self) -> tuple[TurnView, ...]:
        """Return how it stands beside each person who is never left, in ward order."""
        now, policy = self._office.now(), self._office.policy
        return tuple(
            TurnView(
                person.stay.room_id,
                title,
                person.initials,
                self._shifts.initials(watch.with_id) if watch.with_id else "",
                watch.with_id,
                watch.since,
                self._shifts.initials(offer.actor_id) if offer else "",
                is_long(watch, now, policy),
            )
            for title, person, watch in self._standing()
            for offer in (self._offer(person.stay.stay_id, now),)
        )

    def calls(self) -> tuple[CallView, ...]:
        """Return a call for each person who was left, until somebody is with them."""
        return tuple(
            CallView(
                f"left {person.stay.stay_id} {watch.since}",
                Words("NOBODY IS WITH THEM · go to {room}", {"room": title}),
                Loudness.MEDIUM,
                path=f"/turns/{person.stay.room_id}",
            )
            for title, person, watch in self._standing()
            if not watch.with_id and self._was_left(person)
        )

    def notices(self) -> tuple[Words, ...]:
        """Return silent lines: nobody is written down, or somebody is to be relieved."""
        now, policy = self._office.now(), self._office.policy
        found = []
        for title, person, watch in self._standing():
            told: dict[str, str | datetime] = {"room": title, "since": watch.since}
            if not watch.with_id and not self._was_left(person):
                found.append(Words("{room}: nobody is written down as being with them since {since}.", told))
            elif is_long(watch, now, policy):
                told["who"] = self._shifts.initials(watch.with_id)
                found.append(Words("{room}: {who} has been with them since {since}. Relieve them.", told))
        return tuple(found)

    def _standing(self) -> Iterator[tuple[str, Person, Watch]]:
        sheet = self._roll.sheet()
        for room in sheet.rooms:
            person = self._never_left(room.room_id)
            if person is not None:
                yield room.title, person, self._watch(person)

    def _never_left(self, room_id: str) -> Person | None:
        person = self._roll.sheet().people.get(room_id)
        plan = self._plans.of(person.stay.stay_id) if person else None
        if person is None or plan is None or plan.level not in CONTINUOUS:
            return None
        return person if is_on_the_ward(self._roll.standing_of(person)) else None

    def _watch(self, person: Person) -> Watch:
        plan, newest = self._plans.of(person.stay.stay_id), self._newest.get(person.stay.stay_id)
        back = [one.at for one in person.entries if one.kind is EntryKind.RETURNED]
        since = max((one for one in (plan.set_at if plan else None, *back[-1:]) if one), default=self._office.now())
        return watch_of([newest] if newest else [], since)

    def _was_left(self, person: Person) -> bool:
        newest = self._newest.get(person.stay.stay_id)
        return newest is not None and newest.kind is TurnKind.LEFT and self._watch(person).since == newest.at

    def _offer(self, stay_id: str, now: datetime) -> Offer | None:
        offer = self._offers.get(stay_id)
        return offer if offer is not None and lasts(offer, now, self._office.policy) else None

    def _keep(self, tx: Tx, person: Person, pressed: Pressed, now: datetime, *, is_proven: bool) -> None:
        kind = pressed.kind or TurnKind.TAKEN
        stay = person.stay
        self._add(
            tx,
            Turn(stay.stay_id, stay.room_id, kind, now, pressed.taker_id, pressed.giver_id, is_proven, pressed.gap_s),
        )

    def _leave_others(self, tx: Tx, left: Iterable[Person], pressed: Pressed, now: datetime) -> None:
        """Say of those whom somebody went away from, to come here, that nobody is with them: it calls everybody."""
        for one in left:
            stay, who = one.stay, pressed.taker_id
            self._add(tx, Turn(stay.stay_id, stay.room_id, TurnKind.LEFT, now, who, who))

    def _add(self, tx: Tx, turn: Turn) -> None:
        tx.decide_nothing_before()
        rows.add(tx, turn)
        tx.on_commit(lambda: self._added(turn))

    def _added(self, turn: Turn) -> None:
        with self._lock:
            self._newest[turn.stay_id] = turn
            self._offers.pop(turn.stay_id, None)

    def _wait(self, stay_id: str, offer: Offer) -> None:
        """Keep the first half of a hand-over; a second press of the same person does not begin it anew."""
        with self._lock:
            before = self._offers.get(stay_id)
            if before is None or before.actor_id != offer.actor_id or not lasts(before, offer.at, self._office.policy):
                self._offers[stay_id] = offer

    def _follow(self, actor: Actor, room_id: str) -> None:
        """Let the ladder know who cannot be called away: whoever is with somebody, and not who was."""
        person = self._never_left(room_id)
        newest = self._newest.get(person.stay.stay_id) if person else None
        if newest is None or actor.actor_id not in (newest.actor_id, newest.giver_id):
            return
        people: dict[str, Post] = {newest.giver_id: Post.FREE, newest.actor_id: Post.ONE_TO_ONE}
        for actor_id, post in people.items():
            account = self._shifts.account(actor_id) if actor_id else None
            known = {one.actor_id: one.post for one in self._shifts.people()}
            if account is not None and known.get(actor_id) not in (None, post):
                self._shifts.change_post(account, post)

    def _known(self, room_id: str) -> str:
        return room_id if self._roll.sheet().room(room_id) else ""


_NOBODY = Words("Nobody there is to be with somebody all the time. Look at their level.")
