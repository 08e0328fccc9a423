"""Looking at our own source: modules, imports and identifiers."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("broker", "models", "edge", "console", "deploy")


@dataclass(frozen=True)
class Module:
    """One source file of a room.

    Attributes:
        name: as it is imported.
        path: where it lies.
        tree: its syntax tree.
        lines: how many lines it has.
    """

    name: str
    path: Path
    tree: ast.Module
    lines: int


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of every room."""
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            text = path.read_text("utf-8")
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append(Module(name, path, ast.parse(text), text.count("\n")))
    return tuple(found)


def imports(module: Module) -> set[str]:
    """Return every module that a module imports, anywhere in it, by its full name."""
    found: set[str] = set()
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def functions(module: Module) -> Iterator[tuple[str, int]]:
    """Yield each function's name and how many lines it has, without those of functions inside it."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, _lines(node) - sum(_lines(inner) for inner in _inner(node))


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _inner(node: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            yield child
        else:
            yield from _inner(child)


def identifiers(module: Module) -> Iterator[tuple[str, int]]:
    """Yield every name that a module makes, with its line: classes, functions, parameters, attributes, variables."""
    for node in ast.walk(module.tree):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.name, node.lineno
            case ast.arg():
                yield node.arg, node.lineno
            case ast.Name(ctx=ast.Store()):
                yield node.id, node.lineno
            case ast.Attribute(ctx=ast.Store()):
                yield node.attr, node.lineno


@cache
def committed() -> tuple[Path, ...]:
    """Return every file that git knows."""
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return tuple(ROOT / name.decode() for name in told.split(b"\0") if name and (ROOT / name.decode()).is_file())
