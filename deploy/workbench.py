"""The verbs of whoever judges the estimates: `estimate`, `eval`."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from deploy.pages import run_page
from edge.errors import EdgeError
from edge.evaluation import EstimateOptions, estimate_file
from edge.scores.contenders import SHIPPED
from edge.scores.judge import JudgeOptions, evaluate


class Sensor(StrEnum):
    """What a recording was made with."""

    RADAR = "radar"
    CAMERA = "camera"
    TRACE = "trace"


_File = Annotated[Path, typer.Argument(metavar="FILE", help="A recording: file or folder.")]
estimating = typer.Typer(add_completion=False, rich_markup_mode=None)
judging_page = typer.Typer(add_completion=False, rich_markup_mode=None)


@estimating.command()
def estimate(
    file: _File,
    sensor: Annotated[Sensor | None, typer.Option(help="radar, camera or trace; else by content.")] = None,
    format_name: Annotated[str | None, typer.Option("--format", help="A format's name; else by content.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings of a raw recording (TOML).")] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object per second, for programs.")] = False,
) -> None:
    """Say what a recording shows, second by second: presence, movement, breathing, or why a number is withheld.

    It reads as fast as it can. The last line, on standard error, counts the frames read, lost and bad.

    Example: hushward estimate seated.h5 --jsonl > seated.jsonl

    Exit codes: 0 with estimates; 2 the file cannot be read, with the reason in one sentence.
    """
    told = None if sensor is None else str(sensor)
    raise typer.Exit(estimate_file(file, EstimateOptions(told, format_name, config, jsonl)))


@judging_page.command("eval")
def judge(
    cases: Annotated[list[Path], typer.Argument(metavar="CASES.toml...", help="Lists of [[case]] tables.")],
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON alone, without the table.")] = False,
    baselines: Annotated[bool, typer.Option("--baselines", help="The named baselines in the same table.")] = False,
    plots: Annotated[Path | None, typer.Option(metavar="DIR", help="Draw each case as a PNG into this folder.")] = None,
    only: Annotated[str | None, typer.Option(metavar="ID", help="Only cases whose id begins so.")] = None,
    estimator: Annotated[str, typer.Option(help="Who is judged.")] = SHIPPED,
) -> None:
    """Judge the estimates on recordings and simulated rooms whose answer is known.

    Each [[case]] has `id`, `expect` (rate, withheld or events) and either `path`, relative to the folder that
    HUSHWARD_RECORDINGS names, or `simulate`; where it applies a reference, `sensor`, `format` and `config`. Per case
    and in total: mean absolute error, share within 2 /min, coverage, longest gap, time to the first number, share of
    errors inside the stated interval, false rates, presence, held breaths, events, processor seconds per second of
    recording; first as a table, then as JSON. Without a reference there is no error, and the table says so.

    Example: HUSHWARD_RECORDINGS=recordings hushward eval tests/golden/cases.toml tests/golden/films.toml

    Exit codes: 0 the lists were run; 2 a list or the recordings cannot be found, with the reason in one sentence.
    """
    look = None
    if plots is not None:
        from deploy.plots import Drawer

        look = Drawer(plots).draw
    raise typer.Exit(evaluate(cases, JudgeOptions(estimator, baselines, as_json, only), look))


def main_estimate(arguments: list[str] | None = None) -> int:
    """Run `hushward estimate`."""
    return run(estimating, "hushward estimate", arguments)


def main_eval(arguments: list[str] | None = None) -> int:
    """Run `hushward eval`."""
    return run(judging_page, "hushward eval", arguments)


def run(page: typer.Typer, name: str, arguments: list[str] | None) -> int:
    """Run a page; what goes wrong is one sentence and exit code 1."""
    try:
        return run_page(page, name, arguments)
    except (EdgeError, OSError, ValueError) as error:
        sys.stderr.write(f"{name}: {error}\n")
        return 1
