"""Every message that crosses the link, one class each, one field per fact: contract version 1.

Up, node to console: `NodeAnnouncement`, `LiveState`, `NodeLost` on the live topic; `Record` on the record topic.
Down, console to node: `ConsentLease`, `Receipt`, `Checkpoint`, each a signed state and none an order.
A message holds no patient identity, no bytes and no free array. Every message is signed: what goes up by the node's
own key, what goes down by the console's; the broker between them is believed by neither.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from broker.readings import Readings
from broker.times import UtcTime
from broker.vocabulary import (
    CheckpointOutcome,
    CloseReason,
    Context,
    HealthFlag,
    Lamp,
    LeaseKind,
    LeaseState,
    LossReason,
    Modality,
    Origin,
    Purpose,
    RoomEventKind,
    SensorState,
)

CONTRACT_VERSION = 1
MAX_MESSAGE_BYTES = 2048
LIVE_EXPIRES_S = 5.0
MOST_LOST_AT_ONCE = 1_000_000
"""Records that one loss report can declare lost: more than three outboxes hold; a larger number is no truth."""

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Signature = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{86}==$")]
Sequence = Annotated[int, Field(ge=1, le=2**53 - 1)]
Count = Annotated[int, Field(ge=0, le=2**53 - 1)]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z.+-]{0,31}$")]


class Message(BaseModel):
    """What all messages have in common: frozen, closed, versioned."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, ser_json_inf_nan="constants")

    v: Literal[1] = 1
    """Contract version."""
    node_id: Slug
    """The node that speaks or is spoken to; equals the topic's."""


class Health(BaseModel):
    """How a node is doing.

    Attributes:
        frame_age_s: [s] since the last frame; None while the sensor is closed.
        frames_lost: frames lost since the sensor opened.
        frames_bad: frames that could not be read since the sensor opened.
        refused: since this boot, messages and leases from the console's side that the node did not take, and what of
            the node's own the broker refused.
        temperature_c: [°C] of the processor; None when the hardware does not say.
        flags: what is wrong; empty when nothing is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    frame_age_s: Annotated[float, Field(ge=0, le=86400)] | None = None
    frames_lost: Count = 0
    frames_bad: Count = 0
    refused: Count = 0
    temperature_c: Annotated[float, Field(ge=-60, le=150)] | None = None
    flags: Annotated[tuple[HealthFlag, ...], Field(max_length=8)] = ()


class Sensor(BaseModel):
    """The sensor's true state.

    Attributes:
        modality: radar or camera.
        state: as the operating system knows it.
        since: when it came into this state.
        lease_id: the lease it is open under; None unless opening or open.
        lease_serial: highest serial the node has ever accepted; 0 before the first.
        reason: why it is closed; None unless closed, closing or fault.
        lamp: what the room's lamp shows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    modality: Modality
    state: SensorState
    since: UtcTime
    lease_id: Id | None = None
    lease_serial: Count = 0
    reason: CloseReason | None = None
    lamp: Lamp = Lamp.OFF

    @model_validator(mode="after")
    def _state_agrees(self) -> Self:
        running = self.state in (SensorState.OPEN, SensorState.OPENING)
        if running != (self.lease_id is not None):
            raise ValueError("lease_id is given exactly while the sensor is opening or open")
        if running != (self.reason is None):
            raise ValueError("reason is given exactly while the sensor is not opening or open")
        return self


class NodeAnnouncement(Message):
    """A node says which boot and which outbox it is; sent at start, at each reconnect, and until a lease comes."""

    kind: Literal["announcement"] = "announcement"
    boot_id: Id
    """Random, made at each start of the node process; leases are bound to it."""
    outbox_id: Id
    """Random, made with the outbox file; kept over restarts."""
    modality: Modality
    origin: Origin
    software: Version
    """Version of the node's software."""
    models: Annotated[tuple[Digest, ...], Field(max_length=8)] = ()
    """sha256 of each model file in use."""
    first_unsettled: Sequence = 1
    """The sequence after the last settled one, so that a console which lost its database asks nobody to guess."""
    sent_at: UtcTime
    uptime_s: Annotated[float, Field(ge=0, le=1e10)]
    """[s] since this boot, CLOCK_BOOTTIME."""
    signature: Signature
    """By the node's own key, over the canonical form of all other fields."""


class LiveState(Message):
    """The room's present state and the node's health; every second and on change; never stored on the node."""

    kind: Literal["live"] = "live"
    boot_id: Id
    origin: Origin
    sent_at: UtcTime
    expires_s: Annotated[float, Field(gt=0, le=30)] = LIVE_EXPIRES_S
    """[s] after `sent_at` from which this says nothing any more."""
    uptime_s: Annotated[float, Field(ge=0, le=1e10)]
    sensor: Sensor
    readings: Readings | None = None
    """What the room shows; None unless the sensor is open and has made an estimate."""
    loop: Annotated[int, Field(ge=1, le=9999)] | None = None
    """Which time a recording is being played; None unless origin is replay."""
    outbox_waiting: Count = 0
    """Records not yet settled."""
    health: Health = Health()
    signature: Signature
    """By the node's own key, over the canonical form of all other fields."""

    @model_validator(mode="after")
    def _readings_need_an_open_sensor(self) -> Self:
        if self.readings is not None and self.sensor.state is not SensorState.OPEN:
            raise ValueError("readings are given only while the sensor is open")
        if self.readings is not None and self.readings.lease_id != self.sensor.lease_id:
            raise ValueError("readings stand under the lease the sensor is open under")
        return self


class NodeLost(Message):
    """The will: the broker says it when the link breaks; it only hastens what the age of data already says."""

    kind: Literal["lost"] = "lost"
    boot_id: Id
    signature: Signature
    """By the node's own key, made once at the boot that it speaks of."""


class RoomEvent(BaseModel):
    """Something that happened in the room: a fact, never an alert.

    Attributes:
        kind: always `room_event`.
        event: what happened.
        lease_id: the lease under which it was seen.
        after_s: [s] how long the earlier condition had lasted; None when not known.
        quality: 0..1 of the estimate it stands on.
        estimated_at: time of the estimate that decided it.
        model: sha256 of the model behind that estimate.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["room_event"] = "room_event"
    event: RoomEventKind
    lease_id: Id
    after_s: Annotated[float, Field(ge=0, le=1e6)] | None = None
    quality: Annotated[float, Field(ge=0, le=1)]
    estimated_at: UtcTime
    model: Digest


class MinuteMeasurement(BaseModel):
    """One minute of a room in numbers.

    Attributes:
        kind: always `minute`.
        minute_from: start of the minute, or of the part of it that was sensed.
        sensed_s: [s] of the minute in which the sensor was open.
        present_s: [s] in which somebody was seen; None without the purpose.
        moving_s: [s] in which movement was seen; None without the purpose.
        readings: the minute's summary (the median of a rate, with its uncertainty).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: Literal["minute"] = "minute"
    minute_from: UtcTime
    sensed_s: Annotated[float, Field(ge=0, le=61)]
    present_s: Annotated[float, Field(ge=0, le=61)] | None = None
    moving_s: Annotated[float, Field(ge=0, le=61)] | None = None
    readings: Readings


class SensorChange(BaseModel):
    """The sensor was opened or closed, as a fact: closed means that the process holding the device has ended.

    Attributes:
        kind: always `sensor_change`.
        state: open or closed or fault.
        lease_id: the lease concerned; None when the node had none since its boot.
        lease_serial: serial of the lease that decided it; 0 when none.
        reason: why it closed; None when it opened.
        lamp: what the lamp shows with it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["sensor_change"] = "sensor_change"
    state: Literal[SensorState.OPEN, SensorState.CLOSED, SensorState.FAULT]
    lease_id: Id | None = None
    lease_serial: Count = 0
    reason: CloseReason | None = None
    lamp: Lamp

    @model_validator(mode="after")
    def _closed_has_a_reason(self) -> Self:
        if (self.state is SensorState.OPEN) != (self.reason is None):
            raise ValueError("reason is given exactly when the sensor did not open")
        return self


class LossReport(BaseModel):
    """Records that the node no longer has; it stands at the first lost sequence and settles up to the last.

    Attributes:
        kind: always `loss`.
        to_sequence: last lost sequence; the first is the record's own.
        count: records lost, from the record's own sequence to `to_sequence`: 1 to MOST_LOST_AT_ONCE.
        reason: why.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["loss"] = "loss"
    to_sequence: Sequence
    count: Annotated[int, Field(ge=1, le=MOST_LOST_AT_ONCE)]
    reason: LossReason


class Cosignature(BaseModel):
    """A node's answer to a checkpoint: it has seen this head of the audit tree, or it saw another history before.

    Attributes:
        kind: always `cosignature`.
        tree_size: entries under the head.
        root: the head.
        outcome: accepted, or conflict with what the node remembers.
        signature: by the node's key over the canonical form of (tree_size, root, outcome, node_id).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["cosignature"] = "cosignature"
    tree_size: Count
    root: Digest
    outcome: CheckpointOutcome
    signature: Signature


RecordBody = Annotated[
    RoomEvent | MinuteMeasurement | SensorChange | LossReport | Cosignature, Field(discriminator="kind")
]


class Record(Message):
    """One thing that must not be lost; identity is (node_id, outbox_id, sequence); kept until its receipt."""

    kind: Literal["record"] = "record"
    outbox_id: Id
    sequence: Sequence
    """Counts from 1 without holes within an outbox."""
    boot_id: Id
    """For ages, never for identity."""
    uptime_s: Annotated[float, Field(ge=0, le=1e10)]
    captured_at: UtcTime
    """When it happened, on the node's clock."""
    origin: Origin
    body: RecordBody
    signature: Signature
    """By the node's own key, over the canonical form of all other fields; made before the outbox keeps the record."""

    @model_validator(mode="after")
    def _loss_covers_itself(self) -> Self:
        if isinstance(self.body, LossReport) and self.body.to_sequence - self.sequence + 1 != self.body.count:
            raise ValueError("a loss report covers its own sequence and counts each up to its last")
        return self


class ConsentLease(Message):
    """Permission to sense, until when: signed state with an expiry; without one the node never opens its source."""

    kind: Literal["lease"] = "lease"
    lease_id: Id
    lease_kind: LeaseKind = LeaseKind.CONSENT
    sensor: Modality
    serial: Annotated[int, Field(ge=1, le=2**53 - 1)]
    """Rises with every lease of this node; a node takes only one higher than any it has taken."""
    boot_id: Id
    """The boot it is meant for; another boot refuses it."""
    state: LeaseState
    purposes: Annotated[tuple[Purpose, ...], Field(max_length=9)] = ()
    """What may leave the sensing process; empty when closed."""
    context: Context
    """Rule A11; a real sensor reports rates only in `evaluation` and `clinical`."""
    opens_at: UtcTime
    closes_at: UtcTime
    """End of the granted hours, or of the grant."""
    offline_until: UtcTime | None = None
    """Until when sensing may go on without renewal; None unless the patient chose `carry on`."""
    issued_at: UtcTime
    lifetime_s: Annotated[float, Field(gt=0, le=60)] = 60.0
    """[s] counted from receipt on the node's CLOCK_BOOTTIME."""
    lamp: Literal[Lamp.ON, Lamp.OFF, Lamp.BLINK, Lamp.IDENTIFY]
    policy_version: Annotated[int, Field(ge=1, le=2**31)]
    signature: Signature

    @model_validator(mode="after")
    def _closed_permits_nothing(self) -> Self:
        if (self.state is LeaseState.OPEN) != bool(self.purposes):
            raise ValueError("purposes are given exactly when the lease is open")
        if self.closes_at < self.opens_at:
            raise ValueError("closes_at is not before opens_at")
        return self


class Receipt(Message):
    """Every record of this outbox up to `settled_through` is settled: the node may forget it."""

    kind: Literal["receipt"] = "receipt"
    outbox_id: Id
    settled_through: Count
    issued_at: UtcTime
    signature: Signature


class Checkpoint(Message):
    """The audit tree's head, for the node to remember."""

    kind: Literal["checkpoint"] = "checkpoint"
    tree_size: Count
    root: Digest
    consistency: Annotated[tuple[Digest, ...], Field(max_length=22)] = ()
    """RFC 9162 2.1.4 proof from `from_size`; may be empty when the node remembers nothing or sizes are equal."""
    from_size: Count = 0
    issued_at: UtcTime
    signature: Signature


Upward = NodeAnnouncement | LiveState | NodeLost | Record
Downward = ConsentLease | Receipt | Checkpoint
