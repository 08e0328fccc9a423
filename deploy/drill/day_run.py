"""The part of the drill that passes a day and a night on a clock set by hand, with something going wrong each hour."""

import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from broker.clock import HandClock, SystemClock
from console.showing.views import TileKind
from deploy.drill.board import SENSING
from deploy.drill.day_ward import DayWard
from deploy.drill.ledger import Count, count, faults_of_console, faults_of_node
from deploy.drill.log_check import faults_of_log
from deploy.drill.part_file import PartFile
from deploy.progress import Progress

_HOUR_S = 3600.0
_KEEP_EVERY_S = 900.0
_LOOK_EVERY_S = 60.0
_SETTLED_AFTER_S = 120.0
"""[s] after a start, or after the end of what went wrong, from which on every room must be known again."""
_NEEDS_REASON = (TileKind.NOT_MONITORED, TileKind.CANNOT_TELL)


class Trouble(StrEnum):
    """What goes wrong in an hour; the value is how the page says it."""

    NODE_AGAIN = "a node is started again"
    CONSOLE_AGAIN = "the console is started again"
    NODE_CUT = "a node's link is cut"
    ALL_CUT = "every link is cut"


@dataclass(frozen=True, slots=True)
class Hour:
    """What goes wrong in one hour of the day.

    Attributes:
        trouble: what.
        node_id: which node; empty when it is the ward's.
        at_s: since the day began [s].
        lasts_s: how long a link stays cut; 0 for a start [s].
    """

    trouble: Trouble
    node_id: str
    at_s: float
    lasts_s: float


@dataclass(frozen=True, slots=True)
class DayWanted:
    """What the part was asked for.

    Attributes:
        seed: of stories and troubles.
        nodes: 1 to 18.
        begins: the first moment, UTC, as ISO 8601.
        hours: how long the day is.
        step_s: by how much the clock is moved at once [s].
    """

    seed: int
    nodes: int
    begins: str
    hours: int
    step_s: float


@dataclass
class DayState:
    """How far the part has come.

    Attributes:
        passed_s: how much of the day has passed [s].
        ran_s: real seconds, over all its stretches [s].
        stretches: how often it was begun or gone on with.
        rooms: rooms whose sensor was on.
        looks: how often the board was looked at.
        dark: looks at a room with its sensor on that said that nothing is known, and why, while something was wrong.
        found: what did not hold.
    """

    passed_s: float = 0.0
    ran_s: float = 0.0
    stretches: int = 0
    rooms: tuple[str, ...] = ()
    looks: int = 0
    dark: int = 0
    found: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, told: dict[str, Any]) -> "DayState":
        """Read what was kept."""
        return cls(**{name: told[name] for name in cls.__dataclass_fields__ if name in told})


@dataclass(frozen=True, slots=True)
class Day:
    """What came of the part.

    Attributes:
        wanted: what was asked for.
        state: how far it came.
        hours: what went wrong, as far as the day has come.
        counted: the records.
        minutes: minutes of measurements that are held, by hour of ward time and its distance from UTC.
        leases: leases that were issued.
        at_the_end: what did not hold at its end.
    """

    wanted: DayWanted
    state: DayState
    hours: tuple[Hour, ...]
    counted: Count
    minutes: tuple[tuple[str, int], ...]
    leases: int
    at_the_end: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Return whether everything held."""
        return not self.at_the_end and not self.state.found


def hours_of(seed: int, hours: int, node_ids: tuple[str, ...]) -> tuple[Hour, ...]:
    """Make what goes wrong: one thing in each hour, which the seed alone decides."""
    chance, made = random.Random(f"day:{seed}"), list[Hour]()
    for number in range(hours):
        trouble = chance.choice(tuple(Trouble))
        of_node = trouble in (Trouble.NODE_AGAIN, Trouble.NODE_CUT)
        cut = trouble in (Trouble.NODE_CUT, Trouble.ALL_CUT)
        at_s = number * _HOUR_S + chance.uniform(300, 1800)
        made.append(
            Hour(
                trouble,
                chance.choice(node_ids) if of_node else "",
                round(at_s),
                float(chance.randint(30, 1200)) if cut else 0.0,
            )
        )
    return tuple(made)


def pass_day(folder: Path, wanted: DayWanted, say: Progress, *, is_enough: Callable[[], bool] = lambda: False) -> Day:
    """Run the part, or go on with what is left of the day.

    Args:
        folder: its own.
        wanted: what is asked for.
        say: where each quarter of an hour is said.
        is_enough: asked then; True leaves the rest for later.

    Raises:
        DeployError: the folder holds another part.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file, real = PartFile(folder, "day"), SystemClock()
    state = DayState.of(file.begin(asdict(wanted)))
    began_s, before_s = real.elapsed_s(), state.ran_s
    start = datetime.fromisoformat(wanted.begins)
    clock = HandClock(start + timedelta(seconds=state.passed_s))
    ward = DayWard(folder / "ward", wanted.nodes, wanted.seed, clock, say)
    try:
        hours = hours_of(wanted.seed, wanted.hours, ward.node_ids)
        passing = _Passing(ward, state, wanted, hours)
        state.stretches += 1
        while state.passed_s < wanted.hours * _HOUR_S and not is_enough():
            passing.go_on(_KEEP_EVERY_S)
            state.ran_s = round(before_s + real.elapsed_s() - began_s, 1)
            file.keep(asdict(wanted), asdict(state))
            say.done(f"{state.passed_s / _HOUR_S:.2f} of {wanted.hours} hours")
        zone, leases = ward.ward.office.zone, _leases(ward.database)
    finally:
        ward.close()
    at_the_end = [one for node_id in ward.node_ids for one in faults_of_node(node_id, ward.outbox(node_id),
                                                                             ward.database)]  # fmt: skip
    at_the_end += [
        *faults_of_console(ward.database),
        *faults_of_log(ward.layout.data),
        *_doubled_minutes(ward.database),
    ]
    counted = count([ward.outbox(one) for one in ward.node_ids], ward.database)
    done = tuple(one for one in hours if one.at_s < state.passed_s)
    return Day(wanted, state, done, counted, _minutes(ward.database, zone), leases, tuple(at_the_end))


class _Passing:
    """The day as it passes: troubles when they are due, and a look at the board each minute."""

    def __init__(self, ward: DayWard, state: DayState, wanted: DayWanted, hours: tuple[Hour, ...]) -> None:
        self._ward, self._state, self._step_s = ward, state, wanted.step_s
        self._due = [one for one in hours if one.at_s >= state.passed_s]
        self._cut: list[tuple[float, str]] = []
        self._settled_at_s = state.passed_s + _SETTLED_AFTER_S
        self._look_at_s = state.passed_s

    def go_on(self, seconds: float) -> None:
        """Let so much of the day pass."""
        state, end_s = self._state, self._state.passed_s + seconds
        while state.passed_s < end_s:
            self._ward.pass_time(self._step_s)
            state.passed_s += self._step_s
            self._mend()
            while self._due and self._due[0].at_s <= state.passed_s:
                self._strike(self._due.pop(0))
            if state.passed_s >= self._look_at_s:
                self._look_at_s += _LOOK_EVERY_S
                self._look()

    def _strike(self, hour: Hour) -> None:
        ward, now_s = self._ward, self._state.passed_s
        if hour.trouble is Trouble.NODE_AGAIN:
            ward.restart_node(hour.node_id)
        elif hour.trouble is Trouble.CONSOLE_AGAIN:
            ward.restart_console()
        else:
            for node_id in (hour.node_id,) if hour.node_id else ward.node_ids:
                ward.nodes[node_id].link.cut()
                self._cut.append((now_s + hour.lasts_s, node_id))
        self._settled_at_s = now_s + hour.lasts_s + _SETTLED_AFTER_S

    def _mend(self) -> None:
        for one in [one for one in self._cut if one[0] <= self._state.passed_s]:
            self._cut.remove(one)
            self._ward.nodes[one[1]].link.mend()

    def _look(self) -> None:
        state, at = self._state, self._ward.clock.utc_now().astimezone(UTC)
        tiles = {one.room_id: one for one in self._ward.ward.board.view().tiles}
        state.looks += 1
        known = tuple(sorted(room for room, one in tiles.items() if one.kind in SENSING))
        is_settled = state.passed_s >= self._settled_at_s
        if not state.rooms and is_settled:
            state.rooms = known
        dark = set(state.rooms) - set(known)
        state.dark += len(dark)
        if dark and is_settled:
            state.found.append(f"{at:%d %b %H:%M} UTC: {', '.join(sorted(dark))} not known, and nothing was wrong")
        state.found += [f"{at:%d %b %H:%M} UTC: {one.room_id} does not say why" for one in tiles.values()
                        if one.kind in _NEEDS_REASON and one.detail is None]  # fmt: skip


def _minutes(database: Path, zone: Any) -> tuple[tuple[str, int], ...]:
    """Count minutes by hour of ward time; the hour that a night of October has twice stands there twice."""
    with closing(sqlite3.connect(database)) as db:
        rows = db.execute("SELECT DISTINCT room_id, substr(minute_from, 1, 16) FROM measurements").fetchall()
    found = Counter[datetime]()
    for _room, at in rows:
        found[datetime.fromisoformat(f"{at}:00+00:00").replace(minute=0)] += 1
    return tuple((f"{at.astimezone(zone):%d %b %H:00 %Z}", number) for at, number in sorted(found.items()))


def _doubled_minutes(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as db:
        found = db.execute(
            "SELECT room_id, minute_from FROM measurements GROUP BY room_id, minute_from HAVING count(*) > 1"
        ).fetchall()
    return [f"{room} has two measurements from {at}" for room, at in found]


def _leases(database: Path) -> int:
    with closing(sqlite3.connect(database)) as db:
        return int(db.execute("SELECT count(*) FROM leases").fetchone()[0])
