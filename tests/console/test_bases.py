"""On whose word: what each basis needs, and what no paper can override (rules C8 to C13, C19)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from broker.vocabulary import Modality, Purpose
from console.rules.consenting.authority import Authority, ChildView, CourtOrder
from console.rules.consenting.bases import basis_of
from console.rules.consenting.giving import GiveFacts, may_give
from console.rules.consenting.grants import Basis
from console.rules.consenting.history import Standing
from console.rules.consenting.person import Advance, AgeGroup
from console.rules.policy import shipped_policy
from console.running.seed import example_grant

LONDON = ZoneInfo("Europe/London")
POLICY = shipped_policy()
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PAPERS = Authority(seen=True, registered=True, reference="7041", in_scope=True, assessed_at=NOON - timedelta(days=1))
ATTORNEY = {"basis": Basis.LPA_HEALTH_WELFARE, "assessment": "a1", "decision_maker": "d1", "authority": PAPERS}
PARENT = {
    "basis": Basis.PARENT,
    "assessment": "a1",
    "decision_maker": "d1",
    "authority": replace(PAPERS, registered=False, court_order=CourtOrder.NONE, child_view=ChildView.UNSURE),
}
WHOLE = {
    "basis": Basis.BEST_INTERESTS,
    "purposes": (Purpose.PRESENCE, Purpose.BREATHING_SPOT),
    "assessment": "a1",
    "decision_maker": "d1",
    "consultees": ("carer",),
    "least_restrictive": "breathing_at_night",
    "authority": Authority(assessed_at=NOON - timedelta(days=1)),
    "review_by": NOON + timedelta(hours=72),
}


def give(changes, **known):
    before = Standing(was_explained=True, adjustments=("none",), **known)
    return may_give(GiveFacts(replace(example_grant(NOON), **changes), before, NOON, POLICY, LONDON))


def rule(changes, **known):
    decision = give(changes, **known)
    return None if decision else decision.rules[0]


@pytest.mark.parametrize(
    ("told", "rule_id"),
    [
        ("mha", "C11"),
        ("detained", "C11"),
        ("next_of_kin", "C12"),
        ("no_objection", "C19"),
        ("settled", "C19"),
        ("tacit", "C19"),
        ("", "C19"),
    ],
)
def test_C11_C12_C19_what_is_no_basis_names_its_rule_and_what_to_do(told, rule_id):
    decision = basis_of(told, POLICY)

    assert not decision and decision.rules == (rule_id,) and decision.reason.text


def test_C12_an_attorney_with_registered_papers_in_scope_may_decide():
    assert give(ATTORNEY)


@pytest.mark.parametrize(
    "missing",
    [{"seen": False}, {"registered": False}, {"reference": ""}, {"in_scope": False}, {"assessed_at": None}],
)
def test_C12_papers_are_seen_registered_in_scope_and_the_assessment_is_current(missing):
    assert rule({**ATTORNEY, "authority": replace(PAPERS, **missing)}) == "C12"


def test_C12_an_assessment_from_last_week_is_not_current():
    old = replace(PAPERS, assessed_at=NOON - timedelta(days=8))

    assert rule({**ATTORNEY, "authority": old}) == "C12"


def test_C12_a_deputy_needs_the_same():
    assert give({**ATTORNEY, "basis": Basis.DEPUTY})
    assert rule({**ATTORNEY, "basis": Basis.DEPUTY, "authority": Authority()}) == "C12"


def test_C8_best_interests_needs_people_and_reasons_and_asks_for_a_view_on_liberty():
    decision = give(WHOLE)

    assert decision and "liberty_view" in decision.obligations


@pytest.mark.parametrize(
    "missing",
    [
        {"assessment": ""},
        {"decision_maker": ""},
        {"consultees": ()},
        {"least_restrictive": ""},
        {"advocate_offered": False},
        {"authority": Authority()},
        {"sensors": (Modality.CAMERA,)},
        {"purposes": (Purpose.SLEEP_REPORT,)},
        {"purposes": (Purpose.SECOND_PERSON,)},
    ],
)
def test_C8_best_interests_without_any_of_it_is_denied(missing):
    assert rule({**WHOLE, **missing}) == "C8"


def test_C7_best_interests_lasts_72_hours_at_most():
    assert rule({**WHOLE, "review_by": NOON + timedelta(hours=73)}) == "C7"


@pytest.mark.parametrize("told", [ATTORNEY, WHOLE])
def test_C9_nobody_overrides_a_no_of_this_stay(told):
    assert rule(told, refused_at=NOON - timedelta(days=4)) == "C9"


def test_C9_a_parents_yes_over_a_childs_no_is_denied():
    assert rule(PARENT, age=AgeGroup.UNDER_16, refused_at=NOON - timedelta(hours=1)) == "C9"


def test_C9_a_written_no_from_before_is_overridden_by_nobody():
    written = Advance(says_no=True, is_written=True)

    assert rule(WHOLE, advance=written, earlier_no_reviewed=True) == "C9"
    assert give({}, advance=written)


def test_C9_an_earlier_no_waits_for_two_clinicians():
    said = Advance(says_no=True)

    assert rule(WHOLE, advance=said) == "C9"
    assert give(WHOLE, advance=said, earlier_no_reviewed=True)


def test_C10_nobody_elses_yes_starts_it_in_the_night_of_an_objection():
    assert rule(WHOLE, objected_until=NOON + timedelta(hours=1)) == "C10"
    assert give(WHOLE, objected_until=NOON)


def test_C13_under_16_a_competent_child_says_yes_alone_and_nobody_else_does():
    assert give({"basis": Basis.GILLICK}, age=AgeGroup.UNDER_16)
    assert rule({"basis": Basis.CAPACITY_CONSENT}, age=AgeGroup.UNDER_16) == "C13"
    assert rule(ATTORNEY, age=AgeGroup.UNDER_16) == "C13"
    assert rule({"basis": Basis.GILLICK}) == "C13"


def test_C13_a_parent_needs_evidence_court_orders_asked_about_and_the_childs_view():
    young = {"age": AgeGroup.UNDER_16}
    assert give(PARENT, **young)
    for missing in ({"court_order": None}, {"child_view": None}, {"court_order": CourtOrder.FORBIDS}):
        assert rule({**PARENT, "authority": replace(PARENT["authority"], **missing)}, **young) == "C13"
    assert rule({**PARENT, "authority": Authority()}, **young) == "C12"


def test_C10_a_child_who_objects_keeps_it_off():
    objects = replace(PARENT["authority"], child_view=ChildView.OBJECTS)

    assert rule({**PARENT, "authority": objects}, age=AgeGroup.UNDER_16) == "C10"


@pytest.mark.parametrize("shown", [{"sensors": (Modality.CAMERA,)}, {"purposes": (Purpose.SLEEP_REPORT,)}])
def test_C13_nobody_under_18_has_a_camera_or_a_sleep_report_without_their_own_yes(shown):
    assert rule({**PARENT, **shown}, age=AgeGroup.UNDER_16) == "C13"
    consulted = {**ATTORNEY, "basis": Basis.DEPUTY, "authority": replace(PAPERS, parents_consulted=True)}
    assert rule({**consulted, **shown}, age=AgeGroup.FROM_16_TO_17) == "C13"
    assert give({"basis": Basis.GILLICK, **shown}, age=AgeGroup.UNDER_16)


def test_C13_at_16_or_17_it_is_their_own_decision_or_the_mca_route_with_parents_consulted():
    young = {"age": AgeGroup.FROM_16_TO_17}
    assert give({}, **young)
    assert rule({"basis": Basis.GILLICK}, **young) == "C13"
    assert rule(ATTORNEY, **young) == "C13"
    assert rule(WHOLE, **young) == "C13"
    assert give({**WHOLE, "authority": replace(WHOLE["authority"], parents_consulted=True)}, **young)
