import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from console.running.logs import log_to_stderr
from tests.kit.console_store import MARKER


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    told = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    log_to_stderr(told)
    yield told
    structlog.reset_defaults()
    root.handlers[:], root.level = before, level


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def fail() -> None:
    raise ValueError(f"cannot admit {MARKER}")


def test_X5_of_an_exception_only_its_kind_and_place_are_logged(stream: io.StringIO) -> None:
    try:
        fail()
    except ValueError as error:
        structlog.get_logger("console").error("request_failed", path_kind="admit", exc_info=True)
        structlog.get_logger("console").error("request_failed", exc_info=error)
        logging.getLogger("uvicorn.error").exception("Exception in %s", error)
    told = lines(stream)
    assert MARKER not in stream.getvalue()
    assert [one["exception"] for one in told] == ["ValueError"] * 3
    assert all(one["place"].startswith("test_logs.py:") for one in told)


def test_an_entry_is_one_line_whatever_is_in_it(stream: io.StringIO) -> None:
    structlog.get_logger("console").warning("odd", value='a"b\nINFO forged line\x1b[31m')
    logging.getLogger("library").warning("two\nlines")
    told = lines(stream)
    assert [one["event"] for one in told] == ["odd", "two\nlines"]
    assert told[0]["level"] == "warning"


def test_what_is_only_for_debugging_is_not_logged(stream: io.StringIO) -> None:
    structlog.get_logger("console").debug("detail")
    logging.getLogger("sqlalchemy").debug("SELECT 1")
    assert lines(stream) == []


def test_F36_a_log_that_cannot_be_written_stops_nothing_and_its_losses_are_told(stream: io.StringIO) -> None:
    class Full(io.StringIO):
        is_full = True

        def write(self, text: str) -> int:
            if self.is_full:
                raise OSError(28, "No space left on device")
            return super().write(text)

    full = Full()
    log_to_stderr(full)
    log = structlog.get_logger("test")
    log.error("first")
    log.error("second")
    full.is_full = False
    log.error("third")
    told = [json.loads(line) for line in full.getvalue().splitlines()]
    assert [one["event"] for one in told] == ["log_entries_lost", "third"]
    assert told[0]["count"] == 2
