"""What a monitoring system is told: machines, and nothing that concerns a person."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from console.api import metrics
from console.app import create_app
from console.keys.door_tags import open_token
from tests.kit.boxed_ward import BoxedWard, boxed_ward, settings_of

ENDS = datetime(2027, 12, 1, tzinfo=UTC)


def asked(box: BoxedWard, folder: Path, token: str | None = None) -> tuple[int, str]:
    app = create_app(box.ward, settings_of(folder), {"pages": ENDS})
    own = open_token(folder / "keys", metrics.TOKEN_FILE)
    with TestClient(app, base_url="http://localhost") as client:
        said = client.get("/metrics", headers={"authorization": f"Bearer {own if token is None else token}"})
        return said.status_code, said.text


def figures(text: str) -> dict[tuple[str, str], float]:
    told = {}
    for family in text_string_to_metric_families(text):
        for one in family.samples:
            told[one.name, ",".join(f"{name}={value}" for name, value in sorted(one.labels.items()))] = one.value
    return told


def test_the_figures_are_those_of_the_health_page(tmp_path: Path) -> None:
    with boxed_ward(tmp_path, rooms=2) as box:
        box.nodes["room1"].send(box.nodes["room1"].record(box.nodes["room1"].event()))
        box.ward.step()
        box.clock.advance(7)
        status, text = asked(box, tmp_path)
        told = figures(text)
        assert status == 200
        assert told["hushward_node_records_settled_total", "node=node1"] == 1
        assert told["hushward_node_heard_seconds", "node=node1"] == pytest.approx(7, abs=1)
        assert told["hushward_audit_entries", ""] == box.ward.office.audit.size
        assert told["hushward_certificate_ends_timestamp_seconds", "name=pages"] == ENDS.timestamp()


def test_K2_no_figure_tells_a_yes_from_a_no_or_names_a_room_or_a_person(tmp_path: Path) -> None:
    with boxed_ward(tmp_path, rooms=2) as box:
        box.pass_time(3)
        before = asked(box, tmp_path)[1]
        box.stop("room1", box.patient("room1"))
        box.pass_time(3)
        after = asked(box, tmp_path)[1]
    names = lambda text: set(re.findall(r"^hushward\S+", text, re.MULTILINE))  # noqa: E731
    assert names(before) == names(after)
    assert "Person" not in after
    assert "room1" not in after
    assert "closed" not in after


@pytest.mark.parametrize("token", ["", "wrong"])
def test_T11_nobody_without_the_secret_learns_that_there_are_figures(tmp_path: Path, token: str) -> None:
    with boxed_ward(tmp_path) as box:
        status, text = asked(box, tmp_path, token)
    assert status == 404
    assert "hushward_" not in text


def test_every_figure_that_an_alert_or_a_panel_asks_for_is_told(tmp_path: Path) -> None:
    with boxed_ward(tmp_path) as box:
        told = set(re.findall(r"^# TYPE (\S+)", asked(box, tmp_path)[1], re.MULTILINE))
    folder = Path(__file__).parents[2] / "deploy" / "monitoring"
    wanted = {name for file in folder.iterdir() for name in re.findall(r"hushward_\w+", file.read_text("utf-8"))}
    assert len(wanted) > 8
    assert wanted <= told
