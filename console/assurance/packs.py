"""The month's audit: built in one press, signed, escalated when nobody signs, and visited where it stands out (G1)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog

from console.assurance.duties import subject_of
from console.assurance.pack import Pack, figures_of, pack_of
from console.assurance.sections import yes_share_pct
from console.assurance.views import MonthRow, PackView
from console.errors import FiguresDamaged, StoreError
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.decision import Decision, Obligation
from console.rules.governing.assurance_kinds import Kept
from console.rules.governing.freezing import days_of, frozen_at, is_overdue, month_of
from console.rules.governing.listening import COMPARED_MONTHS, VisitReason, may_note_visit, visit_reason
from console.rules.policy import Policy
from console.showing.views import Words
from console.store import assurance as rows
from console.store.assurance import KeptRow
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("assurance")
_SHOWN_MONTHS = 15
DAMAGED = Words(
    "The figures of a day are not those that were frozen. Nothing is built from them: compare with the log."
)
_NO_MONTH = Words("There is no such month with frozen figures.")


class Packs:
    """The audits of every month."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def months(self, actor: Actor) -> tuple[MonthRow, ...] | Decision:
        """Return where each month stands, newest first."""
        found: list[MonthRow] = []

        def work(tx: Tx) -> Done:
            found.extend(self._months(tx))
            return Done(self._yes(Words("You may.")))

        decision = self._office.run(actor, Permission.AUDIT, "governance:packs:viewed", work)
        return tuple(found) if decision else decision

    def view(self, actor: Actor, month: str) -> PackView | Decision:
        """Return a month's audit, built anew from the frozen figures; the look is an entry with its hash."""
        found: list[PackView] = []

        def work(tx: Tx) -> Done:
            view = self._view(tx, month)
            if isinstance(view, Decision):
                return Done(view)
            found.append(view)
            return _done(self._yes(Words("You may.")), month, view.pack)

        decision = self._office.run(actor, Permission.AUDIT, "governance:pack:viewed", work)
        return found[0] if decision else decision

    def build(self, actor: Actor, month: str) -> Decision:
        """Build a month's audit and write its hash into the log."""

        def work(tx: Tx) -> Done:
            view = self._view(tx, month)
            if isinstance(view, Decision):
                return Done(view)
            self._keep(tx, Kept.PACK_BUILT, month, actor, digest=view.pack.digest)
            asked = (Obligation.LISTENING_VISIT,) if view.row.visit is not None else ()
            words = Words("Built. Its SHA-256 stands in the log.")
            return _done(self._office.policy.allow("G1", reason=words, obligations=asked), month, view.pack)

        return self._office.run(actor, Permission.PACK_SIGN, "governance:pack:built", work)

    def sign(self, actor: Actor, month: str, digest: str) -> Decision:
        """Sign a month's audit: the one that was read, and only when the month is whole.

        Args:
            actor: the governance lead.
            month: such as 2026-10.
            digest: of the audit that they read.
        """

        def work(tx: Tx) -> Done:
            view, policy = self._view(tx, month), self._office.policy
            if isinstance(view, Decision):
                return Done(view)
            if not view.row.is_whole:
                words = Words("The month is not over: its last day is frozen at noon of the next.")
                return Done(policy.deny("G1", reason=words))
            if digest != view.pack.digest:
                words = Words("These are not the figures that you read. Open the audit again.")
                return Done(policy.deny("G1", reason=words))
            if view.row.signed_digest == digest:
                return Done(policy.deny("G1", reason=Words("It is signed already.")))
            self._keep(tx, Kept.PACK_SIGNED, month, actor, digest=digest)
            signed = self._yes(Words("Signed. The ward's public page shows it now."))
            # The list of what is due knows of it too.
            self._office.record(tx, actor, "duty:record:made", Done(signed, subject_of("G1")))
            return _done(signed, month, view.pack)

        return self._office.run(actor, Permission.PACK_SIGN, "governance:pack:signed", work)

    def note_visit(self, actor: Actor, month: str, heard: int) -> Decision:
        """Write down that the patients' panel came to listen."""

        def work(tx: Tx) -> Done:
            is_known = any(one.month == month for one in self._months(tx))
            decision = may_note_visit(heard, is_asked_for=is_known, policy=self._office.policy)
            if decision:
                self._keep(tx, Kept.LISTENING_VISIT, month, actor, heard=heard)
            return Done(decision, reason=_code(month) if decision else "")

        return self._office.run(actor, Permission.PANEL_NOTE, "governance:visit:noted", work)

    def step(self) -> None:
        """Escalate each month that nobody has signed in time, once (rule G1)."""
        try:
            late = [one.month for one in self._office.store.read(self._months) if one.is_overdue]
            told = {
                one.details["month"] for one in self._office.store.read(lambda tx: rows.kept(tx, Kept.PACK_OVERDUE))
            }
            for month in sorted(set(late) - told):
                self._escalate(month)
        except StoreError as error:
            _log.error("month_not_escalated", error=type(error).__name__)

    def newest_signed(self, tx: Tx) -> tuple[str, Sequence[dict[str, Any]]] | None:
        """Return the newest month whose signed audit the frozen days still make, with its figures; None without one."""
        for one in reversed(rows.kept(tx, Kept.PACK_SIGNED)):
            month = str(one.details["month"])
            try:
                if pack_in(tx, self._office.site, self._office.ward, month).digest == one.details["digest"]:
                    return month, _figures(tx, month)
            except FiguresDamaged:
                # What was changed since it was signed is not shown; the audit's own page says so.
                continue
        return None

    def _escalate(self, month: str) -> None:
        office = self._office
        words = Words("Nobody has signed this month's audit in time: the executive is told.")
        decision = office.policy.allow("G1", reason=words, obligations=(Obligation.TELL_EXECUTIVE,))

        def write(tx: Tx) -> None:
            self._keep(tx, Kept.PACK_OVERDUE, month, _SYSTEM)
            office.record(tx, _SYSTEM, "governance:pack:overdue", Done(decision, reason=_code(month)))

        office.store.write(write)

    def _months(self, tx: Tx) -> tuple[MonthRow, ...]:
        months = sorted({month_of(day) for day in rows.frozen_days(tx)})
        shown = months[-_SHOWN_MONTHS:]
        shares = {month: _share(tx, month) for month in months[-_SHOWN_MONTHS - COMPARED_MONTHS :]}
        kept = rows.kept(tx, Kept.PACK_BUILT, Kept.PACK_SIGNED, Kept.LISTENING_VISIT)
        return tuple(self._row(tx, month, shares, kept) for month in reversed(shown))

    def _row(self, tx: Tx, month: str, shares: dict[str, float | None], kept: Sequence[KeptRow]) -> MonthRow:
        policy, zone, now = self._office.policy, self._office.zone, self._office.now()
        days = days_of(month)
        frozen = rows.days_between(tx, days[0], days[-1])
        mine = {one.kind: one for one in kept if one.details["month"] == month}
        built, signed = mine.get(Kept.PACK_BUILT), mine.get(Kept.PACK_SIGNED)
        visited = mine.get(Kept.LISTENING_VISIT)
        is_whole = bool(frozen) and frozen[-1].day == days[-1]
        return MonthRow(
            month,
            len(frozen),
            len(days),
            is_whole,
            built.details["digest"] if built else "",
            signed.at if signed else None,
            signed.details["digest"] if signed else "",
            frozen_at(days[-1], policy, zone) + policy.duration("G1", "sign_within_d"),
            signed is None and is_overdue(month, now, policy, zone),
            _visit(month, shares, policy) if is_whole else None,
            visited.at if visited else None,
        )

    def _view(self, tx: Tx, month: str) -> PackView | Decision:
        office, row = self._office, next((one for one in self._months(tx) if one.month == month), None)
        if row is None:
            return office.policy.deny("G1", reason=_NO_MONTH)
        try:
            return PackView(pack_in(tx, office.site, office.ward, month), row)
        except FiguresDamaged:
            return office.policy.deny("G1", reason=DAMAGED)

    def _keep(self, tx: Tx, kind: Kept, month: str, actor: Actor, **told: object) -> None:
        rows.keep(tx, KeptRow(kind, self._office.now(), {"month": month, **told}, actor.actor_id))

    def _yes(self, words: Words) -> Decision:
        return self._office.policy.allow("G1", reason=words)


def pack_in(tx: Tx, site: str, ward: str, month: str) -> Pack:
    """Build a month's audit from the frozen days of a database.

    Raises:
        ValueError: the month is not written as 2026-10.
        FiguresDamaged: a day's figures are not those that were frozen.
    """
    days = days_of(month)
    return pack_of(site, ward, month, rows.days_between(tx, days[0], days[-1]))


def was_logged(tx: Tx, digest: str) -> datetime | None:
    """Return when an audit of this hash was first built; None when never."""
    built = [one for one in rows.kept(tx, Kept.PACK_BUILT) if one.details["digest"] == digest]
    return built[0].at if built else None


def _figures(tx: Tx, month: str) -> list[dict[str, Any]]:
    days = days_of(month)
    return figures_of(rows.days_between(tx, days[0], days[-1]))


def _share(tx: Tx, month: str) -> float | None:
    try:
        return yes_share_pct(_figures(tx, month))
    except FiguresDamaged:
        return None


def _visit(month: str, shares: dict[str, float | None], policy: Policy) -> VisitReason | None:
    before = [share for one, share in shares.items() if one < month and share is not None]
    return visit_reason(shares[month], before, policy)


def _done(decision: Decision, month: str, pack: Pack) -> Done:
    return Done(decision, reason=_code(month), text_digest=pack.digest)


def _code(month: str) -> str:
    return f"month_{month.replace('-', '_')}"
