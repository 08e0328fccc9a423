import io
import json
import tomllib
from pathlib import Path

import pytest

from broker.clock import HandClock
from deploy.errors import DeployError
from deploy.foundation import both_of, cameras_of, lay_foundation, made, take_folder
from deploy.layout import Layout, write_broker, write_console, write_node
from deploy.plan import Plan
from deploy.progress import Lines
from tests.kit.contract import NIGHT


def lay(
    data: Path,
    *,
    rooms: int = 2,
    demo: bool = True,
    cameras: frozenset[str] = frozenset(),
    both: frozenset[str] = frozenset(),
) -> dict[str, str]:
    plan, layout = Plan(data, rooms, demo, cameras=cameras, both=both), Layout(data)
    take_folder(data)
    layout.make(plan.node_ids)
    write_broker(layout, plan, 1999)
    write_console(layout, plan, 1999, None)
    for node_id in plan.node_ids:
        write_node(layout, plan, node_id, 1999, "0" * 64, None)
    return lay_foundation(plan, layout, HandClock(NIGHT), Lines(io.StringIO(), io.StringIO())).node_keys


def test_a_ward_is_made_once_and_keeps_its_keys_and_accounts(tmp_path: Path) -> None:
    keys = lay(tmp_path)
    accounts = (tmp_path / "demo-accounts.json").read_text()
    assert lay(tmp_path) == keys
    assert (tmp_path / "demo-accounts.json").read_text() == accounts
    assert made(tmp_path) is not None


def test_a_first_start_that_was_cut_off_is_made_again_from_nothing(tmp_path: Path) -> None:
    lay(tmp_path)
    (tmp_path / "ward.json").unlink()
    (tmp_path / "ward.begun").touch()
    before = (tmp_path / "demo-accounts.json").read_text()
    lay(tmp_path)
    assert (tmp_path / "demo-accounts.json").read_text() != before
    assert not (tmp_path / "ward.begun").exists()


def test_a_folder_of_something_else_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "console").mkdir()
    (tmp_path / "console" / "thesis.txt").write_text("mine")
    with pytest.raises(DeployError, match="not a ward's folder and is not empty"):
        take_folder(tmp_path)
    assert (tmp_path / "console" / "thesis.txt").read_text() == "mine"
    assert [one.name for one in tmp_path.iterdir()] == ["console"]


def test_a_ward_is_not_started_with_more_rooms_than_it_has(tmp_path: Path) -> None:
    lay(tmp_path, demo=False)
    with pytest.raises(DeployError, match="holds a ward of 2 rooms"):
        lay(tmp_path, rooms=3, demo=False)


def test_a_real_ward_is_not_turned_into_a_demonstration(tmp_path: Path) -> None:
    lay(tmp_path, demo=False)
    assert not (tmp_path / "demo-accounts.json").exists()
    with pytest.raises(DeployError, match="without demonstration patients"):
        lay(tmp_path, demo=True)


def test_a_node_key_that_others_may_read_stops_the_start(tmp_path: Path) -> None:
    lay(tmp_path, demo=False)
    (tmp_path / "nodes" / "node1" / "node.key").chmod(0o644)
    with pytest.raises(DeployError, match="chmod 600"):
        lay(tmp_path, demo=False)


def test_a_wards_file_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "ward.json").write_text("{")
    with pytest.raises(DeployError, match="not a ward's file"):
        made(tmp_path)


def test_the_accounts_are_the_roles_of_a_ward_and_no_password_is_used_twice(tmp_path: Path) -> None:
    lay(tmp_path)
    accounts = json.loads((tmp_path / "demo-accounts.json").read_text())
    assert len({one["password"] for one in accounts}) == len(accounts)
    assert [one["room"] for one in accounts if one["role"] == "patient"] == ["room1", "room2"]


def test_a_ward_keeps_the_rooms_in_which_it_has_a_camera(tmp_path: Path) -> None:
    lay(tmp_path, cameras=frozenset({"room2"}))
    settings = tomllib.loads(Layout(tmp_path).node_settings("node2").read_text("utf-8"))
    assert (settings["modality"], settings["source"]["kind"]) == ("camera", "synthetic-camera")
    assert cameras_of(tmp_path, ("room1", "room2")) == ("room2",)
    with pytest.raises(DeployError, match="cameras in room2"):
        lay(tmp_path)


def test_a_room_with_both_sensors_has_two_nodes_that_play_one_story_and_keeps_them(tmp_path: Path) -> None:
    keys = lay(tmp_path, both=frozenset({"room1"}))
    assert list(keys) == ["node1", "node1-camera", "node2"]
    told = [tomllib.loads(Layout(tmp_path).node_settings(one).read_text("utf-8")) for one in keys]
    assert [(one["modality"], one["source"].get("scenario")) for one in told] == [
        ("radar", "together"),
        ("camera", "together"),
        ("radar", None),
    ]
    assert both_of(tmp_path, ("room1", "room2")) == ("room1",)
    with pytest.raises(DeployError, match="both sensors in room1"):
        lay(tmp_path)
