from pathlib import Path
from typing import Any

import pytest

from broker.vocabulary import Modality, Zone
from edge.commissioning.installation import PHANTOM_RATES_PER_MIN, Installation, Setup, TriedStep
from edge.commissioning.report import report
from edge.commissioning.requests import Doing, Step
from edge.trust import NodeKey
from tests.kit.nodes import NIGHT

SETUP = Setup(software="1.0", models=("a" * 64,), zones="b" * 64, noise_profile="c" * 64)
ALL = [
    (Step.EMPTY, ""),
    *((Step.PHANTOM, f"{rate:g} a minute") for rate in PHANTOM_RATES_PER_MIN),
    *((Step.WALK, zone) for zone in ("bed", "door")),
    *((Step.NEIGHBOUR, f"room 7, {doing}") for doing in Doing),
]


def tried(step: Step, of: str, **what: Any) -> TriedStep:
    told: dict[str, Any] = {"began_at": NIGHT, "ended_at": NIGHT, "lease_id": "d" * 32, "setup": SETUP}
    return TriedStep(**(told | {"step": step, "of": of, "passed": True, "sentence": "well", "figures": {}} | what))


def installation(*more: TriedStep, **what: Any) -> Installation:
    steps = tuple(tried(step, of) for step, of in ALL) + more
    zones = (Zone.BED, Zone.DOOR)
    told: dict[str, Any] = {"node_id": "room-6", "modality": Modality.RADAR, "zones": zones, "setup": SETUP}
    return Installation(**(told | {"steps": steps} | what))


def test_N3_a_room_is_whole_once_all_that_rule_N3_wants_of_the_sensor_has_passed() -> None:
    assert installation().is_whole


@pytest.mark.parametrize("left_out", ALL, ids=str)
def test_N3_a_room_with_one_step_missing_or_failed_is_not_whole(left_out: tuple[Step, str]) -> None:
    rest = tuple(tried(step, of) for step, of in ALL if (step, of) != left_out)
    assert not installation(steps=rest).is_whole
    assert not installation(tried(*left_out, passed=False)).is_whole


def test_a_step_that_failed_and_passed_later_counts_as_passed() -> None:
    assert installation(tried(Step.WALK, "bed", passed=False), tried(Step.WALK, "bed")).is_whole


@pytest.mark.parametrize("change", [{"software": "1.1"}, {"models": ()}, {"zones": "e" * 64}, {"noise_profile": None}])
def test_what_was_tried_with_another_setup_is_to_be_tried_again(change: dict[str, Any]) -> None:
    changed = installation(setup=SETUP.model_copy(update=change))
    assert not changed.is_whole
    assert "TRY AGAIN" in report(changed, "f" * 64)


def test_N3_every_space_that_was_tried_is_tried_both_ways() -> None:
    half = installation(tried(Step.NEIGHBOUR, "floor above, lying"))
    assert not half.is_whole
    assert "NOT TRIED   neighbour floor above, walking" in report(half, "f" * 64)


def test_the_page_says_whether_the_signature_holds(tmp_path: Path) -> None:
    key = NodeKey.open(tmp_path)
    signed = installation().signed(key)
    assert "signature      holds" in report(signed, key.public_hex)
    assert "All that the sensor is asked for has passed." in report(signed, key.public_hex)
    forged = signed.model_copy(update={"node_id": "room-7"})
    assert "DOES NOT HOLD" in report(forged, key.public_hex)


def test_the_page_fits_a_printer() -> None:
    assert max(len(line) for line in report(installation(), "f" * 64).splitlines()) <= 120
