"""How somebody wants to be told who looked at what is noted about them (rule S2); their choice, changed at any time."""

from enum import StrEnum


class Telling(StrEnum):
    """When they are told; the list on their page is whole in every case."""

    WHEN_I_ASK = "when_i_ask"
    AT_ONCE = "at_once"
    EACH_MORNING = "each_morning"
