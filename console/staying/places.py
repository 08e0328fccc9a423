"""The profiles of seclusion and like places: written once, signed by four roles, and then in force (rule P9)."""

import secrets

from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.person import PlaceKind
from console.rules.consenting.places import may_sign, may_write
from console.rules.decision import Decision
from console.showing.views import Words
from console.staying.roll import Roll
from console.store import places
from console.store.database import Tx
from console.store.places import ProfileRow


class Places:
    """Commands about profiles; without a signed one nothing is ever sensed in such a place."""

    def __init__(self, office: Office, roll: Roll) -> None:
        self._office = office
        self._roll = roll

    def write_profile(self, actor: Actor, kind: str, text_sha256: str, *, stop_inside: bool) -> Decision:
        """Put a profile forward for signing; it takes the place of the one before, which counts no more."""

        def work(tx: Tx) -> Done:
            decision = may_write(kind, text_sha256, stop_inside, self._office.policy)
            if decision:
                row = ProfileRow(secrets.token_hex(16), PlaceKind(kind), text_sha256, stop_inside, self._office.now())
                places.add_profile(tx, row, actor.actor_id)
                self._roll.changes_with(tx)
            return Done(decision, reason=kind if decision else "")

        return self._office.run(actor, Permission.PROFILE_SIGN, "desk:profile:written", work)

    def sign_profile(self, actor: Actor, kind: str) -> Decision:
        """Sign the newest profile of a kind, for one's own role."""

        def work(tx: Tx) -> Done:
            policy = self._office.policy
            newest = {str(one): row for one, row in places.newest_profiles(tx).items()}.get(kind)
            if newest is None:
                return Done(policy.deny("P9", reason=Words("There is no profile to sign.")))
            decision = may_sign(actor.role, newest.signed_by, policy)
            if decision:
                now = self._office.now()
                places.add_signature(tx, newest.profile_id, actor.role.value, actor.actor_id, now)
                self._roll.changes_with(tx)
            return Done(decision, f"profile:{newest.profile_id}", reason=kind)

        return self._office.run(actor, Permission.PROFILE_SIGN, "desk:profile:signed", work)
