import numpy as np
import pytest
from pydantic import ValidationError

from edge.block_activity import rows_of_digits
from edge.pipe import MAX_LINE_BYTES, decode_from_sensing, encode
from edge.trials import Grid

STILL = ("0" * 16,) * 12


def test_levels_become_digits_and_nothing_above_nine() -> None:
    levels = np.zeros((12, 16), np.uint8)
    levels[3, 5], levels[11, 15] = 7, 255
    rows = rows_of_digits(levels)
    assert (rows[3][5], rows[11][15]) == ("7", "9")
    assert "".join(rows).count("0") == 190


@pytest.mark.parametrize("shape", [(24, 32), (240, 320), (12, 17), (192,), (12, 16, 2)])
def test_K1_what_is_finer_than_the_grid_is_refused_before_it_becomes_a_line(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="12 rows of 16"):
        rows_of_digits(np.zeros(shape, np.uint8))


def test_a_grid_arrives_as_it_was_said() -> None:
    grid = Grid(3, ("0123456789" + "0" * 6, *STILL[1:]))
    assert decode_from_sensing(encode(grid)) == grid
    assert len(encode(grid)) < MAX_LINE_BYTES / 5


@pytest.mark.parametrize(
    "rows",
    [STILL[1:], (*STILL, "0" * 16), ("0" * 17, *STILL[1:]), ("0" * 15 + "a", *STILL[1:]), ("٣" * 16, *STILL[1:]), ()],
    ids=["too few", "too many", "too wide", "a letter", "a digit of another script", "none"],
)
def test_K1_the_line_can_hold_192_digits_and_nothing_else(rows: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        Grid(1, rows)


def test_K1_the_line_has_no_other_field() -> None:
    with pytest.raises(ValidationError):
        Grid(1, STILL, picture="x")  # type: ignore[call-arg]
