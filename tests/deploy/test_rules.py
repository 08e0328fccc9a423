import ast
import json
import shutil
from pathlib import Path

import pytest

from console.roles import Role
from console.rules.policy import shipped_policy
from deploy.rule_check import ROOMS, Tree, findings, rules_in
from deploy.rules import main
from tests.kit.house import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the product's source and of its tests."""
    for room in (*ROOMS, "tests"):
        shutil.copytree(
            ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__", "static", "locale", "*.onnx")
        )
    (tmp_path / "console" / "static").mkdir(exist_ok=True)
    return tmp_path


def found_in(folder: Path) -> dict[str, str]:
    return {one.rule_id: one.sentence for one in findings(shipped_policy(), Tree(folder))}


def take_out(file: Path, rule_id: str) -> None:
    """Take every statement that names a rule out of a module, as somebody would who removes it."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        for name, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                kept = [one for one in value if not _is_about(one, rule_id)]
                setattr(node, name, kept or [ast.Pass()])
    file.write_text(ast.unparse(tree), "utf-8")


def _is_about(statement: ast.stmt, rule_id: str) -> bool:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return False
    return any(isinstance(one, ast.Constant) and one.value == rule_id for one in ast.walk(statement))


def test_a_whole_copy_has_no_finding_and_says_exit_0(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--root", str(copy)]) == 0
    assert "a test names it" in capsys.readouterr().out


def test_a_rule_whose_enforcement_was_taken_out_is_named(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take_out(copy / "console" / "rules" / "consenting" / "asking.py", "C14")
    assert main(["check", "--root", str(copy)]) == 1
    assert "C14: not enforced: console.rules.consenting.asking decides nothing by it" in capsys.readouterr().out


def test_a_permit_that_was_taken_out_is_named(copy: Path) -> None:
    permits = copy / "console" / "rules" / "access.cedar"
    permits.write_text(permits.read_text("utf-8").replace('@id("S1")', '@id("X9")'), "utf-8")
    assert "console.rules.access decides nothing by it" in found_in(copy)["S1"]


def test_a_function_that_nothing_calls_any_more_enforces_nothing(copy: Path) -> None:
    tiles = copy / "console" / "rules" / "sensing" / "tiles.py"
    tiles.write_text(tiles.read_text("utf-8").replace("_versions(live),", '"",'), "utf-8")
    assert "nothing uses console.rules.sensing.tiles:_versions" in found_in(copy)["K7"]


def test_a_sentence_that_left_the_screen_is_named(copy: Path) -> None:
    board = copy / "console" / "screens" / "templates" / "board" / "board.html"
    board.write_text(board.read_text("utf-8").replace("if a patient stops breathing", "about everything"), "utf-8")
    assert "does not say" in found_in(copy)["K9"]


def test_a_module_that_is_gone_and_a_test_that_is_gone_are_named(copy: Path) -> None:
    (copy / "console" / "leasing" / "commissioning.py").unlink()
    for file in (copy / "tests").rglob("test_*.py"):
        file.write_text(file.read_text("utf-8").replace("test_P2_", "test_"), "utf-8")
    found = found_in(copy)
    assert "there is no module console.leasing.commissioning" in found["N3"]
    assert found["P2"].startswith("no test: name one test_P2_")


def test_without_tests_only_the_enforcement_is_checked_and_it_says_so(
    copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(copy / "tests")
    assert main(["check", "--root", str(copy)]) == 3
    assert "The tests are not installed here." in capsys.readouterr().out


def test_a_test_names_the_rules_that_its_name_begins_with() -> None:
    assert list(rules_in("test_C1_C5a_a_no_closes_what_A9_says")) == ["C1", "C5a"]
    assert list(rules_in("test_nothing_of_C5")) == []


def test_the_list_and_one_rule_are_for_people_and_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--chapter", "S", "--json"]) == 0
    assert {one["rule_id"] for one in json.loads(capsys.readouterr().out)} == {f"S{n}" for n in range(1, 8)}
    assert main(["show", "S3"]) == 0
    shown = capsys.readouterr().out
    assert "pause_min = 10 min, within 5 to 30" in shown and "also clinical_safety_officer" in shown
    assert main(["show", "S99"]) == 1
    assert main(["--chapter", "Q"]) == 2


def test_a_policy_of_the_trust_is_signed_and_checked_by_hand(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, file, config = tmp_path / "lead.key", tmp_path / "trust.toml", tmp_path / "console.toml"
    assert main(["policy", "key", str(key)]) == 0
    public = capsys.readouterr().out.strip()
    change = '[[change]]\nrule = "C14"\nparameter = "re_ask_after_h"\nvalue = 96\n'
    file.write_text(f'version = 1\nbook = {shipped_policy().book}\nreason = "The panel asked."\n{change}', "utf-8")
    told = 'site = "a"\nward = "b"\ndata_dir = "d"\n[policy]\nfile = "trust.toml"\n[policy.signers]\n'
    config.write_text(f'{told}{Role.GOVERNANCE_LEAD} = "{public}"\n', "utf-8")

    assert main(["policy", "check", str(file), "--config", str(config)]) == 1
    assert "governance_lead has not signed" in capsys.readouterr().err
    assert main(["policy", "sign", str(file), "--role", "governance_lead", "--key", str(key)]) == 0
    assert "C14 re_ask_after_h: 72 becomes 96\nsigned by all who must" in capsys.readouterr().out
    assert main(["policy", "check", str(file), "--config", str(config)]) == 0
    assert "version 1 would be taken" in capsys.readouterr().out
