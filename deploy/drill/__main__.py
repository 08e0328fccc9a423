"""`make drill`: strike a whole ward with a seeded schedule of faults, and write down what held."""

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from broker.clock import SystemClock
from broker.errors import BrokerError
from deploy.drill.power_cuts import Cuts, cut_often, record_work
from deploy.drill.report import page
from deploy.drill.run import drill
from deploy.drill.state import Wanted
from deploy.errors import DeployError
from deploy.progress import Lines

_IN_MEMORY = Path("/dev/shm")
_EPILOG = """\
A drill that is cut off, or that had no time for all its faults, goes on with the next when the same command is given
again; remove its folder to begin anew. The page is written at the end of each part.

exit codes: 0 everything held; 1 something did not, or the ward could not be started; 2 the command was not understood.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, run the drill, and write its page."""
    parser = argparse.ArgumentParser(prog="make drill", description=__doc__, epilog=_EPILOG,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--nodes", type=int, default=18, choices=range(1, 19), metavar="1..18")
    parser.add_argument("--faults", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=60.0, help="after which no further fault is begun")
    parser.add_argument("--speed", type=float, default=4.0, help="ward seconds per real second")
    parser.add_argument("--calm", type=float, default=300.0, help="quiet at the end, in real seconds")
    parser.add_argument("--cuts", type=int, default=10_000, help="power cuts of a node's stores")
    parser.add_argument("--data", type=Path, default=Path("out/drill"), help="the drill's folder")
    parser.add_argument("--page", type=Path, default=Path("out/drill.md"), help="where the page goes")
    asked = parser.parse_args(arguments)
    wanted = Wanted(asked.seed, asked.nodes, asked.faults, asked.speed, asked.calm)
    try:
        real = SystemClock()
        end_s = real.elapsed_s() + asked.minutes * 60
        say = Lines(sys.stdout, sys.stderr)
        done = drill(asked.data, wanted, say, is_enough=lambda: real.elapsed_s() >= end_s)
        cuts = _cuts(asked.cuts, asked.seed)
    except (DeployError, BrokerError) as error:
        sys.stderr.write(f"drill: {error}\n")
        return 1
    asked.page.parent.mkdir(parents=True, exist_ok=True)
    asked.page.write_text(page(done, cuts), "utf-8")
    holds = done.holds and not (cuts and cuts.faults)
    sys.stdout.write(f"{'everything held' if holds else 'not everything held'}: {asked.page}\n")
    return 0 if holds else 1


def _cuts(tries: int, seed: int) -> Cuts | None:
    if shutil.which("strace") is None:
        return None
    with TemporaryDirectory() as folder:
        steps = record_work(Path(folder))
        return cut_often(steps, tries, seed, _IN_MEMORY if _IN_MEMORY.is_dir() else None)


if __name__ == "__main__":
    sys.exit(main())
