"""The power is cut under a node's stores, by the hundred: what was acknowledged is there, and everything opens."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from deploy.drill.power import Did, Step, survivors
from deploy.drill.power_cuts import Cuts, cut_often, record_work
from deploy.drill.write_log import steps_of

CUTS, SEED = 150, 20261126


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    return record_work(tmp_path_factory.mktemp("recorded"))


def left(*steps: Step, before: dict[str, bytes] | None = None) -> list[dict[str, bytes]]:
    return [survivors(steps, random.Random(seed), before) for seed in range(40)]


def without(steps: Sequence[Step], did: Did) -> Cuts:
    """Cut under a disk that says it has synchronised and has not."""
    return cut_often([one for one in steps if one.did is not did], 20, SEED)


@pytest.mark.strace
def test_F02_no_power_cut_loses_what_a_node_acknowledged_or_leaves_stores_that_do_not_open(steps: list[Step]) -> None:
    done = cut_often(steps, CUTS, SEED)
    assert done.faults == ()
    assert done.steps > 400


@pytest.mark.strace
@pytest.mark.parametrize("did", [Did.SYNC, Did.SYNC_FOLDER])
def test_F02_the_cuts_find_what_a_disk_that_lies_has_lost(steps: list[Step], did: Did) -> None:
    assert without(steps, did).faults


def test_F02_a_write_that_was_not_synced_may_be_there_torn_or_lost() -> None:
    long = Step(Did.WRITE, "a", 0, b"x" * 1024)
    found = {one["a"] for one in left(long, before={"a": b"o" * 1024})}
    assert found == {b"o" * 1024, b"x" * 1024, b"x" * 512 + b"o" * 512, b"o" * 512 + b"x" * 512}


def test_F02_a_file_renamed_in_a_folder_that_was_not_synced_is_the_old_or_the_new_one() -> None:
    draft = (Step(Did.MAKE, "b"), Step(Did.WRITE, "b", 0, b"new"), Step(Did.SYNC, "b"), Step(Did.RENAME, "b", to="a"))
    assert {one["a"] for one in left(*draft, before={"a": b"old"})} == {b"old", b"new"}
    assert {one["a"] for one in left(*draft, Step(Did.SYNC_FOLDER), before={"a": b"old"})} == {b"new"}


def test_calls_of_two_threads_that_interrupt_each_other_are_put_together_again(tmp_path: Path) -> None:
    log, folder = tmp_path / "log", tmp_path.resolve()
    log.write_text(
        f'1 openat(AT_FDCWD, "{_hex(f"{folder}/a")}", O_WRONLY|O_CREAT, 0600) = 3<{folder}/a>\n'
        f'1 write(3<{folder}/a>, "{_hex("hal")}", 3 <unfinished ...>\n'
        f"2 fsync(4<{folder}>) = 0\n"
        "1 <... write resumed>) = 3\n"
        f'2 write(5<socket:[7]>, "{_hex("no")}", 2) = 2\n'
        f'1 write(3<{folder}/a>, "{_hex("f")}", 1) = 1\n'
    )
    assert steps_of(log, folder) == [
        Step(Did.MAKE, "a"),
        Step(Did.SYNC_FOLDER),
        Step(Did.WRITE, "a", 0, b"hal"),
        Step(Did.WRITE, "a", 3, b"f"),
    ]


def _hex(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())
