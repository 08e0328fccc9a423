"""One JSON line per log entry on standard error: ids and codes; of an exception its kind and place, never its words.

The words of an exception may hold what somebody typed (rule X5), so they stay out; so do the values of statements.
"""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import structlog

_ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class JsonLines(logging.Formatter):
    """Formats an entry of the libraries beneath the console (the web server, the database) as one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line of JSON."""
        told: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            # With an exception the message itself may be made of its words.
            "event": record.getMessage() if not record.exc_info else "exception",
        }
        if record.exc_info:
            told |= _place_of(record.exc_info)
        return json.dumps(told)


def log_to_stderr(stream: TextIO | None = None) -> None:
    """Send the console's log entries, and the warnings of what lies beneath it, to standard error or to a stream.

    Args:
        stream: where to instead; None for standard error.
    """
    target = stream or sys.stderr
    handler = logging.StreamHandler(target)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            _without_words,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_given: Lines(stream),
        cache_logger_on_first_use=False,
    )


class Lines:
    """Writes entries, and bears that nothing can be written: a full disk under the log must not stop the ward.

    Args:
        stream: where to; None for standard error as it is when an entry is written.
    """

    lost = 0
    """Entries that could not be written since the process began; told in the next one that can."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        """Write one entry, or count it as lost."""
        stream = self._stream or sys.stderr
        try:
            if Lines.lost:
                stream.write(json.dumps({"event": "log_entries_lost", "count": Lines.lost}) + "\n")
            stream.write(line + "\n")
            stream.flush()
        except (OSError, ValueError):
            Lines.lost += 1
        else:
            Lines.lost = 0

    debug = info = warning = error = critical = exception = msg


def _without_words(_logger: Any, _method: str, told: structlog.typing.EventDict) -> structlog.typing.EventDict:
    given = told.pop("exc_info", None)
    if given:
        told.update(_place_of(sys.exc_info() if given is True else _info_of(given)))
    return told


def _info_of(given: Any) -> _ExcInfo:
    return (type(given), given, given.__traceback__) if isinstance(given, BaseException) else given


def _place_of(info: _ExcInfo) -> dict[str, str]:
    kind, _, trace = info
    if kind is None:
        return {}
    frames = traceback.extract_tb(trace)
    place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "unknown"
    return {"exception": kind.__name__, "place": place}
