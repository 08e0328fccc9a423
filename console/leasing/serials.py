"""Serials of leases: reserved on the disk before any is sent, so that none is ever used twice."""

from collections.abc import Callable
from dataclasses import dataclass

from console.errors import StoreError
from console.store.database import Store
from console.store.leases import reserve_serials, reserved_serials

_RESERVE = 256
"""Renewals at one in 20 s go on for 85 min when the disk is full."""


@dataclass(slots=True)
class _Reserve:
    following: int
    last: int


class Serials:
    """Gives each node's next serial."""

    def __init__(self, store: Store, taken: Callable[[str], int]) -> None:
        """Take what is needed.

        Args:
            store: the database.
            taken: the highest serial that a node says it has taken, 0 when it says nothing.
        """
        self._store = store
        self._taken = taken
        self._reserves: dict[str, _Reserve] = {}
        self._highest = dict(store.read(reserved_serials))

    def highest(self, node_id: str) -> int:
        """Return the highest serial of a node that this console may have given; 0 before the first."""
        reserve = self._reserves.get(node_id)
        return max(self._highest.get(node_id, 0), reserve.following - 1 if reserve else 0)

    def following(self, node_id: str) -> int | None:
        """Return a serial higher than every one before.

        Returns:
            None when no serial could be reserved: then nothing may be sent that opens a sensor.
        """
        reserve = self._reserves.get(node_id)
        taken = self._taken(node_id)
        if reserve is None or reserve.following > reserve.last or taken >= reserve.following:
            at_least = max(taken, reserve.following - 1) if reserve else taken
            try:
                first, last = self._store.write(lambda tx: reserve_serials(tx, node_id, at_least, _RESERVE))
            except StoreError:
                return None
            reserve = self._reserves[node_id] = _Reserve(first, last)
            self._highest[node_id] = last
        serial = reserve.following
        reserve.following += 1
        return serial

    def unwritten(self, node_id: str) -> int:
        """Return a serial for a lease that closes, when none can be reserved; the node remembers it for us."""
        reserve = self._reserves.setdefault(node_id, _Reserve(0, 0))
        reserve.following = max(reserve.following, reserve.last, self._taken(node_id)) + 1
        return reserve.following - 1
