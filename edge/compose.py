"""Where a node's real things are chosen: keys, outbox, link, gate, sensing process, lamp."""

import logging
import secrets
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from broker.clock import Clock, SystemClock
from broker.codec import encode
from broker.link import Delivery, Link
from broker.messages import Digest, NodeAnnouncement, NodeLost
from broker.outbox import Outbox
from broker.paho_link import Address, PahoLink
from broker.topics import Leaf, Topic, downward_filters
from broker.vocabulary import Context, Lamp, Modality
from edge.admission import Identity
from edge.child import SENSING
from edge.commissioning.check import RoomCheck
from edge.commissioning.draw_step import RoomDrawing, known_of
from edge.commissioning.drawing import DrawingFile
from edge.commissioning.grids import GridFile
from edge.commissioning.installation import Installation, InstallationBook, Setup, digest_of_zones
from edge.commissioning.requests import RequestDesk
from edge.doorkeeper import Doorkeeper
from edge.errors import SettingsError
from edge.gate import Gate
from edge.health import Doctor, Machine
from edge.illuminator import Illuminator, LitWithSensor, illuminator_of
from edge.inbox import Inbox
from edge.lamp import RoomLamp, lamp_of
from edge.memory import GateMemory
from edge.node import Node, Parts
from edge.noise_profile import PROFILE_FILE, digest_of
from edge.opening import opening_of, view_reader, zones_of
from edge.pause_control import PauseControl, control_of
from edge.recorder import Recorder, Start
from edge.room import Room
from edge.sender import Sender
from edge.sensor_truth import SensorTruth
from edge.settings import NodeSettings
from edge.shipped import BLOCKS, MOVEMENT, VITALS
from edge.speaker import Speaker
from edge.supervisor import SensingProcess, Supervisor
from edge.trust import UNSIGNED, ConsoleKey, NodeKey, read_secret
from edge.witness import Witness
from edge.zones import rows_of
from models.card import MODELS_DIR, read_card
from models.release import unfairness_in

log = logging.getLogger(__name__)


def new_start(settings: NodeSettings, clock: Clock) -> Start:
    """Return a new boot: its id is random, so that no lease of an earlier one can open this one."""
    return Start(settings.node_id, secrets.token_hex(16), settings.source.origin, clock.elapsed_s())


def paho_link(settings: NodeSettings, start: Start) -> Link:
    """Return the link to the ward's broker, not yet connected; its will says that this boot is lost.

    Raises:
        KeyFault: the password file is missing, empty, or others may read it; or the node's key is.
        LinkError: the TLS files cannot be used.
    """
    broker = settings.broker
    password = None if settings.password_path is None else read_secret(settings.password_path)
    address = Address(
        broker.host,
        broker.port,
        broker.username,
        password,
        broker.ca_file,
        broker.certificate_file,
        broker.key_file,
    )
    site, ward, node_id = settings.site, settings.ward, settings.node_id
    return PahoLink(address, node_id, downward_filters(site, ward, node_id), will_of(settings, start))


def will_of(settings: NodeSettings, start: Start) -> tuple[Topic, bytes]:
    """Return what the broker says when this boot's link breaks, signed now by the node's key.

    Raises:
        KeyFault: the key is wrong or open to others.
        OSError: the data folder cannot be written.
    """
    lost = NodeLost(node_id=start.node_id, boot_id=start.boot_id, signature=UNSIGNED)
    return _topic(settings, Leaf.LIVE), encode(NodeKey.open(settings.data_dir).sign(lost))


def supervisor(
    settings: NodeSettings, clock: Clock, drawing: DrawingFile | None = None, *, command: tuple[str, ...] = SENSING
) -> Supervisor:
    """Return what will start the sensing process; nothing is started now."""
    return Supervisor(opening_of(settings, drawing), clock, SystemClock(), command=command)


def compose(
    settings: NodeSettings,
    clock: Clock,
    start: Start,
    link: Link,
    sensing: SensingProcess,
    *,
    lamp: RoomLamp | None = None,
    illuminator: Illuminator | None = None,
    control: PauseControl | None = None,
    drawing: DrawingFile | None = None,
    wake: Callable[[], None] = lambda: None,
) -> tuple[Node, Outbox]:
    """Put a node together and start its link.

    Args:
        settings: the node's; its data folder must exist.
        clock: the node's.
        start: this boot.
        link: not yet started.
        sensing: runs the sensing process.
        lamp: None means the one that the settings name.
        illuminator: None means the one that the settings name.
        control: None means the one that the settings name.
        drawing: the settings file, in which a camera's room is drawn; None means that it is drawn nowhere.
        wake: called on the link's thread when something came, so that the loop need not look all the time.

    Returns:
        The node, and its outbox for whoever ends it to close.

    Raises:
        KeyFault: a key is wrong or open to others.
        SettingsError: the models are not released for the context (rule E3); or the pins of the lamp, of the light or
            of the control cannot be had.
        OutboxDamaged: the outbox cannot be read.
        OSError: the data folder cannot be written.
    """
    released(settings)
    data_dir = settings.data_dir
    key, console_key = NodeKey.open(data_dir), ConsoleKey(settings.console_key)
    outbox = Outbox.open(data_dir / "outbox.db", key.sign, capacity=settings.outbox_capacity)
    memory, witness = GateMemory(data_dir / "gate.json"), Witness(data_dir / "witness.json")
    identity = Identity(settings.node_id, start.boot_id, settings.modality, start.origin)
    gate, room = Gate(identity, console_key, memory, witness, clock), Room(clock, settings.no_movement_after_s)
    live, record = _topic(settings, Leaf.LIVE), _topic(settings, Leaf.RECORD)
    inbox = Inbox(live, start.boot_id, console_key.verifies, clock, gate.is_a_no, sensing.brake)
    recorder = Recorder(outbox, start, clock)
    shown, light = _shows(settings, clock, lamp, illuminator)
    announcement = _announcement(settings, start, outbox, key, clock)
    parts = Parts(
        clock=clock,
        start=start,
        link=link,
        inbox=inbox,
        recorder=recorder,
        sender=Sender(outbox, lambda payload: link.publish(record, payload), clock),
        speaker=Speaker(lambda payload: link.publish(live, payload), announcement, key.sign, clock),
        gate=gate,
        memory=memory,
        lamp=shown,
        light=LitWithSensor(light),
        door=Doorkeeper(control or control_of(settings.pause, data_dir, clock), sensing.brake, _darkens(light, shown)),
        sensing=sensing,
        truth=SensorTruth(settings.modality, sensing, gate, memory, recorder, clock),
        room=room,
        witness=witness,
        key=key,
        check=_room_check(settings, key, drawing, clock),
        doctor=Doctor(Machine(data_dir, clock), gate, memory, recorder, sensing, room, witness, inbox, link),
    )
    node = Node(parts)
    log.info("this node's public key, for the console's list of nodes", extra={"public_key": key.public_hex})
    for fault in (memory.fault, witness.fault):
        if fault is not None:
            log.error(fault)

    def receive(delivery: Delivery) -> None:
        if inbox.put(delivery):
            wake()

    def change(is_up: bool) -> None:
        inbox.put_change(is_up)
        wake()

    link.start(receive, change)
    return node, outbox


def _shows(
    settings: NodeSettings, clock: Clock, lamp: RoomLamp | None, illuminator: Illuminator | None
) -> tuple[RoomLamp, Illuminator]:
    """Return the lamp and the light that were given, or else those that the settings name."""
    return (
        lamp or lamp_of(settings.lamp, settings.data_dir, clock),
        illuminator or illuminator_of(settings.illuminator, settings.modality, settings.data_dir),
    )


def _darkens(light: Illuminator, lamp: RoomLamp) -> Callable[[], None]:
    """Return what shows that nothing senses; the light goes first, for a simulated lamp may wait for the disk."""

    def darken() -> None:
        light.shine(False)
        lamp.show(Lamp.OFF)

    return darken


def _topic(settings: NodeSettings, leaf: Leaf) -> Topic:
    return Topic(settings.site, settings.ward, settings.node_id, leaf)


def _room_check(settings: NodeSettings, key: NodeKey, drawing: DrawingFile | None, clock: Clock) -> RoomCheck:
    """Return what tries the room under a commissioning lease, with what this node runs with now."""
    profile = settings.data_dir / PROFILE_FILE
    read_view = view_reader(settings, drawing)
    if settings.modality is Modality.CAMERA:
        named, digest = known_of(read_view())
    else:
        zones = zones_of(settings)
        named, digest = tuple(sorted(zones.named)), digest_of_zones(rows_of(zones))
    empty = Installation(
        node_id=settings.node_id,
        modality=settings.modality,
        zones=named,
        setup=Setup(
            software=software_version(),
            models=model_digests(),
            zones=digest,
            noise_profile=digest_of(profile.read_bytes()) if profile.exists() else None,
        ),
    )
    desk, book = RequestDesk(settings.data_dir), InstallationBook(settings.data_dir, empty, key)
    room_drawing = RoomDrawing(GridFile(settings.data_dir), read_view, clock)
    return RoomCheck(desk, book, room_drawing, profile, clock)


def _announcement(
    settings: NodeSettings, start: Start, outbox: Outbox, key: NodeKey, clock: Clock
) -> Callable[[], NodeAnnouncement]:
    software, models = software_version(), model_digests()

    def announce() -> NodeAnnouncement:
        return key.sign(
            NodeAnnouncement(
                node_id=start.node_id,
                boot_id=start.boot_id,
                outbox_id=outbox.outbox_id,
                modality=settings.modality,
                origin=start.origin,
                software=software,
                models=models,
                first_unsettled=outbox.first_unsettled,
                sent_at=clock.utc_now(),
                uptime_s=clock.elapsed_s() - start.started_s,
                signature=UNSIGNED,
            )
        )

    return announce


def released(settings: NodeSettings, models: Path = MODELS_DIR) -> None:
    """Hold the models to rule E3: in clinical use none may serve one group of people much worse than another.

    Args:
        settings: the node's; its context and its kind of sensor decide.
        models: the folder of the cards.

    Raises:
        SettingsError: one does; the sentence names the groups and how far apart they are.
    """
    if settings.context is not Context.CLINICAL:
        return
    for name in (MOVEMENT, VITALS, BLOCKS):
        blocks = unfairness_in(read_card(models / f"{name}.toml").judged, settings.modality)
        if blocks:
            told = " ".join(map(str, blocks))
            raise SettingsError(
                f'{name} is not released for `context = "clinical"` (rule E3): {told} Run it as "evaluation", or wait '
                "for a model that serves every group alike."
            )


def software_version() -> str:
    """Return the installed version, or `0+source` when run from a folder that was never installed."""
    try:
        return version("hushward")
    except PackageNotFoundError:
        return "0+source"


def model_digests() -> tuple[Digest, ...]:
    """Return the sha256 of each model that the sensing process would load."""
    return tuple(read_card(MODELS_DIR / f"{name}.toml").sha256 for name in (MOVEMENT, VITALS, BLOCKS))
