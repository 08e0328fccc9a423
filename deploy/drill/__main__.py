"""`make drill`: strike, kill, soak or pass a day on a whole ward, and write down what held."""

import argparse
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from broker.clock import SystemClock
from broker.errors import BrokerError
from console.errors import ConsoleError
from deploy.drill.day_page import day_page
from deploy.drill.day_run import DayWanted, pass_day
from deploy.drill.kills_page import kills_page
from deploy.drill.kills_run import KillsWanted, kill
from deploy.drill.ledger import Count
from deploy.drill.power_cuts import Cuts, cut_often, record_work
from deploy.drill.report import page
from deploy.drill.run import drill
from deploy.drill.runs import Run, add_run, commit_of
from deploy.drill.schedule import Fault, Kind
from deploy.drill.soak_page import soak_page
from deploy.drill.soak_run import SoakWanted, soak
from deploy.drill.state import State, Wanted
from deploy.errors import DeployError
from deploy.progress import Lines

_IN_MEMORY = Path("/dev/shm")
_KILLED = (Kind.NODE_KILLED, Kind.CONSOLE_KILLED, Kind.BROKER_KILLED, Kind.POWER_CUT)
_WARM_S = 180.0
_SENSING = (1, 2, 4, 3, 7, 8)
"""Numbers of the nodes that get a sensing process first; in their rooms people of the demonstration said yes."""
_EPILOG = """\
Four parts, each with a folder, a seed and a page of its own:
  faults  one fault after the other, each until the whole board is well again; and power cuts of a node's stores
  kills   nodes, console and broker killed with -9 in quick succession, while many records are made
  soak    a calm ward at real rate with sensing processes: how memory, open files and threads go
  day     24 hours on a clock set by hand: midnight, shifts, leases, the night in which the clocks go back

A part that is cut off, or that had no time for all of it, goes on when the same command is given again; remove its
folder to begin anew. Its page is written at the end, and a line is added to the table of runs.

exit codes: 0 everything held; 1 something did not, or the ward could not be started; 2 the command was not understood.
"""


@dataclass(frozen=True, slots=True)
class _Done:
    """What a part hands back: its page, and its line of the table."""

    page: str
    run: Run


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, run a part, write its page and its line."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    name = "drill" if asked.part == "faults" else f"drill-{asked.part}"
    data = asked.data or Path("out") / name
    file = asked.page or Path("out") / f"{name}.md"
    real = SystemClock()
    end_s = real.elapsed_s() + asked.minutes * 60
    try:
        done = _PARTS[asked.part](asked, data, Lines(sys.stdout, sys.stderr), lambda: real.elapsed_s() >= end_s)
    except (DeployError, BrokerError, ConsoleError) as error:
        sys.stderr.write(f"drill: {error}\n")
        return 1
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(done.page, "utf-8")
    add_run(asked.runs, done.run)
    sys.stdout.write(f"{'everything held' if done.run.holds else 'not everything held'}: {file}\n")
    return 0 if done.run.holds else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make drill", description=__doc__, epilog=_EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("part", nargs="?", choices=sorted(_PARTS), default="faults")
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--nodes", type=int, default=18, choices=range(1, 19), metavar="1..18")
    parser.add_argument("--minutes", type=float, default=60.0, help="after which nothing further is begun")
    parser.add_argument("--data", type=Path, default=None, help="the part's folder; out/drill-PART")
    parser.add_argument("--page", type=Path, default=None, help="where the page goes; out/drill-PART.md")
    parser.add_argument("--runs", type=Path, default=Path("out/drill-runs.md"), help="the table of runs")
    parser.add_argument("--faults", type=int, default=60, help="faults: how many")
    parser.add_argument("--speed", type=float, default=4.0, help="faults: ward seconds per real second")
    parser.add_argument("--calm", type=float, default=None, help="faults, soak: quiet in which memory is watched [s]")
    parser.add_argument("--cuts", type=int, default=10_000, help="faults: power cuts of a node's stores")
    parser.add_argument("--kills", type=int, default=300, help="kills: how many")
    parser.add_argument("--batch", type=int, default=25, help="kills: after so many everything is looked at")
    parser.add_argument("--per-s", type=float, default=12.0, help="kills: how much faster than life nodes tell")
    parser.add_argument("--sensing", type=int, default=4, choices=range(7), metavar="0..6",
                        help="soak: nodes with a sensing process, the third of them with a camera")  # fmt: skip
    parser.add_argument("--begins", default="2026-10-24T12:00:00+00:00", help="day: its first moment")
    parser.add_argument("--hours", type=int, default=24, help="day: how long it is")
    parser.add_argument("--step", type=float, default=2.0, help="day: seconds by which the clock moves at once")
    return parser


def _faults(asked: argparse.Namespace, data: Path, say: Lines, is_enough: Callable[[], bool]) -> _Done:
    calm_s = 300.0 if asked.calm is None else asked.calm
    wanted = Wanted(asked.seed, asked.nodes, asked.faults, asked.speed, calm_s)
    done = drill(data, wanted, say, is_enough=is_enough)
    cuts, state = _cuts(asked.cuts, asked.seed), done.state
    holds = done.holds and not (cuts and cuts.faults)
    minutes = state.ran_s / 60
    run = _run("faults", wanted, minutes, minutes * wanted.speed / 60, done.counted, holds, _killed(state, done.faults))
    return _Done(page(done, cuts), run)


def _killed(state: State, faults: Sequence[Fault]) -> int:
    return sum(fault.kind in _KILLED for fault, _ in zip(faults, state.outcomes, strict=False))


def _kills(asked: argparse.Namespace, data: Path, say: Lines, is_enough: Callable[[], bool]) -> _Done:
    wanted = KillsWanted(asked.seed, asked.nodes, asked.kills, asked.batch, asked.per_s)
    done = kill(data, wanted, say, is_enough=is_enough)
    minutes = done.state.ran_s / 60
    run = _run("kills", wanted, minutes, minutes / 60, done.counted, done.holds, len(done.kills))
    return _Done(kills_page(done), run)


def _soak(asked: argparse.Namespace, data: Path, say: Lines, is_enough: Callable[[], bool]) -> _Done:
    sensing = [f"node{one}" for one in _SENSING if one <= asked.nodes][: asked.sensing]
    calm_s = 2700.0 if asked.calm is None else asked.calm
    wanted = SoakWanted(asked.seed, asked.nodes, sensing, _WARM_S, calm_s)
    done = soak(data, wanted, say, is_enough=is_enough)
    minutes = done.state.calm_s / 60
    return _Done(soak_page(done), _run("soak", wanted, minutes, minutes / 60, done.counted, done.holds))


def _day(asked: argparse.Namespace, data: Path, say: Lines, is_enough: Callable[[], bool]) -> _Done:
    wanted = DayWanted(asked.seed, asked.nodes, asked.begins, asked.hours, asked.step)
    done = pass_day(data, wanted, say, is_enough=is_enough)
    state = done.state
    return _Done(day_page(done), _run("day", wanted, state.ran_s / 60, state.passed_s / 3600, done.counted, done.holds))


def _run(
    part: str,
    wanted: Wanted | KillsWanted | SoakWanted | DayWanted,
    minutes: float,
    ward_h: float,
    counted: Count,
    holds: bool,
    kills: int = 0,
) -> Run:
    today = SystemClock().utc_now().date()
    commit = commit_of(Path(__file__).parent)
    return Run(today, commit, part, wanted.seed, wanted.nodes, minutes, ward_h, kills, counted, holds)


_PARTS: dict[str, Callable[[argparse.Namespace, Path, Lines, Callable[[], bool]], _Done]] = {
    "faults": _faults,
    "kills": _kills,
    "soak": _soak,
    "day": _day,
}


def _cuts(tries: int, seed: int) -> Cuts | None:
    if shutil.which("strace") is None:
        return None
    with TemporaryDirectory() as folder:
        steps = record_work(Path(folder))
        return cut_often(steps, tries, seed, _IN_MEMORY if _IN_MEMORY.is_dir() else None)


if __name__ == "__main__":
    sys.exit(main())
