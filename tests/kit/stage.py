"""One application for many hand-made wards, one after the other: building its pages takes a third of a second."""

from functools import lru_cache
from typing import Any

from fastapi import FastAPI

from console.app import create_app


class Stage:
    """Stands where the application expects its ward, and passes every question to the ward that plays now."""

    def __init__(self) -> None:
        self.playing: Any = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.playing, name) if self.playing else _Part(self, name)


class _Part:
    """What the application took from its ward while it was built: the playing ward's own, whenever it is asked."""

    def __init__(self, stage: Stage, name: str) -> None:
        self._stage, self._name = stage, name

    def __getattr__(self, name: str) -> Any:
        return getattr(getattr(self._stage.playing, self._name), name)


@lru_cache(maxsize=1)
def _house() -> tuple[Stage, list[FastAPI]]:
    return Stage(), []


def application_playing(ward: Any, settings: Any) -> FastAPI:
    """Return the one application, with `ward` on its stage: the ward that played before is no longer asked.

    Args:
        ward: hand-made; whoever needs an application of their own keys or settings builds one.
        settings: the usual ones; the application keeps its keys in the folder of its first caller.
    """
    stage, built = _house()
    if not built:
        built.append(create_app(stage, settings))  # type: ignore[arg-type]
    stage.playing = ward
    return built[0]
