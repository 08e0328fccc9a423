import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from broker.vocabulary import LeaseKind, Purpose, Withheld
from edge.errors import PipeError
from edge.frames import Frame, FrameCount, FrameKind, Layout, Quiet
from edge.pipe import Ended, Extend, Fault, Loop, Notice, Open, Opened, SensedLine, decode_from_sensing, encode
from edge.sensing import Parts, Sensing, Stopped
from edge.sources.arrays import ArrayRecording
from edge.trials import Profiled, ProfilePart, Trial, TrialKind, Tried
from tests.kit.empty_rooms import EMPTY, SceneSource, phantom
from tests.kit.flying import TimeThatFlies
from tests.kit.sleeper import START, new_estimator

ALL = tuple(Purpose)
ZONES = ({"zone": "bed", "from_m": 0.0, "to_m": 1.65}, {"zone": "room", "from_m": 1.65, "to_m": 2.7})


class Script:
    """The node's lines, given at set times; then its end closes."""

    def __init__(self, clock, lines, stop_after_s):
        self._clock, self._lines, self._began = clock, sorted(lines.items()), clock.elapsed_s()
        self._stop = stop_after_s

    def pending(self):
        passed = self._clock.elapsed_s() - self._began
        while self._lines and self._lines[0][0] <= passed:
            yield self._lines.pop(0)[1]
        if passed >= self._stop:
            raise Stopped


def recording(seconds, *, loop=False):
    rng = np.random.default_rng(2)
    layout = Layout(FrameKind.RADAR, np.linspace(0.5, 1.5, 6), 0.005, 20.0)
    iq = rng.normal(size=(seconds * 20, 6)) + 1j * rng.normal(size=(seconds * 20, 6))
    return ArrayRecording(layout, np.arange(seconds * 20) / 20, iq.astype(np.complex64), loop=loop)


def run(source, lines, stop_after_s, purposes=ALL):
    clock, said, armed = TimeThatFlies(START), [], []
    orders = Script(clock, lines, stop_after_s)
    parts = Parts(clock, source, new_estimator(), orders, said.append, armed.append)
    with pytest.raises(Stopped):
        Sensing(parts, purposes, True).run()
    return said, armed


def test_a_recording_is_played_in_real_time_and_its_end_is_said_every_second():
    said, _ = run(recording(5), {}, 8.5)
    place = next(index for index, line in enumerate(said) if isinstance(line, Ended))
    after = [line for line in said[place + 1 :] if isinstance(line, SensedLine)]
    assert len(after) >= 2
    assert {line.fault for line in after} == {Withheld.RECORDING_ENDED}
    assert {line.respiratory_rate_withheld for line in after} == {Withheld.RECORDING_ENDED}


def test_the_end_of_a_recording_that_was_cut_says_where():
    cut = recording(3)
    cut.count.warnings.append("night.h5 is cut after 3.0 s of recording.")
    said, _ = run(cut, {}, 5)
    assert Ended("recording_ended", "night.h5 is cut after 3.0 s of recording.") in said


def test_a_looped_recording_says_which_time_it_is():
    said, _ = run(recording(3, loop=True), {}, 8)
    assert [line.loop for line in said if isinstance(line, Loop)][:2] == [2, 3]


def test_each_renewal_arms_the_deadline_again_and_may_change_the_purposes():
    said, armed = run(recording(8), {2.1: Extend(60.0, ()), 4.1: Extend(30.0, ALL)}, 7)
    lines = {line.t_s: line for line in said if isinstance(line, SensedLine)}
    assert armed == [60.0, 30.0]
    assert lines[3.0].presence_withheld is Withheld.NOT_PERMITTED
    assert lines[6.0].presence_withheld is not Withheld.NOT_PERMITTED


class Scripted:
    """A live source that gives what it was told to, half a second apart."""

    def __init__(self, clock, items):
        self.count, self._clock, self._items = FrameCount(), clock, items

    def __iter__(self):
        for item in self._items:
            self._clock.advance(0.5 if isinstance(item, Quiet) else 0.05)
            yield item
        raise Stopped

    def close(self):
        pass


def live(items):
    clock, said = TimeThatFlies(START), []
    source = Scripted(clock, items)
    parts = Parts(clock, source, new_estimator(), Script(clock, {}, 1e9), said.append, lambda _: None, is_live=True)
    with pytest.raises(Stopped):
        Sensing(parts, ALL, True).run()
    return said


def looks(start_s, seconds):
    found = [one for one in recording(seconds) if isinstance(one, Frame)]
    return [replace(one, t_s=start_s + one.t_s) for one in found]


def quiet(start_s, seconds, why=""):
    return [Quiet(start_s + 0.5 * n, why) for n in range(2 * seconds)]


def faults(said):
    return {line.t_s: line.fault for line in said if isinstance(line, SensedLine)}


def test_H4_a_sensor_that_is_lost_is_said_in_the_next_second_and_why_is_said_once():
    said = live([*looks(0, 20), *quiet(20, 5, "It was unplugged.")])
    fault = faults(said)
    assert fault[19.0] is None
    assert [fault[second] for second in (20.0, 21.0, 22.0, 23.0)] == [Withheld.SENSOR_FAULT] * 4
    assert [line for line in said if isinstance(line, Notice)] == [Notice("It was unplugged.")]


def test_H4_a_sensor_that_falls_silent_without_a_word_is_a_fault_within_three_seconds():
    fault = faults(live([*looks(0, 20), *quiet(20, 5)]))
    assert fault[23.0] is Withheld.SENSOR_FAULT


def test_a_sensor_that_comes_back_is_said_once_and_its_window_begins_anew():
    said = live([*looks(0, 20), *quiet(20, 5, "It was unplugged."), *looks(25.2, 4)])
    assert [line.sentence for line in said if isinstance(line, Notice)] == ["It was unplugged.", ""]
    back = [line for line in said if isinstance(line, SensedLine) and line.t_s > 26]
    assert {line.respiratory_rate_withheld for line in back} == {Withheld.WARMING_UP}
    assert {line.living_age_s for line in back} == {None}


def test_a_sensor_that_never_comes_is_said_each_second():
    fault = faults(live(quiet(0, 6, "There is no device.")))
    assert fault == dict.fromkeys([1.0, 2.0, 3.0, 4.0, 5.0], Withheld.SENSOR_FAULT)


def test_live_frames_are_never_held_back():
    clock = TimeThatFlies(START)
    before_s = clock.elapsed_s()
    source = Scripted(clock, looks(0, 3))
    parts = Parts(clock, source, new_estimator(), Script(clock, {}, 1e9), lambda _: None, lambda _: None, is_live=True)
    with pytest.raises(Stopped):
        Sensing(parts, ALL, True).run()
    assert clock.elapsed_s() - before_s == pytest.approx(3.0)


def start():
    return subprocess.Popen(
        [sys.executable, "-m", "edge.sensing"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    )


def opened(source, open_for_s=20.0):
    child = start()
    child.stdin.write(encode(Open(source, ALL, True, "0" * 32, ZONES, open_for_s)))
    return child, decode_from_sensing(child.stdout.readline())


def end(child):
    child.kill()
    child.wait()
    child.stdin.close()
    child.stdout.close()


def test_a_source_is_opened_estimated_and_left_when_the_node_closes_its_end():
    child, first = opened({"kind": "synthetic", "seed": 1})
    line = decode_from_sensing(child.stdout.readline())
    child.stdin.close()
    assert isinstance(first, Opened)
    assert isinstance(line, SensedLine)
    assert child.wait(5) == 0
    child.stdout.close()


def test_the_kernel_ends_a_source_that_never_returns_when_the_lease_is_over():
    began = time.monotonic()
    child, first = opened({"kind": "hang"}, 1.5)
    assert isinstance(first, Opened)
    child.terminate()
    assert child.wait(8) == -signal.SIGALRM
    assert time.monotonic() - began < 6
    end(child)


def test_a_recording_that_is_not_there_is_a_fault_in_one_sentence():
    child, first = opened({"kind": "replay", "file": "/nowhere/x.h5"})
    assert isinstance(first, Fault)
    assert first.reason is Withheld.SENSOR_FAULT
    assert "does not exist" in first.sentence
    assert child.wait(5) == 1
    end(child)


def test_sensing_dies_with_the_node():
    script = (
        "import subprocess, sys, os\n"
        "child = subprocess.Popen([sys.executable, '-m', 'edge.sensing'], stdin=subprocess.PIPE,"
        " stdout=subprocess.PIPE)\n"
        "child.stdin.write(bytes.fromhex(sys.argv[1])); child.stdin.flush(); child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    told = encode(Open({"kind": "hang"}, ALL, True, "0" * 32, ZONES, 30.0)).hex()
    node = subprocess.run([sys.executable, "-c", script, told], capture_output=True, text=True, timeout=20)
    pid = int(node.stdout)
    until = time.monotonic() + 5
    while _lives(pid) and time.monotonic() < until:
        time.sleep(0.02)
    assert not _lives(pid)


def _lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_N3_a_survey_runs_beside_the_room_and_its_profile_leaves_in_short_lines():
    trial = Trial(TrialKind.SURVEY, 1, 20.0)
    said, _ = run(SceneSource(EMPTY, 30), {1.1: Extend(60.0, ALL, LeaseKind.COMMISSIONING, trial)}, 26)
    parts = [line for line in said if isinstance(line, ProfilePart)]
    assert sum(len(part.range_m) for part in parts) == 33
    assert max(len(encode(part)) for part in parts) < 2048
    assert len([line for line in said if isinstance(line, Profiled)]) == 1
    assert len([line for line in said if isinstance(line, SensedLine)]) >= 24


def test_N3_a_phantom_is_told_in_its_trial_and_nowhere_else():
    trial = Trial(TrialKind.PHANTOM, 1)
    said, _ = run(SceneSource(phantom(18.0), 32), {1.1: Extend(60.0, ALL, LeaseKind.COMMISSIONING, trial)}, 28)
    told = [line.rate_per_min for line in said if isinstance(line, Tried) and line.rate_per_min is not None]
    room = [line for line in said if isinstance(line, SensedLine) and line.t_s > 20]
    assert told
    assert all(abs(rate - 18.0) <= 0.5 for rate in told)
    assert {line.respiratory_rate_per_min for line in room} == {None}


def test_N3_a_trial_without_a_commissioning_lease_ends_the_sensing_process():
    asked = {1.1: Extend(60.0, ALL, LeaseKind.CONSENT, Trial(TrialKind.PHANTOM, 1))}
    parts_clock, said = TimeThatFlies(START), []
    parts = Parts(parts_clock, recording(5), new_estimator(), Script(parts_clock, asked, 5), said.append, [].append)
    with pytest.raises(PipeError, match="without a commissioning lease"):
        Sensing(parts, ALL, True).run()
