"""What a patient chose, complained of and asked a copy of, as rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from console.own.own_views import ReadingChoice
from console.rules.looking.telling import Telling
from console.store.database import Tx
from console.store.tables import answer_claims, complaints, copy_requests, reading_choices, telling_choices


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """One complaint, word of feedback, or "the system got it wrong".

    Attributes:
        complaint_id: random.
        patient_id: pseudonym of who said it.
        stay_id: the stay in which it was said.
        kind: complaint, feedback or wrong.
        text_id: where the sealed text stands; None when nothing was written.
        made_at: when.
        due_at: until when somebody must have said that it has arrived.
        acknowledged_at: when somebody said so; None until then.
        outcome_text_id: where the sealed answer stands; None until there is one.
        closed_at: when it was answered; None until then.
    """

    complaint_id: str
    patient_id: str
    stay_id: str
    kind: str
    text_id: str | None
    made_at: datetime
    due_at: datetime
    acknowledged_at: datetime | None = None
    outcome_text_id: str | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A request for everything that is kept about somebody.

    Attributes:
        asked_at: when.
        due_at: until when it is answered.
        answered_at: when it was; None until then.
        request_id: random.
        patient_id: pseudonym of who asked.
    """

    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    request_id: str
    patient_id: str


def choose_reading(tx: Tx, patient_id: str, choice: ReadingChoice, at: datetime) -> None:
    """Keep how a patient reads, in place of an earlier choice."""
    told = {
        "language": choice.language,
        "easy_read": choice.easy_read,
        "large_print": choice.large_print,
        "high_contrast": choice.high_contrast,
        "aloud": choice.aloud,
        "chosen_at": at,
    }
    mine = reading_choices.c.patient_id == patient_id
    if not tx.execute(update(reading_choices).where(mine).values(**told)).rowcount:
        tx.execute(insert(reading_choices).values(patient_id=patient_id, **told))


def reading_choice(tx: Tx, patient_id: str) -> ReadingChoice | None:
    """Return how a patient reads; None when they have not been asked."""
    row = tx.execute(select(reading_choices).where(reading_choices.c.patient_id == patient_id)).first()
    if row is None:
        return None
    return ReadingChoice(row.language, row.easy_read, row.large_print, row.high_contrast, row.aloud)


def add_complaint(tx: Tx, row: ComplaintRow) -> None:
    """Write down what somebody said."""
    tx.execute(
        insert(complaints).values(
            complaint_id=row.complaint_id,
            patient_id=row.patient_id,
            stay_id=row.stay_id,
            kind=row.kind,
            text_id=row.text_id,
            made_at=row.made_at,
            due_at=row.due_at,
        )
    )


def complaints_of(tx: Tx, patient_id: str) -> list[ComplaintRow]:
    """Return what a patient said, newest first."""
    wanted = select(complaints).where(complaints.c.patient_id == patient_id)
    return [_complaint(row) for row in tx.execute(wanted.order_by(complaints.c.made_at.desc()))]


def open_complaints(tx: Tx) -> list[ComplaintRow]:
    """Return what nobody has answered, the longest waiting first."""
    wanted = select(complaints).where(complaints.c.closed_at.is_(None)).order_by(complaints.c.made_at)
    return [_complaint(row) for row in tx.execute(wanted)]


def acknowledge(tx: Tx, complaint_id: str, actor_id: str, at: datetime) -> bool:
    """Write down that it has arrived; return False when somebody has done so, or there is no such thing."""
    waiting = (complaints.c.complaint_id == complaint_id) & complaints.c.acknowledged_at.is_(None)
    done = tx.execute(update(complaints).where(waiting).values(acknowledged_at=at, acknowledged_by=actor_id))
    return done.rowcount == 1


def close(tx: Tx, complaint_id: str, actor_id: str, text_id: str, at: datetime) -> bool:
    """Write down the answer; return False when there is one, or nobody has said yet that it has arrived."""
    waiting = (
        (complaints.c.complaint_id == complaint_id)
        & complaints.c.acknowledged_at.is_not(None)
        & complaints.c.closed_at.is_(None)
    )
    told: dict[str, Any] = {"closed_at": at, "closed_by": actor_id, "outcome_text_id": text_id}
    return tx.execute(update(complaints).where(waiting).values(**told)).rowcount == 1


def add_copy_request(tx: Tx, request_id: str, patient_id: str, stay_id: str, asked_at: datetime, due: datetime) -> None:
    """Write down that somebody asks for everything that is kept about them."""
    tx.execute(
        insert(copy_requests).values(
            request_id=request_id, patient_id=patient_id, stay_id=stay_id, asked_at=asked_at, due_at=due
        )
    )


def copy_requests_of(tx: Tx, patient_id: str) -> list[CopyRow]:
    """Return a patient's requests, newest first."""
    wanted = select(copy_requests).where(copy_requests.c.patient_id == patient_id)
    found = tx.execute(wanted.order_by(copy_requests.c.asked_at.desc()))
    return [_copy(row) for row in found]


def open_copy_requests(tx: Tx) -> list[CopyRow]:
    """Return what nobody has answered, the longest waiting first."""
    wanted = select(copy_requests).where(copy_requests.c.answered_at.is_(None)).order_by(copy_requests.c.asked_at)
    return [_copy(row) for row in tx.execute(wanted)]


def answer_copy(tx: Tx, request_id: str, actor_id: str, at: datetime) -> bool:
    """Write down that a request was answered; return False when it was, or there is no such thing."""
    waiting = (copy_requests.c.request_id == request_id) & copy_requests.c.answered_at.is_(None)
    return tx.execute(update(copy_requests).where(waiting).values(answered_at=at, answered_by=actor_id)).rowcount == 1


def _copy(row: Row[Any]) -> CopyRow:
    return CopyRow(row.asked_at, row.due_at, row.answered_at, row.request_id, row.patient_id)


def _complaint(row: Row[Any]) -> ComplaintRow:
    return ComplaintRow(
        row.complaint_id,
        row.patient_id,
        row.stay_id,
        row.kind,
        row.text_id,
        row.made_at,
        row.due_at,
        row.acknowledged_at,
        row.outcome_text_id,
        row.closed_at,
    )


def telling_of(tx: Tx, patient_id: str) -> Telling:
    """Return how a patient wants to be told who looked; when they ask, until they chose."""
    wanted = select(telling_choices.c.how).where(telling_choices.c.patient_id == patient_id)
    found = tx.execute(wanted).scalar_one_or_none()
    return Telling(found) if found is not None else Telling.WHEN_I_ASK


def choose_telling(tx: Tx, patient_id: str, how: Telling, at: datetime) -> None:
    """Keep how a patient wants to be told, in the place of what they chose before."""
    tx.execute(delete(telling_choices).where(telling_choices.c.patient_id == patient_id))
    tx.execute(insert(telling_choices).values(patient_id=patient_id, how=how.value, chosen_at=at))


def add_claim(tx: Tx, code_hash: str, patient_id: str, at: datetime, ends_at: datetime) -> None:
    """Keep the hash of a code, in the place of an earlier one of the same person."""
    tx.execute(delete(answer_claims).where(answer_claims.c.patient_id == patient_id))
    tx.execute(insert(answer_claims).values(code_hash=code_hash, patient_id=patient_id, made_at=at, ends_at=ends_at))


def patient_of_claim(tx: Tx, code_hash: str, now: datetime) -> str | None:
    """Return whose code it is; None when nobody's, or when it has ended."""
    claim = answer_claims.c
    wanted = select(claim.patient_id).where((claim.code_hash == code_hash) & (claim.ends_at > now))
    return tx.execute(wanted).scalar_one_or_none()
