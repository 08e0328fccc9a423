"""The governance lead's desk as one: audits, papers, reviews, register, and the public page (chapter G)."""

from console.assurance.benefit import Benefit, reviews_in, talks_in
from console.assurance.day_counts import Disclosures
from console.assurance.documents import Documents, staff_in
from console.assurance.evaluation import Evaluation
from console.assurance.freezing import Freezing
from console.assurance.packs import Packs
from console.assurance.public import public_figures, purposes_here
from console.assurance.views import BenefitView, PapersView, PublicView
from console.office import Done, Office
from console.roles import Actor
from console.rules.access import Permission
from console.rules.consenting.leasing import KeptOff
from console.rules.consenting.register import Restriction, restrictions_of
from console.rules.decision import Decision
from console.rules.governing.benefit import stopped_from
from console.showing.views import Words
from console.staying.roll import Person, Roll
from console.store import accounts, people
from console.store.database import Tx
from console.store.now_and_then import NowAndThen

_EVERY_S = 60.0
"""[s] between two looks at what is due: all of it is counted in days."""


class Assurance:
    """Chapter G of the rule book.

    Attributes:
        freezing: the daily figures.
        packs: the month's audits.
        documents: papers with review dates.
        benefit: the quarter's reviews, and talks with the panel.
        evaluation: figures that leave for an evaluation.
    """

    def __init__(self, office: Office, roll: Roll, disclosures: Disclosures) -> None:
        self._office, self._roll = office, roll
        self.freezing, self.packs = Freezing(office, disclosures), Packs(office)
        self.documents, self.benefit = Documents(office), Benefit(office)
        self.evaluation = Evaluation(office)
        self._looking = NowAndThen(office.store, _EVERY_S)

    def step(self) -> None:
        """Do what is due."""
        if not self._looking.is_time():
            return
        self.freezing.step()
        self.documents.step()
        self.packs.step()

    def kept_off(self) -> KeptOff | None:
        """Return why every sensor of the ward is off by chapter G; None while none is."""
        return self.benefit.kept_off() or self.documents.kept_off()

    def gate(self, tx: Tx, person: Person) -> Decision | None:
        """Return what refuses asking, and a new yes; None while the ward's DPIA stands (rule G2)."""
        return self.documents.gate(tx, person)

    def papers(self, actor: Actor) -> PapersView | Decision:
        """Return the papers with their dates; the look is an entry of its own."""
        found: list[PapersView] = []

        def work(tx: Tx) -> Done:
            names = accounts.names_of(tx, sorted(staff_in(tx)))
            staff = tuple(sorted(names.items(), key=lambda one: one[1]))
            found.append(PapersView(self.documents.view(tx), staff))
            return Done(self._office.policy.allow("G2", reason=Words("You may.")))

        decision = self._office.run(actor, Permission.AUDIT, "governance:papers:viewed", work)
        return found[0] if decision else decision

    def reviews(self, actor: Actor) -> BenefitView | Decision:
        """Return reviews, talks and the register of restrictions; the look is an entry of its own."""
        found: list[BenefitView] = []

        def work(tx: Tx) -> Done:
            office, reviews = self._office, reviews_in(tx)
            stops_at = stopped_from(reviews, office.policy, office.zone)
            told = (self.benefit.quarter(), reviews[::-1], stops_at, talks_in(tx), self._register())
            found.append(BenefitView(*told))
            return Done(office.policy.allow("G4", "G5", "P6", reason=Words("You may.")))

        decision = self._office.run(actor, Permission.REGISTER_READ, "governance:register:viewed", work)
        return found[0] if decision else decision

    def public(self) -> PublicView:
        """Return the ward's public page; anybody may read it, and nobody is in it."""
        office = self._office

        def read(tx: Tx) -> PublicView:
            sensors = tuple(sorted({one.kind for one in people.all_nodes(tx) if one.confirmed_at is not None}))
            signed = self.packs.newest_signed(tx)
            return PublicView(
                people.ward_title(tx) or office.ward,
                office.now(),
                sensors,
                purposes_here(sensors),
                self.kept_off() is not None,
                public_figures(signed[1], office.policy) if signed else {},
                signed[0] if signed else "",
                self.documents.view(tx),
                talks_in(tx),
            )

        return office.store.read(read)

    def _register(self) -> tuple[Restriction, ...]:
        """Return every use of a sensor by its end, without the person and the room (rule P6)."""
        office, now = self._office, self._office.now()
        everybody = [self._roll.standing_of(one, now) for one in self._roll.sheet().people.values()]
        found = [one for standing in everybody for one in restrictions_of(standing, now, office.policy, office.zone)]
        return tuple(sorted(found, key=lambda one: (one.ends_at, one.purpose)))
