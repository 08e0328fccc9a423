import signal
import subprocess
import sys
from datetime import timedelta

import pytest

from broker.clock import HandClock
from broker.codec import decode
from broker.link import MemoryBroker
from broker.topics import Leaf, parse, upward_filters
from broker.vocabulary import LeaseState
from console.consenting.stop_journal import JOURNAL, StopJournal
from console.errors import StoreDamaged, StoreError
from console.rules.consenting.consent import ConsentState
from tests.kit.boxed_ward import MORNING, SITE, WARD, boxed_ward, open_ward

NO = {"room": "room1", "kind": "relayed_no", "via": "card", "device": "anyone"}

STOP_ON_A_FULL_DISK = """
import os, resource, signal, sys
from pathlib import Path
from tests.kit.boxed_ward import boxed_ward
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
with boxed_ward(folder) as box:
    limit = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    token = box.stop("room1")
    for node in box.nodes.values():
        node.live()
    box.ward.intake.step()
    print(box.ward.access.stop_status("room1", token).words, flush=True)
    assert box.nodes["room1"].lease.state == "closed"
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed_after_a_no(folder, limit):
    """Stop in a console whose files cannot grow beyond a limit, and kill it once the node has confirmed."""
    command = [sys.executable, "-c", STOP_ON_A_FULL_DISK, str(folder), str(limit)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.stdout


def test_C5_F36_a_no_that_was_confirmed_on_a_full_disk_outlives_the_console(tmp_path):
    said = killed_after_a_no(tmp_path, limit=32 * 1024)
    assert "confirmed" in said and "could not be written down" not in said
    assert StopJournal(tmp_path / JOURNAL).held() == (NO,)

    broker = MemoryBroker()
    link = broker.link(upward_filters(SITE, WARD))
    ward = open_ward(tmp_path, HandClock(MORNING + timedelta(minutes=5)), link)
    link.start(ward.intake.receive, lambda _up: None)
    try:
        assert not ward.leases.verdict(ward.roll.sheet().nodes["node1"]).is_open, "before anything else is done"
        ward.step()
        assert ward.roll.standing("room1").state is ConsentState.WITHDRAWN
        leases = [decode(topic, payload) for told, payload in broker.log if (topic := parse(told)).leaf is Leaf.LEASE]
        assert {one.state for one in leases} <= {LeaseState.CLOSED}
    finally:
        ward.stop()
    assert StopJournal(tmp_path / JOURNAL).held() == ()


def test_C5_F36_the_page_says_so_when_the_no_could_not_be_kept_at_all(tmp_path):
    assert "could not be written down yet" in killed_after_a_no(tmp_path, limit=0)


def test_C5_what_is_kept_beside_the_database_is_entered_when_there_is_room(tmp_path):
    with boxed_ward(tmp_path) as box:
        box.disk.is_full = True
        token = box.stop("room1")
        assert box.ward.access.stop_status("room1", token).is_kept
        box.disk.is_full = False
        box.pass_time(1)
        assert box.ward.roll.standing("room1").state is ConsentState.WITHDRAWN
    assert StopJournal(tmp_path / JOURNAL).held() == ()


def test_a_stop_pressed_again_and_again_on_a_full_disk_takes_one_line(tmp_path):
    with boxed_ward(tmp_path) as box:
        box.disk.is_full = True
        for number in range(200):
            box.stop("room1", device=f"{number:032x}")
        assert StopJournal(tmp_path / JOURNAL).held() == (NO,)


def test_the_journal_never_grows_and_forgets_what_is_dropped(tmp_path):
    journal = StopJournal(tmp_path / JOURNAL)
    size = (tmp_path / JOURNAL).stat().st_size
    words = [NO | {"room": f"room{number}"} for number in range(64)]
    assert all(journal.keep(one) for one in words) and journal.keep(words[0])
    assert not journal.keep(NO | {"room": "one-more"}), "no slot is left, and it says so"
    journal.drop(words[3])

    assert (tmp_path / JOURNAL).stat().st_size == size
    assert StopJournal(tmp_path / JOURNAL).held() == (*words[:3], *words[4:])


@pytest.mark.parametrize("line", [b"{half a li", b"\xff\xfe", b"[1]", b"null"])
def test_a_line_that_was_cut_off_by_a_power_cut_is_passed_over(tmp_path, line):
    journal = StopJournal(tmp_path / JOURNAL)
    journal.keep(NO)
    with (tmp_path / JOURNAL).open("r+b") as file:
        file.seek(512)
        file.write(line)

    assert StopJournal(tmp_path / JOURNAL).held() == (NO,)


def test_a_journal_without_a_place_keeps_nothing_and_says_so(tmp_path):
    assert not StopJournal(tmp_path / "nowhere" / JOURNAL).keep(NO)
    assert not StopJournal(None).keep(NO)


@pytest.mark.parametrize("error", [StoreDamaged("damaged"), StoreError("refused")])
def test_C5_F36_however_the_database_fails_a_no_closes_the_sensor_and_is_entered_later(tmp_path, error):
    with boxed_ward(tmp_path) as box:
        box.disk.is_full, box.disk.error = True, error
        box.stop("room1")
        assert box.nodes["room1"].lease.state is LeaseState.CLOSED
        box.disk.is_full = False
        box.ward.step()
        assert box.ward.roll.standing("room1").state is ConsentState.WITHDRAWN
