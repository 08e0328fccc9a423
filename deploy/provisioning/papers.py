"""What is carried between a node and the ward's machine, and what the ward's machine writes down."""

from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from broker.logins import write_private
from broker.messages import Slug
from broker.vocabulary import Modality
from deploy.errors import ProvisioningFault

Hex = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_Pem = Annotated[str, Field(max_length=20_000, pattern=r"^-----BEGIN [A-Z ]+-----\n")]
_LARGEST = 65_536


class _Paper(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    """Of this file's form."""
    site: Slug
    """The hospital's slug."""
    ward: Slug
    """The ward's slug."""


class Asked(_Paper):
    """A node's request, made on the node; it holds no secret."""

    node_id: Slug
    """The node's name, in every topic and in its certificate."""
    modality: Modality
    """The kind of sensor."""
    public_key: Hex
    """Ed25519 key with which the node signs all that it says; the console's page asks for it."""
    request: _Pem
    """PKCS#10 request for its certificate at the broker."""
    signature: Annotated[str, Field(max_length=128)]
    """Of the node's own key over `request`: whoever asks holds both keys."""


class Answer(_Paper):
    """What the ward's machine answers; it holds no secret."""

    node_id: Slug
    """Whose."""
    certificate: _Pem
    """The node's certificate, then the authority's."""
    authority: _Pem
    """The authority's certificate: which broker the node believes."""
    broker_host: Annotated[str, Field(min_length=1, max_length=253)]
    """Where the broker is reached."""
    broker_port: Annotated[int, Field(ge=1, le=65535)]
    """TCP port."""
    console_key: Hex | None
    """Ed25519 key of the console, whose leases the node will believe; None when the ward's machine did not know it."""


class Vouched(BaseModel):
    """One certificate in the ward's register."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Slug
    """The node id, or `console` or `broker`."""
    serial: Annotated[str, Field(pattern=r"^[0-9a-f]{1,40}$")]
    """Serial number in hex digits."""
    since: AwareDatetime
    """When it was signed."""
    until: AwareDatetime
    """When it ends."""
    public_key: Hex | None = None
    """The node's signing key; None for console and broker."""
    ended_at: AwareDatetime | None = None
    """When it was taken back; None while it counts."""
    ended_why: Literal["lost", "replaced", "decommissioned", ""] = ""
    """Why it was taken back."""


class Register(_Paper):
    """All that the ward's authority has vouched for, and where its broker is."""

    broker_host: Annotated[str, Field(min_length=1, max_length=253)]
    """Name or address under which nodes reach the broker."""
    broker_port: Annotated[int, Field(ge=1, le=65535)]
    """TCP port."""
    broker_listen: Annotated[str, Field(min_length=1, max_length=64)] = "0.0.0.0"
    """Address that the broker listens on."""
    broker_account: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_-]{0,31}$")]
    """Account of this machine that the broker runs as; its files belong to it."""
    console_key: Hex | None = None
    """The console's Ed25519 key."""
    vouched: tuple[Vouched, ...] = ()
    """Every certificate ever signed, oldest first; nothing is taken out."""

    def counting(self, name: str) -> Vouched | None:
        """Return a name's newest certificate that was not taken back; None when there is none."""
        return next((one for one in reversed(self.vouched) if one.name == name and one.ended_at is None), None)

    def nodes(self) -> tuple[str, ...]:
        """Return every node with a certificate that counts, in order of name."""
        return tuple(sorted({one.name for one in self.vouched if one.public_key and one.ended_at is None}))


class Wiped(_Paper):
    """A node's last word (rule N6): that its keys are gone, signed with the key that it then destroyed."""

    node_id: Slug
    """Whose keys they were."""
    public_key: Hex
    """The signing key's public half."""
    at: AwareDatetime
    """When, by the node's clock."""
    destroyed: tuple[Annotated[str, Field(max_length=120)], ...]
    """Names of the files that were overwritten and deleted."""
    signature: Annotated[str, Field(max_length=128)]
    """Ed25519 over the canonical form of all the other fields."""


Paper = TypeVar("Paper", bound=_Paper)


def read_paper(path: Path, kind: type[Paper]) -> Paper:
    """Read one of them.

    Raises:
        ProvisioningFault: it cannot be read, is too large, or is none.
    """
    try:
        if path.stat().st_size > _LARGEST and kind is not Register:
            raise ProvisioningFault(f"{path}: is far too large for this; was it the right file?")
        return kind.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ProvisioningFault(f"{path}: {error.strerror}; give the file that the step before has written") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(one) for one in first["loc"]) or "the whole file"
        raise ProvisioningFault(f"{path}: {place}: {first['msg']}; make it again with the step before") from error


def write_paper(path: Path, paper: _Paper, mode: int = 0o644) -> None:
    """Write one; whole or not at all.

    Raises:
        OSError: it cannot be written.
    """
    write_private(path, paper.model_dump_json(indent=2) + "\n", mode)


def unsigned(paper: Wiped) -> bytes:
    """Return what a node's last word signs."""
    return paper.model_dump_json(exclude={"signature"}).encode()
