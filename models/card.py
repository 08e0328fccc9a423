"""Read the card beside a model file and check that the file is the one it describes."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import CardError, HashMismatch

MODELS_DIR = Path(__file__).parent
REQUIRED = ("name", "file", "sha256", "licence", "recipe", "data", "inputs", "outputs", "judged", "limits")


@dataclass(frozen=True)
class Port:
    """One input or output of a model."""

    name: str
    """The tensor's name in the file."""
    shape: tuple[str, ...]
    """Named or numeric axes, in order."""
    unit: str
    """The unit of its numbers, or 'none'."""
    meaning: str
    """What it holds, in one sentence."""


@dataclass(frozen=True)
class Card:
    """What a model is, where it came from and how far it may be trusted."""

    name: str
    """The model's name and version, such as 'vitals-v1'."""
    path: Path
    """The model file."""
    sha256: str
    """Hex digest of the model file."""
    licence: str
    """SPDX licence of the file."""
    recipe: str
    """The module that rebuilds the file."""
    data: str
    """What the model learned from; 'none' for classical graphs."""
    inputs: tuple[Port, ...]
    """In calling order."""
    outputs: tuple[Port, ...]
    """In the file's order."""
    judged: Mapping[str, Any]
    """Accuracy and coverage, with how they were measured."""
    limits: tuple[str, ...]
    """What the model must not be used for, or cannot see."""


def _ports(rows: list[dict[str, Any]]) -> tuple[Port, ...]:
    return tuple(Port(r["name"], tuple(map(str, r["shape"])), r["unit"], r["meaning"]) for r in rows)


def read_card(path: Path) -> Card:
    """Read one card.

    Raises:
        CardError: the file is missing, is not TOML, or lacks a required entry.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise CardError(f"The model card {path.name} cannot be read: {error}.") from error
    missing = [key for key in REQUIRED if key not in table]
    if missing:
        raise CardError(f"The model card {path.name} lacks {', '.join(missing)}.")
    try:
        return Card(
            name=table["name"],
            path=path.with_name(table["file"]),
            sha256=table["sha256"],
            licence=table["licence"],
            recipe=table["recipe"],
            data=table["data"],
            inputs=_ports(table["inputs"]),
            outputs=_ports(table["outputs"]),
            judged=table["judged"],
            limits=tuple(table["limits"]),
        )
    except (KeyError, TypeError) as error:
        raise CardError(f"The model card {path.name} has an incomplete entry: {error}.") from error


def digest(path: Path) -> str:
    """Return the hex SHA-256 of a file.

    Raises:
        CardError: the file cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise CardError(f"The model file {path.name} cannot be read: {error}.") from error


def verify_card(card: Card) -> None:
    """Check that the model file is the one that the card describes.

    Raises:
        CardError: the model file cannot be read.
        HashMismatch: its SHA-256 is another.
    """
    found = digest(card.path)
    if found != card.sha256:
        raise HashMismatch(
            f"The model file {card.path.name} is not the one its card describes "
            f"(found {found[:12]}, card says {card.sha256[:12]}); it is not used."
        )


def card_paths(folder: Path = MODELS_DIR) -> list[Path]:
    """List the cards in a folder, by name."""
    return sorted(folder.glob("*.toml"))
