"""The ward of a drill: mosquitto with mutual TLS, one console, and a process for each node; each can be harmed."""

import getpass
import os
import random
import resource
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from broker import mosquitto
from broker.clock import SystemClock
from broker.vocabulary import Modality
from deploy import layout as files
from deploy import toml
from deploy.drill.node import PER_S
from deploy.drill.nursery import Nursery
from deploy.drill.ports import own_port
from deploy.drill.power import survivors
from deploy.drill.power_cuts import lay_out
from deploy.drill.relay import Relay
from deploy.drill.write_log import recorded, steps_of
from deploy.foundation import lay_foundation, take_folder
from deploy.plan import BrokerKind, NodePlace, Plan
from deploy.processes import end_with_parent, python
from deploy.progress import Progress
from deploy.provisioning import node_side
from deploy.provisioning.authority import Place, WardAuthority

_ZONES: list[toml.Value] = [
    {"zone": "bed", "from_m": 0.0, "to_m": 1.65},
    {"zone": "room", "from_m": 1.65, "to_m": 4.6},
]
_REBUILT = "-shm"


@dataclass(frozen=True, slots=True)
class Laid:
    """A ward that has been laid out in a folder.

    Attributes:
        plan: what was asked for.
        layout: where everything lies.
        broker_config: mosquitto's.
        broker_port: where it listens.
        console_key: what nodes trust.
        clock_file: the shared clock; None on real time.
    """

    plan: Plan
    layout: files.Layout
    broker_config: Path
    broker_port: int
    console_key: str
    clock_file: Path | None


def lay_out_ward(data: Path, rooms: int, speed: float, say: Progress, cameras: frozenset[str] = frozenset()) -> Laid:
    """Make a ward as `hushward provision` and `hushward up --demo` do, or go on with the one that is there.

    Args:
        data: its folder.
        rooms: 1 to 18, each with one node.
        speed: ward seconds per real second.
        say: where the steps are said.
        cameras: rooms whose sensor is a camera.
    """
    data.mkdir(parents=True, exist_ok=True)
    plan = Plan(
        data.resolve(), rooms, demo=True, cameras=cameras, broker=BrokerKind.MOSQUITTO, port=own_port(), speed=speed
    )
    take_folder(plan.data)
    layout = files.Layout(plan.data)
    layout.make(plan.node_ids)
    clock_file = files.ward_clock(layout, speed)
    authority = _authority(plan, layout)
    port, home = authority.register.broker_port, plan.data / "authority"
    console: dict[str, toml.Value] = {
        "site": files.SITE,
        "ward": files.WARD,
        "data_dir": layout.console,
        "host": plan.host,
        "port": plan.port,
        "clock_file": clock_file,
        "broker": _link(port, home / "ca.pem", home / "console.pem", home / "console.key"),
    }
    layout.console_settings.write_text(toml.text(console), "utf-8")
    key = lay_foundation(plan, layout, files.clock_of(clock_file), say).console_key
    return Laid(plan, layout, home / "broker" / "mosquitto.conf", port, key, clock_file)


def _authority(plan: Plan, layout: files.Layout) -> WardAuthority:
    """Make the ward's authority and every node's certificate; TLS is on real time, whatever the ward's clock says."""
    home, now = plan.data / "authority", SystemClock().utc_now()
    if (home / "register.json").exists():
        return WardAuthority(home)
    place = Place(files.SITE, files.WARD, "127.0.0.1", own_port(), "127.0.0.1", getpass.getuser())
    authority = WardAuthority.begin(home, place, now)
    for one in plan.nodes:
        folder = layout.node(one.node_id)
        asked = node_side.ask(folder, files.SITE, files.WARD, one.node_id, one.modality)
        node_side.take(folder, authority.answer(asked, now))
    return authority


def _link(port: int, authority: Path, certificate: Path, key: Path) -> dict[str, toml.Value]:
    return {"port": port, "ca_file": authority, "certificate_file": certificate, "key_file": key}


class Running:
    """The broker, the console or the recorded node: a process that is started again and again."""

    def __init__(self, command: Sequence[str], log: Path) -> None:
        self._command, self._log = list(command), log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_parent,
                # Ctrl-C reaches the drill alone, which ends the ward in its order.
                start_new_session=True,
            )

    @property
    def pid(self) -> int | None:
        """Return its process id; None when it does not live."""
        return None if self._process is None or self._process.poll() is not None else self._process.pid

    def end(self, number: signal.Signals = signal.SIGKILL, within_s: float = 15.0) -> None:
        """End it, and see to it that it has ended."""
        if self._process is None:
            return
        self._process.send_signal(number)
        try:
            self._process.wait(within_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(within_s)


class Forked:
    """The console as a process that is forked, again and again, from one that has loaded everything."""

    def __init__(self, settings: Path, log: Path) -> None:
        self._settings, self._log = settings, log
        self._nursery = Nursery(log, "deploy.drill.console_nursery")
        self._pid: int | None = None

    def start(self) -> None:
        """Start it."""
        self._pid = self._nursery.bring_up(self._settings, self._log)

    @property
    def pid(self) -> int | None:
        """Return its process id; None when it does not live."""
        return self._pid if self._pid is not None and is_alive(self._pid) else None

    def end(self, number: signal.Signals = signal.SIGKILL, within_s: float = 15.0) -> None:
        """End it, and see to it that it has ended."""
        clock = SystemClock()
        kill_s = clock.elapsed_s() + within_s
        while (pid := self.pid) is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, number if clock.elapsed_s() < kill_s else signal.SIGKILL)
            _pause()

    def close(self) -> None:
        """End what it is forked from."""
        self._nursery.close()


class DrillWard:
    """A ward that runs.

    Attributes:
        laid: where it lies.
        broker: mosquitto.
        console: the console.
        relay: the cables of its nodes.
        recorded: the node whose writes are recorded; None where strace is not installed.
        sensing: nodes with a real sensing process, which has a simulated sensor; the others tell themselves a story.
    """

    def __init__(
        self,
        laid: Laid,
        seed: int,
        recorded: str | None,
        *,
        sensing: tuple[str, ...] = (),
        per_s: float = 1.0,
        forks_console: bool = False,
    ) -> None:
        self.laid, self._seed, self.recorded = laid, seed, recorded
        self.sensing, self._per_s = sensing, per_s
        logs = laid.layout.logs
        self.broker = Running([mosquitto.program(), "-c", str(laid.broker_config)], logs / "broker.log")
        settings, log = laid.layout.console_settings, logs / "console.log"
        self.console: Running | Forked = (
            Forked(settings, log)
            if forks_console
            else Running(python("-m", "console", "serve", "--config", str(settings)), log)
        )
        self.relay = Relay(laid.broker_port, laid.plan.node_ids)
        self._nursery = Nursery(logs / "nursery.log")
        self._pids: dict[str, int] = {}
        self._traced: Running | None = None
        self._with_sensing = {
            one: Running(python("-m", "edge", "--config", str(laid.layout.node_settings(one))), logs / f"{one}.log")
            for one in sensing
        }
        self._before: dict[str, bytes] = {}
        for node_id in laid.plan.node_ids:
            self._write_node(node_id)

    def control(self, node_id: str) -> Path:
        """Return a node's control folder, where a fault is put down as a file."""
        return self.laid.plan.data / "control" / node_id

    def start(self) -> None:
        """Start everything."""
        self.broker.start()
        self.console.start()
        for node_id in self.laid.plan.node_ids:
            self.start_node(node_id)

    def close(self) -> None:
        """End everything, nodes first, so that they have a moment to record that their sensors closed."""
        for node_id in self.laid.plan.node_ids:
            self.signal_node(node_id, signal.SIGCONT)
            self.signal_node(node_id, signal.SIGTERM)
        clock = SystemClock()
        deadline_s = clock.elapsed_s() + 15
        while any(self.pid_of(one) for one in self.laid.plan.node_ids) and clock.elapsed_s() < deadline_s:
            _pause()
        if self._traced is not None:
            self._traced.end(signal.SIGTERM)
        self._nursery.close()
        self.console.end(signal.SIGTERM)
        if isinstance(self.console, Forked):
            self.console.close()
        self.broker.end(signal.SIGTERM)
        self.relay.close()

    def start_node(self, node_id: str) -> None:
        """Start a node; the recorded one with a new record."""
        config, control = self.laid.layout.node_settings(node_id), self.control(node_id)
        log = self.laid.layout.logs / f"{node_id}.log"
        story = self._seed * 100 + int(node_id.removeprefix("node"))
        if node_id in self._with_sensing:
            self._with_sensing[node_id].start()
            return
        if node_id != self.recorded:
            self._pids[node_id] = self._nursery.bring_up(config, control, story, log)
            return
        self._before = _content(self.laid.layout.node(node_id))
        command = python("-m", "deploy.drill.node", str(config), str(control), str(story))
        self._traced = Running(recorded(command, self._writes), log)
        self._traced.start()

    def start_twin(self, node_id: str) -> int:
        """Start a second node in the first one's folder; return its process id."""
        config, control = self.laid.layout.node_settings(node_id), self.control(node_id)
        return self._nursery.bring_up(config, control, 0, self.laid.layout.logs / f"{node_id}-twin.log")

    def pid_of(self, node_id: str) -> int | None:
        """Return a node's process id; None when it does not live."""
        if node_id in self._with_sensing:
            return self._with_sensing[node_id].pid
        if node_id == self.recorded:
            return None if self._traced is None or self._traced.pid is None else _child_of(self._traced.pid)
        pid = self._pids.get(node_id)
        return pid if pid is not None and is_alive(pid) else None

    def sensing_pid_of(self, node_id: str) -> int | None:
        """Return the process id of a node's sensing process; None while it has none."""
        pid = self.pid_of(node_id) if node_id in self._with_sensing else None
        return None if pid is None else _child_of(pid)

    def signal_node(self, node_id: str, number: signal.Signals) -> None:
        """Send a node a signal; one that does not live has no use for it."""
        pid = self.pid_of(node_id)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill_node(self, node_id: str) -> None:
        """End a node with -9, and see to it that it has ended."""
        while self.pid_of(node_id) is not None:
            self.signal_node(node_id, signal.SIGKILL)
            _pause()
        if node_id == self.recorded and self._traced is not None:
            self._traced.end(signal.SIGTERM)

    def cut_power(self, node_id: str, turn: int) -> None:
        """End the recorded node as a pulled plug does: what it had not synced may be there, torn, or gone."""
        self.kill_node(node_id)
        folder = self.laid.layout.node(node_id)
        steps = steps_of(self._writes, folder, self._before)
        left = survivors(steps, random.Random(f"{self._seed}:{turn}"), self._before)
        for path in folder.iterdir():
            if path.is_file() and not path.is_symlink():
                path.unlink()
        lay_out(left, folder)

    def outbox(self, node_id: str) -> Path:
        """Return where a node's outbox lies."""
        return self.laid.layout.node(node_id) / "outbox.db"

    @property
    def database(self) -> Path:
        """Return where the console's database lies."""
        return self.laid.layout.console / "console.db"

    @property
    def _writes(self) -> Path:
        return self.laid.plan.data / "writes.log"

    def _write_node(self, node_id: str) -> None:
        folder, place = self.laid.layout.node(node_id), self._place(node_id)
        tls, is_camera = folder / "tls", place.modality is Modality.CAMERA
        settings: dict[str, toml.Value] = {
            "site": files.SITE,
            "ward": files.WARD,
            "node_id": node_id,
            "data_dir": folder,
            "console_key": self.laid.console_key,
            "clock_file": self.laid.clock_file,
            "modality": str(place.modality),
            # A simulated camera brings its own drawing.
            "zones": [] if is_camera else _ZONES,
            "source": {"kind": "synthetic-camera" if is_camera else "synthetic", "seed": self._seed + place.number},
            "broker": _link(self.relay.ports[node_id], tls / "ca.pem", tls / "node.pem", tls / "node.key"),
        }
        self.laid.layout.node_settings(node_id).write_text(toml.text(settings), "utf-8")
        self.control(node_id).mkdir(parents=True, exist_ok=True)
        for left in self.control(node_id).iterdir():
            left.unlink()
        (self.control(node_id) / PER_S).write_text(str(self._per_s), "ascii")

    def _place(self, node_id: str) -> NodePlace:
        return next(one for one in self.laid.plan.nodes if one.node_id == node_id)


def refuse_writes(pid: int, *, refused: bool) -> None:
    """Let every write to a file of a process fail in the kernel, or let them pass again."""
    limit = 0 if refused else resource.RLIM_INFINITY
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))


def is_alive(pid: int) -> bool:
    """Return whether a process lives; one that has ended and was not yet forgotten does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def _child_of(pid: int) -> int | None:
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return None
    return next((int(one) for one in told if is_alive(int(one))), None)


def _content(folder: Path) -> dict[str, bytes]:
    found = (one for one in folder.iterdir() if one.is_file() and not one.is_symlink())
    return {one.name: one.read_bytes() for one in found if not one.name.endswith(_REBUILT)}


def _pause() -> None:
    SystemClock().wait(threading.Event(), 0.05)
