import numpy as np
import pytest

from edge.references import belt, constant, of_belt, reference_from


def breathing(seconds, rate_per_min, holds=()):
    t_s = np.arange(0, seconds, 0.1)
    force = np.sin(2 * np.pi * rate_per_min / 60 * t_s)
    for from_s, to_s in holds:
        force[(t_s > from_s) & (t_s <= to_s)] = 0.0
    return t_s, force


def test_a_belt_tells_its_rate_at_each_second_from_the_tenth_on():
    reference = of_belt(*breathing(60, 15))
    assert reference.at(9.0) is None
    assert reference.at(40.0) == pytest.approx(15, abs=0.1)
    assert reference.holds == ()


def test_a_belt_that_stands_still_tells_a_held_breath_and_no_rate():
    reference = of_belt(*breathing(120, 15, holds=[(60, 75)]))
    ((from_s, to_s),) = reference.holds
    assert from_s == pytest.approx(60, abs=1.5)
    assert to_s == pytest.approx(75, abs=1.5)
    assert reference.at(68.0) is None
    assert reference.is_held(68.0)


def test_after_a_held_breath_the_rate_is_that_of_the_new_breathing_alone():
    t_s, force = breathing(120, 15, holds=[(60, 75)])
    force[t_s > 75] = np.sin(2 * np.pi * 20 / 60 * t_s[t_s > 75])
    reference = of_belt(t_s, force)
    assert reference.at(80.0) is None
    assert reference.at(90.0) == pytest.approx(20, abs=0.6)


def test_the_rest_between_slow_breaths_is_no_held_breath():
    t_s = np.arange(0, 90, 0.1)
    phase = (t_s % 10) / 10
    force = np.where(phase < 0.6, np.sin(np.pi * phase / 0.6), 0.0)
    assert of_belt(t_s, force).holds == ()


def test_a_constant_holds_at_every_second():
    assert constant(18.0).at(3.0) == 18.0
    assert constant(18.0).at(300.0) == 18.0


def test_counted_rates_are_read_and_an_empty_one_is_unknown(tmp_path):
    (tmp_path / "r.csv").write_text("t_s,respiratory_rate_per_min\n10,14\n11,\n12,14\n")
    reference = reference_from({"rates": "r.csv"}, tmp_path)
    assert reference.at(10.0) == 14.0
    assert reference.at(11.0) is None


def test_a_column_without_a_belt_is_named(tmp_path):
    (tmp_path / "b.csv").write_text("a;b\n1;2\n")
    with pytest.raises(ValueError, match=r"b\.csv holds no belt in column 0"):
        belt(tmp_path / "b.csv", 0, ";")
