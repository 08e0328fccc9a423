"""Look into a database without being its console: nothing is locked, migrated or written."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from console.errors import StoreError
from console.store.database import Tx
from console.store.engines import reader_of, sentence_of

T = TypeVar("T")


def look_into(url: str, fn: Callable[[Tx], T]) -> T:
    """Run a function on one unchanging view of a database, also while its console runs.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    told = make_url(url)
    if told.get_backend_name() == "sqlite" and not Path(told.database or "").is_file():
        raise StoreError(f"{told.database}: there is no database")
    engine = reader_of(told)
    try:
        with engine.connect() as connection, connection.begin():
            return fn(Tx(connection))
    except DBAPIError as error:
        raise sentence_of(error) from None
    finally:
        engine.dispose()
