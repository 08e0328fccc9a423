"""What was answered so far, on the node's own disk, so that a first start can be cut anywhere and begun again."""

from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from broker.durable import replace_durably
from broker.messages import Slug
from broker.vocabulary import Modality
from deploy.errors import FirstBootFault

FILE = "first-boot.json"


class Kept(BaseModel):
    """The answers, and which steps are done; it holds no secret."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    done: tuple[str, ...] = ()
    """Names of the steps that are done."""
    site: Slug | None = None
    """The hospital's slug."""
    ward: Slug | None = None
    """The ward's slug."""
    node_id: Slug | None = None
    """The node's name."""
    modality: Modality = Modality.RADAR
    """The kind of sensor."""
    console: Annotated[str, Field(pattern=r"^https?://\S+$", max_length=200)] | None = None
    """The console's address, as in a browser."""
    source: dict[str, Any] = {}
    """The `[source]` table."""
    lamp: dict[str, Any] = {}
    """The `[lamp]` table."""
    pause: dict[str, Any] = {}
    """The `[pause]` table."""
    illuminator: dict[str, Any] = {}
    """The `[illuminator]` table."""
    papers: Path | None = None
    """Where request and answer are carried."""


def read_kept(folder: Path) -> Kept:
    """Read the answers; none when there are none yet.

    Raises:
        FirstBootFault: the file is not what it was written as.
        OSError: the folder may not be looked at.
    """
    file = folder / FILE
    try:
        return Kept.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return Kept()
    except ValidationError as error:
        raise FirstBootFault(f"{file}: was changed or cut; begin anew with --again") from error


def keep(folder: Path, kept: Kept) -> None:
    """Write the answers; whole or not at all.

    Raises:
        OSError: the disk refused.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_durably(folder / FILE, kept.model_dump_json(indent=2).encode())
