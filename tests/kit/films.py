"""Simulated films for tests, and what the shipped estimator makes of them."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from edge.camera.blocks import BlockWindow
from edge.estimates import Estimate
from edge.evaluation import estimates_of
from edge.frames import Frame
from edge.scores.filmed import frames_of
from edge.scores.simulated import HeldFrames
from edge.zones import Zones
from models.simulator.camera import film, scene_named
from tests.kit.sleeper import model, new_estimator


@cache
def pictures(name: str, seed: int, seconds: float) -> tuple[Frame, ...]:
    return tuple(frames_of(film(scene_named(name, seed, seconds))))


def watch_film(name: str, seed: int, seconds: float, **changes: Any) -> list[Estimate]:
    frames = frames_of(film(scene_named(name, seed, seconds, **changes)))
    return watch_pictures(frames)


def watch_pictures(frames: Sequence[Frame]) -> list[Estimate]:
    return list(estimates_of(HeldFrames(frames), new_estimator(Zones())))


def window_of(frames: Sequence[Frame]) -> BlockWindow:
    window = BlockWindow(model("blocks-v1"))
    for frame in frames:
        window.add(frame)
    return window
