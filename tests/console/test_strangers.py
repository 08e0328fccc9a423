"""X4, T43: strangers cannot make the log grow without end, and every attempt of theirs is counted in it."""

import json

import pytest

from console.errors import StoreFull
from console.logbook.strangers import COUNTED, COUNTED_EVERY_S, MOST_OF_ALL, MOST_OF_ONE, Strangers
from console.store import audit_rows
from tests.kit.boxed_ward import GOVERNANCE, boxed_ward
from tests.kit.console_store import open_bench

ACTION = "signin:session:denied"


@pytest.fixture
def bench(tmp_path):
    made = open_bench(tmp_path)
    yield made
    made.store.close()


def attempts(bench, strangers, count, source=""):
    """Make attempts; return how many were written one by one."""
    written = []
    for _ in range(count):
        strangers.note(ACTION, source, lambda _tx: written.append(1))
    return len(written)


def counts(bench):
    rows = bench.store.read(lambda tx: audit_rows.rows(tx, after=None, limit=500))
    told = [json.loads(one.entry) for one in rows]
    return [(one["subject"], one["reason"]) for one in told if one["action"] == COUNTED]


def test_X4_one_source_leaves_a_few_entries_and_a_line_of_counts_and_nothing_is_left_out(bench):
    strangers, source = Strangers(bench.store, bench.audit.append, 1), f"device:{'a' * 32}"
    assert attempts(bench, strangers, 500, source) == MOST_OF_ONE
    bench.clock.advance(COUNTED_EVERY_S)
    strangers.step()
    told = counts(bench)
    assert sum(int(reason.rpartition("_")[2]) for subject, reason in told if not subject) == 500 - MOST_OF_ONE
    assert (source, f"signin_session_denied_{500 - MOST_OF_ONE - 1}") in told and len(told) == 3


def test_X4_many_sources_together_leave_no_more_than_the_sum_allows_in_an_hour(bench):
    strangers = Strangers(bench.store, bench.audit.append, 1)
    written = sum(attempts(bench, strangers, 2, f"device:{number:032x}") for number in range(400))
    strangers.write_counts()
    assert written == MOST_OF_ALL
    assert sum(int(reason.rpartition("_")[2]) for subject, reason in counts(bench) if not subject) == 800 - MOST_OF_ALL
    bench.clock.advance(3600)
    assert attempts(bench, strangers, 1) == 1


def test_X4_counts_that_cannot_be_written_are_written_later_and_once(bench):
    is_full = [True]

    def append(tx, entry):
        if is_full[0]:
            raise StoreFull("the disk is full; free some space")
        bench.audit.append(tx, entry)

    strangers = Strangers(bench.store, append, 1)
    attempts(bench, strangers, MOST_OF_ALL + 3)
    assert counts(bench) == [] and not strangers.write_counts()
    is_full[0] = False
    assert strangers.write_counts() and strangers.write_counts()
    assert counts(bench) == [("", "signin_session_denied_3")]


def test_T43_a_thousand_sign_ins_by_nobody_leave_a_bounded_mark(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        before = len(box.actions(denied=True))
        for number in range(MOST_OF_ALL + 300):
            box.ward.claims.read(f"code{number}")
        box.ward.identity.strangers.write_counts()
        assert len(box.actions(denied=True)) - before == MOST_OF_ALL + 2
        assert COUNTED in {one.action for one in box.ward.access.audit_rows(GOVERNANCE, -1, 500)}


def test_S6_an_answer_that_is_read_again_and_again_is_shown_only_with_its_entry(tmp_path):
    with boxed_ward(tmp_path, yes=False) as box:
        patient = box.patient("room1")
        box.ward.complaints.make(patient, "complaint", "Somebody shouted.")
        code = box.ward.claims.make(patient).detail
        shown = sum(bool(box.ward.claims.read(code)) for _ in range(MOST_OF_ONE + 5))
        assert shown == MOST_OF_ONE == box.actions().count("patient:answer:read")
