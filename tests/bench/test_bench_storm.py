"""How long a ward's nodes take to come back when its broker does, all at once (F28); HUSHWARD_STORM says how many."""

import os
from pathlib import Path

import pytest

from tests.kit.bench import FIGURES, Figure
from tests.kit.processes import Heard, eventually
from tests.kit.storm import CLOCK, CrowdedBroker, percentile

pytestmark = pytest.mark.mosquitto
COUNT = int(os.environ.get("HUSHWARD_STORM", "60"))
IN_TURN = 20
BACK_WITHIN_S = 15.0


def storm(ward: CrowdedBroker) -> tuple[list[float], float]:
    """Kill a broker under all its nodes and start it again.

    Returns:
        How long after the broker's first answer each node was back [s], and what each cost of its processor [s].
    """
    ward.start()
    try:
        ward.fill()
        eventually(lambda: ward.are_back, 300, "all nodes")
        ward.process.kill()
        eventually(lambda: ward.are_gone, 60, "the loss")
        began_s = ward.start()
        eventually(lambda: ward.are_back, 300, "all nodes again")
        return [one.up_s - began_s for one in ward.clients if one.up_s is not None], ward.cpu_s / ward.count
    finally:
        ward.empty()


def in_turn_s(ward: CrowdedBroker) -> float:
    """Connect one node after the other and return how long each took on average [s]."""
    ward.start()
    try:
        links = [ward.link(name) for name in ward.names]
        began_s = CLOCK.elapsed_s()
        for link in links:
            heard = Heard()
            link.start(heard.receive, heard.changed)
            eventually(lambda link=link: link.is_up, 60, "one node")  # type: ignore[misc]
        took_s = CLOCK.elapsed_s() - began_s
        for link in links:
            link.stop()
        return took_s / ward.count
    finally:
        ward.empty()


def test_F28_all_nodes_of_a_broker_that_comes_back_are_back_within_fifteen_seconds(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("ours", "in-step")]
    for folder in folders:
        folder.mkdir()
    load = os.getloadavg()[0]
    spread, each_s = storm(CrowdedBroker(folders[0], COUNT))
    in_step, _ = storm(CrowdedBroker(folders[1], COUNT, lambda: 1.0))
    name = f"{COUNT} nodes back at their broker, load {load:.0f} on {os.cpu_count()} cores"
    FIGURES.append(
        Figure(
            name,
            f"half {percentile(spread, 0.5):.1f} s, all {max(spread):.1f} s, {1000 * each_s:.1f} ms of broker CPU each",
            f"all trying in step: half {percentile(in_step, 0.5):.1f} s, all {max(in_step):.1f} s",
            max(spread) / max(in_step),
        )
    )
    assert max(spread) < BACK_WITHIN_S


def test_F28_a_broker_that_waits_for_more_to_send_lets_its_nodes_in_more_slowly(tmp_path: Path) -> None:
    ours, hesitant = tmp_path / "ours", tmp_path / "hesitant"
    ours.mkdir()
    hesitant.mkdir()
    slow = CrowdedBroker(hesitant, IN_TURN)
    text = slow.config.read_text("utf-8")
    slow.config.write_text(text.replace("set_tcp_nodelay true\n", ""), "utf-8")
    ours_s, slow_s = in_turn_s(CrowdedBroker(ours, IN_TURN)), in_turn_s(slow)
    told = [f"{1 / one:.0f} nodes/s" for one in (ours_s, slow_s)]
    FIGURES.append(
        Figure("nodes let in one after the other", told[0], f"without set_tcp_nodelay: {told[1]}", ours_s / slow_s)
    )
    assert ours_s > 0
