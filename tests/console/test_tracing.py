"""What leaves as a trace: how long the console's own steps take, and nothing of anybody (rule K2, SG4)."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from pydantic import ValidationError
from starlette.testclient import TestClient

from broker.clock import SystemClock
from console.app import create_app
from console.running.opening import open_ward
from console.running.settings import TracingSettings
from console.tracing.allowed import OTHER_METHOD, OTHER_ROUTE, ROUTES, only_allowed
from console.tracing.sending import Line, OtlpSpans, open_spans
from console.tracing.spans import Fact, Step
from tests.kit.boxed_ward import boxed_ward, settings_of
from tests.kit.house import ROOT

CLOCK = SystemClock()
CANARIES = ("Person 1", "canary-name", "canary-room", "node1", "room1", "c0ffee99", "traceparent", "testclient")


class Collector(HTTPServer):
    """A collector on this machine that keeps what it is sent, as it came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Taking)
        self.came = b""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def names(self) -> list[str]:
        told = ExportTraceServiceRequest.FromString(self.came)
        return [span.name for one in told.resource_spans for scope in one.scope_spans for span in scope.spans]


class _Taking(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Collector)
        # Messages of one kind, one after another, are one message: so is the encoding made.
        self.server.came += self.rfile.read(int(self.headers["content-length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_told: Any) -> None:
        pass


@contextmanager
def collector() -> Iterator[Collector]:
    with Collector() as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.shutdown()
            thread.join()


def paths_of(routes: Sequence[Any]) -> Iterator[str]:
    for route in routes:
        within = getattr(route, "original_router", None)
        yield from paths_of(within.routes) if within is not None else [getattr(route, "path", "")]


class Refusing(SpanExporter):
    """A collector that is stuck until it is let go, and takes nothing then."""

    def __init__(self) -> None:
        self.let_go = threading.Event()

    def export(self, _spans: Sequence[Any]) -> SpanExportResult:
        CLOCK.wait(self.let_go, 30)
        return SpanExportResult.FAILURE

    def shutdown(self) -> None:
        self.let_go.set()


def test_K2_a_wards_spans_name_steps_and_routes_and_nothing_of_anybody(tmp_path: Path) -> None:
    with collector() as there, boxed_ward(tmp_path) as box:
        spans = open_spans(there.address, "st-elsewhere/willow")
        box.ward.stop()
        ward = open_ward(settings_of(tmp_path), box.clock, box.link, spans=spans)
        app, node = create_app(ward, settings_of(tmp_path), spans=spans), box.nodes["room1"]
        box.link.start(ward.intake.receive, lambda _up: None)
        node.restart()
        node.announce()
        node.send(node.record(node.event()))
        ward.step()
        with TestClient(
            app, base_url="http://localhost", headers={"traceparent": f"00-{'c0ffee99' * 4}-{'1' * 16}-01"}
        ) as web:
            for path in ("/healthz?who=canary-name", "/board/rooms/canary-room", "/stop/room1", "/alerts/c0ffee99"):
                web.get(path)
        ward.stop()
        spans.close()
    names = there.names()
    assert {"intake", "intake.commit", "intake.receipts", "lease", "GET /healthz"} <= set(names)
    assert {"GET /board/rooms/{room_id}", "GET /alerts/{alert_id}", f"GET {OTHER_ROUTE}"} <= set(names)
    assert [one for one in CANARIES if one.encode() in there.came] == []
    assert spans.figures().sent == len(names)


@pytest.mark.parametrize(
    "name, facts",
    [
        (Step.REQUEST, {Fact.ROUTE: "/board/rooms/canary-room", Fact.METHOD: "CANARY-NAME"}),
        (Step.INTAKE, {"node_id": "node1", "enduser.id": "Person 1", Fact.MESSAGES: "canary-name"}),
        (Step.LEASE, {"url.path": "/stop/room1", "client.address": "10.0.0.7", Fact.STATUS: 10**12}),
    ],
)
def test_whatever_a_step_is_told_only_listed_facts_and_values_leave(name: Step, facts: dict[str, object]) -> None:
    allowed = only_allowed(name, facts)
    assert allowed is not None
    assert not [one for one in (*CANARIES, "10.0.0.7", "CANARY") if one in f"{allowed.name} {dict(allowed.facts)}"]
    assert set(allowed.facts.values()) <= {OTHER_ROUTE, OTHER_METHOD}


def test_a_span_without_a_known_name_does_not_leave_at_all() -> None:
    assert only_allowed("canary-name", {Fact.MESSAGES: 1}) is None


def test_every_route_that_is_named_exists_and_none_of_a_patients_is(tmp_path: Path) -> None:
    with boxed_ward(tmp_path) as box:
        known = set(paths_of(create_app(box.ward, settings_of(tmp_path)).routes))
    assert known >= ROUTES
    assert not [one for one in ROUTES if one.startswith(("/stop/", "/me/", "/at/")) or one.endswith("/no")]


def test_a_stuck_collector_holds_up_nobody_and_what_it_costs_is_counted() -> None:
    stuck = Refusing()
    line = Line(stuck, CLOCK, most_waiting=10, send_every_s=0.0)
    spans = OtlpSpans(line, "willow", CLOCK)
    for _ in range(1000):
        with spans.during(Step.ALERT):
            pass
    assert spans.figures().dropped["queue_full"] >= 1000 - 10 - 256
    stuck.let_go.set()
    spans.close()
    told = spans.figures()
    assert told.sent == 0 and sum(told.dropped.values()) == 1000 and told.dropped["not_taken"] > 0


def test_a_collector_that_is_not_there_is_counted_and_ends_at_once() -> None:
    spans = open_spans("http://127.0.0.1:9", "willow")
    with pytest.raises(ZeroDivisionError), spans.during(Step.INTAKE):
        _ = 1 / 0
    spans.close()
    assert spans.figures().sent == 0


def test_a_collector_on_another_machine_is_spoken_to_over_tls_alone() -> None:
    assert TracingSettings(endpoint="http://127.0.0.1:4318").endpoint
    assert TracingSettings(endpoint="https://traces.example:4318").endpoint
    for told in ("http://traces.example:4318", "https://name:secret@traces.example", "ftp://traces.example"):
        with pytest.raises(ValidationError):
            TracingSettings(endpoint=told)


def test_a_console_without_a_collector_loads_nothing_that_sends() -> None:
    import subprocess
    import sys

    asked = "import sys, console.running.serve; print('console.tracing.sending' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
