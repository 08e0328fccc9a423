"""What one shift hands to the next: due, done, late, alerted, useful, dark and why, wakings; signed by name."""

import secrets
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from console.alerting.alerts import Alerts
from console.observing.check_views import DarkRow, HandoverView
from console.observing.workload import Workload
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission, Request, may
from console.rules.alerting.alerts import StepKind
from console.rules.alerting.budget import NightFigures, figures_of
from console.rules.alerting.call_tests import lines_of
from console.rules.decision import Decision
from console.rules.in_person.absence import is_on_the_ward
from console.rules.in_person.observing import Mark
from console.rules.in_person.punctuality import DoneCheck
from console.rules.in_person.turns import figures_of as figures_of_turns
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staying.roll import Roll
from console.store import alerts as called
from console.store import call_tests as tested
from console.store import observations as observed
from console.store import rounds as rows
from console.store import turns as turned
from console.store.database import Tx
from console.store.rounds import HandoverRow


class Handovers:
    """Sums up what happened since the last handover; what is signed is kept as it was."""

    def __init__(self, office: Office, roll: Roll, shifts: Shifts, alerts: Alerts, workload: Workload) -> None:
        self._office, self._roll, self._shifts = office, roll, shifts
        self._alerts, self._workload = alerts, workload

    def view(self, actor: Actor) -> HandoverView | Decision:
        """Return the summary as it stands now."""
        permitted = may(Request(actor.role, Permission.SHIFT), self._office.policy)
        return self._office.store.read(self._read) if permitted else permitted

    def sign(self, actor: Actor) -> Decision:
        """Sign it: what it says is kept with the name and the time."""

        def work(tx: Tx) -> Done:
            view, now = self._read(tx), self._office.now()
            row = HandoverRow(secrets.token_hex(16), view.from_at, view.until_at, _figures(view), now, actor.actor_id)
            rows.add_handover(tx, row)
            decision = self._office.policy.allow("O4", "A13", reason=Words("Signed. The next shift begins from here."))
            return Done(decision, f"handover:{row.handover_id}")

        return self._office.run(actor, Permission.SHIFT, "shift:handover:signed", work)

    def _read(self, tx: Tx) -> HandoverView:
        now, shift = self._office.now(), self._office.policy.duration("A6", "shift_h")
        before = rows.newest_handover(tx)
        begins = now - shift if before is None else max(before.until_at, now - shift)
        checks = rows.done_between(tx, begins, now)
        seen = [one for one in observed.since(tx, begins) if one.place]
        late = [one for one in checks if one.late_by(now) > timedelta(0)]
        figures = self._alert_figures(begins)
        by = self._shifts.account(before.signed_by) if before else None
        return HandoverView(
            begins,
            now,
            sum(is_on_the_ward(self._roll.standing_of(one)) for one in self._roll.sheet().people.values()),
            len(checks),
            len(checks) - len(late),
            sum(one.seen_at is not None for one in late),
            max((int(one.late_by(now).total_seconds() // 60) for one in late), default=0),
            sum(one.seen_at is None for one in late),
            dict(Counter(mark for one in seen for mark in one.marks if mark != Mark.LATE)),
            figures.alerts,
            figures.useful,
            figures.rated,
            figures.longest_to_door_s,
            self._dark(tx, begins),
            sum(one.woke == "yes" for one in seen),
            sum(one.engaged_min for one in seen),
            self._workload.asks(),
            self._late_rooms(late),
            before.signed_at if before else None,
            by.display_name if by else "",
            self._called_now(),
            self._tests(tx, begins),
            figures_of_turns(turned.since(tx, begins)),
        )

    def _alert_figures(self, begins: datetime) -> NightFigures:
        known = [one for one in self._alerts.book.known() if one.alert.raised_at >= begins]
        reached = {
            one.alert.alert_id: step.at
            for one in known
            for step in reversed(one.steps)
            if step.kind is StepKind.ARRIVED
        }
        return figures_of([(one.alert, one.progress) for one in known], reached, len(self._roll.sheet().people))

    def _tests(self, tx: Tx, begins: datetime) -> tuple[Words, ...]:
        titles = {one.room_id: one.title for one in self._roll.sheet().rooms}
        now, policy = self._office.now(), self._office.policy
        return tuple(line for one in tested.since(tx, begins) for line in lines_of(one, titles, now, policy))

    def _called_now(self) -> tuple[str, ...]:
        called = {one.alert.room_id for one in self._alerts.book.open()}
        return tuple(one.title for one in self._roll.sheet().rooms if one.room_id in called)

    def _dark(self, tx: Tx, begins: datetime) -> tuple[DarkRow, ...]:
        titles = {one.room_id: one.title for one in self._roll.sheet().rooms}
        return tuple(
            DarkRow(tuple(titles.get(one, one) for one in row.rooms), row.cause, row.raised_at, resolved_at)
            for row, resolved_at in called.technical_since(tx, begins)
            if any(one in titles for one in row.rooms)
        )

    def _late_rooms(self, late: Sequence[DoneCheck]) -> tuple[tuple[str, int], ...]:
        sheet = self._roll.sheet()
        count = Counter(one.stay_id for one in late)
        titles = {one.room_id: one.title for one in sheet.rooms}
        found = []
        for stay_id, times in count.most_common():
            person = sheet.stay(stay_id)
            if person is not None:
                found.append((titles.get(person.stay.room_id, person.stay.room_id), times))
        return tuple(found)


def _figures(view: HandoverView) -> dict[str, object]:
    """Return what is kept of it: counts, and no room."""
    return {
        "people": view.people,
        "due": view.due,
        "on_time": view.on_time,
        "late": view.late,
        "most_late_min": view.most_late_min,
        "not_made": view.not_made,
        "marks": dict(view.unproven),
        "alerts": view.alerts,
        "useful": view.useful,
        "rated": view.rated,
        "dark": len(view.dark),
        "wakings": view.wakings,
        "engaged_min": view.engaged_min,
        "load_asks": len(view.asks),
        "turns_handed_over": view.turns.handed_over,
        "turns_alone": view.turns.alone,
        "turn_gaps": view.turns.gaps,
        "turn_gap_s": view.turns.gap_s,
    }
