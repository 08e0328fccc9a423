"""One real message of every kind, with fixed values: what the fixtures hold and what link tests send."""

import base64
from datetime import UTC, datetime, timedelta

from broker.messages import (
    Checkpoint,
    ConsentLease,
    Cosignature,
    Health,
    LiveState,
    LossReport,
    Message,
    MinuteMeasurement,
    NodeAnnouncement,
    NodeLost,
    Receipt,
    Record,
    RecordBody,
    RoomEvent,
    Sensor,
    SensorChange,
)
from broker.readings import (
    BreathingReading,
    MovementReading,
    PeopleReading,
    PlaceReading,
    PresenceReading,
    RateReading,
    Readings,
)
from broker.topics import Leaf, Topic
from broker.vocabulary import (
    CheckpointOutcome,
    CloseReason,
    Context,
    HealthFlag,
    Lamp,
    LeaseState,
    LossReason,
    Modality,
    Movement,
    Origin,
    Place,
    Presence,
    Purpose,
    RoomEventKind,
    SensedState,
    SensorState,
    Withheld,
)

SITE, WARD, NODE = "site", "ward", "room2"
NIGHT = datetime(2026, 11, 23, 23, 0, tzinfo=UTC)
BOOT, OUTBOX, LEASE = "b" * 32, "0" * 31 + "f", "1" * 32
DIGEST = "ab" * 32
SIGNATURE = base64.b64encode(bytes(range(64))).decode()


def topic(leaf: Leaf, node_id: str = NODE) -> Topic:
    """Return a topic of the ward that the tests speak of."""
    return Topic(SITE, WARD, node_id, leaf)


def readings(quality: float = 0.82) -> Readings:
    """Return readings with a value or a reason in each place."""
    return Readings(
        captured_at=NIGHT,
        lease_id=LEASE,
        presence=PresenceReading(value=Presence.PRESENT, since=NIGHT - timedelta(minutes=31)),
        movement=MovementReading(value=Movement.STILL, since=NIGHT - timedelta(minutes=4)),
        place=PlaceReading(value=Place.IN_BED, since=NIGHT - timedelta(minutes=30)),
        people=PeopleReading(withheld=Withheld.NOT_PERMITTED),
        breathing=BreathingReading(value=SensedState.BREATHING, since=NIGHT - timedelta(minutes=29)),
        respiratory_rate=RateReading(value_per_min=17.6, uncertainty_per_min=1.2),
        pulse_rate=RateReading(withheld=Withheld.LOW_QUALITY),
        living_seen_at=NIGHT - timedelta(seconds=1),
        quality=quality,
        model=DIGEST,
    )


def record(body: RecordBody, sequence: int = 7, node_id: str = NODE, outbox_id: str = OUTBOX) -> Record:
    """Return a record around a body."""
    return Record(
        node_id=node_id,
        outbox_id=outbox_id,
        sequence=sequence,
        boot_id=BOOT,
        uptime_s=4021.5,
        captured_at=NIGHT,
        origin=Origin.REPLAY,
        body=body,
        signature=SIGNATURE,
    )


def room_event(event: RoomEventKind = RoomEventKind.OUT_OF_BED) -> RoomEvent:
    """Return something that happened in a room."""
    return RoomEvent(event=event, lease_id=LEASE, after_s=1801.0, quality=0.9, estimated_at=NIGHT, model=DIGEST)


def minute() -> MinuteMeasurement:
    """Return a minute in numbers: the one kind of record that a full outbox may drop."""
    return MinuteMeasurement(minute_from=NIGHT, sensed_s=60.0, present_s=60.0, moving_s=3.0, readings=readings())


def live(state: SensorState = SensorState.OPEN) -> LiveState:
    """Return the present state of a room."""
    is_open = state is SensorState.OPEN
    return LiveState(
        node_id=NODE,
        boot_id=BOOT,
        origin=Origin.REPLAY,
        sent_at=NIGHT,
        uptime_s=4021.5,
        sensor=Sensor(
            modality=Modality.RADAR,
            state=state,
            since=NIGHT - timedelta(minutes=31),
            lease_id=LEASE if is_open else None,
            lease_serial=44,
            reason=None if is_open else CloseReason.LEASE_CLOSED,
            lamp=Lamp.ON if is_open else Lamp.OFF,
        ),
        readings=readings() if is_open else None,
        loop=2,
        outbox_waiting=3,
        health=Health(frame_age_s=0.05, frames_lost=1, temperature_c=41.5, flags=(HealthFlag.DISK_LOW,)),
        signature=SIGNATURE,
    )


def lost(node_id: str = NODE) -> NodeLost:
    """Return a will."""
    return NodeLost(node_id=node_id, boot_id=BOOT, signature=SIGNATURE)


def examples() -> dict[str, tuple[Topic, Message]]:
    """Return one message of every kind, by the name of its fixture."""
    announcement = NodeAnnouncement(
        node_id=NODE,
        boot_id=BOOT,
        outbox_id=OUTBOX,
        modality=Modality.RADAR,
        origin=Origin.REPLAY,
        software="0.1.0",
        models=(DIGEST, "cd" * 32),
        first_unsettled=4,
        sent_at=NIGHT,
        uptime_s=1.5,
        signature=SIGNATURE,
    )
    lease = ConsentLease(
        node_id=NODE,
        lease_id=LEASE,
        sensor=Modality.RADAR,
        serial=44,
        boot_id=BOOT,
        state=LeaseState.OPEN,
        purposes=(Purpose.PRESENCE, Purpose.BED_EXIT, Purpose.BREATHING_SPOT),
        context=Context.DEMONSTRATION,
        opens_at=NIGHT,
        closes_at=NIGHT + timedelta(hours=9),
        offline_until=NIGHT + timedelta(hours=4),
        issued_at=NIGHT,
        lamp=Lamp.ON,
        policy_version=1,
        signature=SIGNATURE,
    )
    closed = lease.model_copy(
        update={"state": LeaseState.CLOSED, "purposes": (), "serial": 45, "lamp": Lamp.OFF, "offline_until": None}
    )
    sensor_closed = SensorChange(
        state=SensorState.CLOSED, lease_id=LEASE, lease_serial=45, reason=CloseReason.LEASE_CLOSED, lamp=Lamp.OFF
    )
    loss = LossReport(to_sequence=70, count=64, reason=LossReason.OUTBOX_FULL)
    cosignature = Cosignature(tree_size=120, root=DIGEST, outcome=CheckpointOutcome.ACCEPTED, signature=SIGNATURE)
    checkpoint = Checkpoint(
        node_id=NODE,
        tree_size=120,
        root=DIGEST,
        consistency=("cd" * 32, "ef" * 32),
        from_size=100,
        issued_at=NIGHT,
        signature=SIGNATURE,
    )
    receipt = Receipt(node_id=NODE, outbox_id=OUTBOX, settled_through=7, issued_at=NIGHT, signature=SIGNATURE)
    return {
        "announcement": (topic(Leaf.LIVE), announcement),
        "live_open": (topic(Leaf.LIVE), live()),
        "live_closed": (topic(Leaf.LIVE), live(SensorState.CLOSED)),
        "lost": (topic(Leaf.LIVE), lost()),
        "record_room_event": (topic(Leaf.RECORD), record(room_event())),
        "record_minute": (topic(Leaf.RECORD), record(minute())),
        "record_sensor_closed": (topic(Leaf.RECORD), record(sensor_closed)),
        "record_loss": (topic(Leaf.RECORD), record(loss)),
        "record_cosignature": (topic(Leaf.RECORD), record(cosignature)),
        "lease_open": (topic(Leaf.LEASE), lease),
        "lease_closed": (topic(Leaf.LEASE), closed),
        "receipt": (topic(Leaf.RECEIPT), receipt),
        "checkpoint": (topic(Leaf.CHECKPOINT), checkpoint),
    }
