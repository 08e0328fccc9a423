"""The `[provider]` table: the hospital's own sign-in, and which of its groups is which role on which ward (rule X6)."""

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, model_validator

from broker.configuration import CLOSED
from broker.messages import Slug
from console.roles import Role

_Name = Annotated[str, Field(min_length=1, max_length=200)]
_NOBODY = frozenset({Role.PATIENT, Role.SYSTEM})
_OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


class GroupGrant(BaseModel):
    """One `[[provider.grants]]`: a group of the hospital's, as a role on wards."""

    model_config = CLOSED

    group: _Name
    """The group, as the provider writes it into its claim."""
    role: Role
    """What its members are here; never a patient."""
    wards: tuple[Slug, ...]
    """On which wards; a console passes over grants of other wards, so that a trust can give one table to all."""

    @model_validator(mode="after")
    def _names_staff_of_a_ward(self) -> Self:
        if self.role in _NOBODY:
            raise ValueError(f'`role = "{self.role}"` is no role of staff; choose another')
        if not self.wards:
            raise ValueError("`wards` names at least one ward: a group is never a role on all of them")
        return self


class ProviderSettings(BaseModel):
    """The `[provider]` table: OpenID Connect sign-in beside local accounts."""

    model_config = CLOSED

    issuer: Annotated[str, Field(pattern=r"^https?://[^\s?#]+[^\s?#/]$", max_length=300)]
    """The provider's name, an https address without a slash at its end, exactly as its tokens say it."""
    client_id: _Name
    """This console's name at the provider."""
    client_secret_file: Path | None = None
    """File with this console's secret there, mode 0600; none for a public client, which the code challenge protects."""
    ca_file: Path | None = None
    """CA certificate of the provider (PEM) where it is the hospital's own; none for those that the machine trusts."""
    scopes: tuple[_Name, ...] = ("openid", "profile")
    """What is asked for; add what the provider needs to send the groups."""
    groups_claim: _Name = "groups"
    """The claim of the ID token that lists a person's groups."""
    grants: tuple[GroupGrant, ...] = Field(min_length=1)
    """Groups that come in; the first that somebody is in counts. Governance approves them before anybody does."""
    strong_amr: tuple[_Name, ...] = ("mfa",)
    """Values of `amr` that say that more than a password was asked for; needed of whoever administers or audits."""
    session_h: float = Field(default=8.0, ge=1.0, le=12.0)
    """[h] after which the provider is asked again; longer asks less often and notices later that somebody left."""
    vouched_h: float = Field(default=16.0, ge=1.0, le=48.0)
    """[h] for which a passkey of somebody opens after the provider last vouched for them, also while it is away."""
    skew_s: int = Field(default=60, ge=0, le=120)
    """[s] by which the provider's clock may be ahead of or behind this one."""
    timeout_s: float = Field(default=5.0, ge=0.5, le=15.0)
    """[s] after which the provider counts as away; longer keeps people waiting before they use another way in."""

    @model_validator(mode="after")
    def _is_not_overheard(self) -> Self:
        told = urlsplit(self.issuer)
        if told.scheme != "https" and told.hostname not in _OWN_MACHINE:
            raise ValueError("`issuer` begins with https, since what it says lets people in")
        if "openid" not in self.scopes:
            raise ValueError('`scopes` holds "openid"')
        return self

    def role_of(self, groups: tuple[str, ...], ward: str) -> Role | None:
        """Return what somebody in these groups is on a ward; None when they do not come in there."""
        return next((one.role for one in self.grants if one.group in groups and ward in one.wards), None)

    def digest_for(self, ward: str) -> str:
        """Return what governance approves for a ward, as 32 hex digits: another issuer or grant is another one."""
        grants = [[one.group, one.role.value] for one in self.grants if ward in one.wards]
        told = [self.issuer, self.client_id, self.groups_claim, grants, list(self.strong_amr), ward]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]

    @property
    def session_lasts(self) -> timedelta:
        """Return how long a session by this door lasts."""
        return timedelta(hours=self.session_h)

    @property
    def vouched_for(self) -> timedelta:
        """Return for how long a word of the provider opens other doors."""
        return timedelta(hours=self.vouched_h)
