from pathlib import Path

from broker.clock import HandClock
from deploy.disk import DiskWatch, free_mb
from tests.kit.contract import NIGHT


def test_a_disk_that_fills_up_is_said_once_and_again_when_there_is_room(tmp_path: Path) -> None:
    clock, said, free = HandClock(NIGHT), list[str](), [5000]
    watch = DiskWatch(tmp_path, clock, said.append, lambda _folder: free[0])
    for free[0] in (5000, 3, 3, 3, 900):
        watch.look()
        clock.advance(10)
    assert ["nearly full (3 MB)" in said[0], "room again" in said[1], len(said)] == [True, True, 2]


def test_the_disk_is_not_asked_at_every_look(tmp_path: Path) -> None:
    asked: list[Path] = []
    watch = DiskWatch(tmp_path, HandClock(NIGHT), print, lambda folder: asked.append(folder) or 5000)  # type: ignore[func-returns-value]
    for _ in range(10):
        watch.look()
    assert asked == [tmp_path]


def test_what_is_free_is_what_the_system_says(tmp_path: Path) -> None:
    assert free_mb(tmp_path) > 0
