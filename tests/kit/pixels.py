"""A known picture, and a search for it in everything that a process wrote, opened or sent."""

import base64
import io
import json
import os
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from tests.kit.pictures import Picture, moving_pictures

HEIGHT, WIDTH = 240, 320
PIECE = 48
"""Bytes of a picture that are looked for: far too many to stand anywhere by chance."""
_MAGIC = {
    "jpeg": re.compile(rb"\xff\xd8\xff[\xdb\xe0\xe1\xee]"),
    "png": re.compile(rb"\x89PNG\r\n\x1a\n"),
    "gif": re.compile(rb"GIF8[79]a"),
    "avi": re.compile(rb"RIFF....AVI ", re.DOTALL),
    "iso video": re.compile(rb"ftyp(isom|mp4|avc|qt  )"),
    "matroska": re.compile(rb"\x1a\x45\xdf\xa3"),
    # A sequence parameter set of any profile in use, or an access unit of HEVC.
    "h264": re.compile(rb"\x00\x00\x01\x67[\x42\x4d\x58\x64\x6e\x7a\xf4]"),
    "base64 of jpeg": re.compile(rb"/9j/[2,4]AA"),
    "base64 of png": re.compile(rb"iVBORw0KGgo"),
}


def watermarked(frames: int) -> list[Picture]:
    """Return two pictures in turn, so that something moves and every one of them is known."""
    first, second = moving_pictures(2, height=HEIGHT, width=WIDTH, seed=77)
    return [first if number % 2 else second for number in range(frames)]


def pieces() -> dict[str, list[bytes]]:
    """Return what of the pictures would stand in a leak, by how they were written."""
    found: dict[str, list[bytes]] = {}
    for picture in watermarked(2):
        # Rows from all over it, so that a leaked part is found as well as the whole.
        rows = [picture[row, 100 : 100 + PIECE].tobytes() for row in range(0, HEIGHT, 8)]
        found.setdefault("raw", []).extend(rows)
        found.setdefault("hex", []).extend(one.hex().encode() for one in rows)
        found.setdefault("numbers", []).extend(_numbers(one) for one in rows)
        found.setdefault("printed", []).append(" ".join(f"{value:3}" for value in picture[0, :3]).strip().encode())
        found.setdefault("base64", []).extend(part for one in rows for part in _base64_of(one))
        found.setdefault("zlib", []).append(_middle(zlib.compress(picture.tobytes())))
        found.setdefault("npz", []).append(_middle(_archive(picture)))
        found.setdefault("jpeg picture", []).append(_middle(cv2.imencode(".jpg", picture)[1].tobytes()))
        found.setdefault("png picture", []).append(_middle(cv2.imencode(".png", picture)[1].tobytes()))
    return found


def _archive(picture: Picture) -> bytes:
    held = io.BytesIO()
    np.savez_compressed(held, picture)
    return held.getvalue()


def _numbers(row: bytes) -> bytes:
    return json.dumps(list(row))[1:-1].encode()


def _base64_of(row: bytes) -> list[bytes]:
    """Return the same bytes as they look at each of the three places in a triple, without the uncertain ends."""
    return [base64.b64encode(b"\0" * shift + row)[4:-4] for shift in range(3)]


def _middle(packed: bytes) -> bytes:
    return packed[len(packed) // 2 : len(packed) // 2 + PIECE]


@dataclass
class Search:
    """Looks for the pictures in named places.

    Attributes:
        found: for each place in which something was found, how it was written.
        looked_at: bytes of each place.
    """

    found: dict[str, set[str]] = field(default_factory=dict)
    looked_at: dict[str, int] = field(default_factory=dict)
    _pieces: dict[str, list[bytes]] = field(default_factory=pieces)

    def look(self, place: str, content: bytes) -> None:
        """Look at one place; commas and brackets of lists are read with and without blanks."""
        self.looked_at[place] = self.looked_at.get(place, 0) + len(content)
        tight = content.replace(b" ", b"") if b", " in content else b""
        kinds = {
            kind
            for kind, known in self._pieces.items()
            if any(one in content or (tight and one.replace(b" ", b"") in tight) for one in known)
        }
        kinds |= {kind for kind, magic in _MAGIC.items() if magic.search(content)}
        if kinds:
            self.found.setdefault(place, set()).update(kinds)

    def look_at_all(self, places: Mapping[str, bytes]) -> None:
        """Look at several places."""
        for place, content in places.items():
            self.look(place, content)


def files_under(folder: Path, *, but: Path | None = None) -> Iterator[tuple[str, bytes]]:
    """Give every file under a folder, with its content; `but` is what was put there to be read."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path != but:
            yield str(path.relative_to(folder)), path.read_bytes()


def open_files(pid: int) -> dict[str, bytes]:
    """Return what every regular file that a process holds open contains, deleted ones and shared memory too.

    Empty for a process that the kernel shows to root alone, where this is not root.
    """
    places: dict[str, bytes] = {}
    folder = Path(f"/proc/{pid}/fd")
    for handle in folder.iterdir() if os.access(folder, os.R_OK) else ():
        try:
            target = str(handle.readlink())
            if target.startswith("/") and not target.startswith(("/dev/null", "/dev/urandom")):
                places[target] = handle.read_bytes()
        except OSError:
            continue
    return places


def open_kinds(pid: int) -> set[str]:
    """Return what a process holds open: `pipe`, `socket`, `file` and so on."""
    targets = [str(handle.readlink()) for handle in Path(f"/proc/{pid}/fd").iterdir()]
    return {one.split(":")[0] if not one.startswith("/") else "file" for one in targets}


def written_bytes(pid: int) -> int:
    """Return how many bytes a process has written by any call, to whatever it was."""
    told = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text("ascii").splitlines())
    return int(told["wchar"])


def mapped_files(pid: int) -> set[str]:
    """Return the files in a process's memory."""
    lines = Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines()
    return {line.split(maxsplit=5)[5] for line in lines if len(line.split(maxsplit=5)) == 6}


def written_maps(pid: int) -> set[str]:
    """Return the files in a process's memory that what it writes there reaches."""
    lines = [line.split(maxsplit=5) for line in Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines()]
    return {line[5] for line in lines if len(line) == 6 and line[1][1] == "w" and line[1][3] == "s"}
