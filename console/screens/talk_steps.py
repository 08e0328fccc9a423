"""The talk, one question to a page: what helps, the one question, hear it back, no or yes (C3, C17, C20 to C22, E5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from starlette.datastructures import FormData

from console.consenting.care_views import TalkView
from console.rules.consenting.grants import Basis, Feeling, Mark, is_own_word
from console.rules.consenting.person import Adjustment
from console.words import N_

Answered = Mapping[str, Sequence[str]]
"""What was answered so far, by field of the form of a yes."""
_EACH_PURPOSE = ("reason_", "days_")


class Kind(StrEnum):
    """How a question is answered."""

    ONE = "one"
    MANY = "many"
    TEXT = "text"
    TICK = "tick"
    DAY = "day"
    NUMBER = "number"
    SELECT = "select"
    LANGUAGE = "language"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a step.

    Attributes:
        name: field of the form of a yes.
        text: what is asked.
        kind: how it is answered.
        hint: empty when none.
        is_needed: the step is not done without it.
    """

    name: str
    text: str
    kind: Kind = Kind.ONE
    hint: str = ""
    is_needed: bool = True


@dataclass(frozen=True, slots=True)
class Step:
    """One page of the talk.

    Attributes:
        name: for the address.
        title: the page's heading.
        questions: asked together because the second only completes the first.
        applies: whether it is asked of this person, after these answers.
        each_purpose: it also asks for a reason of each purpose.
        is_page: it has a page and a command of its own, and keeps no answer of a yes.
    """

    name: str
    title: str
    questions: tuple[Question, ...] = ()
    applies: Callable[[Answered, TalkView], bool] = lambda _answered, _talk: True
    each_purpose: bool = False
    is_page: bool = False

    def fields(self) -> tuple[str, ...]:
        """Return the fields that this step fills."""
        return tuple(one.name for one in self.questions)

    def takes(self, field: str) -> bool:
        """Return whether a field belongs to this step."""
        return field in self.fields() or (self.each_purpose and field.startswith(_EACH_PURPOSE))

    def is_answered(self, answered: Answered) -> bool:
        """Return whether nothing that is needed is missing."""
        return all(any(answered.get(one.name, ())) for one in self.questions if one.is_needed)


def first(answered: Answered, field: str) -> str:
    """Return the answer to a question that has one; empty before it."""
    return next(iter(answered.get(field, ())), "")


def is_uneasy(answered: Answered) -> bool:
    """Return whether they said that it makes them uneasy, or feel watched (rule C22)."""
    return first(answered, "feeling") in (Feeling.WATCHED, Feeling.UNEASY)


def _not_their_own(answered: Answered, _talk: TalkView) -> bool:
    basis = first(answered, "basis")
    return basis in set(Basis) and not is_own_word(Basis(basis))


def _spoken(answered: Answered, _talk: TalkView) -> bool:
    return first(answered, "mark") == Mark.SPOKEN_WITH_WITNESS


def _two_sensors(answered: Answered, _talk: TalkView) -> bool:
    return len(answered.get("sensors", ())) > 1


STEPS: tuple[Step, ...] = (
    Step("helps", N_("What helps them to understand"), is_page=True),
    Step("ask", N_("The one question"), is_page=True),
    Step("feel", N_("How it makes them feel"), (Question("feeling", N_("What they say about it")),)),
    Step("hear", N_("Hear it back"), is_page=True),
    Step("answer", N_("No or yes"), is_page=True),
    Step("sensor", N_("Which sensor"), (Question("sensors", N_("The sensor in this room"), Kind.MANY),)),
    Step(
        "purposes",
        N_("What for"),
        (
            Question(
                "purposes",
                N_("What it may notice"),
                Kind.MANY,
                N_("Each one is its own yes. There is no yes to everything."),
            ),
            Question(
                "at_their_wish", N_("They wished to answer more than one question today"), Kind.TICK, is_needed=False
            ),
        ),
    ),
    Step(
        "each-sensor",
        N_("What each sensor is for"),
        (
            Question("not_radar", N_("What the radar is not for"), Kind.MANY, is_needed=False),
            Question(
                "not_camera",
                N_("What the camera is not for"),
                Kind.MANY,
                N_("Ask of each purpose: with both, or with one alone? What is not ticked is for both."),
                is_needed=False,
            ),
        ),
        _two_sensors,
    ),
    Step("hours", N_("Which hours"), (Question("hours", N_("Which hours")),)),
    Step(
        "network",
        N_("If the network breaks"),
        (
            Question(
                "network",
                N_("If the network breaks, should your sensor stop, or carry on until morning with the light on?"),
            ),
        ),
    ),
    Step(
        "kept",
        N_("How long it is kept"),
        (
            Question(
                "kept_for",
                N_("How long should we keep what the sensor notes?"),
                hint=N_(
                    "Say: with one day, less can be found out if you complain later. You can change it at any time."
                ),
            ),
        ),
    ),
    Step("other-ways", N_("Other ways"), (Question("alternatives", N_("What else was offered"), Kind.MANY),)),
    Step(
        "less",
        N_("Would less do?"),
        (
            Question(
                "would_less_do",
                N_("Would less do: fewer hours, fewer purposes, radar instead of camera, off?"),
                hint=N_("They see the answer on their page."),
            ),
        ),
        lambda _answered, talk: talk.is_renewal,
    ),
    Step(
        "why",
        N_("Why it is in the care plan"),
        (
            Question("care_plan_reason", N_("Why it is in the care plan")),
            Question(
                "safety_plan",
                N_("Page of their safety plan"),
                Kind.TEXT,
                N_("It says what staff do without the sensor."),
                is_needed=False,
            ),
        ),
        each_purpose=True,
    ),
    Step("whose", N_("Whose yes it is"), (Question("basis", N_("Whose yes it is")),)),
    Step(
        "authority",
        N_("When it is not their own yes"),
        (
            Question("assessment", N_("Number of the capacity assessment"), Kind.TEXT, is_needed=False),
            Question("assessed_on", N_("Day of that assessment"), Kind.DAY, is_needed=False),
            Question("decision_maker", N_("Who decides"), Kind.TEXT, is_needed=False),
            Question(
                "consultees", N_("Who was asked"), Kind.TEXT, N_("Roles, with commas between them."), is_needed=False
            ),
            Question("least_restrictive", N_("Why nothing less would do"), Kind.TEXT, is_needed=False),
            Question("authority_reference", N_("Number of the papers"), Kind.TEXT, is_needed=False),
            Question("authority_seen", N_("The documents were seen"), Kind.TICK, is_needed=False),
            Question("authority_registered", N_("They are registered"), Kind.TICK, is_needed=False),
            Question("authority_in_scope", N_("Their written scope covers this decision"), Kind.TICK, is_needed=False),
            Question("parents_consulted", N_("16 or 17: the parents were consulted"), Kind.TICK, is_needed=False),
            Question("court_order", N_("Under 16: court orders"), Kind.SELECT, is_needed=False),
            Question("child_view", N_("Under 16: what the child says"), Kind.SELECT, is_needed=False),
        ),
        _not_their_own,
    ),
    Step("mark", N_("How they said yes"), (Question("mark", N_("How they said yes")),)),
    Step(
        "witness",
        N_("Who heard a spoken yes"),
        (Question("mark_witness", N_("Who heard a spoken yes"), Kind.TEXT, N_("Initials.")),),
        _spoken,
    ),
    Step(
        "explained",
        N_("How it was explained"),
        (
            Question("format", N_("How it was explained")),
            Question("language", N_("In which language it was explained"), Kind.LANGUAGE),
            Question(
                "interpreter",
                N_("Interpreter's number, if there was one"),
                Kind.TEXT,
                N_("A relative never interprets a yes."),
                is_needed=False,
            ),
            Question("advocate_offered", N_("An advocate was offered"), Kind.TICK, is_needed=False),
        ),
    ),
    Step(
        "when",
        N_("Until when"),
        (
            Question("review_days", N_("Talk about it again in how many days"), Kind.NUMBER, N_("One to seven.")),
            Question(
                "said_at",
                N_("When they said it, if that was earlier"),
                Kind.MOMENT,
                N_("Both times are kept, and it is marked. A yes opens nothing before now; a no closes now."),
                is_needed=False,
            ),
            Question(
                "places",
                N_("Where else it may be on, if they named it themselves before"),
                Kind.MANY,
                N_("Nothing is sensed in seclusion or a like place unless they named it themselves, before."),
                is_needed=False,
            ),
        ),
    ),
    Step("check", N_("Read it back to them"), is_page=True),
)
"""In the order in which they are asked."""


def steps_for(answered: Answered, talk: TalkView) -> tuple[Step, ...]:
    """Return the steps that are asked of this person, after these answers."""
    return tuple(one for one in STEPS if one.applies(answered, talk))


def step_after(name: str, answered: Answered, talk: TalkView) -> str:
    """Return the name of the step that follows; that of the last for the last."""
    names = [one.name for one in steps_for(answered, talk)]
    return names[min(names.index(name) + 1, len(names) - 1)]


def step_before(name: str, answered: Answered, talk: TalkView) -> str:
    """Return the name of the step before; empty for the first."""
    names = [one.name for one in steps_for(answered, talk)]
    at = names.index(name)
    return names[at - 1] if at else ""


def step_to_begin(answered: Answered, talk: TalkView) -> str:
    """Return the step at which a talk goes on: the first that is not done."""
    if talk.needs is None or not (talk.needs_met or talk.needs == (Adjustment.NONE,)):
        return "helps"
    if not talk.is_offered:
        return "ask"
    if not answered.get("feeling"):
        return "feel"
    if not talk.was_explained:
        return "hear"
    if len(answered) == 1:
        return "answer"
    return next((one.name for one in missing(answered, talk)), "check")


def with_draft(told: FormData, answered: Answered, talk: TalkView) -> FormData:
    """Return a form of a yes with the answers that the pages before it brought.

    Args:
        told: the last form; what it answers itself stands.
        answered: what was answered before.
        talk: whether they said it back is what was written down, and is not asked twice.
    """
    items = [*told.multi_items()]
    items += [(name, value) for name, values in answered.items() if name not in told for value in values]
    if answered and talk.was_explained:
        items.append(("teach_back_done", "true"))
    return FormData(items)


def missing(answered: Answered, talk: TalkView) -> tuple[Step, ...]:
    """Return the steps that still want an answer."""
    return tuple(one for one in steps_for(answered, talk) if not one.is_answered(answered))
