"""Walking JSON Schemas: every field of a message with its path, and the most bytes that a message can have."""

import json
from collections.abc import Iterator
from typing import Any

LONGEST_TEXT = {
    r"^[a-z][a-z0-9-]{0,31}$": 32,
    r"^[0-9a-f]{32}$": 32,
    r"^[0-9a-f]{64}$": 64,
    r"^[A-Za-z0-9+/]{86}==$": 88,
    r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$": 32,
}
"""The longest text that each allowed pattern admits; a pattern that is not here is not allowed."""

LONGEST_TIME = len("2026-11-23T23:00:00.123456+00:00")
LONGEST_FLOAT = len("2.2250738585072014e-308")


def fields(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (path, schema) of every leaf, with references followed; arrays are leaves and are walked into as well."""
    yield from _walk(schema, schema.get("$defs", {}), "")


def most_bytes(schema: dict[str, Any]) -> int:
    """Return the most bytes that a valid message can have, as compact JSON."""
    return _bytes(schema, schema.get("$defs", {}))


def _resolved(node: dict[str, Any], defs: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = {**defs[node["$ref"].rsplit("/", 1)[-1]], **{k: v for k, v in node.items() if k != "$ref"}}
    return node


def _choices(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [*node.get("anyOf", ()), *node.get("oneOf", ())]


def _walk(node: dict[str, Any], defs: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    node = _resolved(node, defs)
    if _choices(node):
        for one in _choices(node):
            yield from _walk(one, defs, path)
    elif node.get("type") == "object":
        yield path, node
        for name, inner in node.get("properties", {}).items():
            yield from _walk(inner, defs, f"{path}.{name}" if path else name)
    elif node.get("type") == "array":
        yield path, node
        yield from _walk(node["items"], defs, f"{path}[]")
    else:
        yield path, node


def _bytes(node: dict[str, Any], defs: dict[str, Any]) -> int:
    node = _resolved(node, defs)
    if _choices(node):
        return max(_bytes(one, defs) for one in _choices(node))
    if "const" in node:
        return len(json.dumps(node["const"]).encode())
    if "enum" in node:
        return max(len(json.dumps(one).encode()) for one in node["enum"])
    match node["type"]:
        case "object":
            inner = [len(name) + 3 + _bytes(one, defs) for name, one in node.get("properties", {}).items()]
            return 2 + sum(inner) + max(0, len(inner) - 1)
        case "array":
            return 2 + int(node["maxItems"]) * (_bytes(node["items"], defs) + 1)
        case "string":
            if node.get("format") == "date-time":
                return LONGEST_TIME + 2
            return LONGEST_TEXT[node["pattern"]] + 2
        case "integer":
            return max(len(str(node.get("minimum", 0))), len(str(node["maximum"])))
        case "number":
            return LONGEST_FLOAT + 1
        case "boolean":
            return 5
        case "null":
            return 4
    raise AssertionError(f"no such type in a message: {node}")
