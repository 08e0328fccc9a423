"""How far one part of a drill has come: kept after each step, so that a part that was cut off goes on."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from broker.durable import replace_durably
from deploy.errors import DeployError


class PartFile:
    """The file of one part's folder.

    Attributes:
        path: where it lies.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.path = folder / f"{name}.json"

    def begin(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Return where the part stands: empty at its beginning.

        Args:
            wanted: what was asked for; with another wish it is another part.

        Raises:
            DeployError: the folder holds a part that was asked for otherwise.
        """
        if not self.path.exists():
            return {}
        told: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
        if told["wanted"] != dict(wanted):
            kept = ", ".join(f"{name} {value}" for name, value in told["wanted"].items())
            raise DeployError(f"{self.path}: another drill ({kept}); remove its folder, or choose another with --data")
        return told

    def keep(self, wanted: Mapping[str, Any], told: Mapping[str, Any]) -> None:
        """Keep where it stands."""
        replace_durably(self.path, json.dumps({**told, "wanted": dict(wanted)}, indent=1).encode())
