"""What many nights amount to: burden, what was missed, how soon somebody was there, and what it cost in sleep."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from statistics import median, quantiles

from console.rules.alerting.alerts import AlertKind
from console.rules.alerting.budget import NightFigures, figures_of
from console.rules.alerting.limits import watch_of
from console.rules.in_person.levels import CONTINUOUS
from console.rules.in_person.punctuality import Compared, compared, wakings_per_night
from console.rules.policy import Policy, shipped_policy
from models.recipes.ward_nights.habits import Habits
from models.recipes.ward_nights.measured import Measured
from models.recipes.ward_nights.night import FIRST_NIGHT, Night, NightSeen, Way
from models.recipes.ward_nights.people import NIGHT_S, RoomNight, Stretch

HOURS = NIGHT_S / 3600


@dataclass(frozen=True, slots=True)
class Spread:
    """How a set of durations lies.

    Attributes:
        count: how many.
        middle: [s] median; None without any.
        ninth: [s] within which nine in ten lie; None with fewer than two.
        worst: [s] the longest; None without any.
    """

    count: int
    middle: float | None
    ninth: float | None
    worst: float | None


def spread(told: Iterable[float]) -> Spread:
    """Return how durations lie [s]."""
    found = sorted(told)
    if not found:
        return Spread(0, None, None, None)
    ninth = quantiles(found, n=10, method="inclusive")[-1] if len(found) > 1 else found[0]
    return Spread(len(found), median(found), ninth, found[-1])


@dataclass(frozen=True, slots=True)
class Nights:
    """Some nights, lived through.

    Attributes:
        habits: what was assumed.
        seen: each night.
        policy: the rule book.
    """

    habits: Habits
    seen: tuple[NightSeen, ...]
    policy: Policy

    @property
    def calls_per_night(self) -> float:
        """Return alerts a night."""
        return sum(len(one.calls) for one in self.seen) / len(self.seen)

    @property
    def calls_per_nurse_hour(self) -> float:
        """Return alerts for each hour of each member of staff."""
        return sum(len(one.calls) for one in self.seen) / sum(one.staff * HOURS for one in self.seen)

    @property
    def true_share(self) -> float | None:
        """Return the share of calls of which what was called was so; None without a call."""
        calls = [call for one in self.seen for call in one.calls]
        return sum(call.stretch.is_true for call in calls) / len(calls) if calls else None

    @property
    def sounds_per_hour(self) -> float:
        """Return how often an hour a call began to sound aloud."""
        return sum(call.sounds for one in self.seen for call in one.calls) / (HOURS * len(self.seen))

    @property
    def loud_s_per_hour(self) -> float:
        """Return for how many seconds an hour a call sounded aloud."""
        return sum(call.loud_s for one in self.seen for call in one.calls) / (HOURS * len(self.seen))

    def figures(self) -> list[NightFigures]:
        """Return each night as the ward's own budget counts it (rules A12, A13)."""
        found = []
        for one in self.seen:
            reached = {
                call.alert.alert_id: call.alert.raised_at + timedelta(seconds=call.at_door_s)
                for call in one.calls
                if call.at_door_s is not None
            }
            found.append(figures_of([(call.alert, call.progress) for call in one.calls], reached, len(one.rooms)))
        return found

    def kinds(self) -> Counter[tuple[AlertKind, bool]]:
        """Return how many calls there were of each kind, true and not."""
        return Counter((call.alert.kind, call.stretch.is_true) for one in self.seen for call in one.calls)

    def to_door(self, free: Callable[[int], bool] = lambda _free: True) -> Spread:
        """Return how long it took from a call to the door, for calls raised with so many free [s]."""
        calls = (call for one in self.seen for call in one.calls if free(call.free))
        return spread(call.at_door_s for call in calls if call.at_door_s is not None)

    def needing(self, kind: AlertKind, *, sensors: bool | None = None) -> list[tuple[Stretch, float]]:
        """Return what somebody needed help for, with how long it took until somebody came [s]; to 07:00 when nobody.

        Args:
            kind: of what.
            sensors: only in rooms with a sensor that was on then, or only in the others; None for all.
        """
        found = []
        for night in self.seen:
            for room in night.rooms:
                for one in room.stretches:
                    is_on = room.is_on(one.begins)
                    if one.needs_help and one.kind is kind and (sensors is None or is_on is sensors):
                        found.append((one, (NIGHT_S if one.found_at is None else one.found_at) - one.begins))
        return found

    def should_call(self) -> Counter[tuple[AlertKind, bool]]:
        """Count what really lasted too long in rooms with a sensor that was on, by kind and whether it called."""
        found: Counter[tuple[AlertKind, bool]] = Counter()
        for night in self.seen:
            called = {id(call.stretch) for call in night.calls}
            for room in night.rooms:
                for one in room.stretches:
                    after_s = after_of(room, one.kind, self.policy)
                    if one.is_true and after_s is not None and _lasts(room, one, after_s):
                        found[one.kind, id(one) in called] += 1
        return found

    def on_time(self, people: Collection[str]) -> float | None:
        """Return the share of checks of these people done on time; None without a check."""
        told = [one.on_time for night in self.seen for one in night.checks if one.done.stay_id in people]
        return sum(told) / len(told) if told else None

    def punctual(self) -> tuple[Compared, ...]:
        """Return the ward's own comparison of those who said no with the others (rule O6)."""
        checks = [one.done for night in self.seen for one in night.checks]
        return compared(checks, self.seen[-1].checks[-1].done.latest_at, self.policy) if checks else ()

    def late(self) -> Spread:
        """Return by how much late checks were late [s]."""
        told = ((one.done.seen_at, one.done.latest_at) for night in self.seen for one in night.checks)
        return spread((seen - latest).total_seconds() for seen, latest in told if seen is not None and seen > latest)

    def people(self, *, said_no: bool) -> frozenset[str]:
        """Return who has no sensor, or who has one; without whoever is never left alone."""
        rooms = self.seen[0].rooms
        return frozenset(one.stay_id for one in rooms if one.level not in CONTINUOUS and one.has_sensor is not said_no)

    def wakings(self, people: Collection[str] = ()) -> float:
        """Return how often checks woke a person in a night: these people, or all who are checked."""
        checks = [one for night in self.seen for one in night.checks if not people or one.done.stay_id in people]
        count = len({one.done.stay_id for one in checks}) * len(self.seen)
        return wakings_per_night(sum(one.woke for one in checks), count) or 0.0

    def checks(self) -> int:
        """Return how many checks were entered."""
        return sum(len(one.checks) for one in self.seen)

    def brought_forward(self) -> float:
        """Return how many checks a night a sensor brought forward (rules K8, O7)."""
        return sum(check.moved is not None for one in self.seen for check in one.checks) / len(self.seen)


def live_through(
    nights: int,
    habits: Habits,
    measured: Measured,
    *,
    seed: int,
    way: Way | None = None,
    policy: Policy | None = None,
) -> Nights:
    """Live through some nights; the same seed gives the same, to the last second."""
    book, how = policy or shipped_policy(), way or Way()
    seen = tuple(Night(seed, number, habits, measured, book, how).live() for number in range(nights))
    return Nights(habits, seen, book)


def with_number(policy: Policy, rule_id: str, name: str, value: float) -> Policy:
    """Return a rule book in which a trust has set one parameter."""
    rule = policy.rules[rule_id]
    parameters = {**rule.parameters, name: replace(rule.parameters[name], value=value)}
    return replace(policy, rules={**policy.rules, rule_id: replace(rule, parameters=parameters)})


def changed(habits: Habits, name: str, factor: float) -> Habits:
    """Return habits with one figure multiplied; a share stays at most 1, people are whole."""
    value = getattr(habits, name) * factor
    if isinstance(getattr(habits, name), int):
        value = max(1, round(value))
    elif name.endswith("_share") or name.startswith(("wakes_", "from_")):
        value = min(1.0, value)
    told: dict[str, object] = {name: value}
    return replace(habits, **told)  # type: ignore[arg-type]


def after_of(room: RoomNight, kind: AlertKind, policy: Policy) -> float | None:
    """Return after how long a kind calls somebody to a room [s]; None when it never does."""
    if kind in room.limits:
        return room.limits[kind][0]
    watch = watch_of(kind, (), FIRST_NIGHT, policy, False)
    return None if watch is None else watch.after_s


def _lasts(room: RoomNight, one: Stretch, after_s: float) -> bool:
    """Return whether something lasts too long, and for as long as the sensor needs to say so, while it is on."""
    ends = min(one.ends, NIGHT_S)
    return ends - one.begins >= after_s + 15.0 and room.is_on(one.begins) and room.is_on(one.begins + after_s + 15.0)


def middle_of(told: Sequence[tuple[Stretch, float]]) -> Spread:
    """Return how long it took until somebody came [s]."""
    return spread(took for _, took in told)
