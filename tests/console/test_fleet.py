"""The fleet page: what an engineer does next about each node, the worst first, and nothing of any patient."""

import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from broker.clock import HandClock
from broker.messages import Health
from broker.vocabulary import HealthFlag, Modality, Origin
from console.errors import SettingsError
from console.keys.node_register import ends_of
from console.showing.desk_views import HealthView, MachineView, NodeHealthView
from console.showing.next_steps import Urgency, fleet_of
from console.showing.views import Words
from tests.kit.boxed_ward import ENGINEER, boxed_ward
from tests.kit.skin import HandWard, screens_over
from tests.kit.skin_facts import HEALTH, NIGHT

WELL = NodeHealthView(
    "node-1", "Room 1", Words("sensor closed"), 0.8, 2, 412, 0, {}, 0, (), Origin.SENSOR, "0.9.0", 380,
    machine=MachineView(Modality.RADAR, ("ab" * 32,), clock_ahead_s=-0.1, temperature_c=51.0, started_at=NIGHT,
                        starts=1, lease_due_s=12.0),
)  # fmt: skip


def fleet(*nodes: NodeHealthView, **ends: Any) -> list[tuple[str, Urgency, str]]:
    """Return (node, urgency, sentence) in the page's order."""
    health = replace(HEALTH, nodes=nodes)
    rows = fleet_of(health, {name.replace("_", "-"): at for name, at in ends.items()}, NIGHT)
    return [(row.node.node_id, row.step.urgency, row.step.words.text) for row in rows]


def machine(**changes: Any) -> NodeHealthView:
    assert WELL.machine is not None
    return replace(WELL, machine=replace(WELL.machine, **changes))


@pytest.mark.parametrize(
    ("node", "urgency", "says"),
    [
        (WELL, Urgency.NOTHING, "Nothing to do"),
        (machine(disagrees=True), Urgency.NOW, "another history"),
        (machine(too_even=True), Urgency.NOW, "anything alive"),
        (machine(link_lost=True), Urgency.NOW, "power"),
        (replace(WELL, heard_s=5.5), Urgency.NOW, "power"),
        (replace(WELL, heard_s=None), Urgency.TODAY, "never been heard"),
        (machine(clock_ahead_s=2.1), Urgency.TODAY, "timedatectl"),
        (machine(clock_ahead_s=-7200.0), Urgency.TODAY, "timedatectl"),
        (machine(starts=4), Urgency.TODAY, "power supply"),
        (machine(lease_due_s=91.0), Urgency.TODAY, "no leases"),
        (replace(WELL, waiting=1001), Urgency.TODAY, "wait in it"),
        (replace(WELL, lost=3), Urgency.SOON, "had to drop"),
        (replace(WELL, flags=("waits_for_second_person",)), Urgency.SOON, "second person"),
    ],
)
def test_each_thing_that_is_wrong_has_one_next_step(node: NodeHealthView, urgency: Urgency, says: str) -> None:
    [(_, told, sentence)] = fleet(node)
    assert told is urgency
    assert says in sentence


@pytest.mark.parametrize("flag", list(HealthFlag))
def test_nothing_that_a_node_can_say_of_itself_is_answered_with_nothing_to_do(flag: HealthFlag) -> None:
    node = replace(machine(disagrees=flag is HealthFlag.AUDIT_CONFLICT), flags=(flag.value,))
    assert fleet(node)[0][1] < Urgency.SOON


@pytest.mark.parametrize(
    ("days", "urgency"),
    [(31, Urgency.NOTHING), (30, Urgency.SOON), (7, Urgency.TODAY), (0, Urgency.NOW), (-3, Urgency.NOW)],
)
def test_F31_a_certificate_is_named_thirty_days_before_its_end(days: int, urgency: Urgency) -> None:
    assert fleet(WELL, node_1=NIGHT + timedelta(days=days))[0][1] is urgency


def test_the_worst_comes_first_and_an_old_release_is_named() -> None:
    old = replace(WELL, node_id="node-2", software="0.8.1")
    silent = replace(WELL, node_id="node-9", heard_s=60.0)
    told = fleet(WELL, old, replace(WELL, node_id="node-3"), silent)
    assert [node for node, _, _ in told] == ["node-9", "node-2", "node-1", "node-3"]
    assert "update it by day" in told[1][2]


def test_the_page_tells_each_node_of_a_running_ward(tmp_path: Path) -> None:
    with boxed_ward(tmp_path, rooms=2) as box:
        node = box.nodes["room1"]
        node.announce(models=("cd" * 32,), boot_id="7" * 32)
        node.boot_id = "7" * 32
        box.ward.step()
        box.pass_time(2)
        node.live(
            health=Health(temperature_c=84.0, flags=(HealthFlag.HOT,)),
            sent_at=box.clock.utc_now() + timedelta(seconds=4),
        )
        box.ward.step()
        health = box.ward.access.health(ENGINEER)
        assert isinstance(health, HealthView)
        rows = {row.node.node_id: row for row in fleet_of(health, {}, box.clock.utc_now())}
        told = rows[node.node_id]
    assert told.machine.models == ("cd" * 32,)
    assert told.machine.starts == 2
    assert told.machine.clock_ahead_s == pytest.approx(4)
    assert told.machine.temperature_c == 84.0
    assert told.machine.lease_due_s is not None
    assert told.step.urgency is Urgency.TODAY


def test_the_node_of_whoever_said_no_is_told_in_the_same_words_as_all_others(tmp_path: Path) -> None:
    with boxed_ward(tmp_path, rooms=2) as box:
        box.stop("room1")
        box.pass_time(300, in_steps_of=10)
        health = box.ward.access.health(ENGINEER)
        assert isinstance(health, HealthView)
        told = {(row.step.words.text, row.machine.lease_due_s is None) for row in fleet_of(health, {}, NIGHT)}
    assert told == {("Nothing to do.", False)}


def test_two_hundred_nodes_are_one_page_that_knows_no_person(tmp_path: Path) -> None:
    ward = HandWard(HandClock(NIGHT))
    ward.health = replace(HEALTH, nodes=tuple(replace(WELL, node_id=f"node-{n}") for n in range(200)))
    screens = screens_over(ward, tmp_path)
    screens.sign_in("engineer")
    page = screens.client.get("/fleet").text
    assert page.count('class="fleet__row ') == 200
    assert "sensor closed" not in page and "sensor open" not in page
    assert not re.search(r"A\.K\.|P\.T\.|Jo Webb", page)


def test_to_a_patient_there_is_no_fleet_page(tmp_path: Path) -> None:
    screens = screens_over(HandWard(HandClock(NIGHT)), tmp_path)
    screens.sign_in("patient")
    assert screens.client.get("/fleet").status_code == 404


def test_the_register_of_the_wards_authority_tells_when_certificates_end(tmp_path: Path) -> None:
    file = tmp_path / "register.json"
    until = {"lost": NIGHT + timedelta(days=400), "old": NIGHT + timedelta(days=9), "new": NIGHT + timedelta(days=90)}
    vouched = [
        {"name": "node-1", "serial": key, "since": NIGHT.isoformat(), "until": at.isoformat(),
         "ended_at": NIGHT.isoformat() if key == "lost" else None}
        for key, at in until.items()
    ]  # fmt: skip
    file.write_text(json.dumps({"version": 1, "site": "site", "vouched": vouched}))
    assert ends_of(file) == {"node-1": until["new"]}
    assert ends_of(None) == {}
    file.write_text("not a register")
    with pytest.raises(SettingsError, match="take `node_register` out"):
        ends_of(file)
    screens = screens_over(HandWard(HandClock(NIGHT)), tmp_path, node_register=file)
    page = screens.sign_in("engineer").client.get("/fleet")
    assert page.status_code == 200 and "copy register.json there again" in page.text
