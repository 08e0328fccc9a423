"""A grant: what a person agreed to, on what word, explained how; and its form as codes in a consent entry."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from broker.vocabulary import Modality, Purpose
from console.rules.consenting.authority import Authority
from console.rules.consenting.hours import Hours, parse_hours
from console.rules.consenting.person import PlaceKind


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


class KeptFor(StrEnum):
    """For how long what is noted is kept; asked in every talk (rule R1)."""

    FOURTEEN_DAYS = "fourteen_days"
    ONE_DAY = "one_day"


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


class LessAnswer(StrEnum):
    """The answer to "Would less do: fewer hours, fewer purposes, radar instead of camera, off?" (rule P5)."""

    NOTHING_LESS = "nothing_less"
    FEWER_HOURS = "fewer_hours"
    FEWER_PURPOSES = "fewer_purposes"
    RADAR_INSTEAD = "radar_instead"
    OFF = "off"


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
class PurposeReason:
    """Why one purpose is in the care plan, and until when (rule P5).

    Attributes:
        purpose: the purpose.
        reason: why.
        review_by: when it stops unless it is talked about again, UTC.
    """

    purpose: Purpose
    reason: CarePlanReason
    review_by: datetime


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
        authority: on what documents somebody else decides; empty for a person's own word.
        least_restrictive: why nothing less would do, as a code; empty when not needed.
        recipients: roles that may see what it opens.
        destroy_after_a_day: they chose destruction after 24 h (rule R1).
        own_reasons: purposes that have a reason and a review date of their own; the others have the grant's (rule P5).
        would_less_do: what was answered when it was talked about again (rule P5); None the first time.
        safety_plan: number of the page of their safety plan that says what staff do without the sensor.
        places: other places than a bedroom that they named (rule P9).
        mark_witness: pseudonym of who heard a spoken yes; empty for another mark.
        not_with: pairs of a sensor and a purpose that they left out of several sensors and purposes (rule C3).
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
    authority: Authority = field(default_factory=Authority)
    least_restrictive: str = ""
    recipients: tuple[str, ...] = ("nurse", "nurse_in_charge")
    destroy_after_a_day: bool = False
    own_reasons: tuple[PurposeReason, ...] = ()
    would_less_do: LessAnswer | None = None
    safety_plan: str = ""
    places: tuple[PlaceKind, ...] = ()
    mark_witness: str = ""
    not_with: tuple[tuple[Modality, Purpose], ...] = ()

    def purposes_of(self, sensor: Modality) -> tuple[Purpose, ...]:
        """Return what one of the sensors may be used for; empty for one that they did not name."""
        if sensor not in self.sensors:
            return ()
        return tuple(one for one in self.purposes if (sensor, one) not in self.not_with)

    def without(self, sensor: Modality) -> "Grant":
        """Return what is left of the grant when they take their yes to one sensor back."""
        rest = tuple(one for one in self.sensors if one is not sensor)
        kept = frozenset((one, purpose) for one in rest for purpose in self.purposes_of(one))
        purposes = tuple(one for one in self.purposes if any((sensor, one) in kept for sensor in rest))
        reasons = tuple(one for one in self.own_reasons if one.purpose in purposes)
        pairs = tuple(one for one in self.not_with if one[0] in rest and one[1] in purposes)
        return replace(self, sensors=rest, purposes=purposes, own_reasons=reasons, not_with=pairs)

    def reason_of(self, purpose: Purpose) -> PurposeReason:
        """Return why a purpose is in the care plan and until when; its own where it has one."""
        own = next((one for one in self.own_reasons if one.purpose is purpose), None)
        return own or PurposeReason(purpose, self.care_plan_reason, self.review_by)

    def to_details(self) -> dict[str, Any]:
        """Return the grant as codes for a consent entry."""
        details = asdict(self)
        details["hours"] = [str(one) for one in self.hours]
        details["review_by"] = self.review_by.isoformat()
        details["authority"] = self.authority.told()
        details["not_with"] = [[sensor.value, purpose.value] for sensor, purpose in self.not_with]
        details["own_reasons"] = [
            [one.purpose.value, one.reason.value, one.review_by.isoformat()] for one in self.own_reasons
        ]
        return {key: list(value) if isinstance(value, tuple) else value for key, value in details.items()}

    @staticmethod
    def from_details(details: Mapping[str, Any]) -> "Grant | None":
        """Read a grant back.

        Returns:
            The grant, or None when the entry does not hold a whole one: then nothing was granted.
        """
        try:
            details = _of_any_version(details)
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
                    "authority": Authority.read(details["authority"]),
                    "own_reasons": tuple(_purpose_reason(one) for one in details["own_reasons"]),
                    "would_less_do": LessAnswer(details["would_less_do"]) if details["would_less_do"] else None,
                    "places": tuple(PlaceKind(one) for one in details["places"]),
                    "not_with": tuple((Modality(one), Purpose(other)) for one, other in details["not_with"]),
                }
            )
        except (KeyError, TypeError, ValueError):
            return None


def _of_any_version(details: Mapping[str, Any]) -> dict[str, Any]:
    """Return an entry's codes as this version writes them: an entry is never changed, so old ones stay readable."""
    told = dict(details)
    seen = bool(told.pop("authority_seen", False))
    told.setdefault("authority", Authority(seen=seen).told())
    told.setdefault("own_reasons", [])
    told.setdefault("would_less_do", None)
    told.setdefault("places", [])
    told.setdefault("not_with", [])
    return told


def _purpose_reason(told: list[str]) -> PurposeReason:
    purpose, reason, review_by = told
    return PurposeReason(Purpose(purpose), CarePlanReason(reason), datetime.fromisoformat(review_by))
