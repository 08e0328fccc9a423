"""Fuzz every byte decoder of the house for a bounded time, guided by coverage.

    make fuzz ARGS="--seconds 60 --decoder mr24"

Seeds are built packets, never recordings. What was found is kept under build/fuzz, so that a second run begins where
the first one ended; an input that broke a promise lies beside it and is repeated by naming it to the harness.
"""

import argparse
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from edge.decoders.table import DECODERS
from tests.kit.packets import FOLLOWED, PACKETS

FOLDER = Path("build/fuzz")
LONGEST_INPUT = 4096
QUOTED = re.compile(rb'"[a-z_]+":?')
COVERAGE = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)/")
EXECUTED = re.compile(r"stat::number_of_executed_units:\s*(\d+)")
COLUMNS = ("decoder", "executions", "per second", "coverage", "new", "corpus", "crashes")


@dataclass(frozen=True)
class Run:
    """How the fuzzing of one decoder went."""

    name: str
    executions: int
    per_s: float
    coverage: int
    """Branches of the decoder that an input has reached."""
    new: int
    """Of these, how many the seeds and the corpus before this run had not reached."""
    corpus: int
    crashes: int
    told: str
    """The fuzzer's own last lines; for a failure."""

    def row(self) -> tuple[str, ...]:
        """Return the cells of the table."""
        numbers = (self.executions, round(self.per_s), self.coverage, self.new, self.corpus, self.crashes)
        return (self.name, *(f"{number:,}" for number in numbers))


def seed(name: str, folder: Path) -> None:
    """Write each built packet, and all of them in a row, whole and in pieces of seven bytes."""
    stream = b"".join(PACKETS[name]) + FOLLOWED.get(name, b"")
    for number, content in enumerate((*PACKETS[name], stream)):
        (folder / f"seed-{number}").write_bytes(b"\xff" + content)
        (folder / f"seed-{number}-pieces").write_bytes(b"\x06" + content)


def words(name: str, file: Path) -> None:
    """Write the words of a decoder's packets for the fuzzer to put together: their heads, and names in quotes."""
    heads = {packet[:size] for packet in PACKETS[name] for size in (2, 4, 8)}
    quoted = {word for packet in PACKETS[name] for word in QUOTED.findall(packet)}
    told = ("".join(f"\\x{byte:02x}" for byte in word) for word in sorted(heads | quoted))
    file.write_text("".join(f'"{word}"\n' for word in told), encoding="ascii")


def fuzz(name: str, seconds: int) -> Run:
    """Fuzz one decoder in a process of its own."""
    corpus, crashes = FOLDER / name / "corpus", FOLDER / name / "crashes"
    for folder in (corpus, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    seed(name, corpus)
    words(name, FOLDER / name / "words.dict")
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST_INPUT}", "-print_final_stats=1", "-timeout=20"]
    options.append(f"-dict={FOLDER / name / 'words.dict'}")
    command = [sys.executable, "-m", "tests.fuzz.harness", name, *options, f"-artifact_prefix={crashes}/", str(corpus)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, errors="replace")
    covered = [tuple(map(int, found)) for found in COVERAGE.findall(done.stderr)]
    executed = EXECUTED.search(done.stderr)
    if not covered or executed is None:
        return Run(name, 0, 0.0, 0, 0, 0, 1, done.stderr[-2000:])
    executions, (first, _, _), (last, _, size) = int(executed[1]), covered[0], covered[-1]
    broke = int(done.returncode != 0)
    return Run(name, executions, executions / seconds, last, last - first, size, broke, done.stderr[-2000:])


def table(runs: list[Run]) -> str:
    """Put the runs under each other."""
    rows = [COLUMNS, *(run.row() for run in runs)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def main() -> int:
    """Fuzz and print one table.

    Returns:
        0 when no decoder broke a promise, 1 otherwise.
    """
    parser = argparse.ArgumentParser(prog="make fuzz ARGS=...", description="Fuzz every byte decoder.")
    parser.add_argument("--seconds", type=int, default=60, help="for each decoder")
    parser.add_argument("--decoder", choices=sorted(DECODERS), action="append", help="only this one; may be repeated")
    options = parser.parse_args()
    runs = []
    for name in options.decoder or sorted(DECODERS):
        print(f"{name}: {options.seconds} s", flush=True)
        runs.append(fuzz(name, options.seconds))
    print(table(runs))
    for run in runs:
        if run.crashes:
            print(f"\n{run.name} broke a promise; the input lies in {FOLDER / run.name / 'crashes'}:\n{run.told}")
    return int(any(run.crashes for run in runs))


if __name__ == "__main__":
    sys.exit(main())
