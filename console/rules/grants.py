"""A grant: what a person agreed to, on what word, explained how; and its form as codes in a consent entry."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from broker.vocabulary import Modality, Purpose
from console.rules.hours import Hours, parse_hours


class Basis(StrEnum):
    """On whose word a grant stands; a closed list (rules C11, C19)."""

    CAPACITY_CONSENT = "capacity_consent"
    GILLICK = "gillick"
    PARENT = "parent"
    LPA_HEALTH_WELFARE = "lpa_health_welfare"
    DEPUTY = "deputy"
    BEST_INTERESTS = "best_interests"


class Mark(StrEnum):
    """How the person said yes (rule C6)."""

    SIGNATURE = "signature"
    OWN_MARK = "own_mark"
    SPOKEN_WITH_WITNESS = "spoken_with_witness"
    SIGN_LANGUAGE = "sign_language"
    SYMBOL = "symbol"


class Feeling(StrEnum):
    """What the person says to "Some people feel safer with this, some feel watched." (rule C22)."""

    SAFER = "safer"
    NOTHING_TO_SAY = "nothing_to_say"
    WATCHED = "watched"
    UNEASY = "uneasy"


class NetworkChoice(StrEnum):
    """What the sensor does if the network breaks; asked of everyone, without a default (rule C17)."""

    STOP = "stop"
    CARRY_ON = "carry_on"


class CarePlanReason(StrEnum):
    """Why a purpose is in the care plan (rule P5), as a code the patient's page can say in any language."""

    REST_WITHOUT_WAKING = "rest_without_waking"
    BREATHING_AT_NIGHT = "breathing_at_night"
    GETTING_UP_AT_NIGHT = "getting_up_at_night"
    FEELING_SAFER = "feeling_safer"


class Alternative(StrEnum):
    """What was offered instead (rule C16)."""

    CHECK_IN_PERSON = "check_in_person"
    CONTACT_OXIMETER = "contact_oximeter"
    RADAR_ONLY = "radar_only"


_OWN_WORD = frozenset({Basis.CAPACITY_CONSENT, Basis.GILLICK})


def is_own_word(basis: Basis) -> bool:
    """Return whether the grant is the person's own."""
    return basis in _OWN_WORD


@dataclass(frozen=True, slots=True)
class Information:
    """What was explained (rule C15).

    Attributes:
        version: sha256 of the text that was used.
        language: tag, such as `en` or `cy`.
        format: easy_read, large_print, audio, paper, talk or bsl.
        interpreter: id of the interpreter; empty when none was needed. A relative never interprets a grant.
    """

    version: str
    language: str
    format: str
    interpreter: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """What one person agreed to for one stay.

    Attributes:
        sensors: which kinds of sensor.
        purposes: which purposes, named one by one.
        hours: which hours of the day, in ward time.
        basis: on whose word.
        mark: how they said yes.
        information: what was explained.
        care_plan_reason: why it is in the care plan.
        network: what happens if the network breaks; None means that it was not asked.
        feeling: what they said when asked how it feels; None means that it was not asked.
        alternatives: what was offered instead.
        review_by: when it is talked about again, UTC.
        teach_back_done: they explained it back in their own form.
        advocate_offered: an advocate was offered.
        at_their_wish: the patient asked for this conversation, or for several purposes at once (rule C20).
        assessment: id of the decision-specific capacity assessment; empty when none is needed.
        decision_maker: pseudonym; empty unless somebody else decides.
        consultees: roles or pseudonyms of who was consulted.
        authority_seen: the documents of an attorney, deputy or parent were seen.
        least_restrictive: why nothing less would do, as a code; empty when not needed.
        recipients: roles that may see what it opens.
        destroy_after_a_day: they chose destruction after 24 h (rule R1).
    """

    sensors: tuple[Modality, ...]
    purposes: tuple[Purpose, ...]
    hours: tuple[Hours, ...]
    basis: Basis
    mark: Mark
    information: Information
    care_plan_reason: CarePlanReason
    network: NetworkChoice | None
    feeling: Feeling | None
    alternatives: tuple[Alternative, ...]
    review_by: datetime
    teach_back_done: bool
    advocate_offered: bool = True
    at_their_wish: bool = False
    assessment: str = ""
    decision_maker: str = ""
    consultees: tuple[str, ...] = ()
    authority_seen: bool = False
    least_restrictive: str = ""
    recipients: tuple[str, ...] = ("nurse", "nurse_in_charge")
    destroy_after_a_day: bool = False

    def to_details(self) -> dict[str, Any]:
        """Return the grant as codes for a consent entry."""
        details = asdict(self)
        details["hours"] = [str(one) for one in self.hours]
        details["review_by"] = self.review_by.isoformat()
        return {key: list(value) if isinstance(value, tuple) else value for key, value in details.items()}

    @staticmethod
    def from_details(details: Mapping[str, Any]) -> "Grant | None":
        """Read a grant back.

        Returns:
            The grant, or None when the entry does not hold a whole one: then nothing was granted.
        """
        try:
            return Grant(
                **{
                    **details,
                    "sensors": tuple(Modality(one) for one in details["sensors"]),
                    "purposes": tuple(Purpose(one) for one in details["purposes"]),
                    "hours": tuple(parse_hours(one) for one in details["hours"]),
                    "basis": Basis(details["basis"]),
                    "mark": Mark(details["mark"]),
                    "information": Information(**details["information"]),
                    "care_plan_reason": CarePlanReason(details["care_plan_reason"]),
                    "network": NetworkChoice(details["network"]),
                    "feeling": Feeling(details["feeling"]),
                    "alternatives": tuple(Alternative(one) for one in details["alternatives"]),
                    "review_by": datetime.fromisoformat(details["review_by"]),
                    "consultees": tuple(details["consultees"]),
                    "recipients": tuple(details["recipients"]),
                }
            )
        except (KeyError, TypeError, ValueError):
            return None
