"""`hushward room-check`: an engineer tries a room's sensor, guided step by step, at the machine of its node."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from broker.clock import SystemClock
from broker.vocabulary import Zone
from deploy.pages import run_page
from edge.commissioning.guide import Guide
from edge.commissioning.installation import PHANTOM_RATES_PER_MIN
from edge.commissioning.requests import Doing
from edge.errors import EdgeError

page = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)
_Yes = Annotated[bool, typer.Option("--yes", help="Do not wait for Enter before each step.")]


def _ready(words: str) -> bool:
    """Tell what to do, and wait for Enter; `q` stops."""
    sys.stdout.write(f"{words}\nPress Enter when that is so, or q and Enter to stop: ")
    sys.stdout.flush()
    answer = sys.stdin.readline()
    return bool(answer) and answer.strip().lower() not in ("q", "quit")


def _told(words: str) -> bool:
    sys.stdout.write(f"{words}\n")
    return True


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _guide(context: typer.Context, *, yes: bool = False) -> Guide:
    folder: Path = context.obj
    return Guide(folder, SystemClock(), _say, _told if yes else _ready)


def _end(passed: bool) -> None:
    raise typer.Exit(0 if passed else 1)


@page.callback()
def room_check(
    context: typer.Context, folder: Annotated[Path, typer.Argument(metavar="DIR", help="The node's data_dir.")]
) -> None:
    """Try a room's sensor before anybody sleeps there (rule N3).

    Run it at the node's machine, as the user who runs the node. First ask for a commissioning at the console and have a
    second person confirm it in the room: it lasts 15 minutes, the lamp blinks, and without it every step is refused.
    What is found is kept, signed, in DIR/installation.json. Numbers are kept, no recording.

    Example: hushward room-check /var/lib/hushward/node empty

    Exit codes: 0 passed; 1 not passed or refused, with the reason; 2 the command was not understood.
    """
    context.obj = folder


@page.command()
def empty(
    context: typer.Context,
    seconds: Annotated[float, typer.Option(min=120, max=600, help="How long to listen.")] = 180.0,
    yes: _Yes = False,
) -> None:
    """Listen to the empty room, so that its fan or curtain is never taken for a breath.

    Example: hushward room-check DIR empty
    """
    _end(_guide(context, yes=yes).empty(seconds))


@page.command()
def phantom(
    context: typer.Context,
    rate: Annotated[list[float] | None, typer.Option(min=6, max=40, help="Breaths a minute; may be repeated.")] = None,
    yes: _Yes = False,
) -> None:
    """Try a breathing phantom on the bed at 8, 12, 18 and 25 a minute.

    Example: hushward room-check DIR phantom --rate 12
    """
    _end(_guide(context, yes=yes).phantom(rate or PHANTOM_RATES_PER_MIN))


@page.command()
def neighbour(
    context: typer.Context,
    space: Annotated[str, typer.Option(help="The adjoining space, such as 'room 7' or 'floor above'.")],
    doing: Annotated[list[Doing] | None, typer.Option(help="Only this: lying or walking.")] = None,
    yes: _Yes = False,
) -> None:
    """Make sure that nobody next door is seen in this room: ten minutes lying, ten minutes walking.

    Each takes a commissioning of its own, for one lasts 15 minutes.

    Example: hushward room-check DIR neighbour --space "room 7" --doing lying
    """
    _end(_guide(context, yes=yes).neighbour(space, doing or tuple(Doing)))


@page.command()
def walk(
    context: typer.Context,
    zone: Annotated[list[Zone] | None, typer.Option(help="Only this zone; may be repeated.")] = None,
    yes: _Yes = False,
) -> None:
    """Be seen in the bed, at the door and at the en-suite.

    Example: hushward room-check DIR walk
    """
    _end(_guide(context, yes=yes).walk(zone or (Zone.BED, Zone.DOOR, Zone.ENSUITE)))


@page.command()
def report(context: typer.Context) -> None:
    """Print what was tried, what passed and what is still to be done; the signature is checked.

    Example: hushward room-check DIR report | lp
    """
    text, is_whole = _guide(context).report()
    _say(text.rstrip("\n"))
    _end(is_whole)


def main(arguments: list[str] | None = None) -> int:
    """Run `hushward room-check`."""
    try:
        return run_page(page, "hushward room-check", arguments)
    except EdgeError as error:
        sys.stderr.write(f"hushward room-check: {error}\n")
    except PermissionError as error:
        sys.stderr.write(f"hushward room-check: {error.filename}: not yours; run it as the user who runs the node\n")
    except (OSError, ValueError) as error:
        sys.stderr.write(f"hushward room-check: {str(error).splitlines()[0]}\n")
    return 1
