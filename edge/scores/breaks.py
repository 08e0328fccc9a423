"""What was made of changes: held breaths, somebody else in the room, and events that are known to have happened."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from broker.vocabulary import Purpose, SensedState
from edge.cases import ExpectedEvent
from edge.estimates import Estimate
from edge.events import RoomEvents, Whereabouts
from edge.permitted import permitted
from edge.reports import seen_in
from edge.scores.known import Known

# A flag may outlast what it flags by this much before it counts as false [s] (SENSING, accuracy to reach).
CLEARED_S = 5.0
# Only a chest that was just seen to breathe can be seen to stop [s].
ARMED_S = 15.0
# Shorter ones are rests between breaths, or people passing [s].
SHORTEST_S = 6.0
# As a node's settings have it [s].
NO_MOVEMENT_AFTER_S = 720.0


@dataclass(frozen=True)
class Found:
    """How many of one kind of change were found, how late, and how often one was made up."""

    real: int = 0
    """How many there were."""
    late_s: tuple[float, ...] = ()
    """For each that was found, how long it took [s]."""
    cleared_s: tuple[float, ...] = ()
    """For each that was found and ended, how long the flag outlasted it [s]."""
    false_s: int = 0
    """Seconds flagged where there was none, or false events."""

    @property
    def found(self) -> int:
        """How many were found."""
        return len(self.late_s)

    @property
    def latest_s(self) -> float | None:
        """The longest that one took to be found [s]."""
        return max(self.late_s, default=None)

    @property
    def latest_cleared_s(self) -> float | None:
        """The longest that a flag outlasted its end [s]."""
        return max(self.cleared_s, default=None)

    def within(self, seconds: float) -> int:
        """Count those found within so many seconds."""
        return sum(late <= seconds for late in self.late_s)


def found_of_all(parts: Iterable[Found]) -> Found:
    """Add trials up."""
    listed = list(parts)
    return Found(
        real=sum(one.real for one in listed),
        late_s=tuple(chain.from_iterable(one.late_s for one in listed)),
        cleared_s=tuple(chain.from_iterable(one.cleared_s for one in listed)),
        false_s=sum(one.false_s for one in listed),
    )


def holds_of(estimates: Sequence[Estimate], known: Sequence[Known]) -> Found:
    """Judge held breaths: those that began within 15 s of a shown rate, for no other chest can be seen to stop."""

    def is_armed(begin: int) -> bool:
        before = estimates[max(0, begin - round(ARMED_S)) : begin]
        return any(one.respiratory_rate_per_min is not None for one in before)

    flags = [estimate.state is SensedState.NO_BREATHING_SEEN for estimate in estimates]
    return _changes(flags, [bool(one.is_held) for one in known], is_armed)


def crowds_of(estimates: Sequence[Estimate], known: Sequence[Known]) -> Found:
    """Judge the coming of a second person."""
    flags = [estimate.people == 2 for estimate in estimates]
    real = [one.people is not None and one.people >= 2 for one in _filled(known)]
    return _changes(flags, real, lambda _: True)


def _filled(known: Sequence[Known]) -> list[Known]:
    """Carry what is known back over the seconds after a change, in which nothing is asked: it came at their first."""
    following: list[Known] = []
    later: Known | None = None
    for one in reversed(known):
        later = one if one.people is not None else later
        following.append(later or one)
    return following[::-1]


def _changes(flags: Sequence[bool], real: Sequence[bool], counts: Callable[[int], bool]) -> Found:
    late, cleared, total, excused = [], [], 0, list(real)
    for begin, end in _runs(real):
        # The flag may outlast the end, and nothing is false while it does.
        excused[begin : end + round(CLEARED_S)] = [True] * len(excused[begin : end + round(CLEARED_S)])
        if end - begin < SHORTEST_S or not counts(begin):
            continue
        total += 1
        flagged = next((second for second in range(begin, end) if flags[second]), None)
        if flagged is None:
            continue
        late.append(float(flagged - begin + 1))
        over = next((second for second in range(end, len(flags)) if not flags[second]), None)
        if over is not None:
            cleared.append(float(over - end))
    false = sum(flag and not excuse for flag, excuse in zip(flags, excused, strict=True))
    return Found(total, tuple(late), tuple(cleared), false)


def _runs(states: Sequence[bool]) -> list[tuple[int, int]]:
    """List where something is so: first index, and the index after the last."""
    runs, begin = [], None
    for index, is_so in enumerate([*states, False]):
        if is_so and begin is None:
            begin = index
        elif not is_so and begin is not None:
            runs.append((begin, index))
            begin = None
    return runs


def events_of(estimates: Sequence[Estimate], expected: Sequence[ExpectedEvent]) -> Found:
    """Judge the room events that a node would have told of, against those that are known to have happened."""
    if not expected:
        return Found()
    purposes, told = frozenset(Purpose), []
    conditions, whereabouts = RoomEvents(no_movement_after_s=NO_MOVEMENT_AFTER_S), Whereabouts()
    for one in estimates:
        seen = seen_in(permitted(one, purposes, vital_signs=True))
        told += [(one.t_s, it.kind) for watch in (conditions, whereabouts) for it in watch.see(seen, purposes)]
    late = []
    for event in expected:
        match = next(((t_s, kind) for t_s, kind in told if kind is event.kind and _fits(t_s, event)), None)
        if match is not None:
            told.remove(match)
            late.append(max(0.0, match[0] - event.at_s))
    kinds = {event.kind for event in expected}
    return Found(len(expected), tuple(late), (), sum(kind in kinds for _, kind in told))


def _fits(t_s: float, event: ExpectedEvent) -> bool:
    return event.at_s - 1.0 <= t_s <= event.at_s + event.within_s
