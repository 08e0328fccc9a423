import numpy as np
import pytest

from edge.errors import SourceError, UnreadableFile
from edge.evaluation import estimates_of, new_estimator
from edge.sources.dca1000 import dca1000
from edge.sources.formats import open_recording
from edge.zones import Zones
from tests.kit.raw_radar import TI_CFG, breath_m, write_dca1000
from tests.kit.recordings import recording

FRAME_BYTES = 2 * 4 * 100 * 4


@pytest.fixture
def capture(tmp_path):
    """Return a capture of 40 frames with its profile beside it."""
    (tmp_path / "a.cfg").write_text(TI_CFG)
    return write_dca1000(tmp_path / "a.bin", breath_m(40, 20.0))


def test_content_and_profile_together_decide(capture):
    frames = list(open_recording(capture))
    assert len(frames) == 40
    assert frames[1].t_s == pytest.approx(0.05)
    assert frames[0].layout.receivers == 4


def test_the_chest_is_where_it_was_put_and_moves_as_far(capture):
    frames = list(dca1000(capture))
    layout, values = frames[0].layout, np.array([frame.values for frame in frames])
    strongest = values.std(axis=0).argmax()
    path_m = np.unwrap(np.angle(values[:, strongest])) * layout.wavelength_m / (4 * np.pi)
    assert layout.range_m[strongest] == pytest.approx(0.7, abs=0.1)
    assert np.ptp(path_m) == pytest.approx(np.ptp(breath_m(40, 20.0)), rel=0.05)


def test_without_a_profile_nothing_is_guessed(tmp_path):
    lone = write_dca1000(tmp_path / "a.bin", breath_m(4, 20.0))
    with pytest.raises(UnreadableFile, match="in no format"):
        open_recording(lone)
    with pytest.raises(UnreadableFile, match=r"start_frequency_hz, .* missing"):
        open_recording(lone, "dca1000")


def test_what_a_person_says_stands_above_the_profile(capture, tmp_path):
    (tmp_path / "one.toml").write_text("[radar]\nreceiver = 2\nframe_rate_hz = 10")
    frames = list(dca1000(capture, config=tmp_path / "one.toml"))
    every = list(dca1000(capture))
    assert (frames[0].layout.receivers, frames[1].t_s) == (1, pytest.approx(0.1))
    assert frames[5].values == pytest.approx(every[5].values[2::4])


def test_a_capture_that_ends_inside_a_frame_is_read_up_to_there(capture):
    capture.write_bytes(capture.read_bytes()[:-100])
    source = dca1000(capture)
    assert len(list(source)) == 39
    assert source.count.bad == 1
    assert f"last {FRAME_BYTES - 100} bytes" in source.count.warnings[0]


def test_less_than_a_frame_is_refused(capture):
    capture.write_bytes(b"\1" * (FRAME_BYTES - 1))
    with pytest.raises(UnreadableFile, match="shorter than one frame"):
        dca1000(capture)


def test_packets_that_the_card_filled_with_zeros_cost_their_frame(capture):
    data = bytearray(capture.read_bytes())
    data[3 * FRAME_BYTES : 3 * FRAME_BYTES + 1456] = bytes(1456)
    capture.write_bytes(data)
    source = dca1000(capture)
    frames = list(source)
    assert (source.count.read, source.count.bad, frames[3].lost_before) == (39, 1, 1)


def test_a_capture_of_nothing_but_zeros_is_said_to_hold_no_frame(capture):
    capture.write_bytes(bytes(5 * FRAME_BYTES))
    with pytest.raises(SourceError, match=r"no frame that can be read \(5 are bad\)"):
        list(dca1000(capture))


def test_a_converter_at_its_limit_marks_the_frame(tmp_path):
    (tmp_path / "a.cfg").write_text(TI_CFG)
    np.full(FRAME_BYTES, 32767, "<i2").tofile(tmp_path / "a.bin")
    assert all(frame.is_saturated for frame in dca1000(tmp_path / "a.bin"))


def test_settings_that_ask_for_the_memory_are_refused(capture, tmp_path):
    (tmp_path / "a.toml").write_text("[radar]\nchirps_per_frame = 4096\nsamples_per_chirp = 16384\nrx = 16")
    with pytest.raises(UnreadableFile, match="shorter than one frame"):
        dca1000(capture, config=tmp_path / "a.toml")


def test_two_transmitters_are_told_apart(tmp_path):
    (tmp_path / "a.cfg").write_text(TI_CFG)
    (tmp_path / "a.toml").write_text("[radar]\ntx = 2")
    write_dca1000(tmp_path / "a.bin", breath_m(4, 20.0))
    frames = list(dca1000(tmp_path / "a.bin", config=tmp_path / "a.toml"))
    assert frames[0].layout.receivers == 8
    assert frames[0].noise_power is None


def test_a_looped_capture_starts_again_with_another_layout(capture):
    source = iter(dca1000(capture, loop=True))
    items = [next(source) for _ in range(43)]
    assert items[40].loop == 2
    assert items[41].layout is not items[39].layout
    assert items[41].t_s == pytest.approx(2.0)


def rate_of(path, config):
    """Return the last rate that a recording shows."""
    rates = [one.respiratory_rate_per_min for one in estimates_of(dca1000(path, config=config), new_estimator(Zones()))]
    return [rate for rate in rates if rate is not None][-1]


def test_a_breathing_reflector_is_counted(tmp_path):
    (tmp_path / "a.cfg").write_text(TI_CFG)
    write_dca1000(tmp_path / "a.bin", breath_m(500, 20.0, per_min=13.0))
    assert rate_of(tmp_path / "a.bin", None) == pytest.approx(13.0, abs=1)


def test_the_recorded_person_breathes_about_fifteen_times_a_minute(golden):
    assert rate_of(recording("radar/iwr6843_dca1000/demo.bin"), golden / "iwr6843-demo.toml") == pytest.approx(
        15.2, abs=1
    )


@pytest.fixture
def golden(request):
    """Return the folder of the settings that belong to recordings."""
    return request.config.rootpath / "tests" / "golden"
