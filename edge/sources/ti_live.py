"""A live TI mmWave radar: its command port is told the profile, its data port is listened to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from broker.clock import Clock
from edge.errors import SourceError
from edge.frames import FrameCount
from edge.sources.live import LOOK_S, LiveSource, Looks, Now
from edge.sources.ports import Port, open_port
from edge.sources.raw_settings import read_radar_table
from edge.sources.ti_cfg import command_lines
from edge.sources.ti_frames import TiStream
from edge.sources.tick_time import TickTime

COMMAND_BAUD, DATA_BAUD = 115200, 921600
"""[1/s] TI mmWave SDK user guide: the demo's two ports."""
ANSWER_S = 1.0
SILENT_S = 2.0
TICKS_PER_S = 1_000_000

Ports = tuple[Port, Port]


def open_ti(settings: Mapping[str, Any], clock: Clock, opener: Callable[[], Ports] | None = None) -> LiveSource:
    """Return a TI radar as a source; it is opened and told its profile with the first frame, and again when it is lost.

    Args:
        settings: `port` (data), `command_port`, and `profile`, the `.cfg` file.
        clock: on which frames are dated and waits are made.
        opener: opens command port and data port; None opens those that the settings name.

    Raises:
        SourceError: a port or the profile is missing, or the profile cannot be used.
    """
    profile, data, command = settings.get("profile"), settings.get("port"), settings.get("command_port")
    if not profile or (opener is None and not (data and command)):
        raise SourceError("A TI radar needs [source] port (data), command_port and profile (its .cfg file).")
    table, lines = read_radar_table(Path(profile)), command_lines(Path(profile))

    def opened() -> Ports:
        commands = open_port(str(command), COMMAND_BAUD)
        try:
            return commands, open_port(str(data), DATA_BAUD)
        except SourceError:
            commands.close()
            raise

    def opening(now: Now, count: FrameCount) -> Looks:
        commands, data_port = (opener or opened)()
        try:
            yield from _tell(commands, lines, now)
            yield from _listen(data_port, TiStream(table, count), now)
        finally:
            commands.close()
            data_port.close()

    return LiveSource(opening, clock)


def _tell(port: Port, lines: Sequence[str], now: Now) -> Looks:
    """Send the profile line by line, each after the answer to the one before.

    Raises:
        SourceError: the radar does not answer, or refuses a line.
    """
    for line in lines:
        port.write(line.encode("ascii", errors="replace") + b"\n")
        answer, until_s = b"", now() + ANSWER_S
        while b"Done" not in answer and b"Error" not in answer:
            if now() > until_s:
                raise SourceError(f"The radar does not answer '{line[:40]}' on its command port; is it the other port?")
            answer += port.read(LOOK_S)
            yield None
        # Stopping a radar that does not run is refused, and nothing is wrong.
        if b"Error" in answer and not line.startswith("sensorStop"):
            raise SourceError(f"The radar refuses the line '{line[:60]}' of its profile.")


def _listen(port: Port, stream: TiStream, now: Now) -> Looks:
    """Give frames, dated by their numbers and held to the node's clock.

    Raises:
        SourceError: the line is lost, nothing readable comes, or what comes is not of now.
    """
    time: TickTime | None = None
    heard_s = now()
    while True:
        frames = stream.feed(port.read(LOOK_S))
        now_s = now()
        for frame in frames:
            tick = round(frame.t_s * TICKS_PER_S) % (1 << 32)
            if time is None:
                time = TickTime(TICKS_PER_S, tick, now_s)
            elif time.step(tick, now_s) is None:
                raise SourceError("The radar's frames are not of now: its numbers jumped, or the node fell behind.")
            heard_s = now_s
            yield replace(frame, t_s=time.t_s)
        if now_s - heard_s > SILENT_S:
            raise SourceError(f"The radar has sent nothing that can be read for {SILENT_S:.0f} s.")
        if not frames:
            yield None
