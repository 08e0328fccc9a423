"""The lamp and the control in the room, simulated and on pins of a fake chip alike (rules C5, K3, S3)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from broker.clock import HandClock
from broker.vocabulary import CloseReason, Lamp, SensorState
from edge.errors import SettingsError
from edge.fittings import LampSettings, PauseSettings
from edge.gpio import FakeChip
from edge.lamp import GpioLamp, RoomLamp, SimulatedLamp, lamp_of
from edge.pause_control import FilePauseControl, GpioPauseControl, PauseControl, control_of
from tests.kit.nodes import NIGHT, NodeAtNight, node_at_night

LAMP, BACK, LOW, HIGH = 17, 27, 5, 6
ON_PINS = LampSettings(line=LAMP, read_back=BACK)
BUTTONS = PauseSettings(lines=(LOW, HIGH))


def a_chip() -> FakeChip:
    return FakeChip(wires={LAMP: BACK})


def on_pins(chip: FakeChip, folder: Path) -> Callable[[HandClock], tuple[RoomLamp, PauseControl]]:
    return lambda clock: (lamp_of(ON_PINS, folder, clock, chip), control_of(BUTTONS, folder, clock, chip))


@pytest.fixture
def chip() -> FakeChip:
    return a_chip()


@pytest.fixture
def room(tmp_path: Path, chip: FakeChip):
    made = node_at_night(tmp_path, fitted=on_pins(chip, tmp_path))
    made.send(made.console.open_lease())
    made.step()
    made.step(0.2)
    yield made
    made.outbox.close()


@pytest.fixture(params=["simulated", "pins", "pins without read-back"])
def lamp(request: pytest.FixtureRequest, tmp_path: Path) -> RoomLamp:
    told = {"pins": ON_PINS, "pins without read-back": LampSettings(line=LAMP)}.get(request.param, LampSettings())
    return lamp_of(told, tmp_path, HandClock(NIGHT), a_chip())


@pytest.mark.parametrize("what", [Lamp.OFF, Lamp.ON, Lamp.BLINK, Lamp.IDENTIFY])
def test_K3_a_whole_lamp_shows_what_it_is_told(lamp: RoomLamp, what: Lamp) -> None:
    assert lamp.show(what) and lamp.show(what)


def test_K3_a_lamp_on_a_pin_is_dark_until_it_is_told_and_follows(chip: FakeChip) -> None:
    lamp = lamp_of(ON_PINS, Path(), HandClock(NIGHT), chip)

    assert chip.levels[LAMP] is False
    lamp.show(Lamp.ON)
    assert chip.levels[LAMP] is True
    lamp.show(Lamp.OFF)
    assert chip.levels[LAMP] is False


@pytest.mark.parametrize(("what", "period_s"), [(Lamp.BLINK, 2.0), (Lamp.IDENTIFY, 0.5)])
def test_K3_a_blinking_lamp_is_lit_half_of_the_time(chip: FakeChip, what: Lamp, period_s: float) -> None:
    clock = HandClock(NIGHT)
    lamp = lamp_of(ON_PINS, Path(), clock, chip)

    seen = []
    for _ in range(40):
        assert lamp.show(what)
        seen.append(chip.levels[LAMP])
        clock.advance(period_s / 20)
    assert 18 <= seen.count(True) <= 22


@pytest.mark.parametrize("stuck_at", [True, False])
def test_K3_a_lamp_that_cannot_be_seen_to_follow_is_a_fault(chip: FakeChip, stuck_at: bool) -> None:
    clock = HandClock(NIGHT)
    lamp = lamp_of(ON_PINS, Path(), clock, chip)
    chip.stuck, chip.levels[BACK] = {BACK}, stuck_at

    lamp.show(Lamp.OFF if stuck_at else Lamp.ON)
    clock.advance(0.2)
    assert not lamp.show(Lamp.OFF if stuck_at else Lamp.ON)


def test_K3_a_chip_that_is_gone_is_a_lamp_fault_and_one_that_is_back_is_none(chip: FakeChip) -> None:
    lamp = lamp_of(ON_PINS, Path(), HandClock(NIGHT), chip)
    chip.is_gone = True

    assert not lamp.show(Lamp.ON)
    chip.is_gone = False
    assert lamp.show(Lamp.ON) and chip.levels[LAMP] is True


def test_K3_a_lamp_fault_on_the_pins_closes_the_sensor(room: NodeAtNight, chip: FakeChip) -> None:
    assert room.live.sensor.state is SensorState.OPEN
    chip.stuck, chip.levels[BACK] = {BACK}, False
    room.step(1.0)

    assert room.live.sensor.state is SensorState.CLOSED
    assert room.live.sensor.reason is CloseReason.LAMP_FAULT


@pytest.mark.parametrize("line", [LOW, HIGH])
def test_C5_with_no_network_a_press_at_either_height_closes_the_sensor_and_the_lamp_goes_dark(
    room: NodeAtNight, chip: FakeChip, line: int
) -> None:
    assert chip.levels[LAMP] is True
    room.link.cut()
    chip.press(line)
    room.step()
    room.step(0.1)

    assert room.node.sensor_is_closed and chip.levels[LAMP] is False


def test_C5_a_bouncing_contact_and_a_held_button_are_one_press(chip: FakeChip) -> None:
    clock = HandClock(NIGHT)
    control = control_of(BUTTONS, Path(), clock, chip)
    chip.press(LOW, edges=9)

    assert control.take_presses() == 1
    for _ in range(100):
        clock.advance(0.1)
        assert control.take_presses() == 0


def test_C5_no_number_of_presses_opens_anything(room: NodeAtNight, chip: FakeChip) -> None:
    for _ in range(50):
        chip.press(HIGH)
        room.step(0.6, every_s=0.6)
        assert room.node.sensor_is_closed

    assert room.live.sensor.reason is CloseReason.LOCAL_PAUSE


def test_C5_a_control_that_cannot_be_read_keeps_the_sensor_closed(room: NodeAtNight, chip: FakeChip) -> None:
    buttons, clock = a_chip(), room.clock
    control = control_of(BUTTONS, Path(), clock, buttons)
    buttons.is_gone = True

    counted = 0
    for _ in range(100):
        counted += control.take_presses()
        clock.advance(10)
    assert counted == 4


def test_the_settings_choose_what_hangs_on_the_wall(tmp_path: Path, chip: FakeChip) -> None:
    clock = HandClock(NIGHT)

    assert isinstance(lamp_of(LampSettings(), tmp_path, clock), SimulatedLamp)
    assert isinstance(lamp_of(ON_PINS, tmp_path, clock, chip), GpioLamp)
    assert isinstance(control_of(PauseSettings(), tmp_path, clock), FilePauseControl)
    assert isinstance(control_of(BUTTONS, tmp_path, clock, chip), GpioPauseControl)


def test_pins_that_cannot_be_had_are_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"install hushward\[gpio\]|look at `chip` and `line`"):
        lamp_of(LampSettings(chip="/dev/gpiochip987", line=1), tmp_path, HandClock(NIGHT))


@pytest.mark.parametrize(
    "told", [{"line": 1, "read_back": 1}, {"read_back": 2}, {"chip": "/dev/mem", "line": 1}, {"line": -1}]
)
def test_a_lamp_is_not_its_own_proof_and_hangs_on_a_chip(told: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        LampSettings.model_validate(told)


def test_a_button_is_named_once() -> None:
    with pytest.raises(ValidationError):
        PauseSettings(lines=(5, 5))
