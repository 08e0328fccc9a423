"""What a patient reads when the sensors of the whole ward are off: why, and that it is nothing they did (G2, G4)."""

from console.rules.consenting.leasing import KeptOff
from console.showing.views import Words

NO_DPIA = KeptOff(
    "G2",
    Words("The sensor is off. A paper that protects your privacy was not checked in time. It is nothing that you did."),
)
STOPPED = KeptOff(
    "G4", Words("The sensor is off. The hospital has decided to stop using it here. It is nothing that you did.")
)
