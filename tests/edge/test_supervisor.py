import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from broker.clock import HandClock, SystemClock
from broker.vocabulary import LeaseKind, Purpose, SensorState
from edge.child import Child
from edge.opening import opening_of
from edge.patience import SILENT_S, Patience
from edge.restarts import Restarts
from edge.sensing import ENDED_FIRST
from edge.source_settings import SourceKind, SourceSettings
from edge.supervisor import Happening, Order, Sensed, SensorClosed, SensorFailed, SensorOpened, Supervisor
from tests.kit.nodes import NIGHT, node_settings
from tests.kit.own_spaces import own_memory

REAL = SystemClock()
LEASE = "d" * 32
OPENED = 'import sys, signal, time; print(\'{"kind":"opened"}\', flush=True)\n'

NOT_OF_THIS_WORLD = json.dumps(
    {"kind": "estimate", "captured_at": NIGHT.isoformat(), "t_s": 1.0, "model": "e" * 64, "quality": 7.0}
)


def script(body: str) -> tuple[str, ...]:
    """A sensing process of another making: it says that it is open, then does as told."""
    return sys.executable, "-c", OPENED + body


@dataclass
class Watch:
    """Follows orders with a real process, and keeps what happened."""

    supervisor: Supervisor
    happened: list[Happening] = field(default_factory=list)
    order: Order | None = None

    def until(self, done: Callable[[], bool], within_s: float) -> float:
        """Step until it is done; returns how long it took [s]."""
        began_s, never = REAL.elapsed_s(), threading.Event()
        while not done():
            assert REAL.elapsed_s() - began_s < within_s, f"not within {within_s} s; so far {self.happened}"
            self.happened += self.supervisor.follow(self.order)
            REAL.wait(never, 0.005)
        return REAL.elapsed_s() - began_s

    def open(self, for_s: float = 60.0, within_s: float = 20.0) -> None:
        self.order = Order(LEASE, (Purpose.PRESENCE,), True, REAL.elapsed_s() + for_s)
        self.until(lambda: self.supervisor.state is SensorState.OPEN, within_s)

    def close(self, within_s: float = 2.0) -> float:
        self.order = None
        return self.until(lambda: self.supervisor.state is SensorState.CLOSED, within_s)

    @property
    def kinds(self) -> list[type]:
        return [type(one) for one in self.happened]


Starting = Callable[..., Watch]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Starting]:
    made: list[Watch] = []

    def start(command: tuple[str, ...] | None = None, **source: object) -> Watch:
        settings = node_settings(tmp_path, "0" * 64, source=SourceSettings(**source))  # type: ignore[arg-type]
        opening = opening_of(settings)
        supervisor = (
            Supervisor(opening, REAL, REAL) if command is None else Supervisor(opening, REAL, REAL, command=command)
        )
        made.append(Watch(supervisor))
        return made[-1]

    yield start
    for one in made:
        one.close(within_s=5.0)


def is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


def test_C5_a_driver_that_never_returns_and_ignores_sigterm_is_closed_within_two_seconds(watch: Starting) -> None:
    room = watch(kind=SourceKind.HANG)
    room.open()
    pid = room.supervisor.child_pid
    assert pid is not None
    taken_s = room.close()
    assert taken_s < 2.0
    assert is_gone(pid)
    assert room.happened[-1] == SensorClosed(LEASE)


def test_C1_the_kernel_ends_a_hanging_driver_when_the_lease_dies_and_the_node_stands_still(watch: Starting) -> None:
    room = watch(kind=SourceKind.HANG)
    room.open(for_s=3.0)
    pid = room.supervisor.child_pid
    assert pid is not None
    # Nobody follows: the node is stopped, or hangs itself.
    ends_s = REAL.elapsed_s() + 4.0
    while not is_gone(pid) and REAL.elapsed_s() < ends_s:
        REAL.wait(threading.Event(), 0.02)
    assert is_gone(pid)


def test_C1_a_node_killed_with_9_takes_its_sensing_process_with_it(tmp_path: Path) -> None:
    parent = (
        "import subprocess, sys, json, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'edge.sensing'], stdin=-1, stdout=-1)\n"
        "told = {'kind': 'open', 'source': {'kind': 'hang'}, 'purposes': ['presence'], 'vital_signs': False,"
        " 'lease_id': 'd' * 32, 'room': {}, 'open_for_s': 60, 'clock': {}}\n"
        "child.stdin.write(json.dumps(told).encode() + b'\\n'); child.stdin.flush()\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    node = subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE)
    assert node.stdout is not None
    pid = int(node.stdout.readline())
    assert not is_gone(pid)
    os.kill(node.pid, signal.SIGKILL)
    node.wait()
    node.stdout.close()
    ends_s = REAL.elapsed_s() + 2.0
    while not is_gone(pid) and REAL.elapsed_s() < ends_s:
        REAL.wait(threading.Event(), 0.01)
    assert is_gone(pid)


def test_a_simulated_room_opens_is_sensed_and_closes(watch: Starting) -> None:
    room = watch(kind=SourceKind.SYNTHETIC, seed=3)
    room.open()
    room.until(lambda: Sensed in room.kinds, 5.0)
    assert room.close() < 2.0
    assert room.kinds[0] is SensorOpened
    assert room.kinds[-1] is SensorClosed
    assert room.supervisor.bad_lines == 0


@pytest.mark.parametrize(
    "body",
    [
        "print('not a line', flush=True)\ntime.sleep(60)",
        'print(\'{"kind":"open"}\', flush=True)\ntime.sleep(60)',
        'print(\'{"kind":"estimate","pixels":"AAAA"}\', flush=True)\ntime.sleep(60)',
        f"print({NOT_OF_THIS_WORLD!r}, flush=True)\ntime.sleep(60)",
        "print('x' * 5000, flush=True)\ntime.sleep(60)",
        "sys.stdout.write('x' * 1000000)\nsys.stdout.flush()\ntime.sleep(60)",
    ],
    ids=["no JSON", "the node's own line", "an unknown field", "a quality of 7", "a long line", "a line without end"],
)
def test_K1_a_line_that_was_not_agreed_ends_the_process_and_is_counted(watch: Starting, body: str) -> None:
    room = watch(script(body))
    room.order = Order(LEASE, (Purpose.PRESENCE,), True, REAL.elapsed_s() + 60)
    room.until(lambda: SensorFailed in room.kinds, 5.0)
    assert room.supervisor.bad_lines == 1


def test_a_process_that_ends_by_itself_is_a_fault_and_is_started_again(watch: Starting) -> None:
    room = watch(script("sys.exit(3)"))
    room.order = Order(LEASE, (Purpose.PRESENCE,), True, REAL.elapsed_s() + 60)
    room.until(lambda: room.kinds.count(SensorFailed) == 2, 5.0)
    failed = next(one for one in room.happened if isinstance(one, SensorFailed))
    assert "status 3" in failed.sentence
    assert room.kinds.count(SensorOpened) == 2


def test_F16_what_the_kernel_ends_for_want_of_memory_is_a_fault_and_is_started_again(watch: Starting) -> None:
    with own_memory(64) as within:
        room = watch((*within, *script("held = []\nwhile True: held.append(bytearray(1 << 20))")))
        room.order = Order(LEASE, (Purpose.PRESENCE,), True, REAL.elapsed_s() + 60)
        room.until(lambda: room.kinds.count(SensorOpened) == 2, 20.0)
        failed = next(one for one in room.happened if isinstance(one, SensorFailed))
        assert f"status -{signal.SIGKILL:d}" in failed.sentence
        room.close(within_s=5.0)


def test_F16_sensing_is_what_the_kernel_ends_first_when_memory_runs_out(watch: Starting) -> None:
    room = watch(kind=SourceKind.HANG)
    room.open()
    score = Path(f"/proc/{room.supervisor.child_pid}/oom_score_adj").read_text("ascii")
    assert int(score) == ENDED_FIRST


def test_a_fault_that_the_process_explains_is_passed_on(watch: Starting) -> None:
    room = watch(script('print(\'{"kind":"fault","reason":"sensor_fault","sentence":"no radar"}\', flush=True)'))
    room.order = Order(LEASE, (Purpose.PRESENCE,), True, REAL.elapsed_s() + 60)
    room.until(lambda: SensorFailed in room.kinds, 5.0)
    assert [one.sentence for one in room.happened if isinstance(one, SensorFailed)] == ["no radar"]


def test_a_process_that_cannot_be_started_is_a_fault(watch: Starting) -> None:
    room = watch(("/nonexistent/program",))
    room.order = Order(LEASE, (Purpose.PRESENCE,), True, REAL.elapsed_s() + 60)
    room.until(lambda: SensorFailed in room.kinds, 2.0)
    assert room.supervisor.state is SensorState.FAULT


def test_H4_a_process_that_falls_silent_is_ended_and_is_a_fault(tmp_path: Path) -> None:
    clock = HandClock(NIGHT)
    opening = opening_of(node_settings(tmp_path, "0" * 64))
    room = Watch(Supervisor(opening, clock, clock, command=script("time.sleep(60)")))
    room.order = Order(LEASE, (Purpose.PRESENCE,), True, clock.elapsed_s() + 600)
    room.until(lambda: room.supervisor.state is SensorState.OPEN, 5.0)
    clock.advance(21)
    room.until(lambda: SensorFailed in room.kinds, 5.0)
    assert room.happened[-1] == SensorFailed(LEASE, "the sensing process has said nothing for 20 s")


def test_F17_a_start_that_was_cut_off_on_a_busy_machine_has_twice_as_long_the_next_time() -> None:
    clock = HandClock(NIGHT)
    patience = Patience(clock)
    limits = []
    for _ in range(5):
        patience.begin()
        clock.advance(patience.limit_s + 1)
        assert patience.is_over
        limits.append(patience.limit_s)
        patience.give_up()
    assert limits == [20.0, 40.0, 80.0, 160.0, 160.0]


def test_H4_a_process_that_has_estimated_is_silent_after_20_s_and_has_no_more_time_for_its_next_start() -> None:
    clock = HandClock(NIGHT)
    patience = Patience(clock)
    patience.give_up()
    patience.begin()
    patience.hear()
    patience.is_rewarded()
    clock.advance(SILENT_S + 1)
    assert patience.is_over
    patience.give_up()
    patience.begin()
    assert patience.limit_s == SILENT_S


def test_F17_a_process_that_needs_long_to_come_up_is_not_cut_off_for_ever(tmp_path: Path) -> None:
    clock = HandClock(NIGHT)
    opening = opening_of(node_settings(tmp_path, "0" * 64))
    room = Watch(Supervisor(opening, clock, clock, command=script("time.sleep(60)")))
    room.order = Order(LEASE, (Purpose.PRESENCE,), True, clock.elapsed_s() + 600)
    room.until(lambda: room.supervisor.state is SensorState.OPEN, 5.0)
    clock.advance(21)
    room.until(lambda: SensorFailed in room.kinds, 5.0)
    clock.advance(1)
    room.until(lambda: room.supervisor.state is SensorState.OPEN, 5.0)
    clock.advance(39)
    room.supervisor.follow(room.order)
    assert room.supervisor.state is SensorState.OPEN
    room.close()


def test_C3_a_renewal_is_passed_on_with_its_purposes_and_not_more_often_than_needed(tmp_path: Path) -> None:
    clock, told = HandClock(NIGHT), tmp_path / "told"
    body = f"told = open({str(told)!r}, 'w')\nfor line in sys.stdin: told.write(line); told.flush()\n"
    opening = opening_of(node_settings(tmp_path, "0" * 64))
    room = Watch(Supervisor(opening, clock, clock, command=script(body)))
    room.order = Order(LEASE, (Purpose.PRESENCE,), True, clock.elapsed_s() + 60)
    room.until(lambda: room.supervisor.state is SensorState.OPEN, 5.0)
    for _ in range(10):
        clock.advance(1)
        room.supervisor.follow(Order(LEASE, (Purpose.PRESENCE,), True, clock.elapsed_s() + 60))
    room.order = Order(LEASE, (Purpose.FLOOR,), True, clock.elapsed_s() + 60)
    room.until(lambda: told.exists() and told.read_text().count("\n") == 4, 5.0)
    room.order = None
    room.until(lambda: room.supervisor.state is SensorState.CLOSED, 5.0)
    lines = [json.loads(line) for line in told.read_text().splitlines()]
    assert [line["kind"] for line in lines] == ["open", "extend", "extend", "extend"]
    assert [line["purposes"] for line in lines][-2:] == [["presence"], ["floor"]]
    assert lines[1]["open_for_s"] == 60


def test_a_process_that_does_not_read_is_not_waited_for(tmp_path: Path) -> None:
    child = Child(script("time.sleep(60)"), REAL)
    took = [child.tell(b"x" * 2000 + b"\n") for _ in range(100)]
    assert took[0]
    assert not took[-1]
    child.ask_to_end()
    while not child.has_ended():
        REAL.wait(threading.Event(), 0.01)
    child.close()


def test_five_failures_in_a_minute_are_borne_and_the_sixth_is_a_crash_loop() -> None:
    clock = HandClock(NIGHT)
    restarts = Restarts(clock)
    waits = []
    for _ in range(5):
        restarts.count_failure()
        waited_s = 0.0
        while not restarts.may_start:
            clock.advance(0.25)
            waited_s += 0.25
        waits.append(waited_s)
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0]
    assert not restarts.is_crash_loop
    restarts.count_failure()
    clock.advance(299)
    assert restarts.is_crash_loop
    clock.advance(1)
    assert restarts.may_start
    assert not restarts.is_crash_loop


def test_a_patients_lease_after_an_engineers_opens_the_sensor_anew(watch: Starting) -> None:
    watching = watch(script("sys.stdin.read()"))
    until_s = REAL.elapsed_s() + 60
    watching.order = Order(LEASE, (Purpose.PRESENCE,), True, until_s, LeaseKind.COMMISSIONING)
    watching.until(lambda: watching.supervisor.state is SensorState.OPEN, 20)
    first = watching.supervisor.child_pid
    watching.order = Order("e" * 32, (Purpose.PRESENCE,), True, until_s)
    watching.until(lambda: watching.kinds == [SensorOpened, SensorClosed, SensorOpened], 20)
    assert watching.supervisor.child_pid != first
    watching.close()
