"""A simulated year of looks: how often ordinary work is flagged, and how soon snooping is (rule X2, T02, T03).

`python -m deploy.look_year` writes docs/reference/looks.md. Everything is drawn from one seed. Nobody real is in it;
what is assumed stands on the page, so that a ward whose work is otherwise can see why its figure differs.
"""

import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from console.rules.looking.look_rates import (
    EXPECTED,
    Because,
    Flag,
    Look,
    Peers,
    flags_after,
    is_news,
    peer_counts,
    shift_of,
)
from console.rules.looking.reviewing import ReviewKind
from console.rules.policy import Policy, shipped_policy
from console.rules.rule import text_of

PAGE = Path("docs/reference/looks.md")
ZONE = ZoneInfo("Europe/London")
BEGINS = datetime(2026, 1, 5, 8, 0, tzinfo=ZONE)
_SHIFT = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Habits:
    """What is assumed of a ward's work.

    Attributes:
        beds: all of them taken.
        team: staff who work here again and again.
        by_day: of them on a day shift; one leads it.
        by_night: of them on a night shift; one leads it.
        own_looks: mean looks at one person of one's own in a shift.
        spread: shape of how much people differ in it; less is more different.
        busy_share: of stays that are looked at three times as often.
        cover_share: of shifts in which somebody covers a colleague's rooms, and looks once or twice there.
        alert_share: of persons and shifts with an alert; then up to three people look, which is expected.
        unsigned_share: of shifts that somebody forgets to sign on for, so that nothing of theirs is explained.
        stay_d: mean length of a stay [d].
    """

    beds: int = 18
    team: int = 24
    by_day: int = 5
    by_night: int = 4
    own_looks: float = 1.2
    spread: float = 3.0
    busy_share: float = 0.1
    cover_share: float = 0.3
    alert_share: float = 0.15
    unsigned_share: float = 0.004
    stay_d: float = 35.0


@dataclass(slots=True)
class Ward:
    """One simulated ward, shift by shift.

    Attributes:
        seed: of all that is drawn.
        habits: of its work.
        stays: who is in each bed, and until which shift.
    """

    seed: int
    habits: Habits = Habits()
    stays: dict[int, tuple[str, int]] = field(default_factory=dict)
    _draw: random.Random = field(init=False)
    _factor: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        """Draw how often each of the team looks."""
        self._draw = random.Random(self.seed)
        names = [f"{self.seed:02d}{number:030d}" for number in range(self.habits.team)]
        shape = self.habits.spread
        self._factor = {name: self._draw.gammavariate(shape, 1 / shape) for name in names}

    def shift(self, number: int) -> tuple[list[Look], int]:
        """Return the looks of one shift in order of time, and how many people worked it."""
        begins = BEGINS + number * _SHIFT
        on = self._draw.sample(list(self._factor), self.habits.by_night if number % 2 else self.habits.by_day)
        beds = list(range(self.habits.beds))
        self._draw.shuffle(beds)
        looks: list[Look] = []
        for place, name in enumerate(on):
            looks += self._own(begins, number, name, beds[place :: len(on)])
        looks += self._covers(begins, number, on, beds) + self._alerts(begins, number, on)
        return sorted(looks, key=lambda one: one.at), len(on)

    def _own(self, begins: datetime, number: int, name: str, beds: list[int]) -> Iterator[Look]:
        forgot = self._draw.random() < self.habits.unsigned_share
        because = Because.NOTHING if forgot else Because.THEIRS
        for bed in beds:
            stay = self.stay_in(bed, number)
            busy = 3.0 if int(stay[-4:]) / 10_000 < self.habits.busy_share else 1.0
            for _ in range(self._count(self.habits.own_looks * self._factor[name] * busy)):
                yield Look(self._moment(begins), name, "nurse", stay, because)

    def _covers(self, begins: datetime, number: int, on: list[str], beds: list[int]) -> list[Look]:
        found = []
        for place, name in enumerate(on):
            if self._draw.random() < self.habits.cover_share:
                bed = self._draw.choice([one for index, one in enumerate(beds) if index % len(on) != place])
                for _ in range(self._draw.choice((1, 1, 2))):
                    stay = self.stay_in(bed, number)
                    found.append(Look(self._moment(begins), name, "nurse", stay, Because.NOTHING))
        return found

    def _alerts(self, begins: datetime, number: int, on: list[str]) -> list[Look]:
        found = []
        for bed in range(self.habits.beds):
            if self._draw.random() < self.habits.alert_share:
                at, stay = self._moment(begins), self.stay_in(bed, number)
                found += [Look(at, name, "nurse", stay, Because.ALERT) for name in self._draw.sample(on, 3)]
        return found

    def stay_in(self, bed: int, number: int) -> str:
        """Return who is in a bed in a shift."""
        stay, until = self.stays.get(bed, ("", -1))
        if number > until:
            stay = f"{self._draw.getrandbits(100):032d}"
            until = number + max(2, int(self._draw.expovariate(1 / (2 * self.habits.stay_d))))
            self.stays[bed] = (stay, until)
        return stay

    def _count(self, mean: float) -> int:
        """Draw how often, as a Poisson process does."""
        count, left = 0, self._draw.expovariate(1.0)
        while left < mean:
            count, left = count + 1, left + self._draw.expovariate(1.0)
        return count

    def _moment(self, begins: datetime) -> datetime:
        return (begins + timedelta(seconds=self._draw.uniform(60, 43_000))).astimezone(UTC)


class Watched:
    """Looks as they are flagged, with what the rule remembers of a ward."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._by_pair: dict[tuple[str, str], list[Look]] = {}
        self._recent: list[Look] = []
        self._peers: dict[str, list[int]] = {}
        self._own: Counter[str] = Counter()
        self._habits: dict[str, list[tuple[datetime, int]]] = {}
        self.told: set[tuple[object, ...]] = set()

    def begin_shift(self, at: datetime) -> None:
        """Forget what is too old, and compare with peers anew, once a shift as the figures move slowly."""
        begins = at - timedelta(days=self._policy.number("X2", "peer_nights"))
        self._recent = [one for one in self._recent if one.at >= begins]
        self._peers, self._own = {}, Counter()

    def see(self, look: Look) -> list[Flag]:
        """Return the flags of a look that are new in its shift."""
        if look.actor_id not in self._peers:
            told = (one for one in self._recent if one.because not in EXPECTED)
            is_night = shift_of(look.at, self._policy, ZONE)[1]
            self._peers[look.actor_id] = peer_counts(told, look.actor_id, self._policy, ZONE, is_night=is_night)
        self._own[look.actor_id] += look.because not in EXPECTED
        pair = self._by_pair.setdefault((look.actor_id, look.stay_id), [])
        begins = look.at - self._policy.duration("X2", "slow_within_d")
        pair[:] = [one for one in pair if one.at >= begins]
        peers = Peers(self._own[look.actor_id], self._peers[look.actor_id])
        found = flags_after(look, pair, peers, self._policy, ZONE)
        pair.append(look)
        self._recent.append(look)
        return [one for one in found if self._is_new(one, look)]

    def _is_new(self, flag: Flag, look: Look) -> bool:
        """Tell each pattern once, as the watcher of a ward does."""
        if flag.kind is ReviewKind.ABOVE_PEERS:
            told = self._habits.setdefault(look.actor_id, [])
            is_new = is_news(flag, told, look.at, self._policy)
            told += [(look.at, flag.count)] if is_new else []
            return is_new
        shift = None if flag.kind is ReviewKind.SLOW else shift_of(look.at, self._policy, ZONE)
        key = (flag.kind, look.actor_id, look.stay_id, shift)
        is_new = key not in self.told
        self.told.add(key)
        return is_new


@dataclass(frozen=True, slots=True)
class YearFigures:
    """What came of it.

    Attributes:
        staff_shifts: one person's shifts worked.
        looks: made.
        flagged_shifts: staff-shifts with a flag.
        kinds: flags by kind.
    """

    staff_shifts: int
    looks: int
    flagged_shifts: int
    kinds: dict[str, int]

    @property
    def share(self) -> float:
        """Return the share of staff-shifts with a flag."""
        return self.flagged_shifts / self.staff_shifts


def ordinary(policy: Policy, *, wards: int, nights: int, habits: Habits | None = None, first: int = 0) -> YearFigures:
    """Simulate ordinary work and count what is flagged of it; each flag is a false one.

    Args:
        policy: the rule book.
        wards: how many, each from a seed of its own.
        nights: of each.
        habits: of their work; None for what the page assumes.
        first: the first seed.
    """
    staff_shifts = looks = flagged = 0
    kinds: Counter[str] = Counter()
    for seed in range(first, first + wards):
        ward, watched = Ward(seed, habits or Habits()), Watched(policy)
        for number in range(2 * nights):
            told, on = ward.shift(number)
            watched.begin_shift(BEGINS + number * _SHIFT)
            flags = {(one.actor_id, flag.kind) for one in told for flag in watched.see(one)}
            kinds.update(kind.value for _who, kind in flags)
            staff_shifts, looks = staff_shifts + on, looks + len(told)
            flagged += len({who for who, _kind in flags})
    return YearFigures(staff_shifts, looks, flagged, dict(kinds))


def snooped(policy: Policy, times: list[datetime], because: Because = Because.NOTHING) -> tuple[int, datetime] | None:
    """Return after how many looks a snooper is flagged, and when; None when never."""
    watched = Watched(policy)
    for count, at in enumerate(times, start=1):
        watched.begin_shift(at)
        if watched.see(Look(at, "f" * 32, "nurse", "e" * 32, because)):
            return count, at
    return None


def snoopers() -> dict[str, tuple[list[datetime], Because]]:
    """Return the ways of snooping that are tried, each as moments of looks."""
    night = datetime(2026, 3, 2, 23, 0, tzinfo=UTC)
    day, minutes = timedelta(days=1), timedelta(minutes=20)
    return {
        "three looks in a shift at an ex-partner": ([night + one * minutes for one in range(3)], Because.NOTHING),
        "once a day for two months": ([night + one * day for one in range(60)], Because.NOTHING),
        "279 looks in three weeks": (
            [night + one * timedelta(days=21) / 279 for one in range(279)],
            Because.NOTHING,
        ),
        "seven looks in half an hour, at somebody of one's own": (
            [night + one * timedelta(minutes=4) for one in range(7)],
            Because.THEIRS,
        ),
        "twice in a shift, never again": ([night, night + minutes], Because.NOTHING),
    }


JUDGED = 3
"""Wards that the rule is judged on, besides the one that its limits were set on."""


def page(years: Sequence[YearFigures]) -> str:
    """Render the page of simulated years.

    Args:
        years: of the ward of seed 0, on which the limits were set, and then of the wards that they are judged on.
    """
    policy, habits = shipped_policy(), Habits()
    judged = years[1:]
    shifts, flagged = sum(one.staff_shifts for one in judged), sum(one.flagged_shifts for one in judged)
    lines = [
        "# How often ordinary looks are flagged",
        "",
        "Made by `python -m deploy.look_year`, from seeds. Rule X2 flags looks to governance and blocks none; this",
        "page says how often it would flag ordinary work, and how soon it finds somebody who looks without a reason.",
        "",
        "## Ordinary work",
        "",
        f"Simulated wards for 365 nights each. On the {len(judged)} wards that it is judged on, "
        f"**{100 * flagged / shifts:.2f} % of",
        f"shifts have a flag** ({flagged:,} of {shifts:,}); the goal is at most 1 %.",
        "",
        "| ward | shifts worked | with a flag | share | of which by kind |",
        "|---|---|---|---|---|",
        *(_ward_row(number, one) for number, one in enumerate(years)),
        "",
        "The comparison with peers is by night with nights and by day with days. It is about a habit: of each member",
        "of staff it is told once, and again when it has grown by half, or after half a year. Told in every 28 nights,",
        "and with nights beside days, 1.83 % of shifts on the ward of seed 0 would have a flag: most of the difference",
        "comes of telling a habit once, and not of telling it better from snooping. The other patterns are about one",
        "person each.",
        "",
        "## Snooping",
        "",
        "| what somebody does | flagged after | within |",
        "|---|---|---|",
        *(_row(name, times, because) for name, (times, because) in snoopers().items()),
        "",
        "A flag is raised within a minute of the look that completes the pattern; the rule asks for 15 minutes. Who",
        "looks once or twice and never again is not flagged: the line on the patient's page is what is left.",
        "",
        "## What is assumed",
        "",
        *(f"- {name.replace('_', ' ')}: {getattr(habits, name):g}" for name in Habits.__slots__),
        "",
        "These are assumptions and not measurements: no ward's log was seen. A ward where people cover for each other",
        "more, or forget to sign on, is flagged more; its own figure stands in its reviews.",
        "",
        "## Limits of the rule on this page",
        "",
        *(f"- {one.name}: {text_of(one.value)} {one.unit}" for one in policy.rules["X2"].parameters.values()),
    ]
    return "\n".join(lines) + "\n"


def _ward_row(number: int, year: YearFigures) -> str:
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(year.kinds.items()))
    name = f"seed {number}{'' if number else ', on which the limits were set'}"
    return f"| {name} | {year.staff_shifts:,} | {year.flagged_shifts:,} | {100 * year.share:.2f} % | {kinds} |"


def _row(name: str, times: list[datetime], because: Because) -> str:
    found = snooped(shipped_policy(), times, because)
    if found is None:
        return f"| {name} | never | |"
    return f"| {name} | {found[0]} looks | {(found[1] - times[0]).total_seconds() / 3600:.1f} h of the first |"


if __name__ == "__main__":
    told = [ordinary(shipped_policy(), wards=1, nights=365, first=seed) for seed in range(1 + JUDGED)]
    PAGE.write_text(page(told), "utf-8")
    sys.stdout.write(f"wrote {PAGE}\n")
