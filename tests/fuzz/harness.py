"""One decoder under a coverage-guided fuzzer, in a process of its own.

    python -m tests.fuzz.harness DECODER [options and folders of libFuzzer]

What is asked of every input: the decoder does not raise, does not hold back more than it may, and gives the same items
whether the bytes come at once or in pieces; what it gives can be read by the next step.
"""

import contextlib
import sys

import atheris

with atheris.instrument_imports(include=["edge.decoders"]):
    from edge.decoders.a121 import Message, Place, look_of, places_of
    from edge.decoders.table import DECODERS
    from edge.decoders.ti_entries import read_entries
    from edge.decoders.ti_uart import Packet
from edge.sources.module_frames import MODULES
from tests.kit.a121 import session

PLACE = Place(group=0, index=0, sensor_id=1, offset=0, sweeps=4, points=5, payload_bytes=80)
"""Of the results that are built for tests."""


def try_input(name: str, data: bytes) -> None:
    """Feed one input; its first byte says into how long pieces it is cut.

    Raises:
        AssertionError: the decoder broke a promise.
    """
    piece, stream = 1 + data[0], data[1:]
    entry = DECODERS[name]
    at_once, in_pieces = entry.make(), entry.make()
    items = list(at_once.feed(stream))
    others: list[object] = []
    for start in range(0, len(stream), piece):
        others += in_pieces.feed(stream[start : start + piece])
        assert in_pieces.held <= entry.most_held, "holds back too much"
    assert at_once.held <= entry.most_held, "holds back too much"
    assert list(map(repr, items)) == list(map(repr, others)), "depends on how the bytes are cut"
    for item in items:
        read_on(name, item)


def read_on(name: str, item: object) -> None:
    """Take the next step with what a decoder gave."""
    if name in MODULES:
        MODULES[name].hint_of(item)
    elif isinstance(item, Packet):
        read_entries(item)
    elif isinstance(item, Message):
        look_of(item, PLACE)
        with contextlib.suppress(ValueError):
            places_of(item.header.get("metadata"), session())


def main() -> None:
    """Fuzz until libFuzzer's own limits end it."""
    name, *options = sys.argv[1:]

    def one(data: bytes) -> None:
        if data:
            try_input(name, data)

    atheris.Setup([sys.argv[0], *options], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
