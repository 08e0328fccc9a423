"""What a node is told of its camera, and which settings are refused."""

import json
from pathlib import Path

import pytest

from broker.clock import HandClock
from broker.vocabulary import LeaseKind, Origin, Purpose
from edge.errors import SettingsError, SourceError
from edge.frames import Frame
from edge.opening import opening_of
from edge.pipe import MAX_LINE_BYTES, encode
from edge.settings import load
from edge.sources.table import entry_of
from edge.supervisor import Order
from tests.kit.pictures import HIDDEN_CORNER, as_npz, moving_pictures
from tests.kit.sleeper import START as NIGHT

NODE = f'site = "demo"\nward = "rowan"\nnode_id = "room6"\ndata_dir = "room6"\nconsole_key = "{"ab" * 32}"\n'
CAMERA = NODE + 'modality = "camera"\n[source]\nkind = "camera"\ndevice = "/dev/video0"\n'
VIEW = f"[view]\ndistance_m = 2.0\nrows = {json.dumps(HIDDEN_CORNER.rows)}\n"
ORDER = Order("0" * 32, tuple(Purpose), True, 100.0, LeaseKind.CONSENT, None)


def told(folder: Path, text: str) -> Path:
    path = folder / "node.toml"
    path.write_text(text)
    return path


def test_a_camera_and_its_drawing_reach_the_sensing_process_in_one_line(tmp_path: Path) -> None:
    settings = load(told(tmp_path, CAMERA + "exposure_us = 10000\n" + VIEW), {})
    line = opening_of(settings)(ORDER, 10.0)
    assert settings.source.origin is Origin.SENSOR and settings.room_view is not None
    assert (line.source["device"], line.source["exposure_us"], line.source["frame_rate_hz"]) == (
        "/dev/video0",
        10000,
        15,
    )
    assert line.source["view"] == {"rows": list(HIDDEN_CORNER.rows), "distance_m": 2.0} and line.room == ()
    assert len(encode(line)) < MAX_LINE_BYTES


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (CAMERA.replace('modality = "camera"\n', ""), 'write `modality = "camera"`'),
        (NODE + 'modality = "camera"\n', 'write `modality = "radar"`'),
        (NODE + VIEW, "`view` is for `modality = \"camera\"`"),
        (CAMERA + '[[zones]]\nzone = "bed"\nfrom_m = 0.5\nto_m = 2\n', "drawn in `[view]`"),
        (CAMERA + '[view]\nrows = ["b"]\n', "draw 12 rows of 16"),
        (CAMERA.replace("/dev/video0", "video0"), "/dev/video0, or libcamera"),
        (CAMERA.replace('device = "/dev/video0"\n', ""), "`device` is given exactly"),
        (NODE + '[source]\ngain = 3\n', "`gain` is given only when `kind` is \"camera\""),
        (CAMERA + "frame_rate_hz = 300\n", "that the camera is told"),
        (NODE + 'modality = "camera"\n[source]\nkind = "rtsp"\nurl = "rtsp://x/y"\n', "`commissioning = true`"),
        (NODE + '[source]\ncommissioning = true\n', "`commissioning = true`"),
    ],
)  # fmt: skip
def test_settings_that_do_not_fit_together_are_refused_in_one_sentence(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        load(told(tmp_path, text), {})
    assert says in str(refused.value) and "\n" not in str(refused.value)


def test_an_rtsp_camera_is_for_demonstrations_alone(tmp_path: Path) -> None:
    rtsp = 'modality = "camera"\n[source]\nkind = "rtsp"\nurl = "rtsp://x/y"\ncommissioning = true\n'
    assert load(told(tmp_path, NODE + rtsp), {}).source.url == "rtsp://x/y"
    fitted = "[lamp]\nline = 17\n[pause]\nlines = [27]\n"
    with pytest.raises(SettingsError, match='"rtsp"` needs `context = "demonstration"`'):
        load(told(tmp_path, NODE + 'context = "evaluation"\n' + rtsp + fitted), {})


def test_C22_a_recording_of_another_sensor_than_was_agreed_to_is_never_played(tmp_path: Path) -> None:
    file = as_npz(tmp_path / "a.npz", moving_pictures(3))
    replay = {"kind": "replay", "file": str(file)}
    with pytest.raises(SourceError, match="recording of a camera, and this node's `modality` is radar"):
        entry_of(replay).open({**replay, "modality": "radar"}, HandClock(NIGHT))
    view = {"rows": HIDDEN_CORNER.rows, "distance_m": 2.0}
    frames = list(entry_of(replay).open({**replay, "modality": "camera", "view": view}, HandClock(NIGHT)))
    assert [isinstance(one, Frame) and not one.picture[:120, :80].any() for one in frames] == [True] * 3


def test_a_radar_room_never_loads_the_camera_library() -> None:
    import subprocess
    import sys

    script = (
        "import sys, edge.sensing, edge.sources.formats\n"
        "from edge.sources.table import entry_of\n"
        "entry_of({'kind': 'synthetic'}).open({'kind': 'synthetic'}, None)\n"
        "sys.exit('cv2' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
