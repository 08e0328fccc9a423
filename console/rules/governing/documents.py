"""The papers that a ward's sensing stands on, their review dates, and what ends when one has lapsed (rule G2)."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from broker.vocabulary import Context
from console.rules.consenting.lapsing import end_of_last_night
from console.rules.decision import Decision
from console.rules.policy import Policy
from console.showing.views import Words


class DocumentKind(StrEnum):
    """A paper with a review date."""

    DPIA = "dpia"
    EQIA = "eqia"
    SAFETY_CASE = "safety_case"
    RULE_BOOK = "rule_book"


NAMES: Mapping[DocumentKind, Words] = {
    DocumentKind.DPIA: Words("data protection impact assessment (DPIA)"),
    DocumentKind.EQIA: Words("equality impact assessment (EQIA)"),
    DocumentKind.SAFETY_CASE: Words("clinical safety case (DCB0160)"),
    DocumentKind.RULE_BOOK: Words("rule book"),
}
"""As the papers call themselves."""
_NOTICES = ("first_notice_d", "second_notice_d", "last_notice_d")
_LONGEST_VERSION = 40


@dataclass(frozen=True, slots=True)
class Document:
    """One review of one paper, as it was written down.

    Attributes:
        kind: which paper.
        version: as the trust numbers it.
        review_by: until when it stands, UTC.
        deputies: pseudonyms of the staff who are told before it lapses; at least one.
        entered_at: when it was written down, UTC.
        entered_by: pseudonym of who wrote it down.
    """

    kind: DocumentKind
    version: str
    review_by: datetime
    deputies: tuple[str, ...]
    entered_at: datetime
    entered_by: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice to the deputies of a paper.

    Attributes:
        kind: which paper.
        review_by: which review date it is about, UTC.
        days: how many days before that date it was due.
    """

    kind: DocumentKind
    review_by: datetime
    days: int


def newest_of(documents: Iterable[Document]) -> dict[DocumentKind, Document]:
    """Return the review that counts of each paper: the one that was written down last.

    Args:
        documents: in the order in which they were written down.
    """
    return {one.kind: one for one in documents}


def refuse_lapsed(
    newest: Mapping[DocumentKind, Document], context: Context, now: datetime, policy: Policy
) -> Decision | None:
    """Return the denial of a new consent while the DPIA has lapsed; None while it stands.

    Args:
        newest: the review that counts of each paper.
        context: in a demonstration with made-up people a DPIA that was never written down is none that lapsed.
        now: UTC.
        policy: the rule book.
    """
    dpia = newest.get(DocumentKind.DPIA)
    if dpia is None:
        if context is Context.DEMONSTRATION:
            return None
        return policy.deny("G2", reason=Words("No DPIA of this ward is written down, so nobody can be asked yet."))
    if now < dpia.review_by:
        return None
    words = Words("The DPIA of this ward ran out on {day:date}, so there is no new yes.", {"day": dpia.review_by})
    return policy.deny("G2", reason=words)


def sensors_stop_at(newest: Mapping[DocumentKind, Document], policy: Policy, zone: ZoneInfo) -> datetime | None:
    """Return from when every sensor is off for want of a DPIA, UTC: never in a night; None without one on record."""
    dpia = newest.get(DocumentKind.DPIA)
    if dpia is None:
        return None
    return end_of_last_night(dpia.review_by + policy.duration("G2", "stop_after_d"), policy, zone)


def notices_due(
    newest: Mapping[DocumentKind, Document], given: Collection[Notice], now: datetime, policy: Policy
) -> Iterator[Notice]:
    """Yield the notices that are due and were not given; of several at once only the most pressing.

    Args:
        newest: the review that counts of each paper.
        given: every notice that was given.
        now: UTC.
        policy: the rule book.
    """
    days = sorted(int(policy.number("G2", name)) for name in _NOTICES)
    for kind in DocumentKind:
        document = newest.get(kind)
        if document is None:
            continue
        reached = [one for one in days if now >= document.review_by - timedelta(days=one)]
        told = {one.days for one in given if (one.kind, one.review_by) == (kind, document.review_by)}
        if reached and not told & set(range(reached[0] + 1)):
            yield Notice(kind, document.review_by, reached[0])


def may_enter(document: Document | None, staff: Collection[str], now: datetime, policy: Policy) -> Decision:
    """Decide whether a review can be written down: a version, a date within reach, and named deputies.

    Args:
        document: None when its kind or its date could not be read.
        staff: pseudonyms of everybody on the staff.
        now: UTC.
        policy: the rule book.
    """
    if document is None:
        return policy.deny("G2", reason=Words("Choose the paper, and the day by which it is reviewed again."))
    if not document.version.strip() or len(document.version) > _LONGEST_VERSION:
        return policy.deny("G2", reason=Words("Give its version, in at most 40 letters."))
    longest = policy.duration("G2", "longest_d")
    if not now < document.review_by <= now + longest:
        words = Words("It is reviewed again within {days} days.", {"days": longest.days})
        return policy.deny("G2", reason=words)
    if not document.deputies or not set(document.deputies) <= set(staff):
        return policy.deny("G2", reason=Words("Name at least one member of staff who is told before it runs out."))
    return policy.allow("G2", reason=Words("Written down. Its deputies are told before it runs out."))
