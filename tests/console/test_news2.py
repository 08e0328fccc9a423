"""The band of the breathing rate: the published edges, doubt at each of them, and a person's count as the remedy."""

import pytest

from console.rules.in_person.news2 import band_of

EDGES = [(8, 3), (9, 1), (11, 1), (12, 0), (20, 0), (21, 2), (24, 2), (25, 3), (40, 3)]


@pytest.mark.parametrize(("rate", "points"), EDGES)
def test_A11_a_sure_rate_scores_as_the_published_chart_says(rate, points):
    assert band_of(rate, 0.0).values["points"] == points


@pytest.mark.parametrize("edge", [8.5, 11.5, 20.5, 24.5])
def test_A11_an_interval_across_an_edge_is_uncertain_and_asks_for_a_count(edge):
    assert band_of(edge, 0.6).text == "NEWS2, breathing rate alone: uncertain. Count for one full minute in person."


@pytest.mark.parametrize(("rate", "is_asked"), [(14, False), (10, True), (6, True), (22, True), (30, True)])
def test_A11_outside_of_the_ordinary_band_a_person_counts(rate, is_asked):
    assert ("Count for one full minute" in band_of(rate, 0.3).text) is is_asked
