"""What every rule returns: allowed or not, by which rules, why in plain words, and what must be done besides."""

from dataclasses import dataclass
from enum import StrEnum

from console.showing.views import Words


class Obligation(StrEnum):
    """What a decision asks to be done besides; a code, so that the audit can hold it."""

    CLOSE_SENSOR = "close_sensor"
    RAISE_CHECK_PROMPT = "raise_check_prompt"
    ASK_THE_PATIENT = "ask_the_patient"
    GO_ROUND_AND_ASK = "go_round_and_ask"
    TELL_NURSE_SILENTLY = "tell_nurse_silently"
    TELL_NURSE_IN_CHARGE = "tell_nurse_in_charge"
    TELL_SITE_COORDINATOR = "tell_site_coordinator"
    TELL_ON_CALL_MANAGER = "tell_on_call_manager"
    FLAG_TO_GOVERNANCE = "flag_to_governance"
    COUNT_RE_ASK = "count_re_ask"
    EXPLAIN_DIFFERENTLY = "explain_differently"
    ASK_AGAIN_AFTER_FIRST_NIGHT = "ask_again_after_first_night"
    LIBERTY_VIEW = "liberty_view"
    SECOND_PERSON = "second_person"
    LAMP_IN_ROOM = "lamp_in_room"
    MONTHLY_SAMPLE = "monthly_sample"
    TALK_AGAIN = "talk_again"
    TELL_DEPUTIES = "tell_deputies"
    TELL_EXECUTIVE = "tell_executive"
    LISTENING_VISIT = "listening_visit"


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule's outcome.

    Attributes:
        allowed: whether what was asked may be done.
        rules: ids of the rules that decided; at least one.
        reason: the sentence for the person who asked.
        policy_version: of the rule book in force, with the trust's own policy in it (`Policy.version`).
        obligations: what must be done besides.
        detail: id of what was made by the command, for the caller; empty when nothing was made or asked.
        way_out: what somebody who was refused can do, in English; empty where the reason says it, or it is allowed.
        local_policy: first 16 hex digits of the trust's own policy's hash; empty when there is none.
    """

    allowed: bool
    rules: tuple[str, ...]
    reason: Words
    policy_version: int
    obligations: tuple[Obligation, ...] = ()
    detail: str = ""
    way_out: str = ""
    local_policy: str = ""

    def __bool__(self) -> bool:
        """Return whether it is allowed."""
        return self.allowed
