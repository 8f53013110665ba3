"""Column types: opaque ids, aware UTC moments, exact points, JSON."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Annotated, Any

from sqlalchemy import JSON, Dialect, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import mapped_column
from sqlalchemy.types import TypeDecorator

ID_LENGTH = 16


_repeatable: ContextVar[Random | None] = ContextVar("repeatable_ids", default=None)


def new_id() -> str:
    """Return 16 hexadecimal digits at random: an id tells neither order nor number."""
    source = _repeatable.get()
    return secrets.token_hex(ID_LENGTH // 2) if source is None else f"{source.getrandbits(4 * ID_LENGTH):016x}"


@contextmanager
def repeatable_ids(seed: str) -> Iterator[None]:
    """Let new ids be the same for the same seed, in this thread: for the demonstration and for comparisons."""
    before = _repeatable.set(Random(seed))  # noqa: S311 - an id is no secret
    try:
        yield
    finally:
        _repeatable.reset(before)


Id = Annotated[str, mapped_column(String(ID_LENGTH), primary_key=True, default=new_id)]


class UtcMoment(TypeDecorator[datetime]):
    """An aware moment in UTC, kept as sortable text to the microsecond, the same in every database."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse naive moments: a moment without a zone means two different things."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"a moment needs a zone, got {value!r}"
            raise TypeError(msg)
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read the text back as an aware moment."""
        return None if value is None else datetime.fromisoformat(value)


class Points(TypeDecorator[Decimal]):
    """An exact decimal, kept as text: SQLite's numbers are floats."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse floats: what they lost cannot be found again."""
        if value is None:
            return None
        if not isinstance(value, Decimal):
            msg = f"points are Decimal, got {value!r}"
            raise TypeError(msg)
        return str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Decimal | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Read the text back exactly."""
        return None if value is None else Decimal(value)


JsonValue: Any = JSON().with_variant(JSONB(), "postgresql")
