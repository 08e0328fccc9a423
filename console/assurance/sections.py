"""The sections of the month's audit: sums of frozen days, in words for people who were not there (rules G1, E2)."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil
from typing import Any

from console.assurance.plain import said
from console.rules.governing.counting import withheld
from console.rules.in_person.levels import Level

Figures = Mapping[str, Any]
ASKED = ("offered", "given", "refused", "withdrawn", "relayed_no", "paused")
HIDDEN = "not shown"
_OF_PEOPLE = frozenset({"consent", "groups"})
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Section:
    """One section.

    Attributes:
        code: its name for programs.
        title: its heading.
        notes: what a reader must know beside the figures.
        head: the heads of the columns; the first column names the row.
        rows: texts, one for each column.
    """

    code: str
    title: str
    notes: tuple[str, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def sections_of(
    days: Sequence[Figures], in_month: int, missing: Sequence[str], *, is_whole: bool = True
) -> tuple[Section, ...]:
    """Return every section.

    Args:
        days: figures of the frozen days, in order.
        in_month: days that the month has.
        missing: days without figures.
        is_whole: the month's last day is among them; before that no section shows what people said, for two looks on
            two days would tell what one person said between them (rule E2).
    """
    first = Section(
        "days",
        "What this audit is built from",
        ("Daily figures without persons, frozen at noon of the next day. Nothing else was read.",),
        ("Days", "Number"),
        (
            ("In the month", str(in_month)),
            ("With frozen figures", str(len(days))),
            ("Missing", stretches_of(missing) or "none"),
            ("Rule book", ", ".join(sorted({str(day["policy_version"]) for day in days})) or NOTHING),
        ),
    )
    made = [make(days) for make in _SECTIONS]
    return (first, *(one if is_whole or one.code not in _OF_PEOPLE else _until_whole(one) for one in made))


def _until_whole(one: Section) -> Section:
    row = (("Until the month is over", *(HIDDEN for _column in one.head[1:])),)
    return replace(
        one, notes=(*one.notes, "Shown when the month is over: day by day it would tell of one person."), rows=row
    )


def stretches_of(days: Sequence[str]) -> str:
    """Return days in words, those that follow each other as one stretch."""
    found: list[list[date]] = []
    for day in map(date.fromisoformat, days):
        if found and day - found[-1][-1] == timedelta(days=1):
            found[-1].append(day)
        else:
            found.append([day])
    return ", ".join(f"{one[0]} to {one[-1]}" if len(one) > 1 else f"{one[0]}" for one in found)


def share_pct(part: int, whole: int) -> float | None:
    """Return a share [%]; None of nothing."""
    return 100 * part / whole if whole else None


def yes_share_pct(days: Sequence[Figures]) -> float | None:
    """Return on how many of all days of all people a yes was in force [%]; None when nobody stayed."""
    total = _sum(day["people"] for day in days)
    return share_pct(total["yes"], sum(total.values()))


def cover_of(days: Sequence[Figures]) -> dict[str, int | None]:
    """Return the days of people by what their word was worth; None where so few people are behind it (rule E2)."""
    total = _sum(day["people"] for day in days)
    on_average = {name: ceil(count / len(days)) if days else 0 for name, count in total.items()}
    hidden = withheld(on_average, _smallest(days))
    return {name: None if name in hidden else total[name] for name in ("yes", "no", "not_asked", "other")}


def _consent(days: Sequence[Figures]) -> Section:
    cover, asked = cover_of(days), _sum(day["asked"] for day in days)
    hidden, total = withheld(asked, _smallest(days)), sum(_sum(day["people"] for day in days).values())
    # Where one count alone is not shown, the sum would give it away.
    is_told = sum(count is None for count in cover.values()) != 1
    rows = [("People, days", str(total) if is_told else HIDDEN, NOTHING)]
    rows += [
        (said(f"cover_{name}"), HIDDEN if count is None else str(count), _pct(count, total))
        for name, count in cover.items()
    ]
    rows += [
        (said(f"asked_{name}"), HIDDEN if name in hidden else str(count), NOTHING)
        for name, count in ((name, asked[name]) for name in ASKED)
    ]
    notes = (
        "Higher is not better. Acceptance is never a target.",
        "A day counts by what somebody's word was worth at its end. What stands for fewer than five people on average, "
        "and whatever would give it away, is not shown.",
    )
    return Section("consent", "Consent", notes, ("What", "Number", "Share of days"), tuple(rows))


def _groups(days: Sequence[Figures]) -> Section:
    newest = days[-1]["groups"] if days else {}
    outcomes = ("offered", "yes", "no", "stopped", "best_interests")
    rows = [
        (
            f"{said(question)}: {group if question == 'language' else said(group)}",
            *(_shown(row[name]) for name in ("people", *outcomes)),
        )
        for question, told in sorted(newest.items())
        for group, row in sorted(told.items())
    ]
    notes = (
        "Higher is not better. People of the 12 months until the last day of this audit.",
        "A count under five, and what would give one away, is not shown. The others are rounded to the nearest five.",
    )
    head = ("Group", "People", *(said(f"outcome_{name}") for name in outcomes))
    return Section("groups", "Who was asked, by group", notes, head, tuple(rows))


def _checks(days: Sequence[Figures]) -> Section:
    total = _nested(day["checks"] for day in days)
    rows = [
        (
            said(level),
            str(row["off"]),
            _pct(row["off_on_time"], row["off"]),
            str(row["on"]),
            _pct(row["on_on_time"], row["on"]),
        )
        for level, row in ((level.value, total[level.value]) for level in Level if level.value in total)
    ]
    notes = (
        "A no must cost nobody a check. On time: seen before the longest gap of their level ended.",
        "Under a hundred checks a side nothing is concluded.",
    )
    head = ("Level", "Checks, sensor off", "On time", "Checks, sensor on", "On time")
    return Section("checks", "Checks on time, sensor off against on", notes, head, tuple(rows))


def _alerts(days: Sequence[Figures]) -> Section:
    stretches = ("door_within_60_s", "door_within_180_s", "door_within_300_s", "door_later", "door_nobody")
    rows = [
        (said(kind), *(str(row[name]) for name in ("raised", "priority_high", *stretches)))
        for kind, row in sorted(_nested(day["alerts"] for day in days).items())
    ]
    notes = ("Time until somebody was at the door. Each stretch begins where the one before it ends.",)
    head = ("Alert", "Raised", "High", "Within 1 min", "1 to 3 min", "3 to 5 min", "Later", "Nobody")
    return Section("alerts", "Alerts, and time to the door", notes, head, tuple(rows))


def _access(days: Sequence[Figures]) -> Section:
    rows = _keyed(_sum(day["access"] for day in days))
    notes = ("Looks that were allowed. Who looked at whom stands in the log, and on each patient's page.",)
    return Section("access", "Access, by role and reason", notes, ("Role", "Look", "Reason", "Number"), rows)


def _denied(days: Sequence[Figures]) -> Section:
    rows = _keyed(_sum(day["denied"] for day in days))
    return Section("denied", "Denied attempts", (), ("Role", "What", "Rule", "Number"), rows)


def _training(days: Sequence[Figures]) -> Section:
    rows = []
    for course in ("consent", "board", "release"):
        each = [share for day in days if (share := share_pct(day["training"][course], day["training"]["staff"]))]
        last = days[-1]["training"] if days else {course: 0, "staff": 0}
        lowest = f"{round(min(each))} %" if len(each) == len(days) and each else "0 %"
        rows.append((said(f"course_{course}"), f"{last[course]} of {last['staff']}", lowest if days else NOTHING))
    notes = ("Of all staff with an account. Not everybody needs every course.",)
    head = ("Course", "In date on the last day", "Lowest share")
    return Section("training", "Training in date", notes, head, tuple(rows))


def _retention(days: Sequence[Figures]) -> Section:
    rows = tuple(
        (str(day["day"]), str(one["days"]), str(one["rows"]), str(one["kept"]), str(one["proof"]))
        for day in days
        for one in day["retention"]
    )
    notes = ("The proof is the SHA-256 of the destroyed keys' names; the same stands in the log.",)
    head = ("Day", "Days destroyed", "Rows", "Kept by a hold", "Proof")
    return Section("retention", "Retention proofs", notes, head, rows)


def _nodes(days: Sequence[Figures]) -> Section:
    in_use = str(days[-1]["nodes"]["in_use"]) if days else NOTHING
    total = _sum({name: n for name, n in day["nodes"].items() if name != "in_use"} for day in days)
    rows = (("In use on the last day", in_use), *((said(name), str(total[name])) for name in sorted(total)))
    return Section("nodes", "Node health", (), ("What", "Number"), rows)


def _plain(code: str, title: str, *notes: str) -> Callable[[Sequence[Figures]], Section]:
    """Return what makes a section of one table: what, and how often."""

    def make(days: Sequence[Figures]) -> Section:
        total = _sum(day[code] for day in days)
        rows = tuple((said(name), str(total[name])) for name in sorted(total))
        return Section(code, title, notes, ("What", "Number"), rows)

    return make


_SECTIONS: tuple[Callable[[Sequence[Figures]], Section], ...] = (
    _consent,
    _groups,
    _checks,
    _plain(
        "quiet",
        "How people were seen",
        "Breathing by sensor: a quiet check of rule O9, by a nurse at the door who sees the person.",
    ),
    _alerts,
    _access,
    _denied,
    _plain("sights", "Break-glass: emergency sights", "Each is reviewed, and the patient reads of it."),
    _training,
    _retention,
    _nodes,
    _plain("flags", "What stood out, and what came of it"),
    _plain("disclosures", "Releases and disclosures"),
)


def _sum(each: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for one in each:
        total.update(one)
    return total


def _nested(each: Iterable[Mapping[str, Mapping[str, int]]]) -> dict[str, Counter[str]]:
    total: dict[str, Counter[str]] = {}
    for one in each:
        for name, row in one.items():
            total.setdefault(name, Counter()).update(row)
    return total


def _keyed(total: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    return tuple((*(said(part) for part in key.split("|")), str(total[key])) for key in sorted(total))


def _shown(count: int | None) -> str:
    return HIDDEN if count is None else str(count)


def _pct(part: int | None, whole: int) -> str:
    share = None if part is None else share_pct(part, whole)
    return NOTHING if share is None else f"{round(share)} %"


def _smallest(days: Sequence[Figures]) -> int:
    """Return the strictest limit of rule E2 that was in force on any of the days."""
    return max((int(day["smallest_shown"]) for day in days), default=0)
