"""The size of a picture, from its first bytes: a small file may unpack into more than the machine has.

Source:
    PNG: W3C Recommendation, Portable Network Graphics (third edition), 11.2.1. JPEG: ITU-T T.81, B.2.2. BMP: Microsoft,
    BITMAPINFOHEADER. PGM and PPM: Netpbm, pgm(5) and ppm(5).
"""

import re
import struct

from edge.sources.camera.eye import is_seeable

_NETPBM = re.compile(rb"P[2356](?:\s+|#[^\n]*\n)+(\d+)(?:\s+|#[^\n]*\n)+(\d+)\s")
_FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def size_of(head: bytes) -> tuple[int, int] | None:
    """Read a picture's size.

    Args:
        head: the file's first bytes.

    Returns:
        Height and width [px]; None when it is no such picture, says no size, or one that nothing could be seen in.
    """
    try:
        found = _found(head)
    except (struct.error, IndexError):
        return None
    return found if found is not None and is_seeable(*found) else None


def _found(head: bytes) -> tuple[int, int] | None:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        width, height = struct.unpack_from(">II", head, 16)
        return height, width
    if head.startswith(b"BM"):
        width, height = struct.unpack_from("<ii", head, 18)
        return abs(height), width
    if head.startswith(b"\xff\xd8"):
        return _in_jpeg(head)
    netpbm = _NETPBM.match(head)
    return None if netpbm is None else (int(netpbm[2]), int(netpbm[1]))


def _in_jpeg(head: bytes) -> tuple[int, int] | None:
    """Walk from marker to marker up to the frame header."""
    place = 2
    while head[place] == 0xFF:
        marker = head[place + 1]
        if marker in _FRAME_HEADERS:
            height, width = struct.unpack_from(">HH", head, place + 5)
            return height, width
        # A filling byte, or a marker with a length.
        place += 1 if marker == 0xFF else 2 + struct.unpack_from(">H", head, place + 2)[0]
    return None
