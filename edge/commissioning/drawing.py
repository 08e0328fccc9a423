"""The drawing of a camera's room in the node's settings file: read, kept with a way back, and known by its digest."""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broker.durable import replace_durably
from broker.messages import Digest
from edge.errors import SettingsError
from edge.sources.camera.drawing import view_from
from edge.view import OPEN_VIEW, View

BEFORE = ".before-drawing"
"""Ending of the copy of the settings file as it was before the last drawing was kept."""
_HEADER = re.compile(r"^[ \t]*\[view\][ \t]*(#.*)?$", re.MULTILINE)
_NEXT = re.compile(r"^[ \t]*\[", re.MULTILINE)
_ROWS = re.compile(r"^[ \t]*rows[ \t]*=[ \t]*\[[^\]]*\][ \t]*(#.*)?\n?", re.MULTILINE)
_DISTANCE = re.compile(r"^[ \t]*distance_m[ \t]*=.*\n?", re.MULTILINE)


@dataclass(frozen=True)
class DrawingFile:
    """A node's settings file, of which nothing but the `[view]` table is ever changed."""

    path: Path

    @property
    def before(self) -> Path:
        """Return where the file is kept as it was before the last drawing."""
        return self.path.with_name(self.path.name + BEFORE)

    def view(self) -> View:
        """Read the drawing.

        Returns:
            The one in the file; a view with nothing drawn when there is none.

        Raises:
            SettingsError: the file or its drawing cannot be read.
        """
        return view_of(_parsed(self.path, self._text()))

    def keep(self, view: View) -> None:
        """Write a drawing; comments and all other settings stay as they are, and the file before is kept.

        Raises:
            SettingsError: the file cannot be read or written, or is written in a way that leaves no place for a
                drawing.
        """
        before = self._text()
        wanted = {**_parsed(self.path, before), "view": {"rows": list(view.rows), "distance_m": view.distance_m}}
        after = _with_view(before, view)
        if not _says(after, wanted):
            raise SettingsError(f"{self.path}: write the drawing as a table `[view]` of its own, or take it out")
        self._replace(self.before, before)
        self._replace(self.path, after)

    @property
    def may_undo(self) -> bool:
        """Return whether the file from before the last drawing is there, and only the drawing has changed since."""
        try:
            before, now = (_parsed(one, one.read_text("utf-8")) for one in (self.before, self.path))
        except (OSError, UnicodeDecodeError, SettingsError):
            return False
        before.pop("view", None)
        now.pop("view", None)
        return before == now

    def undo(self) -> None:
        """Put the file back as it was before the last drawing.

        Raises:
            SettingsError: there is no file from before, or other settings were changed since.
        """
        if not self.may_undo:
            raise SettingsError(f"{self.path}: there is no earlier drawing to go back to, or other settings changed")
        self._replace(self.path, self.before.read_text("utf-8"))
        self.before.unlink()

    def _text(self) -> str:
        try:
            return self.path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"{self.path}: cannot be read ({type(error).__name__}); see to the file") from error

    def _replace(self, path: Path, text: str) -> None:
        try:
            replace_durably(path, text.encode(), mode=self.path.stat().st_mode & 0o777)
        except OSError as error:
            raise SettingsError(
                f"{path}: cannot be written ({error.strerror}); run this as a user who may write the settings"
            ) from error


def view_of(settings: dict[str, Any]) -> View:
    """Return the drawing of settings as parsed; a view with nothing drawn when there is none.

    Raises:
        SettingsError: it is none.
    """
    return view_from(settings["view"]) if "view" in settings else OPEN_VIEW


def digest_of_view(view: View) -> Digest:
    """Return the SHA-256 of a drawing."""
    told = {"rows": list(view.rows), "distance_m": view.distance_m}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _parsed(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: {error}; correct it") from error


def _says(text: str, wanted: dict[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == wanted
    except tomllib.TOMLDecodeError:
        return False


def _with_view(text: str, view: View) -> str:
    """Return the text with the drawing in its `[view]` table, which is added at the end when it is missing."""
    rows = "".join(f'    "{row}",\n' for row in view.rows)
    table = f"distance_m = {view.distance_m!r}\nrows = [\n{rows}]\n"
    header = _HEADER.search(text)
    if header is None:
        return f"{text.rstrip()}\n\n[view]\n{table}".lstrip()
    begins = min(header.end() + 1, len(text))
    following = _NEXT.search(text, begins)
    # A row of the drawing stands in quotes, so no line inside it begins with a bracket.
    ends = len(text) if following is None else following.start()
    rest = _DISTANCE.sub("", _ROWS.sub("", text[begins:ends]))
    return f"{text[:begins].rstrip()}\n{table}{rest}{text[ends:]}"
