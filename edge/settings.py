"""What one node is told before it starts: one TOML file, plus `HUSHWARD_NODE_*` from the environment."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from broker.configuration import CLOSED, BrokerSettings, read, under
from broker.errors import ConfigurationError
from broker.messages import Slug
from broker.vocabulary import Context, Modality, Origin, Zone
from edge.errors import SettingsError
from edge.fittings import LampSettings, PauseSettings
from edge.zones import Zones, zones_from

ENVIRONMENT = "HUSHWARD_NODE_"


class SourceKind(StrEnum):
    """What frames come from."""

    SYNTHETIC = "synthetic"
    REPLAY = "replay"
    HANG = "hang"
    A121 = "a121"
    TI = "ti"
    MR24 = "mr24"
    MR60BHA1 = "mr60bha1"
    MR60BHA2 = "mr60bha2"
    LD2410 = "ld2410"
    BGT60 = "bgt60"

    @property
    def is_live(self) -> bool:
        """Return whether a sensor that is there now is meant."""
        return self not in (SourceKind.SYNTHETIC, SourceKind.REPLAY, SourceKind.HANG)

    @property
    def has_port(self) -> bool:
        """Return whether it is reached through a port that is named; a BGT60's SDK finds its board itself."""
        return self.is_live and self is not SourceKind.BGT60


class SourceSettings(BaseModel):
    """The `[source]` table; it is handed to the sensing process as it stands."""

    model_config = CLOSED

    kind: SourceKind = SourceKind.SYNTHETIC
    """synthetic: a simulated room; replay: a recording, in real time; hang: opens and never returns (drills only);
    a121: an Acconeer A121, ti: a TI mmWave radar, mr24, mr60bha1, mr60bha2 and ld2410: modules that only hint, live;
    bgt60: an Infineon BGT60 through its maker's SDK."""
    file: Path | None = None
    """The recording; needed for `replay`, and for it alone."""
    loop: bool = False
    """true: a recording that has ended starts again, with a cleared window and a visible count."""
    seed: int = Field(default=1, ge=0, le=2**31 - 1)
    """Of the simulated room; another number is another sleeper."""
    scenario: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")] = "night"
    """Which story the simulated room plays."""
    port: Annotated[str, Field(pattern=r"^(tcp://|/)\S+$", max_length=200)] | None = None
    """Where a live sensor is: a serial device such as /dev/ttyUSB0, or tcp://HOST:PORT; needed for live kinds alone."""
    sensor_id: int = Field(default=1, ge=1, le=5)
    """Which socket of an Acconeer board the sensor is in."""
    command_port: Annotated[str, Field(pattern=r"^(tcp://|/)\S+$", max_length=200)] | None = None
    """The other port of a TI radar, on which it takes its profile; `port` is the one that it sends data on."""
    profile: Path | None = None
    """The `.cfg` file of a TI radar; needed for it, and for it alone."""
    session: Path | None = None
    """What an A121 is told to do, as JSON or TOML; without it, a bed and the room around it from 0.3 to 4.6 m."""

    @model_validator(mode="after")
    def _a_live_sensor_has_a_port(self) -> Self:
        if self.kind.has_port != (self.port is not None):
            raise ValueError('`port` is given exactly when `kind` is a live sensor at a port, such as "a121"')
        if self.session is not None and self.kind is not SourceKind.A121:
            raise ValueError('`session` is given only when `kind` is "a121"')
        is_ti = self.kind is SourceKind.TI
        if is_ti != (self.command_port is not None) or is_ti != (self.profile is not None):
            raise ValueError('`command_port` and `profile` are given exactly when `kind` is "ti"')
        return self

    @model_validator(mode="after")
    def _a_replay_has_a_file(self) -> Self:
        if (self.kind is SourceKind.REPLAY) != (self.file is not None):
            raise ValueError('`file` is given exactly when `kind` is "replay"')
        return self

    @property
    def origin(self) -> Origin:
        """Return what every message says about where its frames came from."""
        if self.kind.is_live:
            return Origin.SENSOR
        return Origin.REPLAY if self.kind is SourceKind.REPLAY else Origin.SIMULATED


_Metres = Annotated[float, Field(ge=-20, le=20)]


class ZoneSettings(BaseModel):
    """One zone drawn at installation: a stretch of the sensor's range, or a box where the sensor measures angle."""

    model_config = CLOSED

    zone: Zone
    """What lies there: bed, room, door or ensuite."""
    from_m: float | None = Field(default=None, ge=0, le=20)
    """[m] from the sensor, nearer end of a stretch."""
    to_m: float | None = Field(default=None, gt=0, le=20)
    """[m] from the sensor, farther end of a stretch."""
    x_m: tuple[_Metres, _Metres] | None = None
    """[m] of a box, from left to right as the sensor looks; 0 is straight ahead."""
    y_m: tuple[_Metres, _Metres] | None = None
    """[m] of a box, from nearer to farther."""

    @model_validator(mode="after")
    def _is_a_stretch_or_a_box(self) -> Self:
        stretch, box = (self.from_m, self.to_m), (self.x_m, self.y_m)
        if (None in stretch) == (None in box) or (None in stretch and stretch != (None, None)):
            raise ValueError("give `from_m` and `to_m`, or for a sensor with angle `x_m` and `y_m`")
        if self.from_m is not None and self.to_m is not None and self.to_m <= self.from_m:
            raise ValueError("`to_m` is greater than `from_m`")
        return self


class NodeSettings(BaseModel):
    """Everything a node is told; what it may sense is not here, for that comes with each lease."""

    model_config = CLOSED

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
    lamp: LampSettings = LampSettings()
    """The lamp in the room."""
    pause: PauseSettings = PauseSettings()
    """The control in the room with which anybody closes the sensor."""
    zones: Annotated[tuple[ZoneSettings, ...], Field(max_length=8)] = ()
    """Where the bed, the room, the door and the en-suite lie; without any, no place is ever said."""
    broker: BrokerSettings = BrokerSettings()
    """How the broker is reached."""
    no_movement_after_s: float = Field(default=720.0, ge=60, le=7200)
    """[s] without movement, somebody being there, after which it is a room event; longer means fewer prompts."""
    outbox_capacity: int = Field(default=300_000, ge=1000, le=10_000_000)
    """[records] kept while the console is away; 300,000 is over 72 h of an eventful room. More costs disk."""
    clock_file: Path | None = None
    """The shared clock of a demonstration ward; refused in every other context."""

    @model_validator(mode="after")
    def _every_place_has_one_meaning(self) -> Self:
        try:
            _ = self.room_zones
        except SettingsError as error:
            raise ValueError(str(error)) from error
        return self

    @model_validator(mode="after")
    def _only_a_demonstration_is_played(self) -> Self:
        if self.context is Context.DEMONSTRATION:
            return self
        if self.clock_file is not None:
            raise ValueError('`clock_file` needs `context = "demonstration"`: elsewhere time is the machine\'s own')
        if self.source.origin is not Origin.SENSOR:
            raise ValueError(f'`source.kind = "{self.source.kind}"` needs `context = "demonstration"` (rule A11)')
        return self

    @model_validator(mode="after")
    def _a_real_room_has_a_lamp_and_a_control(self) -> Self:
        """Hold rules K3 and C5: who lies there sees whether it is on, and can stop it without anybody's help."""
        if self.context is Context.DEMONSTRATION:
            return self
        if self.lamp.line is None:
            raise ValueError(
                f'`lamp.line` is missing: a simulated lamp needs `context = "demonstration"`; in "{self.context}" name '
                "the pin of the lamp in the room (rule K3)"
            )
        if not self.pause.lines:
            raise ValueError(
                f'`pause.lines` is missing: in "{self.context}" name the pins of the control in the room, with which '
                "anybody stops the sensor (rule C5)"
            )
        return self

    @property
    def room_zones(self) -> Zones:
        """Return the zones as the sensing process takes them.

        Raises:
            SettingsError: they overlap, leave a hole, or have no bed; never of settings that were read.
        """
        return zones_from([one.model_dump(mode="json", exclude_none=True) for one in self.zones])

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

    def play(told: dict[str, Any]) -> None:
        if replay is not None:
            told["source"] = {"kind": "replay", "file": str(replay), "loop": _loops(told)}

    try:
        settings = read(
            path, NodeSettings, prefix=ENVIRONMENT, whose="the node's", environment=environment, adjust=play
        )
    except ConfigurationError as error:
        raise SettingsError(str(error)) from error
    return _anchored(settings, path.parent)


def _loops(told: Mapping[str, Any]) -> bool:
    source = told.get("source")
    return bool(source.get("loop", False)) if isinstance(source, dict) else False


def _anchored(settings: NodeSettings, folder: Path) -> NodeSettings:
    """Make relative paths relative to the settings' own folder."""
    return settings.model_copy(
        update={
            "data_dir": under(folder, settings.data_dir),
            "clock_file": under(folder, settings.clock_file),
            "broker": settings.broker.anchored(folder),
            "source": settings.source.model_copy(
                update={
                    "file": under(folder, settings.source.file),
                    "session": under(folder, settings.source.session),
                    "profile": under(folder, settings.source.profile),
                }
            ),
        }
    )
