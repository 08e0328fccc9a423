"""The page of the part that passes a day."""

from datetime import datetime, timedelta

from deploy.drill.day_run import Day, Hour

_PAGE = """\
# The drill's day

For engineers. `make drill ARGS="day"` passes {wanted} hours of a ward of {nodes} rooms on a clock that is set by hand,
as fast as the machine can: real nodes (gate, events, outbox, sender) and a real console with its rules, in one process,
with a broker in memory and no sensing. The clock moves {step:g} s at a time; a node catches up on the seconds between.
The day begins at {begins}. In the night in which the clocks go back the hour from 01:00
comes twice. In each hour one thing goes wrong, which the seed decides. Each minute the board must
know every room, unless something is wrong just then, and what it does not know it must explain.

Seed {seed}. {passed:.2f} of {wanted} hours were passed, in {minutes:.0f} minutes and {stretches} stretch{es}.

{verdict}

- Records: {made:,} made, {held:,} held by the console, {waiting:,} still in an outbox at the end; {lost} lost,
  {doubled} doubled; no minute of a room is held twice.
- Leases: {leases:,}, each renewed for as long as it held. Sensors on: {on} of {nodes}.
- The board was looked at {looks:,} times; {dark:,} of {tiles:,} looks at a room with its sensor on found that nothing
  was known of it just then, all while something was wrong or within two minutes of it.

| | at | what went wrong | for [s] |
|---|---|---|---|
{hours}

Minutes that the console holds, by hour of ward time, of all rooms with their sensor on; a minute that a restart cut in
two counts once. While a link is cut the lease runs out and the sensor closes, so that minutes of a cut are missing.

| hour | minutes |
|---|---|
{by_hour}
"""


def day_page(done: Day) -> str:
    """Return the page."""
    state, wanted, counted = done.state, done.wanted, done.counted
    start = datetime.fromisoformat(wanted.begins)
    found = [*state.found, *done.at_the_end]
    verdict = "Nothing was lost or doubled, no room was dark without a cause, and the audit log was whole."
    return _PAGE.format(
        nodes=wanted.nodes,
        wanted=wanted.hours,
        step=wanted.step_s,
        begins=f"{start:%d %B %Y, %H:%M} UTC",
        seed=wanted.seed,
        passed=state.passed_s / 3600,
        minutes=state.ran_s / 60,
        stretches=state.stretches,
        es="" if state.stretches == 1 else "es",
        verdict="\n".join(["This did not hold:", "", *(f"- {one}" for one in found)]) if found else verdict,
        made=counted.made,
        held=counted.held,
        waiting=counted.waiting,
        lost=counted.lost,
        doubled=counted.doubled,
        leases=done.leases,
        on=len(state.rooms),
        looks=state.looks,
        dark=state.dark,
        tiles=state.looks * len(state.rooms),
        hours="\n".join(_row(number, start, one) for number, one in enumerate(done.hours, start=1)),
        by_hour="\n".join(f"| {hour} | {number} |" for hour, number in done.minutes),
    )


def _row(number: int, start: datetime, one: Hour) -> str:
    what = f"{one.trouble.value}{f': {one.node_id}' if one.node_id else ''}"
    return f"| {number} | {start + timedelta(seconds=one.at_s):%d %b %H:%M} UTC | {what} | {one.lasts_s:g} |"
