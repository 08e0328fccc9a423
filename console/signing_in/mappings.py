"""Which groups of the hospital come in: without governance's approval of exactly these, nobody does (rule X6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission, Request, may
from console.rules.decision import Decision
from console.showing.views import Words
from console.signing_in.provider_settings import GroupGrant, ProviderSettings
from console.store import audit_rows
from console.store.database import Tx

APPROVED, WITHDRAWN = "signin:mapping:approved", "signin:mapping:withdrawn"


@dataclass(frozen=True, slots=True)
class MappingView:
    """What stands in the settings, for whoever approves it.

    Attributes:
        issuer: the hospital's sign-in.
        grants: of this ward, in their order.
        digest: what is approved, 32 hex digits.
        approved_at: when it was; None while it is not.
    """

    issuer: str
    grants: Sequence[GroupGrant]
    digest: str
    approved_at: datetime | None


class Mappings:
    """What governance says about the groups of the hospital's sign-in."""

    def __init__(self, office: Office, settings: ProviderSettings | None) -> None:
        self._office = office
        self._settings = settings

    def view(self, actor: Actor) -> MappingView | Decision | None:
        """Return what there is to approve; None where the hospital's sign-in is not connected."""
        permitted = may(Request(actor.role, Permission.MAPPING_APPROVE), self._office.policy)
        if not permitted or self._settings is None:
            return None if permitted else permitted
        settings, digest = self._settings, self._settings.digest_for(self._office.ward)
        at = self._office.store.read(lambda tx: _approved_at(tx, digest))
        mine = tuple(one for one in settings.grants if self._office.ward in one.wards)
        return MappingView(settings.issuer, mine, digest, at)

    def approve(self, actor: Actor, digest: str) -> Decision:
        """Approve exactly what was shown; another one that came into the settings since is not."""

        def work(_tx: Tx) -> Done:
            policy = self._office.policy
            if self._settings is None or digest != self._settings.digest_for(self._office.ward):
                return Done(policy.deny("X6", reason=Words("The settings have changed. Look at them again.")))
            words = Words("Approved: people in these groups come in with the hospital's sign-in.")
            return Done(policy.allow("X6", reason=words), f"mapping:{digest}")

        return self._office.run(actor, Permission.MAPPING_APPROVE, APPROVED, work)

    def withdraw(self, actor: Actor) -> Decision:
        """Let nobody come in by the hospital's sign-in any more; who is in stays until their session ends."""

        def work(_tx: Tx) -> Done:
            words = Words("Nobody comes in with the hospital's sign-in any more. Local accounts go on.")
            return Done(self._office.policy.allow("X6", reason=words))

        return self._office.run(actor, Permission.MAPPING_APPROVE, WITHDRAWN, work)


def is_approved(tx: Tx, digest: str) -> bool:
    """Return whether governance has approved exactly this, and has not taken it back."""
    return _approved_at(tx, digest) is not None


def _approved_at(tx: Tx, digest: str) -> datetime | None:
    newest = audit_rows.newest_allowed(tx, (APPROVED, WITHDRAWN))
    return newest.at if newest is not None and newest.subject == f"mapping:{digest}" else None
