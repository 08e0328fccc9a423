import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.decoders.a121 import MAX_HEADER_BYTES, MAX_PAYLOAD_BYTES, A121Decoder, Message, look_of, places_of
from tests.kit.a121 import line, metadata, result, session

PLACE = places_of(metadata(), session())[0]
STREAM = line(status="start") + b"".join(result(number) for number in range(4)) + line(status="stop")


def decoded(*pieces: bytes, payload_bytes: int | None = None) -> tuple[list[Message], A121Decoder]:
    decoder = A121Decoder()
    decoder.payload_bytes = payload_bytes
    return [message for piece in pieces for message in decoder.feed(piece)], decoder


def ticks(messages: list[Message]) -> list[int]:
    looks = [look_of(one, PLACE) for one in messages]
    return [one.tick for one in looks if one is not None]


def test_a_stream_becomes_its_messages_in_order() -> None:
    messages, decoder = decoded(STREAM)
    assert [sorted(one.header)[0] for one in messages] == ["status", *["payload_size"] * 4, "status"]
    assert ticks(messages) == [0, 50, 100, 150]
    assert (decoder.bad, decoder.skipped, decoder.held) == (0, 0, 0)


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_any_cutting_of_the_stream_gives_the_same_messages(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[start:end] for start, end in pairwise(edges)]
    messages, decoder = decoded(*pieces)
    assert [(one.header, one.payload) for one in messages] == [(one.header, one.payload) for one in decoded(STREAM)[0]]
    assert decoder.bad == 0


def test_a_stream_that_ends_anywhere_gives_what_was_whole_and_no_more() -> None:
    whole = ticks(decoded(STREAM)[0])
    for end in range(len(STREAM)):
        found = ticks(decoded(STREAM[:end])[0])
        assert found == whole[: len(found)]


@pytest.mark.parametrize("missing", [1, 3, 13, 14, 40, 80])
def test_a_result_of_which_bytes_were_lost_is_counted_and_never_given(missing: int) -> None:
    broken = result(1)[:-missing]
    messages, decoder = decoded(result(0), broken, result(2), result(3), line(status="stop"), payload_bytes=80)
    assert 50 not in ticks(messages)
    assert ticks(messages)[-1] == 150
    assert decoder.bad >= 1


@given(st.binary(max_size=300), st.integers(0, len(STREAM)))
def test_garbage_anywhere_never_raises_and_the_stream_is_taken_up_again(garbage: bytes, at: int) -> None:
    rest = b"".join(result(number) for number in range(10, 14)) + line(status="stop")
    messages, decoder = decoded(STREAM[:at] + garbage + STREAM[at:] + b"\n" + rest, payload_bytes=80)
    assert ticks(messages)[-1:] == [650]
    assert decoder.held <= MAX_HEADER_BYTES + MAX_PAYLOAD_BYTES


@given(st.lists(st.binary(max_size=64), max_size=40))
def test_nothing_but_garbage_gives_nothing_that_is_a_look(pieces: list[bytes]) -> None:
    messages, _ = decoded(*pieces)
    assert ticks(messages) == []


def test_a_flood_without_a_line_is_not_held() -> None:
    messages, decoder = decoded(b"x" * (5 * MAX_HEADER_BYTES), b"\n" + STREAM)
    assert ticks(messages) == [0, 50, 100, 150]
    assert decoder.bad == 1
    assert decoder.skipped > 5 * MAX_HEADER_BYTES


@pytest.mark.parametrize(
    "header",
    [
        b"[1,2]",
        b'{"a":1}',
        b'{"result_info":[],"payload_size":-1}',
        b'{"result_info":[],"payload_size":true}',
        b'{"result_info":[],"payload_size":99999999}',
        b'{"result_info":[],"payload_size":1e2}',
        b'{"status":' + b"[" * 5000,
        b"\xff\xfe{",
    ],
)
def test_a_line_that_is_no_header_is_counted_and_left_out(header: bytes) -> None:
    messages, decoder = decoded(header + b"\n" + STREAM)
    assert ticks(messages) == [0, 50, 100, 150]
    assert decoder.bad == 1


def test_a_payload_of_another_size_than_agreed_is_bad() -> None:
    messages, decoder = decoded(result(0), result(1, points=6), result(2), line(status="stop"), payload_bytes=80)
    assert ticks(messages) == [0, 100]
    assert decoder.bad == 1


def test_the_sweeps_of_a_look_are_averaged_and_their_scatter_is_its_noise() -> None:
    parts = np.zeros((4, 5, 2), "<i2")
    parts[:, 2, 0] = [10, 14, 10, 14]
    header = {"result_info": [[{"tick": 7, "data_saturated": True, "temperature": -3}]], "payload_size": 80}
    look = look_of(Message(header, parts.tobytes()), PLACE)
    assert look is not None
    assert look.values[2] == 12
    assert look.noise_power is not None
    assert look.noise_power[2] == pytest.approx(16 / 8)
    assert (look.is_saturated, look.is_late, look.temperature_c) == (True, False, -3)


def test_each_sensor_has_its_own_part_of_a_payload() -> None:
    places = places_of(metadata(2, 1), session((1, 3), (2,)))
    assert [(one.group, one.index, one.sensor_id, one.offset) for one in places] == [
        (0, 0, 1, 0),
        (0, 1, 3, 80),
        (1, 0, 2, 160),
    ]
    assert {one.payload_bytes for one in places} == {240}


@pytest.mark.parametrize(
    "told", [None, [], [[]], [[{}]], metadata(2), metadata(points=6), [[{"frame_data_length": 1}]]]
)
def test_an_answer_that_does_not_fit_the_session_is_refused(told: object) -> None:
    with pytest.raises(ValueError, match=r"its|zip"):
        places_of(told, session())


@pytest.mark.parametrize(
    "info", [None, [], [[]], [[7]], [[{}]], [[{"tick": "7"}]], [[{"tick": True}]], [[{"tick": 1, "temperature": None}]]]
)
def test_a_result_without_its_facts_is_no_look(info: object) -> None:
    header = json.loads(json.dumps({"result_info": info, "payload_size": 80}))
    assert look_of(Message(header, bytes(80)), PLACE) is None
