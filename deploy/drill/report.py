"""The page of a drill: first what its seed decides and what held, then what was measured on one machine."""

from collections.abc import Sequence

from deploy.drill.memory import Growth
from deploy.drill.power_cuts import Cuts
from deploy.drill.run import GROWS_AT_MOST_MB, RECORDED, SPARED, Drilled
from deploy.drill.schedule import SHOWS, Fault, Kind

_INTRODUCTION = """\
# The drill: faults on a seeded schedule, and what held

For engineers. `make drill` lays out a ward of {nodes} rooms as `hushward provision` and `hushward up --demo` do: one
mosquitto with mutual TLS, one console, and a process for each node with its own certificate, outbox and gate. Sensing
is a story that each node tells itself in place of a sensor, so that no model runs: the drill is of everything behind
it. The ward's clock runs at {speed:g} times real time; TLS, keepalives and the starting of processes stay on real time.
A drill that is cut off goes on with its next fault when it is started again.

After each fault the board must show every room as it was before, every tile that knows nothing of its room must say
why, and every node's outbox is held against the console's database: each number once, none missing, none refused
without a count.
"""
_NOT_SHOWN = """\
## What this drill does not show

Nodes are forked from one process that has loaded everything, and without sensing processes: how long a cold start of a
node takes, and what a driver does, is shown elsewhere. All is on one machine, so a cable is a relay that can be slow or
deaf, and loses no packet. A disk that refuses is a limit that the kernel sets on one process; a full file system is
not. One node alone is recorded and can lose power: {recorded}. A cloned card in a second machine is not tried.

Many kills in quick succession, hours of calm with sensing, and a compressed day are parts of their own:
[kills](drill-kills.md), [soak](drill-soak.md), [day](drill-day.md). What was run of each, and when, stands in the
[table of runs](drill-runs.md).
"""


def page(done: Drilled, cuts: Cuts | None) -> str:
    """Return the page.

    Args:
        done: a drill that has come to its end.
        cuts: power cuts of a node's stores; None where strace is not installed.
    """
    wanted = done.state.wanted
    return "\n".join(
        [
            _INTRODUCTION.format(nodes=wanted.nodes, speed=wanted.speed),
            "## What the seed decides",
            "",
            f"Seed {wanted.seed}, {wanted.nodes} nodes, {wanted.faults} faults. As many faults of the same seed give "
            "this section again, letter for letter, as long as everything holds.",
            "",
            *_verdict(done),
            "",
            *_by_kind(done),
            "",
            *_power(cuts),
            "",
            *_schedule(done),
            "",
            *_measured(done),
            "",
            _NOT_SHOWN.format(recorded=RECORDED),
        ]
    )


def _verdict(done: Drilled) -> list[str]:
    broken = sum(1 for one in done.state.outcomes if one)
    lines = [
        f"{len(done.state.outcomes)} faults were done; {len(done.state.outcomes) - broken} held, {broken} did not."
    ]
    if done.at_the_end:
        return [*lines, "", "At the end this did not hold:", "", *(f"- {one}" for one in done.at_the_end)]
    return [*lines, "At the end nothing was lost, doubled, refused without a reason, or grew beyond its bound."]


def _by_kind(done: Drilled) -> list[str]:
    lines = ["| fault | row | times | held |", "|---|---|---|---|"]
    for kind in Kind:
        own = [not found for fault, found in zip(done.faults, done.state.outcomes, strict=False) if fault.kind is kind]
        if own:
            lines.append(f"| {kind.value} | {SHOWS[kind]} | {len(own)} | {sum(own)} |")
    return lines


def _power(cuts: Cuts | None) -> list[str]:
    if cuts is None:
        return ["Power cuts of a node's stores were left out: strace is not installed."]
    held = cuts.tried - len({at for at, _ in cuts.faults})
    lines = [
        f"Beside the ward, the power was cut {cuts.tried:,} times under a node's stores (outbox, gate's memory, "
        "witness, key), each time",
        f"at a random step of what it wrote, with sectors torn and lost: {held:,} times everything opened and held "
        "what had been acknowledged.",
    ]
    return lines + [f"- step {at}: {what}" for at, what in cuts.faults[:20]]


def _schedule(done: Drilled) -> list[str]:
    lines = [
        "| | after [s] | fault | node | for [s] | outcome |",
        "|---|---|---|---|---|---|",
    ]
    return lines + [_row(fault, found) for fault, found in zip(done.faults, done.state.outcomes, strict=False)]


def _row(fault: Fault, found: Sequence[str]) -> str:
    told = "; ".join(found).replace("|", "/") or "held"
    return (
        f"| {fault.number} | {fault.after_s:g} | {fault.kind.value} | {fault.node_id or 'the ward'} | "
        f"{fault.lasts_s:g} | {told} |"
    )


def _measured(done: Drilled) -> list[str]:
    counted, state = done.counted, done.state
    times = sorted(state.recovered_s)
    refused = ", ".join(f"{name} {number}" for name, number in counted.refused) or "none"
    lines = [
        "## What was measured",
        "",
        "On one machine, and another the next time.",
        "",
        f"- It ran for {state.ran_s / 60:.1f} minutes in {state.parts} part{'s' if state.parts > 1 else ''}, which is "
        f"{state.ran_s * state.wanted.speed / 3600:.1f} hours of the ward.",
        f"- Sensors on: {len(state.sensing)} of {state.wanted.nodes}; in the other rooms somebody had said no or had "
        "not been asked.",
        f"- Records: {counted.made:,} made, {counted.held:,} held by the console, {counted.waiting} made while the "
        f"ward was being ended and still in an outbox; {counted.alerts:,} of those held may carry an alert.",
        f"- Messages refused, each counted: {refused}.",
    ]
    if times:
        lines.append(
            f"- From the end of a fault until the whole board was well again: middle {times[len(times) // 2]:.1f} s, "
            f"longest {times[-1]:.1f} s, real time."
        )
    return [*lines, "", *_memory(done.growths, done.all_through, state.wanted.calm_s)]


def _memory(growths: Sequence[Growth], all_through: Growth | None, calm_s: float) -> list[str]:
    bounds = ", ".join(f"{name} {bound:g} MB" for name, bound in GROWS_AT_MOST_MB.items())
    lines = [
        f"Memory over the last {calm_s / 60:.1f} minutes, without faults: the middle of the first third and of the",
        f"last third. By how much it may grow: {bounds}. The last row is {SPARED}, which no fault of its own",
        "hits, from its start to its end.",
        "",
        "| process | over [min] | early [MB] | late [MB] | slope [MB/h] | open files | threads |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = [_grown(one.name, one) for one in growths]
    return lines + rows + ([_grown(f"{SPARED}, all through", all_through)] if all_through else [])


def _grown(name: str, one: Growth) -> str:
    files = "" if one.files is None else f"{one.files:+d}"
    return (
        f"| {name} | {one.over_s / 60:.1f} | {one.early_mb:.1f} | {one.late_mb:.1f} | {one.slope_mb_per_h:+.1f} | "
        f"{files} | {one.threads:+d} |"
    )
