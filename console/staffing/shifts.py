"""Who is on shift: sign-on with the one sentence that must be tapped, posts, allocation, sign-off (rules A6, K9)."""

import threading
from collections.abc import Callable, Iterable

import structlog

from console.errors import StoreError
from console.office import Done, Office
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.alerting.shifts import OnShift, Post, ShiftEntry, ShiftEntryKind, on_shift
from console.rules.decision import Decision
from console.showing.views import Words
from console.staying.roll import first_letters
from console.store import accounts
from console.store import shifts as rows
from console.store.database import Tx

_log = structlog.get_logger(__name__)
_ALLOCATES = frozenset({Role.NURSE_IN_CHARGE, Role.WARD_MANAGER})


class Shifts:
    """Keeps who is signed on, in memory as well: the ladder is built without the disk."""

    def __init__(
        self,
        office: Office,
        may_lead: Callable[[Actor], Decision | None] = lambda _actor: None,
        is_needed: Callable[[Actor], Decision | None] = lambda _actor: None,
    ) -> None:
        """Take what is needed.

        Args:
            office: store, log, rules and clock.
            may_lead: why somebody may not lead the board, by their training (rule G3); None when they may.
            is_needed: why somebody cannot end their shift yet: they are with somebody (rule O3); None when they can.
        """
        self._office, self._may_lead, self._is_needed = office, may_lead, is_needed
        self._lock = threading.Lock()
        self._is_old = True
        self._entries: tuple[ShiftEntry, ...] = ()
        self._people: dict[str, Actor] = {}

    def people(self) -> tuple[OnShift, ...]:
        """Return who is signed on now, in the order in which they came."""
        self._read_when_old()
        roles = {actor_id: one.role for actor_id, one in self._people.items()}
        return on_shift(self._entries, roles, self._office.now(), self._office.policy)

    def initials(self, actor_id: str) -> str:
        """Return the initials of somebody as on their badge; empty when they are not known."""
        known = self.account(actor_id)
        return first_letters(known.display_name) if known is not None else ""

    def account(self, actor_id: str) -> Actor | None:
        """Return an account of staff; None when there is none."""
        self._is_old = self._is_old or actor_id not in self._people
        self._read_when_old()
        return self._people.get(actor_id)

    def accounts(self) -> tuple[Actor, ...]:
        """Return every account of staff, the newest too."""
        self._is_old = True
        self._read_when_old()
        return tuple(self._people.values())

    def sign_on(self, actor: Actor, *, knows: bool) -> Decision:
        """Begin a shift; whoever does taps that this system will not tell them if a patient stops breathing."""

        def work(tx: Tx) -> Done:
            if not knows:
                words = Words("Tap the sentence first: this system will not tell you if a patient stops breathing.")
                return Done(self._office.policy.deny("K9", reason=words))
            self._add(tx, ShiftEntry(actor.actor_id, self._office.now(), ShiftEntryKind.ON))
            return Done(self._office.policy.allow("A6", "K9", reason=Words("You are on shift, and free.")))

        return self._office.run(actor, Permission.SHIFT, "shift:person:on", work)

    def sign_off(self, actor: Actor) -> Decision:
        """End a shift."""

        def work(tx: Tx) -> Done:
            needed = self._is_needed(actor)
            if needed is not None:
                return Done(needed)
            self._add(tx, ShiftEntry(actor.actor_id, self._office.now(), ShiftEntryKind.OFF))
            return Done(self._office.policy.allow("A6", reason=Words("You are off shift.")))

        return self._office.run(actor, Permission.SHIFT, "shift:person:off", work)

    def change_post(self, actor: Actor, post: Post | str, cover_id: str = "") -> Decision:
        """Say what one is doing; a break names who covers it, or the board says that nobody does."""

        def work(tx: Tx) -> Done:
            if post not in set(Post) or actor.actor_id not in {one.actor_id for one in self.people()}:
                return Done(self._office.policy.deny("A6", reason=Words("Begin your shift first.")))
            covers = cover_id if cover_id in {one.actor_id for one in self.people()} else ""
            self._add(tx, ShiftEntry(actor.actor_id, self._office.now(), ShiftEntryKind.POST, str(post), covers))
            return Done(self._office.policy.allow("A6", reason=Words("Written down.")), reason=str(post))

        return self._office.run(actor, Permission.SHIFT, "shift:post:changed", work)

    def allocate(self, actor: Actor, actor_id: str, rooms: Iterable[str]) -> Decision:
        """Give somebody their rooms; the nurse in charge does, or each of the ward's staff for themselves."""

        def work(tx: Tx) -> Done:
            if actor_id != actor.actor_id and actor.role not in _ALLOCATES:
                return Done(self._office.policy.deny("A6", reason=Words("The nurse in charge allocates rooms.")))
            untrained = self._may_lead(actor) if actor_id != actor.actor_id else None
            if untrained is not None:
                return Done(untrained)
            if actor_id not in {one.actor_id for one in self.people()}:
                return Done(self._office.policy.deny("A6", reason=Words("They are not on shift.")))
            told = tuple(sorted(set(rooms)))
            self._add(tx, ShiftEntry(actor_id, self._office.now(), ShiftEntryKind.ROOMS, rooms=told))
            return Done(self._office.policy.allow("A6", reason=Words("The rooms are theirs.")))

        return self._office.run(actor, Permission.SHIFT, "shift:rooms:allocated", work)

    def _add(self, tx: Tx, entry: ShiftEntry) -> None:
        rows.add_entry(tx, entry)
        tx.on_commit(self._is_old_now)

    def _is_old_now(self) -> None:
        self._is_old = True

    def _read_when_old(self) -> None:
        with self._lock:
            if not self._is_old:
                return
            self._is_old = False
            begins = self._office.now() - self._office.policy.duration("A6", "shift_h")
            try:
                self._entries, self._people = self._office.store.read(
                    lambda tx: (tuple(rows.entries_since(tx, begins)), _staff(tx))
                )
            except StoreError as error:
                self._is_old = True
                _log.error("shifts_not_read", error=type(error).__name__)


def _staff(tx: Tx) -> dict[str, Actor]:
    every = (one.actor for one in accounts.every(tx) if one.is_active)
    return {one.actor_id: one for one in every if one.role is not Role.PATIENT}
