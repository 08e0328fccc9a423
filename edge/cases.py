"""The cases of an evaluation: which recording or simulated room, and what is expected of it."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from broker.vocabulary import RoomEventKind
from edge.errors import SettingsError
from edge.references import Reference, constant, reference_from

ENVIRONMENT = "HUSHWARD_RECORDINGS"
FIRST_NUMBER_S = 15.0


class Expect(StrEnum):
    """What a case is judged on."""

    RATE = "rate"
    """Somebody breathes calmly: accuracy where a reference is there, and coverage, latency, agreement."""
    WITHHELD = "withheld"
    """No vital sign may ever be shown."""
    EVENTS = "events"
    """Presence, people or events are known; no rate is judged."""


@dataclass(frozen=True)
class ExpectedEvent:
    """Something that is known to have happened."""

    kind: RoomEventKind
    at_s: float
    """[s] when it happened."""
    within_s: float = 5.0
    """[s] in which it is to be said."""


@dataclass(frozen=True)
class Simulation:
    """A simulated room in a recording's place; the simulator knows the truth of each second."""

    scenario: str
    """One of models.simulator.scenes, or for a camera of models.simulator.camera."""
    seed: int
    seconds: float = 90.0
    """[s] how long."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """What differs from the scenario, by the names of the scene's fields."""
    is_film: bool = False
    """A camera is simulated and no radar: `sensor = "camera"`."""


@dataclass(frozen=True)
class Case:
    """One recording or simulated room, and what is expected."""

    id: str
    path: Path
    """The recording; for a simulated room, the list that names it."""
    expect: Expect
    sensor: str | None = None
    format: str | None = None
    config: Path | None = None
    reference: Reference | None = None
    presence: str | None = None
    """present or absent for the whole recording; None when not judged."""
    people: int | None = None
    """0, 1 or 2 (two or more) for the whole recording; None when not judged."""
    events: tuple[ExpectedEvent, ...] = ()
    receivers: int = 1
    """How many receivers the recording holds, each of which can be asked alone."""
    maker: Path | None = None
    """The maker's own rates for this recording."""
    simulation: Simulation | None = None
    groups: Mapping[str, str] = field(default_factory=dict)
    """What the case belongs to, by kind, such as posture: side."""

    @property
    def is_film(self) -> bool:
        """Whether it is made of pictures."""
        return self.simulation.is_film if self.simulation is not None else self.sensor == "camera"

    @property
    def is_here(self) -> bool:
        """Whether there is something to judge."""
        return self.simulation is not None or self.path.exists()


def recordings_dir(environment: Mapping[str, str] | None = None) -> Path | None:
    """Find the folder of recordings: HUSHWARD_RECORDINGS, or ../shared/data beside the checkout; None when absent."""
    variables = os.environ if environment is None else environment
    folder = Path(variables[ENVIRONMENT]) if ENVIRONMENT in variables else _beside_the_checkout()
    return folder if folder.is_dir() else None


def _beside_the_checkout() -> Path:
    return Path(__file__).resolve().parents[2] / "shared" / "data"


def read_cases(path: Path, recordings: Path | None) -> list[Case]:
    """Read a list of cases.

    Args:
        path: TOML with `[[case]]` tables.
        recordings: the folder that its paths are relative to; None when there is none, and every recording is absent.

    Raises:
        SettingsError: with the file, the case and what is wrong.
    """
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    except (OSError, tomllib.TOMLDecodeError, KeyError) as error:
        raise SettingsError(f"{path}: not a list of [[case]] tables ({error}).") from error
    cases = []
    for row in rows:
        try:
            cases.append(_case(row, path, recordings or path.parent / "no recordings"))
        except (KeyError, ValueError, TypeError, OSError) as error:
            raise SettingsError(f"{path}: case {row.get('id', '?')}: {_sentence(error)}.") from error
    return cases


def _case(row: Mapping[str, Any], of: Path, recordings: Path) -> Case:
    if ("simulate" in row) == ("path" in row):
        raise ValueError("a case has either a `path` or a `simulate` table")
    unknown = sorted(row.keys() - _KEYS)
    if unknown:
        raise ValueError(f"`{unknown[0]}` is not known here; a case may have {', '.join(sorted(_KEYS))}")
    path = recordings / row["path"] if "path" in row else of
    is_here = "simulate" in row or path.exists()
    return Case(
        id=row["id"],
        path=path,
        expect=Expect(row["expect"]),
        sensor=row.get("sensor"),
        format=row.get("format"),
        config=_config(row, of.parent, recordings),
        reference=_reference(row, recordings) if is_here else None,
        presence=row.get("presence"),
        people=row.get("people"),
        events=tuple(
            ExpectedEvent(RoomEventKind(one["kind"]), **_without(one, "kind")) for one in row.get("events", [])
        ),
        receivers=int(row.get("receivers", 1)),
        maker=recordings / row["maker"] if "maker" in row else None,
        simulation=_simulation(row["simulate"]) if "simulate" in row else None,
        groups={str(kind): str(name) for kind, name in row.get("group", {}).items()},
    )


_KEYS = {
    *("id", "path", "expect", "sensor", "format", "config", "reference", "holds", "presence", "people", "events"),
    *("receivers", "maker", "simulate", "group"),
}


def _config(row: Mapping[str, Any], beside: Path, recordings: Path) -> Path | None:
    """Settings of a raw recording lie beside the list, or with the recordings."""
    if "config" not in row:
        return None
    near = beside / str(row["config"])
    return near if near.exists() else recordings / str(row["config"])


def _reference(row: Mapping[str, Any], recordings: Path) -> Reference | None:
    reference = reference_from(row.get("reference"), recordings)
    holds = _holds(row.get("holds", []))
    if not holds:
        return reference
    if reference is None:
        return constant(float("nan"), holds)
    return Reference(reference.t_s, reference.rate_per_min, holds)


def _holds(told: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    holds = tuple((float(from_s), float(to_s)) for from_s, to_s in told)
    if any(from_s >= to_s for from_s, to_s in holds):
        raise ValueError("each of `holds` is two rising times in seconds, such as [45, 60]")
    return holds


def _simulation(told: Mapping[str, Any]) -> Simulation:
    seconds = float(told.get("seconds", 90.0))
    if not 1 <= seconds <= 86_400:
        raise ValueError("`simulate.seconds` is 1 to 86400")
    sensor = str(told.get("sensor", "radar"))
    if sensor not in ("radar", "camera"):
        raise ValueError('`simulate.sensor` is "radar" or "camera"')
    changes = _without(told, "scenario", "seed", "seconds", "sensor")
    return Simulation(str(told["scenario"]), int(told["seed"]), seconds, changes, sensor == "camera")


def _without(table: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in table.items() if name not in names}


def _sentence(error: BaseException) -> str:
    return f"`{error.args[0]}` is missing" if isinstance(error, KeyError) else str(error)
