"""What surfaces are made of: fractal tiles that wrap, and how to read between their points."""

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]


def fractal(rng: np.random.Generator, shape: tuple[int, int], beta: float, least_cells: float = 2.0) -> Float32:
    """Draw a random surface whose amplitude falls as frequency to the power of minus beta.

    Args:
        rng: where the randomness comes from.
        shape: (rows, columns) of the tile; it wraps at its edges.
        beta: 1.5 to 1.75 for creased cloth (SENSING), about 1 for plaster and vinyl.
        least_cells: [cells] nothing shorter than this is in it, so that it can be read between its points.

    Returns:
        Shape `shape`, mean 0, standard deviation 1.
    """
    rows, columns = shape
    frequency = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :])
    gain = np.zeros_like(frequency)
    within = (frequency > 0) & (frequency <= 1 / least_cells)
    gain[within] = frequency[within] ** -beta
    spectrum = np.fft.rfft2(rng.standard_normal(shape)) * gain
    drawn = np.fft.irfft2(spectrum, s=shape)
    return np.asarray((drawn - drawn.mean()) / drawn.std(), dtype=np.float32)


def blurred(field: Float32, sigma: tuple[float, float]) -> Float32:
    """Blur a field with a Gaussian; its edges are carried on outwards.

    Args:
        field: shape (rows, columns).
        sigma: [cells] along rows and columns.
    """
    pad = [(min(int(3 * one) + 1, 80),) * 2 for one in sigma]
    wide = np.pad(field, pad, mode="edge")
    rows, columns = wide.shape
    damp = [
        np.exp(-2 * (np.pi * one * axis) ** 2)
        for one, axis in zip(sigma, (np.fft.fftfreq(rows), np.fft.rfftfreq(columns)), strict=True)
    ]
    soft = np.fft.irfft2(np.fft.rfft2(wide) * np.outer(*damp), s=wide.shape)
    (top, _), (left, _) = pad
    return soft[top : top + field.shape[0], left : left + field.shape[1]].astype(np.float32)


def read_between(field: Float32, row: Float32, column: Float32) -> Float32:
    """Read a field between its points, by bilinear interpolation; outside it the edge goes on.

    Args:
        field: shape (rows, columns) or (rows, columns, layers).
        row: shape (n,), 0 to rows - 1.
        column: shape (n,), 0 to columns - 1.

    Returns:
        Shape (n,) or (n, layers).
    """
    rows, columns = field.shape[:2]
    row = np.clip(row, 0, rows - 1.001)
    column = np.clip(column, 0, columns - 1.001)
    top, left = row.astype(np.int32), column.astype(np.int32)
    down, right = (row - top).astype(np.float32), (column - left).astype(np.float32)
    if field.ndim == 3:
        down, right = down[:, None], right[:, None]
    flat = field.reshape(rows * columns, *field.shape[2:])
    at = top * np.int32(columns) + left
    upper, lower = flat.take(at, axis=0), flat.take(at + columns, axis=0)
    upper += right * (flat.take(at + 1, axis=0) - upper)
    lower += right * (flat.take(at + columns + 1, axis=0) - lower)
    upper += down * (lower - upper)
    return np.asarray(upper, dtype=np.float32)


def read_tile(tile: Float32, row: Float32, column: Float32) -> Float32:
    """Read a tile that wraps, between its points.

    Args:
        tile: shape (rows, columns), each a power of two.
        row: any shape, in cells; any value.
        column: the same shape.
    """
    rows, columns = tile.shape
    whole_row, whole_column = np.floor(row), np.floor(column)
    down, right = (row - whole_row).astype(np.float32), (column - whole_column).astype(np.float32)
    top, left = whole_row.astype(np.int32), whole_column.astype(np.int32)
    top0, top1 = (top & (rows - 1)) * columns, ((top + 1) & (rows - 1)) * columns
    left0, left1 = left & (columns - 1), (left + 1) & (columns - 1)
    flat = tile.reshape(-1)
    upper, lower = flat.take(top0 + left0), flat.take(top1 + left0)
    upper += right * (flat.take(top0 + left1) - upper)
    lower += right * (flat.take(top1 + left1) - lower)
    return np.asarray(upper + down * (lower - upper), dtype=np.float32)
