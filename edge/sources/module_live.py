"""Live modules that say what they see: one serial line, read and, where they report only changes, asked each second."""

from collections.abc import Callable, Mapping
from typing import Any

from broker.clock import Clock
from edge.errors import SourceError
from edge.frames import FrameCount
from edge.hints import LASTS_S, SPARE
from edge.sources.live import LOOK_S, LiveSource, Looks, Now
from edge.sources.module_frames import MODULES, HintStream, Module
from edge.sources.ports import Port, open_port

ASK_EVERY_S = 1.0


def open_module(settings: Mapping[str, Any], clock: Clock, opener: Callable[[], Port] | None = None) -> LiveSource:
    """Return a module as a source; it is opened with the first frame that is asked for, and again when it is lost.

    Args:
        settings: `kind`, one of MODULES, and `port`.
        clock: on which frames are dated and waits are made.
        opener: opens the port; None opens the one that the settings name.

    Raises:
        SourceError: there is no such module, or no port.
    """
    module, address = MODULES.get(str(settings.get("kind"))), settings.get("port")
    if module is None:
        raise SourceError(f"There is no module '{settings.get('kind')}'; there are {', '.join(MODULES)}.")
    if not address and opener is None:
        raise SourceError(f"A {module.meaning} needs a port: [source] port, such as /dev/ttyUSB0.")

    def opening(now: Now, count: FrameCount) -> Looks:
        port = open_port(str(address), module.baud) if opener is None else opener()
        try:
            yield from _listen(module, port, now, count)
        finally:
            port.close()

    return LiveSource(opening, clock)


def _listen(module: Module, port: Port, now: Now, count: FrameCount) -> Looks:
    """Give frames, and None while none comes.

    Raises:
        SourceError: the line is lost, or the module sends nothing that can be read.
    """
    stream = HintStream(module, count)
    # A module takes one command at a time: each is given a look's time.
    orders = list(module.start)
    silent_s = LASTS_S if not module.repeats_s > 0 else max(LASTS_S, SPARE * module.repeats_s)
    heard_s, asked_s = now(), now() - ASK_EVERY_S
    while True:
        if orders:
            port.write(orders.pop(0))
        elif module.question and now() - asked_s >= ASK_EVERY_S:
            asked_s = now()
            port.write(module.question)
        items = stream.items(port.read(LOOK_S))
        if items:
            heard_s = now()
        elif now() - heard_s > silent_s:
            raise SourceError(
                f"The {module.meaning} has sent nothing that can be read for {silent_s:.0f} s; "
                "check its power, its wires and that [source] kind names it."
            )
        frames = [frame for item in items if (frame := stream.frame(now(), item)) is not None]
        yield from frames or (None,)
