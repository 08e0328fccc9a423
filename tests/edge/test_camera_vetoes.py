"""How far what moves stands above its noise, on fields that are made up."""

from dataclasses import replace

import numpy as np
import pytest

from edge.camera.field import PLACES, powers_of
from edge.camera.vetoes import LOUD, loudness
from edge.resampling import FIELD_HZ, FIELD_SAMPLES, DisplacementField, taper_for
from edge.view import OPEN_VIEW


def field_with(breath_mm: float) -> DisplacementField:
    rng = np.random.default_rng(7)
    mm = rng.standard_normal((FIELD_SAMPLES, len(PLACES)))
    mm[:, 80:90] += breath_mm * np.sin(2 * np.pi * 0.25 * np.arange(FIELD_SAMPLES) / FIELD_HZ)[:, None]
    trust = np.ones(len(PLACES), np.float32)
    unknown = np.full(len(PLACES), np.nan)
    return DisplacementField(mm.astype(np.float32), taper_for(30.0), trust, 0.05, 30.0, unknown, len(PLACES))


@pytest.mark.parametrize(("breath_mm", "is_loud"), [(0.0, False), (0.5, False), (4.0, True)])
def test_only_what_stands_far_above_its_noise_is_loud(breath_mm: float, is_loud: bool) -> None:
    field = field_with(breath_mm)
    assert (loudness(field, powers_of(field), OPEN_VIEW) > LOUD) is is_loud


def test_how_loud_a_view_is_does_not_depend_on_how_far_away_it_is() -> None:
    near = field_with(4.0)
    far = replace(near, field_mm=2 * near.field_mm)
    told = [loudness(one, powers_of(one), OPEN_VIEW) for one in (near, far)]
    assert told[0] == pytest.approx(told[1], rel=1e-3)
