"""What those outside the ward read each month: what was eased after a yes, and who was asked, by group (C21, E2)."""

import json
from datetime import timedelta

from console.assurance.month_views import MonthView, SampleRow
from console.keeping.holds import held_now
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.groups import OwnQuestion
from console.rules.decision import Decision, Obligation
from console.rules.governing.equality import GroupQuestion, OnePerson, counts_by_group
from console.showing.views import Words
from console.store import audit_rows, consents, groups
from console.store.database import Tx

_SAMPLE = timedelta(days=31)
_COUNTED = timedelta(days=365)


class Month:
    """Reads the log and the histories for those who audit; of a person they see a pseudonym and codes."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def view(self, actor: Actor) -> MonthView | Decision:
        """Return the page; the look is an entry of its own."""
        found: list[MonthView] = []

        def work(tx: Tx) -> Done:
            found.append(self._read(tx))
            return Done(self._office.policy.allow("E2", "C21", reason=Words("You may.")))

        decision = self._office.run(actor, Permission.AUDIT, "governance:month:viewed", work)
        return found[0] if decision else decision

    def note_sample(self, actor: Actor) -> Decision:
        """Write down that the month's sample was looked at with the people concerned (rule C21)."""

        def work(_tx: Tx) -> Done:
            return Done(self._office.policy.allow("C21", reason=Words("Written down: the sample was looked at.")))

        return self._office.run(actor, Permission.DUTY_NOTE, SAMPLE_LOOKED_AT, work)

    def _read(self, tx: Tx) -> MonthView:
        policy, now = self._office.policy, self._office.now()
        rows = audit_rows.with_obligation(tx, Obligation.MONTHLY_SAMPLE.value, now - _SAMPLE)
        told = groups.every(tx)
        histories = consents.histories_since(tx, now - _COUNTED)
        everybody = [OnePerson(history, told.get(one, {})) for one, history in histories.items()]
        return MonthView(
            tuple(_sample(row) for row in rows),
            audit_rows.newest_of(tx, SAMPLE_LOOKED_AT),
            {one: counts_by_group(everybody, one, policy) for one in (*GroupQuestion, *OwnQuestion)},
            held_now(tx),
            tuple(
                _sample(row)
                for row in audit_rows.with_obligation(tx, Obligation.FLAG_TO_GOVERNANCE.value, now - _SAMPLE)
            ),
        )


SAMPLE_LOOKED_AT = "governance:sample:looked_at"


def _sample(row: audit_rows.Row) -> SampleRow:
    told = json.loads(row.entry)
    return SampleRow(row.index, row.at, row.subject, row.action, str(told["reason"]))
