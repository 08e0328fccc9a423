"""`hushward first-boot`: a machine's first start as a node, guided step by step on its terminal or over ssh."""

import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from broker.clock import SystemClock
from broker.errors import BrokerError
from deploy.doctor import checks_of_machine
from deploy.errors import DeployError
from deploy.examining.finding import Finding, examine
from deploy.first_boot.kept import FILE
from deploy.first_boot.place import Place
from deploy.first_boot.surroundings import Surroundings, start_service
from deploy.first_boot.talk import Stopped, Terminal
from deploy.first_boot.wizard import STEPS, walk
from deploy.pages import run_page
from edge.errors import EdgeError

page = typer.Typer(add_completion=False, rich_markup_mode=None)
_NOT_ASKED = ("services", "python")
"""What the doctor looks at and a first start does not: the service is not there yet."""


@page.command()
def first_boot(
    data: Annotated[Path, typer.Option(help="The node's folder.")] = Path("/var/lib/hushward/node"),
    config: Annotated[Path, typer.Option(help="The node's settings, written here.")] = Path("/etc/hushward/node.toml"),
    demonstration: Annotated[
        bool, typer.Option("--demonstration", help="A simulated sleeper, lamp and control; you start the node by hand.")
    ] = False,
    again: Annotated[bool, typer.Option("--again", help="Ask everything again, from the first step.")] = False,
) -> None:
    """Make this machine the node of a room: nine steps, each said with what it is about and how long it takes.

    It looks at the machine, asks for room, sensor, lamp and control and tries them, makes the node's keys, waits for
    the ward's answer, starts the service, and waits for two people at the console. It opens no sensor. It may be
    stopped at any moment (Ctrl-C) and run again: it goes on where it was left. Run it as root.

    Example: sudo hushward first-boot

    Exit codes: 0 the node is believed; 1 a step could not be taken, with the reason; 2 the command was not understood;
    3 stopped, nothing lost.
    """
    if again:
        (data / FILE).unlink(missing_ok=True)
    talk = Terminal()
    clock = SystemClock()

    def machine() -> list[Finding]:
        checks = {name: check for name, check in checks_of_machine(data, clock).items() if name not in _NOT_ASKED}
        return [one for _, one in examine(checks)]

    height = shutil.get_terminal_size().lines
    start = None if demonstration else start_service
    world = Surroundings(clock=clock, machine=machine, start=start, height=height)
    talk.say(
        f"Hushward: this machine becomes the node of a room, in {len(STEPS)} steps. Enter takes what stands in [ ]."
    )
    try:
        talk.say(f"\n{walk(Place(data, config, demonstration, talk, world))}")
    except KeyboardInterrupt:
        raise Stopped from None


def main(arguments: list[str] | None = None) -> int:
    """Run `hushward first-boot`; a step that cannot be taken is one sentence and exit code 1."""
    told = Terminal(to=sys.stderr)
    try:
        return run_page(page, "hushward first-boot", arguments)
    except Stopped:
        told.say("\nStopped; nothing is lost. Run hushward first-boot again to go on.")
        return 3
    except (DeployError, BrokerError, EdgeError) as error:
        told.say(f"hushward first-boot: {error}")
    except ValidationError as error:
        told.say(f"hushward first-boot: {error.errors(include_url=False)[0]['msg']}; begin anew with --again")
    except PermissionError as error:
        told.say(f"hushward first-boot: {error.filename}: not yours; run it as root: sudo hushward first-boot")
    except OSError as error:
        told.say(f"hushward first-boot: {error.filename or 'the folder'}: {error.strerror}")
    return 1
