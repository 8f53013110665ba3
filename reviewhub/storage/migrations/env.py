"""How Alembic reaches our database: over the connection that `reviewhub.storage.migrating` hands it."""

from typing import Any

from alembic import context
from sqlalchemy import types

from reviewhub.storage import Base
from reviewhub.storage.types import Points, UtcMoment


def render_type(kind: str, value: Any, autogenerate: Any) -> str | bool:
    """Write our own column types into migrations as what they are underneath: migrations outlive our modules."""
    if kind == "type" and isinstance(value, UtcMoment | Points):
        text: types.String = value.impl_instance
        return f"sa.String(length={text.length})"
    if kind == "type" and isinstance(value, types.JSON):
        autogenerate.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_type,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
