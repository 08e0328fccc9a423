"""What the screens ask of the governance lead's desk (chapter G)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from console.assurance.views import BenefitView, MonthRow, PackView, PapersView, PublicView
from console.roles import Actor
from console.rules.consenting.talking_over import Talk
from console.rules.decision import Decision
from console.showing.views import Words


class Packs(Protocol):
    """The month's audits."""

    def months(self, actor: Actor) -> tuple[MonthRow, ...] | Decision:
        """Return where each month stands."""

    def view(self, actor: Actor, month: str) -> PackView | Decision:
        """Return a month's audit."""

    def build(self, actor: Actor, month: str) -> Decision:
        """Build it and write its hash into the log."""

    def sign(self, actor: Actor, month: str, digest: str) -> Decision:
        """Sign it."""

    def note_visit(self, actor: Actor, month: str, heard: int) -> Decision:
        """Write down that the panel came to listen."""


class Documents(Protocol):
    """Papers with review dates."""

    def enter(
        self, actor: Actor, kind: str, version: str, review_by: datetime | None, deputies: Sequence[str]
    ) -> Decision:
        """Write down a review."""

    def for_deputy(self, actor: Actor) -> tuple[Words, ...]:
        """Return what a deputy is told of papers whose date is near."""


class Benefit(Protocol):
    """The quarter's reviews, and talks with the panel."""

    def review(self, actor: Actor, answer: str, measures: Mapping[str, str]) -> Decision:
        """Write down a review; "stop" stops every sensor."""

    def log_talk(self, actor: Actor, told: Talk) -> Decision:
        """Write down a talk."""


class Evaluation(Protocol):
    """Figures that leave for an evaluation."""

    def export(self, actor: Actor, month: str) -> tuple[Decision, bytes]:
        """Return a month's figures with their wholeness; empty when it is refused."""


class Assurance(Protocol):
    """The desk."""

    @property
    def evaluation(self) -> Evaluation:
        """Figures that leave for an evaluation."""

    @property
    def packs(self) -> Packs:
        """The month's audits."""

    @property
    def documents(self) -> Documents:
        """Papers with review dates."""

    @property
    def benefit(self) -> Benefit:
        """The quarter's reviews, and talks with the panel."""

    def papers(self, actor: Actor) -> PapersView | Decision:
        """Return the papers with their dates."""

    def reviews(self, actor: Actor) -> BenefitView | Decision:
        """Return reviews, talks and the register of restrictions."""

    def public(self) -> PublicView:
        """Return the ward's public page."""
