"""Rules K1, K2 and P4: of pictures that are known, nothing is found in anything that a node wrote, opened or sent."""

import base64
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from broker.vocabulary import Modality, Purpose, SensorState
from edge.pipe import Open, Opened, SensedLine, decode_from_sensing, encode
from tests.kit.pictures import as_npz
from tests.kit.pixels import (
    HEIGHT,
    WIDTH,
    Search,
    files_under,
    mapped_files,
    open_files,
    open_kinds,
    watermarked,
    written_bytes,
    written_maps,
)
from tests.kit.processes import ROOT, eventually
from tests.kit.real_node import RealNode, real_node

SOUND = ("asound", "pulse", "pipewire", "portaudio", "jack", "/dev/snd")


@dataclass
class Left:
    """All that a sensing process left, which looked at known pictures through a camera."""

    folder: Path
    said: list[bytes]
    found: dict[str, set[str]]
    looked_at: dict[str, int]
    written_bytes: int
    open_kinds: set[str]
    open_files: set[Path]
    mapped: set[str]
    written_maps: set[str]


def started(folder: Path, module: str, recording: Path) -> subprocess.Popen[bytes]:
    """Start one with folders of its own, allowed to leave a core dump as large as the machine lets it."""
    (folder / "tmp").mkdir()
    (folder / "home").mkdir()
    places = {"TMPDIR": str(folder / "tmp"), "HOME": str(folder / "home")}
    with (folder / "stderr.log").open("wb") as log:
        child = subprocess.Popen(
            ["bash", "-c", f'ulimit -S -c $(ulimit -H -c); exec "{sys.executable}" -m {module}'],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            bufsize=0,
            env={**os.environ, **places},
        )
    assert child.stdin is not None
    settings = {"kind": "replay", "file": str(recording), "modality": "camera", "loop": True}
    child.stdin.write(encode(Open(settings, tuple(Purpose), True, "0" * 32, (), 100.0)))
    return child


def lines_of(child: subprocess.Popen[bytes], seconds: int) -> list[bytes]:
    """Wait until it has said so many seconds, and return every line."""
    said: list[bytes] = []
    assert child.stdout is not None
    while sum(b'"kind":"estimate"' in line for line in said) < seconds:
        said.append(child.stdout.readline())
        assert said[-1], "it has ended"
    return said


def left_by(folder: Path, module: str, seconds: int) -> Left:
    """Let one see so many seconds, and look at everything that there is of it."""
    recording = as_npz(folder / "camera.npz", watermarked(200))
    child = started(folder, module, recording)
    assert child.stdin is not None and child.stdout is not None
    said = lines_of(child, seconds)
    held = {name: content for name, content in open_files(child.pid).items() if Path(name) != recording}
    search = Search()
    search.look_at_all({f"open {name}": content for name, content in held.items()})
    facts = (written_bytes(child.pid), open_kinds(child.pid), set(map(Path, held)))
    maps = (mapped_files(child.pid), written_maps(child.pid))
    child.kill()
    child.wait()
    said += child.stdout.read().splitlines(keepends=True)
    child.stdin.close()
    child.stdout.close()
    search.look("pipe", b"".join(said))
    search.look_at_all({f"file {name}": content for name, content in files_under(folder, but=recording)})
    return Left(folder, said, search.found, search.looked_at, *facts, *maps)


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    # The kernel shows the shipped process to root alone.
    module = "edge.sensing" if os.geteuid() == 0 else "tests.kit.leaking_sensing --tight"
    return left_by(tmp_path_factory.mktemp("sensing"), module, 3)


@pytest.fixture(scope="module")
def leaked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    """What the search finds of a process that leaks."""
    return left_by(tmp_path_factory.mktemp("leaking"), "tests.kit.leaking_sensing", 2).found


def test_K1_nothing_of_a_picture_is_on_the_pipe_in_a_file_or_held_open(left: Left) -> None:
    assert left.found == {}
    assert left.looked_at["pipe"] > 1000 and "file stderr.log" in left.looked_at


def test_K1_sensing_says_numbers_alone_and_less_than_one_picture_in_all(left: Left) -> None:
    lines = [decode_from_sensing(line) for line in left.said]
    assert {type(line) for line in lines} == {Opened, SensedLine}
    assert max(line.frames_read for line in lines if isinstance(line, SensedLine)) >= 20
    assert left.written_bytes < HEIGHT * WIDTH


def test_K1_sensing_has_no_network_and_writes_into_no_file(left: Left) -> None:
    assert "socket" not in left.open_kinds
    assert left.open_files <= {left.folder / "stderr.log"}
    assert {one for one in left.written_maps if not one.startswith("[")} == set()
    assert {name for name, _ in files_under(left.folder)} == {"camera.npz", "stderr.log"}


def test_P4_sensing_has_no_library_and_no_device_for_sound(left: Left) -> None:
    touched = left.mapped | {str(one) for one in left.open_files}
    assert any("onnxruntime" in one for one in touched)
    assert [one for one in touched if any(word in one.lower() for word in SOUND)] == []


def test_K2_a_crash_leaves_no_dump(tmp_path: Path) -> None:
    child = started(tmp_path, "edge.sensing", as_npz(tmp_path / "camera.npz", watermarked(40)))
    lines_of(child, 1)
    child.send_signal(signal.SIGSEGV)
    ended = os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert child.stdin is not None and child.stdout is not None
    child.stdin.close()
    child.stdout.close()
    assert child.wait() == -signal.SIGSEGV
    assert ended is not None and ended.si_code == os.CLD_KILLED, "the kernel wrote a core dump"
    assert {name for name, _ in files_under(tmp_path)} == {"camera.npz", "stderr.log"}
    assert not list(ROOT.glob("core*"))


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("file tmp/raw.bin", "raw"),
        ("file tmp/part.bin", "raw"),
        ("file tmp/look.png", "png picture"),
        ("file tmp/look.jpg", "jpeg picture"),
        ("file tmp/look.png", "png"),
        ("file tmp/look.jpg", "jpeg"),
        ("file tmp/look.npz", "npz"),
        ("file tmp/packed", "zlib"),
        ("file tmp/text", "base64"),
        ("file tmp/hex", "hex"),
        ("file stderr.log", "printed"),
        ("file stderr.log", "numbers"),
        ("pipe", "base64"),
        ("open /memfd:pictures (deleted)", "raw"),
    ],
)
def test_K1_a_leak_that_is_put_in_on_purpose_is_found(leaked: dict[str, set[str]], place: str, kind: str) -> None:
    assert kind in leaked.get(place, set()), leaked


def test_K1_a_file_that_no_folder_names_any_more_is_found(leaked: dict[str, set[str]]) -> None:
    assert [kinds for place, kinds in leaked.items() if place.endswith("/tmp/gone (deleted)")] == [{"raw"}]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealNode]:
    """A whole node on a real broker, before a camera whose pictures are known, until it has said a few seconds."""
    folder = tmp_path_factory.mktemp("node")
    recording = as_npz(tmp_path_factory.mktemp("camera") / "camera.npz", watermarked(200))
    source = f'kind = "replay"\nfile = "{recording}"\nloop = true'
    with real_node(folder, source, modality=Modality.CAMERA) as made:
        made.wait_for(SensorState.OPEN)
        seen = len(made.payloads)
        eventually(lambda: len(made.payloads) > seen + 4, 30.0, f"what the node says ({made.node.output[-2000:]})")
        yield made


def test_K1_nothing_of_a_picture_is_in_what_a_node_sends_keeps_holds_open_or_logs(node: RealNode) -> None:
    assert node.node.running is not None
    search, (sensing,) = Search(), node.sensing()
    for number, payload in enumerate(node.payloads):
        search.look(f"message {number}", payload)
    search.look_at_all(dict(files_under(node.folder)))
    for pid in (node.node.running.pid, sensing):
        search.look_at_all({name: content for name, content in open_files(pid).items() if not name.endswith(".npz")})
    assert search.found == {}
    assert {"node.log", "data/outbox.db", "broker/broker.log"} <= set(search.looked_at)
    assert max(map(len, node.payloads)) <= 2048


def test_K1_a_picture_that_a_node_were_to_send_or_to_keep_is_found(node: RealNode) -> None:
    picture = watermarked(1)[0]
    search = Search()
    (node.folder / "data" / "kept").write_bytes(picture[100:140].tobytes())
    search.look_at_all(dict(files_under(node.folder)))
    (node.folder / "data" / "kept").unlink()
    for number, row in enumerate((picture[8].tobytes(), base64.b64encode(picture[16].tobytes()))):
        search.look(f"message {number}", row)
    assert search.found == {"data/kept": {"raw"}, "message 0": {"raw"}, "message 1": {"base64"}}
