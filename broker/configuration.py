"""Settings of either end: one TOML file, variables over it, and errors that name file, line and remedy."""

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from broker.errors import ConfigurationError
from broker.messages import Slug

CLOSED = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
"""What every table of settings is: frozen, without unknown keys, each field explained where it stands."""
Table = TypeVar("Table", bound=BaseModel)


class BrokerSettings(BaseModel):
    """The `[broker]` table: how the broker is reached."""

    model_config = CLOSED

    host: Annotated[str, Field(min_length=1, max_length=253)] = "127.0.0.1"
    """Name or address of the broker."""
    port: int = Field(default=1883, ge=1, le=65535)
    """TCP port; 8883 is usual with TLS."""
    username: Slug | None = None
    """This end's name at the broker; none only on a broker of one machine's own."""
    password_file: Path | None = None
    """File with the password, mode 0600; a relative path lies in `data_dir`."""
    ca_file: Path | None = None
    """The ward's CA certificate; without it there is no TLS, which is for one machine alone."""
    certificate_file: Path | None = None
    """This end's client certificate, with `key_file`."""
    key_file: Path | None = None
    """The key of `certificate_file`, mode 0600."""

    @model_validator(mode="after")
    def _certificates_come_in_pairs(self) -> Self:
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("`certificate_file` and `key_file` are given together")
        if self.certificate_file is not None and self.ca_file is None:
            raise ValueError("`certificate_file` needs `ca_file`")
        return self

    def anchored(self, folder: Path) -> Self:
        """Return it with relative paths under a folder; the password's stays relative to `data_dir`."""
        files = ("ca_file", "certificate_file", "key_file")
        return self.model_copy(update={name: under(folder, getattr(self, name)) for name in files})


def read(
    path: Path,
    table: type[Table],
    *,
    prefix: str,
    whose: str,
    environment: Mapping[str, str] | None = None,
    adjust: Callable[[dict[str, Any]], None] | None = None,
) -> Table:
    """Read the settings of one process.

    Args:
        path: the TOML file.
        table: the settings class.
        prefix: variables that begin so win over the file: `PREFIX_NAME`, or `PREFIX_TABLE__NAME` inside a table.
        whose: for the sentence, such as "the node's".
        environment: variables; None means the process's own.
        adjust: changes what was told before it is checked.

    Raises:
        ConfigurationError: one sentence with file, line and remedy.
    """
    try:
        text = path.read_text("utf-8")
        told = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise ConfigurationError(f"{path}: cannot be read ({reason}); give {whose} TOML file with --config") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{_place(path, text, error)}: not TOML: {error}; correct that line") from error
    variables = _overlay(told, prefix, os.environ if environment is None else environment)
    if adjust is not None:
        adjust(told)
    try:
        return table.model_validate(told)
    except ValidationError as error:
        raise ConfigurationError(_sentence(error, table, path, text, variables)) from error


def describe(settings: BaseModel, prefix: str = "", hide: re.Pattern[str] | None = None) -> str:
    """Return every setting as a TOML-like line with what it means.

    Args:
        settings: the settings.
        prefix: of the table, with its dot.
        hide: what stands in a value but must not be shown; replaced by stars.
    """
    lines = ""
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            lines += describe(value, f"{prefix}{name}.", hide)
        else:
            shown = repr(settings.model_dump(mode="json", include={name})[name])
            lines += f"{prefix}{name} = {hide.sub('***', shown) if hide else shown}  # {field.description}\n"
    return lines


def under(folder: Path, path: Path | None) -> Path | None:
    """Return a path that, when relative, lies in a folder."""
    return None if path is None else (folder / path).resolve()


def _overlay(told: dict[str, Any], prefix: str, environment: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Put variables over the file's settings; return which variable stands for which keys."""
    variables = {}
    for name, value in environment.items():
        if not name.startswith(prefix):
            continue
        keys = tuple(name.removeprefix(prefix).lower().split("__"))
        place = told
        for table in keys[:-1]:
            inner = place.setdefault(table, {})
            if not isinstance(inner, dict):
                raise ConfigurationError(f"{name}: `{table}` is not a table of settings; unset this variable")
            place = inner
        place[keys[-1]] = value
        variables[keys] = name
    return variables


def _sentence(
    error: ValidationError, table: type[BaseModel], path: Path, text: str, variables: Mapping[tuple[str, ...], str]
) -> str:
    """Say what is wrong with each wrong setting, the first in full."""
    faults = error.errors(include_url=False, include_input=False)
    first = faults[0]
    keys = _keys(first["loc"])
    name = ".".join(keys) or "settings"
    where = variables.get(keys) or (f"{path}:{_line_of(text, keys)}" if keys else f"{path}")
    message = first["msg"].removeprefix("Value error, ")
    others = sorted({".".join(_keys(one["loc"])) for one in faults[1:]} - {name, ""})
    also = f" (also wrong: {', '.join(f'`{one}`' for one in others)})" if others else ""
    if first["type"] == "missing":
        return f"{path}: `{name}` is missing; add it: {_meaning(table, keys)}{also}"
    if first["type"] == "extra_forbidden":
        return f"{where}: there is no setting `{name}`; take it out, or see --print-settings{also}"
    if not keys:
        return f"{where}: {message}{also}"
    return f"{where}: `{name}`: {message}; correct it: {_meaning(table, keys)}{also}"


def _keys(place: tuple[int | str, ...]) -> tuple[str, ...]:
    return tuple(str(part) for part in place if not isinstance(part, int))


def _place(path: Path, text: str, error: tomllib.TOMLDecodeError) -> str:
    """Return file and line of a syntax error; one at the end of the file lies in its last line that says something."""
    told = re.search(r"at line (\d+)", str(error))
    last = max((number for number, line in enumerate(text.splitlines(), start=1) if line.strip()), default=1)
    return f"{path}:{told[1] if told else last}"


def _line_of(text: str, keys: tuple[str, ...]) -> int:
    """Return the line on which a key stands, or else its table's, or else 1."""
    *tables, key = keys
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
