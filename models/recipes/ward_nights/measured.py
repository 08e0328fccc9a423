"""What a sensor gets right: read from the accuracy page, and for places as the room-event recipe found it."""

import re
from dataclasses import dataclass
from pathlib import Path

ACCURACY = Path("docs/reference/accuracy.md")
_HELD = "simulated: held breath"
_SECOND = "simulated: a second person"
_SLEEPERS = "simulated: sleepers"
_OF = re.compile(r"(\d+) of (\d+)")
_PERCENT = re.compile(r"([\d.]+) %")
BED_EXITS, ENSUITE_ENTERED = (30, 32), (16, 18)
"""Found at all, of how many: leaving the bed, and entering the en-suite, in 20 simulated rooms.

Source:
    `python -m models.recipes.room_events 20`; 28 and 14 of them came within 3 and 5 s.
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of the radar.

    Attributes:
        held_found: held breaths that were found, and how many there were.
        held_latest_s: [s] after which the last one was found.
        second_found: second people that were found, and how many there were.
        second_latest_s: [s] after which the last one was found.
        sleepers_said: [0..1] share of seconds in which somebody asleep was said to be there; the rest is doubt.
    """

    held_found: tuple[int, int]
    held_latest_s: float
    second_found: tuple[int, int]
    second_latest_s: float
    sleepers_said: float

    @property
    def bed_exit_share(self) -> float:
        """Return the share of times out of bed that the radar says."""
        return BED_EXITS[0] / BED_EXITS[1]

    @property
    def ensuite_share(self) -> float:
        """Return the share of visits to the en-suite that the radar says."""
        return ENSUITE_ENTERED[0] / ENSUITE_ENTERED[1]

    @property
    def held_share(self) -> float:
        """Return the share of held breaths found."""
        return self.held_found[0] / self.held_found[1]

    @property
    def second_share(self) -> float:
        """Return the share of second people found."""
        return self.second_found[0] / self.second_found[1]


def read_measured(page: str) -> Measured:
    """Read the figures from the text of the accuracy page.

    Raises:
        ValueError: the page has no such row; it is not the page that `make docs` writes.
    """
    table = page.partition("## Held breath, somebody else, presence")[2].partition("\n## ")[0]
    held, second, sleepers = (_row(table, name) for name in (_HELD, _SECOND, _SLEEPERS))
    return Measured(
        _counted(held[1]),
        float(held[3].split()[0]),
        _counted(second[6]),
        float(second[7].split()[0]),
        _share(sleepers[8]),
    )


def _row(table: str, name: str) -> list[str]:
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if cells[0] == name:
            return cells
    raise ValueError(f"{ACCURACY} has no row {name!r}; run `make docs`")


def _counted(cell: str) -> tuple[int, int]:
    found = _OF.fullmatch(cell)
    if found is None:
        raise ValueError(f"{ACCURACY} says {cell!r} where a count was expected; run `make docs`")
    return int(found[1]), int(found[2])


def _share(cell: str) -> float:
    found = _PERCENT.fullmatch(cell)
    if found is None:
        raise ValueError(f"{ACCURACY} says {cell!r} where a share was expected; run `make docs`")
    return float(found[1]) / 100
