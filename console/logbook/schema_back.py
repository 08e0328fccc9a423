"""Going back one schema: two people stand for it, and the log says so in the same write that does it (rule N5)."""

from collections.abc import Sequence
from enum import StrEnum

from broker.clock import Clock
from console.errors import ConsoleError, StoreConflict
from console.keys.signer import Keys
from console.logbook.audit import AuditLog
from console.logbook.entries import Entry, Outcome
from console.roles import Actor, Role
from console.running.settings import ConsoleSettings
from console.store import accounts
from console.store.database import Store, Tx
from console.store.going_back import Move, next_move, refuse_a_loss, take_back

ACTION = "database:schema:taken_back"
_ROLES = {Role.ENGINEER, Role.CLINICAL_SAFETY_OFFICER}


class Why(StrEnum):
    """Why somebody goes back; the word stands in the log."""

    UPDATE_FAILED = "update_failed"
    """The newer console does not start, or does not work."""
    HARM_FEARED = "harm_feared"
    """It works, and somebody could come to harm by what it does."""
    WRONG_RELEASE = "wrong_release"
    """It should not have been installed here."""
    REHEARSAL = "rehearsal"
    """To see that it can be done."""


class GoingBackRefused(ConsoleError):
    """There is no console here, or those who stand for it are not its engineer and its clinical safety officer."""


def go_back(settings: ConsoleSettings, clock: Clock, usernames: Sequence[str], why: Why) -> Move:
    """Take the database back by one version, and write down who, from where to where, and why.

    The entries, their signed checkpoint and the change of the schema are one transaction: there is no change without
    its entries, whenever the power fails. What was refused because a record would be lost is in the log as denied. The
    log itself is that of every version, so the older console verifies it as its own.

    Args:
        settings: of the console, which must not run.
        clock: the console's.
        usernames: of an engineer and a clinical safety officer, as the database knows them.
        why: for the log.

    Returns:
        The step that was taken.

    Raises:
        StoreBusy: a console holds the database.
        StoreConflict: something is kept that the older schema cannot hold; nothing was taken out.
        StoreDamaged: it has a version that this console does not know, or the first.
        ConsoleError: they are not those two, or the log contradicts its own newest checkpoint.
    """
    if not settings.keys_dir.is_dir():
        raise GoingBackRefused(f"{settings.data_dir} is no console's folder; look at data_dir in the settings")
    store = Store.open(settings.url, Keys.open(settings.keys_dir), clock, as_it_is=True)
    try:
        audit = AuditLog.open(store, settings.site, settings.ward, head_file=settings.head_file)

        def write_down(tx: Tx, move: Move, outcome: Outcome) -> None:
            # One code each: what the log's fields may hold is fixed in every version.
            reason = f"v{move.newer}_to_v{move.older}_{why}"
            for actor in _two(tx, usernames):
                audit.append(tx, Entry(ACTION, actor.actor_id, actor.role, outcome, ("N5",), reason=reason))
            audit.checkpoint(tx)

        def work(tx: Tx) -> Move:
            move = next_move(tx)
            write_down(tx, move, Outcome.ALLOWED)
            refuse_a_loss(tx, move)
            take_back(tx, move)
            return move

        try:
            return store.write(work)
        except StoreConflict:
            store.write(lambda tx: write_down(tx, next_move(tx), Outcome.DENIED))
            raise
    finally:
        store.close()


def _two(tx: Tx, usernames: Sequence[str]) -> tuple[Actor, ...]:
    """Return the two who stand for it.

    Raises:
        GoingBackRefused: they are not one engineer and one clinical safety officer with an account that is in use.
    """
    found = [one.actor for one in (accounts.by_username(tx, name) for name in usernames) if one and one.is_active]
    if len(usernames) != len(_ROLES) or {one.role for one in found} != _ROLES:
        raise GoingBackRefused(
            "an engineer and a clinical safety officer, each with an account of this ward, stand for going back: give "
            "--by twice"
        )
    return tuple(found)
