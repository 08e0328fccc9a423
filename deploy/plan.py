"""What `hushward up` was asked for, checked as far as it can be before anything is started."""

import os
import re
import socket
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from broker.vocabulary import Modality
from deploy import disk
from deploy.errors import DeployError
from edge.errors import SourceError
from edge.sources.formats import format_of, open_recording

MOST_ROOMS = 18
_REPLAY = re.compile(r"^(room\d{1,2})=(.+)$")
_PORT = re.compile(r"^(?:tcp://\S+:\d+|/\S+)$")


class BrokerKind(StrEnum):
    """Which broker a ward on one machine uses."""

    EMBEDDED = "embedded"
    MOSQUITTO = "mosquitto"


@dataclass(frozen=True, slots=True)
class NodePlace:
    """One node of a ward.

    Attributes:
        node_id: a node can move, its name stays.
        room_id: where it hangs.
        modality: radar or camera.
        number: of the room, from 1.
        is_beside: the room has another sensor, and both see the same simulated person.
    """

    node_id: str
    room_id: str
    modality: Modality
    number: int
    is_beside: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A ward on one machine.

    Attributes:
        data: the ward's folder.
        rooms: how many, 1 to 18.
        demo: lay out demonstration patients and accounts.
        replays: recording by room id.
        live: port of a live A121 by room id.
        cameras: rooms whose sensor is a camera, simulated or recorded; the others have a radar.
        both: rooms with a simulated radar and a simulated camera.
        session: what the live sensors are asked for; None means a bed's.
        loop: a recording that has ended starts again.
        broker: which broker.
        host: address of the console.
        port: port of the console.
        certificate: the console's certificate, needed on any address but the loopback's.
        key: its key.
        speed: ward seconds per real second.
    """

    data: Path
    rooms: int = 6
    demo: bool = False
    replays: dict[str, Path] = field(default_factory=dict)
    live: dict[str, str] = field(default_factory=dict)
    cameras: frozenset[str] = frozenset()
    both: frozenset[str] = frozenset()
    session: Path | None = None
    loop: bool = False
    broker: BrokerKind = BrokerKind.EMBEDDED
    host: str = "127.0.0.1"
    port: int = 8800
    certificate: Path | None = None
    key: Path | None = None
    speed: float = 1.0

    @property
    def room_ids(self) -> tuple[str, ...]:
        """Return the rooms: room1, room2 and so on."""
        return tuple(f"room{number}" for number in range(1, self.rooms + 1))

    @property
    def nodes(self) -> tuple[NodePlace, ...]:
        """Return the nodes, in the order of their rooms: node1, node2 and so on, and beside node2 node2-camera."""
        found: list[NodePlace] = []
        for number, room_id in enumerate(self.room_ids, start=1):
            kind = Modality.CAMERA if room_id in self.cameras else Modality.RADAR
            found.append(NodePlace(f"node{number}", room_id, kind, number, room_id in self.both))
            if room_id in self.both:
                found.append(NodePlace(f"node{number}-camera", room_id, Modality.CAMERA, number, True))
        return tuple(found)

    @property
    def node_ids(self) -> tuple[str, ...]:
        """Return the names of the nodes."""
        return tuple(one.node_id for one in self.nodes)

    @property
    def address(self) -> str:
        """Return where the console is to be opened in a browser."""
        scheme = "http" if self.certificate is None else "https"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}/"


def replays(given: Sequence[str], room_ids: Sequence[str]) -> dict[str, Path]:
    """Read `room2=FILE` pairs.

    Raises:
        DeployError: not such a pair, no such room, or a file that cannot be read.
    """
    found: dict[str, Path] = {}
    for one in given:
        match = _REPLAY.match(one)
        if match is None:
            raise DeployError(f"--replay {one}: write it as room2=FILE")
        room_id, file = match.group(1), Path(match.group(2)).expanduser()
        if room_id not in room_ids:
            raise DeployError(f"--replay {one}: there is no {room_id}; the rooms are {room_ids[0]} to {room_ids[-1]}")
        if room_id in found:
            raise DeployError(f"--replay {one}: {room_id} has a recording already; give each room one")
        if not file.is_file():
            raise DeployError(f"--replay {one}: there is no such file; check the path")
        if not os.access(file, os.R_OK):
            raise DeployError(f"--replay {one}: the file cannot be read; check its rights")
        try:
            open_recording(file).close()
        except SourceError as error:
            raise DeployError(f"--replay {one}: {error}") from error
        found[room_id] = file.resolve()
    return found


def cameras(given: Sequence[str], recorded: Mapping[str, Path], room_ids: Sequence[str]) -> frozenset[str]:
    """Return the rooms whose sensor is a camera: those that were asked for, and those that play one's recording.

    Args:
        given: room ids, as typed.
        recorded: recordings by room id, each of which can be read.
        room_ids: the rooms there are.

    Raises:
        DeployError: no such room, or its recording is not a camera's.
    """
    filmed = {room_id for room_id, file in recorded.items() if format_of(file).sensor == Modality.CAMERA}
    for room_id in given:
        if room_id not in room_ids:
            raise DeployError(f"--camera {room_id}: the rooms are {room_ids[0]} to {room_ids[-1]}")
        if room_id in recorded and room_id not in filmed:
            raise DeployError(f"--camera {room_id}: its recording is a radar's; leave one of the two out")
    return frozenset(given) | filmed


def both(given: Sequence[str], taken: Container[str], room_ids: Sequence[str]) -> frozenset[str]:
    """Return the rooms with a simulated radar and a simulated camera.

    Args:
        given: room ids, as typed.
        taken: rooms that have a recording, a live sensor or a camera of their own.
        room_ids: the rooms there are.

    Raises:
        DeployError: no such room, or it has another source already.
    """
    for room_id in given:
        if room_id not in room_ids:
            raise DeployError(f"--both {room_id}: the rooms are {room_ids[0]} to {room_ids[-1]}")
        if room_id in taken:
            raise DeployError(f"--both {room_id}: it has a source of its own already; leave one of the two out")
    return frozenset(given)


def live_ports(given: Sequence[str], room_ids: Sequence[str], taken: Container[str] = ()) -> dict[str, str]:
    """Read `room2=PORT` pairs of live sensors.

    Args:
        given: as typed; a port is a serial device or tcp://HOST:PORT.
        room_ids: the rooms there are.
        taken: rooms that have a recording.

    Raises:
        DeployError: not such a pair, no such room, or a room that has a source already.
    """
    found: dict[str, str] = {}
    for one in given:
        room_id, _, address = one.partition("=")
        if _PORT.match(address) is None:
            raise DeployError(f"--live {one}: write it as room2=/dev/ttyUSB0 or room2=tcp://HOST:PORT")
        if room_id not in room_ids:
            raise DeployError(f"--live {one}: there is no {room_id}; the rooms are {room_ids[0]} to {room_ids[-1]}")
        if room_id in found or room_id in taken:
            raise DeployError(f"--live {one}: {room_id} has a source already; give each room one")
        found[room_id] = address
    return found


def check(plan: Plan) -> None:
    """Check what can be checked before anything is started.

    Raises:
        DeployError: the port is taken, the folder cannot be written, the disk is full, or the host needs a certificate.
    """
    if plan.live and plan.speed != 1.0:
        raise DeployError("--live and --speed exclude each other: a sensor sees in real time")
    if (plan.certificate is None) != (plan.key is None):
        raise DeployError("--certificate and --key belong together: give both, or neither")
    if plan.certificate is None and not _is_loopback(plan.host):
        raise DeployError(
            f"--host {plan.host}: anything but this machine needs a certificate; make one with `hushward console cert` "
            "and give it with --certificate and --key"
        )
    _check_folder(plan.data)
    _check_port(plan.host, plan.port)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def is_free(host: str, port: int) -> bool:
    """Return whether we could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def _check_folder(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
        probe = data / ".writable"
        probe.write_bytes(b"x" * 4096)
        probe.unlink()
    except OSError as error:
        raise DeployError(f"{data} cannot be written ({error.strerror}); choose another folder with --data") from error
    free = disk.free_mb(data)
    if free < disk.FREE_AT_LEAST_MB:
        raise DeployError(
            f"the disk of {data} is full: {free} MB free, at least {disk.FREE_AT_LEAST_MB} MB are needed; free some, "
            "or choose another folder with --data"
        )


def _check_port(host: str, port: int) -> None:
    try:
        socket.getaddrinfo(host, port)
    except OSError as error:
        raise DeployError(f"--host {host}: no such address on this machine; check it") from error
    if not is_free(host, port):
        raise DeployError(f"port {port} is taken on {host}; end what listens there, or choose another with --port")


def _is_loopback(host: str) -> bool:
    return host in ("localhost", "::1") or host.startswith("127.")
