"""The newest grid of block activity, from the node to the engineer's page: one file of 192 digits, and never more."""

import re
from pathlib import Path

from edge.commissioning.requests import FOLDER

NAME = "grid"
_WHOLE = re.compile(rb"(?:[0-9]{16}\n){12}")
BYTES = 12 * 17


class GridFile:
    """The node writes it while a room is being drawn, and takes it away afterwards.

    It is not forced onto the disk: it is worth half a second, and what is lost with the power is worth nothing.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / FOLDER / NAME

    def show(self, rows: tuple[str, ...]) -> None:
        """Put a grid down in place of the one before.

        Args:
            rows: twelve strings of sixteen digits.

        Raises:
            ValueError: it is no grid; nothing is written.
            OSError: the disk refuses.
        """
        raw = "".join(f"{row}\n" for row in rows).encode("ascii", "replace")
        if _WHOLE.fullmatch(raw) is None:
            raise ValueError("a grid is twelve rows of sixteen digits, and nothing else")
        fresh = self._path.with_name(f"{NAME}.new")
        fresh.write_bytes(raw)
        fresh.replace(self._path)

    def clear(self) -> None:
        """Take it away; it need not be there."""
        self._path.unlink(missing_ok=True)

    def read(self) -> bytes | None:
        """Return the newest grid, 204 bytes: twelve lines of sixteen digits; None while there is none."""
        try:
            with self._path.open("rb") as file:
                raw = file.read(BYTES + 1)
        except OSError:
            return None
        return raw if _WHOLE.fullmatch(raw) else None
