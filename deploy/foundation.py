"""What a ward stands on before its first start: its keys, and its rooms, nodes and people as the rules allow them."""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from broker.clock import Clock, HandClock
from broker.link import MemoryBroker
from broker.logins import write_private
from broker.vocabulary import Modality
from console.errors import ConsoleError
from console.keys.signer import Keys
from console.running import settings_file
from console.running.opening import open_ward
from console.running.seed import seed
from console.ward import Ward
from deploy.errors import DeployError
from deploy.layout import Layout, write_accounts
from deploy.plan import NodePlace, Plan
from deploy.progress import Progress
from edge.errors import KeyFault
from edge.trust import NodeKey

_MADE = "ward.json"
_BEGUN = "ward.begun"
"""Stands in a folder from the moment that a ward begins to be made there until it is made."""


@dataclass(frozen=True, slots=True)
class Foundation:
    """What the processes need to know of each other.

    Attributes:
        console_key: the public key that nodes trust.
        node_keys: public key by node id.
    """

    console_key: str
    node_keys: dict[str, str]


@dataclass(frozen=True, slots=True)
class Made:
    """How a ward was made at its first start.

    Attributes:
        rooms: how many rooms it has.
        demo: it has the demonstration's patients and accounts.
        cameras: rooms whose sensor is a camera.
        both: rooms with a radar and a camera.
    """

    rooms: int
    demo: bool
    cameras: frozenset[str] = frozenset()
    both: frozenset[str] = frozenset()


def made(data: Path) -> Made | None:
    """Return how the ward of a folder was made, None when it has not been.

    Raises:
        DeployError: the folder's ward.json is not ours.
    """
    path = data / _MADE
    if not path.exists():
        return None
    try:
        told = json.loads(path.read_text("utf-8"))
        cameras, both = (frozenset(map(str, told.get(name, ()))) for name in ("cameras", "both"))
        return Made(int(told["rooms"]), bool(told["demo"]), cameras, both)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DeployError(f"{path}: not a ward's file; choose another folder with --data") from error


def cameras_of(data: Path, room_ids: Sequence[str]) -> tuple[str, ...]:
    """Return which of these rooms have had a camera since the ward was made; none before it was.

    Raises:
        DeployError: see `made`.
    """
    known = made(data)
    return () if known is None else tuple(room_id for room_id in room_ids if room_id in known.cameras)


def both_of(data: Path, room_ids: Sequence[str]) -> tuple[str, ...]:
    """Return which of these rooms have had a radar and a camera since the ward was made; none before it was.

    Raises:
        DeployError: see `made`.
    """
    known = made(data)
    return () if known is None else tuple(room_id for room_id in room_ids if room_id in known.both)


def check_folder(data: Path) -> None:
    """Look whether a folder may become a ward's; nothing is written, not even a lock, until it may.

    Args:
        data: the folder; it need not exist.

    Raises:
        DeployError: it holds something else than a ward.
    """
    if not data.is_dir() or _is_wards(data):
        return
    other = sorted(one.name for one in data.iterdir() if one.name != "ward.lock")
    if other:
        raise DeployError(
            f"{data} is not a ward's folder and is not empty ({other[0]}); choose another folder with --data"
        )


def take_folder(data: Path) -> None:
    """Take a folder for a ward, before anything else is written into it.

    Args:
        data: the folder; exists and is held.

    Raises:
        DeployError: it holds something else than a ward.
    """
    check_folder(data)
    if not _is_wards(data):
        (data / _BEGUN).touch()


def _is_wards(data: Path) -> bool:
    return (data / _MADE).exists() or (data / _BEGUN).exists()


def lay_foundation(plan: Plan, layout: Layout, clock: Clock, say: Progress) -> Foundation:
    """Make the keys, and at the first start the ward itself.

    Args:
        plan: what was asked for.
        layout: the ward's folder, its settings already written.
        clock: the ward's.
        say: where the steps are said.

    Returns:
        The public keys.

    Raises:
        DeployError: the folder holds another ward than was asked for, or a key cannot be used.
    """
    known = made(plan.data)
    _check_same(plan, known)
    if known is None:
        _clear_half_made(layout)
    try:
        node_keys = {node_id: NodeKey.open(layout.node(node_id)).public_hex for node_id in plan.node_ids}
        console_key = Keys.open(layout.console / "keys").lease_key
        if known is None:
            _seed(plan, layout, clock, node_keys)
    except (KeyFault, ConsoleError) as error:
        raise DeployError(str(error)) from error
    if known is None:
        told = {"rooms": plan.rooms, "demo": plan.demo, "cameras": sorted(plan.cameras), "both": sorted(plan.both)}
        write_private(plan.data / _MADE, json.dumps(told) + "\n")
        (plan.data / _BEGUN).unlink(missing_ok=True)
    say.done(f"ward: {plan.rooms} rooms, {'new' if known is None else 'going on'} in {plan.data}")
    return Foundation(console_key, node_keys)


def _check_same(plan: Plan, known: Made | None) -> None:
    if known is None:
        return
    if plan.rooms > known.rooms:
        raise DeployError(
            f"{plan.data} holds a ward of {known.rooms} rooms; start it with --rooms {known.rooms}, or make another "
            "with --data"
        )
    if plan.cameras != known.cameras & set(plan.room_ids):
        had = ", ".join(sorted(known.cameras)) or "no room"
        raise DeployError(f"{plan.data} holds a ward with cameras in {had}; start it so, or make another with --data")
    if plan.both != known.both & set(plan.room_ids):
        had = ", ".join(sorted(known.both)) or "no room"
        raise DeployError(
            f"{plan.data} holds a ward with both sensors in {had}; start it so, or make another with --data"
        )
    if plan.demo and not known.demo:
        raise DeployError(f"{plan.data} holds a ward without demonstration patients; make another with --data")


def _clear_half_made(layout: Layout) -> None:
    """Remove what a first start left behind that was cut off: without ward.json nothing of it was ever used."""
    for left in layout.console.iterdir():
        if left.name == "broker.password":
            continue
        if left.is_dir():
            shutil.rmtree(left)
        else:
            left.unlink()


def _seed(plan: Plan, layout: Layout, clock: Clock, node_keys: Mapping[str, str]) -> None:
    """Make the demonstration's ward through the console's own rules; without --demo the ward begins empty."""
    if not plan.demo:
        return
    settings = settings_file.load(layout.console_settings)

    def at(hand: HandClock) -> Ward:
        return open_ward(settings, hand, MemoryBroker().link(()))

    first = {one.room_id: one.node_id for one in reversed(plan.nodes)}
    cameras = [one for room, one in first.items() if room in plan.cameras]
    second = {first[one.room_id]: (one.node_id, node_keys[one.node_id]) for one in plan.nodes if _is_second(one)}
    keys = {first[room]: node_keys[first[room]] for room in plan.room_ids}
    accounts = seed(at, keys, clock.utc_now(), settings.zone, cameras, second)
    write_accounts(
        layout,
        [
            {"username": one.username, "password": one.password, "role": one.role, "room": one.room or None}
            for one in accounts
        ],
    )


def _is_second(place: NodePlace) -> bool:
    return place.is_beside and place.modality is Modality.CAMERA
