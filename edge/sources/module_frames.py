"""The modules that say what they see, one entry each, and the way from their bytes to hint frames."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from edge.decoders import ld2410, mr24, mr60bha1, mr60bha2
from edge.decoders.framing import LinkCount
from edge.decoders.ld2410 import Ld2410Decoder
from edge.decoders.mr24 import Mr24Decoder
from edge.decoders.mr60bha1 import Mr60Bha1Decoder
from edge.decoders.mr60bha2 import Mr60Bha2Decoder
from edge.decoders.table import Decoder
from edge.frames import Frame, FrameCount, FrameKind, Hint, Layout

_NOTHING = np.zeros(0, dtype=np.complex64)


@dataclass(frozen=True)
class Module:
    """One kind of module."""

    name: str
    meaning: str
    """In a few words."""
    baud: int
    """[1/s] of its serial line."""
    make: Callable[[LinkCount], Decoder]
    hint_of: Callable[[Any], Hint | None]
    kind_of: Callable[[Any], object]
    """Names what an item reports, so that the same again is known to come later."""
    usual_step_s: float
    """[s] taken between two reports of one kind where a capture holds no times."""
    repeats_s: float = math.nan
    """[s] within which it repeats itself even when nothing changes; NaN when that is not known."""
    start: tuple[bytes, ...] = ()
    """Commands that make it report, in order."""
    question: bytes = b""
    """To be asked each second by a live driver; empty when it reports by itself."""


MODULES: Mapping[str, Module] = MappingProxyType(
    {
        module.name: module
        for module in (
            Module(
                "mr24",
                "Seeed MR24 fall or sleep module",
                mr24.BAUD,
                Mr24Decoder,
                mr24.hint_of,
                lambda report: (report.function, report.address_1, report.address_2),
                usual_step_s=1.0,
                repeats_s=mr24.REPEATS_S,
                question=mr24.question(),
            ),
            Module(
                "mr60bha1",
                "Seeed MR60BHA1 or MR24HPC1",
                mr60bha1.BAUD,
                Mr60Bha1Decoder,
                mr60bha1.hint_of,
                lambda report: (report.control, report.command),
                usual_step_s=1.0,
                question=mr60bha1.question(),
            ),
            Module(
                "mr60bha2",
                "Seeed MR60BHA2",
                mr60bha2.BAUD,
                Mr60Bha2Decoder,
                mr60bha2.hint_of,
                lambda report: report.type,
                usual_step_s=0.125,
            ),
            Module(
                "ld2410",
                "Hi-Link HLK-LD2410",
                ld2410.BAUD,
                Ld2410Decoder,
                ld2410.hint_of,
                lambda item: type(item),
                usual_step_s=0.1,
                start=ld2410.engineering_commands(),
            ),
        )
    }
)


class HintStream:
    """Follows one module: bytes in, hint frames out."""

    def __init__(self, module: Module, count: FrameCount) -> None:
        """Begin.

        Args:
            module: which kind.
            count: is kept up to date.
        """
        self._module = module
        self._count = count
        self._link = LinkCount()
        self._told = (0, 0)
        self._decoder = module.make(self._link)
        self.layout = Layout(FrameKind.HINT, np.zeros(0), math.nan, 1 / module.repeats_s)

    @property
    def ambiguous(self) -> int:
        """Sound reports that public sources read in more than one way, and that were so left out."""
        return self._link.ambiguous

    def feed(self, t_s: float, data: bytes) -> list[Frame]:
        """Take bytes in and give the frames that they complete.

        Args:
            t_s: [s] when the bytes came, since the source began.
            data: the bytes.
        """
        return [frame for item in self.items(data) if (frame := self.frame(t_s, item)) is not None]

    def items(self, data: bytes) -> list[object]:
        """Take bytes in and give what the decoder makes of them, counting what was bad or lost."""
        items = list(self._decoder.feed(data))
        bad, lost = self._link.bad, self._link.lost
        self._count.bad += bad - self._told[0]
        self._count.lost += lost - self._told[1]
        self._told = (bad, lost)
        return items

    def frame(self, t_s: float, item: object) -> Frame | None:
        """Make a frame of what a module reported; None when it says nothing of the room."""
        hint = self._module.hint_of(item)
        if hint is None:
            return None
        self._count.read += 1
        return Frame(self.layout, t_s, _NOTHING, hint=hint)

    def quiet(self, t_s: float) -> Frame:
        """Make the frame that says that nothing had come by then."""
        return Frame(self.layout, t_s, _NOTHING)
