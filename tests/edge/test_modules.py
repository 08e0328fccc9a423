"""Captures of modules that say what they see: bytes, hex text with times, and a log that cut its packets."""

import struct
from pathlib import Path

import pytest

from broker.vocabulary import Presence
from edge.decoders import mr24, mr60bha1, mr60bha2
from edge.decoders.mr24_cut import is_cut, report_of_line
from edge.errors import UnreadableFile
from edge.evaluation import estimates_of
from edge.frames import FrameKind
from edge.sources.formats import FORMATS, open_recording
from tests.kit.packets import PACKETS
from tests.kit.recordings import recording
from tests.kit.sleeper import new_estimator

SOMEBODY = mr60bha1.packed(0x80, 0x01, b"\x01")
MOVING = mr24.packed(4, 3, mr24.ENVIRONMENT, b"\x01\x01\x01")
SIGN = mr24.packed(4, 3, mr24.BODY_SIGN, struct.pack("<f", 55.0))


def hex_file(tmp_path: Path, rows, header="millis,raw_data_hex") -> Path:
    path = tmp_path / "capture.csv"
    path.write_text("\n".join([header, *(f"{t},{data.hex(' ')}" for t, data in rows)]) + "\n")
    return path


def hints(source):
    return [(frame.t_s, frame.hint) for frame in source if frame.hint is not None]


@pytest.mark.parametrize("name", ["mr24", "mr60bha1", "mr60bha2"])
@pytest.mark.parametrize("is_text", [False, True])
def test_the_content_decides_which_module_it_was(tmp_path, name, is_text):
    stream = b"".join(PACKETS[name])
    path = hex_file(tmp_path, [(1000, stream)]) if is_text else tmp_path / "capture.bin"
    if not is_text:
        path.write_bytes(stream)
    found = next(entry.name for entry in FORMATS if entry.is_it(_candidate(path)))
    assert found == name


def _candidate(path):
    from edge.sources.formats import Candidate

    return Candidate(path, path.read_bytes())


def test_hex_text_keeps_its_times_and_packets_may_run_over_lines(tmp_path):
    source = open_recording(hex_file(tmp_path, [(500, SOMEBODY[:4]), (900, SOMEBODY[4:] + SOMEBODY)]), "mr60bha1")
    assert [t for t, _ in hints(source)] == [0.4, 0.4]
    assert source.count.bad == 0


def test_seconds_without_words_are_told_as_such(tmp_path):
    source = open_recording(hex_file(tmp_path, [(0, SOMEBODY), (3500, SOMEBODY)]), "mr60bha1")
    frames = list(source)
    assert [(f.t_s, f.hint is None) for f in frames] == [(0, False), (1, True), (2, True), (3, True), (3.5, False)]
    assert {f.layout.kind for f in frames} == {FrameKind.HINT}
    assert source.count.read == 2


def test_a_capture_without_times_steps_with_each_repetition_and_says_so(tmp_path):
    path = tmp_path / "capture.bin"
    human, rate = mr60bha2.packed(mr60bha2.HUMAN, b"\x01"), mr60bha2.packed(mr60bha2.RESPIRATORY, bytes(4))
    path.write_bytes((human + rate) * 3)
    source = open_recording(path)
    assert [t for t, _ in hints(source)] == [0.0, 0.0, 0.125, 0.125, 0.25, 0.25]
    assert "holds no times" in source.count.warnings[0]


def test_lines_that_are_no_bytes_or_go_back_in_time_are_bad(tmp_path):
    path = hex_file(tmp_path, [(0, SOMEBODY), (2000, SOMEBODY), (1000, SOMEBODY)])
    path.write_text(path.read_text() + "3000,not hex\nsoon,53 59\n")
    source = open_recording(path)
    assert len(hints(source)) == 2
    assert source.count.bad == 3


def test_what_sources_read_in_two_ways_is_left_out_and_counted(tmp_path):
    told = mr60bha2.packed(mr60bha2.DISTANCE, struct.pack("<If", 1, 1.0)) + mr60bha2.packed(mr60bha2.HUMAN, b"\x01")
    source = open_recording(hex_file(tmp_path, [(0, told), (1000, told)]))
    assert all(hint.distance_m is None for _, hint in hints(source))
    assert "2 reports were left out" in source.count.warnings[0]


def test_a_file_without_a_sound_packet_is_refused_in_one_sentence(tmp_path):
    path = tmp_path / "wall.bin"
    path.write_bytes(bytes(range(256)) * 4)
    with pytest.raises(UnreadableFile, match="holds no packet of a Seeed MR24"):
        open_recording(path, "mr24")


def test_a_log_that_cuts_its_packets_is_known_by_its_lines():
    cut = [MOVING[:10], SIGN[:10], MOVING[:10]]
    assert is_cut(cut)
    assert not is_cut([*cut, MOVING])
    assert not is_cut([])


@pytest.mark.parametrize(
    ("line", "is_believed"),
    [
        (MOVING[:10], True),
        (MOVING[:9] + bytes([MOVING[9] ^ 1]), False),
        (MOVING[:9], False),
        (SIGN[:10], True),
        (SIGN[:6] + struct.pack("<f", 55.5), False),
        (SIGN[:6] + struct.pack("<f", 101.0), False),
        (SIGN[:6] + struct.pack("<f", -0.0), False),
        (SIGN[:6] + struct.pack("<f", float("nan")), False),
        (mr24.packed(4, 5, 2, b"\x0f") + b"\x55", True),
        (b"\x55\x64" + MOVING[:8], False),
        (bytes.fromhex("55160004010247323456"), False),
        (b"", False),
    ],
)
def test_a_cut_line_is_believed_only_on_what_is_there(line, is_believed):
    assert (report_of_line(line) is not None) is is_believed


def test_a_cut_line_gives_the_same_report_as_its_whole_packet():
    for packet in (MOVING, SIGN):
        assert report_of_line(packet[:10]) == mr24.Mr24Decoder().feed(packet)[0]


@pytest.mark.parametrize("person", range(1, 9))
def test_people_in_bed_before_a_24_ghz_module_are_never_said_to_be_gone(person):
    source = open_recording(recording(f"radar/seeed_mr24_bytes/radar_P{person}.csv"))
    seen = list(estimates_of(source, new_estimator()))
    assert all(one.presence is not Presence.ABSENT for one in seen)
    assert any(one.presence is Presence.PRESENT for one in seen)
    assert all(one.respiratory_rate_per_min is None for one in seen)
    # Of each log one packet, the software's name, was cut where nothing proves it.
    assert (source.count.bad, source.count.lost) == (1, 0)
