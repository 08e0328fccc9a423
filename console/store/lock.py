"""One console for one SQLite file: a lock that ends with the process that holds it."""

import contextlib
import fcntl
from pathlib import Path
from typing import IO

from console.errors import StoreBusy, StoreError


def only_console(file: Path | None) -> IO[str] | None:
    """Hold a lock file beside the database for as long as this console runs (one writer, fault F42).

    Args:
        file: the database; None on a server, which has a lock of its own.

    Returns:
        The open lock, to be closed at the end; None without a file.

    Raises:
        StoreBusy: another console holds it.
        StoreError: the folder cannot be written.
    """
    if file is None:
        return None
    try:
        lock = file.with_name(f"{file.name}.lock").open("a")
    except OSError as error:
        raise StoreError(f"{file}: cannot be opened ({error.strerror}); check the folder and its rights") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        with contextlib.closing(lock):
            raise StoreBusy(f"{file}: another console holds this database; stop it first") from error
    return lock
