"""What a patient chose, said and asked for, as the screens show it: plain facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from broker.vocabulary import Modality

if TYPE_CHECKING:
    from console.rules.afterwards.keeping import KeepEnd
    from console.showing.views import LedgerRow, Words


@dataclass(frozen=True, slots=True)
class OwnSensor:
    """One sensor of a patient's room.

    Attributes:
        modality: radar or camera.
        is_on: it is on now, as its node says.
        words: whether it is on, or where its own stop is.
        may_stop_alone: they agreed to another one as well, and can stop this one and keep that.
    """

    modality: Modality
    is_on: bool
    words: "Words"
    may_stop_alone: bool = False


@dataclass(frozen=True, slots=True)
class KeptView:
    """Keep or delete, as their page asks it (rule R3).

    Attributes:
        words: where it stands, in plain words.
        ending: how a deletion ended; None until then.
        receipt: number of the log's entry that proves it; -1 without one.
        may_keep: they can say: keep it.
        may_delete: they can say: delete it.
    """

    words: "Words"
    ending: "KeepEnd | None"
    receipt: int
    may_keep: bool
    may_delete: bool


@dataclass(frozen=True, slots=True)
class AfterIncident:
    """What their page says after something happened.

    Attributes:
        told: what is kept and who opened it, as far as they were told (rule I3).
        kept: keep or delete; None when nothing is asked.
    """

    told: tuple["Words", ...] = ()
    kept: KeptView | None = None


@dataclass(frozen=True, slots=True)
class ReadingChoice:
    """How somebody reads (rules E1, E5).

    Attributes:
        language: tag, such as `en` or `ur`.
        easy_read: short sentences with pictures.
        large_print: everything half as large again.
        high_contrast: black and white alone.
        aloud: the page offers at once to be read out.
    """

    language: str = "en"
    easy_read: bool = False
    large_print: bool = False
    high_contrast: bool = False
    aloud: bool = False


@dataclass(frozen=True, slots=True)
class ComplaintView:
    """One thing that a patient said (rule S6).

    Attributes:
        complaint_id: random.
        kind: complaint, feedback or wrong.
        text: what they wrote; empty when nothing.
        made_at: when.
        due_at: until when somebody says that it has arrived.
        acknowledged_at: when somebody did; None until then.
        outcome: the answer in plain words; empty until there is one.
        is_late: nobody has said in time that it has arrived.
    """

    complaint_id: str
    kind: str
    text: str
    made_at: datetime
    due_at: datetime
    acknowledged_at: datetime | None
    outcome: str = ""
    is_late: bool = False


@dataclass(frozen=True, slots=True)
class CopyView:
    """A request for everything that is kept about somebody (rule S5).

    Attributes:
        asked_at: when.
        due_at: until when it is answered.
        answered_at: when it was; None until then.
    """

    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class CopyRequestView:
    """A request for everything, as those who answer it see it (rule S5).

    Attributes:
        request_id: random.
        patient_id: pseudonym of who asked, as in the log.
        asked_at: when.
        due_at: until when it is answered.
        is_late: nobody has answered it in time.
    """

    request_id: str
    patient_id: str
    asked_at: datetime
    due_at: datetime
    is_late: bool


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """One word of a consent's history.

    Attributes:
        at: when.
        kind: code of what was said.
        details: as codes.
    """

    at: datetime
    kind: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """One entry of the audit log, with what proves that it stands there (RFC 6962).

    Attributes:
        index: its place in the tree.
        entry: what the tree covers, as codes and pseudonyms.
        leaf: its hash, 64 hex digits.
        proof: hashes from the leaf to the checkpoint's root; None while no checkpoint covers it.
    """

    index: int
    entry: Mapping[str, Any]
    leaf: str
    proof: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """What a patient takes away at once (rule S5).

    Attributes:
        made_at: when.
        rest_due_at: until when everything else is answered.
        ledger: all of who looked, newest first.
        consent: what was said about the sensor, oldest first.
        receipts: the entries of the ledger.
        checkpoint: the newest signed head of the log; empty before there is one.
    """

    made_at: datetime
    rest_due_at: datetime
    ledger: "tuple[LedgerRow, ...]"
    consent: tuple[ConsentLine, ...]
    receipts: tuple[ReceiptView, ...]
    checkpoint: str


@dataclass(frozen=True, slots=True)
class TrialView:
    """A person's own trial of the sensor, or what they may begin (rule S4).

    Attributes:
        room_id: their room.
        sensors: the kinds in it that can be tried; empty when there is none.
        must_ask: nobody offers it now: they say themselves that they ask for it.
        until: when the trial ends by itself; None while none runs.
        is_open: the node says that the sensor is open.
        staff_see: what would stand on the board, had they said yes; None while the sensor has said nothing.
        reading: the breathing rate in words; None while there is none.
    """

    room_id: str
    sensors: tuple[Modality, ...]
    must_ask: bool
    until: datetime | None = None
    is_open: bool = False
    staff_see: "Words | None" = None
    reading: "Words | None" = None
