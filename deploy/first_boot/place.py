"""Where a first start happens: the node's folder and settings, the person, and the machine."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from deploy.first_boot.surroundings import Surroundings
from deploy.first_boot.talk import Talk

_LOOK_EVERY_S, _SAY_EVERY_S = 1.0, 15.0


@dataclass(frozen=True)
class Place:
    """Where a first start happens.

    Attributes:
        data: the node's folder.
        config: the node's settings, written at the end.
        is_demonstration: a simulated sleeper, lamp and control, and no service.
        talk: the person.
        world: the machine.
    """

    data: Path
    config: Path
    is_demonstration: bool
    talk: Talk
    world: Surroundings

    def wait_for(self, holds: Callable[[], bool], within_s: float, what: str) -> bool:
        """Wait, and say how long it has been; returns whether it came to hold."""
        began_s, said_s, never = self.world.clock.elapsed_s(), 0.0, threading.Event()
        while not holds():
            waited_s = self.world.clock.elapsed_s() - began_s
            if waited_s >= within_s:
                return False
            if waited_s - said_s >= _SAY_EVERY_S:
                said_s = waited_s
                self.talk.say(f"  Waiting for {what}: {waited_s:.0f} s so far. Ctrl-C stops, and nothing is lost.")
            self.world.clock.wait(never, _LOOK_EVERY_S)
        return True
