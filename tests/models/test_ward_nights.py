"""Two nights of the simulated ward: made of the ward's own rules, the same for the same seed, and honestly told."""

from pathlib import Path

import pytest

from console.rules.alerting.alerts import AlertState, StepKind
from console.rules.policy import shipped_policy
from models.recipes.ward_nights.figures import changed, live_through, with_number
from models.recipes.ward_nights.habits import Habits
from models.recipes.ward_nights.measured import ACCURACY, read_measured
from models.recipes.ward_nights.night import Way
from models.recipes.ward_nights.page import page
from models.recipes.ward_nights.runs import VARIED, jobs, run_all
from tests.kit.house import ROOT

MEASURED = read_measured((ROOT / ACCURACY).read_text("utf-8"))
BUSY = changed(changed(Habits(), "collapses_per_1000", 100), "false_ensuite", 10)


@pytest.fixture(scope="module")
def nights():
    return live_through(2, BUSY, MEASURED, seed=4, way=Way(board=True))


def told(nights):
    calls = [(call.alert, call.steps, call.at_door_s) for one in nights.seen for call in one.calls]
    checks = [check for one in nights.seen for check in one.checks]
    return calls, checks, [one.tiles for one in nights.seen]


def test_two_nights_of_one_seed_are_the_same_to_the_last_second_and_another_seed_gives_others(nights):
    again = live_through(2, BUSY, MEASURED, seed=4, way=Way(board=True))
    other = live_through(1, BUSY, MEASURED, seed=5)
    assert told(again) == told(nights)
    assert told(other)[1] != told(nights)[1]


def test_A4_every_call_that_is_over_was_closed_at_the_door_by_somebody_who_saw_the_person(nights):
    closed = [c for one in nights.seen for c in one.calls if c.progress.state is AlertState.CLOSED]
    assert len(closed) >= 3
    for call in closed:
        kinds = [step.kind for step in call.steps]
        assert kinds.index(StepKind.ARRIVED) < kinds.index(StepKind.CLOSED)
        assert call.at_door_s is not None and call.at_door_s > 0


def test_A2_O6_without_sensors_nobody_is_called_and_as_many_checks_are_walked_for_everybody(nights):
    without = live_through(2, BUSY, MEASURED, seed=4, way=Way(sensors=False))
    assert without.calls_per_night == 0 and without.brought_forward() == 0 and nights.brought_forward() > 0
    assert without.checks() == pytest.approx(nights.checks(), rel=0.1)


def test_O9_only_where_a_trust_allows_it_and_vital_signs_are_opened_does_a_reading_stand_in_an_entry(nights):
    policy = with_number(shipped_policy(), "O9", "is_allowed_count", 1.0)
    quiet = live_through(1, BUSY, MEASURED, seed=4, way=Way(quiet=True), policy=policy)
    closed = live_through(1, BUSY, MEASURED, seed=4, policy=policy)
    leant = [[check.leant for check in ward.seen[0].checks] for ward in (quiet, closed, nights)]
    assert any(leant[0]) and not any(leant[1]) and not any(leant[2])


def test_the_page_names_every_assumption_and_what_halving_and_doubling_it_changes(nights):
    wards = dict.fromkeys((one.name for one in jobs(2, 1)), nights)
    html = page(wards, MEASURED)
    for name in VARIED:
        assert f"| {name.removesuffix('_s').removesuffix('_min').removesuffix('_share').replace('_', ' ')}" in html
    assert "sensors save none" in html and "no evidence of safety" in html
    assert list(run_all(MEASURED, 2, 1, lambda _run, given: [nights for _ in given])) == list(wards)


def test_the_page_was_made_with_this_accuracy_page():
    html = (ROOT / "docs/reference/thirty-nights.md").read_text("utf-8")
    found, of = MEASURED.held_found
    assert f"{found} of {of}, the latest after {MEASURED.held_latest_s:g} s" in html, "run `make docs`"
    assert f"{MEASURED.second_found[0]} of {MEASURED.second_found[1]}, the latest" in html, "run `make docs`"


def test_an_accuracy_page_without_its_table_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="run `make docs`"):
        read_measured(Path(__file__).read_text("utf-8"))
