"""The first line to the sensing process: which source, which room, for which purposes, how long."""

from collections.abc import Callable
from typing import Any

from edge.noise_profile import PROFILE_FILE
from edge.pipe import Open
from edge.settings import NodeSettings
from edge.source_settings import SourceKind
from edge.supervisor import Order
from edge.zones import DEMO_ZONES, Zones, rows_of


def zones_of(settings: NodeSettings) -> Zones:
    """Return the zones of the node's room; a simulated room without any has the demonstration's."""
    zones = settings.room_zones
    return DEMO_ZONES if not zones.named and settings.source.kind is SourceKind.SYNTHETIC else zones


def opening_of(settings: NodeSettings) -> Callable[[Order, float], Open]:
    """Return what makes the line for this node.

    Args:
        settings: the node's; its source and zones go to the sensing process as they stand; a simulated room
            without zones is the demonstration's.

    Returns:
        A function of an order and of how long it holds from now [s].
    """
    source = settings.source.model_dump(mode="json", exclude_none=True) | _of_the_sensor(settings)
    room = rows_of(zones_of(settings))
    clock = {} if settings.clock_file is None else {"file": str(settings.clock_file)}

    def opening(order: Order, open_for_s: float) -> Open:
        profile = settings.data_dir / PROFILE_FILE
        return Open(
            source,
            order.purposes,
            order.vital_signs,
            order.lease_id,
            room,
            open_for_s,
            clock,
            str(profile) if profile.exists() else None,
            order.lease_kind,
            order.trial,
        )

    return opening


def _of_the_sensor(settings: NodeSettings) -> dict[str, Any]:
    """Return what the source must know beside its own settings: which sensor was agreed to, and its drawing."""
    told: dict[str, Any] = {"modality": str(settings.modality)}
    if settings.view is not None:
        told["view"] = settings.view.model_dump(mode="json")
    return told
