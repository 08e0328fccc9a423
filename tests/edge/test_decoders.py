"""What holds for every byte decoder of the house."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.decoders.table import DECODERS
from tests.kit.packets import PACKETS

NAMES = sorted(DECODERS)
# A run of one byte that begins no packet of any decoder.
GARBAGE = b"\x00" * 7
# These see every change of one bit by their checksum; the others have none.
CHECKED = ("mr24", "mr60bha1", "mr60bha2")

pieces = st.lists(st.integers(0, 1 << 16), max_size=12)


def fed(name, *parts):
    decoder = DECODERS[name].make()
    return [item for part in parts for item in decoder.feed(part)], decoder


def cut(data, places):
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize("name", NAMES)
def test_every_decoder_has_built_packets_to_be_tested_on_and_reads_each(name):
    for packet in PACKETS[name]:
        items, _ = fed(name, packet)
        assert len(items) == 1


@pytest.mark.parametrize("name", NAMES)
@given(places=pieces)
def test_pieces_of_any_size_give_the_same_packets(name, places):
    stream = GARBAGE.join(PACKETS[name])
    assert fed(name, *cut(stream, places))[0] == fed(name, stream)[0]


@pytest.mark.parametrize("name", NAMES)
@given(noise=st.lists(st.binary(max_size=600), max_size=4))
def test_no_bytes_make_a_decoder_raise_or_hold_more_than_one_packet(name, noise):
    decoder = DECODERS[name].make()
    for part in noise:
        decoder.feed(part)
        assert decoder.waiting <= DECODERS[name].most_waiting


@pytest.mark.parametrize("name", NAMES)
def test_a_packet_cut_at_any_byte_costs_that_packet_alone(name):
    first, *rest = PACKETS[name]
    # What follows is long enough to fill whatever the cut packet had announced.
    follow = b"".join(rest) * (2 + DECODERS[name].most_waiting // len(b"".join(rest)))
    whole = fed(name, follow)[0]
    for length in range(len(first)):
        assert fed(name, first[:length], follow)[0][-len(whole) :] == whole, length


@pytest.mark.parametrize("name", NAMES)
def test_garbage_between_packets_is_skipped_and_counted(name):
    items, decoder = fed(name, GARBAGE, *(packet + GARBAGE for packet in PACKETS[name]))
    assert len(items) == len(PACKETS[name])
    assert decoder.count.skipped == len(GARBAGE) * (1 + len(PACKETS[name]))


@pytest.mark.parametrize("name", CHECKED)
def test_a_packet_with_one_changed_bit_is_never_taken(name):
    for packet in PACKETS[name]:
        for bit in range(8 * len(packet)):
            broken = bytearray(packet)
            broken[bit // 8] ^= 1 << bit % 8
            items, decoder = fed(name, bytes(broken))
            assert items == [], (packet, bit)
            assert decoder.count.good == 0
