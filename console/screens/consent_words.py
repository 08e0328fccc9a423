"""The sentences of the talk about the sensor, beside the codes that the record keeps."""

from broker.vocabulary import Modality, Purpose
from console.rules.consenting.authority import ChildView, CourtOrder
from console.rules.consenting.grants import (
    Alternative,
    Basis,
    CarePlanReason,
    Feeling,
    KeptFor,
    LessAnswer,
    Mark,
    NetworkChoice,
)
from console.rules.consenting.person import Adjustment, AgeGroup, Change, Objection, PlaceKind
from console.rules.consenting.trading import ClinicalReason
from console.words import N_

_PURPOSES = (
    (Purpose.PRESENCE, N_("Notice that somebody is there, moving or still")),
    (Purpose.BREATHING_SPOT, N_("Count breaths now and then")),
    (Purpose.NO_MOVEMENT, N_("Notice a long time without movement")),
    (Purpose.BED_EXIT, N_("Notice getting out of bed")),
    (Purpose.FLOOR, N_("Notice somebody on the floor")),
    (Purpose.SECOND_PERSON, N_("Notice a second person")),
    (Purpose.BATHROOM_DWELL, N_("Notice how long somebody is in the en-suite")),
    (Purpose.PULSE_SPOT, N_("Count the pulse now and then")),
    (Purpose.SLEEP_REPORT, N_("A page about the night, for the patient only")),
)
LISTS: dict[str, tuple[tuple[str, str], ...]] = {
    "sensors": (
        (Modality.RADAR, N_("Radar: no pictures, no sound")),
        (Modality.CAMERA, N_("A camera: its pictures never leave the sensor")),
    ),
    "purposes": _PURPOSES,
    "not_radar": _PURPOSES,
    "not_camera": _PURPOSES,
    "hours": (
        ("22:00-07:00", N_("At night, from ten to seven")),
        ("00:00-24:00", N_("Day and night")),
    ),
    "basis": (
        (Basis.CAPACITY_CONSENT, N_("Their own yes")),
        (Basis.GILLICK, N_("Their own yes, under 16 and competent")),
        (Basis.PARENT, N_("A parent's yes")),
        (Basis.LPA_HEALTH_WELFARE, N_("An attorney for health and welfare")),
        (Basis.DEPUTY, N_("A deputy of the court")),
        (Basis.BEST_INTERESTS, N_("A best-interests decision")),
    ),
    "mark": (
        (Mark.SIGNATURE, N_("They signed")),
        (Mark.OWN_MARK, N_("They made their own mark")),
        (Mark.SPOKEN_WITH_WITNESS, N_("They said yes before a witness")),
        (Mark.SIGN_LANGUAGE, N_("They said yes in sign language")),
        (Mark.SYMBOL, N_("They chose a symbol")),
    ),
    "format": (
        ("talk", N_("A talk")),
        ("easy_read", N_("Easy Read")),
        ("large_print", N_("Large print")),
        ("audio", N_("A recording to listen to")),
        ("paper", N_("Paper")),
        ("bsl", N_("British Sign Language")),
    ),
    "care_plan_reason": (
        (CarePlanReason.REST_WITHOUT_WAKING, N_("To be woken less at night")),
        (CarePlanReason.BREATHING_AT_NIGHT, N_("Because of breathing at night")),
        (CarePlanReason.GETTING_UP_AT_NIGHT, N_("Because of getting up at night")),
        (CarePlanReason.FEELING_SAFER, N_("To feel safer")),
    ),
    "network": (
        (NetworkChoice.STOP, N_("It should stop")),
        (NetworkChoice.CARRY_ON, N_("It should carry on until morning with the light on")),
    ),
    "kept_for": (
        (KeptFor.FOURTEEN_DAYS, N_("14 days, locked after one day")),
        (KeptFor.ONE_DAY, N_("One day")),
    ),
    "feeling": (
        (Feeling.SAFER, N_("It makes them feel safer")),
        (Feeling.NOTHING_TO_SAY, N_("Nothing to say")),
        (Feeling.WATCHED, N_("It makes them feel watched")),
        (Feeling.UNEASY, N_("It makes them uneasy")),
    ),
    "would_less_do": (
        (LessAnswer.NOTHING_LESS, N_("Nothing less would do")),
        (LessAnswer.FEWER_HOURS, N_("Fewer hours")),
        (LessAnswer.FEWER_PURPOSES, N_("Fewer purposes")),
        (LessAnswer.RADAR_INSTEAD, N_("Radar instead of a camera")),
        (LessAnswer.OFF, N_("Off")),
    ),
    "places": (
        (PlaceKind.SECLUSION, N_("A seclusion room")),
        (PlaceKind.LONG_TERM_SEGREGATION, N_("Long-term segregation")),
        (PlaceKind.SECTION_136_SUITE, N_("A section 136 suite")),
        (PlaceKind.EXTRA_CARE, N_("An extra-care area")),
    ),
    "age": (
        (AgeGroup.UNDER_16, N_("Under 16")),
        (AgeGroup.FROM_16_TO_17, N_("16 or 17")),
        (AgeGroup.ADULT, N_("18 or older")),
    ),
    "needs": (
        (Adjustment.NONE, N_("Nothing: they said so")),
        (Adjustment.EASY_READ, N_("Easy Read, with pictures")),
        (Adjustment.LARGE_PRINT, N_("Large print")),
        (Adjustment.READ_ALOUD, N_("Somebody or something that reads it aloud")),
        (Adjustment.INTERPRETER, N_("An interpreter")),
        (Adjustment.BSL, N_("British Sign Language")),
        (Adjustment.MORE_TIME, N_("More time")),
        (Adjustment.QUIET_PLACE, N_("A quiet place")),
        (Adjustment.SOMEBODY_WITH_THEM, N_("A friend, carer, peer worker or advocate beside them")),
    ),
    "child_view": (
        (ChildView.AGREES, N_("The child agrees")),
        (ChildView.UNSURE, N_("The child is not sure")),
        (ChildView.OBJECTS, N_("The child objects")),
        (ChildView.CANNOT_SAY, N_("The child cannot say")),
    ),
    "court_order": (
        (CourtOrder.NONE, N_("There is no court order and no looked-after status")),
        (CourtOrder.ALLOWS, N_("An order or status lets the parent decide")),
        (CourtOrder.FORBIDS, N_("An order or status takes it from the parent")),
    ),
    "change": (
        (Change.LEGAL_STATUS, N_("Their legal status")),
        (Change.CAPACITY_LOST, N_("They can no longer decide this")),
        (Change.CAPACITY_REGAINED, N_("They can decide this again")),
    ),
    "clinical_reason": (
        (ClinicalReason.RISK_LOWER, N_("The risk is lower")),
        (ClinicalReason.PLANNED_STEP, N_("A planned step of the care plan")),
        (ClinicalReason.TEAM_REVIEW, N_("A review by the team")),
        (ClinicalReason.FAMILY_EVENT, N_("Something in the family")),
        (ClinicalReason.COURT_OR_TRIBUNAL, N_("A court or a tribunal")),
    ),
    "objection": (
        (Objection.WORDS, N_("In words")),
        (Objection.GESTURE, N_("By a gesture")),
        (Objection.PRESSING, N_("By pressing")),
        (Objection.COVERING, N_("By covering the sensor")),
        (Objection.TURNING_AWAY, N_("By turning away")),
        (Objection.DISTRESS, N_("By distress that begins when it is on")),
    ),
    "alternatives": (
        (Alternative.CHECK_IN_PERSON, N_("Checks in person only")),
        (Alternative.CONTACT_OXIMETER, N_("A sensor on the finger")),
        (Alternative.RADAR_ONLY, N_("Radar only")),
    ),
}
"""By question, in the order in which they are asked; the first purposes are the first question (rule C20)."""
