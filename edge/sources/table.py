"""All sources by name: what a node's `[source] kind` may say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from edge.errors import SourceError
from edge.frames import FrameSource


@dataclass(frozen=True)
class SourceEntry:
    """One kind of source."""

    meaning: str
    """In a few words."""
    open: Callable[[Mapping[str, Any]], FrameSource]
    """Opens it from the `[source]` table of a node's settings."""


def _part(module: str, name: str) -> Any:
    """Load a source's own module only when it is asked for: each brings its driver, which others may lack."""
    return getattr(import_module(f"edge.sources.{module}"), name)


def _synthetic(settings: Mapping[str, Any]) -> FrameSource:
    room: FrameSource = _part("synthetic", "SyntheticRoom")(
        int(settings.get("seed", 1)), str(settings.get("scenario", "night"))
    )
    return room


def _replay(settings: Mapping[str, Any]) -> FrameSource:
    file = settings.get("file")
    if not file:
        raise SourceError("A replay needs the name of a recording: [source] file.")
    config = settings.get("config")
    recording: FrameSource = _part("formats", "open_recording")(
        Path(file), loop=bool(settings.get("loop", False)), config=Path(config) if config else None
    )
    return recording


def _hang(_settings: Mapping[str, Any]) -> FrameSource:
    source: FrameSource = _part("hanging", "HangingSource")()
    return source


SOURCES: Mapping[str, SourceEntry] = MappingProxyType(
    {
        "synthetic": SourceEntry("a simulated radar in a simulated room", _synthetic),
        "replay": SourceEntry("a recording, in real time", _replay),
        "hang": SourceEntry("a driver that hangs, for drills", _hang),
    }
)


def open_source(settings: Mapping[str, Any]) -> FrameSource:
    """Open the source that a `[source]` table names.

    Raises:
        SourceError: it is unknown or cannot be opened.
    """
    kind = str(settings.get("kind", ""))
    if kind not in SOURCES:
        raise SourceError(f"There is no source '{kind}'; there are {', '.join(SOURCES)}.")
    return SOURCES[kind].open(settings)
