import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from broker.clock import HandClock
from edge.witness import Finding, Witness, is_consistent
from tests.kit.nodes import NIGHT, SigningConsole


def leaf(index: int) -> bytes:
    return hashlib.sha256(b"\x00" + str(index).encode()).digest()


def root(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, written from the definition and not from the verifier."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:])).digest()


def proof(first: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """RFC 9162, 2.1.4.1: SUBPROOF."""
    if first == len(leaves):
        return [] if whole else [root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if first <= split:
        return [*proof(first, leaves[:split], whole), root(leaves[split:])]
    return [*proof(first - split, leaves[split:], False), root(leaves[:split])]


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_X3_every_true_extension_is_consistent_and_every_changed_one_is_not(data: st.DataObject) -> None:
    second = data.draw(st.integers(2, 70))
    first = data.draw(st.integers(1, second - 1))
    leaves = [leaf(index) for index in range(second)]
    path = proof(first, leaves)
    old, new = root(leaves[:first]), root(leaves)
    assert is_consistent(first, old, second, new, path)
    edited = list(leaves)
    edited[data.draw(st.integers(0, first - 1))] = leaf(999)
    assert not is_consistent(first, old, second, root(edited), proof(first, edited))
    broken = list(path)
    broken[data.draw(st.integers(0, len(path) - 1))] = leaf(998)
    assert not is_consistent(first, old, second, new, broken)
    assert not is_consistent(first, old, second, new, path[:-1])
    assert not is_consistent(first, old, second, new, [*path, leaf(997)])
    assert not is_consistent(first, old, second, new, [])


class Log:
    """A console's log, and a witness of it."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock(NIGHT)
        self.console = SigningConsole(self.clock)
        self.path = folder / "witness.json"
        self.witness = Witness(self.path)
        self.leaves = [leaf(index) for index in range(20)]

    def show(self, size: int, *, since: int = 0, leaves: list[bytes] | None = None) -> Finding:
        self.clock.advance(1)
        of = (leaves or self.leaves)[:size]
        path = tuple(one.hex() for one in proof(since, of)) if 0 < since < size else ()
        return self.witness.judge(self.console.checkpoint(size, root(of).hex(), from_size=since, proof=path))


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path)


def test_X3_the_first_head_is_remembered_without_a_proof(log: Log) -> None:
    assert log.show(7) is Finding.GROWN
    assert Witness(log.path).head.tree_size == 7


def test_X3_a_log_that_only_grew_is_accepted(log: Log) -> None:
    log.show(7)
    assert log.show(12, since=7) is Finding.GROWN
    assert log.show(12, since=7) is Finding.SEEN


def test_X3_an_edited_row_is_a_conflict(log: Log) -> None:
    log.show(7)
    edited = [leaf(100), *log.leaves[1:]]
    assert log.show(12, since=7, leaves=edited) is Finding.CONFLICT
    assert log.witness.in_conflict
    assert log.witness.head.tree_size == 7
    assert (Witness(log.path).in_conflict, Witness(log.path).head) == (True, log.witness.head)


def test_T22_a_log_that_grows_truly_after_a_conflict_does_not_end_it(log: Log) -> None:
    log.show(12)
    log.show(7)
    assert log.show(15, since=12) is Finding.GROWN
    assert Witness(log.path).in_conflict


def test_X3_the_same_size_with_another_root_is_a_conflict(log: Log) -> None:
    log.show(7)
    assert log.show(7, leaves=[leaf(100), *log.leaves[1:]]) is Finding.CONFLICT


def test_X3_a_log_that_was_cut_short_is_a_conflict(log: Log) -> None:
    log.show(12)
    assert log.show(7) is Finding.CONFLICT


def test_X3_an_old_head_that_comes_late_is_no_conflict(log: Log) -> None:
    old = log.console.checkpoint(7, root(log.leaves[:7]).hex())
    log.show(12)
    assert log.witness.judge(old) is Finding.OLDER


def test_X3_a_growth_without_a_proof_from_what_is_remembered_is_not_cosigned(log: Log) -> None:
    log.show(7)
    assert log.show(12, since=5) is Finding.UNJOINED
    assert log.witness.head.tree_size == 7
    assert log.witness.may_tell_head_again()
    assert not log.witness.may_tell_head_again()


def test_X3_a_head_that_cannot_be_kept_is_not_cosigned(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    log = Log(folder)
    folder.rmdir()
    assert log.show(7) is Finding.CANNOT_REMEMBER


def test_X3_a_spoilt_memory_cosigns_nothing_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "witness.json").write_text("{}x")
    log = Log(tmp_path)
    assert log.show(7) is Finding.CANNOT_REMEMBER
    assert "engineer" in (log.witness.fault or "")


def test_X3_a_conflict_is_new_once(log: Log) -> None:
    shown = log.console.checkpoint(7, root(log.leaves[:7]).hex(), from_size=3)
    assert log.witness.is_new_conflict(shown)
    log.clock.advance(timedelta(seconds=20).total_seconds())
    assert not log.witness.is_new_conflict(shown)
