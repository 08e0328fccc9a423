"""Named stories that a simulated room can play."""

from collections.abc import Callable, Iterator, Mapping
from itertools import cycle

from models.simulator.acts import (
    BED_M,
    ENSUITE_M,
    TOGETHER,
    TOGETHER_STYLE,
    Act,
    away,
    cheyne_stokes,
    hold,
    lie,
    obstruct,
    sit,
    stand,
    toss,
    trip,
    turn,
    twitch,
    walk,
)
from models.simulator.breathing import BreathingStyle
from models.simulator.nuisances import NUISANCES
from models.simulator.phantom import Phantom
from models.simulator.receiver import ReceiverSettings
from models.simulator.scene import Fan, Ghost, Neighbour, Scene
from models.simulator.torsos import Posture
from models.simulator.walls import Wall


def _asleep() -> Iterator[Act]:
    return cycle([lie(600.0), turn()])


def _visits() -> Iterator[Act]:
    while True:
        yield away(60.0)
        yield walk(2.4)
        yield stand(15.0)
        yield walk(4.2)


def _staff_visit() -> Iterator[Act]:
    while True:
        yield away(50.0)
        yield walk(1.6, 1.2)
        yield stand(25.0)
        yield walk(3.8, 0.8)


def _next_door() -> Iterator[Act]:
    """Lie still for a minute, walk about for half a minute, and lie down again."""
    while True:
        yield lie(60.0)
        for to_m in (4.0, 3.0, 3.9, 3.1, 3.3):
            yield walk(to_m, 0.8)
            yield stand(4.0)
        yield turn()


def _neighbour(boards: int) -> Scene:
    return Scene(acts=[], neighbour=Neighbour(_next_door(), wall=Wall(range_m=2.6, boards=boards)))


def _phantom(rate_per_min: float, jump_m: float = 0.0) -> Callable[[], Scene]:
    return lambda: Scene(acts=[], phantom=Phantom(rate_per_min, jump_m=jump_m))


def _with(*names: str, is_empty: bool = False) -> Callable[[], Scene]:
    """Make a room with a sleeper, or with nobody, and things of NUISANCES."""
    things = tuple(NUISANCES[name] for name in names)
    return lambda: Scene(acts=[] if is_empty else _asleep(), nuisances=things)


def _posture(posture: Posture) -> Callable[[], Scene]:
    return lambda: Scene(acts=_asleep(), posture=posture)


def _poor() -> ReceiverSettings:
    return ReceiverSettings(
        jitter=0.03,
        late_share=0.005,
        repeat_share=0.005,
        burst_share=0.01,
        imbalance=0.04 + 0.02j,
        loss_share=0.003,
        longest_loss=42,
        drift_per_s=0.008,
    )


SCENES: Mapping[str, Callable[[], Scene]] = {
    "night": Scene,
    "sleeper": lambda: Scene(acts=_asleep()),
    "apnoea": lambda: Scene(acts=cycle([lie(45.0), hold(15.0)])),
    "empty": lambda: Scene(acts=[]),
    "fan": lambda: Scene(acts=[], fan=Fan()),
    "visited": lambda: Scene(acts=cycle([lie(600.0)]), visitor=_visits()),
    "supine": _posture(Posture.SUPINE),
    "side": _posture(Posture.SIDE),
    "prone": _posture(Posture.PRONE),
    "shallow": lambda: Scene(acts=_asleep(), style=BreathingStyle(depth_mm=1.2)),
    "fast": lambda: Scene(acts=_asleep(), style=BreathingStyle(rate_per_min=32.0, depth_mm=4.0)),
    "slow": lambda: Scene(acts=_asleep(), style=BreathingStyle(rate_per_min=7.0, depth_mm=10.0)),
    "weak": lambda: Scene(acts=_asleep(), size=0.004),
    "restless": lambda: Scene(
        acts=cycle([lie(40.0), twitch(), lie(25.0), toss(), lie(45.0), turn(), sit(30.0), turn()])
    ),
    "long_hold": lambda: Scene(acts=cycle([lie(60.0), hold(30.0, is_full=True), lie(60.0), hold(45.0)])),
    "hypopnoea": lambda: Scene(acts=cycle([lie(40.0), lie(25.0, 0.3)])),
    "cheyne_stokes": lambda: Scene(acts=cycle(cheyne_stokes())),
    "obstructive": lambda: Scene(acts=cycle([lie(40.0), obstruct(20.0)])),
    "leaving": lambda: Scene(acts=cycle([lie(60.0), *trip(ENSUITE_M, 40.0)])),
    "staff_visit": lambda: Scene(acts=_asleep(), visitor=_staff_visit()),
    "shared": lambda: Scene(acts=_asleep(), visitor=cycle([lie(600.0)]), visitor_m=BED_M + 0.7),
    "ghost": lambda: Scene(acts=_asleep(), ghost=Ghost()),
    "cpap": lambda: Scene(acts=_asleep(), hose_m=BED_M + 0.5, nuisances=(NUISANCES["hvac"],)),
    "neighbour": lambda: _neighbour(boards=4),
    "neighbour_thin": lambda: _neighbour(boards=2),
    "phantom8": _phantom(8.0),
    "phantom12": _phantom(12.0),
    "phantom18": _phantom(18.0),
    "phantom25": _phantom(25.0),
    "phantom_jumps": _phantom(12.0, jump_m=0.15),
    "blades": _with("blades", is_empty=True),
    "curtain": _with("curtain", is_empty=True),
    "draught": _with("draught", is_empty=True),
    "pump": _with("pump", is_empty=True),
    "water": _with("water", is_empty=True),
    "phone": _with("phone", is_empty=True),
    "sleeper_fan": _with("blades", "head"),
    "sleeper_curtain": _with("curtain"),
    "shaken": lambda: Scene(acts=[], shake=(0.3, 2.0)),
    "knocked": lambda: Scene(acts=_asleep(), knock_at_s=tuple(30.0 + 45.0 * k for k in range(200))),
    "poor_receiver": lambda: Scene(acts=_asleep(), receiver=_poor()),
    "saturated": lambda: Scene(acts=_asleep(), receiver=ReceiverSettings(full_scale=2900.0)),
    "receivers": lambda: Scene(acts=_asleep(), receiver=ReceiverSettings(receivers=3)),
    "together": lambda: Scene(acts=cycle(TOGETHER), style=TOGETHER_STYLE),
    "24ghz": lambda: Scene(
        acts=_asleep(), receiver=ReceiverSettings(wavelength_m=0.01244, step_m=0.15, pulse_fwhm_m=0.3)
    ),
}
"""night: a demonstration's life; sleeper: only sleeps; apnoea: stops breathing every minute; empty: nobody;
fan: nobody and a fan; visited: somebody looks in every minute and a half.

supine, side, prone: one posture; shallow, fast, slow: one way of breathing; weak: an echo too weak to be seen;
restless: twitches, tosses, turns and sits; long_hold: 30 and 45 s without breath; hypopnoea: a third of the depth;
cheyne_stokes: swells and pauses; obstructive: the chest moves and no air does; leaving: to the en-suite and back;
staff_visit: to the bedside and out; shared: a second sleeper; ghost: echoes by way of a wall; cpap: a hose that
breathes too.

neighbour, neighbour_thin: somebody behind an acoustic or a light stud wall; phantom8 to phantom25: a plate at that
rate; phantom_jumps: the same, moved now and then; blades, curtain, draught, pump, water, phone: nobody and that;
sleeper_fan, sleeper_curtain: a sleeper beside it; shaken, knocked: the sensor's mount; poor_receiver, saturated,
receivers, 24ghz: other radars; together: what the camera of the same name films."""
