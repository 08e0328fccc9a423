"""The page of the part that kills."""

from collections import Counter
from collections.abc import Sequence

from deploy.drill.kills import SHOWS, Target
from deploy.drill.kills_run import Killed

_PAGE = """\
# The drill's kills

For engineers. `make drill ARGS="kills"` runs a ward as [the faults' part](drill.md) does: one mosquitto with mutual
TLS, one console, a process for each of {nodes} nodes, real time, no sensing. Each node tells its story {per_s:g} times
as fast as a room lives, so that many records are under way whenever something dies. Every one to three seconds the seed
picks a node, the console or the broker; it is killed with -9 and started again at once. Three of four wait until what
they hit is back from the kill before; the fourth does not, and so hits what is just starting. After each {batch} kills,
and at the very end, everything is asked again: each node's outbox against the console's database (what was acknowledged
is stored, each number once, none missing), the audit log from its first row to its last against every signed checkpoint
and what the nodes have seen of it, and the board, on which every room must be as it was before.

## What the seed decides

Seed {seed}, {nodes} nodes. {done} of {wanted} kills were done.

| killed (-9) | row | times |
|---|---|---|
{kinds}

{verdict}

## What was measured

On one machine, and another the next time; times on a busy machine are longer than on one at rest.

- It ran for {minutes:.1f} minutes in {stretches} stretch{es}; sensors on: {on} of {nodes}.
- Records: {made:,} made, {held:,} held by the console, {waiting:,} still in an outbox at the end; {lost} lost,
  {doubled} doubled. {alerts:,} of those held may carry an alert.
- Messages refused, each counted: {refused}.
- {overtaken} kills hit what was not back yet.

From a kill until it was back: a node when it is joined with the broker again, the console when it says that it is
ready, the broker when it listens.

| | times measured | middle [s] | 19 of 20 within [s] | longest [s] |
|---|---|---|---|---|
{back}

## What this part does not show

kill -9 says nothing about a pulled plug (see the power cuts of [the faults' part](drill.md)), so the ward's folder may
lie in memory. Nodes and console are forked from processes that have loaded everything, so their times are without the
seconds of a cold start; the broker's is one.
"""


def kills_page(done: Killed) -> str:
    """Return the page."""
    state, counted = done.state, done.counted
    times = Counter(one.target for one in done.kills)
    refused = ", ".join(f"{name} {number:,}" for name, number in counted.refused) or "none"
    return _PAGE.format(
        nodes=done.wanted.nodes,
        per_s=done.wanted.per_s,
        batch=done.wanted.batch,
        seed=done.wanted.seed,
        done=len(done.kills),
        wanted=done.wanted.kills,
        kinds="\n".join(f"| {one.value} | {SHOWS[one]} | {times[one]} |" for one in Target),
        verdict=verdict_of(done.state.outcomes, done.at_the_end),
        minutes=state.ran_s / 60,
        stretches=state.stretches,
        es="" if state.stretches == 1 else "es",
        on=len(state.sensing),
        made=counted.made,
        held=counted.held,
        waiting=counted.waiting,
        lost=counted.lost,
        doubled=counted.doubled,
        alerts=counted.alerts,
        refused=refused,
        overtaken=state.overtaken,
        back="\n".join(_back(one, sorted(state.back_s.get(one, ()))) for one in Target),
    )


def verdict_of(outcomes: Sequence[Sequence[str]], at_the_end: Sequence[str]) -> str:
    """Say in how many batches everything held, and what did not."""
    broken = [(number, what) for number, found in enumerate(outcomes, start=1) for what in found]
    lines = [f"After {sum(not found for found in outcomes)} of {len(outcomes)} batches everything held."]
    if not at_the_end:
        lines[0] += " At the end nothing was lost or doubled, and the audit log was whole."
    told = [*(f"- batch {number}: {what}" for number, what in broken), *(f"- at the end: {one}" for one in at_the_end)]
    return "\n".join([*lines, *([""] if told else []), *told])


def _back(target: Target, times: Sequence[float]) -> str:
    if not times:
        return f"| {target.value} | 0 | | | |"
    late = times[min(len(times) - 1, int(len(times) * 0.95))]
    return f"| {target.value} | {len(times)} | {times[len(times) // 2]:.2f} | {late:.2f} | {times[-1]:.2f} |"
