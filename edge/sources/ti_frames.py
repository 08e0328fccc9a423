"""Packets of a TI radar to frames: its own range profile where it sends one, else what it says it sees."""

from collections.abc import Mapping

import numpy as np

from edge.decoders.ti_entries import Contents, read_entries
from edge.decoders.ti_uart import MAX_STEP, Packet, TiUartDecoder, steps_between
from edge.frames import Frame, FrameCount, FrameKind, Hint, Layout
from edge.range_transform import LIGHT_M_PER_S
from edge.sources.raw_settings import SWEEP_KEYS, chirp_of

# The lab's own profiles set 20 frames/s; packets carry no time, only a number.
USUAL_RATE_HZ = 20.0
# So many packets of another shape in a row are a new setting; fewer are damage.
NEW_SHAPE_AFTER = 5
# TI's names: IWR6xxx sweep 60 to 64 GHz, all others 76 to 81 GHz.
CARRIER_60_HZ, CARRIER_77_HZ = 62e9, 78.5e9

Shape = tuple[int, int] | None
"""First range bin and number of bins; None for hints."""
NOTHING: Shape = (0, 0)


class TiStream:
    """Follows one data port: bytes in, frames out.

    The range profile of the vital-signs lab is evidence of its own; the rates that the module prints go into the
    frame's hint and nowhere else. Times are counted in frame numbers at the rate of the settings, 20 frames/s without.
    """

    def __init__(self, settings: Mapping[str, float], count: FrameCount) -> None:
        """Begin.

        Args:
            settings: keys of a `[radar]` table, as far as they are known.
            count: is kept up to date.
        """
        self._settings = settings
        self._count = count
        self._decoder = TiUartDecoder()
        self._told = (0, 0)
        self._layout: Layout | None = None
        self._shape: Shape = None
        self._odd: Shape = None
        self._odd_in_row = 0
        self._tracks = False
        self._last_number: int | None = None
        self._next_s = 0.0

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes in and give the frames that they complete."""
        return self._frames(self._decoder.feed(data))

    def finish(self) -> list[Frame]:
        """Give what is left at the end."""
        return self._frames(self._decoder.finish())

    def _frames(self, packets: list[Packet]) -> list[Frame]:
        frames = [frame for frame in map(self._frame, packets) if frame is not None]
        bad, lost = self._decoder.bad, self._decoder.lost
        self._count.bad += bad - self._told[0]
        self._count.lost += lost - self._told[1]
        self._told = (bad, lost)
        return frames

    def _frame(self, packet: Packet) -> Frame | None:
        contents = read_entries(packet)
        layout = self._layout_for(contents, packet)
        number = packet.header.frame_number
        step = 1 if self._last_number is None else steps_between(self._last_number, number)
        if layout is None or step == 0:
            self._count.bad += 1
            return None
        if step > MAX_STEP:
            # The module was started again: what came before says nothing of now.
            layout = self._layout = self._new_layout(packet)
            step = 1
        t_s = self._next_s + (step - 1) / layout.frame_rate_hz
        self._last_number, self._next_s = number, t_s + 1 / layout.frame_rate_hz
        self._count.read += 1
        values = np.zeros(0, np.complex64) if contents.profile is None else contents.profile[: layout.channels]
        return Frame(layout, t_s, values, lost_before=step - 1, hint=self._hint(contents))

    def _layout_for(self, contents: Contents, packet: Packet) -> Layout | None:
        """Return the layout that a packet belongs to, None when it fits none; a shape that stays becomes the new one.

        A longer profile is cut to the layout's length. A shorter one is damage: filling it up would be guessing.
        """
        shape = _shape_of(contents)
        if shape == NOTHING:
            return None
        if self._layout is not None and shape == self._shape:
            self._odd_in_row = 0
            return self._layout
        self._odd_in_row = self._odd_in_row + 1 if shape == self._odd else 1
        self._odd = shape
        if self._layout is None or self._odd_in_row >= NEW_SHAPE_AFTER:
            self._shape, self._odd_in_row = shape, 0
            self._layout = self._new_layout(packet)
            return self._layout
        return self._layout if _is_longer(shape, self._shape) else None

    def _new_layout(self, packet: Packet) -> Layout:
        rate_hz = self._settings.get("frame_rate_hz", USUAL_RATE_HZ)
        if self._shape is None:
            return Layout(FrameKind.HINT, np.zeros(0), np.nan, rate_hz)
        first, bins = self._shape
        range_m = np.arange(first, first + bins, dtype=np.float64) * self._range_step_m()
        return Layout(FrameKind.RADAR, range_m, self._wavelength_m(packet.header.platform), rate_hz)

    def _range_step_m(self) -> float:
        """Return the distance from bin to bin [m]; NaN where the settings do not give it."""
        if not all(key in self._settings for key in SWEEP_KEYS):
            return np.nan
        chirp = chirp_of(self._settings)
        # The firmware pads its transform to a power of two.
        return chirp.range_step_m(1 << (chirp.samples - 1).bit_length())

    def _wavelength_m(self, platform: int) -> float:
        if all(key in self._settings for key in SWEEP_KEYS):
            return chirp_of(self._settings).wavelength_m
        return LIGHT_M_PER_S / (CARRIER_60_HZ if (platform >> 12) & 0xF == 6 else CARRIER_77_HZ)

    def _hint(self, contents: Contents) -> Hint:
        self._tracks = self._tracks or contents.targets is not None
        # A tracker that follows nothing leaves its list out.
        targets = () if self._tracks and contents.targets is None else contents.targets
        chest_m = None if contents.chest_bin is None else contents.chest_bin * self._range_step_m()
        return Hint(
            presence=contents.presence,
            is_moving=contents.is_moving,
            distance_m=contents.distance_m if chest_m is None or np.isnan(chest_m) else chest_m,
            targets=targets,
            respiratory_rate_per_min=contents.respiratory_rate_per_min,
            pulse_rate_per_min=contents.pulse_rate_per_min,
        )


def _is_longer(shape: Shape, than: Shape) -> bool:
    return shape is not None and than is not None and shape[0] == than[0] and shape[1] > than[1]


def _shape_of(contents: Contents) -> Shape:
    """Return the shape of a packet's range profile, None for a hint alone, NOTHING when it says nothing of use."""
    if contents.profile is not None and contents.first_bin is not None:
        return (contents.first_bin, len(contents.profile)) if len(contents.profile) else NOTHING
    is_hint = contents.is_tracking or contents.respiratory_rate_per_min is not None or contents.chest_bin is not None
    return None if is_hint else NOTHING
