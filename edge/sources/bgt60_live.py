"""A live Infineon BGT60 through its maker's SDK, which is optional and brings its own driver."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from broker.clock import Clock, SystemClock
from edge.errors import SourceError
from edge.frames import Frame, FrameCount, FrameKind, Layout, LoopMark
from edge.range_transform import MAX_RANGE_M, Chirp, RangeTransform, is_clipped

# For a bed at 0.3 to 4 m: 0.11 m per range, 20 frames/s; rates and gain as in the maker's examples.
START_HZ, END_HZ = 60.0e9, 61.4e9
SAMPLE_RATE_HZ = 1e6
SAMPLES, CHIRPS, RECEIVERS = 128, 8, 3
CHIRP_PERIOD_S, FRAME_RATE_HZ = 0.0005, 20.0
IF_GAIN_DB = 33
# The SDK scales samples to within -1 .. 1.
FULL_SCALE = 0.9995
LOSS_STEP = 1.6


class Device(Protocol):
    """What is used of the SDK's DeviceFmcw."""

    def get_next_frame(self) -> Sequence[NDArray[np.float32]]:
        """Wait for a frame; the first entry has the shape (antennas, chirps, samples)."""
        ...


class Bgt60:
    """A device that has been set up, as a frame source."""

    def __init__(
        self, device: Device, clock: Clock, release: Callable[[], None], max_range_m: float = MAX_RANGE_M
    ) -> None:
        """Take over a device.

        Args:
            device: set up and running.
            clock: for the times of frames, since the SDK gives none.
            release: gives the device back.
            max_range_m: [m] of the last range that is kept.
        """
        self._device = device
        self._clock = clock
        self._release = release
        chirp = Chirp(START_HZ, (END_HZ - START_HZ) * SAMPLE_RATE_HZ / SAMPLES, SAMPLE_RATE_HZ, SAMPLES, False)
        self._transform = RangeTransform(chirp, RECEIVERS, max_range_m)
        self._layout = Layout(
            FrameKind.RADAR, self._transform.range_m, chirp.wavelength_m, FRAME_RATE_HZ, receivers=RECEIVERS
        )
        self._count = FrameCount()
        self._is_closed = False

    @property
    def count(self) -> FrameCount:
        """Frames read, lost and bad so far."""
        return self._count

    def __iter__(self) -> Iterator[Frame | LoopMark]:
        """Give frames until closed; one of another shape is counted bad and left out.

        Raises:
            SourceError: the SDK reports a fault, such as a device that was unplugged.
        """
        first_s: float | None = None
        last_s = 0.0
        while not self._is_closed:
            samples = self._next()
            t_s = self._clock.elapsed_s()
            first_s = t_s if first_s is None else first_s
            if samples.shape != (RECEIVERS, CHIRPS, SAMPLES):
                self._count.bad += 1
                continue
            periods = (t_s - last_s) * FRAME_RATE_HZ if self._count.read else 1.0
            yield self._frame(samples, t_s - first_s, periods)
            last_s = t_s

    def _next(self) -> NDArray[np.float32]:
        try:
            return np.asarray(self._device.get_next_frame()[0])
        # The SDK has a tree of exceptions of its own, which cannot be named where it is not installed.
        except Exception as error:
            raise SourceError(f"The BGT60 gives no frames ({error}); check its cable, then start again.") from error

    def _frame(self, samples: NDArray[np.float32], t_s: float, periods: float) -> Frame:
        profile = self._transform.profile(np.swapaxes(samples, 0, 1).astype(np.float32))
        lost = round(periods) - 1 if periods > LOSS_STEP else 0
        self._count.read += 1
        self._count.lost += lost
        return Frame(
            self._layout,
            t_s,
            profile.values,
            profile.noise_power,
            lost_before=lost,
            is_saturated=is_clipped(samples, -FULL_SCALE, FULL_SCALE),
        )

    def close(self) -> None:
        """Give the device back; may be called twice."""
        if not self._is_closed:
            self._is_closed = True
            self._release()


def open_bgt60(settings: Mapping[str, Any], clock: Clock | None = None) -> Bgt60:
    """Open the board that is plugged in.

    Args:
        settings: the `[source]` table; `max_range_m` may be set.
        clock: None for the system's.

    Raises:
        SourceError: the SDK is not installed, or it finds no board.
    """
    try:
        fmcw, types = import_module("ifxradarsdk.fmcw"), import_module("ifxradarsdk.fmcw.types")
    except ImportError as error:
        raise SourceError(
            "A live BGT60 needs Infineon's Radar SDK for Python (ifxradarsdk), which is not on PyPI: install the wheel "
            "from Infineon's Developer Center (Radar Development Kit) into this environment."
        ) from error
    try:
        device = fmcw.DeviceFmcw()
        device.set_acquisition_sequence(device.create_simple_sequence(_sequence(types)))
    # As above: the SDK's own exceptions have no names here.
    except Exception as error:
        raise SourceError(f"No BGT60 could be opened ({error}); check its cable and who may use it.") from error
    return Bgt60(
        device,
        clock or SystemClock(),
        device.stop_acquisition,
        float(settings.get("max_range_m", MAX_RANGE_M)),
    )


def _sequence(types: Any) -> Any:
    """Say the constants above in the SDK's words."""
    return types.FmcwSimpleSequenceConfig(
        frame_repetition_time_s=1 / FRAME_RATE_HZ,
        chirp_repetition_time_s=CHIRP_PERIOD_S,
        num_chirps=CHIRPS,
        tdm_mimo=False,
        chirp=types.FmcwSequenceChirp(
            start_frequency_Hz=START_HZ,
            end_frequency_Hz=END_HZ,
            sample_rate_Hz=SAMPLE_RATE_HZ,
            num_samples=SAMPLES,
            rx_mask=(1 << RECEIVERS) - 1,
            tx_mask=1,
            tx_power_level=31,
            lp_cutoff_Hz=500_000,
            hp_cutoff_Hz=80_000,
            if_gain_dB=IF_GAIN_DB,
        ),
    )
