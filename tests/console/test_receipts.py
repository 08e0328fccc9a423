"""A receipt, a proof of growth and a whole log, checked by the one file that an outsider runs without this software."""

import json
import runpy
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from console.__main__ import main
from console.logbook import heads
from console.logbook.merkle import leaf_hash
from console.logbook.receipts import receipt_of, short_form
from console.rules.decision import Decision
from tests.kit.boxed_ward import NURSE, boxed_ward
from tests.kit.console_store import Bench, open_bench
from tests.kit.house import ROOT

VERIFIER = ROOT / "console/static/hushward_verify.py"
INDEX = 41


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    made = open_bench(tmp_path_factory.mktemp("console"))
    made.append_many(60)
    return made


Check = Callable[..., tuple[int, str]]


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    verifier = runpy.run_path(str(VERIFIER))["main"]

    def run(told: object, *options: str) -> tuple[int, str]:
        file = tmp_path / "file.json"
        file.write_text(told if isinstance(told, str) else json.dumps(told, indent=2), "utf-8")
        capsys.readouterr()
        return verifier([str(file), *options]), capsys.readouterr().out

    return run


def a_receipt(bench: Bench, index: int = INDEX) -> dict[str, Any]:
    return bench.store.write(lambda tx: receipt_of(tx, bench.audit, bench.keys.audit_key, index))


def test_X3_a_receipt_holds_where_there_is_nothing_but_python_and_one_package(bench: Bench, tmp_path: Path) -> None:
    packages, file = tmp_path / "packages", tmp_path / "receipt.json"
    packages.mkdir()
    for name in ("cryptography", "cffi", "pycparser", "_cffi_backend"):
        spec = find_spec(name)
        if spec is not None and spec.origin is not None:
            found = Path(spec.origin).parent if spec.submodule_search_locations else Path(spec.origin)
            (packages / found.name).symlink_to(found)
    file.write_text(json.dumps(a_receipt(bench), indent=2), "utf-8")
    # -S and -I: no site packages, no environment, not even the folder that this runs in.
    start = f"import sys, runpy; sys.path.append({str(packages)!r}); sys.argv = sys.argv[1:]; "
    start += f"runpy.run_path({str(VERIFIER)!r}, run_name='__main__')"
    command = [sys.executable, "-S", "-I", "-c", start, "verify", str(file)]
    said = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert (said.returncode, said.stderr) == (0, "")
    assert "The receipt holds: entry 41 of hushward/st-elsewhere/willow, under 61 signed entries" in said.stdout
    assert "The key came with the file" in said.stdout


def _swap_reason(one: dict[str, Any]) -> None:
    one["entry"] = one["entry"].replace("direct_care", "maintenance")


def _swap_entry_and_leaf(one: dict[str, Any]) -> None:
    _swap_reason(one)
    one["leaf"] = leaf_hash(one["entry"].encode()).hex()


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "entry": (_swap_reason, "The entry was changed"),
    "entry and hash": (_swap_entry_and_leaf, "do not lead to the signed head"),
    "number": (lambda one: one.update(index=40), "The receipt says entry 40, the entry itself says 41"),
    "proof": (lambda one: one["proof"].__setitem__(0, "00" * 32), "do not lead to the signed head"),
    "short proof": (lambda one: one["proof"].pop(), "part of it is missing"),
    "long proof": (lambda one: one["proof"].append("00" * 32), "too long"),
    "head": (lambda one: one.update(checkpoint=one["checkpoint"].replace("\n61\n", "\n62\n")), "is not signed by"),
    "key": (lambda one: one.update(key="ab" * 32), "and you gave"),
    "kind": (lambda one: one.pop("proof"), "It is not whole"),
}


@pytest.mark.parametrize("part", CHANGES)
def test_X3_a_changed_receipt_does_not_hold_and_one_sentence_says_which_part(
    bench: Bench, check: Check, part: str
) -> None:
    receipt, (change, sentence) = a_receipt(bench), CHANGES[part]
    change(receipt)
    code, told = check(receipt, "--key", bench.keys.audit_key)
    assert (code, told.count("\n")) == (1, 1) and sentence in told, told


def exported(bench: Bench, folder: Path) -> list[str]:
    out = folder / "log.jsonl"
    assert main(["audit", "export", "--data", str(bench.folder), "--out", str(out)]) == 0
    return out.read_text("utf-8").splitlines(keepends=True)


def test_T22_a_whole_log_holds_and_only_a_witness_makes_it_certain(bench: Bench, check: Check, tmp_path: Path) -> None:
    a_receipt(bench)
    head = tmp_path / "witness.jsonl"
    heads.keep(head, heads.Head(61, bench.audit._tree.root(61)), bench.clock.utc_now())
    lines = exported(bench, tmp_path)
    assert check("".join(lines))[0] == 3
    assert check("".join(lines), "--witness", str(head))[0] == 0
    code, told = check("".join(lines[:45]), "--witness", str(head))
    assert code == 1 and "so the log was cut" in told


@pytest.mark.parametrize(("place", "sentence"), [("edit", "First bad entry 21 to 40"), ("drop", "First bad entry 30")])
def test_T21_a_changed_log_names_its_first_bad_entry(
    bench: Bench, check: Check, tmp_path: Path, place: str, sentence: str
) -> None:
    lines = exported(bench, tmp_path)
    at = next(number for number, line in enumerate(lines) if '\\"index\\":30,' in line)
    changed = [lines[at].replace("willow", "oak")] if place == "edit" else []
    code, told = check("".join([*lines[:at], *changed, *lines[at + 1 :]]))
    assert code == 1 and sentence in told, told


def test_X3_a_proof_of_growth_holds_until_a_hash_of_it_is_changed(bench: Bench, check: Check, tmp_path: Path) -> None:
    out = tmp_path / "growth.json"
    asked = ["audit", "growth", "--data", str(bench.folder), "--from", "21", "--to", "41", "--out", str(out)]
    assert main(asked) == 0
    told = json.loads(out.read_text("utf-8"))
    code, said = check(told)
    assert code == 0 and "begins with the log of 21" in said
    told["proof"][1] = "00" * 32
    assert "does not begin with the log of 21" in check(told)[1]
    assert main([*asked[:5], "22", *asked[6:]]) == 1


def test_S1_T50_a_patient_takes_the_receipt_of_a_line_of_their_own_page_and_of_no_other(
    tmp_path: Path, check: Check
) -> None:
    with boxed_ward(tmp_path / "ward", rooms=2) as box:
        assert not isinstance(box.ward.access.reading(NURSE, "room1", "direct_care"), Decision)
        line = box.ward.access.patient_page(box.patient("room1")).ledger[0]
        receipt = box.ward.access.own_receipt(box.patient("room1"), line.receipt)
        assert check(receipt)[0] == 0 and short_form(receipt["leaf"]) == line.receipt_code
        assert isinstance(box.ward.access.own_receipt(box.patient("room2"), line.receipt), Decision)
        assert isinstance(box.ward.access.own_receipt(NURSE, line.receipt), Decision)
