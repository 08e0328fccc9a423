"""What a span is here: one step of the console with its beginning, its end and a few facts, each from a closed list."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Step(StrEnum):
    """What can be timed; nothing else has a name."""

    REQUEST = "request"
    """From the arrival of a request to the beginning of its answer."""
    INTAKE = "intake"
    """From the arrival of the oldest message of a batch to the last receipt for it."""
    COMMIT = "intake.commit"
    """The write of a batch, until it is on the disk."""
    RECEIPTS = "intake.receipts"
    """The receipts of a batch, signed and handed to the link."""
    BOARD = "board"
    """One board, from its computing to the moment when every screen's stream is woken."""
    LEASE = "lease"
    """One lease, from the verdict until it is handed to the link."""
    ALERT = "alert.step"
    """One step of an alert that time alone has brought, until it is written down."""


class Fact(StrEnum):
    """What may be said of a step; nothing else is."""

    METHOD = "http.request.method"
    ROUTE = "http.route"
    STATUS = "http.response.status_code"
    MESSAGES = "hushward.messages"
    RECEIPTS = "hushward.receipts"
    SCREENS = "hushward.screens"
    FAILED = "hushward.failed"


@dataclass(frozen=True, slots=True)
class SpanFigures:
    """What became of spans since the console started.

    Attributes:
        sent: taken by the collector.
        dropped: not sent, by reason: `queue_full`, `not_taken` (by the collector), `not_allowed`.
    """

    sent: int = 0
    dropped: Mapping[str, int] = field(
        default_factory=lambda: dict.fromkeys(("queue_full", "not_taken", "not_allowed"), 0)
    )


class Span(Protocol):
    """One step that is being timed."""

    def tell(self, fact: Fact, value: str | int, /) -> None:
        """Say one thing about it."""


class Spans(Protocol):
    """Times steps; never raises, never waits, and changes nothing of what is timed."""

    def moment(self) -> int:
        """Return now, for `since` [ns since 1970]; 0 where nothing is timed."""

    def during(self, step: Step, since: int | None = None, /) -> AbstractContextManager[Span]:
        """Time what is done within; what raises is told as failed, without a word of the error.

        Args:
            step: which.
            since: when it began, if before now.
        """

    def figures(self) -> SpanFigures:
        """Return what became of them."""


class _NoSpan:
    def tell(self, _fact: Fact, _value: str | int) -> None:
        """Forget it."""


class NoSpans:
    """Times nothing: how a console runs as shipped."""

    def moment(self) -> int:
        """Return 0."""
        return 0

    def during(self, _step: Step, _since: int | None = None) -> AbstractContextManager[Span]:
        """Do what is done within."""
        return nullcontext(_NO_SPAN)

    def figures(self) -> SpanFigures:
        """Return zeros."""
        return SpanFigures()


_NO_SPAN = _NoSpan()
NO_SPANS = NoSpans()
