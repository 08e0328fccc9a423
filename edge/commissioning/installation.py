"""The record of an installation: what was tried in a room, with which software, and whether it passed; signed."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

import rfc8785
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from broker.durable import replace_durably
from broker.messages import Digest, Id, Signature, Slug, Version
from broker.vocabulary import Modality, Zone
from edge.commissioning.requests import Doing, Step
from edge.commissioning.steps import Figure
from edge.errors import SettingsError
from edge.trust import UNSIGNED, NodeKey, signature_holds

FILE = "installation.json"
MOST_STEPS = 400
PHANTOM_RATES_PER_MIN = (8.0, 12.0, 18.0, 25.0)
_CLOSED = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Setup(BaseModel):
    """What a step was tried with; a step says nothing of another setup.

    Attributes:
        software: version of the node's software.
        models: SHA-256 of each model file.
        zones: SHA-256 of the zones.
        noise_profile: SHA-256 of the noise profile; None before there is one.
    """

    model_config = _CLOSED

    software: Version
    models: Annotated[tuple[Digest, ...], Field(max_length=8)]
    zones: Digest
    noise_profile: Digest | None = None


class TriedStep(BaseModel):
    """One step that was tried to its end.

    Attributes:
        step: what.
        of: which of them, such as `12 a minute`, `room 7, lying` or `bed`; empty for the empty room.
        began_at: UTC.
        ended_at: UTC.
        lease_id: the commissioning lease it was tried under.
        passed: whether it passed.
        sentence: what was found, in plain words.
        figures: what was counted and measured.
        setup: what it was tried with.
    """

    model_config = _CLOSED

    step: Step
    of: Annotated[str, Field(max_length=64)]
    began_at: AwareDatetime
    ended_at: AwareDatetime
    lease_id: Id
    passed: bool
    sentence: Annotated[str, Field(max_length=400)]
    figures: Annotated[dict[str, Figure], Field(max_length=16)]
    setup: Setup


class Installation(BaseModel):
    """All that was tried in one room, in order.

    Attributes:
        kind: always `installation`; no other signed thing of a node carries it.
        node_id: the node.
        modality: its sensor.
        zones: which zones its room has.
        setup: what the node runs with now.
        steps: what was tried.
        signature: by the node's own key, over the canonical form of all other fields.
    """

    model_config = _CLOSED

    kind: Literal["installation"] = "installation"
    v: Literal[1] = 1
    node_id: Slug
    modality: Modality
    zones: Annotated[tuple[Zone, ...], Field(max_length=4)] = ()
    setup: Setup
    steps: Annotated[tuple[TriedStep, ...], Field(max_length=MOST_STEPS)] = ()
    signature: Signature = UNSIGNED

    def signed(self, key: NodeKey) -> Self:
        """Return it with the node's signature."""
        return self.model_copy(update={"signature": key.sign_installation(self._content())})

    def is_signed_by(self, public_hex: str) -> bool:
        """Return whether a node's key signed exactly this."""
        return signature_holds(public_hex, self._content(), self.signature)

    def wanted(self) -> list[tuple[Step, str]]:
        """Return what rule N3 wants tried in this room; the neighbours beside those that were tried are not known."""
        spaces = sorted({one.of.rpartition(", ")[0] for one in self.steps if one.step is Step.NEIGHBOUR})
        # A noise profile is of a radar's ranges; a camera's room is drawn instead (rule P3).
        first = Step.DRAW if self.modality is Modality.CAMERA else Step.EMPTY
        return [
            (first, ""),
            *((Step.PHANTOM, f"{rate:g} a minute") for rate in PHANTOM_RATES_PER_MIN),
            *((Step.WALK, str(zone)) for zone in (Zone.BED, Zone.DOOR, Zone.ENSUITE) if zone in self.zones),
            *((Step.NEIGHBOUR, f"{space}, {doing}") for space in spaces or ["an adjoining space"] for doing in Doing),
        ]

    def newest(self, step: Step, of: str) -> TriedStep | None:
        """Return the last time that a step was tried; None when it never was."""
        return next((one for one in reversed(self.steps) if one.step is step and one.of == of), None)

    def is_of_now(self, tried: TriedStep) -> bool:
        """Return whether a step was tried with what the node runs with now."""
        return tried.setup == self.setup

    @property
    def is_whole(self) -> bool:
        """Return whether all that rule N3 wants of a sensor has passed, with what the node runs with now."""
        newest = [self.newest(step, of) for step, of in self.wanted()]
        return all(one is not None and one.passed and self.is_of_now(one) for one in newest)

    def _content(self) -> bytes:
        return rfc8785.dumps(self.model_dump(mode="json", exclude={"signature"}))


class InstallationBook:
    """Keeps the record in the node's data folder.

    Attributes:
        fault: why nothing can be added, in words; None when all is well.
    """

    def __init__(self, data_dir: Path, empty: Installation, key: NodeKey) -> None:
        """Read what is there.

        Args:
            data_dir: the node's own folder.
            empty: what a record without a step says of this node now.
            key: signs.
        """
        self._path = data_dir / FILE
        self._key = key
        self._kept = empty
        self.fault: str | None = None
        try:
            old = read_installation(self._path)
        except FileNotFoundError:
            return
        except SettingsError as error:
            self.fault = str(error)
            return
        self._kept = empty.model_copy(update={"steps": old.steps})
        if not old.is_signed_by(key.public_hex):
            self.fault = (
                f"{self._path}: was changed by hand or comes from another node; move it away, keep it, and try the "
                "room again"
            )
        elif len(old.steps) >= MOST_STEPS:
            self.fault = f"{self._path}: holds {MOST_STEPS} steps; keep it elsewhere, move it away, and start anew"

    @property
    def kept(self) -> Installation:
        """Return the record as it stands."""
        return self._kept

    def know_profile(self, digest: Digest) -> None:
        """Take note of another noise profile; it is kept with the next step."""
        setup = self._kept.setup.model_copy(update={"noise_profile": digest})
        self._kept = self._kept.model_copy(update={"setup": setup})

    def know_zones(self, zones: tuple[Zone, ...], digest: Digest) -> None:
        """Take note of other zones; they are kept with the next step."""
        setup = self._kept.setup.model_copy(update={"zones": digest})
        self._kept = self._kept.model_copy(update={"setup": setup, "zones": zones})

    def add(self, tried: TriedStep) -> None:
        """Keep one more step, signed.

        Raises:
            OSError: the disk refuses; what was kept still stands.
        """
        fresh = self._kept.model_copy(update={"steps": (*self._kept.steps, tried)}).signed(self._key)
        replace_durably(self._path, fresh.model_dump_json(indent=1).encode())
        self._kept = fresh


def read_installation(path: Path) -> Installation:
    """Read a record.

    Raises:
        FileNotFoundError: there is none.
        SettingsError: it cannot be read as one.
    """
    try:
        return Installation.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        raise
    except (OSError, ValidationError) as error:
        raise SettingsError(
            f"{path}: not the record of an installation ({type(error).__name__}); move it away, keep it, and try the "
            "room again"
        ) from error


def digest_of_zones(rows: Iterable[object]) -> Digest:
    """Return the SHA-256 of a room's zones."""
    return hashlib.sha256(json.dumps(list(rows), sort_keys=True).encode()).hexdigest()
