"""H1, A7: every control of every hazard has its rule and its test, and what is taken out is named."""

from dataclasses import replace
from pathlib import Path

import pytest

from console.keys.door_tags import DoorTags
from console.keys.signer import make_person_key
from console.rules.alerting.alerts import AlertKind
from console.rules.hazards import HAZARDS, HazardError, read_hazards, shipped_hazards
from console.rules.policy import RuleState, shipped_policy
from deploy.hazard_check import findings
from deploy.release import blocked
from deploy.rule_check import Tree
from deploy.safety import main
from tests.kit.house import ROOT


def test_H1_every_control_of_every_hazard_is_there() -> None:
    assert findings(shipped_hazards(), shipped_policy(), Tree(ROOT)) == ()


def test_H1_the_log_holds_the_twenty_two_hazards_and_says_openly_which_are_open() -> None:
    hazards = shipped_hazards().hazards
    assert list(hazards) == [f"HZ{number:02}" for number in range(1, 23)]
    assert {one.hazard_id for one in hazards.values() if one.state == "open"} == {"HZ13", "HZ22"}
    assert hazards["HZ22"].residual.rating == 4


def test_A7_every_kind_of_alert_has_its_priority_from_a_hazard() -> None:
    log = shipped_hazards()
    assert set(log.priorities) == set(AlertKind)


def test_H1_a_control_whose_rule_is_not_enforced_any_more_is_named() -> None:
    policy = shipped_policy()
    without = {**policy.rules, "A4": replace(policy.rules["A4"], state=RuleState.NOT_YET)}
    (found,) = [one for one in findings(shipped_hazards(), replace(policy, rules=without), Tree(ROOT)) if "A4" in one]
    assert found.startswith("HZ01:") and "not enforced" in found


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("tests = [", "tests = [] # ", "shown by nothing"),
        ('state = "open"', 'state = "ignored"', "state is one of"),
        ("initial = [4, 4]", "initial = [9, 4]", "each 1 to 5"),
        ('hazard = "HZ22"', 'hazard = "HZ99"', "not there"),
    ],
)
def test_H1_a_log_that_says_too_little_is_refused(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    file = tmp_path / "hazards.toml"
    file.write_text(HAZARDS.read_text("utf-8").replace(was, becomes, 1), "utf-8")
    with pytest.raises(HazardError, match=says):
        read_hazards(file)


def test_H1_the_command_counts_signs_and_shows_a_door(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 0 and "22 hazards" in capsys.readouterr().out
    make_person_key(tmp_path / "officer.key")
    assert main(["sign", str(tmp_path / "safety.json"), "--key", str(tmp_path / "officer.key")]) == 0
    DoorTags.open(tmp_path / "keys")
    assert main(["tag", "room6", "--data", str(tmp_path)]) == 0
    shown = capsys.readouterr().out.split()[-1]
    assert len(shown) == 4 and shown.isdigit()
    assert main(["tag", "room6", "--data", str(tmp_path / "elsewhere")]) == 1


def test_E3_each_group_that_is_served_much_worse_is_named_and_blocks_a_clinic_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    strict = list(blocked(shipped_policy()))
    assert main(["release", "--context", "evaluation"]) == 0
    assert main(["release"]) == (1 if strict else 0)
    assert capsys.readouterr().out.count("(rule E3)") == 2
