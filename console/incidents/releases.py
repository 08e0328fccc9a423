"""Release by two: one person asks, another of a different role confirms, and only together do they open it (I2, I5)."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from console.errors import SealBroken
from console.incidents import bundle
from console.incidents.bundle import Mark
from console.incidents.pack import Pack, gather
from console.incidents.views import OpenView, Released
from console.incidents.who_was_there import was_there, where_of
from console.logbook.entries import Entry
from console.logbook.receipts import receipt_of
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.afterwards.releasing import (
    WAS_THERE,
    Asked,
    ReleaseEnd,
    ReleaseKind,
    ReleasePurpose,
    may_ask,
    may_confirm,
    minutes_of,
)
from console.rules.decision import Decision
from console.rules.in_person.training import Course
from console.showing.views import Words
from console.staffing.training import Training
from console.store import holds, incident_reads, shares
from console.store import releases as rows
from console.store.database import Tx
from console.store.holds import HoldRow
from console.store.releases import ReleaseRow
from console.store.sealing import TextSeals

ASKED, CONFIRMED, REFUSED = "incident:release:asked", "incident:release:confirmed", "incident:release:refused"
SEALED, VIEWED, LAPSED = "incident:bundle:sealed", "incident:view:opened", "incident:release:lapsed"
_SYSTEM = Actor.system("releases")
_AND = "\n"
"""Between a recipient and their organisation, as they are kept: no name holds it."""
_NOT_OPENED = Words(
    "Some of it is sealed, and that code opens no half of its key. Type the code on your paper; if it was sealed since "
    "this was asked for, or you hold no half, somebody who does asks anew."
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody asks for.

    Attributes:
        hold_id: of the hold whose room and time it is about.
        kind: a `ReleaseKind`.
        purpose: a `ReleasePurpose`.
        recipient: who gets a bundle; for a view, nobody but whoever asks.
        organisation: theirs.
        code: opens the asker's half; empty when nothing of it is sealed.
    """

    hold_id: str
    kind: str
    purpose: str
    recipient: str = ""
    organisation: str = ""
    code: str = ""


class Releases:
    """Asks, confirms, and keeps open views in memory alone: a restart ends them all."""

    def __init__(
        self, office: Office, training: Training, begin_telling: Callable[[Tx, str, str, HoldRow], None]
    ) -> None:
        self._office = office
        self._training = training
        self._begin_telling = begin_telling
        self._texts = TextSeals(office.store)
        self._views: dict[str, tuple[str, OpenView]] = {}

    def ask(self, actor: Actor, wanted: Wanted) -> Decision:
        """Ask for a view or a bundle; with the asker's code their half is opened, and stays sealed to the second."""

        def work(tx: Tx) -> Done:
            policy, hold = self._office.policy, holds.of(tx, wanted.hold_id)
            if hold is None:
                return Done(policy.deny("I2", reason=Words("There is no such hold.")))
            refused = self._training.refusal(actor, Course.RELEASE)
            here = was_there(tx, self._office, hold, actor)
            decision = refused or may_ask(
                wanted.kind, wanted.purpose, wanted.recipient, wanted.organisation, was_there=here, policy=policy
            )
            if not decision:
                return Done(decision, f"hold:{hold.hold_id}", hold.room_id)
            return self._ask(tx, actor, wanted, hold, decision)

        return self._office.run(actor, Permission.RELEASE_ASK, ASKED, work)

    def _ask(self, tx: Tx, actor: Actor, wanted: Wanted, hold: HoldRow, decision: Decision) -> Done:
        policy, now, release_id = self._office.policy, self._office.now(), secrets.token_hex(16)
        sealed = shares.sealed_among(tx, incident_reads.key_ids(tx, where_of(hold)))
        try:
            opened = shares.open_first(tx, sealed, shares.half_of(tx, actor.actor_id, wanted.code), wanted.code)
        except SealBroken:
            opened = []
        if {one.key_id for one in opened} != sealed:
            return Done(policy.deny("R1", "I2", reason=_NOT_OPENED), f"hold:{hold.hold_id}", hold.room_id)
        kind, purpose = ReleaseKind(wanted.kind), ReleasePurpose(wanted.purpose)
        asked = Asked(actor.actor_id, actor.role, kind, purpose, now + policy.duration("I2", "waits_d"))
        told = f"{wanted.recipient.strip()}{_AND}{wanted.organisation.strip()}"
        text = self._texts.put(tx, told if kind is ReleaseKind.BUNDLE else actor.display_name)
        rows.add(tx, ReleaseRow(release_id, hold.hold_id, text.text_id, asked, now))
        shares.keep_opened(tx, release_id, opened)
        return Done(decision, f"release:{release_id}", hold.room_id, purpose.value)

    def confirm(self, actor: Actor, release_id: str, code: str = "") -> tuple[Decision, Released]:
        """Confirm a request: open it together, and hand over the bundle once, or let the asker look for an hour."""
        found: list[Released] = [Released()]

        def work(tx: Tx) -> Done:
            row = rows.of(tx, release_id)
            hold = holds.of(tx, row.hold_id) if row else None
            refused = self._training.refusal(actor, Course.RELEASE)
            here = hold is not None and was_there(tx, self._office, hold, actor)
            asked = row.asked if row is not None and hold is not None else None
            decision = refused or may_confirm(
                asked, actor.actor_id, actor.role, self._office.now(), was_there=here, policy=self._office.policy
            )
            if not decision or row is None or hold is None:
                return Done(decision, f"release:{row.release_id}" if row else "", hold.room_id if hold else "")
            return self._release(tx, actor, row, hold, code, decision, found)

        decision = self._office.run(actor, Permission.RELEASE_CONFIRM, CONFIRMED, work)
        return decision, found[0] if decision else Released()

    def _release(
        self, tx: Tx, actor: Actor, row: ReleaseRow, hold: HoldRow, code: str, decision: Decision, found: list[Released]
    ) -> Done:
        office, where = self._office, where_of(hold)
        sealed = shares.sealed_among(tx, incident_reads.key_ids(tx, where))
        try:
            keys = shares.open_second(tx, row.release_id, shares.half_of(tx, actor.actor_id, code), code)
        except SealBroken:
            keys = {}
        if not sealed <= set(keys):
            return Done(office.policy.deny("R1", "I2", reason=_NOT_OPENED), f"release:{row.release_id}", hold.room_id)
        pack, manifest = gather(tx, office, where, keys), ""
        if row.asked.kind is ReleaseKind.BUNDLE:
            mark = self._mark(tx, row, actor)
            found[0], manifest = self._bundle(tx, actor, row, pack, mark)
        else:
            self._open_view(tx, row, pack)
        by = (actor.actor_id, actor.role.value)
        rows.end(tx, row.release_id, ReleaseEnd.RELEASED, office.now(), by, manifest)
        self._begin_telling(tx, "release", row.release_id, hold)
        return Done(decision, f"release:{row.release_id}", hold.room_id, row.asked.purpose.value)

    def _bundle(self, tx: Tx, actor: Actor, row: ReleaseRow, pack: Pack, mark: Mark) -> tuple[Released, str]:
        """Seal a pack: its manifest's hash goes into the log, and the log's receipt into the file."""
        office, keys = self._office, self._office.store.keys
        receipts = {index: receipt_of(tx, office.audit, keys.audit_key, index) for index in pack.entries}
        files = bundle.files_of(pack, mark, receipts)
        manifest = bundle.manifest_of(files, row.release_id)
        digest = sha256(manifest.encode()).hexdigest()
        entry = Entry(
            SEALED,
            actor.actor_id,
            actor.role,
            rules=("I2", "I6"),
            policy_version=office.policy.version,
            subject=f"release:{row.release_id}",
            room=pack.where.room_id,
            reason=row.asked.purpose.value,
            text_digest=digest,
        )
        receipt = receipt_of(tx, office.audit, keys.audit_key, office.audit.append(tx, entry))
        content = bundle.packed(files, manifest, office.audit.origin, keys, receipt)
        return Released(content, f"hushward-release-{row.release_id[:8]}.zip"), digest

    def _mark(self, tx: Tx, row: ReleaseRow, actor: Actor) -> Mark:
        told = self._texts.open(tx, row.recipient_text_id) or ""
        recipient, _, organisation = told.partition(_AND if _AND in told else ", ")
        by = (row.asked.role.value, actor.role.value)
        return Mark(row.release_id, recipient, organisation, row.asked.purpose.value, by)

    def _open_view(self, tx: Tx, row: ReleaseRow, pack: Pack) -> None:
        until = self._office.now() + timedelta(minutes=minutes_of(self._office.policy))
        mark = (
            f"Shown to {row.asked.asked_by} ({row.asked.role.value}) until {until:%H:%M} UTC · release {row.release_id}"
        )
        view = OpenView(pack, mark, until)
        tx.on_commit(lambda: self._views.update({row.release_id: (row.asked.asked_by, view)}))

    def view(self, actor: Actor, release_id: str) -> OpenView | Decision:
        """Show an open view to whoever asked for it, until it ends; each look is an entry of its own."""
        self.step()
        viewer, shown = self._views.get(release_id, ("", None))

        def work(_tx: Tx) -> Done:
            policy = self._office.policy
            if shown is None or viewer != actor.actor_id:
                return Done(policy.deny("I5", reason=Words("That view is not there, or has ended. Ask anew.")))
            return Done(policy.allow("I5", reason=Words("You may.")), f"release:{release_id}", shown.pack.where.room_id)

        decision = self._office.run(actor, Permission.RELEASE_ASK, VIEWED, work)
        return shown if decision and shown is not None else decision

    def refuse(self, actor: Actor, release_id: str) -> Decision:
        """Refuse a request, as anybody who could confirm it, or take back one's own."""

        def work(tx: Tx) -> Done:
            policy, row = self._office.policy, rows.of(tx, release_id)
            if row is None or row.ended_at is not None:
                return Done(policy.deny("I2", reason=Words("That request is not there, or is over. Ask anew.")))
            hold, is_own = holds.of(tx, row.hold_id), row.asked.asked_by == actor.actor_id
            if hold is not None and not is_own and was_there(tx, self._office, hold, actor):
                # Whoever is looked into does not decide that nobody looks.
                return Done(policy.deny("I1", "I2", reason=WAS_THERE), f"release:{release_id}", hold.room_id)
            by = (actor.actor_id, actor.role.value)
            rows.end(tx, release_id, ReleaseEnd.REFUSED, self._office.now(), by)
            return Done(policy.allow("I2", reason=Words("Refused. Nothing was opened.")), f"release:{release_id}")

        return self._office.run(actor, Permission.RELEASE_CONFIRM, REFUSED, work)

    def step(self) -> None:
        """End what is over: views by their time, and requests that nobody confirmed."""
        now = self._office.now()
        for release_id in [one for one, (_who, shown) in list(self._views.items()) if now >= shown.until]:
            self._views.pop(release_id, None)
        late = self._office.store.read(lambda tx: rows.lapsed(tx, now))
        if late:
            self._office.store.write(lambda tx: self._lapse(tx, late))

    def _lapse(self, tx: Tx, late: Iterable[str]) -> None:
        for release_id in late:
            rows.end(tx, release_id, ReleaseEnd.LAPSED, self._office.now(), ("", ""))
            decision = self._office.policy.allow("I2", reason=Words("Nobody confirmed it in time."))
            self._office.record(tx, _SYSTEM, LAPSED, Done(decision, f"release:{release_id}"))

    def has_view(self, actor: Actor, release_id: str) -> bool:
        """Return whether somebody's view is open."""
        return self._views.get(release_id, ("", None))[0] == actor.actor_id
