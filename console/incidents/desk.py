"""The desk after an incident: holds, requests, the disclosure register and who is to be told (chapter I)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from console.incidents.holding import Holding
from console.incidents.informing import Informing
from console.incidents.keeping import Keeping
from console.incidents.key_holders import KeyHolders
from console.incidents.own_page import after_incident
from console.incidents.releases import Releases
from console.incidents.views import HeldRow, LiftView, ReleaseView, TellingView
from console.incidents.who_was_there import where_of
from console.incidents.wrongs import Wrongs
from console.office import Done, Office
from console.own.own_views import AfterIncident
from console.roles import Actor, Role
from console.rules.access import Permission
from console.rules.afterwards.releasing import ReleaseEnd
from console.rules.decision import Decision
from console.showing.views import Words
from console.staffing.shifts import Shifts
from console.staffing.training import Training
from console.staying.roll import Person, Roll
from console.store import holds, incident_reads, shares, tellings
from console.store import releases as rows
from console.store.database import Tx
from console.store.holds import HoldRow
from console.store.releases import ReleaseRow
from console.store.sealing import TextSeals
from console.store.tellings import TellingRow

_REGISTER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class IncidentsView:
    """The desk.

    Attributes:
        holds: what is held, the newest first.
        releases: the disclosure register of a year, the newest first.
        tellings: who is to be told, the longest waiting first.
        is_sealing: two people of different roles hold the key, so that days are sealed.
        lifts: requests that a hold ends, which wait for a second person.
        lifted: how the requests of a year ended, the newest first.
    """

    holds: tuple[HeldRow, ...]
    releases: tuple[ReleaseView, ...]
    tellings: tuple[TellingView, ...]
    is_sealing: bool
    lifts: tuple[LiftView, ...] = ()
    lifted: tuple[LiftView, ...] = ()


_LONGEST_OPEN = timedelta(days=60)
"""No request waits longer than this for its second person."""


class Incidents:
    """Everything that comes after an incident.

    Attributes:
        holders: who holds the two-person key.
        releases: release by two.
        informing: who is told.
        wrongs: what the system got wrong.
        keeping: keep or delete.
        holding: holds begun by hand, and lifted by two.
    """

    def __init__(self, office: Office, roll: Roll, shifts: Shifts, training: Training) -> None:
        self._office = office
        self._shifts = shifts
        self._texts = TextSeals(office.store)
        self.holders = KeyHolders(office, shifts, training)
        self.informing = Informing(office)
        self.releases = Releases(office, training, self.informing.begin)
        self.wrongs, self.keeping = Wrongs(office), Keeping(office, roll)
        self.holding = Holding(office, roll)

    def step(self) -> None:
        """Do what is due: begin what is owed, escalate it, end views, delete what a patient asked to be deleted."""
        for piece in (self.informing.step, self.releases.step, self.wrongs.step, self.keeping.step, self.holding.step):
            piece()

    def on_page(self, tx: Tx, person: Person) -> AfterIncident:
        """Return what a patient's own page says after something happened, within a read that is theirs already."""
        return after_incident(tx, person, self.informing, self.keeping)

    def view(self, actor: Actor) -> IncidentsView | Decision:
        """Return the desk; the look is an entry of its own."""
        found: list[IncidentsView] = []

        def work(tx: Tx) -> Done:
            found.append(self._read(tx, actor))
            return Done(self._office.policy.allow("I2", reason=Words("You may.")))

        decision = self._office.run(actor, Permission.INCIDENT_READ, "incident:desk:viewed", work)
        return found[0] if decision else decision

    def _read(self, tx: Tx, actor: Actor) -> IncidentsView:
        standing = holds.standing_holds(tx)
        register = rows.since(tx, self._office.now() - _REGISTER)
        told = tellings.about(tx, [one.release_id for one in register])
        lifts = self.holding.waiting(tx, actor)
        asked = {one.hold_id for one in lifts}
        return IncidentsView(
            tuple(self._held(tx, one, asked) for one in reversed(standing)),
            tuple(self._release(tx, one, told.get(one.release_id), actor) for one in register),
            self.informing.waiting(tx),
            shares.may_seal(shares.holders(tx)),
            lifts,
            self.holding.register(tx, actor),
        )

    def _held(self, tx: Tx, one: HoldRow, asked: set[str]) -> HeldRow:
        sealed = shares.sealed_among(tx, incident_reads.key_ids(tx, where_of(one)))
        ids = (one.hold_id, one.why.value, one.room_id, one.stay_id)
        when = (one.time.from_at, one.time.until_at, one.time.review_by)
        is_late = self._office.now() > one.time.review_by
        return HeldRow(*ids, *when, bool(sealed), is_late, one.hold_id in asked)

    def _release(self, tx: Tx, one: ReleaseRow, telling: TellingRow | None, reader: Actor) -> ReleaseView:
        hold, asked = holds.of(tx, one.hold_id), one.asked
        waits = one.ended_at is None and self._office.now() < asked.lapses_at
        return ReleaseView(
            one.release_id,
            one.hold_id,
            hold.room_id if hold else "",
            asked.kind,
            asked.purpose,
            ", ".join((self._texts.open(tx, one.recipient_text_id) or "").split("\n")),
            self._name(asked.asked_by),
            asked.role,
            one.asked_at,
            asked.lapses_at,
            asked.ended,
            self._name(one.ended_by) if one.ended_by else "",
            Role(one.ended_role) if one.ended_role else None,
            one.ended_at,
            telling.told_at if telling else None,
            telling.not_yet if telling else None,
            waits and asked.asked_by != reader.actor_id and asked.role is not reader.role,
            self.releases.has_view(reader, one.release_id),
        )

    def _name(self, actor_id: str) -> str:
        known = self._shifts.account(actor_id)
        return known.display_name if known else "?"


def disclosed(tx: Tx, begins: datetime, ends: datetime) -> list[str]:
    """Return a code for each request and each end of one in a stretch, for the month's audit; nobody is named."""
    found = rows.since(tx, begins - _LONGEST_OPEN)
    told = tellings.about(tx, [one.release_id for one in found])
    codes = []
    for one in found:
        if begins <= one.asked_at < ends:
            codes.append("disclosure_asked")
        if one.ended_at is None or not begins <= one.ended_at < ends:
            continue
        if one.asked.ended is not ReleaseEnd.RELEASED:
            codes.append("disclosure_refused")
            continue
        codes.append(f"disclosure_{one.asked.kind.value}")
        if one.release_id in told and told[one.release_id].told_at is None:
            codes.append("disclosure_not_told")
    return codes
