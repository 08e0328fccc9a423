"""`hushward doctor`: each check, with the fault put in."""

import json
import os
import socket
import threading
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from broker.clock import HandClock, SystemClock
from broker.errors import CertificateFault
from broker.vocabulary import Modality
from console.running.settings import ConsoleSettings
from deploy import doctor
from deploy.examining import broker_road, clocks, console, node_files, processes, storage, units
from deploy.examining.finding import Finding, as_json, as_lines, examine, exit_code
from deploy.examining.power import power
from deploy.examining.sensor import sensor
from deploy.provisioning import node_side
from deploy.provisioning.authority import WardAuthority
from edge.memory import GateMemory
from edge.settings import NodeSettings, load
from tests.kit.contract import NIGHT
from tests.kit.findings import only, problems

REAL = SystemClock()


def settings(folder: Path, **told: Any) -> NodeSettings:
    folder.mkdir(mode=0o700, exist_ok=True)
    who = {"site": "site", "ward": "willow", "node_id": "node1", "data_dir": folder, "console_key": "ab" * 32}
    return NodeSettings.model_validate(who | told)


def disk(**told: int) -> Any:
    room = {"f_bavail": 10_000_000, "f_frsize": 4096, "f_files": 0, "f_favail": 0, "f_flag": 0}
    return lambda _place: SimpleNamespace(**(room | told))


# -- the machine


def test_a_clock_of_1970_is_a_problem_with_a_remedy(tmp_path: Path) -> None:
    clock = HandClock(NIGHT)
    clock.jump(NIGHT.replace(year=1970))
    found = problems(clocks.time_of_day(clock, tmp_path))
    assert found[0].is_needed
    assert "timedatectl" in str(found[0].remedy)


def test_who_sets_the_clock_is_named_and_a_machine_that_forgets_the_time_is_noted(tmp_path: Path) -> None:
    found = problems(clocks.time_of_day(HandClock(NIGHT), tmp_path))
    assert [one.is_needed for one in found] == [False, False]
    assert "after a power cut" in str(found[1].remedy)
    (tmp_path / "run" / "chrony").mkdir(parents=True)
    (tmp_path / "run" / "chrony" / "chronyd.pid").touch()
    assert "chrony sets the clock" in [one.what for one in clocks.time_of_day(HandClock(NIGHT), tmp_path)]


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"f_bavail": 10}, "MB free"),
        ({"f_files": 9_000, "f_favail": 3}, "only 3 more files"),
        ({"f_flag": os.ST_RDONLY}, "read-only"),
    ],
)
def test_a_disk_that_is_full_out_of_files_or_read_only_is_a_problem(
    tmp_path: Path, told: dict[str, int], word: str
) -> None:
    assert problems(storage.room(tmp_path, disk())) == []
    assert word in only(problems(storage.room(tmp_path, disk(**told)))).what


def test_a_folder_that_is_not_there_yet_is_looked_at_by_its_parent(tmp_path: Path) -> None:
    assert "MB free" in next(iter(storage.room(tmp_path / "a" / "b"))).what


def test_a_worn_memory_and_a_file_system_with_errors_are_named(tmp_path: Path) -> None:
    card = tmp_path / "mmcblk0" / "device"
    card.mkdir(parents=True)
    assert "does not say" in only(storage.wear(tmp_path)).what
    (card / "pre_eol_info").write_text("0x01\n")
    (card / "life_time").write_text("0x02 0x0a\n")
    assert only(storage.wear(tmp_path)).mark == "note"
    (card / "pre_eol_info").write_text("0x03\n")
    assert only(storage.wear(tmp_path)).mark == "PROBLEM"
    (tmp_path / "sda1").mkdir()
    (tmp_path / "sda1" / "errors_count").write_text("4\n")
    assert "4 error(s)" in only(problems(storage.errors(tmp_path))).what


@pytest.mark.parametrize(("bits", "marks"), [("0", ["ok"]), ("50005", ["PROBLEM", "PROBLEM"]), ("20000", ["note"])])
def test_a_raspberry_pi_with_weak_power_or_heat_is_named_now_and_since_its_start(
    tmp_path: Path, bits: str, marks: list[str]
) -> None:
    (tmp_path / "get_throttled").write_text(f"{bits}\n")
    assert [one.mark for one in power(tmp_path / "get_throttled")] == marks
    assert list(power(tmp_path / "none")) == []


def test_a_service_that_failed_or_starts_again_and_again_or_not_at_all_is_named(tmp_path: Path) -> None:
    (tmp_path / "hushward-node.service").touch()
    well = "ActiveState=active\nUnitFileState=enabled\nNRestarts=0\nNeedDaemonReload=no\n"
    ill = "ActiveState=failed\nUnitFileState=disabled\nNRestarts=7\nResult=watchdog\nNeedDaemonReload=yes\n"
    assert problems(units.units(tmp_path, lambda _unit: well, tmp_path)) == []
    told = [one.what for one in problems(units.units(tmp_path, lambda _unit: ill, tmp_path))]
    assert [len(told), "failed (watchdog)" in told[0], "7 times" in told[2]] == [4, True, True]
    assert "systemd does not run" in only(units.units(tmp_path, lambda _unit: well, tmp_path / "none")).what


# -- what runs


def kernel(folder: Path, *, core: str = "0", swapped_kb: int = 0, account: int = 990) -> Path:
    """Write what the kernel would show of a node's process 7, whose device it holds open."""
    own = folder / "7"
    (own / "fd").mkdir(parents=True)
    (own / "status").write_text(f"Name:\tpython\nUid:\t{account}\t{account}\nVmSwap:\t{swapped_kb} kB\n")
    (own / "cmdline").write_bytes(b"/opt/python\0-m\0edge.sensing\0")
    (own / "limits").write_text(f"Limit Soft Hard Units\nMax core file size        {core}        {core}      bytes\n")
    (own / "io").write_text("rchar: 1000\n")
    (folder / "net").mkdir()
    (folder / "net" / "tcp").write_text("sl local rem st\n")
    return folder


def test_K2_a_process_that_may_dump_or_was_swapped_out_is_named(tmp_path: Path) -> None:
    assert list(processes.secrecy(processes.running(990, kernel(tmp_path / "well")))) == []
    ill = processes.running(990, kernel(tmp_path / "ill", core="unlimited", swapped_kb=12))
    told = [one.what for one in processes.secrecy(ill)]
    assert [len(told), "core dump" in told[0], "12 kB" in told[1]] == [2, True, True]
    assert processes.running(1000, tmp_path / "ill") == []


def test_K1_a_node_that_listens_is_a_problem_and_another_service_a_note(tmp_path: Path) -> None:
    proc = kernel(tmp_path)
    assert only(processes.sockets(990, proc)).what == "nothing listens on this machine"
    row = "0: 00000000:{port} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 {account} 0 1\n"
    home = "1: 0100007F:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 1\n"
    rows = row.format(port="1F90", account=990) + row.format(port="0016", account=0) + home
    (proc / "net" / "tcp").write_text(f"sl local rem st\n{rows}")
    found = list(processes.sockets(990, proc))
    assert [(one.mark, one.what.split(": ")[1]) for one in found] == [
        ("PROBLEM", "tcp port 8080 on 0.0.0.0"),
        ("note", "tcp port 22 on 0.0.0.0 (root)"),
    ]


class Delivering(HandClock):
    """A clock on which, while somebody waits, bytes come from the sensor."""

    def __init__(self, io: Path, came: int) -> None:
        super().__init__(NIGHT)
        self._io, self._came = io, came

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        self._io.write_text(f"rchar: {1000 + self._came}\n")
        return False


def test_a_sensor_that_is_gone_closed_silent_or_delivering_is_told_apart(tmp_path: Path) -> None:
    proc = kernel(tmp_path / "proc")
    node = settings(tmp_path / "node", source={"kind": "a121", "port": "/dev/null"})
    gone = settings(tmp_path / "node", source={"kind": "a121", "port": "/dev/ttyNONE"})
    clock = HandClock(NIGHT)
    assert "no device" in only(sensor(gone, [], clock)).what
    assert "closed, for no lease" in only(sensor(node, [], clock)).what
    GateMemory(tmp_path / "node" / "gate.json").keep_open_under("ab" * 16)
    own = processes.running(990, proc)
    assert only(sensor(node, own, clock)).mark == "PROBLEM"
    (proc / "7" / "fd" / "3").symlink_to("/dev/null")
    assert "nothing comes" in only(sensor(node, own, Delivering(proc / "7" / "io", 0))).what
    assert "delivers (512 bytes" in only(sensor(node, own, Delivering(proc / "7" / "io", 512))).what


def test_a_model_that_is_not_the_one_on_its_card_is_a_problem(tmp_path: Path) -> None:
    assert [one.mark for one in node_files.models()] == ["ok"] * 4
    for one in ("vitals-v1.toml", "vitals-v1.onnx"):
        (tmp_path / one).write_bytes((Path(node_files.card_paths()[0]).parent / one).read_bytes())
    with (tmp_path / "vitals-v1.onnx").open("ab") as file:
        file.write(b"x")
    assert only(problems(node_files.models(tmp_path))).is_needed
    assert "no model" in only(node_files.models(tmp_path / "none")).what


# -- what a node keeps


def test_keys_that_others_may_read_or_that_are_missing_are_problems(tmp_path: Path) -> None:
    config, node = tmp_path / "node.toml", settings(tmp_path / "node")
    config.write_text("")
    config.chmod(0o666)
    (tmp_path / "node" / "node.key").touch(mode=0o644)
    told = [one.what for one in problems(node_files.rights(node, config))]
    assert [len(told), "mode 0644" in told[0], "is missing" in told[1], "others may change" in told[2]] == [3] + [
        True
    ] * 3


def test_an_outbox_that_fills_up_or_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    import sqlite3

    from broker.outbox import Outbox

    node = settings(tmp_path / "node", outbox_capacity=1000)
    assert "has not run yet" in only(node_files.outbox(node)).what
    file = tmp_path / "node" / "outbox.db"
    Outbox.open(file, lambda record: record).close()
    assert only(node_files.outbox(node)).mark == "ok"
    for waiting, mark in ((200, "note"), (900, "PROBLEM")):
        with sqlite3.connect(file) as db:
            db.executemany("INSERT OR IGNORE INTO waiting VALUES (?, 0, ?, x'00')", [(n, n) for n in range(1, waiting)])
        assert only(node_files.outbox(node)).mark == mark
    db.close()
    file.write_bytes(b"not a database" * 100)
    for rest in tmp_path.glob("node/outbox.db-*"):
        rest.unlink()
    assert "cannot be read" in only(node_files.outbox(node)).what


def test_what_the_gate_remembers_is_said_and_a_memory_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    node, clock = settings(tmp_path / "node"), HandClock(NIGHT)
    assert "never had a word" in only(node_files.lease(node, clock)).what
    memory = GateMemory(tmp_path / "node" / "gate.json")
    memory.keep_serial(12)
    memory.keep_pause(NIGHT + timedelta(minutes=5))
    told = [one.what for one in node_files.lease(node, clock)]
    assert ["closed; the newest word from the console is number 12" in told[0], "paused it" in told[1]] == [True, True]
    (tmp_path / "node" / "witness.json").write_text('{"tree_size": 0, "in_conflict": true}')
    assert "not the one that this node saw" in only(problems(node_files.lease(node, clock))).what
    (tmp_path / "node" / "gate.json").write_text("{")
    assert only(node_files.lease(node, clock)).is_needed


# -- the console, and the whole


def test_a_console_that_is_away_or_not_ready_is_a_problem(tmp_path: Path) -> None:
    told = ConsoleSettings.model_validate({"site": "site", "ward": "willow", "data_dir": tmp_path, "port": 1})
    assert "does not answer" in only(console.answers(told)).what
    assert "not ready (503)" in only(console.answers(told, lambda *_: 503)).what
    assert only(console.answers(told, lambda *_: 200)).mark == "ok"
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "lease.key").touch(mode=0o644)
    assert "others may read" in only(console.files(told, REAL)).what


@pytest.mark.parametrize("address", ["", "broker", "broker:", ":1883", "127.0.0.1:99999", "127.0.0.1:-1", "a:٣"])
def test_an_address_that_is_none_is_told_its_form(address: str) -> None:
    assert "HOST:PORT" in only(doctor.broker(address)).what


def test_a_taken_port_is_named() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        found = problems(doctor.port(holder.getsockname()[1], "console"))
    assert str(found[0].what).endswith("is taken")


def test_a_broker_that_does_not_answer_is_a_problem() -> None:
    assert problems(doctor.broker("127.0.0.1:1"))[0].is_needed
    assert problems(doctor.broker("nonsense"))[0].is_needed


@pytest.mark.parametrize(
    ("error", "told", "marks"),
    [
        (OSError("no such thing"), "no such thing", "note"),
        (KeyError("what nobody thought of"), "what nobody thought of", "PROBLEM"),
        (PermissionError(13, "Permission denied", "/secret"), "/secret", "note"),
        (CertificateFault("node.pem: cannot be read as a certificate; make one"), "make one", "PROBLEM"),
    ],
)
def test_a_check_that_fails_is_a_finding_and_not_an_end(error: Exception, told: str, marks: str) -> None:
    def broken() -> list[Finding]:
        raise error

    found = examine({"broken": broken, "next": lambda: (Finding("well"),)})
    assert [one.mark for _, one in found] == [marks, "ok"]
    assert told in found[0][1].what


def test_nonsense_in_every_file_of_a_node_is_told_and_ends_nothing(tmp_path: Path) -> None:
    nonsense = tmp_path / "node.toml"
    nonsense.write_bytes(b"\xff not what it should be")
    names = ("ca_file", "certificate_file", "key_file")
    node = settings(tmp_path / "node", broker={"port": 1} | dict.fromkeys(names, nonsense))
    for name in ("gate.json", "witness.json", "outbox.db", "node.key"):
        (tmp_path / "node" / name).write_bytes(nonsense.read_bytes())
    (tmp_path / "node" / "tls").symlink_to("tls")
    found = examine(
        {
            "rights": lambda: node_files.rights(node, nonsense),
            "certificate": lambda: clocks.against_certificate(nonsense, REAL),
            "broker": lambda: broker_road.road(node.broker, REAL),
            "lease": lambda: node_files.lease(node, REAL),
            "outbox": lambda: node_files.outbox(node),
        }
    )
    assert {name for name, one in found if one.mark == "PROBLEM"} >= {"rights", "certificate", "lease", "outbox"}
    assert exit_code(found) == 1


def test_a_memory_that_this_account_may_not_read_is_not_called_damaged(tmp_path: Path) -> None:
    node = settings(tmp_path / "node")
    (tmp_path / "node" / "gate.json").write_text("{}")
    found = examine({"lease": lambda: node_files.lease(node, REAL, may_read=lambda _file: False)})
    assert [(one.mark, "root" in str(one.remedy)) for _, one in found] == [("note", True)]


def test_every_finding_is_said_with_its_remedy_for_a_person_and_for_a_machine() -> None:
    found = examine({"lamp": lambda: (Finding("dark", "change it"),), "sensor": lambda: (Finding("well"),)})
    assert list(as_lines(found)) == ["PROBLEM  dark", "         -> change it", "ok       well"]
    told = json.loads(as_json(found))
    assert told["exit_code"] == 1
    assert told["findings"][0] == {"check": "lamp", "mark": "PROBLEM", "what": "dark", "remedy": "change it"}


def test_a_node_is_looked_at_from_its_settings(
    enrolled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "node.toml"
    asked = node_side.ask(tmp_path / "node", "site", "willow", "node2", Modality.RADAR)
    answer = WardAuthority(enrolled / "ward").answer(asked, REAL.utc_now())
    node_side.take(tmp_path / "node", answer)
    config.write_text(node_side.settings_text(tmp_path / "node", answer).replace("evaluation", "demonstration"))
    assert load(config).node_id == "node2"
    assert doctor.main(["--node", str(config), "--data", str(tmp_path), "--json"]) == 1
    told = {one["check"]: one for one in json.loads(capsys.readouterr().out)["findings"]}
    assert told["broker"]["mark"] == "PROBLEM"
    assert told["certificate"]["mark"] == told["models"]["mark"] == "ok"
    config.write_text("site = ")
    assert doctor.main(["--node", str(config), "--json"]) == 1


def test_the_pythons_version_is_right_here() -> None:
    assert next(iter(doctor.python_version())).mark == "ok"
