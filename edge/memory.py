"""What a node must not forget over a restart: the highest lease serial, a pause in the room, an open sensor."""

import json
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from broker.durable import replace_durably


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was kept.

    Attributes:
        serial: highest lease serial ever accepted; 0 before the first.
        paused_until: end of the pause pressed in the room; None when none.
        open_under: lease under which the sensor was open when last heard of; None when it was closed.
    """

    serial: int = 0
    paused_until: datetime | None = None
    open_under: str | None = None


class _File(BaseModel):
    """The file's content, closed and bounded."""

    model_config = ConfigDict(extra="forbid")

    serial: int = Field(ge=0, le=2**53 - 1)
    paused_until: AwareDatetime | None = None
    open_under: str | None = Field(default=None, pattern=r"^[0-9a-f]{32}$")


class GateMemory:
    """One small file, replaced as a whole and on the disk before anything acts on it.

    Attributes:
        fault: why nothing can be remembered, in words; None when all is well. A fault keeps the gate closed.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.fault: str | None = None
        self._kept = Remembered()
        try:
            told = _File.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            return
        except (OSError, ValidationError) as error:
            sort = type(error).__name__
            self.fault = (
                f"{path}: cannot be read as the gate's memory ({sort}), so a withdrawn lease could not be told "
                "from a new one; the sensor stays closed. Move the file away, then start the node again"
            )
            return
        self._kept = Remembered(told.serial, told.paused_until, told.open_under)

    @property
    def kept(self) -> Remembered:
        """Return what is on the disk."""
        return self._kept

    def keep_serial(self, serial: int) -> bool:
        """Keep a lease's serial; see `_keep`."""
        return self._keep(replace(self._kept, serial=serial))

    def keep_pause(self, until: datetime | None) -> bool:
        """Keep the end of a pause; see `_keep`."""
        return self._keep(replace(self._kept, paused_until=until))

    def keep_open_under(self, lease_id: str | None) -> bool:
        """Keep whether the sensor is open, and under which lease; see `_keep`."""
        return self._keep(replace(self._kept, open_under=lease_id))

    def _keep(self, wanted: Remembered) -> bool:
        """Put it on the disk.

        Returns:
            True once it is durable; False when the disk refused, and then the old content still stands.
        """
        if self.fault is not None:
            return False
        if wanted == self._kept:
            return True
        told = {
            "serial": wanted.serial,
            "paused_until": wanted.paused_until.isoformat() if wanted.paused_until else None,
            "open_under": wanted.open_under,
        }
        try:
            replace_durably(self._path, json.dumps(told).encode())
        except OSError:
            return False
        self._kept = wanted
        return True
