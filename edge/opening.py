"""The first line to the sensing process: which source, which room, for which purposes, how long."""

import logging
from collections.abc import Callable
from typing import Any

from broker.vocabulary import Modality
from edge.commissioning.drawing import DrawingFile, digest_of_view
from edge.errors import SettingsError
from edge.noise_profile import PROFILE_FILE
from edge.pipe import Open
from edge.settings import NodeSettings
from edge.source_settings import SourceKind
from edge.supervisor import Order
from edge.view import OPEN_VIEW, View
from edge.zones import DEMO_ZONES, Zones, rows_of

log = logging.getLogger(__name__)


def zones_of(settings: NodeSettings) -> Zones:
    """Return the zones of the node's room; a simulated room without any has the demonstration's."""
    zones = settings.room_zones
    return DEMO_ZONES if not zones.named and settings.source.kind is SourceKind.SYNTHETIC else zones


def view_reader(settings: NodeSettings, drawing: DrawingFile | None) -> Callable[[], View]:
    """Return what reads how the camera looks at the room now: an engineer may draw it anew while the node runs.

    Args:
        settings: as the node was started with; a drawing that came from the environment stands, whatever the file says.
        drawing: the settings file; None when there is none.

    Returns:
        A function that raises a SettingsError when the file cannot be read any more.
    """
    told = settings.room_view or OPEN_VIEW
    if drawing is None or digest_of_view(drawing.view()) != digest_of_view(told):
        return lambda: told
    return drawing.view


def opening_of(settings: NodeSettings, drawing: DrawingFile | None = None) -> Callable[[Order, float], Open]:
    """Return what makes the line for this node.

    Args:
        settings: the node's; its source and zones go to the sensing process as they stand; a simulated room
            without zones is the demonstration's.
        drawing: the settings file, of which a camera's drawing is read anew at each opening.

    Returns:
        A function of an order and of how long it holds from now [s].
    """
    source = settings.source.model_dump(mode="json", exclude_none=True) | {"modality": str(settings.modality)}
    told_view = _newest_view(view_reader(settings, drawing)) if settings.modality is Modality.CAMERA else dict
    room = rows_of(zones_of(settings))
    clock = {} if settings.clock_file is None else {"file": str(settings.clock_file)}

    def opening(order: Order, open_for_s: float) -> Open:
        profile = settings.data_dir / PROFILE_FILE
        return Open(
            source | told_view(),
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


def _newest_view(read: Callable[[], View]) -> Callable[[], dict[str, Any]]:
    """Return what tells the source its drawing; when it cannot be read, the newest that could be stands."""
    newest = read()

    def told() -> dict[str, Any]:
        nonlocal newest
        try:
            newest = read()
        except SettingsError as error:
            log.error("the drawing cannot be read; the one from before stands", extra={"sentence": str(error)})
        return {"view": {"rows": list(newest.rows), "distance_m": newest.distance_m}}

    return told
