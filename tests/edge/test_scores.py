import io
import json
import math
from dataclasses import replace

import numpy as np
import pytest

from broker.vocabulary import Presence, RoomEventKind, SensedState, Withheld, Zone
from edge.cases import Case, Expect, ExpectedEvent, Simulation
from edge.errors import SettingsError
from edge.references import constant
from edge.scores.accuracy import Accuracy
from edge.scores.agreement import compare
from edge.scores.contenders import contenders
from edge.scores.honesty import honesty_of
from edge.scores.judge import JudgeOptions, evaluate, judged, listed
from edge.scores.known import Known, known_of
from edge.scores.page import as_json, table
from edge.scores.score import NO_REFERENCE, TOO_SHORT, Score, by_group, score_of, total, worst_over_best
from edge.scores.trial import Trial, try_case
from tests.kit.judging import recorded, shown, silent, stopped


def tried(case, estimates):
    return Trial(case, "shipped", tuple(estimates), tuple(known_of(case, one.t_s) for one in estimates), 0.01)


def scored(case, estimates):
    return score_of(tried(case, estimates))


def test_accuracy_stands_beside_coverage_gap_and_latency():
    estimates = [silent(s) if s < 20 or 30 <= s < 36 else shown(s, 15.5) for s in range(1, 61)]
    accuracy = scored(recorded(reference=constant(15.0)), estimates).accuracy
    assert accuracy.mae_per_min == pytest.approx(0.5)
    assert (accuracy.eligible, accuracy.shown) == (51, 35)
    assert accuracy.coverage == pytest.approx(35 / 51)
    assert (accuracy.longest_gap_s, accuracy.first_s) == (10, 20)


def test_the_stated_interval_is_held_to_its_word():
    estimates = [shown(s, 15.0 + (s % 2), 0.5) for s in range(1, 61)]
    accuracy = scored(recorded(reference=constant(15.0)), estimates).accuracy
    assert accuracy.inside == pytest.approx(0.5, abs=0.02)
    assert accuracy.mean_stated_per_min == 0.5


def test_a_baseline_that_states_no_interval_has_none_to_hold():
    accuracy = scored(recorded(reference=constant(15.0)), [shown(s, 15.0, None) for s in range(1, 30)]).accuracy
    assert accuracy.inside is None


def test_without_a_reference_there_is_coverage_and_no_error():
    score = scored(recorded(), [shown(s, 15.0) for s in range(1, 31)])
    assert score.note == NO_REFERENCE
    assert score.accuracy.mae_per_min is None
    assert score.accuracy.coverage == 1.0
    assert NO_REFERENCE in table([score])


def test_a_recording_shorter_than_the_first_number_is_too_short_to_judge():
    assert scored(recorded(reference=constant(15.0)), [silent(s) for s in range(1, 12)]).note == TOO_SHORT


def test_every_rate_is_false_where_none_may_be_shown():
    score = scored(recorded(Expect.WITHHELD, presence="absent"), [shown(s, 15.0) for s in range(1, 21)])
    assert score.honesty.false_rates == 20
    assert score.honesty.false_presence == 20


def test_S3_a_lens_that_is_called_covered_and_is_not_is_counted():
    said = [silent(1, Withheld.COVERED), silent(2, Withheld.COVERED), silent(3)]
    known = [Known(is_covered=True), Known(is_covered=False), Known(is_covered=False)]
    honesty = honesty_of(said, known)
    assert (honesty.open, honesty.false_covered, honesty.false_covered_share) == (2, 1, 0.5)


def test_a_group_without_any_fault_makes_another_infinitely_worse():
    assert worst_over_best([Score("a", "x", accuracy=Accuracy(eligible=9, shown=n)) for n in (9, 5)])[0] == math.inf


def test_somebody_who_is_called_gone_is_missed():
    gone = [replace(silent(s), presence=Presence.ABSENT) for s in range(1, 11)]
    assert scored(recorded(Expect.EVENTS, presence="present"), gone).honesty.missed_presence == 10


def test_a_held_breath_is_found_with_its_delay_and_its_end():
    case = recorded(reference=replace(constant(15.0), holds=((30.0, 45.0),)))
    estimates = [stopped(s) if 34 <= s <= 47 else shown(s, 15.0) for s in range(1, 61)]
    holds = scored(case, estimates).holds
    assert (holds.real, holds.found, holds.latest_s, holds.latest_cleared_s) == (1, 1, 4.0, 2.0)
    assert holds.false_s == 0


def test_a_rate_deep_inside_a_held_breath_is_false():
    case = recorded(reference=replace(constant(15.0), holds=((30.0, 45.0),)))
    score = scored(case, [shown(s, 15.0) for s in range(1, 61)])
    assert score.holds.found == 0
    assert score.honesty.false_rates == 9


def test_breathing_that_is_called_stopped_is_a_false_hold():
    estimates = [stopped(s) if 20 <= s < 25 else shown(s, 15.0) for s in range(1, 61)]
    assert scored(recorded(reference=constant(15.0)), estimates).holds.false_s == 5


def test_events_are_found_by_the_rules_of_a_node_or_counted_as_missed_and_false():
    def lying(second, zone):
        state = SensedState.MOVING if 19 <= second <= 22 else SensedState.BREATHING
        return replace(silent(second), presence=Presence.PRESENT, state=state, zone=zone)

    events = (
        ExpectedEvent(RoomEventKind.OUT_OF_BED, 20.0, 5.0),
        ExpectedEvent(RoomEventKind.SECOND_PERSON, 40.0, 5.0),
    )
    estimates = [lying(s, Zone.BED if s <= 20 else Zone.ROOM) for s in range(1, 61)]
    found = scored(recorded(Expect.EVENTS, events=events), estimates).events
    assert (found.real, found.found, found.false_s) == (2, 1, 0)
    assert 0 < found.latest_s <= 5


def test_looks_that_agree_have_a_small_spread_and_one_that_is_silent_no_median():
    none = np.nan
    agreement = compare("three", np.array([[15.0, 15.0, none], [15.5, none, 15.0], [none, none, none]]))
    assert agreement.seconds == 1
    assert agreement.spread_per_min == pytest.approx(0.5)
    assert agreement.medians_per_min[2] is None


def test_totals_add_seconds_and_name_what_could_not_be_judged():
    good = scored(recorded(reference=constant(15.0)), [shown(s, 16.0) for s in range(1, 31)])
    gone = score_of(Trial(recorded(), "shipped", note="recording absent"))
    both = total([good, gone])
    assert both.accuracy.mae_per_min == pytest.approx(1.0)
    assert both.note == "1 of 2 cases could not be judged"


def test_groups_are_compared_worst_over_best():
    def of(group, rate):
        case = replace(recorded(reference=constant(15.0)), groups={"posture": group})
        return scored(case, [silent(s) if s < 20 else shown(s, rate) for s in range(1, 41)])

    groups = by_group([of("side", 16.5), of("supine", 15.5)])["posture, radar"]
    assert [one.id for one in groups] == ["side", "supine"]
    withheld, errors = worst_over_best(groups)
    assert withheld == pytest.approx(1.0)
    assert errors == pytest.approx(3.0)


def test_a_case_without_its_recording_is_listed_and_not_judged(tmp_path):
    case = Case("gone", tmp_path / "gone.h5", Expect.RATE)
    (trial,) = try_case(case, contenders("shipped", with_baselines=False))
    assert score_of(trial).note == "recording absent"


def test_a_simulated_sleeper_is_judged_against_the_simulators_truth_with_the_baseline_beside(tmp_path):
    changes = {"bed_m": 1.0, "style": {"rate_per_min": 15.0, "depth_mm": 6.0}}
    case = Case("s", tmp_path, Expect.RATE, simulation=Simulation("sleeper", 3, 30.0, changes))
    ours, _, baseline = judged([case], contenders("shipped", with_baselines=True))
    assert (ours.seconds, ours.estimator, baseline.estimator) == (30, "shipped", "spectral-peak")
    assert ours.accuracy.mae_per_min < 1.5
    assert baseline.accuracy.coverage == 1.0


@pytest.mark.parametrize(
    ("simulation", "told"),
    [(Simulation("ballroom", 1), "no scenario 'ballroom'"), (Simulation("empty", 1, 20, {"moon": 1}), "no 'moon'")],
)
def test_a_room_that_cannot_be_simulated_is_a_note_and_never_a_missing_line(tmp_path, simulation, told):
    case = Case("s", tmp_path, Expect.WITHHELD, simulation=simulation)
    (score,) = judged([case], contenders("shipped", with_baselines=False))
    assert told in score.note


def test_the_json_holds_each_case_the_total_the_groups_and_the_models():
    score = scored(recorded(reference=constant(15.0)), [shown(s, 15.5) for s in range(1, 31)])
    told = json.loads(as_json([score, replace(score, estimator="spectral-peak")], [("vitals-v1", "ab12")]))
    assert told["models"] == {"vitals-v1": "ab12"}
    assert told["cases"][0]["mae_per_min"] == pytest.approx(0.5)
    assert told["cases"][0]["coverage"] == 1.0
    assert told["all"]["estimator"] == "shipped"
    assert told["baselines"]["spectral-peak"]["all"]["coverage"] == 1.0


def test_an_estimator_that_is_not_there_is_named():
    out, err = io.StringIO(), io.StringIO()
    assert evaluate([], JudgeOptions(estimator="oracle"), out=out, err=err) == 2
    assert "There is no estimator 'oracle'" in err.getvalue()


def test_two_cases_with_one_name_are_refused(tmp_path):
    row = '[[case]]\nid = "a"\nexpect = "withheld"\nsimulate = { scenario = "empty", seed = 1 }\n'
    (tmp_path / "cases.toml").write_text(row + row)
    with pytest.raises(SettingsError, match="Two cases are called 'a'"):
        listed([tmp_path / "cases.toml"])
