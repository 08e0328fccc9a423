"""The sentences of the nights about who looks: snooping, emergency sight, closed details (NA-6, X2, X7, X8)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from console.roles import Actor, Role
from console.rules.looking.reviewing import ReviewKind
from console.words import open_catalogues
from tests.kit.boxed_ward import ADMIN, GOVERNANCE, NURSE, BoxedWard, an_actor

if TYPE_CHECKING:
    from tests.spec.chapters import Player

ENGLISH = open_catalogues("Europe/London")["en"]
MATRON, CHARGE = an_actor(Role.MATRON), an_actor(Role.NURSE_IN_CHARGE)
_KINDS = {
    "a burst of looks": ReviewKind.BURST,
    "looks that nothing explains": ReviewKind.UNEXPLAINED,
    "an emergency sight": ReviewKind.BREAK_GLASS,
    "a look at a sensitive stay": ReviewKind.SENSITIVE,
}


def look_often(box: BoxedWard, times: str, every_s: str) -> None:
    for _ in range(int(times)):
        box.ward.access.reading(NURSE, "room1", "direct_care")
        box.clock.advance(float(every_s))
        box.ward.look_watch.step()


def _governance_sees(box: BoxedWard, what: str) -> None:
    assert _KINDS[what] in {one.kind for one in box.ward.reviews.waiting(GOVERNANCE)}


def _page_says(box: BoxedWard, words: str) -> None:
    page = box.ward.access.patient_page(box.patient("room1"))
    assert any(words in ENGLISH.words(one.words) for one in page.ledger)


def _nora(box: BoxedWard) -> Actor:
    invited = box.ward.desk.add_staff(ADMIN, "nora", "Nora N.", Role.NURSE)
    made = box.ward.identity.enrol(invited.token, "", "", "three quiet words")
    assert isinstance(made, Actor)
    return made


def _close_to_nora(player: "Player") -> None:
    nora = _nora(player.box)
    assert player.box.ward.closeness.shut_out(player.box.patient("room1"), nora.actor_id, may_look=False)
    player.answer = player.box.ward.access.reading(nora, "room1", "direct_care")


def _sight(player: "Player", reason: str | None) -> None:
    why = "medical_emergency" if reason else ""
    player.answer = player.box.ward.sights.take(MATRON, "room1", why)


def _matron_looks(player: "Player") -> None:
    player.answer = player.box.ward.access.reading(MATRON, "room1", "emergency")


def _mark(player: "Player", offered: str | None) -> None:
    closeness = player.box.ward.closeness
    player.answer = closeness.mark(CHARGE, player.stay, "staff_relative", transfer_offered=offered is not None)


def _agree(player: "Player") -> None:
    closeness = player.box.ward.closeness
    assert closeness.ask_second(NURSE, "room1")
    player.answer = closeness.agree(CHARGE, closeness.waiting(CHARGE)[0].asked_id)


def _room_only(player: "Player") -> None:
    assert player.box.tile("room1").initials == ""


NIGHT_HAPPENS: dict[str, Callable[..., None]] = {
    r"the nurse opens the same person (\d+) times, every (\d+) s": look_often,
}
NIGHT_THEN: dict[str, Callable[..., None]] = {
    r"governance sees (.+)": _governance_sees,
    r"the patient's page says: (.+)": _page_says,
}
HAPPENS: dict[str, Callable[..., None]] = {
    r"the nurse opens the same person (\d+) times, every (\d+) s": lambda player, *told: look_often(player.box, *told),
    r"they say that Nora may not look, and Nora looks": _close_to_nora,
    r"the matron takes emergency sight( in a medical emergency)?": _sight,
    r"the matron looks": _matron_looks,
    r"the stay is marked as sensitive(, after another ward was offered)?": _mark,
    r"a second person agrees": _agree,
}
THEN: dict[str, Callable[..., None]] = {
    r"governance sees (.+)": lambda player, what: _governance_sees(player.box, what),
    r"the patient's page says: (.+)": lambda player, words: _page_says(player.box, words),
    r"the tile shows the room only": _room_only,
}
