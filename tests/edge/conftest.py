"""The room that the tests of a whole node share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.nodes import NodeAtNight, node_at_night


@pytest.fixture
def room(tmp_path: Path) -> Iterator[NodeAtNight]:
    made = node_at_night(tmp_path)
    yield made
    made.outbox.close()


@pytest.fixture
def sensing_room(room: NodeAtNight) -> NodeAtNight:
    room.send(room.console.open_lease())
    room.step()
    return room
