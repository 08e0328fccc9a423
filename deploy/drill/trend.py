"""How fast a process grows over a calm: a straight line through the means of its minutes, and how sure that is."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, linear_regression

from deploy.drill.memory import Sample

BLOCK_S = 60.0
"""[s] whose mean is one point. Neighbouring samples of a process's memory are alike, so that single ones would make a
line look surer than it is; the minutes' means are taken for independent."""
GOAL_MB_PER_H = 1.0
"""[MB/h] below which the growth of a process must stay (the project's goal RG9)."""
_FEWEST_BLOCKS = 5
_NORMAL_975 = 1.959964


@dataclass(frozen=True, slots=True)
class Trend:
    """How a process went, while it lived longest.

    Attributes:
        name: the process's.
        over_s: from its first to its last sample [s].
        mean_mb: mean resident memory [MB].
        slope_mb_per_h: of the line by least squares [MB/h].
        half_width_mb_per_h: half of the slope's 95 % interval [MB/h].
        files: fewest and most open files; None where they may not be counted.
        files_change: median of the last third less that of the first; None as above.
        threads: fewest and most threads.
        lives: processes of this name that were seen, one after the other.
    """

    name: str
    over_s: float
    mean_mb: float
    slope_mb_per_h: float
    half_width_mb_per_h: float
    files: tuple[int, int] | None
    files_change: int | None
    threads: tuple[int, int]
    lives: int


def trend(samples: Sequence[Sample], name: str) -> Trend | None:
    """Return how one process went.

    Args:
        samples: of any processes, in the order of time.
        name: which; of its processes the one that was seen most often counts.

    Returns:
        None when it was seen over fewer than five minutes.
    """
    lives = Counter(one.pid for one in samples if one.name == name)
    if not lives:
        return None
    pid = lives.most_common(1)[0][0]
    own = [one for one in samples if one.name == name and one.pid == pid]
    blocks: dict[int, list[Sample]] = {}
    for one in own:
        blocks.setdefault(int((one.at_s - own[0].at_s) // BLOCK_S), []).append(one)
    if len(blocks) < _FEWEST_BLOCKS:
        return None
    hours = [fmean(one.at_s for one in block) / 3600 for block in blocks.values()]
    rss = [fmean(one.rss_mb for one in block) for block in blocks.values()]
    slope, half_width = _line(hours, rss)
    counted = [one.files for one in own if one.files is not None]
    threads = [one.threads for one in own]
    third = len(counted) // 3
    change = round(_middle(counted[-third:]) - _middle(counted[:third])) if third else None
    return Trend(
        name,
        own[-1].at_s - own[0].at_s,
        fmean(rss),
        slope,
        half_width,
        (min(counted), max(counted)) if counted else None,
        change,
        (min(threads), max(threads)),
        len(lives),
    )


def against_goal(one: Trend) -> str:
    """Say whether a growth is below the goal: within, above, or open."""
    if one.slope_mb_per_h + one.half_width_mb_per_h < GOAL_MB_PER_H:
        return "within"
    return "above" if one.slope_mb_per_h - one.half_width_mb_per_h >= GOAL_MB_PER_H else "open"


def _line(x: Sequence[float], y: Sequence[float]) -> tuple[float, float]:
    """Return slope and half of its 95 % interval, by least squares."""
    slope, rest = linear_regression(x, y)
    middle = fmean(x)
    spread = sum((one - middle) ** 2 for one in x)
    left = sum((b - slope * a - rest) ** 2 for a, b in zip(x, y, strict=True))
    free = len(x) - 2
    return slope, student_975(free) * math.sqrt(left / free / spread)


def student_975(free: int) -> float:
    """Return the 97.5 % point of Student's t, right to 1 % from four degrees of freedom on.

    Args:
        free: degrees of freedom, 1 or more.

    Source:
        Abramowitz and Stegun 1964, 26.7.5, its first three terms.
    """
    z = _NORMAL_975
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / free + second / free**2 + third / free**3


def _middle(values: Sequence[int]) -> float:
    ordered = sorted(values)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
