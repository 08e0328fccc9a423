"""Captures of a TI mmWave radar's data port (`.bin`), as a terminal or a logger writes them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from edge.decoders.ti_uart import MAGIC, header_at
from edge.errors import UnreadableFile
from edge.frames import Frame, FrameCount
from edge.sources.raw_settings import profile_beside, read_radar_table
from edge.sources.recording import Recording
from edge.sources.ti_frames import TiStream

CHUNK_BYTES = 1 << 16


def is_ti_uart(head: bytes) -> bool:
    """Say whether a file's first bytes hold a believable packet header; a capture may begin in a packet's middle."""
    place = head.find(MAGIC)
    while place >= 0:
        if header_at(head, place) is not None:
            return True
        place = head.find(MAGIC, place + 1)
    return False


def ti_uart(path: Path, *, loop: bool = False, config: Path | None = None) -> Recording:
    """Open a capture.

    Distances and the frame rate come from its profile: `config`, or the `.cfg` of the same name, or the only one in
    its folder. Without, distances are not known, and 20 frames/s are taken, as the vital-signs lab sets them.

    Args:
        path: the `.bin`.
        loop: start again at the end.
        config: `[radar]` table or profile.

    Raises:
        UnreadableFile: no packet in it, or settings that cannot be read.
    """
    settings, warnings = _settings(path, config)
    try:
        with path.open("rb") as file:
            if not is_ti_uart(file.read(CHUNK_BYTES)):
                raise UnreadableFile(f"{path.name} holds no packet of a TI radar in its first 64 kB.")
    except OSError as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error.strerror}.") from error
    return Recording(lambda count: _frames(path, settings, count), name=path.name, loop=loop, warnings=warnings)


def _settings(path: Path, config: Path | None) -> tuple[dict[str, float], tuple[str, ...]]:
    """Read the settings; a profile that merely lies beside the capture may be unreadable, and that is said."""
    found = config or profile_beside(path, or_only_one=True)
    if found is None:
        return {}, (f"{path.name} has no profile (.cfg) beside it: distances are not known, 20 frames/s were taken.",)
    try:
        return read_radar_table(found), ()
    except UnreadableFile as error:
        if config is not None:
            raise
        return {}, (f"{error} Distances are not known, 20 frames/s were taken.",)


def _frames(path: Path, settings: Mapping[str, float], count: FrameCount) -> Iterator[Frame]:
    stream = TiStream(settings, count)
    with path.open("rb") as file:
        while data := file.read(CHUNK_BYTES):
            yield from stream.feed(data)
    yield from stream.finish()
