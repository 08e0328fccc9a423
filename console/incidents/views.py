"""What the screens show of all that comes after an incident: codes and pseudonyms, and what somebody must do."""

from dataclasses import dataclass
from datetime import datetime

from console.incidents.pack import Pack
from console.roles import Role
from console.rules.afterwards.informing import NotYet
from console.rules.afterwards.lifting import LiftEnd, LiftReason
from console.rules.afterwards.releasing import ReleaseEnd, ReleaseKind, ReleasePurpose
from console.rules.afterwards.wrongs import WrongOutcome


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One hold that stands.

    Attributes:
        hold_id: random.
        why: what started it, a code.
        room_id: the room.
        stay_id: pseudonym.
        from_at: from when it keeps.
        until_at: until when.
        review_by: when somebody looks whether it is still needed.
        is_sealed: some of it opens to two people alone.
        is_late: nobody has looked in time whether it is still needed.
        is_asked: somebody has asked that it ends.
    """

    hold_id: str
    why: str
    room_id: str
    stay_id: str
    from_at: datetime
    until_at: datetime
    review_by: datetime
    is_sealed: bool
    is_late: bool = False
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class LiftView:
    """A request that a hold ends.

    Attributes:
        lift_id: random.
        hold_id: which hold.
        room_id: its room.
        why: what started it, a code.
        reason: why it ends.
        words: the sentence that was written; empty when erased.
        asked_role: of who asked.
        asked_at: when.
        lapses_at: until when it waits.
        ending: how it ended; None while it waits.
        ended_role: of the second person; None while it waits, and when it lapsed.
        ended_at: when it ended.
        may_decide: the reader may be its second person, as far as a role tells.
    """

    lift_id: str
    hold_id: str
    room_id: str
    why: str
    reason: LiftReason
    words: str
    asked_role: Role
    asked_at: datetime
    lapses_at: datetime
    ending: LiftEnd | None
    ended_role: Role | None
    ended_at: datetime | None
    may_decide: bool


@dataclass(frozen=True, slots=True)
class ReleaseView:
    """One line of the disclosure register.

    Attributes:
        release_id: stands on everything that left.
        hold_id: what it is about.
        room_id: the room.
        kind: a view or a bundle.
        purpose: what for.
        recipient: who gets it, and for which organisation; empty when erased.
        asked_by: name as on the badge.
        asked_role: theirs.
        asked_at: when.
        lapses_at: until when it waits.
        ending: how it ended; None while it waits.
        ended_by: name of the second person; empty while it waits.
        ended_role: theirs; None while it waits.
        ended_at: when.
        told_at: when the patient, or those who stand for them, were told; None until then.
        not_yet: why they are not told yet; None when nothing is signed.
        may_confirm: the reader may be its second person, as far as a role tells.
        may_view: the reader asked for this view, and it is open.
    """

    release_id: str
    hold_id: str
    room_id: str
    kind: ReleaseKind
    purpose: ReleasePurpose
    recipient: str
    asked_by: str
    asked_role: Role
    asked_at: datetime
    lapses_at: datetime
    ending: ReleaseEnd | None
    ended_by: str
    ended_role: Role | None
    ended_at: datetime | None
    told_at: datetime | None
    not_yet: NotYet | None
    may_confirm: bool
    may_view: bool


@dataclass(frozen=True, slots=True)
class TellingView:
    """One thing that somebody is to be told.

    Attributes:
        telling_id: random.
        about: `hold` or `release`.
        room_id: the room.
        stay_id: pseudonym.
        begun_at: when it was held or released.
        due_at: until when they are told.
        is_late: they should have been told by now.
        has_died: a person tells those whom they left, never the system.
        not_yet: why it waits; None when nothing is signed.
        review_by: until when that stands.
        escalated: the Caldicott Guardian was told that nobody told them.
    """

    telling_id: str
    about: str
    room_id: str
    stay_id: str
    begun_at: datetime
    due_at: datetime
    is_late: bool
    has_died: bool
    not_yet: NotYet | None
    review_by: datetime | None
    escalated: bool


@dataclass(frozen=True, slots=True)
class OpenView:
    """A view that ends by itself.

    Attributes:
        pack: what is shown.
        mark: stands on every part of it: who reads it, by id.
        until: when it ends.
    """

    pack: Pack
    mark: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Released:
    """What a confirmation came to.

    Attributes:
        bundle: the sealed file, for this one answer; None for a view, and when refused.
        name: its file name.
    """

    bundle: bytes | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class HazardView:
    """A hazard that was found here.

    Attributes:
        number: `L` and a number, in the order in which they were found.
        title: of the hazard.
        cause: of the hazard.
        effect: of the hazard.
        found_at: when.
        national_ref: of the learning event.
        regulator_ref: of the report to the regulator; empty where it is no matter of the device.
        notice: what other deployments are told.
    """

    number: str
    title: str
    cause: str
    effect: str
    found_at: datetime
    national_ref: str
    regulator_ref: str
    notice: str


@dataclass(frozen=True, slots=True)
class WrongView:
    """A report that the system got it wrong.

    Attributes:
        report_id: random.
        made_at: when.
        role: of whoever said so.
        room_id: the room it was said in or about; empty when none.
        screen: the page it was said on.
        text: what they wrote; empty when nothing.
        due_at: until when it is answered.
        is_late: nobody has answered it in time.
        outcome: what was found; None until then.
        answer: in plain words; empty until then.
    """

    report_id: str
    made_at: datetime
    role: Role
    room_id: str
    screen: str
    text: str
    due_at: datetime
    is_late: bool
    outcome: WrongOutcome | None
    answer: str
