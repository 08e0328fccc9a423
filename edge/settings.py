"""What one node is told before it starts: one TOML file, plus `HUSHWARD_NODE_*` from the environment."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from broker.configuration import CLOSED, BrokerSettings, read, under
from broker.errors import ConfigurationError
from broker.messages import Slug
from broker.vocabulary import Context, Modality, Origin, Zone
from edge.errors import SettingsError
from edge.fittings import IlluminatorSettings, LampSettings, PauseSettings
from edge.source_settings import SourceKind, SourceSettings
from edge.view import OPEN_VIEW, View
from edge.zones import Zones, zones_from

ENVIRONMENT = "HUSHWARD_NODE_"


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


class ViewSettings(BaseModel):
    """The `[view]` table: how a camera looks at its room, drawn at installation."""

    model_config = CLOSED

    rows: tuple[str, ...] = OPEN_VIEW.rows
    """Twelve strings of sixteen marks, from the top left: # hidden, b bed, f floor, d door, e en-suite door, . else."""
    distance_m: float = OPEN_VIEW.distance_m
    """[m] from the lens to the bed."""


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
    illuminator: IlluminatorSettings = IlluminatorSettings()
    """The infra-red light of a camera."""
    pause: PauseSettings = PauseSettings()
    """The control in the room with which anybody closes the sensor."""
    zones: Annotated[tuple[ZoneSettings, ...], Field(max_length=8)] = ()
    """Where the bed, the room, the door and the en-suite lie for a radar; without any, no place is ever said."""
    view: ViewSettings | None = None
    """What a camera sees and what is hidden from it; without it, nothing is hidden and no place is ever said."""
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
            _ = self.room_zones, self.room_view
        except SettingsError as error:
            raise ValueError(str(error)) from error
        return self

    @model_validator(mode="after")
    def _each_sensor_has_its_own_map(self) -> Self:
        is_camera = self.modality is Modality.CAMERA
        if self.source.kind.modality not in (None, self.modality):
            raise ValueError(
                f'`source.kind = "{self.source.kind}"` is a {self.source.kind.modality}: write '
                f'`modality = "{self.source.kind.modality}"`, which consent and leases name'
            )
        if is_camera and self.zones:
            raise ValueError("`zones` are for a radar; a camera's places are drawn in `[view]`")
        if not is_camera and self.view is not None:
            raise ValueError('`view` is for `modality = "camera"`; a radar\'s places are measured in `[[zones]]`')
        return self

    @model_validator(mode="after")
    def _only_a_demonstration_is_played(self) -> Self:
        if self.context is Context.DEMONSTRATION:
            return self
        if self.clock_file is not None:
            raise ValueError('`clock_file` needs `context = "demonstration"`: elsewhere time is the machine\'s own')
        if self.source.origin is not Origin.SENSOR:
            raise ValueError(f'`source.kind = "{self.source.kind}"` needs `context = "demonstration"` (rule A11)')
        if self.source.kind is SourceKind.RTSP:
            raise ValueError('`source.kind = "rtsp"` needs `context = "demonstration"`: its pictures cross a network')
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
        is_lit = self.illuminator.line is not None or self.illuminator.is_absent
        if self.modality is Modality.CAMERA and not is_lit:
            raise ValueError(
                f'`illuminator.line` is missing: in "{self.context}" name the pin that switches the camera\'s light, '
                "or write `is_absent = true` where it has no infra-red light (rule K4)"
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
    def room_view(self) -> View | None:
        """Return how the camera looks at the room; None for a radar, and for a camera without a drawing.

        Raises:
            SettingsError: what is wrong with the drawing; never of settings that were read.
        """
        return None if self.view is None else View.checked(self.view.rows, self.view.distance_m)

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
