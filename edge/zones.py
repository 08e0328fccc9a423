"""The zones of a room, drawn at installation: stretches of distance, or boxes where the sensor measures angle."""

import itertools
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from broker.vocabulary import Zone
from edge.errors import SettingsError

TOUCH_M = 0.005
"""[m] by which two zones may overlap or miss each other: nobody measures a room more exactly."""
MAX_M = 20.0
"""[m] beyond which no sensor of this kind sees anybody."""
LAST_STRETCH_M = 0.2
"""[m] before the end of the farthest zone from which somebody may leave without having been seen beyond it."""
MOST_PARTICULAR_FIRST = (Zone.BED, Zone.ENSUITE, Zone.DOOR, Zone.ROOM)
"""Of boxes inside each other the first of these counts: the bed stands in the room."""


@dataclass(frozen=True)
class ZoneSpan:
    """One zone as a stretch: from one distance to another."""

    zone: Zone
    from_m: float
    to_m: float


@dataclass(frozen=True)
class ZoneBox:
    """One zone as a box on the floor, seen from above; the sensor stands at (0, 0) and looks along y."""

    zone: Zone
    x_m: tuple[float, float]
    """[m] from left to right as the sensor looks; negative is left of it."""
    y_m: tuple[float, float]
    """[m] from nearer to farther."""

    def holds(self, x_m: float, y_m: float) -> bool:
        """Say whether a place lies inside."""
        return self.x_m[0] <= x_m < self.x_m[1] and self.y_m[0] <= y_m < self.y_m[1]

    def distances(self) -> tuple[float, float]:
        """Return the distances of its nearest and its farthest place from the sensor [m]."""
        near_x = min(max(0.0, self.x_m[0]), self.x_m[1])
        near_y = min(max(0.0, self.y_m[0]), self.y_m[1])
        return math.hypot(near_x, near_y), max(math.hypot(x, y) for x in self.x_m for y in self.y_m)


@dataclass(frozen=True)
class Zones:
    """All zones of a room; a place outside all of them is in no zone. Either stretches or boxes, never both."""

    spans: tuple[ZoneSpan, ...] = ()
    boxes: tuple[ZoneBox, ...] = field(default=())

    def at(self, range_m: float) -> Zone | None:
        """Name the zone at a distance; None outside all zones or when the distance is unknown."""
        if math.isnan(range_m):
            return None
        return next((span.zone for span in self.spans if span.from_m <= range_m < span.to_m), None)

    def at_point(self, x_m: float, y_m: float) -> Zone | None:
        """Name the zone at a place that a sensor with angle gives.

        Args:
            x_m: [m] to the right of the sensor's line of sight.
            y_m: [m] along it.

        Returns:
            The most particular box there; without boxes the stretch at that distance; None outside all of them, such
            as behind the room's wall.
        """
        if not self.boxes:
            return self.at(math.hypot(x_m, y_m))
        inside = {box.zone for box in self.boxes if box.holds(x_m, y_m)}
        return next((zone for zone in MOST_PARTICULAR_FIRST if zone in inside), None)

    def is_exit(self, range_m: float) -> bool:
        """Say whether somebody last seen here may have left: at a door or beyond every zone."""
        if not self.spans or math.isnan(range_m):
            return False
        beyond = range_m >= max(span.to_m for span in self.spans) - LAST_STRETCH_M
        return beyond or self.at(range_m) in (Zone.DOOR, Zone.ENSUITE)

    def is_exit_point(self, x_m: float, y_m: float) -> bool:
        """Say the same of a place that a sensor with angle gives."""
        if not self.boxes:
            return self.is_exit(math.hypot(x_m, y_m))
        return self.at_point(x_m, y_m) in (Zone.DOOR, Zone.ENSUITE, None)

    def distances(self, zone: Zone) -> tuple[tuple[float, float], ...]:
        """Return from which to which distance from the sensor a zone lies, for each of its stretches or boxes [m]."""
        spans = [(span.from_m, span.to_m) for span in self.spans if span.zone is zone]
        boxes = [box.distances() for box in self.boxes if box.zone is zone]
        return (*spans, *boxes)

    @property
    def end_m(self) -> float:
        """Return how far the farthest zone goes, where the room's wall is [m]; infinite without zones."""
        return max((far_m for zone in self.named for _, far_m in self.distances(zone)), default=math.inf)

    @property
    def named(self) -> frozenset[Zone]:
        """Return which zones there are."""
        return frozenset(one.zone for one in self.spans) | frozenset(one.zone for one in self.boxes)

    @classmethod
    def checked(cls, spans: Sequence[ZoneSpan], boxes: Sequence[ZoneBox]) -> Self:
        """Build the zones of a room whose every place has one meaning.

        Raises:
            SettingsError: what is wrong with them, and what to write instead.
        """
        if spans and boxes:
            raise SettingsError(
                "zones: give stretches (`from_m`, `to_m`) or boxes (`x_m`, `y_m`), not both in one room"
            )
        if (spans or boxes) and Zone.BED not in cls(tuple(spans), tuple(boxes)).named:
            raise SettingsError("zones: no bed among them, so nobody could be said to be in it; add the bed's")
        rising = sorted(spans, key=lambda span: span.from_m)
        for fault in (*_faults_of_spans(rising), *_faults_of_boxes(boxes)):
            raise SettingsError(f"zones: {fault}")
        return cls(tuple(rising), tuple(boxes))


# The demonstration room, and the starting point of an installation.
DEMO_ZONES = Zones(
    (
        ZoneSpan(Zone.BED, 0.0, 1.65),
        ZoneSpan(Zone.ROOM, 1.65, 2.7),
        ZoneSpan(Zone.ENSUITE, 2.7, 3.4),
        ZoneSpan(Zone.DOOR, 3.4, 4.6),
    )
)


def zones_from(table: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> Zones:
    """Build zones from settings.

    Args:
        table: `{"bed": [0.4, 1.8]}`, or a list of such as `{"zone": "bed", "from_m": 0.4, "to_m": 1.8}` and
            `{"zone": "bed", "x_m": [-1.0, 0.2], "y_m": [0.5, 2.6]}`; both may stand for the same zone more than once.

    Raises:
        SettingsError: an unknown zone, a stretch that does not rise, an overlap, a hole, or no bed.
    """
    rows = [_row_of(name, told) for name, told in table.items()] if isinstance(table, Mapping) else list(table)
    spans, boxes = [], []
    for row in rows:
        zone = _zone_named(row.get("zone"))
        if "x_m" in row or "y_m" in row:
            boxes.append(ZoneBox(zone, _rising(zone, "x_m", row.get("x_m")), _rising(zone, "y_m", row.get("y_m"), 0.0)))
        else:
            from_m, to_m = _rising(zone, "from_m and to_m", (row.get("from_m"), row.get("to_m")), 0.0)
            spans.append(ZoneSpan(zone, from_m, to_m))
    return Zones.checked(spans, boxes)


def zones_in(config: Path | None) -> Zones:
    """Read the `[zones]` of a recording's settings; no file, or none in it, is a room without zones.

    Raises:
        SettingsError: it is not TOML, or see `zones_from`.
    """
    if config is None:
        return Zones()
    try:
        told = tomllib.loads(config.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        # A radar's own profile, such as a `.cfg`, is no TOML and has no zones.
        if config.suffix != ".toml":
            return Zones()
        raise SettingsError(f"{config}: not the TOML settings of a recording ({error}).") from error
    return zones_from(told.get("zones", {}))


def rows_of(zones: Zones) -> tuple[dict[str, Any], ...]:
    """Write zones as the rows that `zones_from` reads."""
    spans = [{"zone": str(one.zone), "from_m": one.from_m, "to_m": one.to_m} for one in zones.spans]
    boxes = [{"zone": str(one.zone), "x_m": one.x_m, "y_m": one.y_m} for one in zones.boxes]
    return (*spans, *boxes)


def _row_of(name: str, told: Any) -> Mapping[str, Any]:
    if isinstance(told, Mapping):
        return {"zone": name, **told}
    is_pair = isinstance(told, Sequence) and not isinstance(told, str) and len(told) == 2
    return {"zone": name, "from_m": told[0], "to_m": told[1]} if is_pair else {"zone": name}


def _zone_named(name: object) -> Zone:
    if name not in list(Zone):
        raise SettingsError(f"zones: '{name}' is not a zone; use {', '.join(Zone)}.")
    return Zone(str(name))


def _rising(zone: Zone, what: str, told: Any, least_m: float = -MAX_M) -> tuple[float, float]:
    try:
        low, high = (float(one) for one in told)
    except (TypeError, ValueError):
        low = high = math.nan
    if not least_m <= low < high <= MAX_M:
        raise SettingsError(
            f"zones.{zone}: give {what} as two rising distances in metres from {least_m:g} to {MAX_M:g}, "
            "such as [0.4, 1.8]."
        )
    return low, high


def _faults_of_spans(rising: Sequence[ZoneSpan]) -> Iterator[str]:
    """Say where two stretches overlap, and where somebody who got up would be nowhere."""
    for near, far in itertools.pairwise(rising):
        if far.from_m < near.to_m - TOUCH_M:
            yield (
                f"{near.zone} and {far.zone} overlap from {far.from_m:g} to {min(near.to_m, far.to_m):g} m; "
                "let one end where the other begins"
            )
        elif far.from_m > near.to_m + TOUCH_M:
            yield (
                f"from {near.to_m:g} to {far.from_m:g} m there is no zone, so somebody there would be nowhere; "
                f'add {{ zone = "room", from_m = {near.to_m:g}, to_m = {far.from_m:g} }} or move the borders'
            )


def _faults_of_boxes(boxes: Sequence[ZoneBox]) -> Iterator[str]:
    """Say which boxes overlap, and whether the bed or a door cannot be reached from the room."""
    rooms = [box for box in boxes if box.zone is Zone.ROOM]
    others = [box for box in boxes if box.zone is not Zone.ROOM]
    for at, one in enumerate(others):
        for other in others[at + 1 :]:
            if _overlap_m(one.x_m, other.x_m) > TOUCH_M and _overlap_m(one.y_m, other.y_m) > TOUCH_M:
                yield f"the boxes of {one.zone} and {other.zone} overlap; only the room's may lie under others"
    for one in others if rooms else ():
        touches = (
            _overlap_m(one.x_m, room.x_m) >= -TOUCH_M and _overlap_m(one.y_m, room.y_m) >= -TOUCH_M for room in rooms
        )
        if not any(touches):
            yield f"the box of {one.zone} touches the room's nowhere, so nobody could come to it; draw the room larger"


def _overlap_m(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far two stretches overlap [m]; negative is the gap between them."""
    return min(one[1], other[1]) - max(one[0], other[0])
