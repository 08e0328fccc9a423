"""What a service manager hears: readiness, life only while every loop goes round, and the end."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker.clock import HandClock
from broker.service import Service
from tests.kit.contract import NIGHT
from tests.kit.service_manager import ServiceManager

ENDLESS = 20


@pytest.fixture(params=["file", "abstract"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "notify") if request.param == "file" else f"@hushward-test-{os.getpid()}"


@pytest.fixture
def manager(place: str) -> Iterator[ServiceManager]:
    made = ServiceManager(place)
    yield made
    made.close()


def test_a_manager_hears_readiness_and_the_end(manager: ServiceManager) -> None:
    service = Service.of(manager.environment, ("only",), HandClock(NIGHT))
    service.ready()
    service.ending()
    assert manager.heard() == ["READY=1", "STOPPING=1"]


def test_life_is_told_three_times_within_the_managers_patience(manager: ServiceManager) -> None:
    clock = HandClock(NIGHT)
    service = Service.of(manager.environment, ("only",), clock)
    for _ in range(310):
        clock.advance(0.1)
        service.gone_round("only")
    assert manager.heard() == ["WATCHDOG=1"] * 3


def test_one_loop_that_hangs_is_not_covered_by_another_that_goes_round(manager: ServiceManager) -> None:
    clock = HandClock(NIGHT)
    service = Service.of(manager.environment, ("web", "ward"), clock)
    for _ in range(ENDLESS):
        clock.advance(10)
        service.gone_round("web")
    assert manager.heard() == []
    service.gone_round("ward")
    assert manager.heard() == ["WATCHDOG=1"]


def test_another_processs_patience_is_not_taken_for_ones_own(manager: ServiceManager) -> None:
    clock = HandClock(NIGHT)
    service = Service.of({**manager.environment, "WATCHDOG_PID": "1"}, ("only",), clock)
    clock.advance(100)
    service.gone_round("only")
    assert manager.heard() == []


def test_without_a_manager_or_with_one_that_has_gone_nothing_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Service.of({}, ("only",), HandClock(NIGHT)).ready()
    assert not caplog.records
    Service.of({"NOTIFY_SOCKET": str(tmp_path / "gone")}, ("only",), HandClock(NIGHT)).ready()
    assert "could not be told" in caplog.text
