"""How far a drill has come, kept after each fault, so that one that was cut off goes on."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from broker.durable import replace_durably
from deploy.drill.memory import Sample, SampleFile
from deploy.errors import DeployError

_STATE, _SAMPLES = "drill.json", "samples.jsonl"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a drill was asked for; with another wish it is another drill.

    Attributes:
        seed: of schedule, stories and power cuts.
        nodes: 1 to 18.
        faults: how many.
        speed: ward seconds per real second.
        calm_s: quiet at the end, in which memory is watched [real seconds].
    """

    seed: int
    nodes: int
    faults: int
    speed: float
    calm_s: float


@dataclass(frozen=True, slots=True)
class State:
    """How far it has come.

    Attributes:
        wanted: what was asked for.
        outcomes: by fault, what did not hold; an empty list where all did.
        ran_s: real seconds so far, over all its parts [s].
        parts: how often it was begun or gone on with.
        recovered_s: how long the board took to be well again after each fault [s].
        sensing: rooms whose sensor was on before the first fault.
    """

    wanted: Wanted
    outcomes: tuple[tuple[str, ...], ...] = ()
    ran_s: float = 0.0
    parts: int = 0
    recovered_s: tuple[float, ...] = field(default=())
    sensing: tuple[str, ...] = ()


class StateFile:
    """The file of one drill's folder."""

    def __init__(self, folder: Path) -> None:
        self._path, self._samples = folder / _STATE, SampleFile(folder / _SAMPLES)

    def begin(self, wanted: Wanted) -> State:
        """Return where a drill stands: at its beginning, or where it was cut off.

        Raises:
            DeployError: the folder holds another drill.
        """
        if not self._path.exists():
            return State(wanted, parts=1)
        told = json.loads(self._path.read_text("utf-8"))
        kept = Wanted(**told.pop("wanted"))
        if kept != wanted:
            raise DeployError(f"{self._path}: another drill ({kept}); remove its folder, or choose another with --data")
        return State(
            kept,
            tuple(map(tuple, told["outcomes"])),
            told["ran_s"],
            told["parts"] + 1,
            tuple(told["recovered_s"]),
            tuple(told["sensing"]),
        )

    def keep(self, state: State, samples: Sequence[Sample]) -> None:
        """Keep where it stands, and what was sampled since the last time."""
        self._samples.add(samples)
        replace_durably(self._path, json.dumps(asdict(state), indent=1).encode())

    def samples(self) -> list[Sample]:
        """Return all samples so far."""
        return self._samples.all()
