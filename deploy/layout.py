"""The folder of a ward on one machine: what lies where, who holds it, and the settings of each process."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from broker import embedded, mosquitto
from broker.acl import CONSOLE
from broker.clock import Clock, SharedClock, SystemClock
from broker.errors import ClockError
from broker.logins import Login, new_login, write_private
from broker.vocabulary import Modality
from deploy import toml
from deploy.errors import DeployError
from deploy.plan import BrokerKind, NodePlace, Plan

SITE = "demo"
WARD = "ward"
TOGETHER = "together"
"""What a simulated radar and a simulated camera of one room play: the same person at the same pace."""
_ZONES: tuple[tuple[str, float, float], ...] = (
    # Those of the simulated room: the bed at 1.2 m, the en-suite's door at 3.0 m, the room's at 3.8 m.
    ("bed", 0.0, 1.65),
    ("room", 1.65, 2.7),
    ("ensuite", 2.7, 3.4),
    ("door", 3.4, 4.6),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything of a ward lies.

    Attributes:
        data: the ward's folder.
    """

    data: Path

    @property
    def logs(self) -> Path:
        """Return the folder of the processes' logs."""
        return self.data / "logs"

    @property
    def broker(self) -> Path:
        """Return the broker's folder."""
        return self.data / "broker"

    @property
    def console(self) -> Path:
        """Return the console's data folder."""
        return self.data / "console"

    @property
    def console_settings(self) -> Path:
        """Return the console's settings file."""
        return self.data / "console.toml"

    @property
    def accounts(self) -> Path:
        """Return where the demonstration's accounts are written."""
        return self.data / "demo-accounts.json"

    @property
    def clock(self) -> Path:
        """Return the file of the shared clock."""
        return self.data / "clock.json"

    def node(self, node_id: str) -> Path:
        """Return a node's data folder."""
        return self.data / "nodes" / node_id

    def node_settings(self, node_id: str) -> Path:
        """Return a node's settings file."""
        return self.data / "nodes" / f"{node_id}.toml"

    def make(self, node_ids: tuple[str, ...]) -> None:
        """Make the folders; what exists is left as it is."""
        for folder in (self.logs, self.broker, self.console, *(self.node(node_id) for node_id in node_ids)):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)


@contextmanager
def held(data: Path) -> Iterator[None]:
    """Hold a ward's folder for as long as the ward runs.

    Raises:
        DeployError: another `hushward up` holds it.
    """
    descriptor = os.open(data / "ward.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DeployError(
                f"{data} is in use by another `hushward up`; end that one, or choose another folder with --data"
            ) from error
        yield
    finally:
        os.close(descriptor)


def ward_clock(layout: Layout, speed: float) -> Path | None:
    """Start the ward's shared clock where one is needed.

    Args:
        layout: the ward's folder.
        speed: ward seconds per real second.

    Returns:
        The clock file, or None when the machine's own time will do. A ward that once ran faster than real time never
        sees its time go back: it goes on from where it was.
    """
    now = SystemClock().utc_now()
    told = _last_told(layout.clock)
    start = max(now, told) if told is not None else now
    if speed == 1.0 and start <= now:
        layout.clock.unlink(missing_ok=True)
        return None
    SharedClock.start(layout.clock, start, speed)
    return layout.clock


def write_broker(layout: Layout, plan: Plan, port: int) -> dict[str, Login]:
    """Write the broker's configuration with fresh passwords, and each client's password where it will read it.

    Returns:
        The logins by name: `console` and one for each node.
    """
    logins = {name: new_login(name) for name in (CONSOLE, *plan.node_ids)}
    if plan.broker is BrokerKind.EMBEDDED:
        embedded.prepare(layout.broker, port, logins.values())
    else:
        mosquitto.prepare(layout.broker, port, SITE, WARD, plan.node_ids, logins.values())
    for name, login in logins.items():
        folder = layout.console if name == CONSOLE else layout.node(name)
        write_private(folder / "broker.password", f"{login.password}\n")
    return logins


def broker_file(layout: Layout, kind: BrokerKind) -> Path:
    """Return the configuration that a kind of broker reads."""
    return layout.broker / ("rumqttd.toml" if kind is BrokerKind.EMBEDDED else "mosquitto.conf")


def write_node(layout: Layout, plan: Plan, node_id: str, port: int, console_key: str, clock: Path | None) -> None:
    """Write one node's settings."""
    place = next(one for one in plan.nodes if one.node_id == node_id)
    is_camera = place.modality is Modality.CAMERA
    # A simulated camera brings its own drawing; of a recording nothing is drawn.
    zones: list[toml.Value] = [] if is_camera else [{"zone": z, "from_m": near, "to_m": far} for z, near, far in _ZONES]
    settings: dict[str, toml.Value] = {
        "site": SITE,
        "ward": WARD,
        "node_id": node_id,
        "data_dir": layout.node(node_id).resolve(),
        "console_key": console_key,
        "clock_file": None if clock is None else clock.resolve(),
        "modality": str(place.modality),
        "zones": zones,
        "source": _source(plan, place),
        "broker": {"port": port, "username": node_id, "password_file": "broker.password"},
    }
    write_private(layout.node_settings(node_id), toml.text(settings))


def _source(plan: Plan, place: NodePlace) -> Mapping[str, toml.Value]:
    """Return where a node's frames come from; two simulated sensors of a room play the one story that both know."""
    room_id = place.room_id
    if room_id in plan.replays:
        return {"kind": "replay", "file": plan.replays[room_id], "loop": plan.loop}
    if room_id in plan.live:
        return {"kind": "a121", "port": plan.live[room_id], "session": plan.session}
    kind = "synthetic-camera" if place.modality is Modality.CAMERA else "synthetic"
    story: dict[str, toml.Value] = {"scenario": TOGETHER} if place.is_beside else {}
    return {"kind": kind, "seed": place.number, **story}


def write_console(layout: Layout, plan: Plan, port: int, clock: Path | None) -> None:
    """Write the console's settings."""
    settings: dict[str, toml.Value] = {
        "site": SITE,
        "ward": WARD,
        "data_dir": layout.console.resolve(),
        "host": plan.host,
        "port": plan.port,
        "tls_certificate": plan.certificate,
        "tls_key": plan.key,
        "clock_file": None if clock is None else clock.resolve(),
        "broker": {"port": port, "username": CONSOLE, "password_file": "broker.password"},
    }
    write_private(layout.console_settings, toml.text(settings))


def write_accounts(layout: Layout, accounts: list[dict[str, str | None]]) -> None:
    """Write the demonstration's accounts where only their owner can read them."""
    write_private(layout.accounts, json.dumps(accounts, indent=2) + "\n")


def clock_of(path: Path | None) -> Clock:
    """Return the ward's clock."""
    return SystemClock() if path is None else SharedClock(path)


def _last_told(path: Path) -> datetime | None:
    """Return what a shared clock left behind says now; after a restart of the machine, what it said at its start."""
    if not path.exists():
        return None
    try:
        start = datetime.fromisoformat(json.loads(path.read_text("utf-8"))["utc"])
        return max(start, SharedClock(path).utc_now())
    except (ClockError, OSError, ValueError, KeyError, TypeError):
        return None
