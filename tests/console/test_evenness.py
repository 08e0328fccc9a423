"""What a node tells may be too even to be alive (threat T28): marked for whoever keeps the machines."""

from collections.abc import Iterable

import pytest

from console.rules.sensing.evenness import EVEN_FOR_S, EVEN_WITHIN_PER_MIN, EvenRun, run_with


def told(rates: Iterable[float | None]) -> EvenRun | None:
    """One rate a second."""
    run = None
    for second, rate in enumerate(rates):
        run = run_with(run, rate, float(second))
    return run


def is_marked(rates: Iterable[float | None]) -> bool:
    run = told(rates)
    return run is not None and run.is_too_even


def test_T28_one_rate_for_ten_minutes_is_too_even_and_for_less_is_nothing() -> None:
    assert is_marked([14.0] * (int(EVEN_FOR_S) + 1))
    assert not is_marked([14.0] * int(EVEN_FOR_S))


def test_T28_a_rate_that_sways_as_a_chest_does_is_never_marked() -> None:
    assert not is_marked(14.0 + 0.2 * ((second // 30) % 2) for second in range(3600))


def test_T28_a_forger_who_says_cannot_tell_now_and_then_is_marked_all_the_same() -> None:
    assert is_marked(None if second % 5 == 0 else 14.0 for second in range(700))


@pytest.mark.parametrize("step", [0.9, 1.1])
def test_T28_a_run_ends_with_the_first_rate_that_differs_by_more_than_it_may(step: float) -> None:
    run = told([14.0] * 700 + [14.0 + step * EVEN_WITHIN_PER_MIN])
    assert run is not None
    assert run.is_too_even is (step < 1)


def test_T28_a_few_rates_that_agree_over_a_long_time_say_nothing() -> None:
    assert not is_marked(14.0 if second % 60 == 0 else None for second in range(1200))
