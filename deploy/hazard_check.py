"""Whether each control of each hazard is there: its rules enforced, its tests and pages found (rules H1, A7)."""

import ast
from collections.abc import Iterator

from console.rules.hazards import Control, Hazard, HazardLog
from console.rules.policy import Policy
from console.rules.rule import RuleState
from deploy.rule_check import Tree


def findings(log: HazardLog, policy: Policy, tree: Tree) -> tuple[str, ...]:
    """Return what is wrong, each with what to do; empty when every link holds."""
    tests = _test_names(tree)
    return tuple(one for hazard in log.hazards.values() for one in _of(hazard, policy, tree, tests))


def _of(hazard: Hazard, policy: Policy, tree: Tree, tests: frozenset[str] | None) -> Iterator[str]:
    if hazard.residual.rating > hazard.initial.rating:
        yield f"{hazard.hazard_id}: its controls make it worse; look at its ratings again"
    for control in hazard.controls:
        for fault in _faults(control, policy, tree, tests):
            yield f"{hazard.hazard_id}: {control.text!r}: {fault}"


def _faults(control: Control, policy: Policy, tree: Tree, tests: frozenset[str] | None) -> Iterator[str]:
    for rule_id in control.rules:
        rule = policy.rules.get(rule_id)
        if rule is None or rule.state is RuleState.NOT_YET:
            yield f"rule {rule_id} is not enforced; build it, or take the control out"
    if tests is None:
        return
    for name in control.tests:
        if name not in tests:
            yield f"there is no test {name}; write it, or name the one that shows it"
    if control.document and not (tree.root / control.document).is_file():
        yield f"there is no page {control.document}; write it, or name the one that says it"


def _test_names(tree: Tree) -> frozenset[str] | None:
    """Return the name of every test; None where the tests are not there."""
    folder = tree.root / "tests"
    if not folder.is_dir():
        return None
    return frozenset(
        node.name
        for path in sorted(folder.rglob("test_*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )
