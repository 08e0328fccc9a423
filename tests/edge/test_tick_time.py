import pytest

from edge.sources.tick_time import MAX_APART_S, TickTime
from edge.sweeps import TICKS


def test_time_goes_on_by_the_counters_steps_though_bytes_come_unevenly() -> None:
    time = TickTime(1000, 0, 5.0)
    for number, arrival_s in enumerate([5.09, 5.10, 5.19, 5.20], start=1):
        assert time.step(50 * number, arrival_s) == 0.05
    assert time.t_s == pytest.approx(5.2, abs=0.001)


def test_a_counter_that_begins_again_keeps_time_rising() -> None:
    time = TickTime(1000, TICKS - 25, 0.0)
    assert time.step(25, 0.05) == 0.05
    assert time.t_s == pytest.approx(0.05)


def test_a_counter_that_runs_fast_is_held_to_the_clock_for_a_night() -> None:
    time, fast = TickTime(1_000_000, 0, 0.0), 1 + 200e-6
    for number in range(1, 20 * 3600):
        assert time.step(round(50_000 * number * fast) % TICKS, 0.05 * number) is not None
    assert time.t_s == pytest.approx(3600, abs=0.06)


@pytest.mark.parametrize(
    ("tick", "now_s"), [(50, 0.05 + MAX_APART_S + 0.01), (5000, 0.05), (0, 0.05), (TICKS - 1, 0.05)]
)
def test_a_frame_that_is_not_of_now_is_refused(tick: int, now_s: float) -> None:
    time = TickTime(1000, 0, 0.0)
    assert time.step(tick, now_s) is None
    assert time.t_s == 0.0
