"""Sentences of the chapters' nights about the governance lead's desk."""

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from console.roles import Role
from console.rules.consenting.talking_over import Talk
from console.rules.governing.assurance_kinds import Kept
from console.rules.governing.benefit import Measure
from console.store import assurance
from console.store.assurance import KeptRow
from tests.kit.boxed_ward import GOVERNANCE, an_actor
from tests.kit.skin import screens_over

if TYPE_CHECKING:
    from tests.spec.chapters import Player


def _build(player: "Player", role: str, month: str) -> None:
    player.answer = player.box.ward.assurance.packs.build(an_actor(Role(role)), month)


def _sign(player: "Player", role: str, month: str, how: str) -> None:
    packs = player.box.ward.assurance.packs
    digest = packs.view(GOVERNANCE, month).pack.digest if how == "as it was read" else "0" * 64
    player.answer = packs.sign(an_actor(Role(role)), month, digest)


def _dpia(player: "Player", days: str) -> None:
    """Write a review of the DPIA down as it stands in the database of a ward whose staff have accounts."""
    now, desk = player.box.clock.utc_now(), player.box.ward.assurance.documents
    until = now + timedelta(days=int(days))
    told = {"kind": "dpia", "version": "1", "review_by": until.isoformat(), "deputies": [GOVERNANCE.actor_id]}
    row = KeptRow(Kept.DOCUMENT, now, told, GOVERNANCE.actor_id)
    player.box.ward.office.store.write(lambda tx: assurance.keep(tx, row))
    desk.read_anew()


def _review(player: "Player", role: str, answer: str) -> None:
    measures = {one.value: "same" for one in Measure}
    player.answer = player.box.ward.assurance.benefit.review(an_actor(Role(role)), answer, measures)


def _object(player: "Player", answer: str | None) -> None:
    talk = Talk("A camera", "the patients' panel", "We object.", answer or "", is_objection=True)
    player.answer = player.box.ward.assurance.benefit.log_talk(GOVERNANCE, talk)


def _public(player: "Player") -> None:
    player.answer = screens_over(player.box.ward, player.folder).client.get("/public").text


HAPPENS: dict[str, Callable[..., None]] = {
    r"the (\w+) builds the audit of (\S+)": _build,
    r"the (\w+) signs the audit of (\S+) (as it was read|as it was never read)": _sign,
    r"the DPIA stands for (\d+) d": _dpia,
    r"the (\w+) reviews the benefit: (\w+)": _review,
    r"the panel objects to a camera, and (?:nobody answers|the answer is: (.+))": _object,
    r"anybody opens the ward's public page": _public,
}
