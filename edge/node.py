"""The walk of a node in one screenful: hear, ask the gate, sense, record, speak, send."""

import logging
from collections import Counter
from dataclasses import dataclass

from broker.clock import Clock
from broker.errors import Refusal
from broker.link import Link
from broker.messages import Checkpoint, ConsentLease, LiveState, Receipt
from broker.vocabulary import CheckpointOutcome, CloseReason, Context, Lamp, Origin, SensorState
from edge.admission import LeaseRefusal
from edge.commissioning.check import RoomCheck
from edge.doorkeeper import Doorkeeper
from edge.gate import Gate, Verdict
from edge.health import Doctor
from edge.illuminator import LitWithSensor
from edge.inbox import Inbox
from edge.lamp import RoomLamp
from edge.memory import GateMemory
from edge.pipe import Ended, Loop, Notice
from edge.recorder import Recorder, Start
from edge.room import Room
from edge.sender import Sender
from edge.sensor_truth import SensorTruth
from edge.speaker import Speaker
from edge.supervisor import Happening, Order, Sensed, SensingProcess, SensorClosed, SensorFailed, SensorOpened
from edge.trust import UNSIGNED, NodeKey
from edge.witness import Finding, Witness

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """The real things of one node, or their fakes; chosen in `edge.compose` and in the tests' kit alone."""

    clock: Clock
    start: Start
    link: Link
    inbox: Inbox
    recorder: Recorder
    sender: Sender
    speaker: Speaker
    gate: Gate
    memory: GateMemory
    lamp: RoomLamp
    light: LitWithSensor
    door: Doorkeeper
    sensing: SensingProcess
    truth: SensorTruth
    room: Room
    witness: Witness
    key: NodeKey
    check: RoomCheck
    doctor: Doctor


class Node:
    """One node; `step` is called again and again, and never waits."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._is_ending = False
        self._refused: Counter[LeaseRefusal] = Counter()
        parts.truth.record_what_a_crash_left_open()

    @property
    def sensor_is_closed(self) -> bool:
        """Return whether no sensing process exists."""
        return self._parts.sensing.state in (SensorState.CLOSED, SensorState.FAULT)

    @property
    def is_changing(self) -> bool:
        """Return whether the sensor is on its way, so that the next step should come soon."""
        return self._parts.sensing.state in (SensorState.OPENING, SensorState.CLOSING)

    @property
    def has_unsettled_records(self) -> bool:
        """Return whether records wait for a receipt that could still come."""
        return self._parts.link.is_up and self._parts.recorder.waiting > 0

    @property
    def refused(self) -> Counter[Refusal]:
        """Return the messages that were not taken, by reason, since the start."""
        return self._parts.inbox.refused

    def keep_the_door(self, now_s: float) -> None:
        """Obey a press while `step` may wait for a disk: for a thread of its own (see `Doorkeeper.look`)."""
        self._parts.door.look(now_s)

    def begin_to_end(self) -> None:
        """Close the sensor for good; keep stepping until it is closed and what can be sent is sent."""
        self._is_ending = True

    def step(self) -> None:
        """Walk once from what the console says to what the node says."""
        self._hear()
        verdict = self._ask_the_gate()
        self._parts.check.look(verdict, self._parts.sensing.state)
        happened = self._parts.sensing.follow(self._order(verdict))
        self._parts.light.follow(self._parts.sensing.state, may_sense=verdict.is_open)
        self._darken(verdict)
        for one in happened:
            self._take(one, verdict)
        self._parts.truth.note(verdict)
        self._parts.recorder.pay()
        if self._parts.link.is_up:
            self._parts.speaker.announce(holds_a_lease=self._parts.gate.holds_a_lease)
            self._parts.speaker.say(self._live(verdict))
            self._parts.sender.send()

    def _hear(self) -> None:
        # What was obeyed beside this loop lies ready before the brake is pulled, so it is heard now.
        self._parts.sensing.brake.let_go()
        for is_up in self._parts.inbox.take_changes():
            log.info("link is up" if is_up else "link is lost")
            if is_up:
                self._parts.speaker.announce_again()
                self._parts.sender.begin_again()
        for _ in range(self._parts.door.take_presses()):
            log.info("the control in the room was pressed")
            self._parts.gate.press_pause()
        for heard in self._parts.inbox.take():
            if isinstance(heard.message, ConsentLease):
                self._hear_lease(heard.message, heard.came_s)
            elif isinstance(heard.message, Receipt):
                self._parts.recorder.settle(heard.message)
            else:
                self._hear_checkpoint(heard.message)
            heard.settle()

    def _hear_lease(self, lease: ConsentLease, came_s: float) -> None:
        was_alone = not self._parts.gate.holds_a_lease
        refusal = self._parts.gate.offer(lease, came_s)
        if refusal is None:
            if was_alone:
                self._parts.sender.begin_again()
            return
        self._refused[refusal] += 1
        if self._refused[refusal] == 1:
            log.warning("lease refused", extra={"refusal": str(refusal), "serial": lease.serial})

    def _hear_checkpoint(self, shown: Checkpoint) -> None:
        witness = self._parts.witness
        finding = witness.judge(shown)
        if finding is Finding.GROWN:
            self._cosign(shown.tree_size, shown.root, CheckpointOutcome.ACCEPTED)
        elif finding is Finding.CONFLICT and witness.is_new_conflict(shown):
            log.error(
                "the console's audit log is another than before, so the sensor stays closed; an engineer finds out "
                "why, keeps witness.json as evidence, moves it away and starts the node again",
                extra={"tree_size": shown.tree_size},
            )
            self._cosign(shown.tree_size, shown.root, CheckpointOutcome.CONFLICT)
        elif finding is Finding.UNJOINED and witness.may_tell_head_again():
            self._cosign(witness.head.tree_size, witness.head.root, CheckpointOutcome.ACCEPTED)

    def _cosign(self, tree_size: int, root: str, outcome: CheckpointOutcome) -> None:
        self._parts.recorder.record(self._parts.key.cosign(self._parts.start.node_id, tree_size, root, outcome))

    def _ask_the_gate(self) -> Verdict:
        """The gate's verdict, less what the node itself cannot do now: show the lamp, keep records, go on."""
        verdict = self._parts.gate.decide()
        if self._is_ending:
            return Verdict(verdict.lease, CloseReason.NODE_STOPPED, Lamp.OFF)
        if not verdict.is_open or verdict.lease is None:
            return verdict
        if self._parts.sensing.is_crash_loop:
            self._parts.truth.lamp = Lamp.OFF if self._parts.lamp.show(Lamp.OFF) else Lamp.FAULT
            return verdict
        can_keep = self._parts.recorder.fault is None
        if not can_keep or not self._parts.memory.keep_open_under(verdict.lease.lease_id):
            return Verdict(verdict.lease, CloseReason.STORAGE_FAULT, Lamp.OFF)
        if not self._parts.lamp.show(verdict.lamp):
            self._parts.gate.report_lamp_fault()
            log.error("the lamp cannot be lit, so the sensor stays closed")
            return self._parts.gate.decide()
        self._parts.truth.lamp = verdict.lamp
        return verdict

    def _order(self, verdict: Verdict) -> Order | None:
        lease = verdict.lease
        if not verdict.is_open or lease is None:
            return None
        # Rule A11: a real room's rates need a context that permits them.
        vital_signs = lease.context is not Context.DEMONSTRATION or self._parts.start.origin is not Origin.SENSOR
        trial = self._parts.check.trial
        return Order(lease.lease_id, lease.purposes, vital_signs, verdict.until_s, lease.lease_kind, trial)

    def _darken(self, verdict: Verdict) -> None:
        """Once the sensor is closed, and not before, the lamp shows what a closed sensor's lamp shows (rule K3)."""
        if verdict.is_open or not self.sensor_is_closed:
            return
        shows = Lamp.OFF if verdict.lamp is Lamp.FAULT else verdict.lamp
        self._parts.truth.lamp = verdict.lamp if self._parts.lamp.show(shows) else Lamp.FAULT

    def _take(self, happened: Happening, verdict: Verdict) -> None:
        room, recorder = self._parts.room, self._parts.recorder
        if isinstance(happened, SensorOpened):
            room.begin()
            self._parts.truth.record_opened(happened)
        elif isinstance(happened, Sensed):
            for body in room.see(happened.line, happened.order):
                recorder.record(body)
        elif isinstance(happened, Loop):
            for minute in room.begin_again(happened.loop):
                recorder.record(minute)
        elif isinstance(happened, Notice):
            _log_notice(happened)
        elif isinstance(happened, Ended):
            # What is sensed from now on says by itself, second by second, that the recording has ended.
            log.info("the recording has ended", extra={"reason": happened.reason})
            if happened.warning:
                log.warning("the recording was not whole", extra={"warning": happened.warning})
        elif isinstance(happened, SensorClosed | SensorFailed):
            self._take_the_end(happened, verdict)
        else:
            self._parts.check.hear(happened)

    def _take_the_end(self, ended: SensorClosed | SensorFailed, verdict: Verdict) -> None:
        for body in self._parts.room.leave():
            self._parts.recorder.record(body)
        if isinstance(ended, SensorFailed):
            log.error("sensing failed", extra={"sentence": ended.sentence})
            self._parts.check.break_off(f"the sensor failed: {ended.sentence}")
        self._parts.truth.record_end(ended, verdict)

    def _live(self, verdict: Verdict) -> LiveState:
        parts, sensor = self._parts, self._parts.truth.told(verdict)
        readings = parts.room.readings(sensor.lease_id) if sensor.state is SensorState.OPEN else None
        return LiveState(
            node_id=parts.start.node_id,
            boot_id=parts.start.boot_id,
            origin=parts.start.origin,
            sent_at=parts.clock.utc_now(),
            uptime_s=parts.clock.elapsed_s() - parts.start.started_s,
            sensor=sensor,
            readings=readings,
            loop=parts.room.loop if parts.start.origin is Origin.REPLAY else None,
            outbox_waiting=parts.recorder.waiting,
            health=parts.doctor.health(),
            signature=UNSIGNED,
        )


def _log_notice(notice: Notice) -> None:
    """Keep why a sensor is lost, once, and that it is back; what is sensed meanwhile says so by itself."""
    if notice.sentence:
        log.warning("the sensor is lost and is tried again", extra={"sentence": notice.sentence})
    else:
        log.info("the sensor is back")
