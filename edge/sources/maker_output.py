"""What a sensor's maker says its own processor makes of a recording: a second opinion, never a truth."""

from pathlib import Path

import h5py
import numpy as np
from numpy.typing import NDArray

from edge.errors import UnreadableFile


def maker_rates(path: Path) -> NDArray[np.float64]:
    """Read the breathing rates that the A121's maker publishes beside a recording.

    Args:
        path: an `.h5` with `breathing_rate`, one number a frame, infinite where the processor gives none
            (acconeer-python-exploration, `tests/processing/a121/data_files/expected_output`).

    Returns:
        shape (frames,) [1/min], NaN where there is none.

    Raises:
        UnreadableFile: not such a file.
    """
    try:
        with h5py.File(path, "r") as file:
            rates = np.asarray(file["breathing_rate"][()], dtype=np.float64)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise UnreadableFile(f"{path.name} holds no breathing rates of the sensor's maker.") from error
    return np.where(np.isfinite(rates), rates, np.nan)
