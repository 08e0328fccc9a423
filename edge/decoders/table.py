"""All byte decoders by name, so that what holds for every decoder is asked of every decoder."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

from edge.decoders import a111_registers, a121, ld2410, mr24, mr60bha1, mr60bha2, ti_uart
from edge.decoders.a111_registers import A111Decoder
from edge.decoders.a121 import A121Decoder
from edge.decoders.ld2410 import Ld2410Decoder
from edge.decoders.mr24 import Mr24Decoder
from edge.decoders.mr60bha1 import Mr60Bha1Decoder
from edge.decoders.mr60bha2 import Mr60Bha2Decoder
from edge.decoders.ti_uart import TiUartDecoder


class Decoder(Protocol):
    """Turns the bytes of one link into packets; it reads no port and keeps no clock."""

    @property
    def held(self) -> int:
        """Bytes held back for a packet that is not whole yet."""
        ...

    def feed(self, data: bytes) -> Sequence[object]:
        """Take the next bytes in, in pieces of any size, and return what is now whole; never raises."""
        ...


@dataclass(frozen=True)
class DecoderEntry:
    """One decoder."""

    make: Callable[[], Decoder]
    most_held: int
    """Bytes that it may hold back between two calls."""


DECODERS: Mapping[str, DecoderEntry] = MappingProxyType(
    {
        "mr24": DecoderEntry(Mr24Decoder, mr24.GRAMMAR.most_bytes),
        "mr60bha1": DecoderEntry(Mr60Bha1Decoder, mr60bha1.GRAMMAR.most_bytes),
        "mr60bha2": DecoderEntry(Mr60Bha2Decoder, mr60bha2.GRAMMAR.most_bytes),
        "ld2410": DecoderEntry(Ld2410Decoder, ld2410.GRAMMAR.most_bytes),
        "a111-registers": DecoderEntry(A111Decoder, a111_registers.GRAMMAR.most_bytes),
        "a121": DecoderEntry(A121Decoder, a121.MAX_HEADER_BYTES + a121.MAX_PAYLOAD_BYTES + 1),
        "ti-uart": DecoderEntry(TiUartDecoder, ti_uart.MOST_HELD),
    }
)
