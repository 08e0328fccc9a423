"""The shape of each tile, drawn: no state is told by colour alone."""

from markupsafe import Markup

from console.showing.views import StopState, TileKind

_SHAPES: dict[TileKind, str] = {
    # A ring that lies still on a line.
    TileKind.STILL: '<circle cx="24" cy="20" r="12"/><path d="M6 42h36"/>',
    # The same ring above a wave.
    TileKind.MOVING: '<circle cx="24" cy="16" r="11"/><path d="M4 38q5-9 10 0t10 0 10 0 10 0"/>',
    # A diamond with a question.
    TileKind.CANNOT_TELL: '<path d="M24 3 45 24 24 45 3 24z"/><path d="M18 19q0-7 6-7t6 6q0 4-6 8v3"/>'
    '<circle class="dot" cx="24" cy="35" r="1.5"/>',
    # An arrow that leaves a bed.
    TileKind.OUT_OF_BED: '<path d="M6 8v34M6 30h16"/><path d="M20 18h22M33 9l9 9-9 9"/>',
    # A door.
    TileKind.ENSUITE: '<path d="M10 44V4h28v40M4 44h40"/><circle class="dot" cx="31" cy="25" r="2"/>',
    # A broken ring: nobody in it.
    TileKind.NOBODY_SEEN: '<circle cx="24" cy="24" r="19" stroke-dasharray="8 7"/>'
    '<path d="M18 20q0-7 6-7t6 6q0 4-6 8v2"/>'
    '<circle class="dot" cx="24" cy="35" r="1.5"/>',
    # An octagon, as a stop sign.
    TileKind.NO_MOVEMENT: '<path d="M15 3h18l12 12v18L33 45H15L3 33V15z"/><path d="M24 12v15"/>'
    '<circle class="dot" cx="24" cy="35" r="2"/>',
    # Two rings.
    TileKind.SECOND_PERSON: '<circle cx="16" cy="24" r="12"/><circle cx="32" cy="24" r="12"/>',
    # A square with a bar: switched off.
    TileKind.SENSOR_OFF: '<rect x="5" y="5" width="38" height="38" rx="6"/><path d="M14 24h20"/>',
    # Two bars.
    TileKind.PAUSED: '<path class="wide" d="M16 8v32M32 8v32"/>',
    # A triangle with a cross.
    TileKind.NOT_MONITORED: '<path d="M24 3 46 43H2z"/><path d="m18 22 12 14M30 22 18 36"/>',
    # A frame with nothing in it.
    TileKind.VACANT: '<rect x="5" y="5" width="38" height="38" stroke-dasharray="4 6"/>',
    # Steps that lead away.
    TileKind.AWAY: '<path d="M5 24h34M27 12l12 12-12 12"/>',
    # Steps that should have come back.
    TileKind.LEAVE_OVERDUE: '<path d="M43 15H9M21 3 9 15l12 12"/><path class="wide" d="M30 28v9"/>'
    '<circle class="dot" cx="30" cy="44" r="2"/>',
    # A bell that is being rung.
    TileKind.ALERT: '<path d="M24 6c-9 0-12 7-12 15 0 9-5 12-5 14h34c0-2-5-5-5-14 0-8-3-15-12-15z"/>'
    '<path d="M19 40a5 5 0 0 0 10 0"/><path d="M4 14q0-7 6-11M44 14q0-7-6-11"/>',
    # Two people beside each other.
    TileKind.WITH_PATIENT: '<circle cx="15" cy="14" r="8"/><path d="M3 44q0-16 12-16t12 16"/>'
    '<circle cx="34" cy="19" r="6"/><path d="M26 44q0-13 9-13t9 13"/>',
    # A closed door.
    TileKind.ROOM_CLOSED: '<rect x="10" y="4" width="28" height="40"/>',
}

_MARKS: dict[StopState, str] = {
    StopState.NOTHING_ASKED: '<circle cx="24" cy="24" r="18"/>',
    StopState.STOPPING: '<circle cx="24" cy="24" r="18" stroke-dasharray="6 8"/><path d="M24 14v10l7 6"/>',
    StopState.CONFIRMED: '<circle cx="24" cy="24" r="20"/><path d="m14 25 7 7 14-16"/>',
    StopState.NOT_CONFIRMED: '<path d="M24 3 46 43H2z"/><path d="M24 17v12"/>'
    '<circle class="dot" cx="24" cy="36" r="2"/>',
}


def mark(state: StopState) -> Markup:
    """Return the drawing of where a stop is; hidden from screen readers, which read the words."""
    return Markup(
        f'<svg class="shape state__mark" viewBox="0 0 48 48" aria-hidden="true" focusable="false">{_MARKS[state]}</svg>'
    )


def shape(kind: TileKind) -> Markup:
    """Return the drawing of a tile; hidden from screen readers, which read the words."""
    drawing = _SHAPES[TileKind(kind)]
    return Markup(f'<svg class="shape" viewBox="0 0 48 48" aria-hidden="true" focusable="false">{drawing}</svg>')
