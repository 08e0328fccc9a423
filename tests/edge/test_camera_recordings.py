"""Recordings of a camera: every kind gives masked grey frames of 320x240 at their own times."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import UnreadableFile
from edge.frames import Frame, FrameCount, FrameKind
from edge.sources.camera.eye import MAX_PIXELS
from edge.sources.camera.picture_size import size_of
from edge.sources.formats import format_of, open_recording
from edge.view import COLUMNS, ROWS
from tests.kit.pictures import HIDDEN_CORNER, as_folder, as_npz, as_video, moving_pictures
from tests.kit.recordings import recording

TOML_VIEW = "[view]\nrows = [" + ", ".join(f'"{row}"' for row in HIDDEN_CORNER.rows) + "]\ndistance_m = 2.0\n"


def frames_of(path: Path, **more: object) -> tuple[list[Frame], FrameCount]:
    source = open_recording(path, **more)  # type: ignore[arg-type]
    return [one for one in source if isinstance(one, Frame)], source.count


def made(kind: str, folder: Path, frames: int = 8) -> Path:
    pictures = moving_pictures(frames)
    if kind == "frames-dir":
        return as_folder(folder / "pictures", pictures)
    return as_npz(folder / "a.npz", pictures) if kind == "frames-npz" else as_video(folder / kind, pictures)


@pytest.mark.parametrize("kind", ["a.avi", "a.mkv", "frames-dir", "frames-npz"])
def test_a_recording_gives_small_grey_frames_at_its_own_times(kind: str, tmp_path: Path) -> None:
    frames, count = frames_of(made(kind, tmp_path))
    assert (count.read, count.lost, count.bad) == (8, 0, 0)
    assert {(one.layout.kind, one.layout.channels, len(one.values)) for one in frames} == {(FrameKind.CAMERA, 0, 0)}
    assert {one.picture.shape for one in frames if one.picture is not None} == {(240, 320)}
    assert [round(one.t_s, 3) for one in frames] == [round(n / 10, 3) for n in range(8)]
    assert frames[0].layout.frame_rate_hz == pytest.approx(10.0)


@pytest.mark.parametrize("kind", ["a.avi", "frames-dir", "frames-npz"])
def test_P3_what_the_drawing_hides_is_black_in_every_frame(kind: str, tmp_path: Path) -> None:
    config = tmp_path / "room.toml"
    config.write_text(TOML_VIEW)
    frames, _ = frames_of(made(kind, tmp_path), config=config)
    blocks = np.stack([one.picture.reshape(ROWS, 20, COLUMNS, 20) for one in frames if one.picture is not None])
    is_black = (blocks == 0).all(axis=(0, 2, 4))
    assert (is_black == HIDDEN_CORNER.hidden).all()
    assert frames[0].layout.view is not None and frames[0].layout.view.distance_m == 2.0


@pytest.mark.parametrize("size", [(240, 320), (480, 640), (123, 517), (12, 16)])
def test_P3_masked_pixels_cannot_change_any_frame(size: tuple[int, int], tmp_path: Path) -> None:
    height, width = size
    pictures, others = moving_pictures(3, height=height, width=width), moving_pictures(3, height=height, width=width)
    for one in others:
        one[: height // 2, : width // 4] = 255 - one[: height // 2, : width // 4]
    paths = [as_npz(tmp_path / f"{n}.npz", one) for n, one in enumerate((pictures, others))]
    seen = [frames_of(path, view=HIDDEN_CORNER)[0] for path in paths]
    assert any((a != b).any() for a, b in zip(pictures, others, strict=True))
    assert [one.picture.tobytes() for one in seen[0]] == [one.picture.tobytes() for one in seen[1]]


def test_a_camera_faster_than_fifteen_frames_a_second_is_thinned_evenly(tmp_path: Path) -> None:
    frames, count = frames_of(as_npz(tmp_path / "a.npz", moving_pictures(60), 30.0))
    assert (count.read, count.lost, count.bad) == (30, 0, 0)
    assert set(np.diff([one.t_s for one in frames]).round(4)) == {0.0667}
    assert frames[0].layout.frame_rate_hz == 15.0


def test_lost_frames_are_seen_in_the_times_and_a_time_that_does_not_rise_is_bad(tmp_path: Path) -> None:
    t_s = np.array([0.0, 0.1, 0.2, 0.2, 0.6, 0.7])
    frames, count = frames_of(as_npz(tmp_path / "a.npz", moving_pictures(6), t_s=t_s))
    assert [one.lost_before for one in frames] == [0, 0, 0, 3, 0]
    assert (count.read, count.lost, count.bad) == (5, 3, 1)


def test_an_archive_may_bring_its_own_drawing_and_colours(tmp_path: Path) -> None:
    red = np.zeros((2, 60, 80, 3), np.uint8)
    red[..., 0] = 200
    path = as_npz(tmp_path / "a.npz", list(red), rows=np.array(HIDDEN_CORNER.rows), distance_m=1.5)
    frames, _ = frames_of(path)
    assert frames[0].picture is not None and frames[0].layout.view is not None
    assert (frames[0].picture[-1, -1], frames[0].picture[0, 0]) == (round(0.299 * 200), 0)
    assert frames[0].layout.view.distance_m == 1.5


def test_times_beside_the_pictures_are_theirs_by_name(tmp_path: Path) -> None:
    folder = as_folder(tmp_path / "pictures", moving_pictures(12))
    rows = [f"look{n}.png,{5 + n / 8}" for n in reversed(range(12))]
    (folder / "times.csv").write_text("name,t_s\n" + "\n".join(rows))
    frames, count = frames_of(folder)
    assert [one.t_s for one in frames] == [n / 8 for n in range(12)]
    assert frames[0].layout.frame_rate_hz == 8.0 and count.warnings == []


def test_pictures_without_times_say_what_was_taken(tmp_path: Path) -> None:
    _, count = frames_of(made("frames-dir", tmp_path))
    assert "10 frames/s were taken" in count.warnings[0]


def test_a_folder_with_damaged_odd_and_deep_pictures_counts_what_it_could_not_use(tmp_path: Path) -> None:
    folder = as_folder(tmp_path / "pictures", moving_pictures(6))
    cut = (folder / "look2.png").read_bytes()
    (folder / "look1.png").write_bytes(b"")
    (folder / "look2.png").write_bytes(cut[: len(cut) // 3])
    cv2.imwrite(str(folder / "look3.png"), moving_pictures(1, height=100, width=100)[0])
    cv2.imwrite(str(folder / "look4.png"), moving_pictures(1)[0].astype(np.uint16) << 8)
    cv2.imwrite(str(folder / "look5.png"), np.dstack([moving_pictures(1)[0]] * 4))
    frames, count = frames_of(folder)
    assert (count.read, count.bad, count.lost) == (3, 3, 3)
    assert len(frames) == 3


def test_a_picture_that_would_fill_the_memory_is_bad_and_never_opened(tmp_path: Path) -> None:
    folder = as_folder(tmp_path / "pictures", moving_pictures(2))
    huge = bytearray((folder / "look1.png").read_bytes())
    huge[16:24] = (60000).to_bytes(4, "big") * 2
    (folder / "look1.png").write_bytes(huge)
    _, count = frames_of(folder)
    assert (count.read, count.bad) == (1, 1)


@pytest.mark.parametrize("kind", ["a.avi", "a.mkv", "frames-npz"])
def test_a_recording_that_is_cut_says_so_or_is_refused_in_one_sentence(kind: str, tmp_path: Path) -> None:
    path = made(kind, tmp_path, 40)
    whole = path.read_bytes()
    for share in (0.9, 0.5, 0.1, 0.01):
        path.write_bytes(whole[: int(len(whole) * share)])
        try:
            frames, count = frames_of(path)
        except UnreadableFile as error:
            assert str(error).startswith("a.") and "\n" not in str(error)
            continue
        assert len(frames) < 40 and count.bad >= 1 and "is cut" in " ".join(count.warnings)


def test_one_picture_is_a_recording_too(tmp_path: Path) -> None:
    for kind in ("a.avi", "frames-dir", "frames-npz"):
        frames, _ = frames_of(made(kind, tmp_path, 1))
        assert [one.t_s for one in frames] == [0.0]


@pytest.mark.parametrize(
    ("stored", "says"),
    [
        ({"frames": np.zeros((2, 240, 320), np.uint16), "frame_rate_hz": 10.0}, "uint16, and must be uint8"),
        ({"frames": np.zeros((240, 320), np.uint8), "frame_rate_hz": 10.0}, r"\[frames, height, width\]"),
        ({"frames": np.zeros((0, 240, 320), np.uint8), "frame_rate_hz": 10.0}, r"\[frames, height, width\]"),
        ({"frames": np.zeros((2, 240, 320, 4), np.uint8), "frame_rate_hz": 10.0}, "red, green and blue"),
        ({"frames": np.zeros((2, 2, 3), np.uint8), "frame_rate_hz": 10.0}, "pictures of 3x2"),
        ({"frames": np.zeros((2, 240, 320), np.uint8)}, "frame_rate_hz is missing"),
        ({"frames": np.zeros((2, 240, 320), np.uint8), "frame_rate_hz": 0.0}, "from 0.1 to 1000"),
        ({"frames": np.zeros((2, 24, 32), np.uint8), "frame_rate_hz": 9.0, "t_s": np.zeros(3)}, "each frame a time"),
        ({"frames": np.zeros((2, 24, 32), np.uint8), "frame_rate_hz": 9.0, "rows": np.array(["b"])}, "12 rows of 16"),
    ],
)
def test_an_archive_that_cannot_be_used_is_refused_in_one_sentence(
    stored: dict[str, object], says: str, tmp_path: Path
) -> None:
    np.savez(tmp_path / "a.npz", **stored)  # type: ignore[arg-type]
    with pytest.raises(UnreadableFile, match=says):
        open_recording(tmp_path / "a.npz")


@pytest.mark.parametrize(
    ("config", "says"),
    [
        ("[view]\nrows = ['b']\n", "draw 12 rows"),
        ("[view]\ncolour = 1\n", "`rows`, twelve strings"),
        ("[view]\ndistance_m = true\n", "number of metres"),
        ("[camera]\nframe_rate_hz = 0\n", "from 0.1 to 1000"),
        ("[camera]\nrate = 5\n", "`frame_rate_hz` and nothing else"),
        ("[zones]\nbed = [0.5, 2.0]\n", "drawn in .view., not measured in .zones."),
        ("view = [", "not the TOML settings"),
    ],
)
def test_settings_of_a_camera_that_cannot_be_used_are_refused_in_one_sentence(
    config: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / "room.toml").write_text(config)
    with pytest.raises(UnreadableFile, match=says):
        open_recording(made("frames-npz", tmp_path), config=tmp_path / "room.toml")


def test_a_video_by_name_alone_is_refused_in_one_sentence(tmp_path: Path) -> None:
    for name, content in (("a.mp4", b""), ("b.mkv", b"no video at all" * 99), ("c.avi", b"RIFF....AVI LIST")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(UnreadableFile, match="cannot be opened as a video"):
            open_recording(tmp_path / name)


def test_no_table_of_times_that_does_not_fit_is_believed(tmp_path: Path) -> None:
    folder = made("frames-dir", tmp_path)
    tables = {"t_s\n1\n2\n": "2 times for 8", "name,t_s\nx,1\n": "lacks look0", "t_s\nsoon\n": "not a table"}
    for table, says in tables.items():
        (folder / "times.csv").write_text(table)
        with pytest.raises(UnreadableFile, match=says):
            open_recording(folder)


def test_a_looped_recording_begins_again_with_a_cleared_window(tmp_path: Path) -> None:
    source = open_recording(made("a.avi", tmp_path), loop=True)
    items = [one for one, _ in zip(source, range(12), strict=False)]
    frames = [one for one in items if isinstance(one, Frame)]
    assert len(frames) == 11
    assert frames[8].layout is not frames[7].layout and frames[8].t_s == pytest.approx(0.8)


def test_a_view_for_what_is_no_camera_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("t_s,displacement_mm\n0,1\n0.1,2\n")
    with pytest.raises(UnreadableFile, match="no camera's recording"):
        open_recording(tmp_path / "a.csv", view=HIDDEN_CORNER)


def test_a_frame_says_nothing_of_its_pixels_when_it_is_written_down(tmp_path: Path) -> None:
    frames, _ = frames_of(made("frames-npz", tmp_path))
    assert "picture" not in repr(frames[0])


@pytest.mark.parametrize(
    ("path", "rate_hz"),
    [("camera/opencv/vtest.avi", 10.0), ("camera/skin_patches_india/video10_forehead.avi", 15.0)],
)
def test_recordings_of_others_are_read_at_their_own_times(path: str, rate_hz: float) -> None:
    file = recording(path)
    source = open_recording(file)
    frames = [one for _, one in zip(range(60), source, strict=False) if isinstance(one, Frame)]
    assert format_of(file).name == "video"
    assert (source.count.read, source.count.lost, source.count.bad) == (60, 0, 0)
    assert frames[-1].t_s == pytest.approx(59 / rate_hz)


@given(st.sampled_from([b"\x89PNG\r\n\x1a\n", b"BM", b"\xff\xd8", b"P5 ", b""]), st.binary(max_size=60))
def test_no_bytes_whatever_make_the_size_of_a_picture_a_fault_or_a_giant(start: bytes, rest: bytes) -> None:
    found = size_of(start + rest)
    assert found is None or found[0] * found[1] <= MAX_PIXELS


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".bmp", ".pgm", ".ppm"])
def test_the_size_of_every_kind_of_picture_is_read_from_its_first_bytes(suffix: str) -> None:
    grey = moving_pictures(1, height=48, width=64)[0]
    packed = cv2.imencode(suffix, np.dstack([grey] * 3) if suffix == ".ppm" else grey)[1].tobytes()
    assert size_of(packed) == (48, 64)
