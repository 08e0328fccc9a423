import math

import numpy as np

from broker.vocabulary import Withheld
from edge.framefaults import fault_in
from edge.frames import Frame, FrameKind, Layout

LAYOUT = Layout(FrameKind.RADAR, np.array([0.5, 0.6]), 0.005, 20.0)
RNG = np.random.default_rng(1)


def frame(t_s, **more):
    values = (RNG.normal(size=2) + 1j * RNG.normal(size=2)).astype(np.complex64)
    return Frame(LAYOUT, t_s, more.pop("values", values), **more)


def stretch(count=60, step_s=0.05, **more):
    return [frame(index * step_s, **more) for index in range(count)]


def test_sound_frames_have_no_fault():
    assert fault_in(stretch()) is None


def test_too_few_frames_to_tell_are_no_fault():
    assert fault_in([]) is None
    assert fault_in(stretch(1)) is None


def test_frames_that_repeat_bit_for_bit_are_frozen():
    still = np.ones(2, dtype=np.complex64)
    assert fault_in([*stretch(40), *(frame(2 + i * 0.05, values=still) for i in range(5))]) is Withheld.FROZEN


def test_a_receiver_at_its_limit_is_saturated():
    assert fault_in([frame(i * 0.05, is_saturated=i % 4 == 0) for i in range(60)]) is Withheld.SATURATED


def test_two_frames_a_second_are_too_few():
    assert fault_in(stretch(10, 0.5)) is Withheld.LOW_FRAME_RATE


def test_more_frames_lost_than_seen_are_too_few():
    assert fault_in([frame(i * 0.2, lost_before=3) for i in range(30)]) is Withheld.LOW_FRAME_RATE


def test_frames_in_bursts_have_an_irregular_time():
    times = [second + burst * 0.004 for second in range(5) for burst in range(12)]
    assert fault_in([frame(t_s) for t_s in times]) is Withheld.IRREGULAR_TIME


def test_the_jitter_of_real_sensors_is_no_fault():
    times = np.cumsum(RNG.uniform(0.091, 0.106, 50))
    assert fault_in([frame(float(t_s)) for t_s in times]) is None


def test_a_sensor_that_asks_to_be_calibrated_is_not_believed():
    assert fault_in(stretch(needs_calibration=True)) is Withheld.LOW_QUALITY


def test_a_layout_counts_its_channels():
    assert LAYOUT.channels == 2
    assert Layout(FrameKind.TRACE, np.full(1, math.nan), math.nan, 15.0).channels == 1
