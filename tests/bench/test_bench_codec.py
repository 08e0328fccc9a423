"""What a checked message costs, against bare JSON of the same bytes in the same run."""

import json

from broker.codec import decode, encode
from broker.topics import Leaf
from tests.kit import contract
from tests.kit.bench import compare

COUNT = 5000


def test_decoding_a_live_message_against_bare_json() -> None:
    topic, payload = contract.topic(Leaf.LIVE), encode(contract.live())

    def ours() -> None:
        for _ in range(COUNT):
            decode(topic, payload)

    def theirs() -> None:
        for _ in range(COUNT):
            json.loads(payload)

    assert compare("decode", ours, "json.loads", theirs, COUNT) < 20


def test_encoding_a_live_message_against_bare_json() -> None:
    message = contract.live()
    plain = json.loads(encode(message))

    def ours() -> None:
        for _ in range(COUNT):
            encode(message)

    def theirs() -> None:
        for _ in range(COUNT):
            json.dumps(plain)

    assert compare("encode", ours, "json.dumps", theirs, COUNT) < 20
