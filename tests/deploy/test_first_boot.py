"""A machine's first start: from nothing to a node that is believed, cut anywhere, and on a bare terminal."""

import re
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from broker.clock import HandClock
from broker.vocabulary import Modality
from deploy.errors import DeployError
from deploy.examining.finding import Finding
from deploy.first_boot.kept import FILE, read_kept
from deploy.first_boot.place import Place
from deploy.first_boot.surroundings import Surroundings
from deploy.first_boot.talk import Script, Stopped
from deploy.first_boot.wizard import STEPS, walk
from deploy.provisioning.authority import Place as WardPlace
from deploy.provisioning.authority import WardAuthority
from deploy.provisioning.codes import code_lines, enrolment_link
from deploy.provisioning.papers import Asked, read_paper, write_paper
from edge.gpio import FakeChip
from edge.memory import GateMemory
from edge.settings import load
from tests.kit.first_boot_terminal import Terminal, asking

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ROOM = ["site/willow/node1", "1", "https://console.ward.example"]
PINS = ["17", "27", "5", "-"]
SENSOR = ["1", "1"]
ASKED = (0, 0, 3, 5, 10, 11, 11, 11, 11)
"""How many questions were answered when so many steps are done."""


@dataclass
class World(HandClock):
    """The machine and all that goes on around it while somebody waits.

    Attributes:
        home: folder of this world.
        broker: address of the ward's broker.
        goes_on: what happens at a wait, each once it can.
    """

    home: Path
    broker: str = "192.0.2.10"
    chip: FakeChip = field(default_factory=lambda: FakeChip({17: 27}))
    goes_on: bool = True

    def __post_init__(self) -> None:
        super().__init__(NOW)
        self.stick, self.data = self.home / "stick", self.home / "node"
        self.stick.mkdir(exist_ok=True)
        if not (self.home / "ward").exists():
            WardAuthority.begin(self.home / "ward", WardPlace("site", "willow", self.broker, 1), NOW, "ab" * 32)

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        self.advance(timeout_s)
        if self.goes_on:
            self.sign()
            self.speak()
            self.chip.press(5)
        return event.is_set()

    def sign(self) -> None:
        """Be the ward's machine: answer a request that lies on the stick."""
        paper, answer = self.stick / "node1.request.json", self.stick / "node1.answer.json"
        if paper.exists() and not answer.exists():
            write_paper(answer, WardAuthority(self.home / "ward").answer(read_paper(paper, Asked), NOW))

    def speak(self) -> None:
        """Be the console: send a first lease to a node that has its certificate."""
        if (self.data / "tls").exists():
            GateMemory(self.data / "gate.json").keep_serial(1)

    def place(self, answers: list[str], **changes: object) -> Place:
        told: dict[str, object] = {
            "clock": self,
            "chip": lambda _path: self.chip,
            "devices": lambda _camera: ["/dev/ttyUSB0"],
            "reach": lambda _host, _port: None,
            "start": lambda: None,
            "give": lambda _folder: None,
        }
        world = Surroundings(**(told | changes))  # type: ignore[arg-type]
        return Place(self.data, self.home / "node.toml", False, Script(answers), world)


def all_answers(world: World) -> list[str]:
    return [*ROOM, *SENSOR, *PINS, "yes", str(world.stick), "yes"]


def said(place: Place) -> str:
    assert isinstance(place.talk, Script)
    return "\n".join(place.talk.said)


def test_nine_steps_lead_from_nothing_to_a_node_that_is_believed(tmp_path: Path) -> None:
    world = World(tmp_path)
    place = world.place(all_answers(world))
    assert walk(place).startswith("Done: the node is believed")
    assert all(f"Step {number} of 9: {step.about}" in said(place) for number, step in enumerate(STEPS, 1))
    settings = load(place.config)
    assert (settings.source.port, settings.lamp.line, settings.pause.lines) == ("/dev/ttyUSB0", 17, (5,))
    assert settings.broker.host == "192.0.2.10"
    assert world.chip.levels[17] is False, "the lamp is dark again"


def test_K1_no_secret_is_shown_carried_or_kept_among_the_answers(tmp_path: Path) -> None:
    world = World(tmp_path)
    place = world.place(all_answers(world))
    walk(place)
    told = said(place) + "".join(one.read_text() for one in (*world.stick.iterdir(), world.data / FILE))
    for key in (world.data / "node.key", world.data / "tls" / "node.key"):
        assert key.read_text().strip() not in told


@pytest.mark.parametrize("answered", range(12))
def test_it_is_cut_at_any_question_and_goes_on_there_with_nothing_asked_twice(tmp_path: Path, answered: int) -> None:
    world = World(tmp_path)
    answers = all_answers(world)
    with pytest.raises(Stopped):
        walk(world.place(answers[:answered]))
    done, made = read_kept(world.data).done, (world.data / "node.key").exists()
    key = (world.data / "node.key").read_bytes() if made else b""
    place = world.place(answers[ASKED[len(done)] :])
    assert walk(place).startswith("Done")
    assert (len(done) > 0) == ("Going on where it was left" in said(place))
    assert not made or (world.data / "node.key").read_bytes() == key


def _problem() -> list[Finding]:
    return [Finding("12 MB free", "free at least 500 MB")]


@pytest.mark.parametrize(
    ("answers", "changes", "told", "done"),
    [
        ([], {"machine": _problem}, "marked PROBLEM", 0),
        ([*ROOM, "1"], {"devices": lambda _camera: []}, "no sensor is plugged in", 2),
        ([*ROOM, *SENSOR, *PINS, "no"], {}, "a lamp that is not seen", 3),
        ([*ROOM, *SENSOR, *PINS, "yes", "/no/such/stick"], {}, "put the stick in", 4),
        (
            [*ROOM, *SENSOR, *PINS, "yes", "STICK"],
            {"reach": lambda *_: "timed out"},
            "192.0.2.10:1 does not answer",
            6,
        ),
        (
            [*ROOM, *SENSOR, *PINS, "yes", "STICK"],
            {"start": lambda: "no systemd"},
            "could not be started: no systemd",
            7,
        ),
        ([*ROOM, *SENSOR, *PINS, "yes", "STICK", "no"], {}, "before a second person confirms", 8),
    ],
)
def test_a_step_that_cannot_be_taken_says_what_to_do_and_those_before_it_stay_done(
    tmp_path: Path, answers: list[str], changes: dict[str, object], told: str, done: int
) -> None:
    world = World(tmp_path)
    place = world.place([str(world.stick) if one == "STICK" else one for one in answers], **changes)
    with pytest.raises(DeployError, match=re.escape(told)):
        walk(place)
    assert len(read_kept(world.data).done) == done


@pytest.mark.parametrize(
    ("answers", "told", "waited_s"),
    [
        ([*ROOM, *SENSOR, *PINS, "yes"], "no press came", 60),
        ([*ROOM, *SENSOR, *PINS, "yes", "STICK"], "answer.json did not come", 3600),
    ],
)
def test_what_does_not_come_is_waited_for_aloud_and_not_for_ever(
    tmp_path: Path, answers: list[str], told: str, waited_s: float
) -> None:
    world = World(tmp_path, goes_on=waited_s > 60)
    world.sign = lambda: None  # type: ignore[method-assign]
    place = world.place([str(world.stick) if one == "STICK" else one for one in answers])
    with pytest.raises(DeployError, match=told):
        walk(place)
    assert "Ctrl-C stops, and nothing is lost" in said(place)


def test_K3_a_lamp_that_does_not_do_as_it_is_told_ends_the_step(tmp_path: Path) -> None:
    world = World(tmp_path, chip=FakeChip({17: 27}, stuck={27}))
    with pytest.raises(DeployError, match="lamp"):
        walk(world.place(all_answers(world)))


def test_an_answer_for_another_ward_is_not_taken_and_the_right_one_is_still_waited_for(tmp_path: Path) -> None:
    world = World(tmp_path)
    (tmp_path / "other").mkdir()
    other = World(tmp_path / "other")
    walk(other.place(all_answers(other)))
    (world.stick / "node1.answer.json").write_bytes((other.stick / "node1.answer.json").read_bytes())
    with pytest.raises(Exception, match="newest request"):
        walk(world.place(all_answers(world)))
    (world.stick / "node1.answer.json").unlink()
    assert walk(world.place(["yes"])).startswith("Done")


def test_words_that_do_not_fit_are_asked_again(tmp_path: Path) -> None:
    world = World(tmp_path)
    room = ["Room 3", "site/willow/node1", "9", "1", "the console", "https://console.ward.example"]
    pins = ["lamp", "17", "17", "5", "-", *PINS]
    place = world.place([*room, *SENSOR, *pins, "maybe", "yes", str(world.stick), "yes"])
    assert walk(place).startswith("Done")
    told = ("not of that form", "type a number from 1 to", "is not a pin", "do not fit", "Please type yes or no")
    assert [word for word in told if word not in said(place)] == []


def test_H5_the_code_fits_a_terminal_of_24_lines_and_a_camera_reads_it() -> None:
    import cv2
    import numpy as np

    link = enrolment_link("https://console.ward.example", "node3", Modality.RADAR, "ab" * 32)
    lines = code_lines(link)
    assert (len(lines) <= 24, max(map(len, lines)) <= 80) == (True, True)
    halves = {" ": (0, 0), "▀": (1, 0), "▄": (0, 1), "█": (1, 1)}
    rows = [[halves[one][half] for one in re.sub(r"\x1b\[[0-9;]*m", "", line)] for line in lines for half in (0, 1)]
    picture = np.kron(np.array(rows, np.uint8) * 255, np.ones((8, 8), np.uint8))
    read, _, _ = cv2.QRCodeDetector().detectAndDecode(np.pad(picture, 32, constant_values=255))
    assert read == link


@pytest.mark.timeout(600)
def test_on_a_bare_terminal_it_is_stopped_by_ctrl_c_and_goes_on(tmp_path: Path) -> None:
    world = World(tmp_path, broker="127.0.0.1")
    first = Terminal(tmp_path)
    asking(first, [("Room code", "site/willow/node1\r"), ("kind of sensor", "1\r"),
                   ("Address of the ward's console", "https://console.ward.example\r"),
                   ("Folder for the request", "\x03")])  # fmt: skip
    first.until("Run hushward first-boot again")
    assert first.end() == 3
    second = Terminal(tmp_path)
    second.until("Going on where it was left: 4 of 9")
    asking(second, [("Folder for the request", f"{world.stick}\r")])
    second.until("Waiting for")
    world.sign()
    # Nobody answers at the ward's broker in a test: it is one sentence, and what was done stays done.
    second.until("does not answer")
    assert second.end() == 1
    shown = first.shown + second.shown
    # A path in this test's own folder is one long word.
    assert [line for line in shown.splitlines() if len(line) > 80 and str(tmp_path) not in line] == []
    assert "\x1b" not in shown
    assert load(tmp_path / "node.toml").node_id == "node1"
