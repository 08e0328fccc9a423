"""Guides an engineer at the node's machine through a room, step by step, by what the node answers in its files."""

import secrets
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from broker.clock import Clock
from broker.vocabulary import Zone
from edge.commissioning.installation import FILE, PHANTOM_RATES_PER_MIN, read_installation
from edge.commissioning.report import report
from edge.commissioning.requests import Doing, EngineerDesk, Progress, Request, Standing, Step
from edge.errors import SettingsError

LOOK_EVERY_S = 0.5
"""[s] between looks at the node's answer."""
TAKEN_WITHIN_S = 5.0
"""[s] in which a running node takes a request; it looks ten times a second."""
ANSWERED_WITHIN_S = 20.0
"""[s] without a new answer after which the node counts as gone; it answers every second."""
SAY_EVERY_S = 5.0
"""[s] between lines of progress."""
WHERE = {
    Zone.BED: "Lie down on the bed.",
    Zone.ROOM: "Stand in the middle of the room.",
    Zone.DOOR: "Stand at the door, inside the room.",
    Zone.ENSUITE: "Stand in the door of the en-suite.",
}


class Guide:
    """One engineer at one node."""

    def __init__(self, data_dir: Path, clock: Clock, say: Callable[[str], None], ready: Callable[[str], bool]) -> None:
        """Take what is needed.

        Args:
            data_dir: the node's data folder.
            clock: the machine's.
            say: tells the engineer something.
            ready: asks the engineer to do something and waits; False when they want to stop.

        Raises:
            SettingsError: no node has ever run on this folder.
        """
        self._data_dir = data_dir
        self._desk = EngineerDesk(data_dir)
        self._clock = clock
        self._say = say
        self._ready = ready
        self._never = threading.Event()
        if not self._desk.exists:
            raise SettingsError(
                f"{data_dir}: no node has run on this folder; give the `data_dir` of a node that is running"
            )

    def empty(self, seconds: float) -> bool:
        """Have the node listen to the empty room and keep its noise profile; say whether it passed."""
        words = "Switch on what runs at night (fan, ventilation), leave the room, close door and window."
        return self._ready(words) and self._try(Step.EMPTY, seconds=seconds)

    def phantom(self, rates_per_min: Sequence[float] = PHANTOM_RATES_PER_MIN) -> bool:
        """Try a breathing phantom at each rate; say whether all passed."""
        passed = []
        for rate in rates_per_min:
            words = f"Put the phantom on the bed, set it to {rate:g} a minute, start it, and step back without moving."
            if not self._ready(words):
                return False
            passed.append(self._try(Step.PHANTOM, rate_per_min=rate))
        return all(passed)

    def neighbour(self, space: str, doings: Sequence[Doing]) -> bool:
        """Try one adjoining space, ten minutes for each thing that is done there; say whether all passed."""
        passed = []
        for doing in doings:
            does = "lies still against the shared wall" if doing is Doing.LYING else "walks to and fro"
            words = f"Leave this room empty and close it. In {space}, somebody {does} from now on, for ten minutes."
            again = "" if doing is doings[0] else "First ask for another commissioning: one is too short for both. "
            if not self._ready(again + words):
                return False
            passed.append(self._try(Step.NEIGHBOUR, space=space, doing=doing))
        return all(passed)

    def walk(self, zones: Sequence[Zone]) -> bool:
        """Have the engineer seen in each zone; say whether all passed."""
        passed = []
        for zone in zones:
            if not self._ready(WHERE[zone]):
                return False
            passed.append(self._try(Step.WALK, zone=zone))
        return all(passed)

    def report(self) -> tuple[str, bool]:
        """Return the record of the installation for print, and whether it is whole and the node's own.

        Raises:
            SettingsError: nothing has been tried yet, or the record cannot be read.
        """
        try:
            public_hex = (self._data_dir / "node.pub").read_text("ascii").strip()
            kept = read_installation(self._data_dir / FILE)
        except FileNotFoundError as error:
            raise SettingsError(f"{self._data_dir}: nothing has been tried in this room yet") from error
        return report(kept, public_hex), kept.is_whole and kept.is_signed_by(public_hex)

    def _try(self, step: Step, **what: Any) -> bool:
        """Ask for one step and follow it to its end; Ctrl-C ends it at the node too."""
        try:
            request = Request(request_id=secrets.token_hex(16), step=step, **what)
        except ValidationError as error:
            name = ".".join(str(one) for one in error.errors()[0]["loc"])
            raise SettingsError(f"{name}: {error.errors()[0]['msg']}; a space is called such as 'room 7'") from error
        try:
            answer = self._follow(request)
        except KeyboardInterrupt:
            self._desk.ask(Request(request_id=secrets.token_hex(16), step=Step.STOP))
            raise
        mark = {Standing.PASSED: "PASSED", Standing.NOT_HERE: "not here"}.get(answer.standing, "NOT PASSED")
        self._say(f"  {mark}: {answer.sentence}")
        return answer.standing in (Standing.PASSED, Standing.NOT_HERE)

    def _follow(self, request: Request) -> Progress:
        """Follow a request until it is done.

        Raises:
            SettingsError: no node takes it, or the node has stopped answering.
        """
        self._desk.ask(request)
        asked_s = heard_s = said_s = self._clock.elapsed_s()
        newest: Progress | None = None
        while True:
            self._clock.wait(self._never, LOOK_EVERY_S)
            now_s, answer = self._clock.elapsed_s(), self._desk.answer(request)
            if answer is not None and answer != newest:
                newest, heard_s = answer, now_s
            if newest is not None and newest.standing is not Standing.RUNNING:
                return newest
            if newest is not None and now_s - said_s >= SAY_EVERY_S:
                said_s = now_s
                self._say(f"  {newest.share:4.0%}  {newest.sentence}")
            if newest is None and now_s - asked_s > TAKEN_WITHIN_S:
                self._desk.take_back()
                raise SettingsError(f"{self._data_dir}: no running node answers; start it and look at its log")
            if now_s - heard_s > ANSWERED_WITHIN_S:
                raise SettingsError(f"{self._data_dir}: the node has stopped answering; look at its log")
