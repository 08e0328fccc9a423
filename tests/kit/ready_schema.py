"""A database with its schema and nothing in it, made once: migrating anew costs each test a quarter of a second."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy.engine import make_url

from console.store.engines import writer_of
from console.store.migrate import HEAD
from console.store.upgrade import upgrade


def put_ready_schema(file: Path) -> None:
    """Put an empty database of this version there, unless one is there already."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copyfile(_made(), file)


@cache
def _made() -> Path:
    file = Path(tempfile.mkdtemp(prefix="hushward-schema-")) / "console.db"
    atexit.register(shutil.rmtree, file.parent, ignore_errors=True)
    engine = writer_of(make_url(f"sqlite:///{file}"))
    with engine.connect() as connection, connection.begin():
        upgrade(connection, HEAD)
    engine.dispose()
    return file
