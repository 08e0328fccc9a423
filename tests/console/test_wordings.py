"""C15, E1: which text may carry a yes, and where it is written who has checked it."""

from dataclasses import replace
from datetime import date

import pytest

from console.errors import ConsoleError
from console.rules.consenting.grants import Information
from console.rules.consenting.wording import Wording, may_carry_grant
from console.rules.policy import shipped_policy
from console.running.seed import example_grant
from console.wordings import read_wordings
from tests.kit.boxed_ward import NURSE, boxed_ward

VERSION = "a" * 64
CHECKED = {"ur": Wording("ur", "Amina R., translator", date(2026, 2, 1)), "pl": Wording("pl")}


def told(language: str, form: str = "easy_read", interpreter: str = "") -> Information:
    return Information(VERSION, language, form, interpreter)


def allowed(information: Information) -> bool:
    return bool(may_carry_grant(information, CHECKED, shipped_policy()))


@pytest.mark.parametrize("form", ["easy_read", "large_print", "audio", "paper", "talk", "bsl"])
def test_C15_the_english_text_carries_a_yes_in_every_form(form):
    assert allowed(told("en", form)) and allowed(told("en-GB", form))


def test_E1_a_checked_translation_carries_a_yes():
    assert allowed(told("ur"))


@pytest.mark.parametrize("form", ["easy_read", "large_print", "audio", "paper", "talk"])
def test_E1_an_unchecked_translation_carries_no_yes_and_says_what_to_do(form):
    decision = may_carry_grant(told("pl", form), CHECKED, shipped_policy())
    assert not decision and decision.rules == ("C15", "E1")
    assert "bring an interpreter" in decision.reason.text


def test_C15_an_interpreter_who_speaks_carries_a_yes_where_nobody_reads_our_text():
    assert allowed(told("pl", "talk", "i-77")) and allowed(told("fa", "bsl", "i-77"))


def test_C15_an_interpreter_does_not_make_an_unchecked_paper_carry_a_yes():
    assert not allowed(told("pl", "paper", "i-77"))


def test_E1_a_language_without_any_text_carries_no_yes():
    assert not allowed(told("xx"))


def a_language(folder, text):
    path = folder / "pl" / "LC_MESSAGES" / "hushward.po"
    path.parent.mkdir(parents=True)
    path.write_text("", "utf-8")
    (folder / "pl" / "language.toml").write_text(text, "utf-8")
    return read_wordings(folder)


def test_E1_a_language_is_checked_only_with_a_name_and_a_day(tmp_path):
    wording = a_language(tmp_path, 'reviewed_by = "Jan K., translator"\nreviewed_on = 2026-03-01\n')["pl"]
    assert wording.is_reviewed and not wording.covers_staff


def test_E1_a_name_without_a_day_checks_nothing(tmp_path):
    assert not a_language(tmp_path, 'reviewed_by = "Jan K., translator"\n')["pl"].is_reviewed


@pytest.mark.parametrize("text", ["reviewed_by = 7", 'reviewed_on = "soon"', "checked = true", "reviewed_by ="])
def test_E1_a_file_that_says_something_else_is_refused_with_its_remedy(tmp_path, text):
    with pytest.raises(ConsoleError, match=r"language\.toml"):
        a_language(tmp_path, text)


def a_yes_explained_in(box, information):
    box.ward.care.note_adjustments(NURSE, box.stay("room1"), ["none"], met=True)
    box.ward.consents.offer(NURSE, box.stay("room1"), they_asked=True)
    box.ward.consents.explain(NURSE, box.stay("room1"), in_their_own_form=True)
    grant = replace(example_grant(box.clock.utc_now()), information=information)
    return box.ward.consents.give(NURSE, box.stay("room1"), grant)


def test_C15_E1_a_yes_on_a_text_that_nobody_has_checked_is_not_written_down(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        decision = a_yes_explained_in(box, told("pl"))
        assert decision.rules == ("C15", "E1") and "consent:record:given" in box.actions(denied=True)
        assert not box.ward.roll.standing("room1").is_given


def test_C15_E1_a_yes_through_a_named_interpreter_is_written_down(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        assert a_yes_explained_in(box, told("und", "talk", "i-77"))
        kept = box.ward.roll.standing("room1").grant.information
        assert (kept.language, kept.format, kept.interpreter) == ("und", "talk", "i-77")
