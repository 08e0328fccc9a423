"""Everything that a simulated room is made of."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from models.simulator.acts import BED_M, BEDSIDE_M, DOOR_M, ENSUITE_M, Act
from models.simulator.breathing import BreathingStyle
from models.simulator.nuisances import Nuisance
from models.simulator.phantom import Phantom
from models.simulator.receiver import ReceiverSettings
from models.simulator.torsos import Posture
from models.simulator.walls import Wall

Fan = Nuisance
"""What moves without being alive is by default an oscillating fan."""


@dataclass(frozen=True)
class Ghost:
    """A way by which echoes come a second time: later and weaker, off a wall or a wardrobe."""

    detour_m: float = 0.9
    loss_db: float = 14.0


@dataclass(frozen=True)
class Neighbour:
    """Somebody on the other side of a wall, who is not in this room."""

    acts: Iterable[Act]
    range_m: float = 3.3
    """[m] where they lie; `to_m` of their walks is a distance from the sensor too."""
    wall: Wall = field(default_factory=Wall)


@dataclass(frozen=True)
class Scene:
    """A simulated room."""

    acts: Iterable[Act] | None = None
    """The sleeper's acts; None draws a demonstration night for ever, an empty list is an empty room."""
    visitor: Iterable[Act] = ()
    """A second person's acts."""
    style: BreathingStyle | None = None
    """How the sleeper breathes; None draws one."""
    receiver: ReceiverSettings = field(default_factory=ReceiverSettings)
    bed_m: float = BED_M
    fan: Nuisance | None = None
    """One thing that moves and is not alive."""
    shake: tuple[float, float] | None = None
    """(rate [Hz], swing [mm]) of the sensor's own mount."""
    nuisances: tuple[Nuisance, ...] = ()
    """More things that move and are not alive."""
    phantom: Phantom | None = None
    neighbour: Neighbour | None = None
    visitor_m: float = DOOR_M
    """[m] where the second person begins: behind the door, or in the bed."""
    ghost: Ghost | None = None
    hose_m: float | None = None
    """[m] distance of a breathing machine's hose, which moves with the sleeper's breath; None for no machine."""
    posture: Posture | None = None
    """In which the sleeper lies for ever; None draws one at each turn."""
    size: float = 1.0
    """Amplitude of the sleeper's echo, as a share of the usual; 0.004 is too weak to be seen."""
    knock_at_s: tuple[float, ...] = ()
    """[s] when somebody knocks against the sensor's mount."""


def zone_of(range_m: float) -> str:
    """Name the zone of the simulated room at a distance."""
    if range_m < (BED_M + BEDSIDE_M) / 2 + 0.1:
        return "bed"
    if range_m < ENSUITE_M - 0.3:
        return "room"
    return "ensuite" if range_m < (ENSUITE_M + DOOR_M) / 2 else "door"
