import math

import pytest

from console.rules.policy import shipped_policy
from models.release import MOST_ERROR, MOST_WITHHELD, unfairness_in

FAIR = {"worst_over_best": {"error": {"posture, camera": 1.5}, "withheld": {"posture, camera": 2.0}}}


def told(error: float, withheld: float) -> dict:
    return {"worst_over_best": {"error": {"skin, camera": error}, "withheld": {"skin, camera": withheld}}}


def test_E3_groups_that_are_served_alike_block_nothing():
    assert unfairness_in(FAIR) == []


@pytest.mark.parametrize(("error", "withheld", "says"), [(1.6, 1.0, "mean error is 1.60"), (1.0, 2.1, "is 2.10 times")])
def test_E3_a_group_served_much_worse_blocks_and_is_named_with_its_ratio(error, withheld, says):
    (one,) = unfairness_in(told(error, withheld))
    assert "By skin, camera" in str(one) and says in str(one)


def test_E3_a_best_group_without_any_fault_makes_every_fault_of_another_block():
    assert unfairness_in(told(1.0, math.inf))


def test_E3_a_node_without_the_rule_book_holds_to_its_numbers():
    policy = shipped_policy()
    assert policy.number("E3", "most_error_times") == MOST_ERROR
    assert policy.number("E3", "most_withheld_times") == MOST_WITHHELD


def test_E3_a_radar_is_not_blocked_by_what_a_camera_sees():
    assert unfairness_in(told(9.0, 9.0), "radar") == []
    assert len(unfairness_in(told(9.0, 9.0), "camera")) == 2
