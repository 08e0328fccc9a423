"""What a monitoring system may know of a ward: its machines, and nothing that concerns a person."""

import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from fastapi import APIRouter, Header
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from starlette.responses import Response

from console.showing.desk_views import HealthView, NodeHealthView
from console.tracing.spans import NO_SPANS, SpanFigures, Spans

TOKEN_FILE = "metrics.token"
"""In the console's keys: what the monitoring system shows."""


class Machines(Protocol):
    """Where the figures come from."""

    def machine_health(self) -> HealthView:
        """Return what the health page shows."""


def router(ward: Machines, token: str, certificates: Mapping[str, datetime], spans: Spans = NO_SPANS) -> APIRouter:
    """Return the route, in the text form of Prometheus.

    Whether a sensor is open is not among the figures: a closed one may be somebody's no.

    Args:
        ward: tells the figures.
        token: the monitoring system's secret; nobody else is answered.
        certificates: when each certificate of this console ends.
        spans: tells what became of its traces.
    """
    routes = APIRouter()

    @routes.get("/metrics")
    def metrics(authorization: str = Header(default="", max_length=200)) -> Response:
        if not hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode()):
            return Response(status_code=404)
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Scrape(ward.machine_health(), certificates, spans.figures()))
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return routes


class _Scrape:
    """One answer; made anew for each question, so that a node that is gone leaves no series behind."""

    def __init__(self, health: HealthView, certificates: Mapping[str, datetime], spans: SpanFigures) -> None:
        self._health = health
        self._certificates = certificates
        self._spans = spans

    def collect(self) -> Iterable[Metric]:
        """Yield every figure."""
        health = self._health
        yield _gauge("hushward_broker_up", "Whether the console's link to the broker is up.", float(health.broker_up))
        yield _gauge("hushward_disk_free_bytes", "Free where the database lies.", health.disk_free_bytes)
        yield _gauge("hushward_audit_entries", "Entries of the audit log.", health.audit_size)
        yield _gauge("hushward_audit_signed_entries", "Entries under the newest checkpoint.", health.last_checkpoint)
        ends = GaugeMetricFamily(
            "hushward_certificate_ends_timestamp_seconds", "When a certificate of the console ends.", labels=["name"]
        )
        for name, until in self._certificates.items():
            ends.add_metric([name], until.timestamp())
        yield ends
        yield from _nodes(health.nodes)
        yield from _work(health)
        yield from _traces(self._spans)
        elsewhere = CounterMetricFamily(
            "hushward_refused_elsewhere", "Messages refused that belong to no known node.", labels=["reason"]
        )
        for reason, count in health.refused_elsewhere.items():
            elsewhere.add_metric([reason], count)
        yield elsewhere


def _nodes(nodes: Iterable[NodeHealthView]) -> Iterable[Metric]:
    age = GaugeMetricFamily("hushward_node_heard_seconds", "Since a node was last heard.", labels=["node"])
    waiting = GaugeMetricFamily("hushward_node_waiting_records", "Records in a node's outbox.", labels=["node"])
    seen = GaugeMetricFamily("hushward_node_witnessed_entries", "Audit entries that a node has seen.", labels=["node"])
    flag = GaugeMetricFamily("hushward_node_flag", "1 while a node says that this is wrong.", labels=["node", "flag"])
    settled = CounterMetricFamily("hushward_node_records_settled", "Records taken, each once.", labels=["node"])
    lost = CounterMetricFamily("hushward_node_records_lost", "Records a node says it had to drop.", labels=["node"])
    refused = CounterMetricFamily("hushward_node_refused", "Messages of a node refused.", labels=["node", "reason"])
    for node in nodes:
        name = [node.node_id]
        if node.heard_s is not None:
            age.add_metric(name, node.heard_s)
        if node.witness_size is not None:
            seen.add_metric(name, node.witness_size)
        waiting.add_metric(name, node.waiting)
        settled.add_metric(name, node.settled)
        lost.add_metric(name, node.lost)
        for told in node.flags:
            flag.add_metric([node.node_id, told], 1)
        for reason, count in node.refused.items():
            refused.add_metric([node.node_id, reason], count)
    return age, waiting, seen, flag, settled, lost, refused


def _work(health: HealthView) -> Iterable[Metric]:
    failures = CounterMetricFamily(
        "hushward_work_failures", "Failures of one piece of the console's own work since its start.", labels=["piece"]
    )
    failing = GaugeMetricFamily(
        "hushward_work_failing",
        "Failures of one piece since it last went well; 0 when it is well again.",
        labels=["piece"],
    )
    for piece, told in health.failing.items():
        failures.add_metric([piece], told.times)
        failing.add_metric([piece], told.in_a_row)
    return failures, failing


def _traces(spans: SpanFigures) -> Iterable[Metric]:
    sent = CounterMetricFamily("hushward_spans_sent", "Spans that the collector of traces has taken.")
    sent.add_metric([], spans.sent)
    dropped = CounterMetricFamily("hushward_spans_dropped", "Spans that were not sent.", labels=["reason"])
    for reason, count in spans.dropped.items():
        dropped.add_metric([reason], count)
    return sent, dropped


def _gauge(name: str, help_text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, help_text, value=value)
