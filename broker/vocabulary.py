"""The closed lists of words that both ends use; every value is the string on the wire."""

from enum import StrEnum


class Origin(StrEnum):
    """Where a node's frames come from; shown on the tile."""

    SENSOR = "sensor"
    SIMULATED = "simulated"
    REPLAY = "replay"


class Context(StrEnum):
    """The switch of rule A11: what the figures may be used for."""

    DEMONSTRATION = "demonstration"
    EVALUATION = "evaluation"
    CLINICAL = "clinical"


class Modality(StrEnum):
    """The kind of sensor."""

    RADAR = "radar"
    CAMERA = "camera"


class Purpose(StrEnum):
    """What a patient may agree to, one at a time (GOVERNANCE, 'What each purpose opens')."""

    PRESENCE = "presence"
    BED_EXIT = "bed_exit"
    FLOOR = "floor"
    NO_MOVEMENT = "no_movement"
    SECOND_PERSON = "second_person"
    BATHROOM_DWELL = "bathroom_dwell"
    BREATHING_SPOT = "breathing_spot"
    PULSE_SPOT = "pulse_spot"
    SLEEP_REPORT = "sleep_report"


class Withheld(StrEnum):
    """Why there is no value (SENSING, the chain, step 3; the list is part of contract v1)."""

    WARMING_UP = "warming_up"
    MOVING = "moving"
    NO_PRESENCE = "no_presence"
    SECOND_PERSON = "second_person"
    LOW_QUALITY = "low_quality"
    NO_BREATHING_SEEN = "no_breathing_seen"
    SENSORS_DISAGREE = "sensors_disagree"
    COVERED = "covered"
    DARK = "dark"
    SATURATED = "saturated"
    FROZEN = "frozen"
    REPEATED = "repeated"
    DEFOCUSED = "defocused"
    SENSOR_MOVED = "sensor_moved"
    LOW_FRAME_RATE = "low_frame_rate"
    IRREGULAR_TIME = "irregular_time"
    SENSOR_FAULT = "sensor_fault"
    MODEL_FAULT = "model_fault"
    RECORDING_ENDED = "recording_ended"
    NOT_PERMITTED = "not_permitted"


class Presence(StrEnum):
    """Is a living body in front of the sensor?"""

    PRESENT = "present"
    ABSENT = "absent"
    UNSURE = "unsure"


class SensedState(StrEnum):
    """The one-word summary of an estimate."""

    BREATHING = "breathing"
    NO_BREATHING_SEEN = "no_breathing_seen"
    MOVING = "moving"
    EMPTY = "empty"
    UNSURE = "unsure"


class Movement(StrEnum):
    """Movement as a tile says it."""

    STILL = "still"
    MOVING = "moving"


class Zone(StrEnum):
    """Where in the room the evidence of a person lies, by the zones drawn at installation."""

    BED = "bed"
    ROOM = "room"
    DOOR = "door"
    ENSUITE = "ensuite"


class Place(StrEnum):
    """Where a person is believed to be, from estimates over time."""

    IN_BED = "in_bed"
    OUT_OF_BED = "out_of_bed"
    ENSUITE = "ensuite"
    LEFT_ROOM = "left_room"
    ON_FLOOR = "on_floor"


class RoomEventKind(StrEnum):
    """Something that happened in a room: a fact, never an alert."""

    IN_BED = "in_bed"
    OUT_OF_BED = "out_of_bed"
    LEFT_ROOM = "left_room"
    RETURNED = "returned"
    ENSUITE_ENTERED = "ensuite_entered"
    ENSUITE_LEFT = "ensuite_left"
    AT_DOOR = "at_door"
    ON_FLOOR = "on_floor"
    SECOND_PERSON = "second_person"
    ONE_PERSON = "one_person"
    NO_MOVEMENT = "no_movement"
    MOVEMENT_AGAIN = "movement_again"
    BREATHING_NOT_SEEN = "breathing_not_seen"
    BREATHING_AGAIN = "breathing_again"
    SENSOR_BLIND = "sensor_blind"
    SENSOR_SEES_AGAIN = "sensor_sees_again"


class SensorState(StrEnum):
    """The sensor as the operating system knows it, not as it was asked to be."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"
    CLOSING = "closing"
    FAULT = "fault"


class CloseReason(StrEnum):
    """Why a sensor is closed."""

    NO_LEASE = "no_lease"
    LEASE_CLOSED = "lease_closed"
    LEASE_ENDED = "lease_ended"
    HOURS_ENDED = "hours_ended"
    LOCAL_PAUSE = "local_pause"
    TIME_UNTRUSTED = "time_untrusted"
    LAMP_FAULT = "lamp_fault"
    SENSOR_FAULT = "sensor_fault"
    STORAGE_FAULT = "storage_fault"
    AUDIT_CONFLICT = "audit_conflict"
    NODE_STOPPED = "node_stopped"


class LeaseState(StrEnum):
    """What a lease says about the sensor."""

    OPEN = "open"
    CLOSED = "closed"


class LeaseKind(StrEnum):
    """On whose word the lease stands: a patient's consent, or two people in an empty room."""

    CONSENT = "consent"
    COMMISSIONING = "commissioning"


class Lamp(StrEnum):
    """What the room's lamp shows; driven by the same lease as the driver (rule K3)."""

    OFF = "off"
    ON = "on"
    BLINK = "blink"
    IDENTIFY = "identify"
    FAULT = "fault"


class LossReason(StrEnum):
    """Why a node no longer has a record."""

    OUTBOX_FULL = "outbox_full"
    DISK_FULL = "disk_full"
    STORAGE_FAULT = "storage_fault"


class CheckpointOutcome(StrEnum):
    """What a node found when it was shown an audit checkpoint."""

    ACCEPTED = "accepted"
    CONFLICT = "conflict"


class HealthFlag(StrEnum):
    """What is wrong with a node, for the health page."""

    CLOCK_UNTRUSTED = "clock_untrusted"
    DISK_LOW = "disk_low"
    STORAGE_FAULT = "storage_fault"
    OUTBOX_FULL = "outbox_full"
    HOT = "hot"
    SENSOR_LOST = "sensor_lost"
    CRASH_LOOP = "crash_loop"
    AUDIT_CONFLICT = "audit_conflict"
