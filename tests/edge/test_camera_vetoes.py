"""How far what moves stands above its noise, on fields that are made up."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from broker.vocabulary import Withheld
from edge.camera.field import PLACES, powers_of
from edge.camera.vetoes import LOUD, is_uneven, lifeless, loudness
from edge.chest import chest_at
from edge.resampling import FIELD_HZ, FIELD_SAMPLES, DisplacementField, taper_for
from edge.view import COLUMNS, OPEN_VIEW, View

T_S = np.arange(FIELD_SAMPLES) / FIELD_HZ
MACHINE = np.sin(2 * np.pi * 0.25 * T_S)
CLOTH = np.sin(2 * np.pi * 0.25 * T_S + 0.5 * np.sin(2 * np.pi * T_S / 13))
BED = View.checked([*["." * COLUMNS] * 5, *["..bbbbbbbbbb...."] * 4, *["." * COLUMNS] * 3], 3.0)


def field_with(
    breath_mm: float, wave: NDArray[np.float64] = MACHINE, where: slice = slice(80, 90)
) -> DisplacementField:
    rng = np.random.default_rng(7)
    mm = rng.standard_normal((FIELD_SAMPLES, len(PLACES)))
    # A chest moves most in its middle; a stiff thing does not.
    mm[:, where] += breath_mm * wave[:, None] * np.linspace(0.5, 1.5, where.stop - where.start)
    trust = np.ones(len(PLACES), np.float32)
    unknown = np.full(len(PLACES), np.nan)
    return DisplacementField(mm.astype(np.float32), taper_for(30.0), trust, 0.05, 30.0, unknown, len(PLACES))


@pytest.mark.parametrize(("breath_mm", "is_loud"), [(0.0, False), (0.3, False), (4.0, True)])
def test_only_what_stands_far_above_its_noise_is_loud(breath_mm: float, is_loud: bool) -> None:
    field = field_with(breath_mm)
    assert (loudness(field, powers_of(field), OPEN_VIEW) > LOUD) is is_loud


def test_how_loud_a_view_is_does_not_depend_on_how_far_away_it_is() -> None:
    near = field_with(4.0)
    far = replace(near, field_mm=2 * near.field_mm)
    told = [loudness(one, powers_of(one), OPEN_VIEW) for one in (near, far)]
    assert told[0] == pytest.approx(told[1], rel=1e-3)


def why_lifeless(field: DisplacementField, view: View = OPEN_VIEW) -> Withheld | None:
    return lifeless(field, powers_of(field), chest_at(field, 15.0), view, is_told=True)


def in_row(row: int) -> slice:
    return slice(row * COLUMNS + 3, row * COLUMNS + 10)


@pytest.mark.parametrize(
    ("row", "reason"), [(6, None), (4, None), (3, Withheld.LOW_QUALITY), (10, Withheld.LOW_QUALITY)]
)
def test_a_breath_just_above_the_drawn_bed_is_somebody_on_their_side_and_farther_away_a_thing(
    row: int, reason: Withheld | None
) -> None:
    assert why_lifeless(field_with(3.0, CLOTH, in_row(row)), BED) is reason


@pytest.mark.parametrize(("swing_mm", "reason"), [(20.0, Withheld.LOW_QUALITY), (1.0, None)])
def test_a_wave_is_too_even_to_be_alive_only_where_its_noise_would_show_it(
    swing_mm: float, reason: Withheld | None
) -> None:
    assert why_lifeless(field_with(swing_mm)) is reason


@pytest.mark.parametrize(("window_s", "may_be_cloth"), [(20.0, True), (30.0, False)])
def test_what_moves_far_above_its_noise_has_to_be_the_more_even_the_shorter_it_was_looked_at(
    window_s: float, may_be_cloth: bool
) -> None:
    field = replace(field_with(6.0, CLOTH), taper=taper_for(window_s), duration_s=window_s)
    assert is_uneven(field, powers_of(field), chest_at(field, 15.0), OPEN_VIEW) is may_be_cloth
