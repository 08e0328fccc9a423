"""Keeps the quarter's benefit reviews and the co-production log; a review that says stop stops the sensors (G4, G5)."""

import hashlib
import threading
from collections.abc import Mapping

import structlog

from console.assurance.duties import subject_of
from console.assurance.off_words import STOPPED
from console.assurance.views import TalkRow
from console.errors import StoreError
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.leasing import KeptOff
from console.rules.consenting.talking_over import Talk, may_log
from console.rules.decision import Decision
from console.rules.governing.assurance_kinds import Kept
from console.rules.governing.benefit import BenefitAnswer, BenefitReview, may_review, quarter_of, stopped_from
from console.showing.views import Words
from console.store import assurance as rows
from console.store.assurance import KeptRow
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_MADE = "duty:record:made"


class Benefit:
    """The reviews, in memory as well: a stop holds without the disk."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._lock = threading.Lock()
        self._is_old = True
        self._reviews: tuple[BenefitReview, ...] = ()

    def review(self, actor: Actor, answer: str, measures: Mapping[str, str]) -> Decision:
        """Write down what the sensors did this quarter, and whether they go on."""

        def work(tx: Tx) -> Done:
            office = self._office
            decision = may_review(answer, measures, actor.actor_id, reviews_in(tx), office.policy)
            if decision:
                details = {"quarter": self.quarter(), "answer": answer, "measures": dict(measures)}
                rows.keep(tx, KeptRow(Kept.BENEFIT_REVIEW, office.now(), details, actor.actor_id))
                self._made(tx, actor, "G4")
                tx.on_commit(self.read_anew)
            return Done(decision, reason=answer if decision else "")

        return self._office.run(actor, Permission.BENEFIT_REVIEW, "governance:benefit:reviewed", work)

    def log_talk(self, actor: Actor, told: Talk) -> Decision:
        """Write down a talk with patients about a change; it stands on the public page, so no name is in it."""

        def work(tx: Tx) -> Done:
            decision = may_log(told, self._office.policy)
            digest = ""
            if decision:
                rows.keep(tx, KeptRow(Kept.CO_PRODUCTION, self._office.now(), told.details(), actor.actor_id))
                self._made(tx, actor, "G5")
                digest = hashlib.sha256("\n".join(map(str, told.details().values())).encode()).hexdigest()
            return Done(decision, text_digest=digest)

        return self._office.run(actor, Permission.PANEL_NOTE, "governance:talk:logged", work)

    def kept_off(self) -> KeptOff | None:
        """Return why every sensor is off when a review said stop; None while none is."""
        office = self._office
        stops_at = stopped_from(self._known(), office.policy, office.zone)
        return STOPPED if stops_at is not None and office.now() >= stops_at else None

    def quarter(self) -> str:
        """Return the quarter that is reviewed now."""
        return quarter_of(self._office.now().astimezone(self._office.zone).date())

    def read_anew(self) -> None:
        """Read the reviews again before they are used next."""
        with self._lock:
            self._is_old = True

    def _made(self, tx: Tx, actor: Actor, rule_id: str) -> None:
        """Let the list of what is due know that the record of a rule was made."""
        decision = self._office.policy.allow(rule_id, reason=Words("It is written down."))
        self._office.record(tx, actor, _MADE, Done(decision, subject_of(rule_id)))

    def _known(self) -> tuple[BenefitReview, ...]:
        with self._lock:
            if self._is_old:
                try:
                    self._reviews = self._office.store.read(reviews_in)
                    self._is_old = False
                except StoreError as error:
                    _log.error("reviews_not_read", error=type(error).__name__)
            return self._reviews


def reviews_in(tx: Tx) -> tuple[BenefitReview, ...]:
    """Return every review, oldest first."""
    return tuple(
        BenefitReview(
            one.details["quarter"], BenefitAnswer(one.details["answer"]), one.details["measures"], one.at, one.by
        )
        for one in rows.kept(tx, Kept.BENEFIT_REVIEW)
    )


def talks_in(tx: Tx) -> tuple[TalkRow, ...]:
    """Return the co-production log, newest first."""
    return tuple(
        TalkRow(
            one.at,
            one.details["change"],
            one.details["who"],
            one.details["said"],
            one.details["answer"],
            one.details["is_objection"],
        )
        for one in reversed(rows.kept(tx, Kept.CO_PRODUCTION))
    )
