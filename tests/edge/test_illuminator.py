"""A camera's infra-red light: on with the sensor, dark with every way in which it ends (rule K4)."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from broker.vocabulary import Modality, SensorState
from edge.__main__ import darken
from edge.errors import SettingsError
from edge.fittings import IlluminatorSettings
from edge.gpio import FakeChip
from edge.illuminator import GpioIlluminator, LitWithSensor, NoIlluminator, SimulatedIlluminator, illuminator_of
from edge.settings import load
from tests.kit.nodes import NodeAtNight, node_at_night, node_settings

LIGHT = 22
ON_A_PIN = IlluminatorSettings(line=LIGHT)


@pytest.fixture
def chip() -> FakeChip:
    return FakeChip()


@pytest.fixture
def room(tmp_path: Path, chip: FakeChip):
    light = illuminator_of(ON_A_PIN, Modality.CAMERA, tmp_path, chip)
    made = node_at_night(tmp_path, illuminator=light)
    made.step()
    assert chip.levels[LIGHT] is False
    made.send(made.console.open_lease())
    made.step()
    assert made.sensing.state is SensorState.OPEN and chip.levels[LIGHT] is True
    yield made
    made.outbox.close()


def _withdraw(room: NodeAtNight) -> None:
    room.send(room.console.closed_lease())


def _press(room: NodeAtNight) -> None:
    room.link.cut()
    room.press.presses += 1


def _lapse(room: NodeAtNight) -> None:
    room.link.cut()
    room.clock.advance(timedelta(hours=24).total_seconds())


ENDINGS = {
    "a no": _withdraw,
    "a press without a network": _press,
    "the lease's end": _lapse,
    "a crash": lambda room: room.sensing.fail("the sensing process ended by itself"),
    "the node's end": lambda room: room.node.begin_to_end(),
    "a lamp that fails": lambda room: setattr(room.lamp, "is_broken", True),
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
def test_K4_the_light_is_dark_in_the_step_that_ends_sensing(
    room: NodeAtNight, chip: FakeChip, ending: Callable[[NodeAtNight], None]
) -> None:
    room.sensing.is_slow = True
    ending(room)
    room.step()

    assert room.sensing.state in (SensorState.CLOSING, SensorState.FAULT)
    assert chip.levels[LIGHT] is False


@pytest.mark.parametrize("state", SensorState)
@pytest.mark.parametrize("may_sense", [True, False])
def test_K4_the_light_shines_only_beside_a_sensor_that_senses_by_leave(state: SensorState, may_sense: bool) -> None:
    light = SimulatedIlluminator()
    LitWithSensor(light).follow(state, may_sense=may_sense)

    assert light.shines is (may_sense and state in (SensorState.OPENING, SensorState.OPEN))


def test_K4_a_light_that_cannot_be_turned_off_is_named_once_and_told_until_it_is(
    chip: FakeChip, caplog: pytest.LogCaptureFixture
) -> None:
    lit = LitWithSensor(illuminator_of(ON_A_PIN, Modality.CAMERA, Path(), chip))
    lit.follow(SensorState.OPEN, may_sense=True)
    chip.is_gone = True
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            lit.follow(SensorState.CLOSED, may_sense=False)
    assert len(caplog.records) == 1 and "cannot be turned off" in caplog.text

    chip.is_gone = False
    lit.follow(SensorState.CLOSED, may_sense=False)
    assert chip.levels[LIGHT] is False


def test_K4_whoever_finds_a_node_killed_turns_its_light_off(tmp_path: Path) -> None:
    settings = node_settings(
        tmp_path, "ab" * 32, modality=Modality.CAMERA, source={"kind": "camera", "device": "/dev/video0"}
    )
    killed = illuminator_of(settings.illuminator, Modality.CAMERA, tmp_path)
    assert killed.shine(True) and (tmp_path / "illuminator").read_text() == "on\n"

    assert darken(settings) == 0
    assert (tmp_path / "illuminator").read_text() == "off\n"


def test_K4_outside_a_demonstration_a_camera_names_its_light_or_says_that_it_has_none(tmp_path: Path) -> None:
    text = (
        f'site = "s"\nward = "w"\nnode_id = "n1"\ndata_dir = "d"\ncontext = "evaluation"\nconsole_key = "{"ab" * 32}"\n'
    )
    text += 'modality = "camera"\n[source]\nkind = "camera"\ndevice = "/dev/video0"\n'
    text += "[lamp]\nline = 1\n[pause]\nlines = [2]\n"
    file = tmp_path / "node.toml"
    file.write_text(text)
    with pytest.raises(SettingsError, match=r"illuminator\.line.*rule K4"):
        load(file, {})

    for told in ("line = 22", "is_absent = true"):
        file.write_text(f"{text}[illuminator]\n{told}\n")
        assert load(file, {}).illuminator is not None
    with pytest.raises(ValidationError, match="keep one of them"):
        IlluminatorSettings(line=22, is_absent=True)


def test_a_radar_has_no_light_and_a_demonstration_a_simulated_one(tmp_path: Path, chip: FakeChip) -> None:
    assert isinstance(illuminator_of(ON_A_PIN, Modality.RADAR, tmp_path, chip), NoIlluminator)
    assert isinstance(illuminator_of(IlluminatorSettings(is_absent=True), Modality.CAMERA, tmp_path), NoIlluminator)
    assert isinstance(illuminator_of(IlluminatorSettings(), Modality.CAMERA, tmp_path), SimulatedIlluminator)
    assert isinstance(illuminator_of(ON_A_PIN, Modality.CAMERA, tmp_path, chip), GpioIlluminator)
