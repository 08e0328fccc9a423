import json
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broker.clock import HandClock, SharedClock, SystemClock, clock_from
from broker.errors import ClockError
from tests.kit.contract import NIGHT


def test_elapsed_time_of_a_hand_clock_ignores_a_jump_of_the_time_of_day() -> None:
    clock = HandClock(NIGHT)
    before_s = clock.elapsed_s()
    clock.jump(NIGHT - timedelta(days=30))
    assert clock.utc_now() == NIGHT - timedelta(days=30)
    assert clock.elapsed_s() == before_s


def test_elapsed_time_never_goes_back() -> None:
    with pytest.raises(ClockError):
        HandClock(NIGHT).advance(-1)


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ClockError):
        HandClock(datetime(2026, 11, 23))  # noqa: DTZ001


def test_a_wait_on_a_hand_clock_ends_when_the_clock_was_moved_far_enough() -> None:
    clock, event, answers = HandClock(NIGHT), threading.Event(), []
    waiter = threading.Thread(target=lambda: answers.append(clock.wait(event, 10)))
    waiter.start()
    while waiter.is_alive():
        clock.advance(1)
    assert answers == [False]


def test_a_wait_ends_at_once_when_the_event_is_set() -> None:
    event = threading.Event()
    event.set()
    assert HandClock(NIGHT).wait(event, 1e6)
    assert SystemClock().wait(event, 1e6)


def test_all_processes_read_one_time_from_a_shared_clock(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    one = SharedClock.start(path, NIGHT, 60)
    other = SharedClock(path)
    assert abs((one.utc_now() - other.utc_now()).total_seconds()) < 5
    assert one.utc_now() >= NIGHT


def test_a_shared_clock_runs_at_its_speed(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    SharedClock.start(path, NIGHT, 100)
    told = json.loads(path.read_text())
    path.write_text(json.dumps(told | {"elapsed_s": told["elapsed_s"] - 36}))
    passed_s = (SharedClock(path).utc_now() - NIGHT).total_seconds()
    assert 3600 <= passed_s < 3700


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        '{"utc": "x", "elapsed_s": 1, "speed": 1}',
        '{"utc": "2026-11-23T23:00:00+00:00", "elapsed_s": 1, "speed": 0}',
    ],
)
def test_a_clock_file_that_cannot_be_trusted_is_refused_with_a_remedy(tmp_path: Path, text: str) -> None:
    path = tmp_path / "clock.json"
    path.write_text(text)
    with pytest.raises(ClockError, match=r"clock\.json"):
        clock_from(path)


def test_without_a_clock_file_the_time_is_the_machines() -> None:
    assert isinstance(clock_from(None), SystemClock)
