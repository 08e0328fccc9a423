from datetime import timedelta
from pathlib import Path

from tests.kit.boxed_ward import GOVERNANCE, boxed_ward


def test_T26_a_look_made_under_a_clock_that_was_set_back_stands_where_it_was_made(tmp_path: Path) -> None:
    with boxed_ward(tmp_path) as box:
        before = box.ward.access.audit_rows(GOVERNANCE, -1, 500)
        assert isinstance(before, tuple)
        box.clock.jump(box.clock.utc_now() - timedelta(hours=2))
        box.stop("room1")
        after = box.ward.access.audit_rows(GOVERNANCE, before[-1].index, 500)
        assert isinstance(after, tuple)
        made = next(one for one in after if one.action == "consent:sensor:stopped")
        assert made.at < before[-1].at, "the log shows the jump"
        assert [one.index for one in after] == list(range(before[-1].index + 1, after[-1].index + 1))
