"""Rounds for tests: levels that are set, entries as a tablet sends them, and doors whose tag shows a code."""

import secrets
from typing import Any

from console.observing.check_entries import Entry
from console.roles import Actor
from console.rules.decision import Decision
from console.rules.in_person.rounds import PlannedCheck
from tests.kit.alerting import code_at
from tests.kit.boxed_ward import NURSE, BoxedWard


def observe(box: BoxedWard, room_id: str, level: str = "quarter_hourly", actor: Actor = NURSE) -> PlannedCheck:
    """Set a level, and return the check that is planned by it."""
    assert box.ward.checks.plans.set_level(actor, box.stay(room_id), level)
    box.clock.advance(1)
    box.ward.step()
    check = box.ward.checks.rounds.of_room(room_id)
    assert check is not None
    return check


def an_entry(box: BoxedWard, room_id: str, **changes: Any) -> Entry:
    """An entry of somebody who stands at the door now, with the code that it shows."""
    told: dict[str, Any] = {
        "observation_id": secrets.token_hex(16),
        "stay_id": box.stay(room_id),
        "room_id": room_id,
        "saw": "breathed",
        "woke": "no",
        "code": code_at(box, room_id),
    }
    return Entry(**(told | changes))


def enter(box: BoxedWard, room_id: str, actor: Actor = NURSE, **changes: Any) -> Decision:
    """See somebody, and write it down."""
    return box.ward.checks.observations.enter(actor, an_entry(box, room_id, **changes))


def until_due(box: BoxedWard, check: PlannedCheck, seconds: float = 0.5) -> None:
    """Let time pass until a check is due, or so long after it."""
    left = (check.due_at - box.clock.utc_now()).total_seconds() + seconds
    box.pass_time(max(1.0, left), in_steps_of=max(1.0, left / 8))


def until_overdue(box: BoxedWard, check: PlannedCheck, seconds: float = 1) -> None:
    """Let time pass until the longest gap of a check is over by so long."""
    left = (check.latest_at - box.clock.utc_now()).total_seconds() + seconds
    box.pass_time(max(1.0, left), in_steps_of=max(1.0, left / 8))
