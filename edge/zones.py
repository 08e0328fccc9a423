"""The zones of a room, drawn at installation as stretches of distance from the sensor."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from broker.vocabulary import Zone
from edge.errors import SettingsError


@dataclass(frozen=True)
class ZoneSpan:
    """One zone: from one distance to another."""

    zone: Zone
    from_m: float
    to_m: float


@dataclass(frozen=True)
class Zones:
    """All zones of a room; a distance outside all of them is in no zone."""

    spans: tuple[ZoneSpan, ...] = ()

    def at(self, range_m: float) -> Zone | None:
        """Name the zone at a distance; None outside all zones or when the distance is unknown."""
        if math.isnan(range_m):
            return None
        return next((span.zone for span in self.spans if span.from_m <= range_m < span.to_m), None)

    def is_exit(self, range_m: float) -> bool:
        """Say whether somebody last seen here may have left: at a door or beyond every zone."""
        if not self.spans or math.isnan(range_m):
            return False
        beyond = range_m >= max(span.to_m for span in self.spans) - 0.2
        return beyond or self.at(range_m) in (Zone.DOOR, Zone.ENSUITE)


# The demonstration room, and the starting point of an installation.
DEMO_ZONES = Zones(
    (
        ZoneSpan(Zone.BED, 0.0, 1.65),
        ZoneSpan(Zone.ROOM, 1.65, 2.7),
        ZoneSpan(Zone.ENSUITE, 2.7, 3.4),
        ZoneSpan(Zone.DOOR, 3.4, 4.6),
    )
)


def zones_from(table: Mapping[str, Sequence[float]]) -> Zones:
    """Build zones from settings such as `{"bed": [0.4, 1.8]}`.

    Raises:
        SettingsError: an unknown zone, or a stretch that is not two rising distances in metres.
    """
    spans = []
    for name, stretch in table.items():
        if name not in list(Zone):
            raise SettingsError(f"zones: '{name}' is not a zone; use {', '.join(Zone)}.")
        if len(stretch) != 2 or not 0 <= stretch[0] < stretch[1]:
            raise SettingsError(f"zones.{name}: give two rising distances in metres, such as [0.4, 1.8].")
        spans.append(ZoneSpan(Zone(name), float(stretch[0]), float(stretch[1])))
    return Zones(tuple(sorted(spans, key=lambda span: span.from_m)))
