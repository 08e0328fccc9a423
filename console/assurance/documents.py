"""Keeps the review dates of DPIA, EQIA, safety case and rule book; tells in time, and refuses when one lapsed (G2)."""

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

import structlog

from console.assurance.off_words import NO_DPIA
from console.assurance.views import DocumentRow
from console.errors import StoreError
from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.consenting.leasing import KeptOff
from console.rules.decision import Decision, Obligation
from console.rules.governing.assurance_kinds import Kept
from console.rules.governing.documents import (
    NAMES,
    Document,
    DocumentKind,
    Notice,
    may_enter,
    newest_of,
    notices_due,
    refuse_lapsed,
    sensors_stop_at,
)
from console.showing.views import Words
from console.staying.roll import Person
from console.store import accounts
from console.store import assurance as rows
from console.store.assurance import KeptRow
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("assurance")


class Documents:
    """The ward's papers, in memory as well: no disk stands between a lapsed paper and the sensors."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lock = threading.Lock()
        self._is_old = True
        self._newest: Mapping[DocumentKind, Document] = {}

    def enter(
        self, actor: Actor, kind: str, version: str, review_by: datetime | None, deputies: Sequence[str]
    ) -> Decision:
        """Write down a review of a paper; it takes the place of the one before."""

        def work(tx: Tx) -> Done:
            now, known = self._office.now(), kind in set(DocumentKind)
            told = None
            if known and review_by is not None:
                told = Document(DocumentKind(kind), version.strip(), review_by, tuple(deputies), now, actor.actor_id)
            decision = may_enter(told, staff_in(tx), now, self._office.policy)
            if decision and told is not None:
                rows.keep(tx, KeptRow(Kept.DOCUMENT, now, _details(told), actor.actor_id))
                tx.on_commit(self.read_anew)
            return Done(decision, reason=kind if known else "")

        return self._office.run(actor, Permission.DOCUMENT_ENTER, "governance:document:entered", work)

    def gate(self, _tx: Tx, _person: Person) -> Decision | None:
        """Return what refuses asking, and a new yes, while the DPIA has lapsed; None while it stands."""
        office = self._office
        return refuse_lapsed(self._known(), office.context, office.now(), office.policy)

    def kept_off(self) -> KeptOff | None:
        """Return why every sensor is off for want of a DPIA; None while none is."""
        stops_at = sensors_stop_at(self._known(), self._office.policy, self._office.zone)
        return NO_DPIA if stops_at is not None and self._office.now() >= stops_at else None

    def notices(self) -> tuple[Words, ...]:
        """Return the line of the board while the DPIA has lapsed."""
        office, known = self._office, self._known()
        stops_at = sensors_stop_at(known, office.policy, office.zone)
        if stops_at is None or office.now() < known[DocumentKind.DPIA].review_by:
            return ()
        words = Words(
            "The DPIA ran out: no new consent. Sensors that are on go off {at:date} at the end of the night.",
            {"at": stops_at},
        )
        return (words,) if office.now() < stops_at else (Words("The DPIA ran out: every sensor is off. Walk."),)

    def for_deputy(self, actor: Actor) -> tuple[Words, ...]:
        """Return what a deputy is told: the papers of theirs whose date is near or has passed."""
        office = self._office
        return tuple(
            Words(
                "You are named for the {paper}. Its review is due by {day:date}.",
                {"paper": NAMES[one.kind], "day": one.review_by},
            )
            for one in self._known().values()
            if actor.actor_id in one.deputies
            and next(notices_due({one.kind: one}, (), office.now(), office.policy), None) is not None
        )

    def view(self, tx: Tx) -> tuple[DocumentRow, ...]:
        """Return every paper with its dates."""
        office, found = self._office, newest_of(_read(tx))
        names = accounts.names_of(tx, [who for one in found.values() for who in one.deputies])
        stops_at = sensors_stop_at(found, office.policy, office.zone)
        return tuple(
            DocumentRow(
                kind,
                NAMES[kind].text,
                one.version if one else "",
                one.review_by if one else None,
                tuple(names.get(who, "?") for who in one.deputies) if one else (),
                one is not None and office.now() >= one.review_by,
                next(notices_due({kind: one}, (), office.now(), office.policy), None) is not None if one else True,
                stops_at if kind is DocumentKind.DPIA else None,
            )
            for kind in DocumentKind
            for one in (found.get(kind),)
        )

    def step(self) -> None:
        """Give the notices that are due, each once, with an entry in the log."""
        office, newest = self._office, self._known()
        try:
            given = office.store.read(lambda tx: [_notice(one) for one in rows.kept(tx, Kept.NOTICE)])
            for one in notices_due(newest, given, office.now(), office.policy):
                self._give(one)
        except StoreError as error:
            _log.error("notice_not_given", error=type(error).__name__)

    def read_anew(self) -> None:
        """Read the papers again before they are used next."""
        with self._lock:
            self._is_old = True

    def _give(self, one: Notice) -> None:
        office = self._office
        obligations = (Obligation.TELL_DEPUTIES,)
        decision = office.policy.allow("G2", reason=Words("Its deputies are told."), obligations=obligations)

        def write(tx: Tx) -> None:
            details = {"kind": one.kind.value, "review_by": one.review_by.isoformat(), "days": one.days}
            rows.keep(tx, KeptRow(Kept.NOTICE, office.now(), details, _SYSTEM.actor_id))
            done = Done(decision, reason=f"{one.kind.value}_{one.days}_days")
            office.record(tx, _SYSTEM, "governance:notice:given", done)

        office.store.write(write)

    def _known(self) -> Mapping[DocumentKind, Document]:
        with self._lock:
            if self._is_old:
                try:
                    self._newest = newest_of(self._office.store.read(_read))
                    self._is_old = False
                except StoreError as error:
                    _log.error("papers_not_read", error=type(error).__name__)
            return self._newest


def staff_in(tx: Tx) -> frozenset[str]:
    """Return the pseudonyms of everybody on the staff."""
    return frozenset(one.actor.actor_id for one in accounts.every(tx) if one.actor.role is not Role.PATIENT)


def _read(tx: Tx) -> tuple[Document, ...]:
    return tuple(
        Document(
            DocumentKind(one.details["kind"]),
            one.details["version"],
            datetime.fromisoformat(one.details["review_by"]),
            tuple(one.details["deputies"]),
            one.at,
            one.by,
        )
        for one in rows.kept(tx, Kept.DOCUMENT)
    )


def _details(one: Document) -> dict[str, object]:
    return {
        "kind": one.kind.value,
        "version": one.version,
        "review_by": one.review_by.isoformat(),
        "deputies": list(one.deputies),
    }


def _notice(one: KeptRow) -> Notice:
    told = one.details
    return Notice(DocumentKind(told["kind"]), datetime.fromisoformat(told["review_by"]), int(told["days"]))
