"""What `up` says while it works: a tick per step on a terminal, plain lines elsewhere."""

import sys
from typing import Protocol, TextIO


class Progress(Protocol):
    """Where the steps are said."""

    def done(self, sentence: str) -> None:
        """Say that a step is done."""
        ...

    def note(self, sentence: str) -> None:
        """Say something that is neither a step nor a fault."""
        ...

    def fault(self, sentence: str) -> None:
        """Say what is wrong."""
        ...


class Lines:
    """Plain lines, for a file or a pipe; each is written at once."""

    def __init__(self, out: TextIO, faults: TextIO) -> None:
        self._out, self._faults = out, faults

    def done(self, sentence: str) -> None:
        """Say that a step is done."""
        print(sentence, file=self._out, flush=True)

    def note(self, sentence: str) -> None:
        """Say something that is neither a step nor a fault."""
        print(sentence, file=self._out, flush=True)

    def fault(self, sentence: str) -> None:
        """Say what is wrong."""
        print(f"hushward up: {sentence}", file=self._faults, flush=True)


class Ticks:
    """The same with ticks and colour, for a person at a terminal."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(highlight=False)

    def done(self, sentence: str) -> None:
        """Say that a step is done."""
        self._console.print("[green]✓[/green] ", end="")
        self._console.print(sentence, markup=False, soft_wrap=True)

    def note(self, sentence: str) -> None:
        """Say something that is neither a step nor a fault."""
        self._console.print(f"  {sentence}", markup=False, soft_wrap=True)

    def fault(self, sentence: str) -> None:
        """Say what is wrong."""
        self._console.print("[red]✗[/red] ", end="")
        self._console.print(f"hushward up: {sentence}", markup=False, soft_wrap=True)


def choose() -> Progress:
    """Return ticks on a terminal, lines elsewhere."""
    return Ticks() if sys.stdout.isatty() else Lines(sys.stdout, sys.stderr)
