"""What the desk hands to its screens: plain frozen facts, without persons."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from broker.vocabulary import Modality, Purpose
from console.assurance.pack import Pack
from console.rules.consenting.register import Restriction
from console.rules.governing.benefit import BenefitReview
from console.rules.governing.documents import DocumentKind
from console.rules.governing.listening import VisitReason


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month on the desk.

    Attributes:
        month: such as 2026-10.
        frozen: days with figures.
        days: days that it has.
        is_whole: its last day is frozen, so that it can be signed.
        built_digest: of the newest audit that was built; empty before the first.
        signed_at: when it was signed; None until then.
        signed_digest: of what was signed; empty until then.
        sign_by: until when it is to be signed, UTC.
        is_overdue: nobody has signed it by then.
        visit: why the panel is asked to visit; None when it is not.
        visited_at: when the panel's newest visit about it was written down; None until then.
    """

    month: str
    frozen: int
    days: int
    is_whole: bool
    built_digest: str
    signed_at: datetime | None
    signed_digest: str
    sign_by: datetime
    is_overdue: bool
    visit: VisitReason | None
    visited_at: datetime | None


@dataclass(frozen=True, slots=True)
class PackView:
    """One month's audit, as it is built now, beside what was built and signed.

    Attributes:
        pack: the audit.
        row: where the month stands.
    """

    pack: Pack
    row: MonthRow


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One paper.

    Attributes:
        kind: which.
        name: as it calls itself.
        version: of its newest review; empty when none is on record.
        review_by: until when it stands, UTC; None when none is on record.
        deputies: who is told, as on the badge.
        has_lapsed: its date has passed.
        is_near: a notice about it is due or was given, or none is on record.
        stops_at: from when the sensors are off, UTC; None for a paper that stops none.
    """

    kind: DocumentKind
    name: str
    version: str
    review_by: datetime | None
    deputies: tuple[str, ...]
    has_lapsed: bool
    is_near: bool
    stops_at: datetime | None


@dataclass(frozen=True, slots=True)
class PapersView:
    """The page of the ward's papers.

    Attributes:
        documents: every paper.
        staff: who can be named as a deputy: pseudonym and name on the badge.
    """

    documents: tuple[DocumentRow, ...]
    staff: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TalkRow:
    """One entry of the co-production log.

    Attributes:
        at: when it was written down.
        change: what changes.
        who: who was asked, by role; no name.
        said: what they said.
        answer: what came of it; an objection is answered here, in public.
        is_objection: they objected.
    """

    at: datetime
    change: str
    who: str
    said: str
    answer: str
    is_objection: bool


@dataclass(frozen=True, slots=True)
class BenefitView:
    """The benefit reviews and the co-production log.

    Attributes:
        quarter: the quarter that is reviewed now.
        reviews: newest first.
        stopped_from: from when the sensors are off by the newest review, UTC; None unless it said stop.
        talks: newest first.
        restrictions: every use of a sensor, without the person and the room.
    """

    quarter: str
    reviews: tuple[BenefitReview, ...]
    stopped_from: datetime | None
    talks: tuple[TalkRow, ...]
    restrictions: tuple[Restriction, ...]


@dataclass(frozen=True, slots=True)
class PublicView:
    """The ward's public page: nobody is in it, and no figure that could give somebody away.

    Attributes:
        ward: as the ward is called.
        at: when the page was made, UTC.
        sensors: kinds of sensor that hang in its rooms.
        purposes: what they may be used for.
        is_off: every sensor of the ward is off by decision.
        figures: of the newest signed month, by name; a number in words, or that it is not shown.
        month: of these figures; empty while none is signed.
        documents: every paper with its date.
        talks: the co-production log, newest first.
    """

    ward: str
    at: datetime
    sensors: tuple[Modality, ...]
    purposes: tuple[Purpose, ...]
    is_off: bool
    figures: Mapping[str, str]
    month: str
    documents: tuple[DocumentRow, ...]
    talks: tuple[TalkRow, ...]
