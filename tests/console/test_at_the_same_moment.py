"""What two people do at the same moment: nobody waits for ever, and no word is lost between two decisions."""

import threading
from dataclasses import replace

import pytest

from broker.vocabulary import Modality
from console.alerting.alert_book import AlertBook
from console.errors import StoreFull
from console.leasing.commissioning import Commissions
from console.observing.rounds import Rounds, Sensed
from console.rules.alerting.alerts import StepKind
from console.rules.alerting.visits import VisitOutcome
from console.rules.decision import Decision
from console.rules.in_person.rounds import CheckEnd, Moved, moved
from console.showing.views import Words
from console.store import alerts, closeness, people
from tests.kit.alerting import a_step, an_alert
from tests.kit.boxed_ward import ADMIN, ENGINEER, NURSE, add_room, boxed_ward
from tests.kit.checking import observe, until_due

LONGEST_S = 20.0
"""[s] after which something waits for ever; what works answers within one write."""


class Pressing:
    """Somebody whose press says when the console has begun with it."""

    def __init__(self, actor, meanwhile=lambda: None):
        self.actor_id, self._role, self.has_begun = actor.actor_id, actor.role, threading.Event()
        self._meanwhile = meanwhile

    @property
    def role(self):
        if not self.has_begun.is_set():
            self.has_begun.set()
            self._meanwhile()
        return self._role


@pytest.fixture
def box(tmp_path):
    with boxed_ward(tmp_path) as made:
        yield made


def a_round(box, no_breathing):
    ward = box.ward
    return Rounds(ward.office, ward.roll, ward.checks.plans, Sensed(no_breathing, lambda _room: False))


def test_O3_a_check_written_while_the_rounds_look_at_the_clock_holds_up_neither_them_nor_the_store(box):
    check = observe(box, "room1")
    store, now = box.ward.office.store, box.clock.utc_now()

    def somebody_is_seen(_room_id):
        seen = threading.Thread(
            target=lambda: store.write(lambda tx: rounds.settle(tx, check, CheckEnd.ON_TIME, now)), daemon=True
        )
        seen.start()
        seen.join(LONGEST_S)
        assert not seen.is_alive(), "the writer waits for the rounds, which wait for the writer"
        return True

    rounds = a_round(box, somebody_is_seen)
    rounds.step()
    assert rounds.of_stay(check.stay_id) is None


def test_O3_a_check_that_ended_a_moment_ago_is_not_brought_back_by_being_brought_forward(box):
    check = observe(box, "room1")
    until_due(box, check)
    rounds, office = box.ward.checks.rounds, box.ward.office
    sooner = moved(check, Moved.COULD_NOT_SEE, box.clock.utc_now(), office.policy)
    office.store.write(lambda tx: rounds.settle(tx, check, CheckEnd.ON_TIME, box.clock.utc_now()))
    office.store.write(lambda tx: rounds.could_not_see(tx, sooner))
    assert rounds.of_stay(check.stay_id) is None
    box.pass_time(2)
    assert rounds.of_stay(check.stay_id).check_id != check.check_id


def test_C2_a_swap_that_was_begun_before_a_discharge_brings_nobody_back(box):
    add_room(box, 2)
    one, other, ward, busy = box.stay("room1"), box.stay("room2"), box.ward, threading.Event()
    somebody = Pressing(ADMIN)

    def discharged_meanwhile(tx):
        busy.set()
        assert somebody.has_begun.wait(LONGEST_S)
        people.end_stay(tx, one, "discharged", box.clock.utc_now())
        ward.roll.changes_with(tx)

    elsewhere = threading.Thread(target=ward.office.store.write, args=(discharged_meanwhile,), daemon=True)
    elsewhere.start()
    assert busy.wait(LONGEST_S)
    assert not ward.desk.swap(somebody, one, other)
    assert {room: person.stay.stay_id for room, person in ward.roll.sheet().people.items()} == {"room2": other}


def test_X8_a_look_is_decided_about_whoever_is_there_when_it_is_read(box):
    ward, busy, nurse = box.ward, threading.Event(), Pressing(NURSE)
    before, newcomer, now = box.person("room1").stay, "a" * 32, box.clock.utc_now()

    def another_moves_in_meanwhile(tx):
        busy.set()
        assert nurse.has_begun.wait(LONGEST_S)
        people.end_stay(tx, before.stay_id, "discharged", now)
        people.add_patient(tx, newcomer, now)
        people.open_stay(tx, people.StayRow("b" * 32, newcomer, "room1", now))
        closeness.close_to(tx, newcomer, NURSE.actor_id, now)
        ward.roll.changes_with(tx)

    elsewhere = threading.Thread(target=ward.office.store.write, args=(another_moves_in_meanwhile,), daemon=True)
    elsewhere.start()
    assert busy.wait(LONGEST_S)
    told = ward.access.reading(nurse, "room1", "direct_care")
    assert isinstance(told, Decision) and "X8" in told.rules


def test_O2_a_level_is_not_lowered_by_whoever_thought_that_there_was_none(box):
    plans, stay_id = box.ward.checks.plans, box.stay("room1")
    nurse = Pressing(NURSE, lambda: plans.set_level(NURSE, stay_id, "arms_length"))
    assert not plans.set_level(nurse, stay_id, "general")
    assert plans.of(stay_id).level == "arms_length"


def test_A4_a_closing_that_another_press_of_the_same_commit_has_written_is_seen(box):
    alert, closed = an_alert(), a_step(StepKind.CLOSED, 5, NURSE.actor_id, outcome=VisitOutcome.SAW_THEM_FINE.value)
    book, office = AlertBook(box.ward.office), box.ward.office
    book.raise_now(alert)
    office.store.write(lambda tx: alerts.add_step(tx, alert.alert_id, closed))
    found = []

    def decide(known):
        found.append(known.progress.is_open)
        return office.policy.deny("A4", reason=Words("It is closed.")), None

    assert not book.act(NURSE, alert.alert_id, "board:alert:closed", decide) and found == [False]


def test_H5_a_sensor_that_was_taken_out_a_moment_ago_is_not_confirmed(box):
    desk, store = box.ward.desk, box.ward.office.store
    assert desk.add_room(ADMIN, "room8", "Room 8")
    assert desk.add_node(ENGINEER, "node8", "room8", Modality.RADAR, box.nodes["room1"].public_key[::-1])
    store.write(lambda tx: people.retire_node(tx, "node8", box.clock.utc_now()))
    assert not desk.confirm_node(NURSE, "node8") and not desk.retire_node(ADMIN, "node8")


class FailsLate:
    """A store whose writes fail at their end, when it is told so."""

    def __init__(self, store):
        self._store, self.is_failing = store, True

    def __getattr__(self, name):
        return getattr(self._store, name)

    def write(self, work):
        def within(tx):
            done = work(tx)
            if self.is_failing:
                raise StoreFull("the disk is full; free some space")
            return done

        return self._store.write(within)


def test_N3_a_commissioning_that_could_not_be_written_does_not_run_and_its_request_stands(box):
    assert box.ward.desk.discharge(ADMIN, box.stay("room1"))
    store = FailsLate(box.ward.office.store)
    commissions = Commissions(replace(box.ward.office, store=store), box.ward.roll)
    store.is_failing = False
    assert commissions.ask(ENGINEER, "room1")
    store.is_failing = True
    with pytest.raises(StoreFull):
        commissions.confirm(NURSE, "room1")
    assert commissions.of("room1") is None
    store.is_failing = False
    assert commissions.confirm(NURSE, "room1") and commissions.of("room1") is not None
