"""What a node is told of its source: the `[source]` table."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from broker.configuration import CLOSED
from broker.vocabulary import Modality, Origin


class SourceKind(StrEnum):
    """What frames come from."""

    SYNTHETIC = "synthetic"
    SYNTHETIC_CAMERA = "synthetic-camera"
    REPLAY = "replay"
    HANG = "hang"
    A121 = "a121"
    TI = "ti"
    MR24 = "mr24"
    MR60BHA1 = "mr60bha1"
    MR60BHA2 = "mr60bha2"
    LD2410 = "ld2410"
    BGT60 = "bgt60"
    CAMERA = "camera"
    RTSP = "rtsp"

    @property
    def is_live(self) -> bool:
        """Return whether a sensor that is there now is meant."""
        return self not in (SourceKind.SYNTHETIC, SourceKind.SYNTHETIC_CAMERA, SourceKind.REPLAY, SourceKind.HANG)

    @property
    def has_port(self) -> bool:
        """Return whether it is reached through a port that is named; a BGT60's SDK finds its board itself."""
        return self.is_live and self not in (SourceKind.BGT60, SourceKind.CAMERA, SourceKind.RTSP)

    @property
    def modality(self) -> Modality | None:
        """Return which sensor it is; None where the recording says, or where nothing is ever given."""
        if self in (SourceKind.CAMERA, SourceKind.RTSP, SourceKind.SYNTHETIC_CAMERA):
            return Modality.CAMERA
        return None if self in (SourceKind.REPLAY, SourceKind.HANG) else Modality.RADAR


class SourceSettings(BaseModel):
    """The `[source]` table; it is handed to the sensing process as it stands."""

    model_config = CLOSED

    kind: SourceKind = SourceKind.SYNTHETIC
    """synthetic and synthetic-camera: a simulated room; replay: a recording, in real time; hang: opens and never
    returns (drills only); a121: an Acconeer A121, ti: a TI mmWave radar, mr24, mr60bha1, mr60bha2 and ld2410: modules
    that only hint, live; bgt60: an Infineon BGT60 through its maker's SDK; camera: a camera of this machine, live;
    rtsp: a camera in the network, for trying a place out and for nothing else."""
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

    device: Annotated[str, Field(pattern=r"^(/dev/\S+|libcamera(:\d)?)$", max_length=200)] | None = None
    """The camera: /dev/video0, or libcamera for a Raspberry Pi's own (libcamera:1 for its second)."""
    frame_rate_hz: float = Field(default=15.0, ge=5, le=60)
    """[Hz] that the camera is told; of more than 15 every second or third frame is used. More costs light and time."""
    exposure_us: int | None = Field(default=None, ge=10, le=200_000)
    """[us] that each frame is exposed, fixed; 10,000 or 20,000 keep the lamps of a 50 Hz mains from flickering.
    Without it, what the camera has now stays."""
    gain: float | None = Field(default=None, ge=0, le=1000)
    """Amplification in the camera's own unit, fixed; more gives brighter frames with more noise. Without it, what the
    camera has now stays."""
    url: Annotated[str, Field(pattern=r"^rtsps?://\S+$", max_length=300)] | None = None
    """Address of a camera in the network; needed for `rtsp`, and for it alone."""
    commissioning: bool = False
    """true: somebody is here to try a place out, and knows that an RTSP camera's pictures cross the network."""

    @model_validator(mode="after")
    def _a_camera_has_a_device(self) -> Self:
        if (self.kind is SourceKind.CAMERA) != (self.device is not None):
            raise ValueError('`device` is given exactly when `kind` is "camera"')
        told = {"frame_rate_hz", "exposure_us", "gain"} & self.model_fields_set
        if told and self.kind is not SourceKind.CAMERA:
            raise ValueError(f'`{min(told)}` is given only when `kind` is "camera"')
        return self

    @model_validator(mode="after")
    def _a_camera_in_the_network_is_for_commissioning(self) -> Self:
        is_rtsp = self.kind is SourceKind.RTSP
        if is_rtsp != (self.url is not None) or is_rtsp != self.commissioning:
            raise ValueError('`url` and `commissioning = true` are given exactly when `kind` is "rtsp"')
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
