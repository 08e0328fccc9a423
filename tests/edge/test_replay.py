from itertools import islice

import h5py
import numpy as np
import pytest

from edge.errors import SourceError, UnreadableFile
from edge.frames import LoopMark
from edge.sources.formats import open_recording
from edge.sources.replay import A121Recording
from tests.kit.a121 import write_recording
from tests.kit.recordings import recording

SEATED = "radar/acconeer/breathing-sitting.h5"


def test_distances_and_times_follow_the_recorded_configuration(tmp_path):
    frames = list(A121Recording(write_recording(tmp_path / "a.h5")))
    assert frames[0].layout.range_m[:2] == pytest.approx([0.5, 0.56])
    assert [frame.t_s for frame in frames[:3]] == pytest.approx([0.0, 0.05, 0.1])
    assert frames[0].noise_power.shape == (5,)


def test_sessions_follow_each_other_each_with_its_own_layout(tmp_path):
    frames = list(A121Recording(write_recording(tmp_path / "a.h5", sessions=((20, 5), (20, 3)))))
    assert [frame.layout.channels for frame in frames[19:21]] == [5, 3]
    assert frames[20].t_s == pytest.approx(1.0)


def test_a_tick_counter_that_wraps_keeps_time_rising(tmp_path):
    ticks = [(2**32 - 100 + 50 * i) % 2**32 for i in range(20)]
    frames = list(A121Recording(write_recording(tmp_path / "a.h5", sessions=((20, 5),), ticks=ticks)))
    assert frames[-1].t_s == pytest.approx(0.95)


def test_a_jump_of_the_tick_counter_is_counted_as_lost_frames(tmp_path):
    ticks = [50 * i + (200 if i >= 10 else 0) for i in range(20)]
    source = A121Recording(write_recording(tmp_path / "a.h5", sessions=((20, 5),), ticks=ticks))
    frames = list(source)
    assert frames[10].lost_before == 4
    assert source.count.lost == 4


def test_a_looped_recording_says_so_and_starts_with_another_layout(tmp_path):
    source = A121Recording(write_recording(tmp_path / "a.h5"), loop=True)
    items = list(islice(source, 45))
    assert items[40] == LoopMark(2)
    assert items[41].layout is not items[39].layout
    assert items[41].t_s > items[39].t_s


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_cut_file_is_read_up_to_the_cut_or_refused_in_one_sentence(tmp_path, share):
    whole = write_recording(tmp_path / "a.h5", sessions=((400, 5),)).read_bytes()
    cut = tmp_path / "cut.h5"
    cut.write_bytes(whole[: int(len(whole) * share)])
    try:
        source = open_recording(cut)
        frames = list(source)
        assert len(frames) < 400
        assert "is cut after" in source.count.warnings[0]
    except SourceError as error:
        assert "cut.h5" in str(error)
        assert "\n" not in str(error)


def test_a_real_recording_that_was_cut_is_read_up_to_the_cut_with_a_warning(tmp_path):
    whole = recording(SEATED).read_bytes()
    cut = tmp_path / "cut.h5"
    cut.write_bytes(whole[: int(len(whole) * 0.8)])
    source = open_recording(cut)
    assert 300 < len(list(source)) < 773
    assert source.count.warnings == ["cut.h5 is cut after 25.5 s of recording."]


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x89HDF\r\n\x1a\n" + bytes(200), b"PK\x03\x04 not a zip"])
def test_garbage_gives_one_clear_sentence(tmp_path, content):
    path = tmp_path / "odd.bin"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"odd\.bin"):
        open_recording(path)


def test_hdf5_of_another_kind_is_named_as_such(tmp_path):
    with h5py.File(tmp_path / "other.h5", "w") as file:
        file["x"] = 1
    with pytest.raises(UnreadableFile, match="not an Acconeer A121 recording"):
        open_recording(tmp_path / "other.h5")


def test_an_array_recording_is_read_by_its_content(tmp_path):
    iq = np.exp(1j * np.linspace(0, 9, 100))[:, None] * np.ones((1, 3))
    np.savez(tmp_path / "x.npz", iq=iq, frame_rate_hz=10.0, wavelength_m=0.005)
    frames = list(open_recording(tmp_path / "x.npz"))
    assert len(frames) == 100
    assert frames[1].t_s == pytest.approx(0.1)
    assert np.isnan(frames[0].layout.range_m).all()


def test_rows_of_a_table_that_are_no_numbers_are_counted_and_left_out(tmp_path):
    rows = "".join(f"{i * 66.7},{i % 7}\n" for i in range(50))
    (tmp_path / "t.csv").write_text("timestamp,displacement\n" + rows + "bad,row\n")
    source = open_recording(tmp_path / "t.csv")
    assert len(list(source)) == 50
    assert source.count.bad == 1


def test_the_seated_recording_holds_773_frames_of_21_points_and_loses_none():
    source = A121Recording(recording(SEATED))
    frames = list(source)
    assert len(frames) == 773
    assert frames[0].layout.channels == 21
    assert frames[-1].t_s == pytest.approx(38.6, abs=0.1)
    assert source.count.lost == 0
