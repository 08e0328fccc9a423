"""A stud wall between the radar and a neighbour: what is left of an echo that passes it twice."""

import math
from dataclasses import dataclass

# ITU-R P.2040-3 (2023) table 3, plasterboard: permittivity 2.73, conductivity 0.0085 f^0.9395 S/m with f in GHz.
# At 60 GHz that is 3.9 dB/cm. The edition before (P.2040-1: 2.94 and 0.0116 f^0.7076) gives 2.0 dB/cm, and measured
# walls at 60 GHz lie near it (Anderson and Rappaport 2004, doi:10.1109/TWC.2004.826328: 6.0 dB for a whole wall).
# A wall that lets more through is the harder test, so the earlier figures are the ones used here.
PERMITTIVITY = 2.94
CONDUCTIVITY, CONDUCTIVITY_POWER = 0.0116, 0.7076
LIGHT_M_PER_S = 299_792_458.0


@dataclass(frozen=True)
class Wall:
    """A stud wall of plasterboard."""

    range_m: float = 2.6
    """[m] from the sensor."""
    boards: int = 4
    """Boards in all; a ward's acoustic partition has two on each side, a light one has one."""
    board_m: float = 0.0125
    """[m] thickness of a board."""


def loss_db(wall: Wall, wavelength_m: float) -> float:
    """Work out what one pass through a wall costs.

    Args:
        wall: which wall.
        wavelength_m: [m] of the carrier.

    Returns:
        Loss of one pass [dB]: absorption in the boards and reflection at the faces of each leaf.

    Source:
        ITU-R P.2040: absorption 1636 sigma / sqrt(permittivity) dB/m; Fresnel reflection at normal incidence.
    """
    ghz = LIGHT_M_PER_S / wavelength_m / 1e9
    sigma = CONDUCTIVITY * ghz**CONDUCTIVITY_POWER
    absorbed = 1636 * sigma / math.sqrt(PERMITTIVITY) * wall.boards * wall.board_m
    reflection = (math.sqrt(PERMITTIVITY) - 1) / (math.sqrt(PERMITTIVITY) + 1)
    # Boards of one leaf touch; each of the two leaves has two faces.
    return float(absorbed - 4 * 10 * math.log10(1 - reflection**2))


def echo_gain(wall: Wall, wavelength_m: float) -> float:
    """Return the amplitude that is left after both passes, 0..1."""
    return float(10 ** (-2 * loss_db(wall, wavelength_m) / 20))
