"""Staff who lost their password or telephone, and staff who leave: a new link, and an account that closes (rule X6).

Whoever makes a link could use it. So whoever administers or audits gets none: their account is closed, and they are
invited anew under another pseudonym, so that no old act of theirs and no new one of somebody else's are one person's.
"""

from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.decision import Decision, Obligation
from console.showing.views import Words
from console.signing_in.account_seals import VOUCHED
from console.signing_in.identity import Identity
from console.signing_in.patient_accounts import Invited
from console.signing_in.second_step import ASKED_OF
from console.store import accounts, audit_rows
from console.store.accounts import Account
from console.store.database import Tx

RENEWED, CLOSED_BY_HAND = "desk:account:renewed", "desk:account:closed"
_NOT_STAFF = Words("There is no such account of staff.")
_OWN = Words("Another administrator closes yours.")
_NO_LINK = Words(
    "Whoever administers or audits gets no new link: its maker could use it. Close the account and invite them anew."
)
_CLOSED = Words("Closed. They are signed out everywhere. A new link opens it again.")
_FOR_GOOD = Words("Closed. They are signed out everywhere. Governance is told. They come back by a new invitation.")
_HOSPITALS = Words("They come in with the hospital's sign-in: what they lost is made anew there.")


class StaffAccounts:
    """New links for staff, and the end of their accounts."""

    def __init__(self, office: Office, identity: Identity) -> None:
        self._office = office
        self._identity = identity

    def renew(self, actor: Actor, actor_id: str) -> Invited:
        """Make a new one-time link; once used, all that opened the account before has ended."""
        invited: list[Invited] = []

        def work(tx: Tx) -> Done:
            account = _of_staff(tx, actor_id)
            fault = _NOT_STAFF if account is None else _renewal_fault(tx, account)
            if account is None or fault is not None:
                return Done(self._office.policy.deny("X6", reason=fault or _NOT_STAFF))
            token = self._identity.renew_link(tx, actor, actor_id)
            words = Words("The link is made. Hand it over in person; all they had before ends when it is used.")
            decision = self._office.policy.allow("X6", reason=words)
            invited.append(Invited(decision, token, account.actor))
            return Done(decision, f"account:{actor_id}")

        decision = self._office.run(actor, Permission.STAFF_CHANGE, RENEWED, work)
        return invited[0] if decision else Invited(decision)

    def close(self, actor: Actor, actor_id: str) -> Decision:
        """Close an account at once: its sessions end, no way in opens it, and its unused links are worth nothing."""

        def work(tx: Tx) -> Done:
            policy, account = self._office.policy, _of_staff(tx, actor_id)
            if account is None or not account.is_active:
                return Done(policy.deny("X6", reason=_NOT_STAFF))
            if actor_id == actor.actor_id:
                return Done(policy.deny("X6", reason=_OWN))
            self._identity.set_active(tx, actor_id, is_active=False)
            if account.actor.role in ASKED_OF:
                decision = policy.allow("X6", reason=_FOR_GOOD, obligations=(Obligation.FLAG_TO_GOVERNANCE,))
            else:
                decision = policy.allow("X6", reason=_CLOSED)
            return Done(decision, f"account:{actor_id}")

        return self._office.run(actor, Permission.STAFF_CHANGE, CLOSED_BY_HAND, work)


def _of_staff(tx: Tx, actor_id: str) -> Account | None:
    account = accounts.by_id(tx, actor_id)
    return account if account is not None and account.actor.role not in (Role.PATIENT, Role.SYSTEM) else None


def _renewal_fault(tx: Tx, account: Account) -> Words | None:
    if account.actor.role in ASKED_OF and account.password_hash is not None:
        return _NO_LINK
    if audit_rows.newest_by(tx, account.actor.actor_id, (VOUCHED,)) is not None:
        return _HOSPITALS
    return None
