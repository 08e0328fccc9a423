"""What people chose to tell about themselves, as rows: one answer to a question, and none where they took it back."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, insert, select

from console.rules.consenting.groups import OwnQuestion
from console.store.database import Tx
from console.store.tables import group_answers


def keep(tx: Tx, patient_id: str, question: OwnQuestion, answer: str, at: datetime) -> None:
    """Write down an answer where there is none."""
    told = {"patient_id": patient_id, "question": question.value, "answer": answer, "answered_at": at}
    tx.execute(insert(group_answers).values(**told))


def forget(tx: Tx, patient_id: str, question: OwnQuestion) -> None:
    """Delete an answer; nothing of it stays."""
    told = (group_answers.c.patient_id == patient_id) & (group_answers.c.question == question.value)
    tx.execute(delete(group_answers).where(told))


def of_patient(tx: Tx, patient_id: str) -> dict[OwnQuestion, str]:
    """Return what somebody has told."""
    wanted = select(group_answers).where(group_answers.c.patient_id == patient_id)
    return {OwnQuestion(row.question): str(row.answer) for row in tx.execute(wanted)}


def every(tx: Tx) -> Mapping[str, Mapping[OwnQuestion, str]]:
    """Return what everybody has told, by person."""
    found: dict[str, dict[OwnQuestion, str]] = {}
    for row in tx.execute(select(group_answers)):
        found.setdefault(row.patient_id, {})[OwnQuestion(row.question)] = str(row.answer)
    return found
