"""A live Infineon BGT60 through its maker's SDK, which is optional and brings its own driver."""

from collections.abc import Callable, Generator
from contextlib import ExitStack, suppress
from importlib import import_module
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edge.errors import SourceError
from edge.frames import Frame, FrameCount, FrameKind, Layout
from edge.range_transform import MAX_RANGE_M, Chirp, Profile, RangeTransform, is_clipped

# For a bed at 0.3 to 4 m: 0.11 m per range, 20 frames/s; sampling, filters and gain as in the maker's examples.
START_HZ, END_HZ = 60.0e9, 61.4e9
SAMPLE_RATE_HZ = 1e6
SAMPLES, CHIRPS, RECEIVERS = 128, 8, 3
CHIRP_PERIOD_S, FRAME_RATE_HZ = 0.0005, 20.0
IF_GAIN_DB = 33
# The SDK scales samples to within -1 .. 1.
FULL_SCALE = 0.9995
LOSS_STEP = 1.6
LOOK_S = 0.25
# So long without a frame, and the board is opened anew.
SILENT_S = 2.0

Samples = NDArray[np.float32]


class Board(Protocol):
    """A board that has been set up and runs."""

    def look(self, timeout_s: float) -> Samples | None:
        """Wait for a frame, shape (antennas, chirps, samples); None when there was none in time.

        Raises:
            SourceError: the board is lost.
        """
        ...

    def close(self) -> None:
        """Give the board back."""
        ...


class SdkBoard:
    """The board that the SDK finds first."""

    def __init__(self, fmcw: Any, types: Any, timeout_error: type[Exception]) -> None:
        """Open it and set it up.

        Args:
            fmcw: the SDK's module of that name, or one with the same `DeviceFmcw`.
            types: its module with the classes of a sequence.
            timeout_error: what it raises when no frame came in time.

        Raises:
            SourceError: it finds no board, or the board refuses the settings.
        """
        self._timeout_error = timeout_error
        self._stack = ExitStack()
        try:
            self._device = self._stack.enter_context(fmcw.DeviceFmcw())
            self._device.set_acquisition_sequence(self._device.create_simple_sequence(_sequence(types)))
        # The SDK's faults have a class each, and none above them that older versions share.
        except Exception as error:
            self._stack.close()
            raise SourceError(f"No BGT60 could be opened ({error}); check its cable and who may use it.") from error

    def look(self, timeout_s: float) -> Samples | None:
        """Wait for a frame; None when there was none in time.

        Raises:
            SourceError: the board is lost.
        """
        try:
            return np.asarray(self._device.get_next_frame(round(1000 * timeout_s))[0])
        except self._timeout_error:
            return None
        except Exception as error:
            raise SourceError(f"The BGT60 gives no frames ({error}); check its cable.") from error

    def close(self) -> None:
        """Stop it and give it back; a board that is gone cannot be stopped."""
        with suppress(Exception):
            self._device.stop_acquisition()
        self._stack.close()


def sdk_board() -> SdkBoard:
    """Open the board that is plugged in.

    Raises:
        SourceError: the SDK is not installed, or it finds no board.
    """
    try:
        fmcw, types = import_module("ifxradarsdk.fmcw"), import_module("ifxradarsdk.fmcw.types")
        timeout_error = import_module("ifxradarsdk.common.exceptions").ErrorTimeout
    except (ImportError, AttributeError) as error:
        raise SourceError(
            "A live BGT60 needs Infineon's Radar SDK for Python (ifxradarsdk), which is not on PyPI: install the wheel "
            "from Infineon's Developer Center (Radar Development Kit) into this environment."
        ) from error
    return SdkBoard(fmcw, types, timeout_error)


def bgt60_looks(
    open_board: Callable[[], Board], now: Callable[[], float], count: FrameCount, max_range_m: float = MAX_RANGE_M
) -> Generator[Frame | None, None, None]:
    """Open a board and give its frames, and None at least every LOOK_S while none comes.

    The SDK gives frames no time of their own: they are dated when they arrive, which jitters by some milliseconds.

    Args:
        open_board: opens it; it is closed when the generator is.
        now: [s] since the source began.
        count: is kept up to date; a frame of another shape than was asked for is bad.
        max_range_m: [m] of the last range that is kept.

    Raises:
        SourceError: the board cannot be opened, or is lost or silent.
    """
    chirp = Chirp(START_HZ, (END_HZ - START_HZ) * SAMPLE_RATE_HZ / SAMPLES, SAMPLE_RATE_HZ, SAMPLES, False)
    transform = RangeTransform(chirp, RECEIVERS, max_range_m)
    layout = Layout(FrameKind.RADAR, transform.range_m, chirp.wavelength_m, FRAME_RATE_HZ, receivers=RECEIVERS)
    board = open_board()
    last_s: float | None = None
    heard_s = now()
    try:
        while now() - heard_s < SILENT_S:
            samples = board.look(LOOK_S)
            if samples is None or samples.shape != (RECEIVERS, CHIRPS, SAMPLES):
                count.bad += samples is not None
                yield None
                continue
            heard_s = now()
            lost = _lost(heard_s, last_s)
            last_s = heard_s
            count.read += 1
            count.lost += lost
            yield _frame(layout, heard_s, samples, transform.profile(np.swapaxes(samples, 0, 1)), lost)
        raise SourceError(f"The BGT60 has been silent for {SILENT_S:g} s; it is opened anew.")
    finally:
        board.close()


def _lost(now_s: float, last_s: float | None) -> int:
    periods = 1.0 if last_s is None else (now_s - last_s) * FRAME_RATE_HZ
    return round(periods) - 1 if periods > LOSS_STEP else 0


def _frame(layout: Layout, t_s: float, samples: Samples, profile: Profile, lost: int) -> Frame:
    return Frame(
        layout,
        t_s,
        profile.values,
        profile.noise_power,
        lost_before=lost,
        is_saturated=is_clipped(samples, -FULL_SCALE, FULL_SCALE),
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
