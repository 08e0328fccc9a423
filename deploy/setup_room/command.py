"""`hushward setup-room`: an engineer draws a camera's room over the blocks that light up, at the node's machine."""

import secrets
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Annotated

import typer

from broker.clock import Clock, SystemClock
from broker.errors import BrokerError
from broker.vocabulary import Modality
from deploy.errors import DeployError
from deploy.pages import run_page
from deploy.setup_room.addresses import LOOPBACK, checked
from deploy.setup_room.door import Door
from deploy.setup_room.server import PageServer
from deploy.setup_room.site import Site
from edge.commissioning.draw_step import DRAWN_WITHIN_S
from edge.commissioning.drawing import DrawingFile, digest_of_view
from edge.commissioning.grids import GridFile
from edge.commissioning.guide import ANSWERED_WITHIN_S, LOOK_EVERY_S, TAKEN_WITHIN_S
from edge.commissioning.requests import EngineerDesk, Progress, Request, Standing, Step
from edge.errors import EdgeError
from edge.settings import load

PORT = 8470
RADAR = (
    "this room has a radar, which has no picture to draw in: write its zones into `[zones]` of the node's settings, "
    "start the node again, and try them with `hushward room-check DIR walk`"
)
page = typer.Typer(add_completion=False, rich_markup_mode=None)


@dataclass(frozen=True)
class Engineer:
    """An engineer at the machine of one node.

    Attributes:
        node_id: the node.
        data_dir: its data folder.
        drawing: its settings file.
        clock: the machine's.
        say: tells the engineer something.
    """

    node_id: str
    data_dir: Path
    drawing: DrawingFile
    clock: Clock
    say: Callable[[str], None]


class Visit:
    """One start of the page: it listens only while the node says that the room may be drawn."""

    def __init__(self, engineer: Engineer) -> None:
        self._engineer = engineer
        self._desk = EngineerDesk(engineer.data_dir)
        self._request = Request(request_id=secrets.token_hex(16), step=Step.DRAW)
        self._never = threading.Event()
        self._newest: Progress | None = None
        self._heard_s = 0.0

    def run(self, address: str, port: int) -> int:
        """Ask the node, show the page, and end it.

        Args:
            address: where to listen; checked before.
            port: 0 takes a free one.

        Returns:
            0 when the page ended as it should, 1 when the node refused.

        Raises:
            DeployError: no node answers.
            SettingsError, OSError: the settings or the data folder cannot be used, or the port is taken.
        """
        engineer = self._engineer
        engineer.drawing.view()
        if not self._desk.exists:
            raise DeployError(f"{engineer.data_dir}: no node has run on this folder; start the node first")
        refusal = self._ask()
        if refusal is not None:
            engineer.say(refusal)
            return 1
        try:
            why = self._show(address, port)
        finally:
            self._desk.ask(Request(request_id=secrets.token_hex(16), step=Step.STOP))
        engineer.say(f"The page is closed: {why}.")
        engineer.say(f"The drawing in {engineer.drawing.path} is sha256 {digest_of_view(engineer.drawing.view())}.")
        return 0

    def _ask(self) -> str | None:
        """Ask whether the room may be drawn now; None when it may, otherwise what the node says.

        Raises:
            DeployError: no node takes the request.
        """
        self._desk.ask(self._request)
        asked_s = self._engineer.clock.elapsed_s()
        while not self._look():
            if self._engineer.clock.elapsed_s() - asked_s > TAKEN_WITHIN_S:
                self._desk.take_back()
                raise DeployError(f"{self._engineer.data_dir}: no running node answers; start it and look at its log")
            self._engineer.clock.wait(self._never, LOOK_EVERY_S / 5)
        assert self._newest is not None
        return None if self._newest.standing is Standing.RUNNING else self._newest.sentence

    def _show(self, address: str, port: int) -> str:
        """Serve the page until it must end; say why it ended."""
        engineer = self._engineer
        door, server = Door(engineer.clock), PageServer(address, port)
        grids = GridFile(engineer.data_dir)
        site = Site(server.origin, engineer.node_id, engineer.drawing, grids.read, door, engineer.clock)
        try:
            server.begin(site)
            engineer.say(f"Open   {server.origin}/")
            engineer.say(f"Code   {door.code[:4]} {door.code[4:]}   (once, for one browser)")
            engineer.say("The page closes when the lamp stops blinking. Ctrl-C closes it now.")
            while True:
                why = self._why_over(door, site)
                if why is not None:
                    return why
                engineer.clock.wait(self._never, LOOK_EVERY_S)
        except KeyboardInterrupt:
            return "you ended it"
        finally:
            server.close()

    def _why_over(self, door: Door, site: Site) -> str | None:
        """Say why the page must end now; None while it may stay."""
        self._look()
        newest, now_s = self._newest, self._engineer.clock.elapsed_s()
        assert newest is not None
        site.left_min = ceil(DRAWN_WITHIN_S / 60 * (1 - newest.share))
        if newest.standing is not Standing.RUNNING:
            return newest.sentence
        if now_s - self._heard_s > ANSWERED_WITHIN_S:
            return "the node has stopped answering; look at its log"
        if site.is_finished:
            return "you finished"
        if door.is_shut:
            return "too many wrong codes; start setup-room again for a new one"
        return "nothing was done for 15 minutes" if door.is_idle else None

    def _look(self) -> bool:
        """Take in the node's newest answer; return whether there has been one."""
        told = self._desk.answer(self._request)
        if told is not None and told != self._newest:
            self._newest, self._heard_s = told, self._engineer.clock.elapsed_s()
        return self._newest is not None


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


@page.command()
def setup_room(
    config: Annotated[Path, typer.Option(metavar="FILE", help="The node's TOML file.")],
    address: Annotated[str, typer.Option(help="Where to listen: loopback, or this machine's USB link.")] = LOOPBACK,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = PORT,
) -> None:
    """Draw a camera's room: bed, floor, doors, and what the sensor must never look at (rules N3 and P3).

    Run it at the node's machine, as the user who runs the node. First ask for a commissioning at the console and have a
    second person confirm it in the room: it lasts 15 minutes, the lamp blinks, and without it there is no page. The
    page shows how much each of 16 by 12 blocks moves, as a digit, and never a picture. What is kept is the `[view]`
    table of FILE; the file before is kept beside it.

    Example: hushward setup-room --config node.toml

    Exit codes: 0 the page was shown and is closed; 1 it was refused, with the reason; 2 the command was not understood.
    """
    settings = load(config)
    if settings.modality is not Modality.CAMERA:
        raise DeployError(RADAR)
    engineer = Engineer(settings.node_id, settings.data_dir, DrawingFile(config), SystemClock(), _say)
    raise typer.Exit(Visit(engineer).run(checked(address), port))


def main(arguments: list[str] | None = None) -> int:
    """Run `hushward setup-room`."""
    try:
        return run_page(page, "hushward setup-room", arguments)
    except (EdgeError, DeployError, BrokerError) as error:
        sys.stderr.write(f"hushward setup-room: {error}\n")
    except PermissionError as error:
        sys.stderr.write(f"hushward setup-room: {error.filename}: not yours; run it as the user who runs the node\n")
    except OSError as error:
        sys.stderr.write(
            f"hushward setup-room: {error.strerror or error}; free the port, or give another with --port\n"
        )
    return 1
