"""What an engineer at the node's machine asks of the running node and is told, as files in the node's data folder.

The node has no listening socket, so a request is a file that appears, as a press of the pause control is. It can open
nothing: outside a commissioning lease the node answers it with a refusal.
"""

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from broker.durable import replace_durably
from broker.messages import Id
from broker.vocabulary import Zone

_CLOSED = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
FOLDER = "room-check"
MAX_BYTES = 4096

Space = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9 -]{0,31}$")]
"""An adjoining room, corridor or floor, such as `room 7` or `floor above`; never anybody's name."""


class Step(StrEnum):
    """One thing that is tried in a room (rule N3)."""

    EMPTY = "empty"
    PHANTOM = "phantom"
    NEIGHBOUR = "neighbour"
    WALK = "walk"
    DRAW = "draw"
    """A camera's view is drawn by the engineer; beside rule N3, rule P3."""
    STOP = "stop"


class Doing(StrEnum):
    """What the person in the adjoining space does (rule N3: both are tried)."""

    LYING = "lying"
    WALKING = "walking"


class Request(BaseModel):
    """One step that the engineer wants tried now.

    Attributes:
        request_id: random; the answer carries it.
        step: what; `stop` ends what is being tried.
        seconds: [s] of listening, for `empty`.
        rate_per_min: [1/min] at which the phantom is set, for `phantom`.
        space: the adjoining space, for `neighbour`.
        doing: what the person there does, for `neighbour`.
        zone: where the engineer goes, for `walk`.
    """

    model_config = _CLOSED

    request_id: Id
    step: Step
    seconds: Annotated[float, Field(ge=120, le=600)] = 180.0
    rate_per_min: Annotated[float, Field(ge=6, le=40)] | None = None
    space: Space | None = None
    doing: Doing | None = None
    zone: Zone | None = None

    @model_validator(mode="after")
    def _says_what_its_step_needs(self) -> Self:
        told = (self.rate_per_min is not None, self.space is not None and self.doing is not None, self.zone is not None)
        if told != (self.step is Step.PHANTOM, self.step is Step.NEIGHBOUR, self.step is Step.WALK):
            raise ValueError("a phantom needs its rate, a neighbour a space and what they do, a walk a zone")
        return self


class Standing(StrEnum):
    """How far a request has come."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    REFUSED = "refused"
    """Nothing was tried; the sentence says what is in the way."""
    NOT_HERE = "not_here"
    """This room has no such zone, so there is nothing to try."""
    STOPPED = "stopped"
    """It was broken off: nothing was found."""


class Progress(BaseModel):
    """The node's answer, written anew each second while it works.

    Attributes:
        request_id: of the request it answers.
        at: UTC.
        standing: how far it has come.
        sentence: in plain words, for the engineer.
        share: 0..1, how much of it is done.
    """

    model_config = _CLOSED

    request_id: Id
    at: AwareDatetime
    standing: Standing
    sentence: Annotated[str, Field(max_length=400)]
    share: Annotated[float, Field(ge=0, le=1)] = 0.0


class RequestDesk:
    """The node's side of the two files."""

    def __init__(self, data_dir: Path) -> None:
        """Clear away what an earlier start left: an old request is no request.

        Args:
            data_dir: the node's own folder; must exist.

        Raises:
            OSError: the folder cannot be written.
        """
        folder = data_dir / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        self._request, self._progress = folder / "request.json", folder / "progress.json"
        self._request.unlink(missing_ok=True)
        self._progress.unlink(missing_ok=True)

    def take(self) -> Request | None:
        """Return a request that has come and take its file away; None when there is none.

        Raises:
            ValueError: it is not one of ours; its file is gone all the same.
            OSError: it cannot be read or taken away.
        """
        try:
            with self._request.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
        except FileNotFoundError:
            return None
        self._request.unlink()
        try:
            return Request.model_validate_json(raw)
        except ValidationError as error:
            raise ValueError(f"a request that is not one of ours ({error.error_count()} faults)") from error

    def tell(self, progress: Progress) -> None:
        """Put an answer down.

        Raises:
            OSError: the disk refuses.
        """
        replace_durably(self._progress, progress.model_dump_json().encode())


class EngineerDesk:
    """The engineer's side of the two files."""

    def __init__(self, data_dir: Path) -> None:
        folder = data_dir / FOLDER
        self._request, self._progress = folder / "request.json", folder / "progress.json"

    @property
    def exists(self) -> bool:
        """Return whether a node has ever run on this folder."""
        return self._request.parent.is_dir()

    def ask(self, request: Request) -> None:
        """Put a request down.

        Raises:
            OSError: the folder cannot be written.
        """
        replace_durably(self._request, request.model_dump_json().encode())

    def answer(self, request: Request) -> Progress | None:
        """Return the node's newest answer to this request; None while there is none."""
        try:
            told = Progress.model_validate_json(self._progress.read_bytes())
        except (OSError, ValidationError):
            return None
        return told if told.request_id == request.request_id else None

    def was_taken(self) -> bool:
        """Return whether the node has taken the request."""
        return not self._request.exists()

    def take_back(self) -> None:
        """Take a request away that no node took."""
        self._request.unlink(missing_ok=True)
