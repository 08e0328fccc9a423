"""Who holds the two-person key: each has a code of their own, and somebody of another role confirmed them (R1)."""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime

from console.logbook.receipts import short_form
from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.decision import Decision
from console.rules.in_person.training import Course
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staffing.training import Training
from console.store import shares
from console.store.database import Tx
from console.store.shares import Holder
from console.store.two_keys import new_code, public_of


@dataclass(frozen=True, slots=True)
class HolderView:
    """One holder.

    Attributes:
        holder_id: random.
        actor_id: pseudonym.
        name: as on the badge.
        role: theirs.
        fingerprint: first 16 digits of their public key, in fours: it stands on their own paper too.
        named_at: when.
        is_confirmed: a second person has confirmed it.
        may_confirm: the reader may.
    """

    holder_id: str
    actor_id: str
    name: str
    role: Role
    fingerprint: str
    named_at: datetime
    is_confirmed: bool
    may_confirm: bool


class KeyHolders:
    """Names holders, and shows who they are; a code is shown once and kept nowhere."""

    def __init__(self, office: Office, shifts: Shifts, training: Training) -> None:
        self._office = office
        self._shifts = shifts
        self._training = training

    def name(self, actor: Actor) -> Decision:
        """Make a code for whoever asks; `detail` is the code, and nobody can show it again."""
        code = new_code()

        def work(tx: Tx) -> Done:
            policy = self._office.policy
            untrained = self._training.refusal(actor, Course.RELEASE)
            if untrained is not None:
                return Done(untrained)
            holder_id, now = secrets.token_hex(16), self._office.now()
            shares.add_holder(tx, Holder(holder_id, actor.actor_id, actor.role, public_of(code), now, None))
            words = Words("Write this code down and keep it away from here. Now somebody of another role confirms you.")
            return Done(policy.allow("R1", reason=words), f"holder:{holder_id}")

        decision = self._office.run(actor, Permission.KEY_HOLD, "incident:holder:named", work)
        return replace(decision, detail=code) if decision else decision

    def confirm(self, actor: Actor, holder_id: str) -> Decision:
        """Confirm, as somebody of another role, that a holder is who they say: face to face, code in hand."""

        def work(tx: Tx) -> Done:
            policy, now = self._office.policy, self._office.now()
            found = next((one for one in shares.holders(tx) if one.holder_id == holder_id), None)
            if found is None or not _may_confirm(found, actor):
                words = Words("Somebody of another role confirms a holder, and only one who waits for it.")
                return Done(policy.deny("R1", reason=words))
            shares.confirm_holder(tx, holder_id, actor.actor_id, now)
            return Done(
                policy.allow("R1", reason=Words("Confirmed. Days are sealed to them too.")), f"holder:{holder_id}"
            )

        return self._office.run(actor, Permission.KEY_HOLD, "incident:holder:confirmed", work)

    def view(self, actor: Actor) -> tuple[HolderView, ...] | Decision:
        """Return who holds a half, to those who may hold one."""
        found: list[HolderView] = []

        def work(tx: Tx) -> Done:
            found.extend(self._view(one, actor) for one in shares.holders(tx))
            return Done(self._office.policy.allow("R1", reason=Words("You may.")))

        decision = self._office.run(actor, Permission.KEY_HOLD, "incident:holders:viewed", work)
        return tuple(found) if decision else decision

    def _view(self, one: Holder, reader: Actor) -> HolderView:
        known = self._shifts.account(one.actor_id)
        return HolderView(
            one.holder_id,
            one.actor_id,
            known.display_name if known else "?",
            one.role,
            short_form(one.public_key),
            one.named_at,
            one.confirmed_at is not None,
            _may_confirm(one, reader),
        )


def _may_confirm(one: Holder, actor: Actor) -> bool:
    return one.confirmed_at is None and one.actor_id != actor.actor_id and one.role is not actor.role
