"""The page docs/reference/thirty-nights.md: every figure with what it rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from statistics import fmean
from textwrap import fill

from console.rules.alerting.alerts import AlertKind
from console.rules.alerting.budget import over_budget
from console.rules.in_person.load import LoadColour
from console.showing.views import TileKind
from models.recipes.ward_nights.figures import HOURS, Nights, Spread, middle_of
from models.recipes.ward_nights.habits import Habits
from models.recipes.ward_nights.measured import BED_EXITS, ENSUITE_ENTERED, Measured
from models.recipes.ward_nights.prose import HEAD, LIMITS, PEOPLE, RARE, SMALL, STRIP, UNSEEN, WAKINGS
from models.recipes.ward_nights.runs import SEED, STAFF, VARIED

KINDS = {
    AlertKind.ENSUITE: "in the en-suite for longer than the person's own limit",
    AlertKind.FLOOR: "on the floor",
    AlertKind.BED_EXIT: "out of bed for longer than the person's own limit",
    AlertKind.SECOND_PERSON: "more than one person, unexplained for a minute",
}
NEEDS = {
    AlertKind.FLOOR: "on the floor of the room",
    AlertKind.ENSUITE: "needs help in the en-suite",
    AlertKind.BREATHING_NOT_SEEN: "breathing stops, in bed",
}
SOON_S = 300.0


def page(told: Mapping[str, Nights], measured: Measured) -> str:
    """Write the page."""
    shipped = told["shipped"]
    parts = [
        HEAD.format(seed=SEED, nights=len(shipped.seen)),
        _summary(told),
        _calls(shipped),
        _needing(told),
        _load(told),
        _board(shipped),
        _sensitivity(told),
        _measured(measured),
        _assumed(),
        LIMITS,
    ]
    return "\n".join(parts)


def _summary(told: Mapping[str, Nights]) -> str:
    wards = [told["shipped"], told["without"], told["quiet"]]
    yes, no = (told["shipped"].people(said_no=said_no) for said_no in (False, True))
    rows = [
        ("alerts a night", [f"{one.calls_per_night:.1f}" for one in wards]),
        ("alerts for each hour of a member of staff", [f"{one.calls_per_nurse_hour:.3f}" for one in wards]),
        ("what was called was so", [_percent(one.true_share) for one in wards]),
        ("staff called it worth the walk", [_percent(_useful(one)) for one in wards]),
        ("nights over the alert budget (A12)", [_over(one) for one in wards]),
        ("from call to door: half within", [_time(one.to_door().middle) for one in wards]),
        ("nine in ten within", [_time(one.to_door().ninth) for one in wards]),
        ("the longest", [_time(one.to_door().worst) for one in wards]),
        ("sounds aloud an hour", [f"{one.sounds_per_hour:.2f}" for one in wards]),
        ("seconds of sound an hour", [f"{one.loud_s_per_hour:.1f}" for one in wards]),
        ("checks in person a night", [f"{one.checks() / len(one.seen):.0f}" for one in wards]),
        ("of them brought forward by a sensor", [f"{one.brought_forward():.1f}" for one in wards]),
        ("checks on time: those who say yes where they are asked", [_percent(one.on_time(yes)) for one in wards]),
        ("checks on time: those who say no", [_percent(one.on_time(no)) for one in wards]),
        ("a late check is late by, at worst", [_time(one.late().worst) for one in wards]),
        ("wakings by checks, each person and night", [f"{one.wakings():.2f}" for one in wards]),
        ("the same: those who say yes where they are asked", [f"{one.wakings(yes):.2f}" for one in wards]),
        ("the same: those who say no", [f"{one.wakings(no):.2f}" for one in wards]),
    ]
    lines = ["| | as shipped | without any sensor | quiet checks allowed |", "|---|---|---|---|"]
    lines += [f"| {name} | {' | '.join(values)} |" for name, values in rows]
    worse = [one for one in told["shipped"].punctual() if one.is_worse]
    fair = (
        "finds no level at which they are"
        if not worse
        else f"says that they are, at {' and '.join(one.level.replace('_', '-') for one in worse)}"
    )
    return "\n".join(
        [
            "## The nights in figures",
            "",
            *lines,
            "",
            _prose(WAKINGS),
            "",
            _prose(
                f"""Those who say yes and those who say no are people of different levels here, so their lines
                are not read beside each other. Read across: those who say no are on time in
                {_percent(wards[0].on_time(no))} of their checks where others have sensors, and in
                {_percent(wards[1].on_time(no))} where nobody has one, for what a sensor brings forward is walked
                before them. Whether they are checked later is compared within each level by the ward's own rule (O6),
                and it {fair}."""
            ),
            "",
        ]
    )


def _calls(ward: Nights) -> str:
    kinds, nights = ward.kinds(), len(ward.seen)
    should = ward.should_call()
    lines = ["| what is called | a night | of them not so | lasted too long and called nobody |", "|---|---|---|---|"]
    for kind, words in KINDS.items():
        true, false = kinds[kind, True], kinds[kind, False]
        silent, lasted = should[kind, False], should[kind, False] + should[kind, True]
        lines.append(f"| {words} | {(true + false) / nights:.2f} | {false} of {true + false} | {silent} of {lasted} |")
    again = sum(call.alert.again > 1 for one in ward.seen for call in one.calls)
    rungs = [call.progress.rung for one in ward.seen for call in one.calls]
    above = sum(one >= 2 for one in rungs)
    return "\n".join(
        [
            "## What is called",
            "",
            "![Calls of each night, and the way to the door](../images/thirty-nights.png)",
            "",
            *lines,
            "",
            _prose(
                f"""{again} of {len(rungs)} were raised again because what raised them lasted on after a visit
                (rule A15);
                {above} went up to the nurse in charge or beyond (A6). Vital signs call nobody: that switch is off as
                shipped (A11)."""
            ),
            "",
        ]
    )


def _needing(told: Mapping[str, Nights]) -> str:
    often, without = told["often"], told["often without"]
    lines = [
        "| what happens | sensor | times | half found within | nine in ten | the longest | within 5 min |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind, words in NEEDS.items():
        for name, ward, sensors in (("on", often, True), ("none in the ward", without, None)):
            found = ward.needing(kind, sensors=sensors)
            how = middle_of(found)
            soon = sum(took <= SOON_S for _, took in found) / len(found) if found else None
            lines.append(f"| {words} | {name} | {how.count} | {_three(how)} | {_percent(soon)} |")
    missed = [one for kind in NEEDS for one, _ in often.needing(kind, sensors=True) if one.seen_from is None]
    calm = sum(one.calm_in_need for one in often.seen)
    sampled = sum(sum(one.tiles.values()) for one in often.seen)
    return "\n".join(
        [
            "## What is missed",
            "",
            _prose(RARE),
            "",
            *lines,
            "",
            _prose(f"{len(missed)} of those in rooms with a sensor were not seen by it. {UNSEEN}"),
            "",
            _prose(
                f"""A tile with a calm word stood over somebody who needed help in {calm} of {sampled} looks
                at the tiles of these nights."""
            ),
            "",
        ]
    )


def _load(told: Mapping[str, Nights]) -> str:
    ward = told["shipped"]
    lines = ["| free, with nothing in hand, when it was raised | calls | half within | nine in ten | the longest |"]
    lines.append("|---|---|---|---|---|")
    for name, free in (("nobody", lambda n: n == 0), ("one", lambda n: n == 1), ("two or more", lambda n: n > 1)):
        how = ward.to_door(free)
        lines.append(f"| {name} | {how.count} | {_three(how)} |")
    head = "load (O5), everybody on the floor | while one has a break | the strip | checks on time"
    staff = [f"| on the shift | {head} | from call to door: half | nine in ten | the longest |"]
    staff.append("|---|---|---|---|---|---|---|---|")
    for count in STAFF:
        one = told[f"staff {count}"]
        load, on = one.seen[0].load, fmean(_both(one))
        loads = f"{load.percent:.0f} % | {load.percent_on_break:.0f} % | {load.colour}"
        staff.append(f"| {count} | {loads} | {_percent(on)} | {_three(one.to_door())} |")
    return "\n".join(
        [
            "## How soon somebody is there, and the load",
            "",
            *lines,
            "",
            "With other numbers of staff, one of them always with one person and each with a break:",
            "",
            *staff,
            "",
            _prose(_strip([told[f"staff {count}"] for count in STAFF])),
            "",
        ]
    )


def _strip(wards: Sequence[Nights]) -> str:
    """Say how the strip's colour and the checks on time go together here, whichever way that is."""
    by_colour: dict[LoadColour, list[float]] = {}
    for ward in wards:
        by_colour.setdefault(ward.seen[0].load.colour, []).append(fmean(_both(ward)))
    said = [
        f"where it says {colour}, {_from_to(shares)} of the checks were on time" for colour, shares in by_colour.items()
    ]
    here = f"Here, {'; '.join(said)}."
    return f"{STRIP} {here} Green is no promise: calls, and checks that come due together, are not in it."


def _from_to(shares: Sequence[float]) -> str:
    least, most = _percent(min(shares)), _percent(max(shares))
    return least if least == most else f"{least} to {most}"


def _board(ward: Nights) -> str:
    total = sum(sum(one.tiles.values()) for one in ward.seen)
    lines = ["| the tile says | share of looks |", "|---|---|"]
    for kind in TileKind:
        count = sum(one.tiles[kind] for one in ward.seen)
        if count:
            lines.append(f"| {kind.value.replace('_', ' ')} | {_percent(count / total)} |")
    return "\n".join(
        ["## What the tiles said", "", "Every ten minutes of the thirty nights, all rooms:", "", *lines, ""]
    )


def _sensitivity(told: Mapping[str, Nights]) -> str:
    base = told["unchanged"]
    lines = [
        "| assumption | alerts a night | so | to the door, nine in ten | sounds aloud an hour | on time | wakings |",
        "|---|---|---|---|---|---|---|",
        f"| **unchanged** | {_short(base)} |",
    ]
    for name in VARIED:
        for factor, words in ((0.5, "halved"), (2.0, "doubled")):
            value = getattr(told[f"{name} {factor:g}"].habits, name)
            lines.append(f"| {_words(name)}: {words}, {value:g} | {_short(told[f'{name} {factor:g}'])} |")
    return "\n".join(
        [
            "## What changes when an assumption is halved or doubled",
            "",
            "![What changes when an assumption is halved or doubled](../images/thirty-nights-sensitivity.png)",
            "",
            _prose(
                f"""The first {len(base.seen)} of the same nights, one assumption changed at a time. Small
                differences are chance: a changed assumption changes what is drawn after it."""
            ),
            "",
            *lines,
            "",
        ]
    )


def _measured(measured: Measured) -> str:
    held, second = measured.held_found, measured.second_found
    return "\n".join(
        [
            "## What of the sensor was measured",
            "",
            "On simulated people, by the shipped estimator; the first three are read from the accuracy page each time.",
            "",
            "| | figure |",
            "|---|---|",
            f"| held breaths that are found | {held[0]} of {held[1]}, the latest after {measured.held_latest_s:g} s |",
            f"| second people that are found | {second[0]} of {second[1]}, "
            f"the latest after {measured.second_latest_s:g} s |",
            f"| seconds in which a sleeper is not said rightly to be there | {_percent(1 - measured.sleepers_said)} |",
            f"| times out of bed that are said | {BED_EXITS[0]} of {BED_EXITS[1]} |",
            f"| visits to the en-suite that are said | {ENSUITE_ENTERED[0]} of {ENSUITE_ENTERED[1]} |",
            "",
            _prose(SMALL),
            "",
        ]
    )


def _assumed() -> str:
    lines = ["| assumed | figure | | from |", "|---|---|---|---|"]
    for one in fields(Habits):
        if one.metadata["words"]:
            unit, words = one.metadata["unit"], one.metadata["words"]
            lines.append(f"| {_words(one.name)} | {one.default:g} {unit} | {words} | {one.metadata['source']} |")
    return "\n".join(
        [
            "## What is assumed",
            "",
            _prose(PEOPLE),
            "",
            *lines,
            "",
            f"Durations are log-normal about their middle. A shift is {HOURS:g} hours here.",
            "",
        ]
    )


def _three(how: Spread) -> str:
    return f"{_time(how.middle)} | {_time(how.ninth)} | {_time(how.worst)}"


def _short(ward: Nights) -> str:
    values = [
        f"{ward.calls_per_night:.1f}",
        _percent(ward.true_share),
        _time(ward.to_door().ninth),
        f"{ward.sounds_per_hour:.2f}",
        _percent(fmean(_both(ward))),
        f"{ward.wakings():.2f}",
    ]
    return " | ".join(values)


def _both(ward: Nights) -> list[float]:
    return [float(one.on_time) for night in ward.seen for one in night.checks]


def _useful(ward: Nights) -> float | None:
    rated = sum(one.rated for one in ward.figures())
    return sum(one.useful for one in ward.figures()) / rated if rated else None


def _over(ward: Nights) -> str:
    return f"{sum(over_budget(one, ward.policy) for one in ward.figures())} of {len(ward.seen)}"


def _prose(text: str) -> str:
    """Return a paragraph in lines that can be read in a diff."""
    return fill(" ".join(text.split()), 120, break_on_hyphens=False, break_long_words=False)


def _words(name: str) -> str:
    return name.removesuffix("_s").removesuffix("_min").removesuffix("_share").replace("_", " ")


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min"


def spread_words(how: Spread) -> str:
    """Say how a set of durations lies, for a picture."""
    return f"half within {_time(how.middle)}, nine in ten within {_time(how.ninth)}"
