import socket
from pathlib import Path

import numpy as np
import pytest

from deploy import plan as plans
from deploy.errors import DeployError
from deploy.plan import Plan
from edge.evaluation import simulate_file

ROOMS = Plan(Path("x"), rooms=3).room_ids


def recording(folder: Path) -> Path:
    file = folder / "night.npz"
    simulate_file(file, seed=1, seconds=5)
    return file


def test_a_recording_takes_the_place_of_a_room(tmp_path: Path) -> None:
    file = recording(tmp_path)
    assert plans.replays([f"room2={file}"], ROOMS) == {"room2": file}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("night.h5", "write it as room2=FILE"),
        ("room9=x.h5", "there is no room9; the rooms are room1 to room3"),
        ("room2=/nowhere/x.h5", "no such file"),
    ],
)
def test_a_recording_that_cannot_be_played_is_said_in_a_sentence(given: str, sentence: str) -> None:
    with pytest.raises(DeployError, match=sentence):
        plans.replays([given], ROOMS)


def test_a_room_plays_one_recording(tmp_path: Path) -> None:
    file = recording(tmp_path)
    with pytest.raises(DeployError, match="already"):
        plans.replays([f"room2={file}", f"room2={file}"], ROOMS)


def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        with pytest.raises(DeployError, match="is taken"):
            plans.check(Plan(tmp_path, port=holder.getsockname()[1]))


def test_another_address_than_this_machines_needs_a_certificate(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="hushward console cert"):
        plans.check(Plan(tmp_path, host="0.0.0.0", port=plans.free_port()))


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DeployError, match="choose another folder"):
        plans.check(Plan(tmp_path / "file" / "ward"))


def test_a_good_plan_passes_and_leaves_nothing_behind(tmp_path: Path) -> None:
    plans.check(Plan(tmp_path / "ward", port=plans.free_port()))
    assert list((tmp_path / "ward").iterdir()) == []


def test_the_address_is_what_a_browser_opens(tmp_path: Path) -> None:
    assert Plan(tmp_path).address == "http://127.0.0.1:8800/"
    assert Plan(tmp_path, host="::1", certificate=tmp_path, key=tmp_path).address == "https://[::1]:8800/"


def test_a_live_sensor_takes_the_place_of_a_room() -> None:
    given = ["room1=/dev/ttyUSB0", "room3=tcp://127.0.0.1:5000"]
    assert plans.live_ports(given, ROOMS) == {"room1": "/dev/ttyUSB0", "room3": "tcp://127.0.0.1:5000"}


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("room2", "write it as room2=/dev/ttyUSB0"),
        ("room2=tcp://host", "or room2=tcp://HOST:PORT"),
        ("room9=/dev/ttyUSB0", "there is no room9"),
        ("room3=/dev/ttyUSB0", "has a source already"),
    ],
)
def test_a_live_sensor_that_cannot_be_is_said_in_a_sentence(given: str, sentence: str) -> None:
    with pytest.raises(DeployError, match=sentence):
        plans.live_ports([given], ROOMS, taken=("room3",))


def test_a_live_sensor_sees_in_real_time(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="real time"):
        plans.check(Plan(tmp_path, live={"room1": "/dev/ttyUSB0"}, speed=10))


def test_a_room_has_a_camera_when_it_is_asked_for_or_plays_what_one_recorded(tmp_path: Path) -> None:
    film = tmp_path / "film.npz"
    np.savez(film, frames=np.zeros((3, 24, 32), np.uint8), frame_rate_hz=10.0)
    assert plans.cameras(("room1",), {"room2": film}, ("room1", "room2", "room3")) == {"room1", "room2"}
    with pytest.raises(DeployError, match="the rooms are room1 to room2"):
        plans.cameras(("room9",), {}, ("room1", "room2"))


def test_a_radars_recording_is_not_played_in_a_cameras_room(tmp_path: Path) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text("t_s,i,q\n0.0,1,0\n0.1,0,1\n")
    with pytest.raises(DeployError, match="its recording is a radar's"):
        plans.cameras(("room1",), {"room1": trace}, ("room1",))


def test_both_sensors_are_simulated_in_a_room_that_has_no_other_source() -> None:
    assert plans.both(("room1",), {"room2"}, ("room1", "room2")) == {"room1"}
    for given, why in (("room2", "has a source of its own"), ("room9", "the rooms are room1 to room2")):
        with pytest.raises(DeployError, match=why):
            plans.both((given,), {"room2"}, ("room1", "room2"))
