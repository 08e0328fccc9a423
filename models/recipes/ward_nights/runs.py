"""Which wards are lived through for the page: as shipped, without sensors, with more events, with other staff."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from console.rules.policy import shipped_policy
from models.recipes.ward_nights.figures import Nights, changed, live_through, with_number
from models.recipes.ward_nights.habits import Habits
from models.recipes.ward_nights.measured import Measured
from models.recipes.ward_nights.night import Way

SEED = 30
VARIED = (
    "answer_s",
    "walk_s_per_room",
    "at_door_s",
    "hands_full_per_h",
    "hands_full_min",
    "trips_per_night",
    "trip_min",
    "up_per_night",
    "up_min",
    "visits_per_night",
    "ensuite_limits",
    "bed_exit_limits",
    "said_no_share",
    "false_breathless",
    "false_ensuite",
    "false_floor",
    "missed_floor_share",
    "doubt_stretch_s",
    "wakes_inside",
)
"""The assumptions that are halved and doubled."""
STAFF = (3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class Job:
    """One ward to live through.

    Attributes:
        name: of it.
        nights: how many.
        habits: of it.
        way: how it is run.
    """

    name: str
    nights: int
    habits: Habits
    way: Way


Mapped = Callable[[Callable[[tuple[Job, Measured]], Nights], Iterable[tuple[Job, Measured]]], Iterable[Nights]]


def jobs(nights: int, varied: int) -> tuple[Job, ...]:
    """Return every ward of the page.

    Args:
        nights: of the wards that are reported.
        varied: nights of each ward in which one assumption is halved or doubled.
    """
    habits = Habits()
    often = replace(habits, falls_per_1000=100.0, collapses_per_1000=100.0, stops_per_1000=100.0)
    return (
        Job("shipped", nights, habits, Way(board=True)),
        Job("without", nights, habits, Way(sensors=False)),
        Job("quiet", nights, habits, Way(quiet=True)),
        Job("often", nights, often, Way(board=True)),
        Job("often without", nights, often, Way(sensors=False)),
        *(
            Job(f"staff {count}", max(1, nights // 2), replace(habits, staff=count, one_short_share=0.0), Way())
            for count in STAFF
        ),
        Job("unchanged", varied, habits, Way()),
        *(
            Job(f"{name} {factor:g}", varied, changed(habits, name, factor), Way())
            for name in VARIED
            for factor in (0.5, 2.0)
        ),
    )


def run(told: tuple[Job, Measured]) -> Nights:
    """Live through one ward's nights."""
    job, measured = told
    policy = with_number(shipped_policy(), "O9", "is_allowed_count", 1.0) if job.way.quiet else shipped_policy()
    return live_through(job.nights, job.habits, measured, seed=SEED, way=job.way, policy=policy)


def run_all(measured: Measured, nights: int, varied: int, mapped: Mapped) -> Mapping[str, Nights]:
    """Live through every ward of the page.

    Args:
        measured: of the sensor.
        nights: of the wards that are reported.
        varied: of each ward with a changed assumption.
        mapped: runs the jobs and gives what came of them in their order; `map`, or a pool's.
    """
    told = jobs(nights, varied)
    return dict(zip((one.name for one in told), mapped(run, [(one, measured) for one in told]), strict=True))
