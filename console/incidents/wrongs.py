"""'The system got it wrong': one tap on any screen, and the safety officer's answer within a working day (rule I7)."""

import json
import re
import secrets
from dataclasses import replace
from datetime import timedelta

import structlog

from console.incidents.views import HazardView, WrongView
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.afterwards.wrongs import LONGEST, Finding, WrongOutcome, answer_by, may_answer
from console.rules.decision import Decision
from console.showing.views import Words
from console.store import wrong_reports as rows
from console.store.database import Tx
from console.store.now_and_then import NowAndThen
from console.store.sealing import TextSeals
from console.store.wrong_reports import WrongRow

_log = structlog.get_logger(__name__)
_SYSTEM = Actor.system("wrongs")
_EVERY_S = 60.0
_ID = re.compile(r"/[0-9a-f]{32}(?=/|$)")
_SCREEN = re.compile(r"/[a-z0-9/_-]{0,63}")
_A_DAY = timedelta(days=1)
_MOST_A_DAY = 20
_OWN_SHOWN = 5
ESCALATED = "incident:wrong:escalated"
THANKS = Words("Thank you. Somebody who looks after safety reads this and answers by {due:date}.")


class Wrongs:
    """Takes reports from everybody, and the safety officer's answers."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._texts = TextSeals(office.store)
        self._following = NowAndThen(office.store, _EVERY_S, "wrongs_not_followed")

    def report(self, actor: Actor, screen: str) -> Decision:
        """Take one tap; `detail` is the report's id, under which its maker may add a word.

        Args:
            actor: who tapped.
            screen: path of the page; ids in it are left out.
        """

        def work(tx: Tx) -> Done:
            office, now = self._office, self._office.now()
            if rows.count_since(tx, actor.actor_id, now - _A_DAY) >= _MOST_A_DAY:
                words = Words("Your reports of today have arrived. Tell a person, so that nothing is missed.")
                return Done(office.policy.deny("I7", reason=words))
            report_id, due = secrets.token_hex(16), answer_by(now, office.policy, office.zone)
            where = actor.room_id or ""
            rows.add(tx, WrongRow(report_id, now, actor.actor_id, actor.role, where, _screen_of(screen), due))
            decision = office.policy.allow("I7", reason=Words(THANKS.text, {"due": due}))
            made.append(report_id)
            return Done(decision, f"wrong:{report_id}", where)

        made: list[str] = []
        decision = self._office.run(actor, Permission.WRONG_REPORT, "incident:wrong:reported", work)
        return replace(decision, detail=made[0]) if decision else decision

    def say_more(self, actor: Actor, report_id: str, text: str) -> Decision:
        """Take what its maker wants to add: sealed, and in no log."""

        def work(tx: Tx) -> Done:
            policy, said = self._office.policy, text.strip()
            if not 0 < len(said) <= LONGEST:
                return Done(
                    policy.deny("I7", reason=Words("An answer is missing or too long. Go back and look again."))
                )
            text_id = self._texts.put(tx, said).text_id
            if not rows.say_more(tx, report_id, actor.actor_id, text_id):
                self._texts.erase(tx, text_id)
                return Done(policy.deny("I7", reason=Words("There is nothing to answer.")))
            row = rows.of(tx, report_id)
            words = Words(THANKS.text, {"due": row.due_at if row else self._office.now()})
            return Done(policy.allow("I7", reason=words), f"wrong:{report_id}")

        return self._office.run(actor, Permission.WRONG_REPORT, "incident:wrong:told_more", work)

    def waiting(self, actor: Actor) -> tuple[WrongView, ...] | Decision:
        """Return what waits for the safety officer; the look is an entry of its own."""
        found: list[WrongView] = []

        def work(tx: Tx) -> Done:
            found.extend(self._view(tx, one) for one in rows.waiting(tx))
            return Done(self._office.policy.allow("I7", reason=Words("You may.")))

        decision = self._office.run(actor, Permission.WRONG_ANSWER, "incident:wrongs:viewed", work)
        return tuple(found) if decision else decision

    def own(self, actor: Actor) -> tuple[WrongView, ...]:
        """Return somebody's own newest reports, with what they were answered."""
        return self._office.store.read(
            lambda tx: tuple(self._view(tx, one) for one in rows.made_by(tx, actor.actor_id, _OWN_SHOWN))
        )

    def answer(self, actor: Actor, report_id: str, told: Finding) -> Decision:
        """Write down what the safety officer found; what is upheld enters the hazard log of this place."""

        def work(tx: Tx) -> Done:
            row = rows.of(tx, report_id)
            is_open = row is not None and row.answered_at is None
            decision = may_answer(told, is_open=is_open, policy=self._office.policy)
            if not decision or row is None:
                return Done(decision)
            values: dict[str, str | None] = {"outcome": told.outcome, "answer_text_id": self._put(tx, told.answer)}
            if told.outcome == WrongOutcome.UPHELD:
                hazard = {"title": told.title.strip(), "cause": told.cause.strip(), "effect": told.effect.strip()}
                values["hazard_text_id"] = self._put(tx, json.dumps(hazard, ensure_ascii=False))
                values["notice_text_id"] = self._put(tx, told.notice)
                values["national_ref"] = told.national_ref.strip()
                values["regulator_ref"] = told.regulator_ref.strip() or None
            rows.answer(tx, report_id, actor.actor_id, self._office.now(), values)
            return Done(decision, f"wrong:{report_id}", row.room_id, told.outcome)

        return self._office.run(actor, Permission.WRONG_ANSWER, "incident:wrong:answered", work)

    def hazards(self, actor: Actor) -> tuple[HazardView, ...] | Decision:
        """Return the hazards that were found here, to whoever audits; those of the product stand in its own log."""
        found: list[HazardView] = []

        def work(tx: Tx) -> Done:
            found.extend(self._hazard(tx, number, row) for number, row in enumerate(rows.upheld(tx), start=1))
            return Done(self._office.policy.allow("I7", reason=Words("You may.")))

        decision = self._office.run(actor, Permission.AUDIT, "incident:hazards:viewed", work)
        return tuple(found) if decision else decision

    def step(self) -> None:
        """Escalate what nobody answered in time; a disk that fails is asked again."""
        self._following.step(self._late, self._escalate)

    def _late(self, tx: Tx) -> list[WrongRow]:
        return [one for one in rows.waiting(tx) if not one.escalated and self._office.now() > one.due_at]

    def _escalate(self, tx: Tx) -> None:
        for one in self._late(tx):
            rows.escalate(tx, one.report_id)
            decision = self._office.policy.allow("I7", reason=Words("Nobody has answered it in time."))
            self._office.record(tx, _SYSTEM, ESCALATED, Done(decision, f"wrong:{one.report_id}", one.room_id))

    def _put(self, tx: Tx, text: str) -> str:
        return self._texts.put(tx, text.strip()).text_id

    def _open(self, tx: Tx, text_id: str | None) -> str:
        return (self._texts.open(tx, text_id) or "") if text_id else ""

    def _view(self, tx: Tx, row: WrongRow) -> WrongView:
        return WrongView(
            row.report_id,
            row.made_at,
            row.role,
            row.room_id,
            row.screen,
            self._open(tx, row.text_id),
            row.due_at,
            row.answered_at is None and self._office.now() > row.due_at,
            row.outcome,
            self._open(tx, row.answer_text_id),
        )

    def _hazard(self, tx: Tx, number: int, row: WrongRow) -> HazardView:
        told = json.loads(self._open(tx, row.hazard_text_id) or "{}")
        return HazardView(
            f"L{number:02d}",
            str(told.get("title", "")),
            str(told.get("cause", "")),
            str(told.get("effect", "")),
            row.answered_at or row.made_at,
            row.national_ref,
            row.regulator_ref,
            self._open(tx, row.notice_text_id),
        )


def _screen_of(path: str) -> str:
    """Return a page's path without anybody's id; `/` for anything else."""
    bare = _ID.sub("/…", path.split("?")[0])
    return bare if _SCREEN.fullmatch(bare.replace("…", "")) else "/"
