"""Figures of a month for an evaluation: the audit's own, without persons, with how whole they are in each file (G10).

Nothing of one person leaves: what stands for too few is not shown, as in the month's audit (rule E2), so nobody's own
yes is needed for it. Figures of single people would be another purpose (rule P7), and no export makes them.
"""

import csv
import io
from datetime import date

from console.assurance.duties import subject_of
from console.assurance.pack import figures_of
from console.assurance.pack_csv import csv_of
from console.assurance.packs import DAMAGED, pack_in
from console.errors import FiguresDamaged
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.decision import Decision
from console.rules.governing.evaluating import Wholeness, may_export
from console.rules.governing.freezing import bounds, days_of
from console.showing.views import Words
from console.store import assurance as rows
from console.store.audit_rows import newest_rows
from console.store.database import Tx

EXPORTED = "governance:evaluation:exported"


class Evaluation:
    """Makes the export; each one, and each refusal, is an entry of the log."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def export(self, actor: Actor, month: str) -> tuple[Decision, bytes]:
        """Return a month's figures as CSV, with their wholeness in its first lines; empty when it is refused."""
        made: list[bytes] = []

        def work(tx: Tx) -> Done:
            office = self._office
            try:
                days = days_of(month)
            except ValueError:
                return Done(office.policy.deny("G10", reason=Words("There is no such month with frozen figures.")))
            plan = newest_rows(tx, limit=1, subject=subject_of("G10"))
            try:
                whole = self._wholeness(tx, days)
                decision = may_export(plan[0].at if plan else None, whole, office.now(), office.policy)
                if decision:
                    made.append(_headed(whole, csv_of(pack_in(tx, office.site, office.ward, month))))
            except FiguresDamaged:
                return Done(office.policy.deny("G10", reason=DAMAGED))
            return Done(decision, reason=f"month_{month.replace('-', '_')}_share_{whole.share_pct}")

        decision = self._office.run(actor, Permission.PACK_SIGN, EXPORTED, work)
        return decision, made[0] if decision and made else b""

    def _wholeness(self, tx: Tx, days: tuple[date, ...]) -> Wholeness:
        """Count who stayed at the end of each day that is over, and who of them stands in that day's figures."""
        office, nights, counted = self._office, 0, 0
        kept = rows.days_between(tx, days[0], days[-1])
        frozen = {one.day: told["people"] for one, told in zip(kept, figures_of(kept), strict=True)}
        over = [one for one in days if bounds(one, office.zone)[1] <= office.now()]
        for day in over:
            there = len(rows.stays_at(tx, bounds(day, office.zone)[1]))
            nights += there
            counted += min(there, sum(frozen.get(day, {}).values()))
        return Wholeness(len(over), sum(day in frozen for day in over), nights, counted)


def _headed(whole: Wholeness, table: bytes) -> bytes:
    told = io.StringIO(newline="")
    lines = csv.writer(told)
    lines.writerow(("wholeness", "of", "with figures"))
    lines.writerow(("days", whole.days, whole.days_with))
    lines.writerow(("patient-nights", whole.nights, whole.nights_with))
    return told.getvalue().encode() + table
