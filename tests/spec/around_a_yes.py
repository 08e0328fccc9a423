"""Sentences of the chapters' nights about what happens around a yes, and about the patient's own side."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

from broker.readings import PresenceReading
from broker.vocabulary import LeaseState, Withheld
from console.rules.consenting.register import restrictions_of
from console.rules.consenting.sedation import next_check_at
from console.rules.decision import Obligation
from console.rules.policy import shipped_policy
from tests.kit.boxed_ward import ADMIN, GOVERNANCE, NURSE
from tests.kit.skin import screens_over

if TYPE_CHECKING:
    from tests.spec.chapters import Player


def _needs(player: "Player", told: str) -> None:
    met = told == "an interpreter, who is there"
    player.answer = player.box.ward.care.note_adjustments(NURSE, player.stay, ["interpreter"], met=met)


def _leave(player: "Player", reason: str | None) -> None:
    until = player.box.clock.utc_now() + timedelta(days=2)
    why = "planned_step" if reason else ""
    player.answer = player.box.ward.whereabouts.go_on_leave(NURSE, player.stay, until, why)


def _lower(player: "Player", reason: str | None) -> None:
    care = player.box.ward.care
    player.answer = care.note_change(NURSE, player.stay, "level_lowered", "risk_lower" if reason else "")


def _less(player: "Player", answer: str) -> None:
    player.answer = player.box.ward.care.note_talk(NURSE, player.stay, answer.replace(" ", "_"))


def _tranquillise(player: "Player") -> None:
    player.answer = player.box.ward.care.tranquillise(NURSE, player.stay)


def _says_less(player: "Player", answer: str) -> None:
    page = player.box.ward.access.patient_page(player.box.patient("room1"))
    assert page.less.text == f"{answer.capitalize()} would do."


def _check(player: "Player", by: str) -> None:
    source = "person" if by == "a nurse in person" else "sensor"
    player.answer = player.box.ward.care.check_in_person(NURSE, player.stay, "asleep", source)


def _seclude(player: "Player") -> None:
    assert player.box.ward.desk.add_room(ADMIN, "seclusion", "Seclusion", "seclusion")
    assert player.box.ward.desk.move(NURSE, player.box.stay("room1"), "seclusion")
    player.box.ward.step()


def _ask_there(player: "Player") -> None:
    player.answer = player.box.ward.consents.offer(NURSE, player.box.stay("seclusion"), they_asked=True)


def _number_there(player: "Player") -> None:
    player.answer = player.box.ward.care.check_in_person(NURSE, player.box.stay("seclusion"), "asleep", "sensor")


def _complain(player: "Player", _what: str) -> None:
    player.answer = player.box.ward.complaints.make(player.box.patient("room1"), "complaint", "It is too bright.")


def _read_complaints(player: "Player", who: str) -> None:
    player.answer = player.box.ward.complaints.waiting(NURSE if who == "a nurse" else GOVERNANCE)


def _copy(player: "Player", who: str) -> None:
    actor = player.box.patient("room1") if who == "they" else NURSE
    player.answer = player.box.ward.access.own_copy(actor)


def _page_says_when(player: "Player", days: str) -> None:
    page = player.box.ward.access.patient_page(player.box.patient("room1"))
    assert (page.copies[0].due_at.date() - page.copies[0].asked_at.date()).days == int(days)


def _show_me(player: "Player", scene: str) -> None:
    """Open the picture of a room as a browser does, over the whole ward's screens."""
    screens = screens_over(player.box.ward, player.folder)
    player.answer = screens.client.get(f"/stop/room1/show?scene={scene}").text


def _try(player: "Player", who: str) -> None:
    actor = player.box.patient("room1") if who == "they" else NURSE
    player.answer = player.box.ward.trying.begin(actor, "radar", they_ask=False)


def _paper(player: "Player", sheet: str, language: str) -> None:
    screens = screens_over(player.box.ward, player.folder)
    player.answer = screens.client.get(f"/print/{sheet}?language={language}").text


def _paper_says(player: "Player", words: str) -> None:
    assert words in unescape(player.answer)


def _registered(player: "Player", count: str) -> None:
    office, standing = player.box.ward.office, player.box.ward.roll.standing("room1")
    found = restrictions_of(standing, office.now(), office.policy, office.zone)
    assert len(found) == int(count), [one.purpose for one in found]
    assert all(one.reason and one.ends_at for one in found)


def _due_in(player: "Player", minutes: str) -> None:
    sedation = player.box.ward.roll.standing("room1").sedation
    due = next_check_at(sedation, shipped_policy())
    assert due - player.box.clock.utc_now() == timedelta(minutes=int(minutes))


def _sampled(player: "Player") -> None:
    assert Obligation.MONTHLY_SAMPLE in player.answer.obligations


def _cover(player: "Player", seconds: str) -> None:
    node = player.box.nodes["room1"]
    for _ in range(int(seconds)):
        player.box.clock.advance(1)
        if node.lease is not None and node.lease.state is LeaseState.OPEN:
            node.sees(presence=PresenceReading(withheld=Withheld.COVERED))
        else:
            node.live()
        player.box.ward.step()


def _month(player: "Player", who: str) -> None:
    player.answer = player.box.ward.month.view(NURSE if who == "a nurse" else GOVERNANCE)


def _no_small_group(player: "Player") -> None:
    smallest = shipped_policy().number("E2", "smallest_shown_count")
    counts = [one for groups in player.answer.groups.values() for one in groups]
    shown = [told for one in counts for told in (one.people, *one.outcomes.values()) if told is not None]
    assert counts and all(told == 0 or told >= smallest for told in shown)


HAPPENS: dict[str, Callable[..., None]] = {
    r"they need (an interpreter, who is there|an interpreter, who is not there yet)": _needs,
    r"they go on leave( with a clinical reason)?": _leave,
    r"their level is lowered( with a clinical reason)?": _lower,
    r"the nurse talks with them, and would less do\? (.+)": _less,
    r"they are tranquillised": _tranquillise,
    r"(a nurse in person|a number of the sensor) says: asleep": _check,
    r"they are put into seclusion": _seclude,
    r"the nurse asks them there, at their wish": _ask_there,
    r"a number of the sensor is entered there as a check": _number_there,
    r"they (complain) on their page": _complain,
    r"(a nurse|governance) opens the complaints": _read_complaints,
    r"(they|a nurse) takes? a copy of what is kept": _copy,
    r"they cover the sensor for (\d+) s": _cover,
    r"(a nurse|governance) opens the month": _month,
    r"anybody opens the show-me picture: (\w+)": _show_me,
    r"(they|a nurse) (?:try|tries) the sensor (?:themselves|for them)": _try,
    r"the paper '(\w+)' is printed in '(\w+)'": _paper,
}
THEN: dict[str, Callable[..., None]] = {
    r"the register holds (\d+) uses, each with its reason and its end": _registered,
    r"somebody checks in person within (\d+) min": _due_in,
    r"their page says that less would do: (.+)": _says_less,
    r"it goes into the monthly sample": _sampled,
    r"no group of fewer than five is shown": _no_small_group,
    r"their page says that the rest comes within (\d+) days": _page_says_when,
    r"it says: (.+)": _paper_says,
}
