"""The one lawful silence: two people stand the monitor down until the end of the shift (rule A18)."""

import hmac
from dataclasses import dataclass, field
from datetime import datetime

from console.roles import Actor, Role
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words


@dataclass(frozen=True, slots=True)
class StandDown:
    """The monitor stands down for the ward until the end of the shift (rule A18).

    Attributes:
        code: read over the telephone, and read back by the manager on call.
        asked_by: the nurse in charge.
        asked_at: when.
        confirmed_by: the manager on call; empty until they have read it back.
        until: end of the shift; None until confirmed.
    """

    code: str = field(repr=False)
    asked_by: str
    asked_at: datetime
    confirmed_by: str = ""
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Return whether the monitor stands down now."""
        return self.until is not None and now < self.until


def may_stand_down(
    actor: Actor, told: StandDown | None, code: str, manager: Actor | None, now: datetime, policy: Policy
) -> Decision:
    """Decide whether the monitor stands down: two people, one of them on the telephone; there is no other mute."""
    if told is None or actor.role is not Role.NURSE_IN_CHARGE or actor.actor_id != told.asked_by:
        return policy.deny("A18", reason=Words("The nurse in charge who asked for it does this."))
    if now - told.asked_at > policy.duration("A18", "code_lasts_min"):
        return policy.deny("A18", reason=Words("That code is over. Begin again."))
    if manager is None or manager.role not in ON_CALL:
        return policy.deny("A18", reason=Words("Say which manager on call read the code back."))
    if not hmac.compare_digest(code.strip(), told.code):
        return policy.deny("A18", reason=Words("The code that was read back is another one. Ring the manager on call."))
    return policy.allow("A18", reason=Words("The monitor stands down until the end of the shift. Walk your round."))


ON_CALL = frozenset({Role.WARD_MANAGER, Role.MATRON, Role.SITE_COORDINATOR})
"""Who can be the manager on call."""
