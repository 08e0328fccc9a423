"""A sensing process that lets pictures out in every way that the search must find, and lets itself be looked into.

Run as `python -m tests.kit.leaking_sensing`, or with `--tight` for one that only lets itself be looked into: the kernel
shows the shipped one to root alone. Nothing else of it is changed.
"""

import base64
import os
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from broker.clock import Clock
from edge.frames import Frame, FrameCount, FrameSource, LoopMark, Quiet
from edge.sensing import main
from edge.sources.table import SourceEntry, entry_of

_HELD: list[Any] = []


def _file(name: str) -> Path:
    return Path(tempfile.gettempdir()) / name


def _unlinked(picture: Any) -> None:
    """A file that no folder names any more, and that is held open."""
    handle = _file("gone").open("w+b", buffering=0)
    _file("gone").unlink()
    handle.write(picture.tobytes())
    _HELD.append(handle)


def _memory(picture: Any) -> None:
    handle = os.memfd_create("pictures")
    os.write(handle, picture.tobytes())


LEAKS: Mapping[str, Callable[[Any], object]] = {
    "raw": lambda picture: _file("raw.bin").write_bytes(picture.tobytes()),
    "part": lambda picture: _file("part.bin").write_bytes(picture[40:160, 90:200].tobytes()),
    "png": lambda picture: cv2.imwrite(str(_file("look.png")), picture),
    "jpeg": lambda picture: cv2.imwrite(str(_file("look.jpg")), picture),
    "array": lambda picture: np.savez_compressed(_file("look.npz"), picture),
    "zlib": lambda picture: _file("packed").write_bytes(zlib.compress(picture.tobytes())),
    "base64": lambda picture: _file("text").write_bytes(base64.b64encode(picture.tobytes())),
    "hex": lambda picture: _file("hex").write_text(picture.tobytes().hex()),
    "printed": lambda picture: print(picture, file=sys.stderr),
    "numbers": lambda picture: print(picture.tolist(), file=sys.stderr),
    "pipe": lambda picture: os.write(1, base64.b64encode(picture[0].tobytes()) + b"\n"),
    "unlinked": _unlinked,
    "memory": _memory,
}


class LeakingSource:
    """Gives what another source gives, and lets its third picture out on the way, in every way there is."""

    def __init__(self, source: FrameSource) -> None:
        self._source = source

    @property
    def count(self) -> FrameCount:
        return self._source.count

    def __iter__(self) -> Iterator[Frame | LoopMark | Quiet]:
        for number, item in enumerate(self._source):
            if number == 2 and isinstance(item, Frame):
                for leak in LEAKS.values():
                    leak(item.picture)
            yield item

    def close(self) -> None:
        self._source.close()


def find(told: Mapping[str, Any]) -> SourceEntry:
    """Return the source that was asked for, with holes."""
    entry = entry_of(told)

    def opened(settings: Mapping[str, Any], clock: Clock) -> FrameSource:
        return LeakingSource(entry.open(settings, clock))

    return replace(entry, open=opened)


if __name__ == "__main__":
    sys.exit(main(entry_of if "--tight" in sys.argv else find, keep_private=lambda: None))
