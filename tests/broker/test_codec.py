import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.codec import canonical, decode, encode
from broker.errors import MessageRefused, Refusal
from broker.messages import MAX_MESSAGE_BYTES
from broker.topics import Leaf
from tests.kit import contract

LIVE, RECORD = contract.topic(Leaf.LIVE), contract.topic(Leaf.RECORD)
EXAMPLES = contract.examples()
JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def refusal(payload: bytes, topic: Any = LIVE) -> Refusal:
    with pytest.raises(MessageRefused) as refused:
        decode(topic, payload)
    return refused.value.refusal


def changed(name: str, **changes: Any) -> bytes:
    return json.dumps({**json.loads(encode(EXAMPLES[name][1])), **changes}).encode()


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_was_encoded_decodes_to_the_same(name: str) -> None:
    topic, message = EXAMPLES[name]
    assert decode(topic, encode(message)) == message


@given(st.binary(max_size=3000), st.sampled_from(Leaf))
def test_any_bytes_are_a_message_or_refused_and_nothing_else(payload: bytes, leaf: Leaf) -> None:
    try:
        decode(contract.topic(leaf), payload)
    except MessageRefused as refused:
        assert refused.refusal in Refusal


@given(st.sampled_from(sorted(EXAMPLES)), st.data())
def test_any_change_of_one_field_is_a_message_or_refused(name: str, data: st.DataObject) -> None:
    topic, message = EXAMPLES[name]
    told = json.loads(encode(message))
    told[data.draw(st.sampled_from([*told, "extra"]))] = data.draw(JSON_VALUE)
    try:
        decode(topic, json.dumps(told).encode())
    except MessageRefused as refused:
        assert refused.refusal in Refusal


@given(st.sampled_from(sorted(EXAMPLES)), st.integers(min_value=0), st.binary(max_size=4))
def test_spoiled_bytes_in_a_real_message_are_a_message_or_refused(name: str, at: int, spoil: bytes) -> None:
    topic, message = EXAMPLES[name]
    payload = encode(message)
    at %= len(payload)
    try:
        decode(topic, payload[:at] + spoil + payload[at + len(spoil) :])
    except MessageRefused as refused:
        assert refused.refusal in Refusal


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", Refusal.NOT_JSON),
        (b"\xff\xfe", Refusal.NOT_JSON),
        (b"[" * 2000, Refusal.NOT_JSON),
        (b"[1]", Refusal.MALFORMED),
        (b"null", Refusal.MALFORMED),
        (b'{"v":1,"v":1}', Refusal.NOT_JSON),
        (b'{"v":NaN}', Refusal.NOT_JSON),
        (b'{"v":2}', Refusal.UNKNOWN_VERSION),
        (b"{}", Refusal.UNKNOWN_VERSION),
        (b'{"v":1,"kind":"order"}', Refusal.UNKNOWN_KIND),
        (b'{"v":1' + b" " * MAX_MESSAGE_BYTES + b"}", Refusal.TOO_LARGE),
    ],
)
def test_what_is_no_message_is_refused_by_its_code(payload: bytes, code: Refusal) -> None:
    assert refusal(payload) is code


def test_an_unknown_field_is_refused_and_never_guessed() -> None:
    assert refusal(changed("live_open", note="x")) is Refusal.MALFORMED


def test_a_message_on_another_nodes_topic_is_refused() -> None:
    payload = encode(contract.lost("room3"))
    assert refusal(payload) is Refusal.WRONG_NODE


def test_a_record_on_the_live_topic_is_refused() -> None:
    assert refusal(encode(EXAMPLES["record_room_event"][1])) is Refusal.UNKNOWN_KIND


@pytest.mark.parametrize("number", ["1e400", "-1e400", "Infinity", "9" * 400])
def test_a_number_that_is_not_finite_is_refused(number: str) -> None:
    payload = encode(EXAMPLES["live_open"][1]).replace(b"4021.5", number.encode())
    assert number.encode() in payload
    assert refusal(payload) in (Refusal.MALFORMED, Refusal.NOT_JSON)


def test_a_time_without_a_zone_is_refused() -> None:
    assert refusal(changed("live_open", sent_at="2026-11-23T23:00:00")) is Refusal.MALFORMED


@pytest.mark.parametrize(
    "time",
    ["2026-11-24T04:45:00+05:45", "2019-12-31T23:59:59Z", "2100-01-01T00:00:00Z", "0001-01-01T00:00:00Z", 10**11],
)
def test_T10_a_time_that_is_not_utc_or_not_of_this_century_is_refused_on_every_message(time: object) -> None:
    for name, field in [("live_open", "sent_at"), ("record_minute", "captured_at"), ("announcement", "sent_at")]:
        topic = RECORD if name.startswith("record") else LIVE
        assert refusal(changed(name, **{field: time}), topic) is Refusal.MALFORMED
    told = json.loads(encode(EXAMPLES["live_open"][1]))
    told["readings"]["presence"]["since"] = time
    assert refusal(json.dumps(told).encode()) is Refusal.MALFORMED


@pytest.mark.parametrize("name", [name for name in EXAMPLES if not name.startswith(("lease", "receipt", "checkpoint"))])
def test_T10_what_a_node_says_without_a_signature_is_refused(name: str) -> None:
    topic, message = EXAMPLES[name]
    told = json.loads(encode(message))
    del told["signature"]
    assert refusal(json.dumps(told).encode(), topic) is Refusal.MALFORMED


def test_a_reading_with_neither_value_nor_reason_or_with_both_is_refused() -> None:
    told = json.loads(encode(EXAMPLES["live_open"][1]))
    for spoiled in ({}, {"value": 1, "withheld": "moving"}):
        told["readings"]["people"] = spoiled
        assert refusal(json.dumps(told).encode()) is Refusal.MALFORMED


def test_a_refusal_does_not_repeat_what_was_sent() -> None:
    with pytest.raises(MessageRefused) as refused:
        decode(LIVE, changed("live_open", origin="Margaret Whitlock"))
    assert "Margaret" not in str(refused.value)


def test_a_message_beyond_the_limit_is_refused_where_it_is_made() -> None:
    receipt = EXAMPLES["receipt"][1].model_copy(update={"signature": "A" * MAX_MESSAGE_BYTES})
    with pytest.raises(MessageRefused) as refused:
        encode(receipt)
    assert refused.value.refusal is Refusal.TOO_LARGE


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_a_signature_covers_every_field_but_itself() -> None:
    lease = EXAMPLES["lease_open"][1]
    whole = canonical(lease)
    assert canonical(lease.model_copy(update={"signature": "x"})) == whole
    for field in type(lease).model_fields:
        if field not in ("signature", "v", "kind"):
            assert canonical(lease.model_copy(update={field: "other"})) != whole, field
