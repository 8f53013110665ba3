"""How Alembic reaches our database: over the connection that `reviewhub.storage.migrating` hands it."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate import renderers
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import CreateTableOp, MigrateOperation, MigrationScript
from sqlalchemy import types

from reviewhub.storage.base import Base
from reviewhub.storage.migrating import APPEND_ONLY
from reviewhub.storage.types import Points, UtcMoment


class MakeAppendOnly(MigrateOperation):
    """Guard a table's rows by triggers, written into the migration that makes the table."""

    def __init__(self, table: str) -> None:
        """Remember the table."""
        self.table = table


@renderers.dispatch_for(MakeAppendOnly)
def render_guard(autogenerate: AutogenContext, operation: MakeAppendOnly) -> str:
    """Write the guard as Python."""
    autogenerate.imports.add("from reviewhub.storage.migrating import make_append_only")
    return f"make_append_only(op.execute, op.get_bind().dialect.name, {operation.table!r})"


def guard_new_tables(_context: Any, _revision: Any, directives: list[MigrationScript]) -> None:
    """Add the guards of tables that this migration makes."""
    for script in directives:
        for operations in script.upgrade_ops_list:
            made = {step.table_name for step in operations.ops if isinstance(step, CreateTableOp)}
            operations.ops.extend(MakeAppendOnly(table) for table in APPEND_ONLY if table in made)


def render_type(kind: str, value: Any, autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are underneath: migrations outlive our modules."""
    if kind == "type" and isinstance(value, UtcMoment | Points):
        text: Any = value.impl_instance
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
    process_revision_directives=guard_new_tables,
    compare_type=False,
)
with context.begin_transaction():
    context.run_migrations()
