"""How an engineer is talked to: plain lines that a 80 by 24 terminal, ssh and a screen reader take alike.

Nothing is drawn over, nothing blinks, and colour carries nothing.
"""

import sys
import textwrap
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol, TextIO

WIDTH = 78


class Stopped(Exception):
    """Whoever sat there has stopped: Ctrl-C, the end of the input, or a line that was cut."""


class Talk(Protocol):
    """Says something, asks something."""

    def say(self, text: str) -> None:
        """Say a paragraph; each line of it is wrapped, an empty one separates."""
        ...

    def show(self, lines: str) -> None:
        """Show lines as they are, such as a code to scan."""
        ...

    def ask(self, question: str, default: str = "") -> str:
        """Ask for one line.

        Args:
            question: without a question mark's line end.
            default: taken when nothing is typed.

        Raises:
            Stopped: nobody answers any more.
        """
        ...


class Terminal:
    """The terminal that this process has."""

    def __init__(self, source: TextIO | None = None, to: TextIO | None = None) -> None:
        self._source, self._to = source or sys.stdin, to or sys.stdout

    def say(self, text: str) -> None:
        """Say a paragraph."""
        for line in text.splitlines() or [""]:
            indent = " " * (len(line) - len(line.lstrip()))
            wrapped = textwrap.wrap(
                line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
            )
            self.show("\n".join(wrapped))

    def show(self, lines: str) -> None:
        """Show lines as they are."""
        self._to.write(f"{lines}\n")
        self._to.flush()

    def ask(self, question: str, default: str = "") -> str:
        """Ask for one line."""
        self.say(question)
        self._to.write(f"  [{default}] > " if default else "  > ")
        self._to.flush()
        typed = self._source.readline()
        if not typed.endswith("\n"):
            raise Stopped
        return typed.strip() or default


@dataclass
class Script:
    """Answers written down before; for drills and tests.

    Attributes:
        answers: in the order in which they are asked for; when they end, somebody has stopped.
        said: all that was said, shown and asked.
    """

    answers: Iterable[str]
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._waiting = deque(self.answers)

    def say(self, text: str) -> None:
        """Note it."""
        self.said.append(text)

    def show(self, lines: str) -> None:
        """Note it."""
        self.said.append(lines)

    def ask(self, question: str, default: str = "") -> str:
        """Give the next answer."""
        self.said.append(question)
        if not self._waiting:
            raise Stopped
        return self._waiting.popleft() or default


def says_yes(talk: Talk, question: str, default: str = "") -> bool:
    """Ask until it is answered with yes or no.

    Raises:
        Stopped: nobody answers any more.
    """
    while True:
        told = talk.ask(f"{question} (yes or no)", default).lower()
        if told in ("y", "yes", "n", "no"):
            return told.startswith("y")
        talk.say("Please type yes or no.")


def chosen(talk: Talk, question: str, choices: list[str]) -> int:
    """Ask for one of several, by its number.

    Returns:
        Its place, from 0.

    Raises:
        Stopped: nobody answers any more.
    """
    listed = "\n".join(f"  {number}. {one}" for number, one in enumerate(choices, 1))
    while True:
        told = talk.ask(f"{question}\n{listed}\nType its number.", "1")
        if told.isdigit() and 1 <= int(told) <= len(choices):
            return int(told) - 1
        talk.say(f"{told} is not in the list; type a number from 1 to {len(choices)}.")
