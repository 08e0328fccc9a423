"""What one ward console is told before it starts: one TOML file, plus `HUSHWARD_CONSOLE_*` from the environment."""

import ipaddress
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, Field, field_validator, model_validator

from broker.configuration import CLOSED, BrokerSettings
from broker.messages import Slug
from broker.vocabulary import Context
from console.roles import Role
from console.signing_in.provider_settings import ProviderSettings

_EVERY_ADDRESS = ("0.0.0.0", "::")
_Told = Annotated[str, Field(min_length=3, max_length=200)]


class EvaluationSettings(BaseModel):
    """The `[evaluation]` table: the named study without which no number is shown (rule A11)."""

    model_config = CLOSED

    reference: _Told
    """Reference of the study or service evaluation."""
    sponsor: _Told
    """Who sponsors it."""
    ends_on: date
    """Last day of it; from the next day on the console refuses to start in this context."""


class ClinicalSettings(BaseModel):
    """The `[clinical]` table: what a medical device needs before its numbers are shown (rule A11)."""

    model_config = CLOSED

    manufacturer: _Told
    """The legal manufacturer."""
    intended_purpose: _Told
    """The intended purpose, in the manufacturer's words."""
    conformity_reference: _Told
    """Reference of the declaration of conformity."""
    hazard_version: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$")]
    """Version of the hazard log that the clinical safety officer signed."""
    hazard_signed_by: _Told
    """The clinical safety officer who signed it."""
    hazard_signed_on: date
    """The day of that signature."""
    safety_signature: Path | None = None
    """The signature that `hushward safety sign` wrote; without it the console does not start in this context."""
    safety_officer_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """Public key of the clinical safety officer, 64 hex digits."""


class ContactSettings(BaseModel):
    """The `[contacts]` table: whom a patient can turn to outside the ward; printed on cards and shown on their page."""

    model_config = CLOSED

    advocate: Annotated[str, Field(max_length=120)] = ""
    """The advocate's name and number; empty leaves a line to write on."""
    pals: Annotated[str, Field(max_length=120)] = ""
    """The hospital's PALS: number or address; empty leaves it to whoever is asked."""


class TrustPolicySettings(BaseModel):
    """The `[policy]` table: the trust's own values for parameters of the rule book, and whose signatures count."""

    model_config = CLOSED

    file: Path
    """The policy file; its signatures lie beside it. `hushward rules policy check` says whether it would be taken."""
    signers: dict[Role, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]]
    """Public key of each role that signs; `hushward rules policy key` makes one."""


class TracingSettings(BaseModel):
    """The `[tracing]` table: the hospital's collector of traces; without it nothing is timed and nothing is sent."""

    model_config = CLOSED

    endpoint: Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/-]*)?$", max_length=200)]
    """Base address of its OTLP/HTTP receiver, such as `https://traces.example:4318`; `/v1/traces` is added. Another
    machine's needs https."""
    ca_file: Path | None = None
    """Authority of its certificate (PEM); None for those the machine knows."""

    @field_validator("endpoint")
    @classmethod
    def _other_machines_need_tls(cls, endpoint: str) -> str:
        if endpoint.startswith("http://") and not is_loopback(urlsplit(endpoint).hostname or ""):
            raise ValueError("a collector on another machine needs an address that begins with https://")
        return endpoint


class ConsoleSettings(BaseModel):
    """Everything a console is told; whom it may sense is not here, for that comes from consents alone."""

    model_config = CLOSED

    site: Slug
    """The hospital, as in every topic and in the audit log's origin."""
    ward: Slug
    """The ward, as in every topic and in the audit log's origin."""
    data_dir: Path
    """The console's own folder: its keys and, with SQLite, its database."""
    database_url: Annotated[str, Field(pattern=r"^(sqlite:///|postgresql\+psycopg://).+")] | None = None
    """None: SQLite in `data_dir`/console.db. `postgresql+psycopg://...` for a trust; passwords belong in PGPASSFILE."""
    host: Annotated[str, Field(min_length=1, max_length=253)] = "127.0.0.1"
    """Address to serve on; any but this machine's own needs `tls_certificate` and `tls_key`."""
    port: int = Field(default=8800, ge=1, le=65535)
    """TCP port to serve on."""
    public_names: tuple[Annotated[str, Field(pattern=r"^[0-9A-Za-z:][0-9A-Za-z.:-]{0,252}$")], ...] = ()
    """Names and addresses under which browsers may reach it; other names are not answered, so that no link can be made
    to lead elsewhere. Without any, those of `tls_certificate`, and this machine's own."""
    tls_certificate: Path | None = None
    """Server certificate with its chain (PEM); `hushward console cert` makes one."""
    tls_key: Path | None = None
    """The key of `tls_certificate`, mode 0600."""
    timezone: str = "Europe/London"
    """IANA name of the ward's time; granted hours and everything on screen are in it, everything stored is in UTC."""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")] = "en"
    """Language of a screen whose reader has not chosen one."""
    context: Context = Context.DEMONSTRATION
    """demonstration, evaluation or clinical (rule A11); anything but a sensor is refused outside `demonstration`."""
    evaluation: EvaluationSettings | None = None
    """Given exactly when `context = "evaluation"`."""
    clinical: ClinicalSettings | None = None
    """Given exactly when `context = "clinical"`."""
    contacts: ContactSettings = ContactSettings()
    """Whom a patient can turn to outside the ward."""
    broker: BrokerSettings = BrokerSettings()
    """How the broker is reached."""
    node_register: Path | None = None
    """`register.json` of the ward's authority, or a copy of it: the fleet page then tells when certificates end."""
    provider: ProviderSettings | None = None
    """Given when people come in by the hospital's own sign-in too."""
    tracing: TracingSettings | None = None
    """Given when the hospital collects traces: how long steps take, and nothing of anybody."""
    policy: TrustPolicySettings | None = None
    """Given when the trust has a policy of its own; without it the book's own values stand."""
    clock_file: Path | None = None
    """The shared clock of a demonstration ward; refused in every other context."""

    @field_validator("timezone")
    @classmethod
    def _is_a_timezone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(f'"{name}" is not an IANA time zone such as "Europe/London"') from error
        return name

    @model_validator(mode="after")
    def _other_machines_need_tls(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("`tls_certificate` and `tls_key` are given together")
        if self.tls_certificate is None and not is_loopback(self.host):
            raise ValueError(
                f'`host = "{self.host}"` can be reached by other machines and so needs `tls_certificate` and '
                "`tls_key`; `hushward console cert` makes them"
            )
        return self

    @model_validator(mode="after")
    def _no_context_is_inferred(self) -> Self:
        for context, table in ((Context.EVALUATION, self.evaluation), (Context.CLINICAL, self.clinical)):
            if (self.context is context) != (table is not None):
                raise ValueError(f'a `[{context}]` table is given exactly when `context = "{context}"` (rule A11)')
        if self.clock_file is not None and self.context is not Context.DEMONSTRATION:
            raise ValueError('`clock_file` needs `context = "demonstration"`: elsewhere time is the machine\'s own')
        return self

    @property
    def url(self) -> str:
        """Return the database's address."""
        return self.database_url or f"sqlite:///{self.data_dir / 'console.db'}"

    @property
    def keys_dir(self) -> Path:
        """Return where the console's keys lie, outside any database."""
        return self.data_dir / "keys"

    @property
    def head_file(self) -> Path:
        """Return where the audit log's newest head is kept outside the database."""
        return self.data_dir / "audit-head.jsonl"

    @property
    def password_path(self) -> Path | None:
        """Return where the broker's password is, None when there is none."""
        file = self.broker.password_file
        return None if file is None else self.data_dir / file

    @property
    def zone(self) -> ZoneInfo:
        """Return the ward's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def names(self) -> tuple[str, ...]:
        """Return the host names that browsers may use, as in an address; the first is the one for links."""
        told = (*self.public_names, self.host, "127.0.0.1", "localhost", "::1")
        shown = (f"[{name}]" if ":" in name else name.lower() for name in told if name not in _EVERY_ADDRESS)
        return tuple(dict.fromkeys(shown))

    @property
    def is_secure(self) -> bool:
        """Return whether the console serves HTTPS."""
        return self.tls_certificate is not None

    def context_fault(self, today: date) -> str | None:
        """Return why the context may not be used on a day, or None when it may."""
        if self.evaluation is not None and today > self.evaluation.ends_on:
            return f"the evaluation ended on {self.evaluation.ends_on}: no numbers may be shown any more (rule A11)"
        if self.clinical is not None and today < self.clinical.hazard_signed_on:
            return "`clinical.hazard_signed_on` lies in the future (rule A11)"
        return None


def is_loopback(host: str) -> bool:
    """Return whether only this machine reaches an address."""
    if re.fullmatch(r"localhost|localhost\.localdomain", host):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
