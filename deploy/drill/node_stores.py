"""What a node keeps, filled step by step for a record of its writes, and held against what it had acknowledged."""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from broker.codec import decode
from broker.messages import Checkpoint, LossReport, MinuteMeasurement, Record, RecordBody, RoomEvent
from broker.outbox import Outbox
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
from broker.vocabulary import Origin, RoomEventKind, Withheld
from deploy.drill.power import Did, Step
from deploy.drill.write_log import SAID
from edge.memory import GateMemory
from edge.trust import UNSIGNED, NodeKey
from edge.witness import Witness

_NODE, _LEASE, _MODEL = "node1", "1" * 32, "ab" * 32
_NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
_TOPIC = Topic("drill", "ward", _NODE, Leaf.RECORD)
CAPACITY = 24
"""[records] of the recorded outbox: small, so that minutes are dropped and losses reported while it is recorded."""

Told = Mapping[str, int | str]


def work(folder: Path, rounds: int = 6) -> None:
    """Fill a node's stores, and say in the file `said` what each of them had acknowledged at that moment.

    Args:
        folder: the node's; new and empty.
        rounds: how often the node is started; each start appends, settles, pauses and remembers.
    """
    said = os.open(folder / SAID, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def say(**told: int | str) -> None:
        os.write(said, json.dumps(told).encode() + b"\n")

    key = NodeKey.open(folder)
    say(key=key.public_hex)
    for turn in range(rounds):
        outbox = Outbox.open(folder / "outbox.db", key.sign, capacity=CAPACITY)
        say(outbox=outbox.outbox_id)
        for number in range(10):
            _append(outbox, say, is_event=number % 3 == 0)
        through = outbox.last_sequence - (18 if turn % 2 else 4)
        if through > 0:
            say(settling=through)
            outbox.settle(outbox.outbox_id, through)
        outbox.close()
        _remember(folder, turn, say)
    os.close(said)


def _append(outbox: Outbox, say: Callable[..., None], *, is_event: bool) -> None:
    body: RecordBody = _event() if is_event else _minute()
    kept = outbox.append(lambda sequence: _record(outbox.outbox_id, sequence, body))
    say(appended=kept.sequence, kept=_digest(kept) if is_event else "")


def _remember(folder: Path, turn: int, say: Callable[..., None]) -> None:
    memory, witness = GateMemory(folder / "gate.json"), Witness(folder / "witness.json")
    if memory.keep_serial(turn + 1) and memory.keep_pause(_NIGHT + timedelta(minutes=turn)):
        say(serial=turn + 1)
    if witness.head.tree_size == 0:
        # A first head needs no proof; that later ones grow from it is the witness's own test.
        witness.judge(Checkpoint(node_id=_NODE, tree_size=10, root=_MODEL, from_size=0, consistency=(),
                                 issued_at=_NIGHT, signature=UNSIGNED))  # fmt: skip
        say(witnessed=witness.head.tree_size)


@dataclass
class Promised:
    """What a node had acknowledged when the power went.

    Attributes:
        key: its public key; empty before it was told.
        outbox: its outbox's id; empty before.
        appended: last sequence appended.
        settling: last sequence whose forgetting was begun.
        events: digest by sequence of what may carry an alert.
        serial: highest lease serial.
        witnessed: size of the audit tree that it had seen.
    """

    key: str = ""
    outbox: str = ""
    appended: int = 0
    settling: int = 0
    events: dict[int, str] = field(default_factory=dict)
    serial: int = 0
    witnessed: int = 0

    @classmethod
    def by(cls, steps: Iterable[Step]) -> "Promised":
        """Read what was said within these steps."""
        made = cls()
        for step in steps:
            if step.did is Did.SAY:
                told: dict[str, int | str] = json.loads(step.data)
                kept = told.pop("kept", "")
                if kept:
                    made.events[int(told["appended"])] = str(kept)
                for name, value in told.items():
                    setattr(made, name, max(getattr(made, name), value))
        return made


def faults_of(folder: Path, promised: Promised) -> list[str]:
    """Open a node's stores after a power cut, and say what is not as it had promised.

    Args:
        folder: what the cut left.
        promised: what had been acknowledged.

    Returns:
        One sentence for each broken promise; none when all holds.
    """
    try:
        key = NodeKey.open(folder)
        outbox = Outbox.open(folder / "outbox.db", key.sign, capacity=CAPACITY)
        try:
            return [*_of_memory(folder, key, promised), *_of_outbox(outbox, promised)]
        finally:
            outbox.close()
    except Exception as error:
        # Whatever a spoiled store raises, a node would not have started on it.
        return [f"the stores cannot be read: {type(error).__name__}: {error}"]


def _of_memory(folder: Path, key: NodeKey, promised: Promised) -> Iterable[str]:
    memory, witness = GateMemory(folder / "gate.json"), Witness(folder / "witness.json")
    for fault in (memory.fault, witness.fault):
        if fault:
            yield fault
    if promised.key not in ("", key.public_hex):
        yield "the node has another key than it told"
    if memory.kept.serial < promised.serial:
        yield f"lease {promised.serial} was kept, and {memory.kept.serial} is remembered"
    if witness.head.tree_size < promised.witnessed or witness.in_conflict:
        yield f"{promised.witnessed} entries were seen, and {witness.head.tree_size} are remembered"


def _of_outbox(outbox: Outbox, promised: Promised) -> Iterable[str]:
    if promised.outbox not in ("", outbox.outbox_id):
        yield "the outbox is another than it was"
    if outbox.last_sequence < promised.appended:
        yield f"{promised.appended} was appended, and {outbox.last_sequence} is the last"
    settled = outbox.first_unsettled - 1
    if settled > promised.settling:
        yield f"{settled} counts as settled, and only {promised.settling} ever was"
    covered, next_up = dict[int, str](), settled + 1
    for last, payload in outbox.waiting(0, 10 * CAPACITY):
        record = decode(_TOPIC, payload)
        assert isinstance(record, Record)
        if record.sequence != next_up:
            yield f"{record.sequence} follows {next_up - 1}"
        if isinstance(record.body, RoomEvent):
            covered[record.sequence] = _digest(record)
        elif isinstance(record.body, LossReport) and record.body.to_sequence != last:
            yield f"the loss at {record.sequence} does not cover what it stands for"
        next_up = last + 1
    if next_up != outbox.last_sequence + 1:
        yield f"{next_up} to {outbox.last_sequence} are missing"
    for sequence, digest in promised.events.items():
        if sequence > settled and covered.get(sequence) != digest:
            yield f"the event {sequence} was acknowledged and is gone"


def _digest(record: Record) -> str:
    return hashlib.sha256(record.model_dump_json().encode()).hexdigest()


def _record(outbox_id: str, sequence: int, body: RecordBody) -> Record:
    return Record(
        node_id=_NODE,
        outbox_id=outbox_id,
        sequence=sequence,
        boot_id="b" * 32,
        uptime_s=float(sequence),
        captured_at=_NIGHT + timedelta(seconds=sequence),
        origin=Origin.SIMULATED,
        body=body,
        signature=UNSIGNED,
    )


def _event() -> RoomEvent:
    return RoomEvent(event=RoomEventKind.OUT_OF_BED, lease_id=_LEASE, quality=0.9, estimated_at=_NIGHT, model=_MODEL)


def _minute() -> MinuteMeasurement:
    why = Withheld.LOW_QUALITY
    readings = Readings(
        captured_at=_NIGHT,
        lease_id=_LEASE,
        presence=PresenceReading(withheld=why),
        movement=MovementReading(withheld=why),
        place=PlaceReading(withheld=why),
        people=PeopleReading(withheld=why),
        breathing=BreathingReading(withheld=why),
        respiratory_rate=RateReading(withheld=why),
        pulse_rate=RateReading(withheld=why),
        quality=0.1,
        model=_MODEL,
    )
    return MinuteMeasurement(minute_from=_NIGHT, sensed_s=60.0, present_s=0.0, moving_s=0.0, readings=readings)


if __name__ == "__main__":
    work(Path(sys.argv[1]))
