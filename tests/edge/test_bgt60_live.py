from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest

from broker.clock import HandClock
from edge.errors import SourceError
from edge.frames import Frame, FrameCount, Quiet
from edge.source_settings import SourceKind, SourceSettings
from edge.sources.bgt60_live import CHIRPS, RECEIVERS, SAMPLES, SILENT_S, SdkBoard, bgt60_looks, open_bgt60, sdk_board
from edge.sources.table import entry_of
from tests.kit.flying import TimeThatFlies
from tests.kit.nodes import NIGHT


class LateError(Exception):
    """What the SDK of these tests raises when no frame came in time."""


class Sdk:
    """An SDK whose only board plays a list: a step [s] with a frame, with nothing, or with a fault."""

    def __init__(self, *looks, has_board=True, clock=None):
        self.clock = clock or HandClock(NIGHT)
        self.looks, self.has_board, self.closed = list(looks), has_board, 0

    def DeviceFmcw(self):
        if not self.has_board:
            raise RuntimeError("no device")
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closed += 1

    def create_simple_sequence(self, settings):
        return settings

    def set_acquisition_sequence(self, settings):
        self.settings = settings

    def stop_acquisition(self):
        raise RuntimeError("already gone")

    def get_next_frame(self, timeout_ms):
        step_s, frame = self.looks.pop(0) if self.looks else (timeout_ms / 1000, LateError())
        self.clock.advance(step_s)
        if isinstance(frame, Exception):
            raise frame
        return [frame]


TYPES = SimpleNamespace(FmcwSimpleSequenceConfig=SimpleNamespace, FmcwSequenceChirp=SimpleNamespace)
FRAME = np.random.default_rng(1).normal(0, 0.1, (RECEIVERS, CHIRPS, SAMPLES)).astype(np.float32)


def looking(sdk):
    """Return the generator of frames over an SDK, and its count."""
    count = FrameCount()
    return bgt60_looks(partial(SdkBoard, sdk, TYPES, LateError), sdk.clock.elapsed_s, count), count


def test_frames_come_with_their_receivers_and_their_noise():
    sdk = Sdk((0.05, FRAME), (0.05, FRAME))
    looks, count = looking(sdk)
    first, second = next(looks), next(looks)
    assert second.t_s - first.t_s == pytest.approx(0.05)
    assert (first.layout.receivers, first.values.shape) == (3, first.layout.range_m.shape)
    assert first.noise_power is not None
    assert count.read == 2


def test_the_board_is_told_what_the_layout_says():
    sdk = Sdk((0.05, FRAME))
    frame = next(looking(sdk)[0])
    assert 1 / sdk.settings.frame_repetition_time_s == frame.layout.frame_rate_hz
    assert sdk.settings.chirp.num_samples == SAMPLES


def test_a_pause_is_a_loss_and_a_frame_of_another_shape_is_bad():
    looks, count = looking(Sdk((0.05, FRAME), (0.05, FRAME[:1]), (0.15, FRAME)))
    assert [next(looks).lost_before, next(looks), next(looks).lost_before] == [0, None, 3]
    assert (count.read, count.bad, count.lost) == (2, 1, 3)


def test_a_converter_at_its_limit_marks_the_frame():
    assert next(looking(Sdk((0.05, np.ones_like(FRAME))))[0]).is_saturated


def test_a_silent_board_says_so_and_is_then_given_back():
    sdk = Sdk((0.05, FRAME))
    looks, _ = looking(sdk)
    next(looks)
    assert next(looks) is None
    with pytest.raises(SourceError, match=f"silent for {SILENT_S:g} s"):
        list(looks)
    assert sdk.closed == 1


def test_an_unplugged_board_is_said_in_one_sentence_and_given_back():
    sdk = Sdk((0.05, FRAME), (0.05, RuntimeError("device disconnected")))
    with pytest.raises(SourceError, match=r"device disconnected.*check its cable"):
        list(looking(sdk)[0])
    assert sdk.closed == 1


def test_without_a_board_the_sentence_says_what_to_check():
    with pytest.raises(SourceError, match="check its cable"):
        next(looking(Sdk(has_board=False))[0])


def test_a_lost_board_is_opened_again_with_another_layout():
    sdk = Sdk((0.05, FRAME), (0.05, RuntimeError("unplugged")), (0.05, FRAME), clock=TimeThatFlies(NIGHT))
    source = open_bgt60({}, sdk.clock, partial(SdkBoard, sdk, TYPES, LateError))
    heard = [item for item, _ in zip(source, range(9), strict=False)]
    frames = [item for item in heard if isinstance(item, Frame)]
    assert "unplugged" in "".join(item.why for item in heard if isinstance(item, Quiet))
    assert len(frames) == 2
    assert frames[0].layout is not frames[1].layout


def test_a_node_may_name_the_board_and_needs_no_port():
    assert SourceSettings(kind="bgt60").kind is SourceKind.BGT60
    with pytest.raises(ValueError, match="`port`"):
        SourceSettings(kind="bgt60", port="/dev/ttyUSB0")
    assert entry_of({"kind": "bgt60"}).is_live


def test_without_the_makers_sdk_the_sentence_says_where_it_is():
    with pytest.raises(SourceError, match="Developer Center"):
        sdk_board()
