"""The page of the part that only waits."""

from deploy.drill.soak_run import CAMERA_ROOM, Soaked
from deploy.drill.trend import BLOCK_S, GOAL_MB_PER_H, Trend, against_goal

_PAGE = """\
# The drill's soak

For engineers. `make drill ARGS="soak"` runs a ward in peace, at real rate: one mosquitto with mutual TLS, one console,
and {nodes} nodes, of which {sensing} have a real sensing process with a simulated sensor in place of a real one
({cameras}); the others tell themselves a story. After {warm:.0f} minutes of warming up, the memory, open files and
threads of each process are read every two seconds.

Seed {seed}. {calm:.1f} of {wanted:.0f} minutes of calm were run, in {stretches} stretch{es}; sensors on: {on} of
{nodes}.

{verdict}

- Records: {made:,} made, {held:,} held by the console, {waiting:,} still in an outbox at the end; {lost} lost,
  {doubled} doubled.
- The board was looked at {looks} times; {dark} of {tiles:,} looks at a room with its sensor on found that nothing was
  known of it just then, and the tile said why.
- Messages refused, each counted: {refused}.

Growth is the slope of a straight line by least squares through the means of {block:.0f} s; the interval holds it in 19
of 20 such runs, if minutes are independent of each other. The goal is below {goal:g} MB/h: *within* means that the
whole interval is, *above* that none of it is, *open* that the calm was too short or the memory too restless to tell. A
process that was started again meanwhile shows its longest of so many lives.

| process | over [min] | mean [MB] | growth [MB/h] | goal | open files | files, late less early | threads | lives |
|---|---|---|---|---|---|---|---|---|
{rows}

## What this part does not show

Sensors are simulated: a driver of a real one is not in it. A growth that begins after hours is not seen in a calm of
minutes. On a machine whose cores are wanted by others, estimates come late, and tiles say so.
"""


def soak_page(done: Soaked) -> str:
    """Return the page."""
    state, wanted, counted = done.state, done.wanted, done.counted
    is_camera = CAMERA_ROOM.replace("room", "node") in wanted.sensing
    kinds = f"{len(wanted.sensing) - is_camera} radars" + (" and a camera" if is_camera else "")
    found = [*state.found, *done.at_the_end]
    grown = [one.name for one in done.trends if against_goal(one) == "above"]
    verdict = "Nothing was lost or doubled, every tile that knew nothing said why, and the audit log was whole."
    if grown:
        verdict += f"\n**Growth was above the goal in {' and '.join(grown)}**: the table says by how much."
    return _PAGE.format(
        nodes=wanted.nodes,
        sensing=len(wanted.sensing),
        cameras=kinds,
        warm=wanted.warm_s / 60,
        seed=wanted.seed,
        calm=state.calm_s / 60,
        wanted=wanted.calm_s / 60,
        stretches=state.stretches,
        es="" if state.stretches == 1 else "es",
        on=len(state.rooms),
        verdict="\n".join(["This did not hold:", "", *(f"- {one}" for one in found)]) if found else verdict,
        made=counted.made,
        held=counted.held,
        waiting=counted.waiting,
        lost=counted.lost,
        doubled=counted.doubled,
        looks=state.looks,
        dark=state.dark,
        tiles=state.looks * len(state.rooms),
        refused=", ".join(f"{name} {number:,}" for name, number in counted.refused) or "none",
        block=BLOCK_S,
        goal=GOAL_MB_PER_H,
        rows="\n".join(_row(one) for one in done.trends) or "| no process lived for five minutes | | | | | | | |",
    )


def _row(one: Trend) -> str:
    files = "not read" if one.files is None else f"{one.files[0]} to {one.files[1]}"
    change = "" if one.files_change is None else f"{one.files_change:+d}"
    threads = f"{one.threads[0]}" if one.threads[0] == one.threads[1] else f"{one.threads[0]} to {one.threads[1]}"
    return (
        f"| {one.name} | {one.over_s / 60:.1f} | {one.mean_mb:.1f} | {one.slope_mb_per_h:+.2f} ± "
        f"{one.half_width_mb_per_h:.2f} | {against_goal(one)} | {files} | {change} | {threads} | {one.lives} |"
    )
