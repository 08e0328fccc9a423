import pytest

from broker.vocabulary import Withheld
from edge.baselines import SpectralPeak
from edge.sources.arrays import trace_csv
from models.simulator.acts import hold, lie
from models.simulator.night import Scene
from tests.kit.house import imports, modules
from tests.kit.sleeper import CALM, frames, moment


def at(scene, seconds):
    baseline = SpectralPeak()
    for frame, _ in frames(scene, seconds):
        baseline.add(frame)
    return baseline.estimate(moment(seconds))


def test_the_simple_pipeline_counts_a_calm_sleepers_breaths():
    assert at(Scene(acts=[lie(60)], style=CALM), 40).respiratory_rate_per_min == pytest.approx(15, abs=1)


def test_it_has_no_number_before_ten_seconds():
    assert at(Scene(acts=[lie(60)], style=CALM), 8).respiratory_rate_withheld is Withheld.WARMING_UP


@pytest.mark.parametrize("scene", [Scene(acts=[]), Scene(acts=[lie(20), hold(40)], style=CALM)], ids=["empty", "held"])
def test_it_prints_a_rate_for_an_empty_room_and_a_held_breath(scene):
    assert at(scene, 40).respiratory_rate_per_min is not None


def test_it_reads_a_displacement_trace(tmp_path):
    from math import pi, sin

    rows = [f"{n / 10},{3 * sin(2 * pi * 0.2 * n / 10)}" for n in range(400)]
    (tmp_path / "t.csv").write_text("\n".join(["t_s,displacement_mm", *rows]))
    baseline = SpectralPeak()
    for frame in trace_csv(tmp_path / "t.csv"):
        baseline.add(frame)
    assert baseline.estimate(moment(39.9)).respiratory_rate_per_min == pytest.approx(12, abs=0.1)


def test_no_module_that_a_node_runs_imports_a_baseline():
    judging = ("edge.scores", "edge.baselines", "deploy.", "models.recipes")
    strays = [
        module.name
        for module in modules()
        if any(one.startswith(("edge.baselines", "edge.scores")) for one in imports(module))
        and not module.name.startswith(judging)
    ]
    assert strays == []
