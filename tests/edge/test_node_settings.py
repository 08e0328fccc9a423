import re
from pathlib import Path

import pytest

from broker.configuration import describe
from broker.vocabulary import Origin
from edge.compose import released
from edge.errors import SettingsError
from edge.settings import load
from models.card import card_paths

GOOD = f"""site = "demo"
ward = "rowan"
node_id = "room6"
data_dir = "room6"
console_key = "{"ab" * 32}"

[source]
kind = "synthetic"
seed = 6

[broker]
port = 1884
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "node.toml"
    path.write_text(GOOD)
    return path


def test_settings_are_read_and_paths_lie_beside_the_file(file: Path) -> None:
    settings = load(file, {})
    assert (settings.node_id, settings.source.seed, settings.broker.port) == ("room6", 6, 1884)
    assert settings.data_dir == file.parent / "room6"


def test_the_environment_wins_over_the_file(file: Path) -> None:
    settings = load(file, {"HUSHWARD_NODE_WARD": "elm", "HUSHWARD_NODE_BROKER__PORT": "9000", "OTHER": "x"})
    assert (settings.ward, settings.broker.port) == ("elm", 9000)


def test_a_ti_radar_has_two_ports_and_a_profile_and_is_a_sensor(file: Path) -> None:
    told = 'kind = "ti"\nport = "/dev/ttyUSB1"\ncommand_port = "/dev/ttyUSB0"\nprofile = "bed.cfg"'
    file.write_text(GOOD.replace('kind = "synthetic"', told))
    source = load(file, {}).source
    assert (source.origin, source.command_port) == (Origin.SENSOR, "/dev/ttyUSB0")
    assert source.profile == file.parent / "bed.cfg"


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("port = 1884", "port = 99999", 12, "TCP port"),
        ("seed = 6", "seeds = 6", 9, "no setting `source.seeds`"),
        ('ward = "rowan"', 'ward = "Rowan Ward"', 2, "as in every topic"),
        ('kind = "synthetic"', 'kind = "webcam"', 8, "synthetic"),
        ('kind = "synthetic"', 'kind = "replay"', 7, "`file` is given exactly"),
        ('kind = "synthetic"', 'kind = "mr24"', 7, "`port` is given exactly"),
        ('kind = "synthetic"', 'kind = "ti"\nport = "/dev/ttyUSB1"', 7, "`command_port` and `profile`"),
    ],
)
def test_a_bad_setting_names_file_line_and_remedy(file: Path, old: str, new: str, line: int, says: str) -> None:
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(SettingsError) as caught:
        load(file, {})
    assert str(caught.value).startswith(f"{file}:{line}: ")
    assert says in str(caught.value)


def test_a_bad_variable_is_named_as_the_variable(file: Path) -> None:
    with pytest.raises(SettingsError, match="HUSHWARD_NODE_BROKER__PORT"):
        load(file, {"HUSHWARD_NODE_BROKER__PORT": "none"})


def test_a_missing_setting_says_what_it_is_for(file: Path) -> None:
    file.write_text(GOOD.replace('node_id = "room6"\n', ""))
    with pytest.raises(SettingsError, match="`node_id` is missing"):
        load(file, {})


@pytest.mark.parametrize("content", [b"site = ", b"\xff\xfe"])
def test_a_file_that_is_not_toml_is_refused_in_one_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "node.toml"
    path.write_bytes(content)
    with pytest.raises(SettingsError, match=r"node\.toml"):
        load(path, {})


def test_a_missing_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--config"):
        load(tmp_path / "nothing.toml", {})


def test_A11_what_is_not_a_sensor_is_refused_outside_a_demonstration(file: Path) -> None:
    file.write_text('context = "clinical"\n' + GOOD)
    with pytest.raises(SettingsError, match="A11"):
        load(file, {})


def test_A11_a_shared_clock_is_refused_outside_a_demonstration(file: Path) -> None:
    file.write_text('context = "evaluation"\nclock_file = "clock.json"\n' + GOOD)
    with pytest.raises(SettingsError, match="clock_file"):
        load(file, {})


def test_a_recording_on_the_command_line_takes_the_rooms_place(file: Path, tmp_path: Path) -> None:
    settings = load(file, {}, replay=tmp_path / "night.h5")
    assert (settings.source.origin, settings.source.file) == (Origin.REPLAY, tmp_path / "night.h5")


def test_every_setting_is_shown_with_its_meaning(file: Path) -> None:
    shown = describe(load(file, {}))
    assert "broker.port = 1884  # TCP port" in shown
    assert "= None  # None" not in shown


def test_a_live_sensor_needs_a_port_and_is_a_sensor_by_origin(file: Path) -> None:
    live = 'kind = "a121"\nport = "/dev/ttyUSB0"\nsession = "bed.json"'
    file.write_text(GOOD.replace('kind = "synthetic"\nseed = 6', live))
    source = load(file, {}).source
    assert (source.origin, source.sensor_id, source.session) == (Origin.SENSOR, 1, file.parent / "bed.json")


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ('kind = "a121"', "`port` is given exactly"),
        ('kind = "synthetic"\nport = "/dev/ttyUSB0"', "`port` is given exactly"),
        ('kind = "a121"\nport = "ttyUSB0"', "serial device such as /dev/ttyUSB0"),
        ('kind = "a121"\nport = "/dev/ttyUSB0"\nsensor_id = 9', "which socket"),
        ('kind = "synthetic"\nsession = "a.json"', "`session` is given only"),
    ],
)
def test_a_live_sensor_that_cannot_be_is_refused_at_the_border(file: Path, told: str, says: str) -> None:
    file.write_text(GOOD.replace('kind = "synthetic"\nseed = 6', told))
    with pytest.raises(SettingsError) as caught:
        load(file, {})
    assert says.lower() in str(caught.value).lower()


IN_A_ROOM = GOOD.replace('kind = "synthetic"', 'kind = "a121"\nport = "/dev/ttyUSB0"')
LAMP, CONTROL = "[lamp]\nline = 17\n", "[pause]\nlines = [22, 27]\n"


@pytest.mark.parametrize("context", ["evaluation", "clinical"])
@pytest.mark.parametrize(("fittings", "missing"), [(CONTROL, "lamp.line"), (LAMP, "pause.lines")])
def test_K3_C5_a_real_room_without_a_lamp_or_a_control_is_refused(
    file: Path, context: str, fittings: str, missing: str
) -> None:
    file.write_text(f'context = "{context}"\n{IN_A_ROOM}{fittings}')
    with pytest.raises(SettingsError, match=rf"`{missing}` is missing: .*name the pins? of"):
        load(file, {})


@pytest.mark.parametrize("context", ["evaluation", "clinical"])
def test_K3_C5_a_real_room_with_a_lamp_and_a_control_is_taken(file: Path, context: str) -> None:
    file.write_text(f'context = "{context}"\n{IN_A_ROOM}{LAMP}{CONTROL}')
    settings = load(file, {})
    assert (settings.lamp.line, settings.pause.lines) == (17, (22, 27))


def test_K3_a_demonstration_may_simulate_both(file: Path) -> None:
    settings = load(file, {})
    assert (settings.lamp.line, settings.pause.lines) == (None, ())


@pytest.mark.parametrize(
    ("context", "times", "sensor"),
    [("clinical", 1.2, "radar"), ("evaluation", 9.0, "radar"), ("clinical", 9.0, "camera")],
)
def test_E3_models_that_serve_every_group_of_this_sensor_alike_may_be_used_in_a_clinic(
    file: Path, context: str, times: float, sensor: str
) -> None:
    file.write_text(f'context = "{context}"\n{IN_A_ROOM}{LAMP}{CONTROL}')
    released(load(file, {}), cards(file.parent, times, sensor))


def test_E3_in_a_clinic_a_model_that_serves_one_group_much_worse_is_refused_with_group_and_ratio(file: Path) -> None:
    file.write_text(f'context = "clinical"\n{IN_A_ROOM}{LAMP}{CONTROL}')
    with pytest.raises(SettingsError, match=r"rule E3\): By posture, radar: .* is 1.60 times the best group's"):
        released(load(file, {}), cards(file.parent, 1.6, "radar"))


def cards(folder: Path, times: float, sensor: str) -> Path:
    judged = f'[judged.worst_over_best.error]\n"posture, {sensor}" = {times}\n'
    for path in card_paths():
        text = re.sub(r"(?s)# judged: written.*# judged: end\n", judged, path.read_text("utf-8"))
        (folder / path.name).write_text(text, "utf-8")
    return folder
