"""Column kinds that mean the same on SQLite and on PostgreSQL."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import TIMESTAMP, CheckConstraint, Column, Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


class UtcTime(TypeDecorator[datetime]):
    """A UTC-aware time: `timestamptz` on PostgreSQL, fixed-width ISO text on SQLite, so that both sort by time."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the type that the database itself knows."""
        kind: TypeEngine[Any] = TIMESTAMP(timezone=True) if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Refuse a time without a zone; write UTC.

        Raises:
            ValueError: the time has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs its zone; pass a UTC-aware time")
        utc = value.astimezone(UTC)
        return utc if dialect.name == "postgresql" else utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the time, UTC-aware."""
        if value is None:
            return None
        return value.astimezone(UTC) if isinstance(value, datetime) else datetime.fromisoformat(value)


def text(name: str, *, key: bool = False, null: bool = False, unique: bool = False) -> Column[str]:
    """Return a text column; `key` puts it into the primary key."""
    return Column(name, Text, primary_key=key, nullable=null, unique=unique or None)


def when(name: str, *, null: bool = False) -> Column[datetime]:
    """Return a UTC time column."""
    return Column(name, UtcTime, nullable=null)


def blob(name: str, *, null: bool = False) -> Column[bytes]:
    """Return a column of bytes."""
    return Column(name, LargeBinary, nullable=null)


def one_of(column: str, *values: str) -> CheckConstraint:
    """Return a check that a column holds one of the given codes (or nothing)."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_is_known")


def exactly_one(first: str, second: str) -> CheckConstraint:
    """Return a check that of two columns exactly one is filled: a value or a reason, never neither, never both."""
    return CheckConstraint(f"({first} IS NULL) <> ({second} IS NULL)", name=f"{first}_or_{second}")
