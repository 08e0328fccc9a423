"""How well a radar and a camera of one room do together: the same simulated person before both, judged each second.

Run `python -m models.recipes.two_sensors FOLDER [WORLD ...]` from the root of the checkout. Each world is kept in
FOLDER as it is done; when all are there `docs/reference/two-sensors.md` is written. Its seeds set no constant: the
joining has one number of its own, the seconds after which a contradiction counts (rule K8).
"""

import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from broker.readings import Readings
from broker.vocabulary import Modality, Presence, Purpose
from console.rules.policy import Policy, shipped_policy
from console.rules.sensing.joining import Joined, SensorSays, join
from edge.evaluation import estimates_of, new_estimator
from edge.events import Whereabouts
from edge.frames import Frame
from edge.permitted import permitted
from edge.reports import Since, readings_of, seen_in
from edge.scores.filmed import frames_of as film_frames
from edge.scores.simulated import HeldFrames
from edge.sources.synthetic import frames_of as radar_frames
from edge.supervisor import Order
from edge.zones import DEMO_ZONES, Zones
from models.simulator.acts import DOOR_M, ENSUITE_M, Act, away, lie, stand, trip, turn, walk
from models.simulator.breathing import BreathingStyle
from models.simulator.camera import CameraScene, film
from models.simulator.camera.bedding import Bedding
from models.simulator.camera.scene import Fault, Thing
from models.simulator.night import Night, Scene
from models.simulator.nuisances import NUISANCES

SECONDS = 120
NIGHT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
SEEDS = (77_001,)
EVENLY = 0.02
"""Standard deviation of a breath's length, as a share: the least of living people. With more the two simulated chests,
which should be one, breathe at rates of their own for a minute at a time, and the two sensors are right to disagree."""
WRONG_PER_MIN = 3.0
"""[1/min] by which a rate is plainly wrong."""
_PAGE, _TEXT = Path("docs/reference/two-sensors.md"), Path(__file__).with_name("two_sensors_page.txt")
_PURPOSES = tuple(Purpose)
_ASLEEP = (lie(70.0), turn(4.0), lie(200.0))
_UP = (lie(30.0), *trip(ENSUITE_M, 25.0), lie(25.0), *trip(DOOR_M, 20.0), lie(60.0))
_VISIT = (away(40.0), walk(1.7, 1.0), stand(25.0), walk(DOOR_M, 0.9), away(60.0))


@dataclass(frozen=True)
class World:
    """One room for both.

    Attributes:
        told: what is in it.
        acts: what the sleeper does; nobody is there without any.
        visitor: what a second person does.
        radar: what is otherwise for the radar.
        camera: what is otherwise for the camera.
    """

    told: str
    acts: tuple[Act, ...] = _ASLEEP
    visitor: tuple[Act, ...] = ()
    radar: Mapping[str, Any] = field(default_factory=dict)
    camera: Mapping[str, Any] = field(default_factory=dict)


WORLDS: Mapping[str, World] = {
    "asleep": World("asleep, seen by both"),
    "up": World("up to the en-suite and out of the room, and back", acts=_UP),
    "visited": World("a second person comes in", visitor=_VISIT),
    "radar_weak": World("the radar's echo is too weak", radar={"size": 0.004}),
    "radar_fan": World("a fan before the radar", radar={"nuisances": (NUISANCES["blades"], NUISANCES["head"])}),
    "camera_duvet": World("a thick duvet far from the camera", camera={"bedding": Bedding.DUVET, "distance_m": 4.0}),
    "camera_covered": World(
        "the camera is covered from 30 s on", camera={"fault": Fault.COVERED, "fault_at_s": 30.0, "fault_for_s": 999.0}
    ),
    "camera_moved": World(
        "the camera is knocked at 30 s", camera={"fault": Fault.SENSOR_MOVED, "fault_at_s": 30.0, "fault_for_s": 999.0}
    ),
    "empty_curtain": World("nobody; a curtain before the radar", acts=(), radar={"nuisances": (NUISANCES["curtain"],)}),
    "empty_draught": World("nobody; a draught lifts the duvet", acts=(), camera={"things": (Thing.DRAUGHT,)}),
}


@dataclass(frozen=True)
class Second:
    """One second of one sensor: what it says and what is so."""

    readings: Readings
    people: int
    rate_per_min: float | None


def style_of(seed: int) -> BreathingStyle:
    """Draw how the person of a seed breathes; evenly, for each simulator draws every breath of them for itself."""
    rng = np.random.default_rng([seed, 9])
    rate, depth = float(rng.uniform(11, 20)), float(rng.uniform(4.5, 8))
    return BreathingStyle(rate_per_min=rate, depth_mm=depth, rate_jitter=EVENLY)


def radar_of(world: World, seed: int) -> Iterator[Second]:
    """Sense a world by the radar."""
    acts, visitor = (cycle(one) if one else [] for one in (world.acts, world.visitor))
    night = Night(seed, Scene(acts=acts, visitor=visitor, style=style_of(seed), **world.radar))
    frames: list[Frame] = []
    truths: list[tuple[int, float | None]] = []
    for frame, truth in radar_frames(night):
        if frame.t_s > SECONDS:
            break
        frames.append(frame)
        while len(truths) + 1 <= frame.t_s:
            truths.append((truth.people, truth.rate_per_min if truth.people == 1 else None))
    yield from _sensed(frames, DEMO_ZONES, "a" * 32, truths)


def camera_of(world: World, seed: int) -> Iterator[Second]:
    """Sense the same world by the camera."""
    told: dict[str, Any] = {"style": style_of(seed), "acts": world.acts, "visitor": world.visitor, "posture": None}
    clip = film(CameraScene(name="pair", seed=seed, seconds=float(SECONDS), **(told | dict(world.camera))))
    rates = [(one.people, one.respiratory_rate_per_min) for one in clip.truth]
    truths = [(people, None if math.isnan(rate) or people != 1 else rate) for people, rate in rates]
    yield from _sensed(film_frames(clip), Zones(), "c" * 32, truths)


def _sensed(
    frames: Sequence[Frame], zones: Zones, lease_id: str, truths: Sequence[tuple[int, float | None]]
) -> Iterator[Second]:
    """Give what a node would say each second, through its own border."""
    order, since, places = Order(lease_id, _PURPOSES, True, math.inf), Since(), Whereabouts()
    for estimate, (people, rate) in zip(estimates_of(HeldFrames(frames), new_estimator(zones)), truths, strict=False):
        line = permitted(replace(estimate, captured_at=NIGHT + timedelta(seconds=estimate.t_s)), _PURPOSES, True)
        places.see(seen_in(line), frozenset(_PURPOSES))
        yield Second(readings_of(line, order, places.place, since), people, rate)


def judged(world: World, seed: int, policy: Policy) -> dict[str, dict[str, float]]:
    """Judge one room of a world: by each sensor alone and by both together, in sums that can be added up."""
    found: dict[str, dict[str, float]] = {}
    for radar, camera in zip(radar_of(world, seed), camera_of(world, seed), strict=False):
        now: datetime = max(radar.readings.captured_at, camera.readings.captured_at)
        said = (
            SensorSays(Modality.RADAR, _PURPOSES, radar.readings),
            SensorSays(Modality.CAMERA, _PURPOSES, camera.readings),
        )
        both = join(said, now, policy)
        lead = radar if both.readings.lease_id == radar.readings.lease_id else camera
        told = {"radar": radar, "camera": camera, "both": Second(both.readings, radar.people, lead.rate_per_min)}
        for name, one in told.items():
            _add(found.setdefault(name, {}), one)
        _add_disagreement(found["both"], both, radar, camera)
    return found


def summed(parts: Iterable[Mapping[str, Mapping[str, float]]]) -> dict[str, dict[str, float]]:
    """Add up the sums of several rooms."""
    found: dict[str, dict[str, float]] = {}
    for part in parts:
        for who, sums in part.items():
            for key, value in sums.items():
                found.setdefault(who, {})[key] = found.get(who, {}).get(key, 0.0) + value
    return found


def _add(sums: dict[str, float], one: Second) -> None:
    """Add one second."""
    rate, presence = one.readings.respiratory_rate, one.readings.presence.value
    is_there = one.people > 0
    counted = {
        "seconds": 1.0,
        "right": presence is not None and (presence is Presence.PRESENT) == is_there,
        "wrong": presence is not None and (presence is Presence.PRESENT) != is_there,
        "calm_in_an_empty_room": presence is Presence.PRESENT and not is_there,
        "could": one.rate_per_min is not None,
    }
    if rate.value_per_min is not None:
        counted |= {"told": 1.0, "ghost": not is_there}
    if rate.value_per_min is not None and one.rate_per_min is not None:
        error = abs(rate.value_per_min - one.rate_per_min)
        held = error <= (rate.uncertainty_per_min or 0.0)
        counted |= {"rated": 1.0, "error": error, "held": held, "off": error > WRONG_PER_MIN}
    for name, value in counted.items():
        sums[name] = sums.get(name, 0.0) + float(value)


def _add_disagreement(sums: dict[str, float], both: Joined, radar: Second, camera: Second) -> None:
    """Count a second in which the two contradict each other: rightly when one of them is wrong, else falsely."""
    rightly = any(_is_wrong(one) for one in (radar, camera))
    counted = {"disagree": bool(both.contradicted), "falsely": bool(both.contradicted) and not rightly}
    counted |= {"one_wrong": rightly, "one_wrong_seen": rightly and bool(both.contradicted)}
    for name, value in counted.items():
        sums[name] = sums.get(name, 0.0) + float(value)


def _is_wrong(one: Second) -> bool:
    """Return whether a sensor says what is not so: of presence, of how many, or a rate outside its own interval."""
    readings, is_there = one.readings, one.people > 0
    presence, people, rate = readings.presence.value, readings.people.value, readings.respiratory_rate
    if presence is not None and (presence is Presence.PRESENT) != is_there:
        return True
    if people is not None and (people == 2) != (one.people == 2):
        return True
    if rate.value_per_min is None:
        return False
    return one.rate_per_min is None or abs(rate.value_per_min - one.rate_per_min) > (rate.uncertainty_per_min or 0.0)


def _share(sums: Mapping[str, float], part: str, whole: str) -> str:
    return f"{100 * sums.get(part, 0.0) / sums[whole]:.0f} %" if sums.get(whole) else "-"


def _row(name: str, sums: Mapping[str, float]) -> str:
    error = f"{sums['error'] / sums['rated']:.2f}" if sums.get("rated") else "-"
    cells = (
        _share(sums, "right", "seconds"),
        _share(sums, "wrong", "seconds"),
        _share(sums, "rated", "could"),
        error,
        _share(sums, "held", "rated"),
        _share(sums, "off", "rated"),
        f"{sums.get('ghost', 0.0):.0f}",
        _share(sums, "disagree", "seconds") if name == "both" else "",
        _share(sums, "falsely", "seconds") if name == "both" else "",
    )
    return f"| {name} | {' | '.join(cells)} |"


_HEAD = (
    "| | presence right | wrong | rate told where it could be | mean error /min | interval holds | off by over 3 /min "
    "| rates of nobody, s | disagree | without cause |\n|---|---|---|---|---|---|---|---|---|---|"
)


def page(found: Mapping[str, Mapping[str, Mapping[str, float]]]) -> str:
    """Write the page from every world's sums."""
    parts = []
    for name, world in WORLDS.items():
        rows = [_row(who, sums) for who, sums in found[name].items()]
        parts.append(f"### {world.told[0].upper()}{world.told[1:]}\n\n{_HEAD}\n" + "\n".join(rows))
    whole = summed(found.values())
    both = whole["both"]
    facts = {
        "ROOMS": str(len(WORLDS) * len(SEEDS)),
        "SECONDS": str(SECONDS),
        "WHOLE": f"{_HEAD}\n" + "\n".join(_row(who, sums) for who, sums in whole.items()),
        "SEEN": _share(both, "one_wrong_seen", "one_wrong"),
        "WRONG": _share(both, "one_wrong", "seconds"),
        "WORLDS": "\n\n".join(parts),
    }
    text = _TEXT.read_text("utf-8")
    for mark, part in facts.items():
        text = text.replace("{{" + mark + "}}", part)
    return text


def main(arguments: Sequence[str], out: Callable[[str], object] = sys.stdout.write) -> None:
    """Judge the named worlds, or all, and write the page once every room has been judged; what is kept stays."""
    folder, names = Path(arguments[0]), arguments[1:] or tuple(WORLDS)
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: [folder / f"{name}-{seed}.json" for seed in SEEDS] for name in WORLDS}
    policy = shipped_policy()
    for name in names:
        for seed, file in zip(SEEDS, kept[name], strict=True):
            if not file.exists():
                file.write_text(json.dumps(judged(WORLDS[name], seed, policy)), "utf-8")
                out(f"{name} {seed}: judged\n")
    if all(file.exists() for files in kept.values() for file in files):
        found = {name: summed(json.loads(one.read_text("utf-8")) for one in files) for name, files in kept.items()}
        _PAGE.write_text(page(found), "utf-8")
        out(f"wrote {_PAGE}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
