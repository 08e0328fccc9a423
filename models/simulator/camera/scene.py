"""Everything that a simulated camera's scene is made of."""

from dataclasses import dataclass, field
from enum import StrEnum

from models.simulator.acts import Act, lie
from models.simulator.breathing import BreathingStyle
from models.simulator.camera.bedding import Bedding
from models.simulator.camera.lens import Light
from models.simulator.torsos import Posture


class Fault(StrEnum):
    """What may go wrong with a camera; the words are those of the withheld reasons where there is one."""

    COVERED = "covered"
    """A hand or tape over the lens."""
    DARK = "dark"
    """The camera's own light has failed."""
    SATURATED = "saturated"
    FROZEN = "frozen"
    """The same picture, to the last bit."""
    REPEATED = "repeated"
    """A stretch of pictures that is shown again and again."""
    DEFOCUSED = "defocused"
    DUST = "dust"
    """Dust or toothpaste on the dome: bright, soft spots and less contrast."""
    SENSOR_MOVED = "sensor_moved"
    """Somebody bumped into the camera: it looks elsewhere from now on."""
    IR_CUT = "ir_cut"
    """The infra-red filter swings in: a black moment, and another picture after it."""
    LOW_FRAME_RATE = "low_frame_rate"
    IRREGULAR_TIME = "irregular_time"
    """The clock of the frames stutters."""


class Thing(StrEnum):
    """What moves or shines and is not alive, or is no person."""

    FAN = "fan"
    CURTAIN = "curtain"
    DRAUGHT = "draught"
    """Air lifts the bedding."""
    TV = "tv"
    LIGHT_SWITCH = "light_switch"
    MOTH = "moth"
    PET = "pet"


@dataclass(frozen=True)
class Sensor:
    """How the camera turns light into numbers, and when."""

    read_dn: float = 2.5
    """[DN] noise of a black pixel, 2 to 5 at 8 bit (SENSING)."""
    shot_gain: float = 0.25
    """[DN] variance is read_dn^2 + shot_gain * DN; 0.1 to 0.6 (SENSING)."""
    pattern_dn: float = 0.8
    """[DN] standard deviation of what each pixel always adds."""
    row_dn: float = 0.3
    """[DN] standard deviation of what a whole row adds in one frame."""
    dead_share: float = 0.0001
    agc_every_s: float = 0.0
    """[s] mean time between steps of the gain by 5 to 20 %; 0 for a fixed gain, as a camera is set up."""
    flicker: float = 0.02
    """Share by which a lamp's light swings with the mains; nothing in any other light."""
    clock_error: float = 0.0
    """Share by which frames come late of what the camera says of its rate."""
    jitter_s: float = 0.005
    """[s] standard deviation of a frame's time as told, 0.003 to 0.010 (SENSING)."""
    drop_share: float = 0.004
    """Share of frames that get lost, 0.001 to 0.02 (SENSING)."""


@dataclass(frozen=True)
class CameraScene:
    """One simulated clip, before it is filmed; lengths in pixels are those of a picture 320 wide."""

    name: str = "sleeper"
    seconds: float = 60.0
    frame_rate_hz: float = 10.0
    width: int = 320
    height: int = 240
    seed: int = 1
    distance_m: float = 3.0
    """[m] from the lens to the middle of the bed, 2 to 4."""
    acts: tuple[Act, ...] | None = (lie(600.0),)
    """The sleeper's acts, over and over; None draws a night, and no acts at all are an empty room."""
    visitor: tuple[Act, ...] = ()
    """A second person's acts, over and over; one who begins by lying is in the bed too."""
    has_torch: bool = False
    """The visitor shines a torch on the bed."""
    style: BreathingStyle | None = None
    """How the sleeper breathes; None draws one."""
    posture: Posture | None = Posture.SUPINE
    """In which the sleeper lies for ever; None draws one at each turn."""
    bedding: Bedding = Bedding.DUVET
    is_rolled: bool = False
    """With nobody in it, the cover lies in a roll as long as a person."""
    swing_px: float | None = None
    """[px] how far a usual breath moves the picture where it moves most, peak to peak; None takes it from the depth
    of the breath, the bedding and the distance."""
    melanin: float = 0.3
    """0 (light skin) to 1 (dark)."""
    light: Light = Light.INFRARED
    sensor: Sensor = field(default_factory=Sensor)
    things: tuple[Thing, ...] = ()
    shake: tuple[float, float] | None = None
    """(rate [Hz], swing [px]) by which the camera's mount sways."""
    is_photograph: bool = False
    """What is filmed is a picture of the scene's first moment; `shake` moves it."""
    avatar_per_min: float | None = None
    """A rendered head and shoulders on a screen breathe at this rate, as evenly as a machine."""
    fault: Fault | None = None
    fault_at_s: float = 20.0
    fault_for_s: float = 30.0
    """[s] how long it lasts; a camera that was moved stays so."""

    @property
    def is_lifeless(self) -> bool:
        """Return whether what looks like a person is none."""
        return self.is_photograph or self.avatar_per_min is not None

    @property
    def scale(self) -> float:
        """Return how many pixels one pixel of a picture 320 wide is."""
        return self.width / 320
