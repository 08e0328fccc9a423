"""One file replaced as a whole, and on the disk when that is said: keys, settings, what a gate must not forget."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def replace_durably(path: Path, content: bytes, *, mode: int = 0o600, sync: Callable[[int], None] = os.fsync) -> None:
    """Replace a file so that a cut cable leaves either the old or the new content, and never a part.

    The content is on the disk before the name is, and the name before this returns: without the second, a file that
    was acknowledged could still be gone after a power cut.

    Args:
        path: the file; its folder must exist.
        content: all of the new content.
        mode: permission bits of the file; it has them from its first moment.
        sync: puts an open file or folder on the disk.

    Raises:
        OSError: the disk refused; the old content still stands, unless only the folder could not be synchronised.

    Source:
        Pillai et al. 2014, "All File Systems Are Not Created Equal", OSDI: the update of a file by rename.
    """
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    try:
        _write(draft, content, mode, sync)
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        sync(folder)
    finally:
        os.close(folder)


def _write(draft: Path, content: bytes, mode: int, sync: Callable[[int], None]) -> None:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        left = memoryview(content)
        while left:
            # The rest of a write that was cut short fails by itself when the disk is full.
            left = left[os.write(handle, left) :]
        sync(handle)
    finally:
        os.close(handle)
