"""The live A121 from its driver to its recording, on a clock that flies."""

import json
from collections.abc import Callable
from itertools import pairwise, takewhile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from broker.clock import Clock
from edge.errors import SourceError
from edge.frames import Frame, LoopMark, Quiet
from edge.sources.a121 import open_a121
from edge.sources.a121_recorded import A121Words
from edge.sources.a121_session import bed_session, read_session
from edge.sources.a121_simulated import Drill, SimulatedA121
from edge.sources.live import LiveSource
from edge.sources.ports import MemoryPort, Port
from edge.sources.replay import A121Recording
from tests.kit.a121 import config, line, metadata, result, write_recording
from tests.kit.flying import TimeThatFlies
from tests.kit.recordings import recording
from tests.kit.sleeper import START

Item = Frame | LoopMark | Quiet


class Bench:
    """A driver with a simulated sensor at the other end of its cable."""

    def __init__(self, file: Path, folder: Path, drill: Drill | None = None, **settings: Any) -> None:
        self.clock = TimeThatFlies(START)
        words = A121Words(file)
        self.sensor = SimulatedA121(words, self.clock, drill, loop=True)
        session = folder / "session.json"
        session.write_text(json.dumps(words.longest.session))
        self.opened = 0
        self.source = open_a121({"session": session, **settings}, self.clock, self._open)

    def items(self, seconds: float) -> list[Item]:
        began_s = self.clock.elapsed_s()
        return list(takewhile(lambda _: self.clock.elapsed_s() - began_s < seconds, self.source))

    def _open(self) -> Port:
        self.opened += 1
        if self.sensor.is_unplugged:
            raise SourceError("There is no device.")
        self.sensor.unplug()
        return MemoryPort(self.sensor, self.clock)


def frames(items: list[Item]) -> list[Frame]:
    return [one for one in items if isinstance(one, Frame)]


def whys(items: list[Item]) -> list[str]:
    said = [one.why for one in items if isinstance(one, Quiet)]
    return [why for why, before in zip(said, ["", *said], strict=False) if why and why != before]


def gaps(items: list[Item]) -> list[float]:
    times = [one.t_s for one in items if not isinstance(one, LoopMark)]
    return [late - early for early, late in pairwise(times)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_recording(tmp_path / "a.h5", sessions=((200, 5),))


def test_the_frames_of_a_live_sensor_are_those_of_its_recording(file: Path, tmp_path: Path) -> None:
    live = frames(Bench(file, tmp_path).items(9))
    replayed = [one for one in A121Recording(file) if isinstance(one, Frame)]
    assert len(live) > 150
    for one, other in zip(live, replayed, strict=False):
        assert np.array_equal(one.values, other.values)
        assert one.noise_power is not None
        assert np.array_equal(one.noise_power, other.noise_power)
    assert live[0].layout.range_m == pytest.approx(replayed[0].layout.range_m)
    assert np.diff([one.t_s for one in live]) == pytest.approx(0.05, abs=2e-3)


def test_a_plug_that_is_pulled_is_said_at_once_and_every_moment_until_it_is_back(file: Path, tmp_path: Path) -> None:
    bench = Bench(file, tmp_path, Drill(unplug_at_s=5, back_after_s=4))
    items = bench.items(15)
    lost = [one for one in items if isinstance(one, Quiet) and one.why]
    assert 5.0 < lost[0].t_s < 5.5
    assert whys(items) == ["The simulated sensor is unplugged.", "There is no device."]
    assert max(gaps(items)) <= 0.5
    assert items[-1].t_s == pytest.approx(15, abs=0.6)  # type: ignore[union-attr]


def test_after_a_loss_the_window_starts_anew_and_no_old_value_comes(file: Path, tmp_path: Path) -> None:
    found = frames(Bench(file, tmp_path, Drill(unplug_at_s=5, back_after_s=1)).items(12))
    (place,) = [n for n in range(1, len(found)) if found[n].layout is not found[n - 1].layout]
    before, after = found[:place], found[place:]
    assert after[0].t_s - before[-1].t_s > 1
    old = {one.values.tobytes() for one in before}
    assert not any(one.values.tobytes() in old for one in after[:80])


def test_garbage_costs_frames_that_are_counted_and_nothing_else(file: Path, tmp_path: Path) -> None:
    bench = Bench(file, tmp_path, Drill(garbage_at_s=3))
    found = frames(bench.items(9))
    known = {one.values.tobytes() for one in A121Recording(file) if isinstance(one, Frame)}
    assert {one.values.tobytes() for one in found} <= known
    assert bench.source.count.bad >= 1
    assert len(found) + bench.source.count.lost == pytest.approx(9 * 20, abs=12)


def test_each_failure_makes_the_next_try_wait_longer_up_to_ten_seconds(file: Path, tmp_path: Path) -> None:
    bench = Bench(file, tmp_path, Drill(unplug_at_s=1))
    bench.items(2)
    tries, opened = [], bench.opened
    for item in bench.source:
        if bench.opened != opened:
            opened = bench.opened
            tries.append(bench.clock.elapsed_s())
        if len(tries) == 8 or isinstance(item, Frame):
            break
    waits = np.diff(tries)
    assert waits == pytest.approx([0.5, 1, 2, 4, 8, 10, 10], abs=0.6)


class Scripted:
    """A sensor that answers as it is told to."""

    def __init__(self, answers: dict[str, bytes], then: Callable[[], bytes] = lambda: b"") -> None:
        self.answers = {
            "get_system_info": line(system_info={"sensor": "a121", "ticks_per_second": 1000, "max_baudrate": 1000000}),
            "get_sensor_info": line(sensor_info=[{"connected": True}]),
            "set_uart_baudrate": line(status="ok", message="set baudrate"),
            "setup": line(status="ok", tick_period=0, metadata=metadata()),
            "start_streaming": line(status="start"),
            "stop_streaming": line(status="stop"),
        } | answers
        self.asked: list[str] = []
        self._to_say = b""
        self._then = then

    def hear(self, data: bytes) -> None:
        command = json.loads(data)["cmd"]
        self.asked.append(command)
        self._to_say += self.answers[command]

    def say(self) -> bytes:
        said, self._to_say = self._to_say, b""
        return said or (self._then() if self.asked[-1:] == ["start_streaming"] else b"")


def talk(sensor: Scripted, folder: Path, baudrate: int | None = None) -> tuple[LiveSource, TimeThatFlies]:
    session, clock = folder / "session.json", TimeThatFlies(START)
    session.write_text(json.dumps({"groups": [{"1": config()}]}))
    return open_a121({"session": session}, clock, lambda: MemoryPort(sensor, clock, baudrate)), clock


def first_why(source: LiveSource) -> str:
    return next(one.why for one in source if isinstance(one, Quiet) and one.why)


@pytest.mark.parametrize(
    ("command", "answer", "says"),
    [
        ("get_system_info", b"", "does not answer to get_system_info"),
        ("get_system_info", line(system_info={"sensor": "a111"}), "Another sensor than an A121"),
        ("get_system_info", line(system_info={"sensor": "a121", "ticks_per_second": 0}), "how fast its counter"),
        ("get_sensor_info", line(sensor_info=[{"connected": False}]), "no sensor 1"),
        ("setup", line(status="error", message="bad hwaas"), "reports an error: bad hwaas"),
        ("setup", line(status="ok", metadata=[]), "did not take the session"),
        ("start_streaming", b"", "does not answer to start_streaming"),
        ("start_streaming", line(status="start"), "nothing that can be read for 1.2 s"),
    ],
)
def test_a_sensor_that_does_not_do_its_part_is_said_in_a_sentence(
    command: str, answer: bytes, says: str, tmp_path: Path
) -> None:
    source, _ = talk(Scripted({command: answer}), tmp_path)
    assert says in first_why(source)


def test_a_sensor_on_a_serial_line_is_told_to_speak_as_fast_as_it_can(tmp_path: Path) -> None:
    sensor = Scripted({})
    ports: list[MemoryPort] = []
    session, clock = tmp_path / "s.json", TimeThatFlies(START)
    session.write_text(json.dumps({"groups": [{"1": config()}]}))

    def opener() -> Port:
        ports.append(MemoryPort(sensor, clock, 115200))
        return ports[-1]

    first_why(open_a121({"session": session}, clock, opener))
    assert ports[0].baudrate == 1000000
    assert sensor.asked[:3] == ["get_system_info", "get_sensor_info", "set_uart_baudrate"]


class Stream:
    """A result each 50 ms of a clock that is given later."""

    def __init__(self, **info: Any) -> None:
        self.clock: Clock | None = None
        self._info = info
        self._said = 0
        self._began_s: float | None = None

    def __call__(self) -> bytes:
        assert self.clock is not None
        self._began_s = self.clock.elapsed_s() if self._began_s is None else self._began_s
        due = range(self._said, int((self.clock.elapsed_s() - self._began_s) * 20))
        self._said = due.stop
        return b"".join(result(number, **self._info) for number in due)


def test_a_sensor_that_asks_for_calibration_is_set_up_again_and_begins_a_new_window(tmp_path: Path) -> None:
    stream = Stream(calibration_needed=True)
    sensor = Scripted({}, stream)
    source, stream.clock = talk(sensor, tmp_path)
    found = []
    for item in source:
        if isinstance(item, Frame):
            found.append(item)
        if found and found[-1].layout is not found[0].layout:
            break
        assert item.t_s < 20  # type: ignore[union-attr]
    assert sensor.asked[-3:] == ["stop_streaming", "setup", "start_streaming"]
    assert found[-2].t_s > 10


def test_frames_that_lay_in_a_buffer_do_not_pass_for_the_present(tmp_path: Path) -> None:
    stream = Stream()
    source, clock = talk(Scripted({}, stream), tmp_path)
    stream.clock = clock
    items = iter(source)
    while not isinstance(next(items), Frame):
        pass
    clock.advance(30)
    after = [next(items) for _ in range(3)]
    assert any(isinstance(one, Quiet) and "not of now" in one.why for one in after)


def test_a_source_that_is_closed_gives_its_port_back_and_ends(file: Path, tmp_path: Path) -> None:
    bench = Bench(file, tmp_path)
    items = iter(bench.source)
    while not isinstance(next(items), Frame):
        pass
    bench.source.close()
    bench.source.close()
    assert [one for one in items if isinstance(one, Frame)] == []


def test_the_session_for_a_bed_reaches_from_0_3_to_4_6_m_and_fits_its_time() -> None:
    subs = bed_session(1)["groups"][0][0]["config"]["subsweeps"]
    points = [one["start_point"] + n * one["step_length"] for one in subs for n in range(one["num_points"])]
    assert points == sorted(points)
    assert points[0] * 0.0025 == pytest.approx(0.3)
    assert 4.5 <= points[-1] * 0.0025 <= 4.6
    assert max(np.diff(points)) * 0.0025 <= 0.18
    assert sum(one["num_points"] * one["hwaas"] for one in subs) * 1.08e-6 * 8 < 0.5 / 20


def test_a_session_is_read_in_the_makers_form_and_spoken_in_the_protocols(tmp_path: Path) -> None:
    sub = {"start_point": 80, "num_points": 9, "step_length": 24, "profile": "PROFILE_3", "prf": "PRF_15_6_MHz"}
    one = {"sweeps_per_frame": 8, "frame_rate": None, "inter_frame_idle_state": "DEEP_SLEEP", "subsweeps": [sub]}
    (tmp_path / "s.json").write_text(json.dumps({"groups": [{"2": one}], "update_rate": 10.0}))
    session = read_session(tmp_path / "s.json")
    told = session["groups"][0][0]
    assert (told["sensor_id"], session["update_rate"]) == (2, 10.0)
    assert (told["config"]["frame_rate"], told["config"]["inter_frame_idle_state"]) == (0.0, "deep_sleep")
    assert (told["config"]["subsweeps"][0]["profile"], told["config"]["subsweeps"][0]["prf"]) == (3, "15_6_MHz")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"groups":[]}', '{"groups":[{"1":{}}]}', '{"groups":[7]}'])
def test_a_file_that_is_no_session_is_refused_in_one_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(SourceError, match=r"s\.json is no A121 session") as caught:
        open_a121({"port": "tcp://127.0.0.1:9", "session": tmp_path / "s.json"}, TimeThatFlies(START))
    assert "\n" not in str(caught.value)


def test_another_session_than_the_recordings_is_refused_with_the_remedy(file: Path, tmp_path: Path) -> None:
    bench = Bench(file, tmp_path, session=None)
    assert "was made with another session" in whys(bench.items(3))[0]


@pytest.mark.parametrize("name", ["breathing-sitting", "presence-default", "presence-long_range", "smart_presence"])
def test_a_real_recording_comes_through_the_protocol_byte_for_byte(name: str, tmp_path: Path) -> None:
    path = recording(f"radar/acconeer/{name}.h5")
    live = frames(Bench(path, tmp_path).items(7))
    replayed = {one.values.tobytes() for one in A121Recording(path) if isinstance(one, Frame)}
    assert len(live) > 50
    assert {one.values.tobytes() for one in live} <= replayed
