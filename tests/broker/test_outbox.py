import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from broker.codec import decode, encode
from broker.errors import OutboxDamaged, OutboxFull
from broker.messages import MOST_LOST_AT_ONCE, LossReport, Record, RecordBody
from broker.outbox import Outbox
from broker.topics import Leaf
from broker.vocabulary import LossReason
from tests.kit import contract

TOPIC = contract.topic(Leaf.RECORD)


SEALED = "A" * 86 + "=="


def seal(record: Record) -> Record:
    return record.model_copy(update={"signature": SEALED})


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    opened = Outbox.open(tmp_path / "outbox.db", seal, capacity=10)
    yield opened
    opened.close()


def keep(outbox: Outbox, body: RecordBody) -> Record:
    return outbox.append(lambda sequence: contract.record(body, sequence, outbox_id=outbox.outbox_id))


def sent(outbox: Outbox) -> list[Record]:
    records = [decode(TOPIC, payload) for _, payload in outbox.waiting(0, 10_000)]
    assert all(isinstance(one, Record) for one in records)
    return records  # type: ignore[return-value]


def rows_of(path: Path) -> list[tuple[int, int]]:
    """Return (first, last) sequence of every row of the file."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT sequence, last FROM waiting ORDER BY sequence").fetchall()


def covered(outbox: Outbox) -> list[int]:
    """Return every sequence that waits, a loss standing for all that it covers."""
    found: list[int] = []
    for record in sent(outbox):
        last = record.body.to_sequence if isinstance(record.body, LossReport) else record.sequence
        found += range(record.sequence, last + 1)
    return found


def test_records_wait_in_order_without_holes(outbox: Outbox) -> None:
    for _ in range(5):
        keep(outbox, contract.room_event())
    assert [one.sequence for one in sent(outbox)] == [1, 2, 3, 4, 5]


def test_a_receipt_forgets_what_it_settles_and_nothing_more(outbox: Outbox) -> None:
    for _ in range(5):
        keep(outbox, contract.room_event())
    assert outbox.settle(outbox.outbox_id, 3) == 3
    assert (outbox.first_unsettled, outbox.count) == (4, 2)


def test_a_receipt_for_another_outbox_or_from_the_future_or_the_past_changes_nothing(outbox: Outbox) -> None:
    keep(outbox, contract.room_event())
    keep(outbox, contract.room_event())
    assert outbox.settle("e" * 32, 1) == 0
    assert outbox.settle(outbox.outbox_id, 3) == 0
    outbox.settle(outbox.outbox_id, 2)
    assert outbox.settle(outbox.outbox_id, 1) == 0
    assert (outbox.first_unsettled, outbox.count) == (3, 0)


def test_a_sequence_is_never_used_again_after_a_restart(tmp_path: Path) -> None:
    first = Outbox.open(tmp_path / "outbox.db", seal)
    keep(first, contract.room_event())
    first.settle(first.outbox_id, 1)
    first.close()
    again = Outbox.open(tmp_path / "outbox.db", seal)
    assert again.outbox_id == first.outbox_id
    assert keep(again, contract.room_event()).sequence == 2
    again.close()


def test_a_full_outbox_drops_the_oldest_minutes_and_says_how_many(outbox: Outbox) -> None:
    for _ in range(10):
        keep(outbox, contract.minute())
    keep(outbox, contract.room_event())
    records = sent(outbox)
    assert isinstance(records[0].body, LossReport)
    assert covered(outbox) == list(range(1, 12))


def test_T10_all_that_waits_is_sealed_and_a_loss_report_too(outbox: Outbox) -> None:
    for _ in range(11):
        keep(outbox, contract.minute())
    assert any(isinstance(one.body, LossReport) for one in sent(outbox))
    assert {one.signature for one in sent(outbox)} == {SEALED}


def test_a_loss_never_grows_beyond_what_one_report_may_say(tmp_path: Path) -> None:
    path, most = tmp_path / "outbox.db", MOST_LOST_AT_ONCE
    outbox = Outbox.open(path, seal, capacity=6)
    for _ in range(6):
        keep(outbox, contract.minute())
    # As months without a console leave it: the oldest loss has as many under it as a report may say.
    whole = contract.record(LossReport(to_sequence=most, count=most, reason=LossReason.OUTBOX_FULL), sequence=1)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("UPDATE waiting SET sequence = sequence + ?, last = last + ? WHERE sequence > 1", (most - 1,) * 2)
        db.execute("UPDATE waiting SET kind = 2, last = ?, payload = ? WHERE sequence = 1", (most, encode(whole)))
        db.execute("UPDATE outbox SET last_sequence = ?", (most + 5,))
    outbox.close()
    outbox = Outbox.open(path, seal, capacity=6)
    keep(outbox, contract.room_event())
    waiting = rows_of(path)
    assert waiting == [(1, most), (most + 1, most + 5), (most + 6, most + 6)]
    outbox.close()


def test_a_record_that_may_carry_an_alert_is_never_dropped(outbox: Outbox) -> None:
    for _ in range(10):
        keep(outbox, contract.room_event())
    with pytest.raises(OutboxFull):
        keep(outbox, contract.room_event())
    assert covered(outbox) == list(range(1, 11))


def test_a_file_that_is_no_outbox_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "outbox.db"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(OutboxDamaged, match="move it away"):
        Outbox.open(path, seal)
    assert path.read_bytes() == b"not a database" * 100


def test_a_folder_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot be opened"):
        Outbox.open(tmp_path / "none" / "outbox.db", seal)


class OutboxMachine(RuleBasedStateMachine):
    """Whatever happens in whatever order: kept or declared lost, in order, no hole, no sequence used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.path = Path(self.folder.name) / "outbox.db"
        self.outbox = Outbox.open(self.path, seal, capacity=6)
        self.outbox_id = self.outbox.outbox_id
        self.appended: dict[int, RecordBody] = {}
        self.settled = 0

    @rule(body=st.sampled_from([contract.minute(), contract.room_event()]))
    def append(self, body: RecordBody) -> None:
        try:
            record = keep(self.outbox, body)
        except OutboxFull:
            return
        assert record.sequence not in self.appended
        self.appended[record.sequence] = body

    @rule(ahead=st.integers(min_value=-2, max_value=8))
    def settle(self, ahead: int) -> None:
        through = self.settled + ahead
        self.outbox.settle(self.outbox_id, through)
        if self.settled < through <= len(self.appended):
            self.settled = through

    @rule()
    def restart(self) -> None:
        self.outbox.close()
        self.outbox = Outbox.open(self.path, seal, capacity=6)

    @rule()
    def be_killed(self) -> None:
        # A killed process closes nothing and leaves its write-ahead log: another connection must find all of it.
        left_behind = self.outbox
        self.outbox = Outbox.open(self.path, seal, capacity=6)
        left_behind.close()

    @precondition(lambda self: self.outbox.count > 0)
    @rule(body=st.sampled_from([contract.minute(), contract.room_event()]))
    def fail_in_the_middle_of_an_append(self, body: RecordBody) -> None:
        before = self.outbox.waiting(0, 100)

        def refuse(_sequence: int) -> Record:
            raise sqlite3.OperationalError("disk full")

        with pytest.raises(sqlite3.OperationalError):
            self.outbox.append(refuse)
        assert self.outbox.waiting(0, 100) == before

    @invariant()
    def everything_unsettled_waits_or_is_declared_lost(self) -> None:
        assert self.outbox.outbox_id == self.outbox_id
        assert self.outbox.last_sequence == len(self.appended)
        waiting = [one for one in covered(self.outbox) if one > self.outbox.first_unsettled - 1]
        assert waiting == list(range(self.outbox.first_unsettled, len(self.appended) + 1))

    @invariant()
    def what_may_carry_an_alert_is_whole(self) -> None:
        kept = {one.sequence: one.body for one in sent(self.outbox) if not isinstance(one.body, LossReport)}
        for sequence, body in self.appended.items():
            if body.kind == "room_event" and sequence >= self.outbox.first_unsettled:
                assert kept[sequence] == body

    def teardown(self) -> None:
        self.outbox.close()
        self.folder.cleanup()


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
