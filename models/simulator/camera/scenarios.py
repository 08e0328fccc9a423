"""Named stories that a simulated camera can film."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from models.simulator.acts import (
    DOOR_M,
    ENSUITE_M,
    TOGETHER,
    TOGETHER_STYLE,
    away,
    fall,
    hold,
    lie,
    obstruct,
    sit,
    sit_on_edge,
    stand,
    toss,
    turn,
    twitch,
    walk,
)
from models.simulator.breathing import BreathingStyle
from models.simulator.camera.bedding import Bedding
from models.simulator.camera.lens import Light
from models.simulator.camera.scene import CameraScene, Fault, Sensor, Thing
from models.simulator.camera.tracks import to_bed, up_and_back
from models.simulator.torsos import Posture

_STEADY = BreathingStyle(rate_per_min=14.0, depth_mm=7.0)
_HOLDS = (lie(40.0), hold(8.0), lie(40.0), hold(15.0), lie(45.0), hold(30.0, is_full=True))
_VISIT = (away(25.0), walk(1.7, 1.0), stand(25.0), walk(DOOR_M, 0.9), away(15.0))
_NOBODY = ()


def _scene(**settings: Any) -> CameraScene:
    return CameraScene(**settings)


def _faulty(fault: Fault, **settings: Any) -> CameraScene:
    return CameraScene(fault=fault, **settings)


def _empty(*things: Thing, **settings: Any) -> CameraScene:
    return CameraScene(acts=_NOBODY, things=things, **settings)


SCENARIOS: Mapping[str, CameraScene] = {
    "sleeper": _scene(),
    "sleeper_blanket": _scene(bedding=Bedding.BLANKET),
    "sleeper_uncovered": _scene(bedding=Bedding.NONE),
    "side": _scene(posture=Posture.SIDE, bedding=Bedding.BLANKET),
    "prone": _scene(posture=Posture.PRONE, bedding=Bedding.BLANKET),
    "shallow": _scene(style=BreathingStyle(rate_per_min=16.0, depth_mm=1.2)),
    "held": _scene(acts=_HOLDS, style=_STEADY, bedding=Bedding.BLANKET),
    "obstructed": _scene(acts=(lie(40.0), obstruct(20.0)), style=_STEADY, bedding=Bedding.NONE),
    "restless": _scene(
        acts=(lie(30.0), twitch(), lie(20.0), toss(), lie(40.0), turn(), sit(20.0), turn()), posture=None
    ),
    "night": _scene(acts=None, posture=None),
    "fall": _scene(acts=(lie(20.0), turn(3.0), sit_on_edge(6.0), walk(1.9, 0.6), stand(3.0), fall(), lie(900.0))),
    "ensuite": _scene(acts=(lie(20.0), *up_and_back(ENSUITE_M, 40.0))),
    "leaving": _scene(acts=(lie(20.0), *up_and_back(DOOR_M, 40.0))),
    "coming": _scene(acts=(*to_bed(6.0), lie(900.0))),
    "edge": _scene(acts=(lie(20.0), turn(3.0), sit(5.0), sit_on_edge(30.0), turn(3.0))),
    "second_person": _scene(visitor=_VISIT),
    "staff_visit": _scene(visitor=_VISIT, has_torch=True),
    "two_lie": _scene(visitor=(lie(600.0),)),
    "gain_steps": _scene(sensor=Sensor(agc_every_s=20.0)),
    "lamp": _scene(light=Light.LAMP),
    "daylight": _scene(light=Light.DAYLIGHT),
    "sleeper_fan": _scene(things=(Thing.FAN,)),
    "sleeper_curtain": _scene(things=(Thing.CURTAIN,)),
    "together": _scene(acts=TOGETHER, style=TOGETHER_STYLE, posture=None, bedding=Bedding.BLANKET),
    "empty_room": _empty(),
    "crumpled_duvet": _empty(is_rolled=True),
    "photograph": _scene(is_photograph=True, bedding=Bedding.BLANKET),
    "swaying_photograph": _scene(is_photograph=True, bedding=Bedding.BLANKET, shake=(0.25, 1.2)),
    "avatar": _empty(avatar_per_min=15.0),
    "fan": _empty(Thing.FAN),
    "curtain": _empty(Thing.CURTAIN),
    "draught_duvet": _empty(Thing.DRAUGHT, is_rolled=True),
    "flicker": _empty(light=Light.LAMP, sensor=Sensor(flicker=0.06, clock_error=0.0025)),
    "light_switch": _empty(Thing.LIGHT_SWITCH),
    "tv": _empty(Thing.TV),
    "moth": _empty(Thing.MOTH),
    "pet": _empty(Thing.PET),
    "shake": _empty(shake=(0.3, 0.8)),
    "sleeper_shake": _scene(shake=(0.3, 0.8)),
    "covered": _faulty(Fault.COVERED),
    "dust_on_lens": _faulty(Fault.DUST),
    "defocus": _faulty(Fault.DEFOCUSED),
    "dark": _faulty(Fault.DARK),
    "saturated": _faulty(Fault.SATURATED),
    "frozen": _faulty(Fault.FROZEN),
    "repeated": _faulty(Fault.REPEATED),
    "camera_moved": _faulty(Fault.SENSOR_MOVED),
    "ir_cut": _faulty(Fault.IR_CUT),
    "rate_drop": _faulty(Fault.LOW_FRAME_RATE),
    "irregular_time": _faulty(Fault.IRREGULAR_TIME),
}
"""sleeper to prone: one posture, one bedding; shallow, held, obstructed: ways of breathing; restless: twitches, tosses
and turns; night: hours of all that; fall, ensuite, leaving, edge: out of bed; coming: in by the door and to bed;
second_person, staff_visit, two_lie: two people; gain_steps: a camera whose gain could not be fixed; lamp, daylight:
other light; sleeper_fan, sleeper_curtain, sleeper_shake: a sleeper beside it; together: what the radar of the same name
sees.

empty_room to shake: nobody, and what could be taken for somebody. covered to irregular_time: a sleeper, and from 20 s
to 50 s a camera at fault."""


def scene_named(name: str, seed: int, seconds: float, **changes: Any) -> CameraScene:
    """Return the scene of a name.

    Args:
        name: a key of SCENARIOS.
        seed: the same seed films the same clip.
        seconds: [s] how long.
        changes: fields of CameraScene to be otherwise.

    Raises:
        ValueError: no such scenario, with the list of them.
    """
    if name not in SCENARIOS:
        raise ValueError(f"There is no scenario '{name}'; there are {', '.join(SCENARIOS)}.")
    return replace(SCENARIOS[name], name=name, seed=seed, seconds=seconds, **changes)
