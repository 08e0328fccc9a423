"""Spans on their way to a collector over OTLP: a short line, one thread, and nobody who waits for either."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanKind, Status, StatusCode

from broker.clock import Clock, SystemClock
from console.tracing.allowed import only_allowed
from console.tracing.spans import Fact, Span, SpanFigures, Step

MOST_WAITING = 2048
"""Spans that wait to be sent; further ones are dropped and counted. Some five minutes of a ward's."""
_BATCH = 256
_SEND_EVERY_S = 5.0
_TIMEOUT_S = 5.0
"""[s] for one batch, further tries included; a collector that does not take it by then has lost it."""
_LAST_WAIT_S = 2.0
_PATH = "/v1/traces"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_log = structlog.get_logger(__name__)


class _OtlpSpan:
    def __init__(self, span: trace.Span) -> None:
        self._span = span

    def tell(self, fact: Fact, value: str | int) -> None:
        """Say one thing about it."""
        self._span.set_attribute(fact.value, value)


class OtlpSpans:
    """Times steps and sends them.

    Nothing of this console's environment joins them: who it is, is what is given here. The library itself reads
    `OTEL_EXPORTER_OTLP_HEADERS` (such as a collector's token) and `OTEL_TRACES_SAMPLER`.

    Args:
        line: where spans go when they end.
        name: of the console, by which spans of several wards are told apart.
        clock: the machine's own time, also where a demonstration's clock runs faster.
    """

    def __init__(self, line: "Line", name: str, clock: Clock) -> None:
        self._line, self._clock = line, clock
        line.resource = Resource({"service.name": "hushward-console", "service.instance.id": name})
        provider = TracerProvider(resource=line.resource, shutdown_on_exit=False)
        provider.add_span_processor(line)
        self._tracer = provider.get_tracer("hushward")

    def moment(self) -> int:
        """Return now [ns since 1970]."""
        return (self._clock.utc_now() - _EPOCH) // timedelta(microseconds=1) * 1000

    @contextmanager
    def during(self, step: Step, since: int | None = None) -> Iterator[Span]:
        """Time what is done within, as part of whatever step it is done in."""
        with self._tracer.start_as_current_span(
            step.value, start_time=since or None, record_exception=False, set_status_on_exception=False
        ) as span:
            told = _OtlpSpan(span)
            try:
                yield told
            except BaseException:
                told.tell(Fact.FAILED, 1)
                raise

    def figures(self) -> SpanFigures:
        """Return what became of them."""
        return self._line.figures()

    def close(self) -> None:
        """Send what waits, within two seconds, and end."""
        self._line.shutdown()


class Line(SpanProcessor):
    """Lets through what is allowed, keeps a bounded number of it, and hands it to the collector from its own thread.

    Args:
        exporter: sends a batch; slow, failing or gone, it holds up nobody but this line's thread.
        clock: the machine's own time.
        most_waiting: spans that wait at most.
        send_every_s: how often a batch goes [s].
    """

    def __init__(
        self,
        exporter: SpanExporter,
        clock: Clock,
        *,
        most_waiting: int = MOST_WAITING,
        send_every_s: float = _SEND_EVERY_S,
    ) -> None:
        self.resource = Resource({})
        self._exporter, self._clock = exporter, clock
        self._most_waiting, self._send_every_s = most_waiting, send_every_s
        self._waiting: deque[ReadableSpan] = deque()
        self._lock = threading.Lock()
        self._sent = 0
        self._dropped: Counter[str] = Counter(dict(SpanFigures().dropped))
        self._is_refused = False
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="spans", daemon=True)
        self._thread.start()

    def on_end(self, span: ReadableSpan) -> None:
        """Put a span into the line as far as it is allowed, or count it as dropped."""
        allowed = self._allowed(span)
        with self._lock:
            if allowed is None:
                self._dropped["not_allowed"] += 1
            elif len(self._waiting) >= self._most_waiting:
                self._dropped["queue_full"] += 1
            else:
                self._waiting.append(allowed)

    def figures(self) -> SpanFigures:
        """Return what became of all spans."""
        with self._lock:
            return SpanFigures(self._sent, dict(self._dropped))

    def shutdown(self) -> None:
        """Send what waits, as far as it goes at once, and end."""
        self._ending.set()
        self._thread.join(_LAST_WAIT_S)
        self._exporter.shutdown()

    def _allowed(self, span: ReadableSpan) -> ReadableSpan | None:
        """Make a span anew of what may leave: no event, no link, no text of an error, nobody else's facts."""
        allowed = only_allowed(span.name, span.attributes or {})
        if allowed is None:
            return None
        is_request = span.name == Step.REQUEST
        status = allowed.facts.get(Fact.STATUS, 0)
        has_failed = bool(allowed.facts.get(Fact.FAILED)) or (isinstance(status, int) and status >= 500)
        return ReadableSpan(
            allowed.name,
            context=span.context,
            parent=span.parent,
            resource=self.resource,
            attributes=allowed.facts,
            kind=SpanKind.SERVER if is_request else SpanKind.INTERNAL,
            status=Status(StatusCode.ERROR if has_failed else StatusCode.UNSET),
            start_time=span.start_time,
            end_time=span.end_time,
            instrumentation_scope=span.instrumentation_scope,
        )

    def _run(self) -> None:
        while not self._ending.is_set():
            self._clock.wait(self._ending, self._send_every_s)
            while batch := self._next_batch():
                self._send(batch)

    def _next_batch(self) -> list[ReadableSpan]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]

    def _send(self, batch: list[ReadableSpan]) -> None:
        try:
            is_taken = self._exporter.export(batch) is SpanExportResult.SUCCESS
        except Exception:
            # Whatever the library raises, the line goes on: a trace is never worth a console.
            is_taken = False
        with self._lock:
            if is_taken:
                self._sent += len(batch)
            else:
                self._dropped["not_taken"] += len(batch)
        if is_taken is self._is_refused:
            self._is_refused = not is_taken
            _log.info("spans_taken_again") if is_taken else _log.warning("spans_not_taken")


def open_spans(endpoint: str, name: str, ca_file: Path | None = None) -> OtlpSpans:
    """Open the way to a collector; it need not be there.

    Args:
        endpoint: its base address, as `OTEL_EXPORTER_OTLP_ENDPOINT` means it.
        name: of this console.
        ca_file: authority of its certificate (PEM); None for those the machine knows.
    """
    # It would say the same line again and again, with the address in it; this room says once what happened.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    clock = SystemClock()
    exporter = OTLPSpanExporter(
        endpoint.rstrip("/") + _PATH, certificate_file=None if ca_file is None else str(ca_file), timeout=_TIMEOUT_S
    )
    return OtlpSpans(Line(exporter, clock), name, clock)
