"""The drill's kills, soak and day: what their seeds decide, how they judge, and how they go on."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from broker.clock import HandClock
from deploy.drill.day_page import day_page
from deploy.drill.day_run import DayWanted, hours_of, pass_day
from deploy.drill.faults import Scene
from deploy.drill.kills import Kill, Target, kills_of, strike_batch
from deploy.drill.kills_page import kills_page
from deploy.drill.kills_run import Killed, KillsState, KillsWanted
from deploy.drill.ledger import Count
from deploy.drill.memory import Sample
from deploy.drill.part_file import PartFile
from deploy.drill.runs import Run, add_run
from deploy.drill.soak_page import soak_page
from deploy.drill.soak_run import Soaked, SoakState, SoakWanted
from deploy.drill.trend import against_goal, student_975, trend
from deploy.errors import DeployError
from deploy.progress import Lines
from tests.kit.flying import TimeThatFlies

NODES = ("node1", "node2", "node3")
NOON = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
COUNT = Count(100_000, 99_990, 10, 400, (("stale", 2),))
RUN = Run(date(2026, 11, 26), "abc123", "kills", 7, 18, 30.0, 0.5, 300, COUNT, True)


@dataclass
class PlayedWard:
    """Stands for the drill's ward: what is started is back after some seconds of a clock that flies."""

    clock: HandClock
    takes_s: float
    killed: list[str] = field(default_factory=list)
    started_s: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.console = SimpleNamespace(pid=7, end=lambda: self.killed.append("console"), start=self._start("console"))
        self.relay = SimpleNamespace(cables={one: _PlayedCable(self, one) for one in NODES})

    def kill_node(self, node_id: str) -> None:
        self.killed.append(node_id)

    def start_node(self, node_id: str) -> None:
        self.started_s[node_id] = self.clock.elapsed_s()

    def is_back(self, name: str) -> bool:
        return self.clock.elapsed_s() >= self.started_s[name] + self.takes_s

    def _start(self, name: str) -> Callable[[], None]:
        return lambda: self.start_node(name)


@dataclass
class _PlayedCable:
    ward: PlayedWard
    name: str

    @property
    def joined_s(self) -> float:
        return self.ward.clock.elapsed_s() if self.ward.is_back(self.name) else 0.0


def a_scene(takes_s: float) -> tuple[Scene, PlayedWard]:
    clock = TimeThatFlies(NOON)
    ward: Any = PlayedWard(clock, takes_s)
    board: Any = SimpleNamespace(is_ready=lambda: ward.is_back("console"))
    return Scene(ward, board, 1.0, patience_s=60.0, real=clock), ward


def samples(growth_mb_per_h: float, minutes: int) -> list[Sample]:
    """A process whose memory wavers by a tenth of a megabyte and grows."""
    return [
        Sample(2.0 * n, "console", 7, 80 + 0.1 * (n * 7919 % 13) / 13 + growth_mb_per_h * 2 * n / 3600, 9, 4)
        for n in range(minutes * 30)
    ]


def test_F01_F34_a_seed_gives_the_same_kills_of_all_three_kinds() -> None:
    made = kills_of(7, 300, NODES)
    assert made == kills_of(7, 300, NODES) != kills_of(8, 300, NODES)
    assert [sum(one.target is kind for one in made) for kind in Target] == [180, 60, 60]
    assert {one.node_id for one in made if one.target is Target.NODE} == set(NODES)
    assert all(1.0 <= one.after_s <= 3.0 for one in made)


def test_a_kill_waits_until_what_it_hits_is_back_unless_it_is_to_hit_what_is_starting() -> None:
    scene, ward = a_scene(takes_s=10.0)
    kills = [
        Kill(Target.CONSOLE, "", 1.0, True),
        Kill(Target.CONSOLE, "", 1.0, True),
        Kill(Target.CONSOLE, "", 1.0, False),
    ]
    batch = strike_batch(scene, kills, look=lambda _: ["seen"])
    assert ward.killed == ["console"] * 3
    assert batch.overtaken == 1
    assert batch.back_s[Target.CONSOLE] == pytest.approx([10.0, 10.0], abs=0.1)
    assert batch.found == ["seen"]


def test_who_does_not_come_back_after_a_kill_is_told() -> None:
    scene, _ward = a_scene(takes_s=1000.0)
    batch = strike_batch(scene, [Kill(Target.NODE, "node2", 1.0, True)], look=lambda _: [])
    assert batch.found == ["node2 does not come back"]


@pytest.mark.parametrize(
    ("growth_mb_per_h", "minutes", "told"), [(0.0, 30, "within"), (6.0, 30, "above"), (0.0, 4, None)]
)
def test_F43_growth_is_told_with_how_sure_it_is(growth_mb_per_h: float, minutes: int, told: str | None) -> None:
    seen = trend(samples(growth_mb_per_h, minutes), "console")
    assert (None if seen is None else against_goal(seen)) == told
    if seen is not None:
        assert seen.slope_mb_per_h == pytest.approx(growth_mb_per_h, abs=2 * seen.half_width_mb_per_h)
        assert (seen.files, seen.files_change, seen.threads) == ((9, 9), 0, (4, 4))


def test_only_the_longest_life_of_a_process_counts_and_a_short_calm_leaves_its_growth_open() -> None:
    restarted = [replace(one, pid=8, rss_mb=200.0) for one in samples(0.0, 2)]
    long = trend([*restarted, *samples(0.0, 20)], "console")
    assert long is not None and long.mean_mb < 81
    shaky = trend([replace(one, rss_mb=one.rss_mb + (one.at_s // 60 % 2) * 4) for one in samples(0.0, 6)], "console")
    assert shaky is not None and against_goal(shaky) == "open"


def test_students_t_is_that_of_the_tables() -> None:
    assert [student_975(free) for free in (4, 10, 18, 28)] == pytest.approx([2.776, 2.228, 2.101, 2.048], rel=0.01)


def test_each_run_is_a_line_of_the_table(tmp_path: Path) -> None:
    file = tmp_path / "reference" / "drill-runs.md"
    add_run(file, RUN)
    add_run(file, replace(RUN, part="day", holds=False))
    lines = file.read_text("utf-8").splitlines()
    assert lines[-2].startswith("| 2026-11-26 | abc123 | kills | 7 | 18 | 30 | 0.5 | 300 | 100,000 | 99,990 | 0 | 0 |")
    assert lines[-1].endswith("| something did not hold |")
    assert len([one for one in lines if one.startswith("| date")]) == 1


def test_a_part_goes_on_and_another_is_not_mixed_into_it(tmp_path: Path) -> None:
    file = PartFile(tmp_path, "kills")
    assert file.begin({"seed": 7}) == {}
    file.keep({"seed": 7}, {"outcomes": [["a"]]})
    assert PartFile(tmp_path, "kills").begin({"seed": 7})["outcomes"] == [["a"]]
    with pytest.raises(DeployError, match="another drill"):
        PartFile(tmp_path, "kills").begin({"seed": 8})


def test_the_kills_page_says_what_did_not_hold_and_how_long_each_took() -> None:
    state = KillsState([[], ["node2: it has forgotten an outbox"]], {Target.CONSOLE: [3.0, 1.0, 2.0]}, 4, 600.0, 1)
    kills = kills_of(7, 20, NODES)
    page = kills_page(Killed(KillsWanted(7, 3, 300, 10, 12.0), state, kills, COUNT, ()))
    assert "20 of 300 kills were done" in page
    assert "After 1 of 2 batches everything held" in page
    assert "- batch 2: node2: it has forgotten an outbox" in page
    assert "| the console | 3 | 2.00 | 3.00 | 3.00 |" in page


def test_the_soaks_page_names_growth_files_and_threads_of_each_process() -> None:
    found = trend(samples(0.0, 30), "console")
    assert found is not None
    done = Soaked(SoakWanted(7, 4, ["node1", "node4"], 60.0, 1800.0), SoakState(1800.0, 1), (found,), COUNT, ())
    row = next(one for one in soak_page(done).splitlines() if one.startswith("| console"))
    assert "| within | 9 to 9 | +0 | 4 | 1 |" in row
    assert "1 radars and a camera" in soak_page(done)


def test_a_seed_gives_each_hour_of_the_day_its_trouble() -> None:
    made = hours_of(7, 24, NODES)
    assert made == hours_of(7, 24, NODES) != hours_of(8, 24, NODES)
    assert [int(one.at_s // 3600) for one in made] == list(range(24))


@pytest.mark.slow
def test_F20_a_day_that_was_cut_off_goes_on_over_the_hour_that_comes_twice_and_loses_nothing(tmp_path: Path) -> None:
    wanted, say = DayWanted(7, 1, "2026-10-25T00:45:00+00:00", 1, 5.0), Lines(sys.stdout, sys.stderr)
    quarters = iter([False, True])
    half = pass_day(tmp_path, wanted, say, is_enough=lambda: next(quarters))
    assert (half.state.passed_s, half.holds) == (900.0, True)
    quarters = iter([False, True])
    done = pass_day(tmp_path, wanted, say, is_enough=lambda: next(quarters))
    assert (done.state.passed_s, done.state.stretches, done.state.found, done.at_the_end) == (1800.0, 2, [], ())
    assert [hour for hour, _ in done.minutes] == ["25 Oct 01:00 BST", "25 Oct 01:00 GMT"]
    assert "| 25 Oct 01:00 GMT |" in day_page(done)
