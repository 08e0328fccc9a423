"""Live modules from their line to their frames, on a clock that flies."""

import math
from itertools import takewhile
from pathlib import Path

import pytest

from edge.decoders import ld2410, mr24
from edge.errors import SourceError
from edge.frames import Frame, FrameKind, Quiet
from edge.source_settings import SourceKind
from edge.sources.module_frames import MODULES
from edge.sources.module_live import open_module
from edge.sources.ports import MemoryPort
from edge.sources.table import SOURCES
from edge.sources.ti_live import open_ti
from tests.kit.flying import TimeThatFlies
from tests.kit.packets import LD2410_BASIC, ld2410_answer, ld2410_report
from tests.kit.sleeper import START
from tests.kit.ti_packets import lab_packet

SOMEBODY = mr24.packed(3, 3, mr24.ENVIRONMENT, b"\x01\x00\xff")


class Asked:
    """An MR24 that answers when it is asked, until its cable is pulled."""

    def __init__(self, clock):
        self.clock, self.heard, self.to_say, self.is_out = clock, [], b"", False

    def hear(self, data):
        self.heard.append(data)
        self.to_say += SOMEBODY

    def say(self):
        if self.is_out:
            raise SourceError("The cable is out.")
        said, self.to_say = self.to_say, b""
        return said


def watched(source, clock, seconds):
    until_s = clock.elapsed_s() + seconds
    return list(takewhile(lambda _: clock.elapsed_s() < until_s, source))


def open_with(peer, clock, kind="mr24"):
    return open_module({"kind": kind}, clock, lambda: MemoryPort(peer, clock))


def test_a_module_that_reports_only_changes_is_asked_each_second():
    clock = TimeThatFlies(START)
    peer = Asked(clock)
    items = watched(open_with(peer, clock), clock, 10)
    frames = [item for item in items if isinstance(item, Frame)]
    assert set(peer.heard) == {mr24.question()}
    assert 9 <= len(frames) <= 11
    assert all(frame.hint.presence is True and frame.layout.kind is FrameKind.HINT for frame in frames)


def test_a_pulled_module_is_said_to_be_lost_at_once_and_comes_back_with_a_new_layout():
    clock = TimeThatFlies(START)
    peer = Asked(clock)
    source = open_with(peer, clock)
    before = [item for item in watched(source, clock, 4) if isinstance(item, Frame)]
    peer.is_out = True
    items = source.__iter__()
    lost = watched(items, clock, 3)
    assert any(isinstance(item, Quiet) and item.why == "The cable is out." for item in lost)
    assert not any(isinstance(item, Frame) for item in lost)
    peer.is_out = False
    after = next(item for item in items if isinstance(item, Frame))
    assert after.layout is not before[-1].layout


@pytest.mark.parametrize("kind", ["mr24", "mr60bha1", "mr60bha2", "ld2410"])
def test_a_line_of_garbage_is_a_lost_sensor_and_says_what_to_do(kind):
    clock = TimeThatFlies(START)

    class Garbage(Asked):
        def hear(self, data):
            self.heard.append(data)

        said_s = 0.0

        def say(self):
            if self.clock.elapsed_s() == self.said_s:
                return b""
            self.said_s = self.clock.elapsed_s()
            return b"\x00\xff" * 40

    items = watched(open_with(Garbage(clock), clock, kind), clock, 20)
    assert not any(isinstance(item, Frame) for item in items)
    assert any(isinstance(item, Quiet) and "check its power" in item.why for item in items)


def test_an_ld2410_is_switched_to_its_full_reports():
    clock = TimeThatFlies(START)

    class Hilink(Asked):
        def hear(self, data):
            self.heard.append(data)
            self.to_say += ld2410_answer(data[6])

        def say(self):
            return super().say() + ld2410_report(LD2410_BASIC)

    peer = Hilink(clock)
    source = open_with(peer, clock, "ld2410")
    frames = [item for item, _ in zip(source, range(40), strict=False) if isinstance(item, Frame)]
    assert tuple(peer.heard) == ld2410.engineering_commands()
    assert frames[-1].hint.distance_m == 0.81


def test_every_kind_of_live_module_is_a_setting_and_a_source():
    assert set(MODULES) | {"ti"} <= set(SOURCES) & set(SourceKind)
    assert all(SOURCES[name].is_live for name in (*MODULES, "ti"))


def test_a_module_without_a_port_is_refused():
    with pytest.raises(SourceError, match="needs a port"):
        open_module({"kind": "mr24"}, TimeThatFlies(START))


class Commands(Asked):
    """A TI radar's command port; refuses one line when it is told to."""

    refused = b"never"

    def hear(self, data):
        self.heard.append(data)
        self.to_say += b"\nError -1\n" if self.refused in data else b"\nDone\nmmwDemo:/>"


class Data(Asked):
    """A TI radar's data port: twenty packets a second of the node's clock."""

    number = 0

    def say(self):
        due = math.floor(self.clock.elapsed_s() * 20)
        new = b"".join(lab_packet(number) for number in range(max(self.number, due - 8) + 1, due + 1))
        self.number = max(due, self.number)
        return new


def ti_bench(tmp_path: Path, refused=b"never"):
    profile = tmp_path / "bed.cfg"
    profile.write_text("% a bed\nsensorStop\nframeCfg 0 1 32 0 50 1 0\nchannelCfg 15 5 0\nsensorStart\n")
    clock = TimeThatFlies(START)
    commands = Commands(clock)
    commands.refused = refused
    ports = lambda: (MemoryPort(commands, clock), MemoryPort(Data(clock), clock))  # noqa: E731
    return open_ti({"profile": profile}, clock, ports), commands, clock


def test_a_ti_radar_is_told_its_profile_and_its_frames_run_on_the_nodes_clock(tmp_path):
    source, commands, clock = ti_bench(tmp_path)
    items = watched(source, clock, 10)
    frames = [item for item in items if isinstance(item, Frame)]
    assert commands.heard[0] == b"sensorStop\n"
    assert commands.heard[-1] == b"sensorStart\n"
    assert 160 <= len(frames) <= 210
    assert abs(frames[-1].t_s - 10) < 1
    assert frames[-1].layout.kind is FrameKind.RADAR


def test_a_ti_radar_that_refuses_its_profile_says_which_line(tmp_path):
    source, _, clock = ti_bench(tmp_path, refused=b"frameCfg")
    items = watched(source, clock, 5)
    assert any(isinstance(item, Quiet) and "refuses the line 'frameCfg" in item.why for item in items)


def test_a_ti_radar_that_is_already_stopped_may_refuse_to_stop(tmp_path):
    source, _, clock = ti_bench(tmp_path, refused=b"sensorStop")
    assert any(isinstance(item, Frame) for item in watched(source, clock, 5))


def test_a_ti_radar_needs_both_ports_and_a_profile(tmp_path):
    with pytest.raises(SourceError, match="command_port and profile"):
        open_ti({"port": "/dev/ttyUSB1", "profile": tmp_path / "bed.cfg"}, TimeThatFlies(START))
