import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import UnreadableFile
from edge.sources.raw_settings import LIMITS, raw_radar, read_radar_table
from edge.sources.ti_cfg import read_ti_cfg
from tests.kit.raw_radar import TI_CFG
from tests.kit.recordings import recording

WHOLE = {
    "start_frequency_hz": 60e9, "slope_hz_per_s": 60e12, "sample_rate_hz": 4e6, "frame_rate_hz": 20.0,
    "chirps_per_frame": 2, "rx": 4, "samples_per_chirp": 100,
}  # fmt: skip


def cfg(tmp_path, text=TI_CFG, name="a.cfg"):
    path = tmp_path / name
    path.write_text(text)
    return path


def test_a_profile_gives_all_that_a_raw_recording_needs(tmp_path):
    radar = raw_radar("a.bin", read_ti_cfg(cfg(tmp_path)))
    assert radar.chirp.start_frequency_hz == pytest.approx(60.36e9)
    assert (radar.frame_rate_hz, radar.chirps_per_frame, radar.rx, radar.tx) == (20.0, 2, 4, 1)
    assert (radar.chirp.samples, radar.chirp.sample_rate_hz, radar.chirp.slope_hz_per_s) == (100, 4e6, 60e12)


def test_transmitters_that_take_turns_are_channels_of_their_own(tmp_path):
    text = TI_CFG.replace("frameCfg 0 0 2", "chirpCfg 1 1 0 0 0 0 0 4\nframeCfg 0 1 8")
    radar = raw_radar("a.bin", read_ti_cfg(cfg(tmp_path, text)))
    assert (radar.tx, radar.chirps_per_frame) == (2, 16)


def test_the_captured_profile_of_the_vital_signs_lab_is_read():
    told = read_ti_cfg(recording("radar/ti_uart_vitalsigns/xwr1642_profile_VitalSigns_20fps_Front.cfg"))
    assert told["frame_rate_hz"] == 20.0
    assert told["samples_per_chirp"] == 200


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("profileCfg 0 60 7 6 40 0 0 60 1 100", "profileCfg 0 60", "too few or wrong numbers"),
        ("frameCfg 0 0 2 0 50", "frameCfg 0 0 2 0 0", "too few or wrong numbers"),
        ("frameCfg 0 0 2 0 50", "frameCfg 0 9999999 2 0 50", "too few or wrong numbers"),
        ("adcCfg 2 1", "adcCfg 2 0", "real samples"),
        ("chirpCfg 0 0 0", "chirpCfg 0 0 7", "profile 7"),
        ("frameCfg", "advFrameCfg", "sub-frames"),
    ],
)
def test_a_profile_that_cannot_be_used_says_why(tmp_path, old, new, said):
    with pytest.raises(UnreadableFile, match=said):
        read_ti_cfg(cfg(tmp_path, TI_CFG.replace(old, new)))


def test_a_file_that_is_no_profile_is_refused(tmp_path):
    with pytest.raises(UnreadableFile, match="not a TI profile"):
        read_ti_cfg(cfg(tmp_path, "hello"))


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: (TI_CFG + text).encode()))
def test_any_profile_is_read_or_refused_in_one_sentence(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("cfg") / "a.cfg"
    path.write_bytes(data)
    try:
        read_radar_table(path)
    except UnreadableFile as error:
        assert str(error).startswith("a.cfg")


def test_all_that_is_missing_is_named_with_the_remedy():
    with pytest.raises(UnreadableFile, match=r"slope_hz_per_s.*rx missing; put its profile beside it"):
        raw_radar("a.bin", {"start_frequency_hz": 60e9})


@pytest.mark.parametrize("key", LIMITS)
@pytest.mark.parametrize("value", ["-1", "1e30", "nan", "inf", "true", "'x'"])
def test_an_absurd_number_is_refused_by_its_name(tmp_path, key, value):
    path = cfg(tmp_path, f"[radar]\n{key} = {value}", "a.toml")
    with pytest.raises(UnreadableFile, match=key):
        read_radar_table(path)


def test_an_unknown_key_is_named_with_those_that_are_known(tmp_path):
    with pytest.raises(UnreadableFile, match=r"knows no slop;.*slope_hz_per_s"):
        read_radar_table(cfg(tmp_path, "[radar]\nslop = 1", "a.toml"))


@pytest.mark.parametrize("text", ["", "[other]", "radar = 3", "[radar", "\0"])
def test_a_file_without_the_table_is_refused(tmp_path, text):
    with pytest.raises(UnreadableFile, match=r"a\.toml"):
        read_radar_table(cfg(tmp_path, text, "a.toml"))


def test_a_receiver_that_is_not_there_and_chirps_that_do_not_share_out_are_refused():
    with pytest.raises(UnreadableFile, match="receiver counts from 0 to 3"):
        raw_radar("a.bin", {**WHOLE, "receiver": 4})
    with pytest.raises(UnreadableFile, match="among 4 transmitters"):
        raw_radar("a.bin", {**WHOLE, "tx": 4})
