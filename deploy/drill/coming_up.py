"""A drill's ward as it comes up: which rooms have their sensor on once all is well."""

from deploy.drill.board import SENSING
from deploy.drill.faults import Scene
from deploy.errors import DeployError

_START_WITHIN_S = 300.0
"""[s] of real time that a ward has to come up on a busy machine."""
_STEADY_LOOKS = 5
"""Boards in a row with the same sensors on, after which no further one is waited for."""

_BETWEEN_S = 1.0
"""[s] between two of them: a board is dear to a console that has just started."""


def rooms_on(scene: Scene) -> tuple[str, ...]:
    """Wait until the sensors of all who said yes are on; return their rooms.

    Raises:
        DeployError: none is, or the console does not answer.
    """
    looks: list[frozenset[str]] = []

    def settled() -> bool:
        scene.pause(_BETWEEN_S)
        looks.append(frozenset(room for room, tile in scene.board.tiles().items() if tile.kind in SENSING))
        return bool(looks[-1]) and len(looks) >= _STEADY_LOOKS and len(set(looks[-_STEADY_LOOKS:])) == 1

    def is_ready() -> bool:
        if scene.ward.console.pid is None:
            raise DeployError("the console has ended; see console.log in the ward's folder")
        return scene.board.is_ready()

    is_up = scene.until(is_ready, _START_WITHIN_S) and scene.until(settled, _START_WITHIN_S)
    if not is_up:
        raise DeployError("the ward does not come up: no sensor is on; see the logs in its folder")
    return tuple(sorted(looks[-1]))
