"""Networks and disks of a test's own, in namespaces that end with it: nothing of this machine is changed."""

import ctypes
import errno
import fcntl
import heapq
import os
import random
import selectors
import shutil
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from broker.clock import SystemClock

CLOCK = SystemClock()
ROOM_SIDE, WARD_SIDE = "10.77.0.2", "10.77.0.1"
_NEW_NETWORK = 0x40000000
"""CLONE_NEWNET, of unshare(2)."""
_MAKE_TUN, _TUN_WITHOUT_HEADER = 0x400454CA, 0x1001
"""TUNSETIFF, and IFF_TUN with IFF_NO_PI, of the kernel's tuntap documentation."""
_SHUT_DOWN, _WITHOUT_A_FLUSH = 0x8004587D, 2
"""FS_IOC_SHUTDOWN of the kernel's file systems, and EXT4_GOING_FLAGS_NOLOGFLUSH: what a pulled disk looks like."""
_LONGEST_QUEUE_S = 3.0
"""[s] of packets that a narrow link keeps before it drops them, as a modem does."""
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Weather:
    """What one direction of a link does to packets.

    Attributes:
        lost: share that is dropped, 0..1.
        doubled: share that comes twice, 0..1.
        delay_s: time on the way [s].
        jitter_s: it varies by so much either way [s]; what varies comes out of order.
        bytes_per_s: width; None for any.
        is_cut: nothing comes through.
    """

    lost: float = 0.0
    doubled: float = 0.0
    delay_s: float = 0.0
    jitter_s: float = 0.0
    bytes_per_s: float | None = None
    is_cut: bool = False


FINE = Weather()
CUT = Weather(is_cut=True)


@dataclass
class RoughLink:
    """A link between two networks, carried packet by packet.

    Attributes:
        up: weather from the room to the ward.
        down: weather from the ward to the room.
        carried: packets that came through.
        dropped: packets that did not.
    """

    room: int
    ward: int
    room_space: int
    up: Weather = FINE
    down: Weather = FINE
    carried: int = 0
    dropped: int = 0
    _ending: threading.Event = field(default_factory=threading.Event)
    _free_s: dict[int, float] = field(default_factory=dict)
    _due: list[tuple[float, int, int, bytes]] = field(default_factory=list)
    _chance: random.Random = field(default_factory=lambda: random.Random(20261126))

    def set(self, up: Weather, down: Weather | None = None) -> None:
        """Change the weather; of one direction alone when the other is given."""
        self.up, self.down = up, up if down is None else down

    @contextmanager
    def in_the_room(self) -> Iterator[None]:
        """Start processes in the room's network."""
        here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        _enter(self.room_space)
        try:
            yield
        finally:
            _enter(here)
            os.close(here)

    def carry(self) -> None:
        """Carry packets until the end; runs on a thread of its own."""
        with selectors.DefaultSelector() as ready:
            ready.register(self.room, selectors.EVENT_READ, self.ward)
            ready.register(self.ward, selectors.EVENT_READ, self.room)
            while not self._ending.is_set():
                wait_s = min(0.05, max(0.0, self._due[0][0] - CLOCK.elapsed_s())) if self._due else 0.05
                for key, _ in ready.select(wait_s):
                    self._take(key.fd, key.data)
                self._give()

    def end(self) -> None:
        """End carrying."""
        self._ending.set()

    def _take(self, source: int, towards: int) -> None:
        with suppress(BlockingIOError):
            while packet := os.read(source, 65_536):
                weather = self.up if source == self.room else self.down
                for _ in range(1 + (self._chance.random() < weather.doubled)):
                    self._plan(packet, towards, weather)

    def _plan(self, packet: bytes, towards: int, weather: Weather) -> None:
        now_s = CLOCK.elapsed_s()
        free_s = max(now_s, self._free_s.get(towards, 0.0))
        is_full = weather.bytes_per_s is not None and free_s - now_s > _LONGEST_QUEUE_S
        if weather.is_cut or is_full or self._chance.random() < weather.lost:
            self.dropped += 1
            return
        self._free_s[towards] = free_s + (len(packet) / weather.bytes_per_s if weather.bytes_per_s else 0.0)
        late_s = weather.delay_s + self._chance.uniform(-weather.jitter_s, weather.jitter_s)
        heapq.heappush(self._due, (self._free_s[towards] + late_s, self.carried + len(self._due), towards, packet))

    def _give(self) -> None:
        while self._due and self._due[0][0] <= CLOCK.elapsed_s():
            _, _, towards, packet = heapq.heappop(self._due)
            with suppress(OSError):
                os.write(towards, packet)
                self.carried += 1


@contextmanager
def rough_link() -> Iterator[RoughLink]:
    """Put this thread, and all that it starts, at the ward's end of a link whose other end is a room's network."""
    before = os.open("/proc/self/ns/net", os.O_RDONLY)
    _new_network()
    link: RoughLink | None = None
    try:
        room, room_space = _tun(ROOM_SIDE), os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        _new_network()
        link = RoughLink(room, _tun(WARD_SIDE), room_space)
        thread = threading.Thread(target=link.carry, daemon=True)
        thread.start()
        yield link
        link.end()
        thread.join()
    finally:
        _enter(before)
        for one in (before, *((link.room, link.ward, link.room_space) if link else ())):
            os.close(one)


@contextmanager
def own_memory(megabytes: int) -> Iterator[list[str]]:
    """Yield the beginning of a command whose process may hold so much; of what holds more the kernel ends one."""
    root = Path("/sys/fs/cgroup")
    is_second = (root / "cgroup.controllers").exists()
    group = (root if is_second else root / "memory") / f"hushward-test-{os.getpid()}"
    limit = group / ("memory.max" if is_second else "memory.limit_in_bytes")
    try:
        group.mkdir()
        limit.write_text(f"{megabytes << 20}")
    except OSError as error:
        with suppress(OSError):
            group.rmdir()
        pytest.skip(f"kernel: a group with a limit of memory cannot be made here ({error.strerror})")
    try:
        yield ["sh", "-c", f'echo $$ > "{group}/cgroup.procs" && exec "$@"', "sh"]
    finally:
        group.rmdir()


@contextmanager
def own_network() -> Iterator[None]:
    """Put this thread, and all that it starts, into a network of its own, whose packets are of an Ethernet's size."""
    before = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
    _new_network()
    try:
        subprocess.run(["ip", "link", "set", "lo", "up", "mtu", "1500"], check=True)
        yield
    finally:
        _enter(before)
        os.close(before)


def _new_network() -> None:
    if _libc.unshare(_NEW_NETWORK) != 0:
        code = ctypes.get_errno()
        if code in (errno.EPERM, errno.EINVAL):
            pytest.skip("kernel: a network of the test's own needs root (CAP_SYS_ADMIN), which is not given here")
        raise OSError(code, os.strerror(code))


def _enter(space: int) -> None:
    if _libc.setns(space, _NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "cannot come back into a network")


def _tun(address: str) -> int:
    """Make this network's end of the link and return its file."""
    if shutil.which("ip") is None:
        pytest.skip("tool: ip is not installed; run `make tools`")
    if not Path("/dev/net/tun").exists():
        pytest.skip("kernel: a link of the test's own needs /dev/net/tun, which this kernel does not lend")
    file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(file, _MAKE_TUN, struct.pack("16sH", b"rough", _TUN_WITHOUT_HEADER))
    for words in ("link set lo up", f"addr add {address}/24 dev rough", "link set rough up"):
        subprocess.run(["ip", *words.split()], check=True)
    return file


@dataclass
class OwnDisk:
    """A small ext4 disk that only the processes started by `command` see, at one folder.

    Attributes:
        folder: where it is mounted for them.
        holder: the process whose mounts they share.
    """

    folder: Path
    holder: int

    def command(self, *words: str) -> list[str]:
        """Return a command that runs where the disk is."""
        return ["nsenter", "--mount", f"--target={self.holder}", "--wd=/", "--", *words]

    def fill(self) -> None:
        """Leave no room on it."""
        script = 'dd if=/dev/zero of="$0/ballast" bs=64k; dd if=/dev/zero of="$0/ballast2" bs=1k; sync'
        self._run("sh", "-c", script, str(self.folder))

    def make_room(self) -> None:
        """Take away what fills it."""
        self._run("sh", "-c", 'rm -f "$0"/ballast*; sync', str(self.folder))

    def fail(self) -> None:
        """Do what the kernel does after an error of the disk: from now on it is read-only."""
        self._run("mount", "-o", "remount,abort", str(self.folder))

    def pull(self) -> None:
        """Take the disk away: every access is an input/output error."""
        folder = os.open(f"/proc/{self.holder}/root{self.folder}", os.O_RDONLY)
        try:
            fcntl.ioctl(folder, _SHUT_DOWN, struct.pack("I", _WITHOUT_A_FLUSH))
        finally:
            os.close(folder)

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let nothing be written until the end of the block: the slowest of all disks."""
        self._run("fsfreeze", "--freeze", str(self.folder))
        try:
            yield
        finally:
            self._run("fsfreeze", "--unfreeze", str(self.folder))

    def _run(self, *words: str) -> None:
        subprocess.run(self.command(*words), capture_output=True, check=words[0] != "sh")


@contextmanager
def own_disk(folder: Path, megabytes: int = 3) -> Iterator[OwnDisk]:
    """Yield a disk that begins with what lies in a folder, and stands in its place."""
    if shutil.which("mke2fs") is None:
        pytest.skip("tool: mke2fs is not installed; run `make tools`")
    if os.geteuid() != 0 or not Path("/dev/loop-control").exists():
        pytest.skip("kernel: a disk of the test's own needs root and loop devices, which are not given here")
    image = folder.with_suffix(".img")
    subprocess.run(["mke2fs", "-q", "-F", "-t", "ext4", "-d", str(folder), str(image), f"{megabytes}M"], check=True)
    script = f'mount -o loop "{image}" "{folder}" && echo there && exec sleep 600'
    holder = subprocess.Popen(["unshare", "--mount", "sh", "-c", script], stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        if holder.stdout.readline() != b"there\n":
            pytest.skip("kernel: a file system cannot be mounted here")
        yield OwnDisk(folder, holder.pid)
    finally:
        holder.kill()
        holder.wait()
        if holder.stdout is not None:
            holder.stdout.close()
