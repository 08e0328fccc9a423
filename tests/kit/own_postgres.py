"""A PostgreSQL of a test's own: a new cluster in a folder, reached by a socket in it alone."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin")


@contextmanager
def own_postgres() -> Iterator[str]:
    """Yield the address of an empty database; it is gone afterwards."""
    programs = _programs()
    if programs is None:
        pytest.skip("tool: PostgreSQL is not installed; run `make tools`")
    # Not the test's own folder: the server's account must be able to reach it, and a socket's path is short.
    folder = Path(tempfile.mkdtemp(prefix="hushward-pg-", dir="/tmp"))
    runs_as = _other_account(folder)
    control = [*runs_as, str(programs / "pg_ctl"), "-D", str(folder / "db")]
    try:
        _run(*runs_as, str(programs / "initdb"), "-D", str(folder / "db"), "-A", "trust", "-U", "console", "--no-sync")
        socket_only = f"-k {folder} -c listen_addresses= -c fsync=off"
        _run(*control, "-w", "-l", str(folder / "log"), "-o", socket_only, "start")
        try:
            yield f"postgresql+psycopg://console@/postgres?host={folder}"
        finally:
            _run(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)


def _programs() -> Path | None:
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).parent
    return next((one for place in _PLACES for one in sorted(Path("/").glob(place.lstrip("/")))), None)


def _other_account(folder: Path) -> list[str]:
    """Return what makes a program run as somebody else than root, whom the server refuses."""
    if os.geteuid() != 0:
        return []
    account = pwd.getpwnam("nobody")
    os.chown(folder, account.pw_uid, account.pw_gid)
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups"]


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, cwd="/")
