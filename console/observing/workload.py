"""What a shift asks of its people, told before it begins, and who answers for it when it cannot be done (rule O5)."""

import secrets
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from math import isfinite

import structlog

from console.errors import StoreError
from console.observing.check_views import AskView, LoadView
from console.observing.observation_plans import ObservationPlans
from console.observing.rounds import Rounds
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission, Request, may
from console.rules.alerting.ladder import WARD_STAFF
from console.rules.alerting.shifts import Post
from console.rules.decision import Decision
from console.rules.in_person.absence import is_on_the_ward
from console.rules.in_person.levels import Level
from console.rules.in_person.load import Load, LoadAnswer, LoadColour, load_of, may_answer, measured_minutes
from console.rules.in_person.rounds import CheckState
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staying.roll import Roll
from console.store import observations as observed
from console.store import rounds as rows
from console.store.database import Tx
from console.store.rounds import LoadAsk

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("workload")
_EVERY_S = 30.0
_MEASURE_EVERY_S = 3600.0
_MEASURED = timedelta(days=7)
_MOST_PEOPLE = 60


_TOO_LATE = Words("Nobody answers for the red load of {at}: ring the executive on call. Walk the longest unseen first.")


class Workload:
    """Counts a shift's checks against its people, and asks the manager on call when they cannot be done."""

    def __init__(self, office: Office, roll: Roll, plans: ObservationPlans, rounds: Rounds, shifts: Shifts) -> None:
        self._office, self._roll, self._plans, self._rounds, self._shifts = office, roll, plans, rounds, shifts
        self._minutes = office.policy.number("O5", "minutes_per_check")
        self._stepped_s = self._measured_s = float("-inf")
        self._asks: list[LoadAsk] = []
        self._told: int | None = None

    def view(self, actor: Actor) -> LoadView | Decision:
        """Return the load strip, to whoever works on the ward or answers for it."""
        permitted = may(Request(actor.role, Permission.SHIFT), self._office.policy)
        if not permitted:
            return permitted
        self._read()
        titles = {one.room_id: one.title for one in self._roll.sheet().rooms}
        now = self._office.now()
        overdue = [one for one in self._rounds.open() if one.state(now) is CheckState.OVERDUE]
        cannot = sorted((one.latest_at, titles.get(one.room_id, one.room_id)) for one in overdue)
        return LoadView(
            self.load(),
            Counter(self._levels()),
            self._told,
            tuple((title, at) for at, title in cannot),
            self._ask_view(self._asks[0]) if self._asks else None,
            bool(may(Request(actor.role, Permission.LOAD_ANSWER), self._office.policy)),
        )

    def load(self) -> Load:
        """Return the load of the shift as it is planned, or as it is staffed where nobody planned it."""
        return load_of(self._levels(), self._staff(), self._minutes, self._office.policy)

    def asks(self) -> tuple[AskView, ...]:
        """Return what the manager on call was asked in this shift, newest first."""
        return tuple(self._ask_view(one) for one in self._asks)

    def unanswered(self) -> LoadAsk | None:
        """Return a red load that nobody answers for; None when there is none."""
        return next((one for one in self._asks if one.answered_at is None), None)

    def notice(self) -> Words | None:
        """Return the line for the board while a red load stands unanswered; None otherwise."""
        ask = self.unanswered()
        if ask is None:
            return None
        if self._is_too_late(ask):
            return Words(_TOO_LATE.text, {"at": ask.asked_at})
        return Words("Load red: the manager on call was asked at {at} for one answer.", {"at": ask.asked_at})

    def plan_people(self, actor: Actor, people: int) -> Decision:
        """Write down how many people the coming shift has for its checks and its continuous observations."""

        def work(tx: Tx) -> Done:
            if not 0 <= people <= _MOST_PEOPLE:
                return Done(self._office.policy.deny("O5", reason=Words("Say how many people are on the shift.")))
            rows.add_roster(tx, people, self._office.now(), actor.actor_id)
            tx.on_commit(lambda: setattr(self, "_stepped_s", float("-inf")))
            return Done(self._office.policy.allow("O5", reason=Words("Written down.")), reason=f"people_{people}")

        decision = self._office.run(actor, Permission.SHIFT, "shift:people:planned", work)
        if decision:
            self.step()
        return decision

    def answer(self, actor: Actor, answer: str, clinician: str, until: datetime | None) -> Decision:
        """Answer for a red load in one's own name: for the manager on call, and never for the nurse."""

        def work(tx: Tx) -> Done:
            now, policy = self._office.now(), self._office.policy
            ask, decision = self.unanswered(), may_answer(answer, clinician, until, now, policy)
            if ask is None:
                return Done(policy.deny("O5", reason=Words("Nothing waits for an answer.")))
            if not decision:
                return Done(decision, f"load:{ask.ask_id}")
            told = replace(
                ask,
                answered_at=now,
                answered_by=actor.actor_id,
                answer=LoadAnswer(answer),
                clinician=clinician.strip(),
                until_at=until if answer == LoadAnswer.ACCEPTED else None,
            )
            if not rows.answer_ask(tx, told):
                return Done(policy.deny("O5", reason=Words("Somebody has answered already.")), f"load:{ask.ask_id}")
            tx.on_commit(lambda: setattr(self, "_stepped_s", float("-inf")))
            return Done(decision, f"load:{ask.ask_id}", reason=answer)

        decision = self._office.run(actor, Permission.LOAD_ANSWER, "shift:load:answered", work)
        if decision:
            self.step()
        return decision

    def step(self) -> None:
        """Look at the load now and then, and ask the manager on call once for each red one."""
        now_s = self._office.clock.elapsed_s()
        if now_s - self._stepped_s < _EVERY_S:
            return
        self._stepped_s = now_s
        if not self._read():
            return
        load = self.load()
        if load.colour is LoadColour.RED and not any(self._covers(one, load) for one in self._asks):
            self._ask(load)

    def _ask(self, load: Load) -> None:
        ask = LoadAsk(secrets.token_hex(16), self._office.now(), load.checks_per_h, load.people)
        decision = self._office.policy.allow("O5", reason=Words("The manager on call is asked for one answer."))

        def within(tx: Tx) -> None:
            rows.add_ask(tx, ask)
            worse = max(load.percent, load.percent_on_break)
            percent = f"percent_{worse:.0f}" if isfinite(worse) else "nobody"
            self._office.record(tx, _SYSTEM, "shift:load:asked", Done(decision, f"load:{ask.ask_id}", reason=percent))

        try:
            self._office.store.write(within)
        except StoreError as error:
            _log.error("load_not_asked", error=type(error).__name__)
            return
        self._asks.insert(0, ask)

    def _covers(self, ask: LoadAsk, load: Load) -> bool:
        """Return whether a load was asked about already, and what was answered still stands."""
        if ask.answered_at is None:
            return True
        is_worse = load.checks_per_h > ask.checks_per_h or load.people < ask.people
        is_over = ask.until_at is not None and self._office.now() >= ask.until_at
        return not is_worse and not is_over

    def _levels(self) -> list[Level]:
        sheet, plans = self._roll.sheet(), self._plans.all()
        here = (one for one in sheet.people.values() if is_on_the_ward(self._roll.standing_of(one)))
        found = (plans.get(one.stay.stay_id) for one in here)
        return [one.level for one in found if one is not None]

    def _staff(self) -> int:
        """Return how many people there are: those told for the shift, or those who are signed on and not away."""
        if self._told is not None:
            return self._told
        people = (one for one in self._shifts.people() if one.role in WARD_STAFF)
        return sum(one.post in (Post.FREE, Post.ONE_TO_ONE) for one in people)

    def _read(self) -> bool:
        now, shift = self._office.now(), self._office.policy.duration("A6", "shift_h")
        try:
            self._asks, self._told = self._office.store.read(
                lambda tx: (rows.asks_since(tx, now - shift), rows.newest_roster(tx, now - shift))
            )
            self._measure()
        except StoreError as error:
            _log.error("load_not_read", error=type(error).__name__)
            return False
        return True

    def _measure(self) -> None:
        """Take the time of a check from the last week's walks, now and then."""
        now_s, now = self._office.clock.elapsed_s(), self._office.now()
        if now_s - self._measured_s < _MEASURE_EVERY_S:
            return
        walks: dict[str, list[datetime]] = {}
        for one in self._office.store.read(lambda tx: observed.since(tx, now - _MEASURED)):
            if one.place_proven:
                walks.setdefault(one.actor_id, []).append(one.there_at)
        self._minutes = measured_minutes(walks.values(), self._office.policy)
        self._measured_s = now_s

    def _is_too_late(self, ask: LoadAsk) -> bool:
        waited = self._office.now() - ask.asked_at
        return ask.answered_at is None and waited > self._office.policy.duration("O5", "answer_within_min")

    def _ask_view(self, ask: LoadAsk) -> AskView:
        who = self._shifts.account(ask.answered_by) if ask.answered_by else None
        name = who.display_name if who else ""
        return AskView(
            ask.asked_at, ask.answer, ask.answered_at, name, ask.clinician, ask.until_at, self._is_too_late(ask)
        )
