"""The steps of rule N3 as small state machines: seconds of a trial in, an outcome out; no clock and no file."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from broker.vocabulary import Presence, Zone
from edge.commissioning.requests import Doing, Request, Step
from edge.trials import TrialKind, Tried

Figure = float | int | str | None

PHANTOM_ERROR_PER_MIN = 0.5
"""[1/min] by which a shown rate may miss the phantom's (SENSING, 'known-period mechanical target')."""
PHANTOM_GIVES_UP_S = 90.0
"""[s] after which a phantom that was not told has failed."""
PHANTOM_SHOWN = 10
"""Seconds with a rate that decide; each of them must be right."""
NEIGHBOUR_S = 600.0
"""[s] of `absent` while somebody lies or walks next door (rule N3)."""
EMPTIES_WITHIN_S = 240.0
"""[s] in which the room must be believed to be empty after the engineer has left it."""
WALK_SEEN = 5
"""Seconds in the right zone, one after the other."""
WALK_GIVES_UP_S = 60.0
"""[s] in which they must come."""
FAULTS_ENDURED = 5
"""Seconds with a fault of the sensor that end a step."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step found.

    Attributes:
        passed: it is as rule N3 wants it.
        sentence: in plain words.
        figures: what was counted and measured.
    """

    passed: bool
    sentence: str
    figures: Mapping[str, Figure] = field(default_factory=dict)


class Watched(Protocol):
    """A step that is judged second by second."""

    kind: TrialKind

    def see(self, second: Tried) -> Outcome | None:
        """Take one second in; give the outcome when there is one."""
        ...

    def told(self) -> tuple[str, float]:
        """Say in plain words how far it has come, and as a share 0..1."""
        ...


class _Faults:
    """Counts the seconds in which the sensor says that something is wrong with it."""

    def __init__(self) -> None:
        self._count = 0

    def see(self, second: Tried) -> Outcome | None:
        self._count += second.fault is not None
        if self._count < FAULTS_ENDURED:
            return None
        return Outcome(False, f"the sensor reports a fault ({second.fault}); put that right and try again")


class PhantomStep:
    """A breathing phantom at a known rate: told right, or the step has failed."""

    kind = TrialKind.PHANTOM

    def __init__(self, rate_per_min: float) -> None:
        self._wanted = rate_per_min
        self._shown: list[float] = []
        self._second: Tried | None = None
        self._faults = _Faults()

    def see(self, second: Tried) -> Outcome | None:
        """See `Watched.see`."""
        self._second = second
        if second.rate_per_min is not None:
            self._shown.append(second.rate_per_min)
            if abs(second.rate_per_min - self._wanted) > PHANTOM_ERROR_PER_MIN:
                return self._outcome(False, f"{second.rate_per_min:.1f} a minute was told: wrong")
        if len(self._shown) >= PHANTOM_SHOWN:
            return self._outcome(True, f"told right for {PHANTOM_SHOWN} s")
        if second.passed_s >= PHANTOM_GIVES_UP_S:
            why = f"withheld: {second.withheld}" if second.withheld is not None else "told too seldom"
            return self._outcome(False, f"not told within {PHANTOM_GIVES_UP_S:.0f} s ({why})")
        return self._faults.see(second)

    def told(self) -> tuple[str, float]:
        """See `Watched.told`."""
        passed_s = 0.0 if self._second is None else self._second.passed_s
        if self._shown:
            words = f"{self._shown[-1]:.1f} a minute, set at {self._wanted:g}"
        else:
            reason = None if self._second is None else self._second.withheld
            words = f"no rate yet ({reason})" if reason is not None else "no rate yet"
        return words, min(1.0, max(passed_s / PHANTOM_GIVES_UP_S, len(self._shown) / PHANTOM_SHOWN))

    def _outcome(self, passed: bool, words: str) -> Outcome:
        worst = max((abs(one - self._wanted) for one in self._shown), default=None)
        figures = {
            "set_per_min": self._wanted,
            "told_per_min": self._shown[-1] if self._shown else None,
            "worst_error_per_min": None if worst is None else round(worst, 2),
            "after_s": None if self._second is None else self._second.passed_s,
        }
        return Outcome(passed, f"phantom at {self._wanted:g} a minute: {words}", figures)


class NeighbourStep:
    """Somebody lies or walks in an adjoining space, and this room must stay empty throughout (rule N3, NA-20)."""

    kind = TrialKind.WATCH

    def __init__(self, space: str, doing: Doing) -> None:
        self._space = space
        self._doing = doing
        self._seen: Counter[Presence] = Counter()
        self._empty_from_s: float | None = None
        self._now_s = 0.0
        self._faults = _Faults()

    def see(self, second: Tried) -> Outcome | None:
        """See `Watched.see`."""
        self._now_s = second.passed_s
        fault = self._faults.see(second)
        if fault is not None:
            return fault
        if self._empty_from_s is None:
            if second.presence is Presence.ABSENT:
                self._empty_from_s = second.passed_s
            elif second.passed_s >= EMPTIES_WITHIN_S:
                return self._outcome(False, f"this room was never seen empty within {EMPTIES_WITHIN_S:.0f} s")
            return None
        self._seen[second.presence] += 1
        if second.presence is not Presence.ABSENT:
            said = "somebody was seen" if second.presence is Presence.PRESENT else "the sensor could not be sure"
            remedy = "turn or shield the sensor and try again, or no radar here"
            return self._outcome(False, f"{said} after {self._watched_s:.0f} s; {remedy}")
        if self._watched_s >= NEIGHBOUR_S:
            return self._outcome(True, f"nobody was seen here for {NEIGHBOUR_S / 60:.0f} min")
        return None

    def told(self) -> tuple[str, float]:
        """See `Watched.told`."""
        if self._empty_from_s is None:
            return "waiting until this room is seen empty: leave it and close the door", 0.0
        left_s = max(0.0, NEIGHBOUR_S - self._watched_s)
        return f"nobody seen here; {left_s / 60:.0f} min to go", min(1.0, self._watched_s / NEIGHBOUR_S)

    @property
    def _watched_s(self) -> float:
        return 0.0 if self._empty_from_s is None else self._now_s - self._empty_from_s

    def _outcome(self, passed: bool, words: str) -> Outcome:
        figures: dict[str, Figure] = {f"{presence}_s": self._seen[presence] for presence in Presence}
        figures |= {"space": self._space, "doing": str(self._doing), "empty_after_s": self._empty_from_s}
        return Outcome(passed, f"{self._space}, somebody {self._doing} there: {words}", figures)


class WalkStep:
    """The engineer stands in a zone and is to be seen in it."""

    kind = TrialKind.WATCH

    def __init__(self, zone: Zone) -> None:
        self._zone = zone
        self._seen: Counter[str] = Counter()
        self._in_a_row = 0
        self._now_s = 0.0
        self._faults = _Faults()

    def see(self, second: Tried) -> Outcome | None:
        """See `Watched.see`."""
        self._now_s = second.passed_s
        self._seen[_where(second)] += 1
        self._in_a_row = self._in_a_row + 1 if second.zone is self._zone else 0
        if self._in_a_row >= WALK_SEEN:
            return self._outcome(True, f"seen there after {second.passed_s:.0f} s")
        if second.passed_s >= WALK_GIVES_UP_S:
            most = self._seen.most_common(1)[0][0]
            return self._outcome(False, f"not seen there within {WALK_GIVES_UP_S:.0f} s, mostly: {most}")
        return self._faults.see(second)

    def told(self) -> tuple[str, float]:
        """See `Watched.told`."""
        return f"seen in it for {self._in_a_row} of {WALK_SEEN} s", min(1.0, self._now_s / WALK_GIVES_UP_S)

    def _outcome(self, passed: bool, words: str) -> Outcome:
        figures: dict[str, Figure] = {f"{where}_s": count for where, count in sorted(self._seen.items())}
        return Outcome(passed, f"{self._zone}: {words}", figures | {"after_s": self._now_s})


def _where(second: Tried) -> str:
    if second.zone is not None:
        return str(second.zone)
    return "no zone" if second.presence is Presence.PRESENT else "nobody"


def watched(request: Request) -> Watched | None:
    """Return the step that a request asks for; None for a survey, which is judged inside the sensing process."""
    if request.step is Step.PHANTOM and request.rate_per_min is not None:
        return PhantomStep(request.rate_per_min)
    if request.step is Step.NEIGHBOUR and request.space is not None and request.doing is not None:
        return NeighbourStep(request.space, request.doing)
    if request.step is Step.WALK and request.zone is not None:
        return WalkStep(request.zone)
    return None
