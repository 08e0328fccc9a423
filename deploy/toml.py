"""Settings written as TOML, for the processes that a ward starts (the standard library only reads it)."""

import json
from collections.abc import Mapping
from pathlib import Path

Value = str | int | float | bool | Path | None | list["Value"] | Mapping[str, "Value"]


def text(settings: Mapping[str, Value]) -> str:
    """Write settings as TOML.

    Args:
        settings: plain values and tables of them; None is left out, a path is written as text.

    Returns:
        A document that `tomllib` reads back to the same values.

    Raises:
        TypeError: a value that TOML does not have.
    """
    return "\n".join(_table("", settings)).strip() + "\n"


def _table(path: str, table: Mapping[str, Value]) -> list[str]:
    plain = {key: value for key, value in table.items() if value is not None and not isinstance(value, Mapping)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    if path:
        lines = ["", f"[{path}]", *lines]
    for key, value in table.items():
        if isinstance(value, Mapping):
            lines += _table(f"{path}.{_key(key)}" if path else _key(key), value)
    return lines


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _quoted(key)


def _value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case str() | Path():
            return _quoted(str(value))
        case list():
            return f"[{', '.join(_value(one) for one in value)}]"
        case Mapping():
            return "{" + ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items()) + "}"
    raise TypeError(f"TOML has no {type(value).__name__}")


def _quoted(text: str) -> str:
    """Return a JSON string, which is TOML's too; DEL is the one character that JSON leaves bare and TOML does not."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
