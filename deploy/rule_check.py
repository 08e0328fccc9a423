"""Whether each rule is enforced where the book says, and tested: read from the source, so that a removal shows."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from console.rules.policy import Policy
from console.rules.rule import Rule, RuleState

ROOMS = ("broker", "models", "edge", "console", "deploy")
_PERMITS = "console/rules/access.cedar"
_PERMITS_READER = "console.rules.access"
_NAMED_IN_TEST = re.compile(r"[A-Z]\d{1,2}[a-z]?")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong.

    Attributes:
        rule_id: the rule.
        sentence: what is missing, and what to do.
    """

    rule_id: str
    sentence: str


class Tree:
    """The source of the product, and of its tests where they are there.

    Args:
        root: the folder that holds the rooms.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @cached_property
    def modules(self) -> Mapping[str, str]:
        """The text of every module of every room, by its name."""
        found = {}
        for room in ROOMS:
            for path in sorted((self.root / room).rglob("*.py")):
                parts = path.relative_to(self.root).with_suffix("").parts
                found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text("utf-8")
        return found

    @cached_property
    def used(self) -> Counter[str]:
        """How often the product reads each name, as a name or as an attribute."""
        counted: Counter[str] = Counter()
        for text in self.modules.values():
            counted.update(_names_read_in(text))
        return counted

    @cached_property
    def permits(self) -> frozenset[str]:
        """The rules that permits are named after."""
        path = self.root / _PERMITS
        return frozenset(re.findall(r'@id\("(\w+)"\)', path.read_text("utf-8"))) if path.exists() else frozenset()

    @cached_property
    def tested(self) -> Mapping[str, tuple[str, ...]] | None:
        """The tests of each rule that a test's name begins with; None where the tests are not there."""
        if not (self.root / "tests").is_dir():
            return None
        found: dict[str, list[str]] = {}
        for path in sorted((self.root / "tests").rglob("test_*.py")):
            for name in _functions_in(path.read_text("utf-8")):
                for rule_id in rules_in(name):
                    found.setdefault(rule_id, []).append(name)
        return {rule_id: tuple(names) for rule_id, names in found.items()}

    def fault(self, rule_id: str, place: str) -> str | None:
        """Return what is wrong with a place of enforcement, None when the rule is enforced there.

        Args:
            rule_id: the rule.
            place: `module`, `module:function` or `file:phrase`.
        """
        name, _, what = place.partition(":")
        if "/" in name:
            path = self.root / name
            there = path.is_file() and what in " ".join(path.read_text("utf-8").split())
            return None if what and there else f"{name} does not say {what!r}"
        if name not in self.modules:
            return f"there is no module {name}"
        return self._fault_of_name(name, what) if what else self._fault_of_module(rule_id, name)

    def _fault_of_module(self, rule_id: str, name: str) -> str | None:
        if name == _PERMITS_READER and rule_id in self.permits:
            return None
        return None if rule_id in _constants(self.modules[name]) else f"{name} decides nothing by it"

    def _fault_of_name(self, name: str, what: str) -> str | None:
        defined = _defined(_parsed(self.modules[name]), what.split("."))
        if defined is None:
            return f"{name} has no {what}"
        word = what.rsplit(".", 1)[-1]
        elsewhere = self.used[word] - Counter(_read_names(defined))[word]
        return None if elsewhere > 0 else f"nothing uses {name}:{what}"


def rules_in(test_name: str) -> Iterator[str]:
    """Yield the rules that a test's name begins with: `test_C1_C5_a_no_closes` is of C1 and C5."""
    for word in test_name.removeprefix("test_").split("_") if test_name.startswith("test_") else ():
        if not _NAMED_IN_TEST.fullmatch(word):
            return
        yield word


def findings(policy: Policy, tree: Tree) -> tuple[Finding, ...]:
    """Return what is wrong with the book: a rule that is not enforced where it says, or that no test names."""
    return tuple(one for rule in policy.in_order() for one in _of(rule, tree))


def _of(rule: Rule, tree: Tree) -> Iterator[Finding]:
    for place in rule.enforced_in:
        fault = tree.fault(rule.rule_id, place)
        if fault is not None:
            yield Finding(rule.rule_id, f"not enforced: {fault}; put it back, or say in the book where it is now")
    if rule.state is not RuleState.ENFORCED or tree.tested is None:
        return
    if rule.rule_id not in tree.tested:
        yield Finding(rule.rule_id, f"no test: name one test_{rule.rule_id}_ and what it shows")


@cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@cache
def _functions_in(text: str) -> tuple[str, ...]:
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return tuple(node.name for node in ast.walk(_parsed(text)) if isinstance(node, functions))


@cache
def _names_read_in(text: str) -> Counter[str]:
    return Counter(_read_names(_parsed(text)))


def _read_names(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.attr


@cache
def _constants(module: str) -> frozenset[str]:
    """Return every text in the code of a module; what only stands there to be read, such as a docstring, is none."""
    tree = _parsed(module)
    idle = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in idle)
    return frozenset(node.value for node in texts if isinstance(node.value, str))


def _defined(tree: ast.AST, path: list[str]) -> ast.AST | None:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == path[0]:
            return node if len(path) == 1 else _defined(node, path[1:])
    return None
