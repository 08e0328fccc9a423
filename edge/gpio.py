"""The pins of the machine, for the lamp and the control in the room (the only importer of gpiod), and a fake chip."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import Any, Protocol

from edge.errors import SettingsError

DEBOUNCE = timedelta(milliseconds=20)
"""For which the kernel waits until a contact rests: mechanical contacts bounce for 1 to 10 ms (Ganssle 2004)."""
CONSUMER = "hushward"


class Output(Protocol):
    """A pin that is driven."""

    def drive(self, is_on: bool) -> None:
        """Drive it.

        Raises:
            OSError: the chip is gone.
        """
        ...

    def level(self) -> bool:
        """Return what the chip says that it drives.

        Raises:
            OSError: the chip is gone.
        """
        ...


class Sense(Protocol):
    """A pin that is read."""

    def level(self) -> bool:
        """Return whether it is active.

        Raises:
            OSError: the chip is gone.
        """
        ...


class Buttons(Protocol):
    """Pins whose presses the kernel queues, so that none is missed between two looks."""

    def take(self) -> Iterable[int]:
        """Return the pins that were pressed since the last call, in order; empty when none was.

        Raises:
            OSError: the chip is gone.
        """
        ...


class Chip(Protocol):
    """A chip with pins."""

    def output(self, line: int, *, active_low: bool) -> Output:
        """Take a pin and drive it dark."""
        ...

    def sense(self, line: int, *, active_low: bool) -> Sense:
        """Take a pin to read."""
        ...

    def buttons(self, lines: tuple[int, ...], *, active_low: bool) -> Buttons:
        """Take pins to listen to."""
        ...


class KernelChip:
    """A chip of the kernel's, such as `/dev/gpiochip0`; what it hands out is held until the process ends."""

    def __init__(self, path: str) -> None:
        """Take the chip's path.

        Raises:
            SettingsError: the gpiod package is not installed.
        """
        self._path = path
        try:
            self._gpiod: Any = import_module("gpiod")
            self._line: Any = import_module("gpiod.line")
        except ImportError:
            raise SettingsError("a lamp or a control on pins needs the package gpiod: install hushward[gpio]") from None

    def output(self, line: int, *, active_low: bool) -> Output:
        """Take a pin and drive it dark.

        Raises:
            SettingsError: there is no such chip or pin, or somebody else holds it.
        """
        direction = self._line.Direction.OUTPUT
        request = self._request(
            line, direction=direction, active_low=active_low, output_value=self._line.Value.INACTIVE
        )
        return _KernelPin(request, line, self._line.Value)

    def sense(self, line: int, *, active_low: bool) -> Sense:
        """Take a pin to read.

        Raises:
            SettingsError: as for `output`.
        """
        request = self._request(line, direction=self._line.Direction.INPUT, active_low=active_low)
        return _KernelPin(request, line, self._line.Value)

    def buttons(self, lines: tuple[int, ...], *, active_low: bool) -> Buttons:
        """Take pins to listen to; a press is the edge from rest to pressed.

        Raises:
            SettingsError: as for `output`.
        """
        request = self._request(
            lines,
            direction=self._line.Direction.INPUT,
            edge_detection=self._line.Edge.RISING,
            bias=self._line.Bias.PULL_UP if active_low else self._line.Bias.PULL_DOWN,
            active_low=active_low,
            debounce_period=DEBOUNCE,
        )
        return _KernelButtons(request)

    def _request(self, lines: int | tuple[int, ...], **settings: Any) -> Any:
        try:
            config = {lines: self._gpiod.LineSettings(**settings)}
            return self._gpiod.request_lines(self._path, config=config, consumer=CONSUMER)
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"{self._path}, pin {lines}: {error}; look at `chip` and `line` in node.toml"
            ) from error


class _KernelPin:
    def __init__(self, request: Any, line: int, value: Any) -> None:
        self._request, self._line, self._value = request, line, value

    def drive(self, is_on: bool) -> None:
        self._request.set_value(self._line, self._value.ACTIVE if is_on else self._value.INACTIVE)

    def level(self) -> bool:
        return bool(self._request.get_value(self._line) is self._value.ACTIVE)


class _KernelButtons:
    def __init__(self, request: Any) -> None:
        self._request = request

    def take(self) -> Iterable[int]:
        found: list[int] = []
        while self._request.wait_edge_events(timeout=0):
            found += [one.line_offset for one in self._request.read_edge_events()]
        return found


@dataclass
class FakeChip:
    """A chip without hardware, for drills and tests.

    Attributes:
        wires: which pin a driven pin is wired to, so that a lamp can be read back.
        levels: what each pin is at.
        is_gone: set to play a chip that was unplugged.
        stuck: pins that stay as they are, whatever drives them.
    """

    wires: Mapping[int, int] = field(default_factory=dict)
    levels: dict[int, bool] = field(default_factory=dict)
    is_gone: bool = False
    stuck: set[int] = field(default_factory=set)
    _pressed: list[int] = field(default_factory=list)

    def press(self, line: int, edges: int = 1) -> None:
        """Press a button; a contact that bounces makes several edges. Holding it makes no more."""
        self._pressed += [line] * edges

    def output(self, line: int, *, active_low: bool) -> Output:  # noqa: ARG002 (levels are logical)
        """Take a pin and drive it dark."""
        pin = _FakePin(self, line)
        pin.drive(False)
        return pin

    def sense(self, line: int, *, active_low: bool) -> Sense:  # noqa: ARG002
        """Take a pin to read."""
        return _FakePin(self, line)

    def buttons(self, lines: tuple[int, ...], *, active_low: bool) -> Buttons:  # noqa: ARG002
        """Take pins to listen to."""
        return _FakeButtons(self, lines)

    def there(self) -> None:
        """Do nothing while the chip is plugged in.

        Raises:
            OSError: it is not.
        """
        if self.is_gone:
            raise OSError("the chip is gone")

    def take_pressed(self, lines: tuple[int, ...]) -> list[int]:
        """Return and forget the edges of these pins."""
        taken = [one for one in self._pressed if one in lines]
        self._pressed = [one for one in self._pressed if one not in lines]
        return taken


@dataclass
class _FakePin:
    chip: FakeChip
    line: int

    def drive(self, is_on: bool) -> None:
        self.chip.there()
        self.chip.levels[self.line] = is_on
        wired = self.chip.wires.get(self.line)
        if wired is not None and wired not in self.chip.stuck:
            self.chip.levels[wired] = is_on

    def level(self) -> bool:
        self.chip.there()
        return self.chip.levels.get(self.line, False)


@dataclass
class _FakeButtons:
    chip: FakeChip
    lines: tuple[int, ...]

    def take(self) -> Iterable[int]:
        self.chip.there()
        return self.chip.take_pressed(self.lines)
