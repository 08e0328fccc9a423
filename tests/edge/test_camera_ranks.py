import numpy as np
import pytest

from edge.camera.ranks import median_square, quantile

RNG = np.random.default_rng(3)


@pytest.mark.parametrize("count", [1, 2, 9, 100])
@pytest.mark.parametrize("share", [0.0, 0.2, 0.9, 1.0])
def test_a_quantile_is_numpys_own(count: int, share: float) -> None:
    values = RNG.normal(0, 3, (count, 12, 16)).astype(np.float32)
    assert quantile(values, share) == pytest.approx(np.quantile(values.astype(np.float64), share, axis=0), abs=1e-12)


@pytest.mark.parametrize("count", [1, 2, 9, 100])
def test_a_median_of_squares_is_numpys_own(count: int) -> None:
    values = RNG.normal(0, 3, (count, 2, 5)).astype(np.float32)
    assert median_square(values) == pytest.approx(np.median(values.astype(np.float64) ** 2, axis=0), rel=1e-12)
