"""Keeps what lasts in each room, by each of its sensors and for the room; in memory alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Generic, TypeVar

from console.rules.alerting.lasting import goes_on

What = TypeVar("What")


class Lasting(Generic[What]):
    """Since when each condition has held in each room."""

    def __init__(self) -> None:
        self._each: dict[str, dict[str, Mapping[What, datetime]]] = {}
        self._rooms: dict[str, Mapping[What, datetime]] = {}

    def of(self, room_id: str) -> Mapping[What, datetime]:
        """Return what lasts in a room; empty when nothing does."""
        return self._rooms.get(room_id, {})

    def of_node(self, room_id: str, node_id: str) -> Mapping[What, datetime]:
        """Return what lasts by one sensor alone."""
        return self._each.get(room_id, {}).get(node_id, {})

    def put(self, room_id: str, node_id: str, now: Mapping[What, datetime]) -> Mapping[What, datetime]:
        """Take what one sensor sees now; return what ended in the room with it, by its beginning."""
        was, before = self._each.get(room_id, {}), self.of(room_id)
        each = {**was, node_id: now}
        self._each[room_id] = each
        self._rooms[room_id] = goes_on(before, was, each)
        return {what: since for what, since in before.items() if what not in self._rooms[room_id]}

    def drop(self, room_id: str, node_id: str) -> Mapping[What, datetime]:
        """Forget a sensor that is stopped or lost; return what ended in the room with it: what no other sees."""
        return self.put(room_id, node_id, {})

    def forget(self, room_id: str) -> None:
        """Forget a room."""
        self._each.pop(room_id, None)
        self._rooms.pop(room_id, None)
