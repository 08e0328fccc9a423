"""A blank folder becomes a live tile: real keys, a real mosquitto with mutual TLS, a real node, a real console."""

import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from broker.clock import SharedClock, SystemClock
from broker.paho_link import Address, PahoLink
from broker.topics import downward_filters, upward_filters
from broker.vocabulary import Lamp, Modality
from console.running.opening import open_ward
from console.running.seed import example_grant
from console.ward import Ward
from deploy.plan import free_port
from deploy.provisioning import node_side
from deploy.provisioning.authority import Place, WardAuthority
from deploy.provisioning.command import main as provision
from tests.kit.boxed_ward import ADMIN, ENGINEER, MORNING, NURSE, QUICK, SITE, WARD, settings_of, train
from tests.kit.first_boot_terminal import Terminal, asking
from tests.kit.processes import Heard, Process, answers, eventually, processes
from tests.kit.ready_schema import put_ready_schema

pytestmark = [pytest.mark.mosquitto, pytest.mark.slow]
REAL = SystemClock()


@dataclass
class Site:
    """The ward's machine: its authority, and the broker that runs from the authority's files."""

    folder: Path
    port: int
    broker: Process

    @property
    def authority(self) -> WardAuthority:
        return WardAuthority(self.folder)

    def restart_broker(self) -> None:
        self.broker.end()
        self.broker.start()
        eventually(lambda: answers(self.port), what=f"the broker ({self.broker.output})")

    def link(self, name: str, tls: Path, filters: tuple[str, ...]) -> PahoLink:
        files = {"ca_file": tls / "ca.pem", "certificate_file": tls / f"{name}.pem", "key_file": tls / f"{name}.key"}
        return PahoLink(Address(port=self.port, **files), name, filters)

    def enrol(self, node: Path, name: str = "node1", now: datetime | None = None) -> None:
        asked = node_side.ask(node, SITE, WARD, name, Modality.RADAR)
        node_side.take(node, self.authority.answer(asked, now or REAL.utc_now()))

    def node_link(self, node: Path, name: str = "node1") -> PahoLink:
        tls = node / "tls"
        files = {"ca_file": tls / "ca.pem", "certificate_file": tls / "node.pem", "key_file": tls / "node.key"}
        return PahoLink(Address(port=self.port, **files), name, downward_filters(SITE, WARD, name))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    port, folder = free_port(), tmp_path / "authority"
    # A real account of its own could not read a test's folder.
    place = Place(SITE, WARD, "127.0.0.1", port, "127.0.0.1", "root" if Path("/root").owner() == "root" else "")
    WardAuthority.begin(folder, place, REAL.utc_now())
    command = [
        sys.executable,
        "-m",
        "broker",
        "serve",
        str(folder / "broker" / "mosquitto.conf"),
        "--kind",
        "mosquitto",
    ]
    made = Site(folder, port, Process(command, tmp_path / "broker.log"))
    made.broker.start()
    eventually(lambda: answers(port), what=f"the broker ({made.broker.output})")
    yield made
    made.broker.kill()


@contextmanager
def console(site: Site, folder: Path, clock: SharedClock) -> Iterator[Ward]:
    folder.mkdir()
    put_ready_schema(folder / "console.db")
    link = site.link("console", site.folder, upward_filters(SITE, WARD))
    ward = open_ward(settings_of(folder), clock, link, passwords=QUICK)
    ward.start(lambda _name: None)
    try:
        yield ward
    finally:
        ward.stop()


def somebody_who_said_yes(ward: Ward) -> None:
    assert ward.desk.create_ward(ADMIN, "Willow")
    train(ward)
    assert ward.desk.add_room(ADMIN, "room1", "Room 1")
    assert ward.desk.admit(ADMIN, "Person 1", "P1", "room1")
    stay_id = ward.roll.sheet().people["room1"].stay.stay_id
    assert ward.care.note_adjustments(NURSE, stay_id, ["none"], met=True)
    assert ward.consents.offer(NURSE, stay_id, they_asked=True)
    assert ward.consents.explain(NURSE, stay_id, in_their_own_form=True)
    assert ward.consents.give(NURSE, stay_id, replace(example_grant(ward.clock.utc_now())))


LIVE = ("still", "moving", "out_of_bed", "living")


def tile(ward: Ward) -> str:
    return str(ward.board.view().tiles[0].kind)


def carry(paper: Path, to: Path) -> None:
    """Put a paper there as a whole: somebody waits for it."""
    whole = shutil.copy(paper, to / "on-its-way")
    Path(whole).rename(to / paper.name)


@pytest.mark.timeout(600)
def test_H5_a_blank_folder_becomes_a_live_tile_through_the_first_start(site: Site, tmp_path: Path) -> None:
    clock = SharedClock.start(tmp_path / "clock.json", MORNING, 1.0)
    stick, node, config = tmp_path / "stick", tmp_path / "node", tmp_path / "node.toml"
    stick.mkdir()
    with console(site, tmp_path / "console", clock) as ward, processes(tmp_path) as start:
        somebody_who_said_yes(ward)
        site.authority.tell_console_key((tmp_path / "console" / "keys" / "lease.pub").read_text().strip())
        began_s = REAL.elapsed_s()
        wizard = Terminal(tmp_path)
        asking(wizard, [("Room code", f"{SITE}/{WARD}/node1\r"), ("kind of sensor", "1\r"),
                        ("Address of the ward's console", "https://console.ward.example\r"),
                        ("Folder for the request", f"{stick}\r")])  # fmt: skip
        wizard.until("Waiting for")
        carry(stick / "node1.request.json", site.folder)
        assert provision(["sign", str(site.folder), str(site.folder / "node1.request.json")]) == 0
        site.restart_broker()
        carry(site.folder / "node1.answer.json", stick)
        wizard.until("Start the node now")
        # A simulated sleeper in the place of a sensor, and the ward's clock: all else is as on a real node.
        config.write_text(f'clock_file = "{tmp_path / "clock.json"}"\n{config.read_text()}')
        start("node", "-m", "edge", "--config", str(config))
        wizard.until("The node's key, by hand")
        key = re.search(r"public_key=([0-9a-f]{64})", wizard.shown)
        assert key is not None, wizard.shown
        assert ward.desk.add_node(ADMIN, "node1", "room1", Modality.RADAR, key[1])
        wizard.until("its lamp flashes")
        eventually(lambda: (node / "lamp").read_text() == f"{Lamp.IDENTIFY}\n", 20, "a lamp that flashes")
        assert not ward.desk.confirm_node(ADMIN, "node1"), "whoever added it is not the second person"
        assert ward.desk.confirm_node(ENGINEER, "node1")
        wizard.type("yes\r")
        wizard.until("tile on the night board is live")
        assert wizard.end() == 0
        eventually(lambda: tile(ward) in LIVE, 60, f"a live tile: {tile(ward)}")
        print(f"from a blank folder to a live tile: {REAL.elapsed_s() - began_s:.1f} s")


def test_T20_a_node_that_was_taken_back_is_cut_off_and_the_others_come_back(site: Site, tmp_path: Path) -> None:
    for name in ("node1", "node2"):
        site.enrol(tmp_path / name, name)
    site.restart_broker()
    stolen, other = Heard(), Heard()
    links = [site.node_link(tmp_path / "node1", "node1"), site.node_link(tmp_path / "node2", "node2")]
    links[0].start(stolen.receive, stolen.changed)
    links[1].start(other.receive, other.changed)
    eventually(lambda: all(link.is_up for link in links), what="both links")
    site.authority.take_back("node1", "lost", REAL.utc_now())
    site.restart_broker()
    eventually(lambda: other.changes == [True, False, True], 20, "the other node's return")
    eventually(
        lambda: "certificate revoked" in site.broker.output or "certificate verify failed" in site.broker.output,
        20,
        "the refusal",
    )
    assert stolen.changes == [True, False]
    for link in links:
        link.stop()


def test_F31_a_certificate_that_has_ended_opens_no_new_session(site: Site, tmp_path: Path) -> None:
    site.enrol(tmp_path / "old", "node1", REAL.utc_now() - timedelta(days=398))
    site.enrol(tmp_path / "new", "node2")
    site.restart_broker()
    ended, fresh = site.node_link(tmp_path / "old", "node1"), site.node_link(tmp_path / "new", "node2")
    heard = Heard()
    ended.start(heard.receive, heard.changed)
    fresh.start(lambda _delivery: None, lambda _up: None)
    eventually(lambda: fresh.is_up, what="the node in date")
    eventually(lambda: "certificate verify failed" in site.broker.output, 20, f"the refusal ({site.broker.output})")
    assert heard.changes == []
    ended.stop()
    fresh.stop()


def test_a_renewed_node_is_taken_and_its_old_certificate_can_be_ended(site: Site, tmp_path: Path) -> None:
    node = tmp_path / "node"
    site.enrol(node)
    old = tmp_path / "old"
    (node / "tls").resolve().rename(tmp_path / "kept")
    (old).mkdir()
    (tmp_path / "kept").rename(old / "tls")
    asked = node_side.ask(node, SITE, WARD, "node1", Modality.RADAR)
    node_side.take(node, site.authority.answer(asked, REAL.utc_now(), is_renewal=True))
    site.authority.take_back("node1", "replaced", REAL.utc_now(), all_but_newest=True)
    site.restart_broker()
    renewed, heard = site.node_link(node), Heard()
    renewed.start(lambda _delivery: None, lambda _up: None)
    eventually(lambda: renewed.is_up, what="the renewed node")
    renewed.stop()
    before = site.node_link(old)
    before.start(heard.receive, heard.changed)
    eventually(lambda: "certificate verify failed" in site.broker.output, 20, "the refusal")
    assert heard.changes == []
    before.stop()
