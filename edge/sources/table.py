"""All sources by name: what a node's `[source] kind` may say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from broker.clock import Clock
from edge.errors import SourceError
from edge.frames import FrameSource


@dataclass(frozen=True)
class SourceEntry:
    """One kind of source."""

    meaning: str
    """In a few words."""
    open: Callable[[Mapping[str, Any], Clock], FrameSource]
    """Opens it from the `[source]` table of a node's settings; a live one dates its frames by the clock."""
    is_live: bool = False
    """Its frames come in their own time, and are not held back until they are due."""


def _part(module: str, name: str) -> Any:
    """Load a source's own module only when it is asked for: each brings its driver, which others may lack."""
    return getattr(import_module(f"edge.sources.{module}"), name)


def _synthetic(settings: Mapping[str, Any], _clock: Clock) -> FrameSource:
    room: FrameSource = _part("synthetic", "SyntheticRoom")(
        int(settings.get("seed", 1)), str(settings.get("scenario", "night"))
    )
    return room


def _replay(settings: Mapping[str, Any], _clock: Clock) -> FrameSource:
    file, modality = settings.get("file"), settings.get("modality")
    if not file:
        raise SourceError("A replay needs the name of a recording: [source] file.")
    path, config = Path(file), Path(settings["config"]) if settings.get("config") else None
    # Who agreed to a radar did not agree to a camera, recorded or not.
    sensor = _part("formats", "format_of")(path, config=config).sensor if modality else None
    if sensor is not None and (sensor == "camera") != (modality == "camera"):
        raise SourceError(f"{path.name} is a recording of a {sensor}, and this node's `modality` is {modality}.")
    recording: FrameSource = _part("formats", "open_recording")(
        path, loop=bool(settings.get("loop", False)), config=config, view=_view(settings)
    )
    return recording


def _view(settings: Mapping[str, Any]) -> Any:
    return _part("camera.drawing", "view_from")(settings["view"]) if "view" in settings else None


def _hang(_settings: Mapping[str, Any], _clock: Clock) -> FrameSource:
    source: FrameSource = _part("hanging", "HangingSource")()
    return source


def _a121(settings: Mapping[str, Any], clock: Clock) -> FrameSource:
    source: FrameSource = _part("a121", "open_a121")(settings, clock)
    return source


def _ti(settings: Mapping[str, Any], clock: Clock) -> FrameSource:
    source: FrameSource = _part("ti_live", "open_ti")(settings, clock)
    return source


def _module(settings: Mapping[str, Any], clock: Clock) -> FrameSource:
    source: FrameSource = _part("module_live", "open_module")(settings, clock)
    return source


def _bgt60(settings: Mapping[str, Any], clock: Clock) -> FrameSource:
    source: FrameSource = _part("bgt60_live", "open_bgt60")(settings, clock)
    return source


def _synthetic_camera(settings: Mapping[str, Any], _clock: Clock) -> FrameSource:
    room: FrameSource = _part("camera.simulated", "SyntheticCamera")(
        int(settings.get("seed", 1)), str(settings.get("scenario", "night")), _view(settings)
    )
    return room


def _camera(settings: Mapping[str, Any], clock: Clock) -> FrameSource:
    source: FrameSource = _part("camera.live", "open_camera")(settings, clock)
    return source


def _rtsp(settings: Mapping[str, Any], clock: Clock) -> FrameSource:
    source: FrameSource = _part("camera.live", "open_rtsp")(settings, clock)
    return source


SOURCES: Mapping[str, SourceEntry] = MappingProxyType(
    {
        "synthetic": SourceEntry("a simulated radar in a simulated room", _synthetic),
        "synthetic-camera": SourceEntry("a simulated camera in a simulated room", _synthetic_camera),
        "replay": SourceEntry("a recording, in real time", _replay),
        "hang": SourceEntry("a driver that hangs, for drills", _hang),
        "a121": SourceEntry("an Acconeer A121, live", _a121, is_live=True),
        "ti": SourceEntry("a TI mmWave radar, live", _ti, is_live=True),
        "mr24": SourceEntry("a Seeed MR24, live; a hint of presence alone", _module, is_live=True),
        "mr60bha1": SourceEntry("a Seeed MR60BHA1, live; a hint of presence alone", _module, is_live=True),
        "mr60bha2": SourceEntry("a Seeed MR60BHA2, live; a hint of presence alone", _module, is_live=True),
        "ld2410": SourceEntry("an HLK-LD2410, live; a hint of presence alone", _module, is_live=True),
        "bgt60": SourceEntry("an Infineon BGT60, live, through its maker's SDK", _bgt60, is_live=True),
        "camera": SourceEntry("a camera of this machine, live", _camera, is_live=True),
        "rtsp": SourceEntry("a camera in the network, for commissioning alone", _rtsp, is_live=True),
    }
)


def entry_of(settings: Mapping[str, Any]) -> SourceEntry:
    """Return the source that a `[source]` table names.

    Raises:
        SourceError: it is unknown.
    """
    kind = str(settings.get("kind", ""))
    if kind not in SOURCES:
        raise SourceError(f"There is no source '{kind}'; there are {', '.join(SOURCES)}.")
    return SOURCES[kind]
