"""The first four steps: the machine, the room, the sensor, and what hangs on the wall beside it."""

import re
import threading
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from broker.vocabulary import Lamp, Modality
from deploy.errors import FirstBootFault
from deploy.examining.finding import as_lines
from deploy.first_boot.kept import Kept
from deploy.first_boot.place import Place
from deploy.first_boot.talk import Talk, chosen, says_yes
from edge.errors import EdgeError
from edge.fittings import IlluminatorSettings, LampSettings, PauseSettings
from edge.lamp import RoomLamp, lamp_of
from edge.pause_control import control_of
from edge.source_settings import SourceKind, SourceSettings

PRESS_WITHIN_S, FLASH_S, _STEP_S = 60.0, 8.0, 0.05
"""[s] of waiting for a press, of a lamp that flashes, and between two looks at it."""
_SIMULATED = "Simulated, for this is a demonstration: nothing to do."
_ROOM_CODE = re.compile(r"([a-z0-9-]+)/([a-z0-9-]+)/([a-z0-9-]+)")
_RADARS = {
    SourceKind.A121: "Acconeer A121",
    SourceKind.MR24: "Seeed MR24 (hints only)",
    SourceKind.MR60BHA1: "Seeed MR60BHA1 (hints only)",
    SourceKind.MR60BHA2: "Seeed MR60BHA2 (hints only)",
    SourceKind.LD2410: "HLK-LD2410 (hints only)",
    SourceKind.BGT60: "Infineon BGT60, through its maker's library",
}


def look_at_machine(place: Place, kept: Kept) -> Kept:
    """Look at disk, time, memory and power; stop at a problem."""
    found = [("machine", one) for one in place.world.machine()]
    for line in as_lines(found):
        place.talk.say(line)
    if any(one.mark == "PROBLEM" for _, one in found):
        raise FirstBootFault("mend what is marked PROBLEM above, then run this again")
    return kept


def ask_room(place: Place, kept: Kept) -> Kept:
    """Ask which room this is, for which kind of sensor, and where the console is."""
    told = None
    while told is None:
        typed = place.talk.ask(
            "Room code, as in the ward's list: hospital/ward/node, such as st-elsewhere/willow/node3"
        )
        told = _ROOM_CODE.fullmatch(typed.lower())
        if told is None:
            place.talk.say(f"{typed!r} is not of that form: three short names with / between them, no spaces.")
    site, ward, node_id = told.groups()
    kinds = list(Modality)
    modality = kinds[chosen(place.talk, "Which kind of sensor is in this room?", [str(one) for one in kinds])]
    console = _valid(place, "Address of the ward's console, such as https://console.ward.example", Kept, "console")
    known = {"site": site, "ward": ward, "node_id": node_id, "modality": modality, "console": console}
    return Kept.model_validate({**kept.model_dump(), **known})


def choose_sensor(place: Place, kept: Kept) -> Kept:
    """Ask which sensor, and at which of the devices that are plugged in."""
    is_camera = kept.modality is Modality.CAMERA
    if place.is_demonstration:
        place.talk.say(_SIMULATED)
        kind = SourceKind.SYNTHETIC_CAMERA if is_camera else SourceKind.SYNTHETIC
        return kept.model_copy(update={"source": {"kind": kind.value}})
    kinds = [SourceKind.CAMERA] if is_camera else list(_RADARS)
    kind = kinds[0] if is_camera else kinds[chosen(place.talk, "Which sensor is it?", list(_RADARS.values()))]
    told: dict[str, Any] = {"kind": kind.value}
    if is_camera or kind.has_port:
        found = [*place.world.devices(is_camera), *(["libcamera"] if is_camera else [])]
        if not found:
            raise FirstBootFault("no sensor is plugged in; plug it in, then run this again")
        told["device" if is_camera else "port"] = found[chosen(place.talk, "At which device?", found)]
    SourceSettings.model_validate(told)
    place.talk.say("It stays closed. Only a yes of whoever lives in the room, or a commissioning, opens it.")
    return kept.model_copy(update={"source": told})


def try_fittings(place: Place, kept: Kept) -> Kept:
    """Ask for the pins of lamp and control, flash the one, and wait for a press of the other (rules K3, C5)."""
    if place.is_demonstration:
        place.talk.say(_SIMULATED)
        return kept
    told = _wiring(place.talk, has_light=kept.modality is Modality.CAMERA)
    # The kernel has the pins back when lamp and control are let go of, which the node needs them for later.
    try:
        lamp = lamp_of(told.lamp, place.data, place.world.clock, place.world.chip(told.lamp.chip))
        control = control_of(told.pause, place.data, place.world.clock, place.world.chip(told.pause.chip))
    except EdgeError as error:
        raise FirstBootFault(f"{error}; mend the wiring or type other pins, then run this again") from error
    _flash(place, lamp)
    control.take_presses()
    place.talk.say("Now press the control on the wall once.")
    if not place.wait_for(lambda: control.take_presses() > 0, PRESS_WITHIN_S, "a press"):
        raise FirstBootFault("no press came; see to the control's wiring, then run this again")
    place.talk.say("Pressed. Try the other one, if there is one, when the node runs: its tile then says so.")
    tables = {"lamp": told.lamp, "pause": told.pause, "illuminator": told.illuminator}
    return kept.model_copy(
        update={name: one.model_dump(mode="json", exclude_defaults=True) for name, one in tables.items()}
    )


@dataclass(frozen=True)
class _Wiring:
    lamp: LampSettings
    pause: PauseSettings
    illuminator: IlluminatorSettings


def _wiring(talk: Talk, *, has_light: bool) -> _Wiring:
    """Ask for the pins until they fit each other."""
    while True:
        lamp, back = _pin(talk, "Pin of the lamp", 17), _pin(talk, "Pin that reads the lamp's current (none: -)", 27)
        first, second = _pin(talk, "Pin of the control", 5), _pin(talk, "Pin of the second control (none: -)", 6)
        light = _pin(talk, "Pin that switches the camera's infra-red light (it has none: -)", 25) if has_light else None
        try:
            return _Wiring(
                LampSettings(line=lamp, read_back=back),
                PauseSettings(lines=tuple(one for one in (first, second) if one is not None)),
                IlluminatorSettings(line=light, is_absent=has_light and light is None),
            )
        except ValidationError as error:
            talk.say(f"These pins do not fit: {error.errors(include_url=False)[0]['msg']}. Once more.")


def _flash(place: Place, lamp: RoomLamp) -> None:
    place.talk.say(f"The lamp in the room flashes now, for {FLASH_S:.0f} seconds.")
    ends_s, is_well = place.world.clock.elapsed_s() + FLASH_S, True
    while place.world.clock.elapsed_s() < ends_s:
        is_well = lamp.show(Lamp.IDENTIFY) and is_well
        place.world.clock.wait(threading.Event(), _STEP_S)
    lamp.show(Lamp.OFF)
    if not is_well or not says_yes(place.talk, "Did you see it flash?"):
        raise FirstBootFault("a lamp that is not seen keeps the sensor closed; see to its wiring, then run this again")


def _pin(talk: Talk, question: str, default: int) -> int | None:
    while True:
        told = talk.ask(question, str(default))
        if told == "-":
            return None
        if told.isdigit() and int(told) < 1024:
            return int(told)
        talk.say(f"{told} is not a pin; type its number, or - for none.")


def _valid(place: Place, question: str, table: type[BaseModel], name: str) -> str:
    """Ask until a setting takes the answer."""
    while True:
        told = place.talk.ask(question)
        try:
            table.model_validate({name: told})
        except ValidationError:
            place.talk.say(f"{told!r} is not of that form.")
        else:
            return told
