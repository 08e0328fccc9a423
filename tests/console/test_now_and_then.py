"""What is looked at now and then is done once when it is due, and again after a disk that failed."""

from structlog.testing import capture_logs

from console.store.now_and_then import NowAndThen
from tests.kit.boxed_ward import boxed_ward


def test_what_a_failing_disk_left_undone_is_done_the_next_time_and_said_once(tmp_path):
    with boxed_ward(tmp_path) as box, capture_logs() as logs:
        due, done = ["a letter"], []
        often = NowAndThen(box.ward.office.store, 60.0, "letters_not_sent")
        box.disk.is_full = True
        for _ in range(3):
            assert not often.step(lambda _tx: due, lambda _tx: done.append(due.pop()))
            box.clock.advance(60)
        box.disk.is_full = False
        assert often.step(lambda _tx: due, lambda _tx: done.append(due.pop())) and done == ["a letter"]
        assert not often.step(lambda _tx: True, lambda _tx: done.append("too soon"))
        assert [one["event"] for one in logs].count("letters_not_sent") == 1
