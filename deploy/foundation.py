"""What a ward stands on before its first start: its keys, and its rooms, nodes and people as the rules allow them."""

import json
from dataclasses import dataclass
from pathlib import Path

from deploy.errors import DeployError


@dataclass(frozen=True, slots=True)
class Foundation:
    """What the processes need to know of each other.

    Attributes:
        console_key: the public key that nodes trust.
        node_keys: public key by node id.
    """

    console_key: str
    node_keys: dict[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """How a ward was made at its first start.

    Attributes:
        rooms: how many rooms it has.
        demo: it has the demonstration's patients and accounts.
    """

    rooms: int
    demo: bool


def made(data: Path) -> Made | None:
    """Return how the ward of a folder was made, None when it has not been.

    Raises:
        DeployError: the folder's ward.json is not ours.
    """
    path = data / "ward.json"
    if not path.exists():
        return None
    try:
        told = json.loads(path.read_text("utf-8"))
        return Made(int(told["rooms"]), bool(told["demo"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DeployError(f"{path}: not a ward's file; choose another folder with --data") from error
