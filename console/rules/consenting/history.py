"""The words of a consent's history: what can be written down, and what it is worth at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from console.rules.consenting.grants import Grant, LessAnswer
from console.rules.consenting.person import Advance, AgeGroup, Away, Confinement, OwnTrial, Sedation

BY_COVERING = "covered"
"""How a pause came that has no end: the sensor was covered (rule S3)."""
ONE_SENSOR = "sensor"
"""Which one of several sensors a "no" is for; it stands in an entry's details. Without it a "no" is for all of them."""
SAID_AT = "said_at"
"""When something was said that was written down later; it stands in an entry's details and decides nothing."""


class EntryKind(StrEnum):
    """What can be written down about a stay and its consent; entries are only ever added."""

    ADVANCE_WISH = "advance_wish"
    RESTRAINED = "restrained"
    OFFERED = "offered"
    EXPLAINED = "explained"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    RELAYED_NO = "relayed_no"
    RELAY_ANSWERED = "relay_answered"
    PAUSED = "paused"
    RESUMED = "resumed"
    TRIED = "tried"
    TRIAL_ENDED = "trial_ended"
    SUSPENDED = "suspended"
    CARRIED = "carried"
    ABOUT_THEM = "about_them"
    ADJUSTED = "adjusted"
    EARLIER_NO_REVIEWED = "earlier_no_reviewed"
    TALK_WISHED = "talk_wished"
    TALKED = "talked"
    FELT = "felt"
    NOT_BY = "not_by"
    CHANGED = "changed"
    AWAY = "away"
    RETURNED = "returned"
    CONFINED = "confined"
    FREED = "freed"
    TRANQUILLISED = "tranquillised"
    CHECKED_IN_PERSON = "checked_in_person"
    SEDATION_ENDED = "sedation_ended"
    DIED = "died"


class ConsentState(StrEnum):
    """What a consent is now."""

    NOT_ASKED = "not_asked"
    OFFERED = "offered"
    GIVEN = "given"
    REFUSED = "refused"
    PAUSED = "paused"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    UNDER_REVIEW = "under_review"


class RelayAnswer(StrEnum):
    """What the patient says to "Was that you?"."""

    YES = "yes"
    NO = "no"
    TALK = "talk"


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """One line of a consent's history.

    Attributes:
        entry_id: its own id.
        consent_id: the grant it belongs to; empty when there was none yet.
        stay_id: the stay.
        at: when it was recorded; nothing can be back-dated. When it was said, if that was earlier, stands in
            `details` as `said_at` and decides nothing.
        kind: what happened.
        details: codes only.
        recorded_by: pseudonym of who recorded it.
    """

    entry_id: str
    consent_id: str
    stay_id: str
    at: datetime
    kind: EntryKind
    details: Mapping[str, Any] = field(default_factory=dict)
    recorded_by: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a stay's consent is at one moment.

    Attributes:
        state: the state.
        since: when it became so; None when never asked.
        grant: the newest grant, whatever became of it; None before the first.
        consent_id: of that grant; empty before the first.
        given_at: when it was given; None before the first.
        ends_at: when it lapses (rule C7); None without a grant.
        paused_until: end of the pause; None when not paused.
        is_covered: they covered the sensor: the pause has no end but their own tap (rule S3).
        paused_since: when this row of pauses began; None when not paused.
        before_relay: what it was before somebody else passed on a "no"; None when there is no such question open.
        was_explained: a teach-back in the patient's own form succeeded since the last offer (rule C6).
        refused_at: when the patient last said no with capacity in this stay; None when never (rules C9, C14).
        restrained_at: last restraint, seclusion or rapid tranquillisation; None when none (rule C20).
        offered_at: when they were last asked; None when never.
        asks_after_no: how often they were asked again after a no (rule C14).
        new_purposes: by purpose, when it was first agreed to in this stay (rule C20).
        advance: a choice made when well: shown first, never applied (rule C18); None when none is on record.
        earlier_no_reviewed: two clinicians wrote down why an earlier no says no more what they wish (rule C9).
        objected_until: until when nobody else's yes starts it again after an objection (rule C10); None when none.
        age: of the person (rule C13); None when not written down.
        adjustments: what they need to be asked fairly (rule E5); None when nobody has asked yet.
        adjustments_met: whether that is there.
        not_by: pseudonyms of staff whom they do not want to be asked by (rule C20).
        talk_wished_at: when they asked to talk about the sensor and nobody has yet (rule C20); None otherwise.
        talk_due_at: from when it stays off unless somebody has talked with them after a change (rule C7).
        review_why: what that change was; empty when none.
        less: the newest answer to "Would less do?" (rule P5); None before it was asked.
        felt_at: when they were asked again how it is, since the newest yes (rule C22).
        away: where they are when not in their room (rule C2); None when in it.
        confinement: seclusion or a like place (rule P9); None when in neither.
        sedation: after rapid tranquillisation (rule P10); None when none, or when it has been ended.
        sedated_at: last rapid tranquillisation in this stay; None when none.
        trial: they try the sensor out for themselves, without a consent (rule S4); None when not.
        tried_at: when they began to, each time in this stay.
        has_died: nothing that is written after it changes anything.
    """

    state: ConsentState = ConsentState.NOT_ASKED
    since: datetime | None = None
    grant: Grant | None = None
    consent_id: str = ""
    given_at: datetime | None = None
    ends_at: datetime | None = None
    paused_until: datetime | None = None
    paused_since: datetime | None = None
    is_covered: bool = False
    before_relay: ConsentState | None = None
    was_explained: bool = False
    refused_at: datetime | None = None
    restrained_at: datetime | None = None
    offered_at: datetime | None = None
    asks_after_no: int = 0
    new_purposes: Mapping[str, datetime] = field(default_factory=dict)
    advance: Advance | None = None
    earlier_no_reviewed: bool = False
    objected_until: datetime | None = None
    age: AgeGroup | None = None
    adjustments: tuple[str, ...] | None = None
    adjustments_met: bool = False
    not_by: frozenset[str] = frozenset()
    talk_wished_at: datetime | None = None
    talk_due_at: datetime | None = None
    review_why: str = ""
    less: LessAnswer | None = None
    felt_at: tuple[datetime, ...] = ()
    away: Away | None = None
    confinement: Confinement | None = None
    sedation: Sedation | None = None
    sedated_at: datetime | None = None
    trial: OwnTrial | None = None
    tried_at: tuple[datetime, ...] = ()
    has_died: bool = False

    @property
    def has_advance_wish(self) -> bool:
        """Return whether a choice made when well is on record."""
        return self.advance is not None

    @property
    def is_given(self) -> bool:
        """Return whether there is a yes that may open the sensor now, its hours apart."""
        return self.state is ConsentState.GIVEN and self.grant is not None

    @property
    def relay_open(self) -> bool:
        """Return whether the patient is to be asked "Was that you?"."""
        return self.before_relay is not None
