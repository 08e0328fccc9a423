"""What each module's reports mean for a room, and what they do not."""

import struct

import pytest

from edge.decoders import a111_registers, ld2410, mr24, mr60bha1, mr60bha2
from edge.frames import Hint, Target
from tests.kit.packets import LD2410_BASIC, LD2410_ENGINEERING, ld2410_answer, ld2410_report, target


def mr24_hint(address, data):
    (report,) = mr24.Mr24Decoder().feed(mr24.packed(4, 3, address, data))
    return mr24.hint_of(report)


def test_the_checksum_is_the_one_that_captured_packets_carry():
    assert mr24.crc16_modbus(bytes.fromhex("550A00040307010101")) == 0xBC9C
    assert mr24.Mr24Decoder().feed(bytes.fromhex("550A000403070101019CBC"))


@pytest.mark.parametrize(
    ("address", "data", "hint"),
    [
        (mr24.ENVIRONMENT, b"\x00\xff\xff", Hint(presence=False, is_moving=False)),
        (mr24.ENVIRONMENT, b"\x01\x00\xff", Hint(presence=True, is_moving=False)),
        (mr24.ENVIRONMENT, b"\x01\x01\x01", Hint(presence=True, is_moving=True)),
        (mr24.ENVIRONMENT, b"\x01\x07\x01", None),
        (mr24.APPROACH, b"\x01\x01\x02", Hint(presence=True)),
        (mr24.APPROACH, b"\x01\x01\x01", Hint()),
        (mr24.BODY_SIGN, struct.pack("<f", 100.0), Hint(presence=True, is_moving=True, movement=1.0)),
        (mr24.BODY_SIGN, struct.pack("<f", 0.0), Hint(presence=False, is_moving=False, movement=0.0)),
        (mr24.BODY_SIGN, struct.pack("<f", float("nan")), None),
    ],
)
def test_a_24_ghz_module_says_who_is_there_and_who_moves(address, data, hint):
    assert mr24_hint(address, data) == hint


@pytest.mark.parametrize("sign", [1.0, 2.0])
def test_a_body_sign_that_sources_read_in_two_ways_says_nothing_of_presence(sign):
    assert mr24_hint(mr24.BODY_SIGN, struct.pack("<f", sign)).presence is None


def test_the_heartbeat_and_an_answer_carry_the_environment_too():
    heart = mr24.Mr24Report(4, 5, 1, b"\x01\x00\xff")
    answer = mr24.Mr24Report(3, 3, mr24.ENVIRONMENT, b"\x00\xff\xff")
    assert mr24.hint_of(heart) == Hint(presence=True, is_moving=False)
    assert mr24.hint_of(answer) == Hint(presence=False, is_moving=False)


def test_what_is_reported_only_on_change_can_be_asked_for():
    (asked,) = mr24.Mr24Decoder().feed(mr24.question())
    assert (asked.function, asked.address_1, asked.address_2, mr24.hint_of(asked)) == (1, 3, 5, None)
    assert mr60bha1.question() == bytes.fromhex("5359808100010FBD5443")


def test_a_24_ghz_packet_that_is_no_report_of_the_room_gives_no_hint():
    (report,) = mr24.Mr24Decoder().feed(mr24.packed(3, 4, 0x0C, b"\x03"))
    assert mr24.hint_of(report) is None


@pytest.mark.parametrize(
    ("word", "data", "hint"),
    [
        ((0x80, 0x01), b"\x00", Hint(presence=False)),
        ((0x80, 0x81), b"\x01", Hint(presence=True)),
        ((0x80, 0x02), b"\x02", Hint(is_moving=True)),
        ((0x80, 0x02), b"\x01", Hint(is_moving=False)),
        ((0x80, 0x03), b"\x64", Hint(movement=1.0)),
        ((0x80, 0x04), b"\x00\x47", Hint(distance_m=0.71)),
        ((0x80, 0x04), b"\x00\x00", Hint()),
        ((0x81, 0x02), b"\x0f", Hint(respiratory_rate_per_min=15.0)),
        ((0x85, 0x02), b"\x00", Hint()),
        ((0x80, 0x01), b"\x07", None),
        ((0x80, 0x01), b"\x01\x01", None),
        ((0x05, 0x01), b"\x01", None),
    ],
)
def test_a_60_ghz_module_of_the_first_kind_says_what_it_sees(word, data, hint):
    (report,) = mr60bha1.Mr60Bha1Decoder().feed(mr60bha1.packed(*word, data))
    assert mr60bha1.hint_of(report) == hint


def bha2(kind, data):
    decoder = mr60bha2.Mr60Bha2Decoder()
    (report,) = decoder.feed(mr60bha2.packed(kind, data))
    return report, decoder.count


@pytest.mark.parametrize(
    ("kind", "data", "hint"),
    [
        (mr60bha2.HUMAN, b"\x01\x00", Hint(presence=True)),
        (mr60bha2.HUMAN, b"\x00", Hint(presence=False)),
        (mr60bha2.HUMAN, b"", None),
        (mr60bha2.RESPIRATORY, struct.pack("<f", 16.5), Hint(respiratory_rate_per_min=16.5)),
        (mr60bha2.PULSE, struct.pack("<f", float("inf")), Hint()),
        (mr60bha2.PHASES, bytes(12), None),
        (0xFFFF, b"\x01\x02\x03\x04", None),
    ],
)
def test_a_60_ghz_module_of_the_second_kind_says_what_it_sees(kind, data, hint):
    report, count = bha2(kind, data)
    assert mr60bha2.hint_of(report) == hint
    assert count.ambiguous == 0


def test_a_distance_that_sources_read_in_two_ways_is_read_in_both_and_taken_from_neither():
    report, count = bha2(mr60bha2.DISTANCE, struct.pack("<If", 1, 1.25))
    readings = mr60bha2.distance_readings(report.data)
    assert readings.flag_first == (1, 1.25)
    assert readings.value_first[0] == struct.unpack("<I", struct.pack("<f", 1.25))[0]
    assert mr60bha2.hint_of(report) is None
    assert count.ambiguous == 1


def test_a_distance_of_the_other_order_is_read_too():
    readings = mr60bha2.distance_readings(struct.pack("<fI", 71.0, 0))
    assert readings.value_first == (0, 71.0)
    assert mr60bha2.distance_readings(b"\x00" * 7) is None


def test_targets_are_read_with_and_without_a_count_and_taken_from_neither():
    one = Target(1, 0.5, 1.0, 0.0, 0.0, 0.0, 0.0)
    counted, count = bha2(mr60bha2.TARGETS, struct.pack("<I", 1) + target(0.5, 1.0))
    bare, _ = bha2(mr60bha2.TARGETS, target(0.5, 1.0))
    assert mr60bha2.target_readings(counted.data) == mr60bha2.TargetReadings((one,), None)
    assert mr60bha2.target_readings(bare.data) == mr60bha2.TargetReadings(None, (one,))
    assert mr60bha2.hint_of(counted) is None
    assert mr60bha2.hint_of(bare) is None
    assert count.ambiguous == 1


def test_a_basic_report_gives_distance_and_energy_of_what_moves():
    (report,) = ld2410.Ld2410Decoder().feed(ld2410_report(LD2410_BASIC))
    assert (report.moving_distance_m, report.still_distance_m, report.moving_gates) == (0.81, 1.0, ())
    assert ld2410.hint_of(report) == Hint(True, True, 0.59, 0.81)


def test_an_engineering_report_gives_each_gate():
    (report,) = ld2410.Ld2410Decoder().feed(ld2410_report(LD2410_ENGINEERING))
    assert report.moving_gates == tuple(range(10, 19))
    assert (report.still_gates[-1], report.light) == (28, 0x7F)
    assert ld2410.hint_of(report) == Hint(True, False, 0.0, 1.5)


@pytest.mark.parametrize("state", [4, 5, 6])
def test_a_module_that_calibrates_itself_says_nothing(state):
    (report,) = ld2410.Ld2410Decoder().feed(ld2410_report(LD2410_BASIC[:2] + bytes([state]) + LD2410_BASIC[3:]))
    assert ld2410.hint_of(report) is None


@pytest.mark.parametrize(
    "data",
    [
        LD2410_BASIC[:2] + b"\x07" + LD2410_BASIC[3:],
        LD2410_BASIC[:5] + b"\x65" + LD2410_BASIC[6:],
        LD2410_BASIC[:-1] + b"\x01",
        b"\x01" + LD2410_BASIC[1:],
        LD2410_ENGINEERING[:11] + b"\x09" + LD2410_ENGINEERING[12:],
    ],
)
def test_a_report_out_of_form_is_bad(data):
    decoder = ld2410.Ld2410Decoder()
    assert decoder.feed(ld2410_report(data)) == []
    assert decoder.count.bad >= 1


def test_engineering_reports_are_switched_on_by_three_commands_and_their_answers_are_read():
    commands = ld2410.engineering_commands()
    assert commands[0] == bytes.fromhex("FDFCFBFA0400FF00010004030201")
    assert commands[2] == bytes.fromhex("FDFCFBFA0200FE0004030201")
    (answer,) = ld2410.Ld2410Decoder().feed(ld2410_answer(ld2410.ENGINEERING_ON, status=1))
    assert answer == ld2410.Ld2410Answer(0x0162, False, b"")
    assert ld2410.hint_of(answer) is None


def test_a_register_is_asked_for_set_and_read():
    assert a111_registers.ask_read(0x10) == bytes.fromhex("CC0100F810CD")
    assert a111_registers.ask_write(0x02, 0x30) == bytes.fromhex("CC0500F90230000000CD")
    (answer,) = a111_registers.A111Decoder().feed(bytes.fromhex("CC0500F610B0AB0000CD"))
    assert answer == a111_registers.RegisterAnswer(a111_registers.FrameType.READ, 0x10, 0xABB0)


def test_a_measurement_holds_its_registers_and_its_data():
    (frame,) = a111_registers.A111Decoder().feed(a111_registers.stream(((4, 1),), b"\x01\x00\xff\xff"))
    assert frame == a111_registers.StreamFrame(((4, 1),), b"\x01\x00\xff\xff")


@pytest.mark.parametrize("parts", [b"\xfd\x04\x00\x00\x00\x00\x00", b"\xfe\x09\x00\x00", b"\x11\x00\x00", b"\xfe"])
def test_a_measurement_whose_parts_do_not_add_up_is_bad(parts):
    decoder = a111_registers.A111Decoder()
    assert decoder.feed(a111_registers.framed(a111_registers.FrameType.STREAM, parts)) == []
    assert decoder.count.bad >= 1
