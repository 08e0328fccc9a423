"""Who can be using the console: roles, and the actor that every command takes."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self


class Role(StrEnum):
    """What an actor is on the ward; decides what they may do."""

    NURSE = "nurse"
    NURSE_IN_CHARGE = "nurse_in_charge"
    WARD_MANAGER = "ward_manager"
    MATRON = "matron"
    SITE_COORDINATOR = "site_coordinator"
    GOVERNANCE_LEAD = "governance_lead"
    IG_OFFICER = "ig_officer"
    CLINICAL_SAFETY_OFFICER = "clinical_safety_officer"
    ENGINEER = "engineer"
    ADVOCATE = "advocate"
    PATIENT = "patient"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Someone (or a part of the console itself) that acts.

    Attributes:
        actor_id: pseudonym, 32 hex digits; `system:<part>` for the console itself.
        username: sign-in name; empty for the system. Kept out of `repr`, so that no log can hold it.
        display_name: first name and initial, as on the badge; kept out of `repr`.
        role: what they are.
        room_id: a patient's own room; None for everyone else.
        patient_id: a patient's own pseudonym; None for everyone else.
    """

    actor_id: str
    username: str = field(repr=False)
    display_name: str = field(repr=False)
    role: Role
    room_id: str | None = None
    patient_id: str | None = None

    @classmethod
    def system(cls, name: str) -> Self:
        """Return the console's own part of that name, for what happens without a person."""
        return cls(f"system:{name}", "", "", Role.SYSTEM)
