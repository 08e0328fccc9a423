"""The same walk with real parts: a real mosquitto, real processes, a real headless Chromium that presses and reads."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from deploy.plan import free_port
from tests.kit.processes import Process, eventually, processes
from tests.kit.recordings import recording
from tests.kit.visitor import Visitor

pytestmark = [pytest.mark.mosquitto, pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
HUSHWARD = "from deploy.cli import main; raise SystemExit(main())"
SEATED = "radar/acconeer/breathing-sitting.h5"


class RunningWard:
    """A ward of real processes and the browsers before it."""

    def __init__(self, chromium: Any, address: str, data: Path, up: Process) -> None:
        self.chromium, self.address, self.data, self.up = chromium, address, data, up

    def screen(self, role: str, room: str = "") -> Any:
        """Return a page of a browser of its own, signed in."""
        accounts = json.loads((self.data / "demo-accounts.json").read_text("utf-8"))
        account = next(one for one in accounts if one["role"] == role and (not room or one["room"] == room))
        page = self.chromium.new_context().new_page()
        page.set_default_timeout(30_000)
        page.goto(f"{self.address}/sign-in")
        page.fill("#username", account["username"])
        page.fill("#password", account["password"])
        page.click("form[action='/sign-in'] button")
        if role == "patient":
            # Asked once, before anything else: how they want to read.
            page.wait_for_url("**/reading")
            page.click("form[action='/reading'] button[type='submit']")
            page.wait_for_url("**/me")
        return page


@contextmanager
def running_ward(chromium: Any, folder: Path, *options: str) -> Iterator[RunningWard]:
    """Run a ward of three rooms on a real mosquitto until the test is done."""
    data, port = folder / "ward", free_port()
    with processes(folder) as start:
        up = start("up", "-c", HUSHWARD, "up", "--demo", "--no-browser", "--mosquitto", "--rooms", "3",
                   "--data", str(data), "--port", str(port), *options)  # fmt: skip
        eventually(lambda: "the ward is ready" in up.output, 90, f"the ward ({up.output})")
        yield RunningWard(chromium, f"http://127.0.0.1:{port}", data, up)
        assert up.end(30) == 0, up.output


@pytest.fixture
def ward(chromium: Any, tmp_path: Path) -> Iterator[RunningWard]:
    with running_ward(chromium, tmp_path) as made:
        yield made


def test_C5_a_frame_reaches_the_nurses_screen_and_a_patients_no_reaches_the_sensor(ward: RunningWard) -> None:
    board = ward.screen("nurse")
    board.wait_for_selector("#tile-room1.tile--still, #tile-room1.tile--moving, #tile-room1.tile--out_of_bed")
    assert "simulated" in board.inner_text("#tile-room1")
    mine = ward.screen("patient", "room1")
    assert "The sensor is on" in mine.inner_text("main")
    mine.click(".stop")
    mine.wait_for_selector(".state--confirmed")
    assert re.search(r"Stopped, confirmed at \d\d:\d\d:\d\d", mine.inner_text("main"))
    board.wait_for_selector("#tile-room1.tile--sensor_off", timeout=5000)
    assert "refused" not in board.inner_text("#tile-room1").lower()
    assert "Checked in person" in board.inner_text("#tile-room1")
    log = (ward.data / "nodes" / "node1" / "lamp").read_text()
    assert log.strip() == "off"


def test_S1_the_patient_reads_who_looked_with_role_and_reason(ward: RunningWard) -> None:
    nurse = ward.screen("nurse")
    nurse.wait_for_selector("#tile-room1")
    nurse.goto(f"{ward.address}/board/rooms/room1")
    nurse.click("button[value='direct_care']")
    mine = ward.screen("patient", "room1")
    told = mine.inner_text("main")
    assert "Nurse" in told
    assert "caring" in told.lower() or "care" in told.lower()


def test_a_real_recording_is_played_in_a_rooms_place_and_its_end_is_said(chromium: Any, tmp_path: Path) -> None:
    with running_ward(chromium, tmp_path, "--replay", f"room2={recording(SEATED)}") as ward:
        board = ward.screen("nurse")
        board.wait_for_selector("#tile-room2.tile--still")
        assert "recording" in board.inner_text("#tile-room2")
        eventually(lambda: _breaths(ward) in (17, 18, 19), 60, "a breathing rate of about 18")
        board.wait_for_selector("#tile-room2.tile--cannot_tell", timeout=60_000)
        assert "The recording has ended" in board.inner_text("#tile-room2")


def _breaths(ward: RunningWard) -> int | None:
    """Return the rate that a nurse reads for room 2 when she looks; None while there is none."""
    accounts = json.loads((ward.data / "demo-accounts.json").read_text("utf-8"))
    account = next(one for one in accounts if one["role"] == "nurse_in_charge")
    nurse = Visitor(ward.address)
    nurse.sign_in(account["username"], account["password"])
    path = "/board/rooms/room2"
    told = re.search(
        r"about (\d+) breaths", nurse.press(nurse.page(path), f"{path}/look", {"access_reason": "direct_care"})
    )
    return int(told[1]) if told else None
