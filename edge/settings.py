"""What one node is told before it starts: one TOML file, plus `HUSHWARD_NODE_*` from the environment."""

import os
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from broker.messages import Slug
from broker.vocabulary import Context, Modality, Origin, Zone
from edge.errors import SettingsError
from edge.settings_faults import sentence

_CLOSED = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
ENVIRONMENT = "HUSHWARD_NODE_"


class SourceKind(StrEnum):
    """What frames come from."""

    SYNTHETIC = "synthetic"
    REPLAY = "replay"
    HANG = "hang"


class SourceSettings(BaseModel):
    """The `[source]` table; it is handed to the sensing process as it stands."""

    model_config = _CLOSED

    kind: SourceKind = SourceKind.SYNTHETIC
    """synthetic: a simulated room; replay: a recording, in real time; hang: opens and never returns (drills only)."""
    file: Path | None = None
    """The recording; needed for `replay`, and for it alone."""
    loop: bool = False
    """true: a recording that has ended starts again, with a cleared window and a visible count."""
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    """Of the simulated room; another number is another sleeper."""
    scenario: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")] = "night"
    """Which story the simulated room plays."""

    @model_validator(mode="after")
    def _a_replay_has_a_file(self) -> Self:
        if (self.kind is SourceKind.REPLAY) != (self.file is not None):
            raise ValueError('`file` is given exactly when `kind` is "replay"')
        return self

    @property
    def origin(self) -> Origin:
        """Return what every message says about where its frames came from."""
        return Origin.REPLAY if self.kind is SourceKind.REPLAY else Origin.SIMULATED


class ZoneSettings(BaseModel):
    """One stretch of the sensor's range, drawn at installation."""

    model_config = _CLOSED

    zone: Zone
    """What lies there: bed, room, door or ensuite."""
    from_m: float = Field(ge=0, le=20)
    """[m] from the sensor, nearer end."""
    to_m: float = Field(gt=0, le=20)
    """[m] from the sensor, farther end."""

    @model_validator(mode="after")
    def _runs_outward(self) -> Self:
        if self.to_m <= self.from_m:
            raise ValueError("`to_m` is greater than `from_m`")
        return self


class BrokerSettings(BaseModel):
    """How the broker is reached."""

    model_config = _CLOSED

    host: Annotated[str, Field(min_length=1, max_length=253)] = "127.0.0.1"
    """Name or address of the broker."""
    port: int = Field(default=1883, ge=1, le=65535)
    """TCP port; 8883 is usual with TLS."""
    username: Slug | None = None
    """The node's name at the broker; none only on a broker of one machine's own."""
    password_file: Path | None = None
    """File with the password, mode 0600; a relative path lies in `data_dir`."""
    ca_file: Path | None = None
    """The ward's CA certificate; without it there is no TLS, which is for one machine alone."""
    certificate_file: Path | None = None
    """The node's certificate, with `key_file`."""
    key_file: Path | None = None
    """The node's TLS key, mode 0600."""

    @model_validator(mode="after")
    def _certificates_come_in_pairs(self) -> Self:
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("`certificate_file` and `key_file` are given together")
        if self.certificate_file is not None and self.ca_file is None:
            raise ValueError("`certificate_file` needs `ca_file`")
        return self


class NodeSettings(BaseModel):
    """Everything a node is told; what it may sense is not here, for that comes with each lease."""

    model_config = _CLOSED

    site: Slug
    """The hospital, as in every topic."""
    ward: Slug
    """The ward, as in every topic."""
    node_id: Slug
    """This node, as in every topic; one per room."""
    data_dir: Path
    """The node's own folder: its key, its outbox and what the gate remembers; nothing else writes there."""
    context: Context = Context.DEMONSTRATION
    """demonstration, evaluation or clinical (rule A11); anything but a sensor is refused outside `demonstration`."""
    console_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    """The console's Ed25519 public key in hex; only what it has signed can open the sensor."""
    modality: Modality = Modality.RADAR
    """The kind of sensor: radar or camera."""
    source: SourceSettings = SourceSettings()
    """Where frames come from."""
    zones: Annotated[tuple[ZoneSettings, ...], Field(max_length=8)] = ()
    """Where the bed, the door and the en-suite lie; without any, no place is ever said."""
    broker: BrokerSettings = BrokerSettings()
    """How the broker is reached."""
    no_movement_after_s: float = Field(default=720.0, ge=60, le=7200)
    """[s] without movement, somebody being there, after which it is a room event; longer means fewer prompts."""
    outbox_capacity: int = Field(default=300_000, ge=1000, le=10_000_000)
    """[records] kept while the console is away; 300,000 is over 72 h of an eventful room. More costs disk."""
    clock_file: Path | None = None
    """The shared clock of a demonstration ward; refused in every other context."""

    @model_validator(mode="after")
    def _only_a_demonstration_is_played(self) -> Self:
        if self.context is Context.DEMONSTRATION:
            return self
        if self.clock_file is not None:
            raise ValueError('`clock_file` needs `context = "demonstration"`: elsewhere time is the machine\'s own')
        if self.source.origin is not Origin.SENSOR:
            raise ValueError(f'`source.kind = "{self.source.kind}"` needs `context = "demonstration"` (rule A11)')
        return self

    @property
    def password_path(self) -> Path | None:
        """Return where the broker's password is, None when there is none."""
        file = self.broker.password_file
        return None if file is None else self.data_dir / file


def load(path: Path, environment: Mapping[str, str] | None = None, replay: Path | None = None) -> NodeSettings:
    """Read a node's settings.

    Args:
        path: the TOML file; relative paths inside it are relative to its folder.
        environment: variables `HUSHWARD_NODE_NAME`, or `HUSHWARD_NODE_TABLE__NAME` inside a table, win over the
            file; None means the process's own.
        replay: a recording that takes the place of the file's `[source]`.

    Raises:
        SettingsError: one sentence with file, line and remedy.
    """
    try:
        text = path.read_text("utf-8")
        told = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise SettingsError(f"{path}: cannot be read ({reason}); give the node's TOML file with --config") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not TOML: {error}; correct that line") from error
    variables = _overlay(told, os.environ if environment is None else environment)
    if replay is not None:
        told["source"] = {"kind": "replay", "file": str(replay), "loop": _loops(told)}
    try:
        settings = NodeSettings.model_validate(told)
    except ValidationError as error:
        raise SettingsError(sentence(error, NodeSettings, path, text, variables)) from error
    return _anchored(settings, path.parent)


def describe(settings: NodeSettings) -> str:
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
            lines.append(f"{prefix}{name} = {shown!r}  # {field.description}")
    return lines


def _loops(told: Mapping[str, Any]) -> bool:
    source = told.get("source")
    return bool(source.get("loop", False)) if isinstance(source, dict) else False


def _overlay(told: dict[str, Any], environment: Mapping[str, str]) -> dict[tuple[str, ...], str]:
    """Put variables over the file's settings; return which variable stands for which keys."""
    variables = {}
    for name, value in environment.items():
        if not name.startswith(ENVIRONMENT):
            continue
        keys = tuple(name.removeprefix(ENVIRONMENT).lower().split("__"))
        place = told
        for table in keys[:-1]:
            inner = place.setdefault(table, {})
            if not isinstance(inner, dict):
                raise SettingsError(f"{name}: `{table}` is not a table of settings; unset this variable")
            place = inner
        place[keys[-1]] = value
        variables[keys] = name
    return variables


def _anchored(settings: NodeSettings, folder: Path) -> NodeSettings:
    """Make relative paths relative to the settings' own folder; the password's stays relative to `data_dir`."""
    broker = settings.broker
    files = {name: _under(folder, getattr(broker, name)) for name in ("ca_file", "certificate_file", "key_file")}
    return settings.model_copy(
        update={
            "data_dir": _under(folder, settings.data_dir),
            "clock_file": _under(folder, settings.clock_file),
            "broker": broker.model_copy(update=files),
            "source": settings.source.model_copy(update={"file": _under(folder, settings.source.file)}),
        }
    )


def _under(folder: Path, path: Path | None) -> Path | None:
    return None if path is None else (folder / path).resolve()
