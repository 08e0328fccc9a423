"""What a second of radar costs, against the second itself: how much of a core one room needs."""

from broker.clock import SystemClock
from edge.evaluation import estimates_of, new_estimator
from edge.sources.formats import open_recording
from edge.zones import Zones
from tests.kit.bench import FIGURES, Figure


def test_estimating_a_simulated_minute_against_real_time(tmp_path_factory: object) -> None:
    from edge.evaluation import simulate_file

    folder = tmp_path_factory.mktemp("bench")  # type: ignore[attr-defined]
    simulate_file(folder / "night.npz", seed=1, seconds=120)
    estimator = new_estimator(Zones())
    source = open_recording(folder / "night.npz", None, None)
    clock = SystemClock()
    started_s = clock.elapsed_s()
    count = sum(1 for _ in estimates_of(source, estimator))
    spent_s = clock.elapsed_s() - started_s
    source.close()
    told = f"{1000 * spent_s / count:.2f} ms per second of radar: one core carries {count / spent_s:.0f} rooms"
    FIGURES.append(Figure("estimate", told, "real time: 1000 ms", spent_s / count))
    assert spent_s < count
