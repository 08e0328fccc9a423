"""The words of a consent's history: what can be written down, and what it is worth at one moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from console.rules.grants import Grant


class EntryKind(StrEnum):
    """What can be written down about a consent; entries are only ever added."""

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
    SUSPENDED = "suspended"
    CARRIED = "carried"


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
        at: when it was recorded; nothing can be back-dated.
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
        paused_since: when this row of pauses began; None when not paused.
        before_relay: what it was before somebody else passed on a "no"; None when there is no such question open.
        was_explained: a teach-back in the patient's own form succeeded since the last offer (rule C6).
        refused_at: when the patient last said no with capacity in this stay; None when never (rules C9, C14).
        restrained_at: last restraint, seclusion or rapid tranquillisation; None when none (rule C20).
        offered_at: when they were last asked; None when never.
        asks_after_no: how often they were asked again after a no (rule C14).
        new_purposes: by purpose, when it was first agreed to in this stay (rule C20).
        has_advance_wish: a choice made when well is on record: shown first, never applied (rule C18).
    """

    state: ConsentState = ConsentState.NOT_ASKED
    since: datetime | None = None
    grant: Grant | None = None
    consent_id: str = ""
    given_at: datetime | None = None
    ends_at: datetime | None = None
    paused_until: datetime | None = None
    paused_since: datetime | None = None
    before_relay: ConsentState | None = None
    was_explained: bool = False
    refused_at: datetime | None = None
    restrained_at: datetime | None = None
    offered_at: datetime | None = None
    asks_after_no: int = 0
    new_purposes: Mapping[str, datetime] = field(default_factory=dict)
    has_advance_wish: bool = False

    @property
    def is_given(self) -> bool:
        """Return whether there is a yes that may open the sensor now, its hours apart."""
        return self.state is ConsentState.GIVEN and self.grant is not None

    @property
    def relay_open(self) -> bool:
        """Return whether the patient is to be asked "Was that you?"."""
        return self.before_relay is not None
