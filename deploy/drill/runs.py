"""The table of runs: one line for each time that a part of the drill was run, whatever came of it."""

import subprocess
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from deploy.drill.ledger import Count

_HEAD = """\
# Runs of the drill

For engineers. One line for each run of a part of `make drill`, added by the drill itself, also when something did not
hold. Made and held: records that nodes have made, and that the console holds. Lost: numbers that a node has given, and
that neither its outbox nor the console holds. Doubled: numbers or contents that the console holds twice. What each part
does stands on its own page: [faults](drill.md), [kills](drill-kills.md), [soak](drill-soak.md), [day](drill-day.md).

| date | commit | part | seed | nodes | minutes | ward [h] | kills | made | held | lost | doubled | outcome |
|---|---|---|---|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One run.

    Attributes:
        on: the day.
        commit: what was run, as git names it.
        part: which part.
        seed: its seed.
        nodes: how many.
        minutes: how long it took, real time [min].
        ward_h: how much time of the ward passed [h].
        kills: processes killed with -9.
        counted: the records.
        holds: whether everything held.
    """

    on: date
    commit: str
    part: str
    seed: int
    nodes: int
    minutes: float
    ward_h: float
    kills: int
    counted: Count
    holds: bool


def add_run(file: Path, run: Run) -> None:
    """Add a line to the table; the table is begun where there is none."""
    file.parent.mkdir(parents=True, exist_ok=True)
    told = file.read_text("utf-8") if file.exists() else _HEAD
    counted = run.counted
    outcome = "everything held" if run.holds else "something did not hold"
    line = (
        f"| {run.on.isoformat()} | {run.commit} | {run.part} | {run.seed} | {run.nodes} | {run.minutes:.0f} | "
        f"{run.ward_h:.1f} | {run.kills} | {counted.made:,} | {counted.held:,} | {counted.lost} | {counted.doubled} | "
        f"{outcome} |\n"
    )
    file.write_text(told + line, "utf-8")


def commit_of(folder: Path) -> str:
    """Return what git calls the source in a folder, with a + when it was changed since; `unknown` without git."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--dirty=+", "--abbrev=9", "--exclude=*"],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return said.stdout.strip() or "unknown"
