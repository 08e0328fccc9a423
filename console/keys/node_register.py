"""When the certificates of the nodes end, by the register of the ward's authority, where this console was given it."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ValidationError

from console.errors import SettingsError


class _Vouched(BaseModel):
    """One certificate; what else the register says of it is not this console's business."""

    name: str
    until: AwareDatetime
    ended_at: AwareDatetime | None = None


class _Register(BaseModel):
    vouched: tuple[_Vouched, ...] = ()


def ends_of(file: Path | None) -> Mapping[str, datetime]:
    """Return when each node's newest certificate ends, by node.

    Args:
        file: `register.json` of the ward's authority, or a copy of it; None when this console was not given it.

    Returns:
        Empty without a file. Certificates that were taken back do not count.

    Raises:
        SettingsError: the file cannot be read as a register.
    """
    if file is None:
        return {}
    try:
        told = _Register.model_validate(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise SettingsError(
            f"{file}: cannot be read as the register of the ward's authority ({type(error).__name__}); copy "
            "register.json there again, readable by this console, or take `node_register` out"
        ) from error
    ends: dict[str, datetime] = {}
    for one in told.vouched:
        if one.ended_at is None:
            ends[one.name] = max(one.until, ends.get(one.name, one.until))
    return ends
