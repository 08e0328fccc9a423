"""The real recordings that tests judge on when they are there; they are of others and never part of the project."""

from pathlib import Path

import pytest

from edge.cases import ENVIRONMENT, recordings_dir


def recording(path: str) -> Path:
    """Return a recording by its path in the folder of recordings, or leave the test out and say why."""
    folder = recordings_dir()
    if folder is None or not (folder / path).exists():
        pytest.skip(f"recording: {path} is not here; set {ENVIRONMENT} to the folder of recordings")
    return folder / path
