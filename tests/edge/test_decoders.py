"""What holds for every byte decoder of the house."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.decoders.table import DECODERS
from tests.kit.packets import FOLLOWED, PACKETS

NAMES = sorted(DECODERS)
# A run of one byte that begins no packet of any decoder.
GARBAGE = b"\x00" * 7
# Built on one framer, which counts alike.
FRAMED = ("a111-registers", "ld2410", "mr24", "mr60bha1", "mr60bha2")
# These see every change of one bit by their checksum; the others have none.
CHECKED = ("mr24", "mr60bha1", "mr60bha2")

pieces = st.lists(st.integers(0, 1 << 16), max_size=12)


def fed(name, *parts):
    decoder = DECODERS[name].make()
    return [repr(item) for part in parts for item in decoder.feed(part)], decoder


def cut(data, places):
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize("name", NAMES)
def test_every_decoder_reads_each_packet_that_is_built_for_it(name):
    items, _ = fed(name, *PACKETS[name], FOLLOWED.get(name, b""))
    assert len(items) >= len(PACKETS[name])


@pytest.mark.parametrize("name", NAMES)
@given(places=pieces)
def test_pieces_of_any_size_give_the_same_packets(name, places):
    stream = GARBAGE.join(PACKETS[name])
    assert fed(name, *cut(stream, places))[0] == fed(name, stream)[0]


@pytest.mark.parametrize("name", NAMES)
@given(noise=st.lists(st.binary(max_size=600), max_size=4), places=pieces)
def test_no_bytes_make_a_decoder_raise_or_hold_back_too_much_or_depend_on_their_pieces(name, noise, places):
    stream = b"".join(part + packet for part, packet in zip(noise, PACKETS[name], strict=False))
    decoder, items = DECODERS[name].make(), []
    for part in cut(stream, places):
        items += map(repr, decoder.feed(part))
        assert decoder.held <= DECODERS[name].most_held
    assert items == fed(name, stream)[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_flood_without_a_packet_is_never_held_back_as_a_whole(name):
    first = PACKETS[name][0]
    for flood in (first[:1] * 300_000, first[:8] * 40_000, b"{" * 300_000):
        _, decoder = fed(name, flood)
        assert decoder.held <= DECODERS[name].most_held


@pytest.mark.parametrize("name", NAMES)
def test_a_packet_cut_at_any_byte_costs_that_packet_and_at_most_the_next(name):
    first, *rest = PACKETS[name]
    after = FOLLOWED.get(name, b"")
    # What follows is long enough to fill whatever the cut packet had announced.
    follow = b"".join(rest) * (2 + min(DECODERS[name].most_held, 1 << 14) // len(b"".join(rest))) + after
    whole = fed(name, follow)[0]
    for length in range(len(first)):
        assert fed(name, first[:length], follow)[0][-len(whole) + 1 :] == whole[1:], length


@pytest.mark.parametrize("name", FRAMED)
def test_garbage_between_packets_is_skipped_and_counted(name):
    items, decoder = fed(name, GARBAGE, *(packet + GARBAGE for packet in PACKETS[name]))
    assert len(items) == len(PACKETS[name])
    assert decoder.count.skipped == len(GARBAGE) * (1 + len(PACKETS[name]))


@pytest.mark.parametrize("name", FRAMED)
def test_a_cut_packet_costs_nothing_of_the_next(name):
    first, second = PACKETS[name][:2]
    rest = second + GARBAGE * DECODERS[name].most_held
    for length in range(len(first)):
        assert fed(name, first[:length] + rest)[0] == fed(name, second)[0], length


@pytest.mark.parametrize("name", CHECKED)
def test_a_packet_with_one_changed_bit_is_never_taken(name):
    """What a checksum promises: every single changed bit is seen; of two or more, some are not."""
    for packet in PACKETS[name]:
        for bit in range(8 * len(packet)):
            broken = bytearray(packet)
            broken[bit // 8] ^= 1 << bit % 8
            items, decoder = fed(name, bytes(broken))
            assert items == [], (packet, bit)
            assert decoder.count.good == 0
