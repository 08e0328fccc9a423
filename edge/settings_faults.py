"""A wrong setting in one sentence for whoever wrote it: file, line and remedy."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError


def sentence(
    error: ValidationError,
    settings: type[BaseModel],
    path: Path,
    text: str,
    variables: Mapping[tuple[str, ...], str],
) -> str:
    """Say what is wrong with the first wrong setting.

    Args:
        error: what the settings class found.
        settings: that class; its docstrings say what each setting means.
        path: the TOML file.
        text: its content.
        variables: environment variable by the keys it stands for.
    """
    first = error.errors(include_url=False)[0]
    keys = tuple(str(part) for part in first["loc"] if not isinstance(part, int))
    name = ".".join(keys) or "settings"
    where = variables.get(keys) or f"{path}:{line_of(text, keys)}"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "missing":
        return f"{path}: `{name}` is missing; add it: {_meaning(settings, keys)}"
    if first["type"] == "extra_forbidden":
        return f"{where}: there is no setting `{name}`; take it out, or see --print-settings"
    return f"{where}: `{name}`: {message}; correct it: {_meaning(settings, keys)}"


def line_of(text: str, keys: tuple[str, ...]) -> int:
    """Return the line on which a key stands, or else its table's, or else 1."""
    *tables, key = keys or ("",)
    within: list[str] = []
    table_line = 1
    for number, line in enumerate(text.splitlines(), start=1):
        header = re.match(r"\s*\[\[?\s*([\w.\-]+)\s*\]\]?", line)
        if header is not None:
            within = header.group(1).split(".")
            if within == list(keys) or (tables and within == tables):
                table_line = number
        elif within == tables and re.match(rf"\s*\"?{re.escape(key)}\"?\s*=", line):
            return number
    return table_line


def _meaning(settings: type[BaseModel], keys: tuple[str, ...]) -> str:
    """Return the docstring of the setting that the keys lead to."""
    table, meaning = settings, "--print-settings shows every setting"
    for key in keys:
        field = table.model_fields.get(key)
        if field is None:
            break
        meaning = field.description or meaning
        table = _table_in(field.annotation) or table
    return meaning


def _table_in(annotation: Any) -> type[BaseModel] | None:
    """Return the settings class inside an annotation such as `tuple[ZoneSettings, ...]`; None when there is none."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for one in get_args(annotation) if (found := _table_in(one)) is not None), None)
