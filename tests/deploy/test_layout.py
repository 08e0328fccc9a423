import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from broker.clock import SharedClock, SystemClock
from deploy.errors import DeployError
from deploy.layout import Layout, clock_of, held, ward_clock, write_broker, write_console, write_node
from deploy.plan import BrokerKind, Plan
from edge import settings as edge_settings


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(tmp_path)
    made.make(("node1", "node2"))
    return made


def test_a_folder_is_held_by_one_ward_at_a_time(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(DeployError, match="in use by another"), held(tmp_path):
        pass
    with held(tmp_path):
        pass


@pytest.mark.parametrize("kind", BrokerKind)
def test_a_nodes_settings_are_what_the_node_reads(layout: Layout, kind: BrokerKind) -> None:
    plan = Plan(layout.data, rooms=2, replays={"room2": layout.data / "night.h5"}, loop=True, broker=kind)
    logins = write_broker(layout, plan, 1999)
    for node_id in plan.node_ids:
        write_node(layout, plan, node_id, 1999, "ab" * 32, None)
    simulated = edge_settings.load(layout.node_settings("node1"), {})
    replayed = edge_settings.load(layout.node_settings("node2"), {})
    assert (simulated.node_id, simulated.source.kind, simulated.broker.port) == ("node1", "synthetic", 1999)
    assert (replayed.source.kind, replayed.source.loop) == ("replay", True)
    assert simulated.password_path is not None
    assert simulated.password_path.read_text().strip() == logins["node1"].password


def test_the_consoles_settings_are_what_the_console_reads(layout: Layout) -> None:
    from console.running import settings_file

    plan = Plan(layout.data, rooms=2, port=8123)
    logins = write_broker(layout, plan, 1999)
    write_console(layout, plan, 1999, None)
    told = settings_file.load(layout.console_settings, {})
    assert (told.port, told.broker.port, told.broker.username) == (8123, 1999, "console")
    assert told.password_path is not None
    assert told.password_path.read_text().strip() == logins["console"].password


def test_every_start_has_new_passwords(layout: Layout) -> None:
    plan = Plan(layout.data, rooms=2)
    first, second = write_broker(layout, plan, 1999), write_broker(layout, plan, 1999)
    assert {one.password for one in first.values()}.isdisjoint(one.password for one in second.values())


def test_at_real_speed_the_time_is_the_machines_own(layout: Layout) -> None:
    assert ward_clock(layout, 1.0) is None
    assert isinstance(clock_of(None), SystemClock)


def test_the_time_of_a_ward_that_ran_fast_never_goes_back(layout: Layout) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=5)
    SharedClock.start(layout.clock, ahead, 60)
    file = ward_clock(layout, 1.0)
    assert file is not None
    assert clock_of(file).utc_now() >= ahead
    assert json.loads(file.read_text())["speed"] == 1.0


def test_a_clock_file_that_cannot_be_read_is_made_anew(layout: Layout) -> None:
    layout.clock.write_text("{")
    file = ward_clock(layout, 10.0)
    assert file is not None
    assert abs((clock_of(file).utc_now() - datetime.now(UTC)).total_seconds()) < 60
