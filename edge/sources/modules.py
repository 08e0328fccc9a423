"""Captures of modules that say what they see: raw bytes, or lines of hex text with or without times."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from edge.decoders.framing import LinkCount
from edge.decoders.mr24_cut import is_cut, report_of_line
from edge.errors import UnreadableFile
from edge.frames import Frame, FrameCount
from edge.sources.module_frames import MODULES, HintStream, Module
from edge.sources.recording import Recording

MAX_BYTES = 1 << 26
"""A day of the fastest of these modules is less."""
ENOUGH = 2
"""Sound packets that tell a capture from anything else."""
QUIET_S = 1.0
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}[ :]?)+")
_SECONDS_IN = {"millis": 0.001, "t_ms": 0.001, "timestamp": 0.001, "t_s": 1.0, "time_s": 1.0}


@dataclass(frozen=True)
class Capture:
    """The bytes of a capture, line by line."""

    lines: tuple[tuple[float | None, bytes], ...]
    """Time [s] since the first, rising, None where the capture holds no times; and the bytes."""
    bad: int = 0
    """Lines that are no bytes, or go back in time."""

    @property
    def is_timed(self) -> bool:
        """Whether its lines have times."""
        return bool(self.lines) and self.lines[0][0] is not None


def capture_of(content: bytes) -> Capture:
    """Read a capture's content: hex text when its lines are, else raw bytes.

    A line of hex text has bytes in hex in its last cell; a header that names `millis`, `t_ms`, `timestamp` (ms), `t_s`
    or `time_s` (s) says what its first cell is.
    """
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError:
        return Capture(((None, content),))
    rows = [[cell.strip() for cell in row] for row in csv.reader(text.splitlines()) if row]
    scale = _SECONDS_IN.get(rows[0][0].lower()) if rows and len(rows[0]) > 1 else None
    body = rows[1:] if rows and not _HEX.fullmatch(rows[0][-1]) else rows
    if not any(_HEX.fullmatch(row[-1]) for row in body):
        return Capture(((None, content),))
    return _lines_of(body, scale)


def _lines_of(rows: list[list[str]], scale: float | None) -> Capture:
    lines: list[tuple[float | None, bytes]] = []
    bad, first_s, last_s = 0, None, 0.0
    for row in rows:
        data = bytes.fromhex(row[-1].replace(":", " ")) if _HEX.fullmatch(row[-1]) else None
        told_s = _seconds(row[0], scale) if scale is not None and len(row) > 1 else None
        if data is None or (scale is not None and (told_s is None or (first_s is not None and told_s < last_s))):
            bad += 1
            continue
        if told_s is not None:
            first_s, last_s = told_s if first_s is None else first_s, told_s
            told_s -= first_s
        lines.append((told_s, data))
    return Capture(tuple(lines), bad)


def _seconds(cell: str, scale: float) -> float | None:
    """Read a time; None when it is no number, or none that a clock shows."""
    try:
        told = float(cell) * scale
    except ValueError:
        return None
    return told if 0 <= told < 1e12 else None


def is_capture_of(name: str, head: bytes) -> bool:
    """Say whether a file's first bytes are a capture of a module: two packets whose checksum holds are enough."""
    capture = capture_of(head)
    lines = [data for _, data in capture.lines]
    if name == "mr24" and is_cut(lines):
        return sum(report_of_line(line) is not None for line in lines) >= ENOUGH
    count = LinkCount()
    return len(MODULES[name].make(count).feed(b"".join(lines))) >= ENOUGH


def module_capture(name: str) -> Callable[..., Recording]:
    """Make the opener of one module's captures; it raises UnreadableFile where no packet holds."""
    module = MODULES[name]

    def opened(path: Path, *, loop: bool = False) -> Recording:
        capture = _read(path)
        lines = [data for _, data in capture.lines]
        warnings = () if capture.is_timed else (_untimed(path, module),)
        if name == "mr24" and is_cut(lines):
            reader, is_any = _cut_frames, any(report_of_line(line) for line in lines)
        else:
            reader, is_any = _frames, bool(module.make(LinkCount()).feed(b"".join(lines)))
        if not is_any:
            raise UnreadableFile(f"{path.name} holds no packet of a {module.meaning} whose checksum is right.")
        return Recording(lambda count: reader(module, capture, count), name=path.name, loop=loop, warnings=warnings)

    return opened


def _read(path: Path) -> Capture:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise UnreadableFile(f"{path.name} is too long for a capture of a module: more than 64 MB.")
        return capture_of(path.read_bytes())
    except OSError as error:
        raise UnreadableFile(f"{path.name} cannot be read: {error.strerror}.") from error


def _untimed(path: Path, module: Module) -> str:
    return f"{path.name} holds no times: {module.usual_step_s:g} s was taken from each report to the next of its kind."


def _frames(module: Module, capture: Capture, count: FrameCount) -> Iterator[Frame]:
    stream = HintStream(module, count)
    count.bad += capture.bad
    if not capture.is_timed:
        yield from _stepped(module, stream, b"".join(data for _, data in capture.lines))
    last_s = 0.0
    for t_s, data in capture.lines if capture.is_timed else ():
        assert t_s is not None
        yield from _quiet(stream, last_s, t_s)
        yield from stream.feed(t_s, data)
        last_s = t_s
    if stream.ambiguous:
        _warn(count, f"{stream.ambiguous} reports were left out: public sources read them in more than one way.")


def _warn(count: FrameCount, sentence: str) -> None:
    """Add a warning once, however often a capture is played."""
    if sentence not in count.warnings:
        count.warnings.append(sentence)


def _cut_frames(module: Module, capture: Capture, count: FrameCount) -> Iterator[Frame]:
    """Read a log that cuts its packets; a line that proves nothing is bad."""
    stream = HintStream(module, count)
    count.bad += capture.bad
    last_s = 0.0
    for index, (told_s, line) in enumerate(capture.lines):
        t_s = index * module.usual_step_s if told_s is None else told_s
        report = report_of_line(line)
        count.bad += report is None
        frame = None if report is None else stream.frame(t_s, report)
        yield from _quiet(stream, last_s, t_s)
        if frame is not None:
            yield frame
        last_s = t_s


def _stepped(module: Module, stream: HintStream, data: bytes) -> Iterator[Frame]:
    """Date reports that have no times: the same kind again is one step later."""
    seen: set[object] = set()
    t_s = 0.0
    for item in stream.items(data):
        kind = module.kind_of(item)
        if kind in seen:
            seen.clear()
            t_s += module.usual_step_s
        seen.add(kind)
        frame = stream.frame(t_s, item)
        if frame is not None:
            yield frame


def _quiet(stream: HintStream, last_s: float, t_s: float) -> Iterator[Frame]:
    """Say each second that nothing came, so that time goes on without words."""
    seconds = int((t_s - last_s) / QUIET_S)
    yield from (stream.quiet(last_s + (step + 1) * QUIET_S) for step in range(min(seconds, 3600)))
