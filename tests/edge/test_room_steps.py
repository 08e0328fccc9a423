from typing import Any

import pytest

from broker.vocabulary import Presence, Withheld, Zone
from edge.commissioning.requests import Doing
from edge.commissioning.steps import NeighbourStep, Outcome, PhantomStep, WalkStep, Watched
from edge.trials import Tried


def play(step: Watched, seconds: list[dict[str, Any]]) -> tuple[Outcome | None, int]:
    """Show a step one second after the other; give its outcome, and after how many."""
    for at, what in enumerate(seconds, 1):
        told = {"number": 1, "passed_s": float(at), "presence": Presence.ABSENT, "is_moving": False}
        outcome = step.see(Tried(**(told | what)))
        if outcome is not None:
            return outcome, at
    return None, len(seconds)


def shown(rate: float) -> dict[str, Any]:
    return {"rate_per_min": rate, "uncertainty_per_min": 0.3, "withheld": None}


WAITING = {"withheld": Withheld.WARMING_UP}


def test_a_phantom_that_is_told_right_for_ten_seconds_passes_and_the_figures_are_kept() -> None:
    outcome, _ = play(PhantomStep(12.0), [WAITING] * 13 + [shown(12.2)] * 10)
    assert outcome is not None
    assert outcome.passed
    assert outcome.figures["worst_error_per_min"] == 0.2


def test_one_wrong_rate_fails_the_phantom_whatever_came_before_it() -> None:
    outcome, at = play(PhantomStep(12.0), [WAITING] * 13 + [shown(12.1)] * 5 + [shown(24.0)])
    assert outcome is not None
    assert not outcome.passed
    assert at == 19


def test_a_phantom_that_is_withheld_for_ninety_seconds_has_failed_and_the_reason_is_said() -> None:
    outcome, at = play(PhantomStep(12.0), [{"withheld": Withheld.LOW_QUALITY}] * 200)
    assert outcome is not None
    assert (outcome.passed, at) == (False, 90)
    assert "low_quality" in outcome.sentence


def test_NA20_N3_a_neighbour_who_is_never_seen_for_ten_minutes_passes() -> None:
    leaving = [{"presence": Presence.PRESENT, "is_moving": True}] * 20
    outcome, at = play(NeighbourStep("room 7", Doing.LYING), [*leaving, *[{}] * 700])
    assert outcome is not None
    assert outcome.passed
    assert at == 20 + 1 + 600
    assert outcome.figures["absent_s"] == 600


@pytest.mark.parametrize("seen", [Presence.PRESENT, Presence.UNSURE])
def test_NA20_N3_one_second_of_somebody_or_of_doubt_fails_the_neighbour_test(seen: Presence) -> None:
    outcome, _ = play(NeighbourStep("room 7", Doing.WALKING), [*[{}] * 300, {"presence": seen}, *[{}] * 600])
    assert outcome is not None
    assert not outcome.passed
    assert "or no radar here" in outcome.sentence


def test_a_room_that_never_empties_fails_the_neighbour_test() -> None:
    outcome, at = play(NeighbourStep("room 7", Doing.LYING), [{"presence": Presence.UNSURE}] * 400)
    assert outcome is not None
    assert (outcome.passed, at) == (False, 240)


def test_who_is_seen_where_they_stand_for_five_seconds_passes_the_walk() -> None:
    there = {"presence": Presence.PRESENT, "zone": Zone.DOOR}
    outcome, at = play(WalkStep(Zone.DOOR), [there, there, {}, *[there] * 5])
    assert outcome is not None
    assert (outcome.passed, at) == (True, 8)


def test_a_walk_that_fails_says_where_the_engineer_was_seen_instead() -> None:
    outcome, _ = play(WalkStep(Zone.DOOR), [{"presence": Presence.PRESENT}] * 60)
    assert outcome is not None
    assert "mostly: no zone" in outcome.sentence


@pytest.mark.parametrize("step", [PhantomStep(12.0), NeighbourStep("attic", Doing.LYING), WalkStep(Zone.BED)])
def test_a_faulty_sensor_ends_every_step(step: Watched) -> None:
    outcome, at = play(step, [{"fault": Withheld.SATURATED}] * 20)
    assert outcome is not None
    assert (outcome.passed, at) == (False, 5)
    assert "saturated" in outcome.sentence
