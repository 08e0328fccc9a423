"""The drill: its schedule, its ledger and its page, and a short one with a real ward."""

import sqlite3
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from deploy.drill.board import Tile
from deploy.drill.ledger import Count, faults_of_node, forgotten
from deploy.drill.memory import Growth, Sample, growth
from deploy.drill.power_cuts import Cuts
from deploy.drill.report import page
from deploy.drill.run import Drilled, drill
from deploy.drill.schedule import Kind, schedule
from deploy.drill.state import State, StateFile, Wanted
from deploy.errors import DeployError
from deploy.progress import Lines

NODES = ("node2", "node3")
WANTED = Wanted(seed=7, nodes=3, faults=3, speed=4.0, calm_s=1.0)
OUTBOX = "0" * 32


def a_drill(**changes: object) -> Drilled:
    faults = schedule(7, 3, NODES, "node2")
    state = State(WANTED, ((), (), ()), ran_s=60.0, parts=1, recovered_s=(1.0, 2.0, 3.0), sensing=("room1",))
    done = Drilled(state, faults, (), Count(9, 9, 0, 4, (("stale", 2),)), (Growth("node1", 60, 50, 51, 1.0, 0, 0),))
    return replace(done, **changes)  # type: ignore[arg-type]


def ward_of(folder: Path, *, last: int, settled: int, waiting: range, held: list[int]) -> tuple[Path, Path]:
    """Lay out an outbox and a console's database as they would stand."""
    outbox, database = folder / "outbox.db", folder / "console.db"
    with sqlite3.connect(outbox) as db:
        db.execute("CREATE TABLE outbox (outbox_id, last_sequence, settled_through)")
        db.execute("INSERT INTO outbox VALUES (?, ?, ?)", (OUTBOX, last, settled))
        db.execute("CREATE TABLE waiting (sequence)")
        db.executemany("INSERT INTO waiting VALUES (?)", [(one,) for one in waiting])
    with sqlite3.connect(database) as db:
        db.execute("CREATE TABLE outboxes (node_id, outbox_id)")
        db.execute("INSERT INTO outboxes VALUES ('node1', ?)", (OUTBOX,))
        db.execute("CREATE TABLE records (node_id, outbox_id, sequence)")
        db.executemany("INSERT INTO records VALUES ('node1', ?, ?)", [(OUTBOX, one) for one in held])
    return outbox, database


def test_a_seed_gives_the_same_schedule_and_every_kind_comes_before_one_comes_twice() -> None:
    made = schedule(7, len(Kind), NODES, "node2")
    assert made == schedule(7, len(Kind), NODES, "node2")
    assert made != schedule(8, len(Kind), NODES, "node2")
    assert {one.kind for one in made} == set(Kind)
    assert {one.node_id for one in made if one.kind is Kind.POWER_CUT} == {"node2"}
    assert Kind.POWER_CUT not in {one.kind for one in schedule(7, 40, NODES, None)}


@pytest.mark.parametrize(
    ("last", "settled", "waiting", "held", "sentence"),
    [
        (5, 3, range(4, 6), [1, 2, 3], ""),
        (5, 3, range(4, 5), [1, 2, 3, 4], "1 records are neither held nor waiting"),
        (5, 4, range(5, 6), [1, 2, 3], "4 are settled, and the console holds 3"),
        (3, 3, range(0), [1, 2, 2, 3], "a number twice"),
        (3, 3, range(0), [1, 3], "or not at all"),
    ],
)
def test_a_record_that_is_lost_or_doubled_is_found(
    tmp_path: Path, last: int, settled: int, waiting: range, held: list[int], sentence: str
) -> None:
    outbox, database = ward_of(tmp_path, last=last, settled=settled, waiting=waiting, held=held)
    found = faults_of_node("node1", outbox, database)
    assert sentence in "; ".join(found) if sentence else found == []


def test_a_node_that_after_a_power_cut_remembers_less_than_it_told_is_found(tmp_path: Path) -> None:
    outbox, database = ward_of(tmp_path, last=2, settled=1, waiting=range(2, 3), held=[1, 2, 3])
    assert forgotten(outbox, database) == ["the console holds 3 records, and the node remembers 2 after the cut"]


def test_a_tile_that_knows_nothing_of_its_room_and_does_not_say_why_is_found() -> None:
    headline = "Room 2 A.B. NOT MONITORED check in person"
    assert not Tile("not_monitored", f"{headline} simulated").is_explained
    assert Tile("not_monitored", f"{headline} The node is not heard. Last heard 02:14.").is_explained
    assert not Tile("something_else", headline).is_explained


def test_memory_that_grows_is_told_from_memory_that_only_wavers() -> None:
    def seen(step_mb: float) -> Growth | None:
        return growth([Sample(60.0 * n, "console", 7, 80 + n % 2 + n * step_mb, 9, 4) for n in range(30)], "console")

    still, leak = seen(0.0), seen(0.1)
    assert still is not None and leak is not None
    assert abs(still.slope_mb_per_h) < 0.1
    assert leak.slope_mb_per_h == pytest.approx(6.0, abs=0.5)
    assert growth([Sample(60.0 * n, "console", n, 80, 9, 4) for n in range(30)], "console") is None


def test_a_drill_that_was_cut_off_goes_on_and_another_is_not_mixed_into_it(tmp_path: Path) -> None:
    file = StateFile(tmp_path)
    file.keep(replace(file.begin(WANTED), outcomes=(("a", "b"), ()), ran_s=31.5), [Sample(1, "node1", 7, 50, None, 3)])
    again = StateFile(tmp_path).begin(WANTED)
    assert (again.outcomes, again.ran_s, again.parts) == ((("a", "b"), ()), 31.5, 2)
    assert [one.name for one in file.samples()] == ["node1"]
    with pytest.raises(DeployError, match="another drill"):
        StateFile(tmp_path).begin(replace(WANTED, seed=8))


def test_what_the_seed_decides_is_the_same_on_every_machine_and_what_did_not_hold_is_told() -> None:
    def decided(done: Drilled) -> str:
        return page(done, Cuts(700, 100, ())).partition("## What was measured")[0]

    slower = a_drill(counted=Count(99, 98, 1, 40, ()), growths=())
    assert decided(a_drill()) == decided(slower)
    broken = a_drill(at_the_end=("node3: it has forgotten an outbox",))
    assert "node3: it has forgotten an outbox" in decided(broken)
    assert (a_drill().holds, broken.holds) == (True, False)


@pytest.mark.slow
@pytest.mark.mosquitto
@pytest.mark.strace
@pytest.mark.timeout(900)
def test_F02_F25_a_ward_that_is_struck_by_a_seeded_schedule_loses_doubles_and_hides_nothing(tmp_path: Path) -> None:
    kinds = (Kind.POWER_CUT, Kind.BROKER_KILLED)
    done = drill(tmp_path, replace(WANTED, faults=2), Lines(sys.stdout, sys.stderr), kinds=kinds, patience_s=150.0)
    assert (done.state.outcomes, done.at_the_end) == (((), ()), ())
    assert len(done.state.sensing) == 3
    assert done.counted.made == done.counted.held + done.counted.waiting > 9
