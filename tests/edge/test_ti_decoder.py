import random
import struct
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.decoders.ti_entries import read_entries
from edge.decoders.ti_uart import MAGIC, MOST_HELD, TiUartDecoder
from tests.kit.recordings import recording
from tests.kit.ti_packets import lab, lab_packet, packet, target

STREAM = b"".join(lab_packet(number) for number in range(1, 6))
CAPTURE = "radar/ti_uart_vitalsigns/dataOutputFromEVM.bin"


def decoded(data, cuts=()):
    """Decode in pieces; return the decoder and all packets."""
    decoder = TiUartDecoder()
    places = [0, *sorted(cuts), len(data)]
    packets = [one for a, b in pairwise(places) for one in decoder.feed(data[a:b])]
    return decoder, packets + decoder.finish()


def numbers(packets):
    return [one.header.frame_number for one in packets]


def test_whole_packets_are_read_without_loss():
    decoder, packets = decoded(STREAM)
    assert numbers(packets) == [1, 2, 3, 4, 5]
    assert (decoder.bad, decoder.lost, decoder.skipped) == (0, 0, 0)
    assert not any(one.is_short for one in packets)


@given(st.sets(st.integers(0, len(STREAM)), max_size=12))
def test_any_cutting_into_pieces_gives_the_same_packets(cuts):
    assert decoded(STREAM, cuts)[1] == decoded(STREAM)[1]


@given(st.lists(st.sampled_from([MAGIC, lab_packet(3), lab_packet(4)[:256], packet(9, claimed=64), b"\0" * 11,
                                 MAGIC[:5], packet(5, (2, MAGIC * 3)), packet(7, claimed=40000)]), max_size=12),
       st.sets(st.integers(0, 4000), max_size=12))  # fmt: skip
def test_damaged_streams_too_are_read_alike_however_they_are_cut(parts, cuts):
    data = b"".join(parts)
    inside = {cut for cut in cuts if cut <= len(data)}
    (one, packets), (other, again) = decoded(data), decoded(data, inside)
    assert packets == again
    assert (one.bad, one.lost, one.skipped) == (other.bad, other.lost, other.skipped)


def test_a_stream_cut_at_any_place_gives_all_packets_before_the_cut():
    size = len(STREAM) // 5
    for cut in range(len(STREAM)):
        whole = numbers(decoded(STREAM[:cut])[1])
        assert whole[: cut // size] == [1, 2, 3, 4, 5][: cut // size]


def test_packets_that_are_stored_shorter_than_they_say_are_found_and_called_short():
    _, packets = decoded(b"".join(lab_packet(number)[:256] for number in range(4)) + lab_packet(4))
    assert numbers(packets) == [0, 1, 2, 3, 4]
    assert [one.is_short for one in packets] == [True] * 4 + [False]
    assert [len(read_entries(one).profile) for one in packets] == [18] * 4 + [23]


@pytest.mark.parametrize("length", [97, 159])
def test_a_fragment_costs_itself_alone_and_is_no_profile(length):
    decoder, packets = decoded(lab_packet(1) + lab_packet(2)[:length] + lab_packet(3))
    assert numbers(packets) == [1, 2, 3]
    assert read_entries(packets[1]).profile is None
    assert decoder.lost == 0


def test_a_magic_word_inside_a_packet_does_not_split_it():
    data = packet(1, (2, b"ab" + MAGIC + b"cd" * 40)) + lab_packet(2)
    decoder, packets = decoded(data)
    assert numbers(packets) == [1, 2]
    assert packets[0].entries[0][1].startswith(b"ab" + MAGIC)
    assert decoder.bad == 0


def test_garbage_between_packets_is_skipped_and_counted():
    noise = random.Random(4).randbytes(1000).replace(b"\x02\x01", b"\0\0")
    decoder, packets = decoded(lab_packet(1) + noise + lab_packet(2) + noise)
    assert numbers(packets) == [1, 2]
    assert decoder.skipped == 2000


def test_missing_frame_numbers_are_lost_packets_and_a_restart_is_not():
    assert decoded(lab_packet(1) + lab_packet(6) + lab_packet(7))[0].lost == 4
    assert decoded(lab_packet(100_000) + lab_packet(0))[0].lost == 0


@pytest.mark.parametrize("claimed", [0, 1, 39, 65535, 65537, 2**32 - 1])
def test_an_impossible_length_costs_one_packet(claimed):
    decoder, packets = decoded(packet(0, *lab([1j] * 5), claimed=claimed) + STREAM)
    assert numbers(packets)[-5:] == [1, 2, 3, 4, 5]
    assert decoder.bad + len(packets) == 6


@pytest.mark.parametrize("count", [0, 3, 64, 65, 65535, 2**32 - 1])
def test_a_wrong_number_of_entries_never_reads_beyond_the_packet(count):
    _, packets = decoded(packet(1, *lab([1j] * 5), count=count) + lab_packet(2))
    assert numbers(packets)[-1] == 2
    assert all(len(value) <= 256 for one in packets for _, value in one.entries)


def test_a_length_that_is_too_long_does_not_hold_the_stream_up():
    decoder = TiUartDecoder()
    packets = decoder.feed(packet(1, *lab([1j] * 5), claimed=65536) + b"".join(map(lab_packet, range(2, 8))))
    assert numbers(packets) == [1, 2, 3, 4, 5, 6]


@given(st.lists(st.binary(max_size=300) | st.just(MAGIC) | st.just(MAGIC + b"\xff\xff\0\0" * 8), max_size=30))
def test_no_bytes_ever_raise_or_pile_up(pieces):
    decoder = TiUartDecoder()
    for piece in pieces:
        for one in decoder.feed(piece):
            read_entries(one)
        assert decoder.held < MOST_HELD
    for one in decoder.finish():
        read_entries(one)
    assert decoder.held == 0


def test_a_long_claim_without_anything_behind_it_keeps_no_more_than_one_packet():
    decoder = TiUartDecoder()
    for _ in range(40):
        decoder.feed(packet(1, claimed=65536) + b"\0" * 5000)
        assert decoder.held < MOST_HELD


@given(st.lists(st.tuples(st.sampled_from([2, 6, 1000, 1010, 1011, 1012, 1020, 1021, 1030, 1040, 9]),
                          st.binary(max_size=250)), max_size=5))  # fmt: skip
def test_entries_with_any_content_are_read_without_error(entries):
    for one in decoded(packet(1, *entries))[1]:
        read_entries(one)


def test_targets_are_read_and_one_that_is_no_number_is_left_out():
    data = target(3, 0.5, 2.0, 1.0) + target(4, float("nan"), 1.0)
    (one,) = decoded(packet(1, (1010, data)))[1]
    (found,) = read_entries(one).targets
    assert (found.track_id, found.x_m, found.y_m, found.z_m) == (3, 0.5, 2.0, 1.0)


def test_presence_and_the_rates_of_the_tracker_are_read():
    vital = struct.pack("<2H33f", 0, 20, 0.3, 71.0, 15.5, *[0.0] * 30)
    (one,) = decoded(packet(1, (1021, b"\1\0\0\0"), (1040, vital)))[1]
    told = read_entries(one)
    assert (told.presence, told.respiratory_rate_per_min, told.pulse_rate_per_min) == (True, 15.5, 71.0)


def test_the_strongest_point_gives_the_distance():
    units = struct.pack("<5f", 0.01, 0.01, 0.1, 0.001, 0.04)
    points = struct.pack("<2bh2H", 0, 0, 0, 900, 10) + struct.pack("<2bh2H", 0, 0, 0, 2500, 90)
    (one,) = decoded(packet(1, (1020, units + points)))[1]
    assert read_entries(one).distance_m == pytest.approx(2.5)


def test_the_captured_stream_is_read_whole_and_cut_at_random_alike():
    data = recording(CAPTURE).read_bytes()
    cuts = sorted(random.Random(2).sample(range(len(data)), 400))
    decoder, packets = decoded(data, cuts)
    assert (len(packets), decoder.bad, decoder.lost, decoder.skipped) == (248, 0, 0, 0)
    assert packets == decoded(data)[1]


def test_the_captured_stream_stored_short_and_with_holes_loses_what_is_missing_alone():
    data = recording(CAPTURE).read_bytes()
    rows = [data[place : place + 256] for place in range(0, len(data), 288)]
    decoder, packets = decoded(b"".join(rows[:100] + rows[142:200] + [rows[200][:97]] + rows[201:]))
    assert decoder.lost == 42
    assert len(packets) == 206
    assert {len(told.profile) for told in map(read_entries, packets) if told.profile is not None} == {18}
