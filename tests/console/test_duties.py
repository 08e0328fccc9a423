from datetime import timedelta
from pathlib import Path

import pytest

from console.roles import Role
from console.rules.governing.duties import duties_of
from console.rules.policy import shipped_policy
from console.showing.views import Words
from tests.kit.boxed_ward import GOVERNANCE, MORNING, NURSE, an_actor, boxed_ward
from tests.kit.skin import HandWard, Screens, screens_over

POLICY = shipped_policy()
CSO = an_actor(Role.CLINICAL_SAFETY_OFFICER)


@pytest.fixture
def screens(tmp_path: Path) -> Screens:
    return screens_over(HandWard(), tmp_path)


def test_a_rule_that_people_keep_is_due_until_its_first_record() -> None:
    duties = duties_of(POLICY, {}, MORNING)

    assert {"P7", "G5", "N3"} <= {one.rule_id for one in duties}
    assert all(one.is_due and one.due_at is None for one in duties)


def test_a_record_stands_for_its_days_and_is_due_on_the_last() -> None:
    due = POLICY.rules["P7"].paper
    assert due is not None
    kept = {"P7": MORNING}

    assert "P7" not in {one.rule_id for one in duties_of(POLICY, kept, MORNING + due.due - timedelta(1)) if one.is_due}
    assert "P7" in {one.rule_id for one in duties_of(POLICY, kept, MORNING + due.due) if one.is_due}


def test_what_is_due_stands_before_what_is_not() -> None:
    flags = [one.is_due for one in duties_of(POLICY, {"P7": MORNING, "G5": MORNING}, MORNING)]
    assert flags == sorted(flags, reverse=True)


def test_G5_a_record_is_made_by_an_entry_of_the_log_and_its_next_is_due_later(tmp_path: Path) -> None:
    with boxed_ward(tmp_path, yes=False) as box:
        assert box.ward.duties.note(GOVERNANCE, "G5").rules == ("G5",)
        told = box.ward.duties.due(CSO)

    assert isinstance(told, tuple)
    mine = next(one for one in told if one.rule_id == "G5")
    assert (mine.is_due, mine.made_at) == (False, MORNING)


def test_nobody_makes_up_a_record_that_no_rule_asks_for(tmp_path: Path) -> None:
    with boxed_ward(tmp_path, yes=False) as box:
        assert box.ward.duties.note(GOVERNANCE, "C5").rules == ("X4",)
        assert not box.ward.duties.note(NURSE, "G5")
        assert not box.ward.duties.due(NURSE)
        assert box.actions(denied=True).count("duty:record:made") == 2


def test_the_page_lists_what_is_due_with_a_button(screens: Screens) -> None:
    html = screens.sign_in("governance_lead").client.get("/governance/duties").text
    assert html.count("DUE NOW") == len(duties_of(POLICY, {}, MORNING))


def test_the_button_says_which_record_was_made(screens: Screens) -> None:
    screens.sign_in("governance_lead")
    assert screens.press("/governance/duties", "/governance/duties", rule="P7").status_code == 200
    assert screens.ward.presses[-1] == ("note", "P7")


def test_a_denial_on_the_screen_names_its_rule_and_the_way_out(screens: Screens) -> None:
    denied = POLICY.deny("C14", reason=Words("They said no."))
    screens.ward.duties.note = lambda _actor, _rule: denied
    screens.sign_in("governance_lead")
    html = screens.press("/governance/duties", "/governance/duties", rule="P7").text
    assert "Rule C14" in html.replace("\u2068", "").replace("\u2069", "")
    assert POLICY.rules["C14"].way_out in html
