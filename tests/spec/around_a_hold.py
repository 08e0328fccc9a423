"""Sentences of the chapters' nights about what is kept, opened and deleted."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from console.incidents.holding import Begun
from console.incidents.releases import Wanted
from console.roles import Role
from console.rules.afterwards.wrongs import Finding, WrongOutcome
from console.store.holds import standing_holds
from console.store.tables import measurements
from tests.kit.boxed_ward import GOVERNANCE, an_actor, train
from tests.kit.two_people import CALDICOTT, MANAGER, name_holders

if TYPE_CHECKING:
    from tests.spec.chapters import Player

_RECIPIENT = ("Dr Ada Okoro", "Coroner of Elsewhere")


def _noted(player: "Player") -> None:
    """Let a minute be noted, at night, when the sensor is on."""
    node = player.box.nodes["room1"]
    node.send(node.record(node.minute()))
    player.box.ward.step()


def _complain(player: "Player") -> None:
    player.answer = player.box.ward.complaints.make(player.box.patient("room1"), "complaint", "Somebody shouted.")


def _have_kept(player: "Player", role: str, why: str) -> None:
    player.answer = player.box.ward.incidents.holding.begin(an_actor(Role(role)), Begun(why, "room1"))


def _have_own_kept(player: "Player") -> None:
    player.answer = player.box.ward.incidents.holding.begin_own(player.box.patient("room1"))


def _ask_to_lift(player: "Player", role: str, reason: str) -> None:
    hold = player.box.ward.incidents.view(GOVERNANCE).holds[0]
    holding = player.box.ward.incidents.holding
    player.answer = holding.ask_to_lift(an_actor(Role(role)), hold.hold_id, reason, "It was looked into.")


def _agree(player: "Player", role: str) -> None:
    lift = player.box.ward.incidents.view(GOVERNANCE).lifts[0]
    player.answer = player.box.ward.incidents.holding.lift(an_actor(Role(role)), lift.lift_id)


def _ask_to_open(player: "Player", kind: str) -> None:
    train(player.box.ward, MANAGER, CALDICOTT)
    desk = player.box.ward.incidents
    wanted = Wanted(desk.view(GOVERNANCE).holds[0].hold_id, kind, "coroner", *_RECIPIENT, "")
    player.answer = desk.releases.ask(MANAGER, wanted)


def _confirm(player: "Player", who: str) -> None:
    desk, actor = player.box.ward.incidents, MANAGER if who == "the same person" else CALDICOTT
    player.answer, _out = desk.releases.confirm(actor, desk.view(GOVERNANCE).releases[0].release_id)


def _look_in(player: "Player") -> None:
    desk = player.box.ward.incidents
    player.answer = desk.releases.view(MANAGER, desk.view(GOVERNANCE).releases[0].release_id)


def _tell(player: "Player") -> None:
    telling = player.box.ward.incidents.view(GOVERNANCE).tellings[0]
    player.answer = player.box.ward.incidents.informing.note_told(MANAGER, telling.telling_id, "patient")


def _was_wrong(player: "Player") -> None:
    player.answer = player.box.ward.incidents.wrongs.report(player.box.patient("room1"), "/me")


def _not_upheld(player: "Player") -> None:
    wrongs, officer = player.box.ward.incidents.wrongs, an_actor(Role.CLINICAL_SAFETY_OFFICER)
    report = wrongs.waiting(officer)[0].report_id
    player.answer = wrongs.answer(officer, report, Finding(WrongOutcome.NOT_UPHELD.value, "It did what it should."))


def _say(player: "Player", said: str) -> None:
    player.answer = player.box.ward.incidents.keeping.say(player.box.patient("room1"), said)


def _stand(player: "Player", count: str) -> None:
    assert len(player.box.ward.office.store.read(standing_holds)) == int(count)


def _is_kept(player: "Player", what: str) -> None:
    counted = select(func.count()).select_from(measurements)
    count = player.box.ward.office.store.read(lambda tx: tx.execute(counted).scalar_one())
    assert bool(count) == (what == "something"), count


HAPPENS: dict[str, Callable[..., None]] = {
    r"the sensor notes a minute": _noted,
    r"the patient complains": _complain,
    r"the patient has what was noted kept": _have_own_kept,
    r"the (\w+) has notes kept: (\w+)": _have_kept,
    r"the (\w+) asks that the hold ends: (\w+)": _ask_to_lift,
    r"the (\w+) agrees that it ends": _agree,
    r"the ward_manager asks to open it: a (view|bundle)": _ask_to_open,
    r"(the same person|somebody of another role) confirms it": _confirm,
    r"the ward_manager looks": _look_in,
    r"somebody tells the patient in person": _tell,
    r"two people of different roles hold the key": lambda player: name_holders(player.box) and None,
    r"the patient says that the system got it wrong": _was_wrong,
    r"the safety officer says that it did what it should": _not_upheld,
    r"the patient says of the notes: (keep|delete)": _say,
}
THEN: dict[str, Callable[..., None]] = {
    r"(\d+) holds? stands?": _stand,
    r"(something|nothing) of it is kept": _is_kept,
}
