"""Reading the console's settings from TOML and environment, with errors that name file, line and remedy."""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from console.errors import SettingsError
from console.settings import BrokerSettings, ClinicalSettings, ConsoleSettings, EvaluationSettings

ENVIRONMENT = "HUSHWARD_CONSOLE_"
_TABLES: Mapping[str, type[BaseModel]] = {
    "broker": BrokerSettings,
    "evaluation": EvaluationSettings,
    "clinical": ClinicalSettings,
}


def load(path: Path, environment: Mapping[str, str] | None = None) -> ConsoleSettings:
    """Read a console's settings.

    Args:
        path: the TOML file; relative paths inside it are relative to its folder.
        environment: variables `HUSHWARD_CONSOLE_NAME`, or `HUSHWARD_CONSOLE_TABLE__NAME` inside a table, win over the
            file; None means the process's own.

    Raises:
        SettingsError: one sentence with file, line and remedy.
    """
    try:
        text = path.read_text("utf-8")
        told = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise SettingsError(f"{path}: cannot be read ({reason}); give the console's TOML file with --config") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}; correct that line") from error
    variables = _overlay(told, os.environ if environment is None else environment)
    try:
        settings = ConsoleSettings.model_validate(told)
    except ValidationError as error:
        raise SettingsError(_sentence(path, text, variables, error)) from error
    return _anchored(settings, path.parent)


def describe(settings: ConsoleSettings) -> str:
    """Return every setting as TOML-like lines, each with what it means; no secret is among them."""
    return "\n".join(_lines(settings, "")) + "\n"


def _lines(table: BaseModel, prefix: str) -> list[str]:
    lines = []
    for name, field in type(table).model_fields.items():
        value = getattr(table, name)
        if isinstance(value, BaseModel):
            lines += _lines(value, f"{prefix}{name}.")
        else:
            shown = table.model_dump(mode="json", include={name})[name]
            if name == "database_url" and shown is not None:
                shown = re.sub(r"//([^:/@]*):[^@]*@", r"//\1:***@", shown)
            lines.append(f"{prefix}{name} = {shown!r}  # {field.description}")
    return lines


def _overlay(told: dict[str, Any], environment: Mapping[str, str]) -> dict[str, str]:
    """Put variables over the file; return which variable set which setting."""
    variables = {}
    for name, value in environment.items():
        if not name.startswith(ENVIRONMENT):
            continue
        *tables, key = name.removeprefix(ENVIRONMENT).lower().split("__")
        place = told
        for table in tables:
            inner = place.setdefault(table, {})
            if not isinstance(inner, dict):
                raise SettingsError(f"{name}: `{table}` is not a table of settings; unset this variable")
            place = inner
        place[key] = value
        variables[".".join((*tables, key))] = name
    return variables


def _anchored(settings: ConsoleSettings, folder: Path) -> ConsoleSettings:
    """Make relative paths relative to the settings' own folder; the password's stays relative to `data_dir`."""
    broker = settings.broker
    files = {name: _under(folder, getattr(broker, name)) for name in ("ca_file", "certificate_file", "key_file")}
    paths = ("data_dir", "tls_certificate", "tls_key", "clock_file")
    return settings.model_copy(
        update={
            **{name: _under(folder, getattr(settings, name)) for name in paths},
            "broker": broker.model_copy(update=files),
        }
    )


def _under(folder: Path, path: Path | None) -> Path | None:
    return None if path is None else (folder / path).resolve()


def _sentence(path: Path, text: str, variables: Mapping[str, str], error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    keys = [str(part) for part in first["loc"] if not isinstance(part, int)]
    name = ".".join(keys) or "settings"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "missing":
        return f"{path}: `{name}` is missing; add it: {_meaning(keys)}"
    if not keys:
        return f"{path}: {message}"
    where = f"variable {variables[name]}" if name in variables else f"{path}:{_line_of(text, keys)}"
    if first["type"] == "extra_forbidden":
        return f"{where}: there is no setting `{name}`; take it out, or see `python -m console print-settings`"
    return f"{where}: `{name}`: {message}; correct it: {_meaning(keys)}"


def _meaning(keys: list[str]) -> str:
    """Return the docstring of the field that the keys lead to."""
    table = _TABLES.get(keys[0], ConsoleSettings) if len(keys) > 1 else ConsoleSettings
    field = table.model_fields.get(keys[-1]) if keys else None
    return field.description or "" if field is not None else "`python -m console print-settings` shows every setting"


def _line_of(text: str, keys: list[str]) -> int:
    """Return the line on which a key stands, or else its table's, or else 1."""
    *tables, key = keys
    inside, at = "", 1
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+\s*([A-Za-z0-9_.-]+)\s*\]+", line):
            inside = header.group(1)
            if inside in (".".join(tables), ".".join(keys)):
                at = number
        elif inside == ".".join(tables) and re.match(rf"\s*{re.escape(key)}\s*=", line):
            return number
    return at
