"""Which pages a reader is offered. Offering is not permitting: every page asks the one door again."""

from dataclasses import dataclass

from console.roles import Actor, Role
from console.words import N_


@dataclass(frozen=True, slots=True)
class Link:
    """One page of the menu.

    Attributes:
        path: where.
        text: catalogue sentence.
    """

    path: str
    text: str


BOARD = Link("/", N_("Board"))
MY_PAGE = Link("/me", N_("My page"))
NIGHTS = Link("/nights", N_("Alerts in counts"))
SHIFT = Link("/shift", N_("Shift"))
ROUND = Link("/round", N_("Round"))
LOAD = Link("/load", N_("Load"))
ROOMS = Link("/rooms", N_("Rooms and people"))
STAFF = Link("/staff", N_("Staff"))
WARD = Link("/ward", N_("Ward and nodes"))
CARDS = Link("/cards", N_("Cards to print"))
HEALTH = Link("/health", N_("Health"))
FLEET = Link("/fleet", N_("Fleet"))
GOVERNANCE = Link("/governance", N_("Audit log"))
PLACES = Link("/places", N_("Seclusion and like places"))

COMPLAINTS = Link("/complaints", N_("Complaints"))
PAPERS = Link("/print", N_("Papers to print"))
LOOKS = Link("/governance/looks", N_("Looks to review"))
LONG_VISITS = Link("/long-visits", N_("Long visits by night"))
TRAINING = Link("/training", N_("Training"))
AUDITS = Link("/governance/audits", N_("Month's audit"))
BENEFIT = Link("/governance/benefit", N_("Benefit and register"))
DUTIES = Link("/governance/duties", N_("What is due"))
INCIDENTS = Link("/incidents", N_("After an incident"))
HOLDS = Link("/holds", N_("Have notes kept"))
WRONGS = Link("/incidents/wrong", N_("What went wrong"))
HAZARDS = Link("/incidents/hazards", N_("Hazards"))

_OFFERED: dict[Role, tuple[Link, ...]] = {
    Role.PATIENT: (MY_PAGE,),
    Role.NURSE: (BOARD, ROUND, SHIFT, ROOMS, PAPERS, TRAINING, HEALTH),
    Role.NURSE_IN_CHARGE: (BOARD, ROUND, SHIFT, ROOMS, CARDS, PAPERS, NIGHTS, TRAINING, HEALTH),
    Role.WARD_MANAGER: (BOARD, LOAD, ROOMS, CARDS, PAPERS, NIGHTS, INCIDENTS, TRAINING, HEALTH),
    Role.ADMINISTRATOR: (ROOMS, WARD, STAFF, CARDS, FLEET, HEALTH),
    Role.ENGINEER: (WARD, CARDS, FLEET, HEALTH),
    Role.GOVERNANCE_LEAD: (
        GOVERNANCE,
        AUDITS,
        LOOKS,
        DUTIES,
        INCIDENTS,
        COMPLAINTS,
        NIGHTS,
        PLACES,
        TRAINING,
        LONG_VISITS,
        HAZARDS,
        HEALTH,
    ),
    Role.IG_OFFICER: (GOVERNANCE, AUDITS, LOOKS, DUTIES, INCIDENTS, COMPLAINTS, HAZARDS, HEALTH),
    Role.CLINICAL_SAFETY_OFFICER: (GOVERNANCE, AUDITS, WRONGS, HAZARDS, DUTIES, INCIDENTS, NIGHTS, PLACES, HEALTH),
    Role.MATRON: (BOARD, SHIFT, LOAD, NIGHTS, BENEFIT, INCIDENTS, PLACES, HEALTH),
    Role.SITE_COORDINATOR: (BOARD, SHIFT, LOAD, LONG_VISITS, HEALTH),
    # What an advocate may see is told by the patient's instruction, which is not built: until then the door says so.
    Role.ADVOCATE: (MY_PAGE, PLACES, HOLDS),
}


def links_for(actor: Actor | None) -> tuple[Link, ...]:
    """Return the menu for a reader: empty before signing in."""
    return _OFFERED.get(actor.role, (HEALTH,)) if actor is not None else ()


def home_of(actor: Actor) -> str:
    """Return the page that a reader comes to after signing in."""
    return links_for(actor)[0].path
