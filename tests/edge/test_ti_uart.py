import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.decoders.ti_uart import TiUartDecoder
from edge.errors import UnreadableFile
from edge.evaluation import estimates_of, new_estimator
from edge.frames import FrameCount, FrameKind
from edge.sources.formats import open_recording
from edge.sources.ti_frames import TiStream
from edge.sources.ti_uart import ti_uart
from edge.zones import Zones
from tests.kit.raw_radar import TI_CFG, breath_turns
from tests.kit.recordings import recording
from tests.kit.ti_packets import lab, lab_packet, packet, target

CAPTURE = "radar/ti_uart_vitalsigns/dataOutputFromEVM.bin"


def streamed(*packets, settings=None):
    """Feed packets; return the frames and the count."""
    count = FrameCount()
    stream = TiStream(settings or {}, count)
    return stream.feed(b"".join(packets)) + stream.finish(), count


def test_the_range_profile_is_the_evidence_and_the_modules_rates_are_a_hint_alone():
    (frame, _), _ = streamed(lab_packet(1, breaths=14.0, beats=70.0), lab_packet(2))
    assert frame.layout.kind is FrameKind.RADAR
    assert frame.values.tolist() == [complex(1, bin_) for bin_ in range(23)]
    assert (frame.hint.respiratory_rate_per_min, frame.hint.pulse_rate_per_min) == (14.0, 70.0)


def test_people_tracking_alone_gives_hints_with_targets():
    frames, _ = streamed(packet(1, (1010, target(7, 0.2, 1.5))), packet(2, (1020, b"")))
    assert frames[0].layout.kind is FrameKind.HINT
    assert [one.track_id for one in frames[0].hint.targets] == [7]
    assert frames[1].hint.targets == ()


def test_a_tracker_that_never_listed_targets_is_not_said_to_follow_nothing():
    frames, _ = streamed(packet(1, (1021, b"\0\0\0\0")))
    assert frames[0].hint.targets is None
    assert frames[0].hint.presence is False


def test_frame_numbers_give_the_times_across_losses_and_the_end_of_the_counter():
    frames, count = streamed(*(lab_packet(number) for number in (2**32 - 2, 2**32 - 1, 0, 3)))
    assert [frame.t_s for frame in frames] == pytest.approx([0, 0.05, 0.1, 0.25])
    assert (frames[3].lost_before, count.lost) == (2, 2)


def test_a_module_that_was_started_again_begins_another_window_and_loses_nothing():
    frames, count = streamed(lab_packet(90_000), lab_packet(1), lab_packet(2))
    assert frames[1].layout is not frames[0].layout
    assert frames[1].layout is frames[2].layout
    assert (frames[1].t_s, count.lost) == (pytest.approx(0.05), 0)


def test_a_packet_that_comes_twice_is_bad():
    frames, count = streamed(lab_packet(1), lab_packet(1), lab_packet(2))
    assert (len(frames), count.bad) == (2, 1)


def test_a_stream_of_short_packets_gives_the_ranges_that_are_there():
    frames, count = streamed(*(lab_packet(number)[:256] for number in range(10)), lab_packet(10))
    assert {frame.layout.channels for frame in frames} == {18}
    assert (count.read, count.bad) == (11, 0)


def test_a_single_short_packet_is_bad_and_never_filled_up():
    frames, count = streamed(lab_packet(0), lab_packet(1)[:256], lab_packet(2))
    assert [len(frame.values) for frame in frames] == [23, 23]
    assert (count.bad, frames[1].lost_before) == (1, 1)


def test_a_shape_that_stays_becomes_the_new_layout():
    frames, count = streamed(
        *(lab_packet(number, 23) for number in range(5)), *(lab_packet(n, 11) for n in range(5, 15))
    )
    assert [frame.layout.channels for frame in frames] == [23] * 5 + [11] * 6
    assert count.bad == 4


def test_a_profile_that_was_cut_away_whole_is_bad():
    _, count = streamed(lab_packet(0), packet(1, lab([1j] * 23)[0], (2, b"")), lab_packet(2))
    assert count.bad == 1


@given(st.lists(st.binary(max_size=200) | st.builds(lab_packet, st.integers(0, 9), st.integers(1, 30)), max_size=20))
def test_no_stream_raises_and_times_always_rise(pieces):
    frames, count = streamed(*pieces)
    times = [frame.t_s for frame in frames]
    assert times == sorted(set(times))
    assert count.read == len(frames)
    assert all(frame.values.shape == (frame.layout.channels,) for frame in frames)


def test_distances_and_rate_come_from_the_profile_beside_the_capture(tmp_path):
    (tmp_path / "some.cfg").write_text(TI_CFG.replace(" 50 1 0", " 100 1 0"))
    (tmp_path / "a.bin").write_bytes(b"".join(lab_packet(number) for number in range(3)))
    frames = list(open_recording(tmp_path / "a.bin"))
    assert frames[1].t_s == pytest.approx(0.1)
    assert frames[0].layout.range_m[0] == pytest.approx(8 * 0.0781, rel=0.01)


def test_without_a_profile_distances_are_not_known_and_that_is_said(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"\1" * 999 + b"".join(lab_packet(number) for number in range(3)))
    source = open_recording(tmp_path / "a.bin")
    assert np.isnan(next(iter(source)).layout.range_m).all()
    assert "no profile" in source.count.warnings[0]


def test_an_unreadable_profile_is_said_when_it_lies_beside_and_refused_when_it_was_named(tmp_path):
    (tmp_path / "a.cfg").write_text("nothing")
    (tmp_path / "a.bin").write_bytes(lab_packet(1) + lab_packet(2))
    assert "not a TI profile" in ti_uart(tmp_path / "a.bin").count.warnings[0]
    with pytest.raises(UnreadableFile, match="not a TI profile"):
        ti_uart(tmp_path / "a.bin", config=tmp_path / "a.cfg")


def test_a_file_without_a_packet_is_refused(tmp_path):
    (tmp_path / "a.bin").write_bytes(b"\1" * 5000)
    with pytest.raises(UnreadableFile, match="holds no packet"):
        ti_uart(tmp_path / "a.bin")


def test_a_capture_of_a_breathing_echo_is_counted_from_its_own_profile(tmp_path):
    """The module prints 40 /min; the echo breathes 16 times."""
    turns = 2 * breath_turns(600, 20.0, per_min=16.0)
    rows = []
    for number, turn in enumerate(turns):
        bins = np.random.default_rng(number).normal(0, 4, (2, 9)).astype(int)
        echo = 500 * np.exp(-0.5 * (np.arange(9) - 4) ** 2) * np.exp(1j * turn)
        profile = [complex(round(e.real) + a, round(e.imag) + b) for e, a, b in zip(echo, *bins, strict=True)]
        rows.append(packet(number, *lab(profile, breaths=40.0)))
    (tmp_path / "a.cfg").write_text(TI_CFG)
    (tmp_path / "a.bin").write_bytes(b"".join(rows))
    estimates = list(estimates_of(ti_uart(tmp_path / "a.bin"), new_estimator(Zones())))
    assert estimates[-1].respiratory_rate_per_min == pytest.approx(16, abs=0.5)


def test_the_captured_stream_gives_twelve_seconds_of_the_vital_signs_lab():
    source = open_recording(recording(CAPTURE))
    frames = list(source)
    assert (source.count.read, source.count.lost, source.count.bad) == (248, 0, 0)
    assert (frames[0].layout.channels, frames[-1].t_s) == (19, pytest.approx(12.35))
    assert frames[0].layout.range_m[0] == pytest.approx(0.288, abs=0.001)
    assert all(frame.hint.respiratory_rate_per_min is not None for frame in frames)


def test_the_captured_phase_is_the_one_that_the_firmware_unwrapped():
    """So real and imaginary part are read in the right order: the other way round, towards would be away."""
    decoder = TiUartDecoder()
    packets = decoder.feed(recording(CAPTURE).read_bytes()) + decoder.finish()
    told = np.array([np.frombuffer(one.entries[0][1], "<f4", 1, 16)[0] for one in packets])
    seen = np.angle([frame.values[8] for frame in open_recording(recording(CAPTURE))])
    assert np.corrcoef(np.diff(told), np.diff(np.unwrap(seen)))[0, 1] > 0.5
