"""Tables and their migrations: create, upgrade, and refuse a database that a newer program has written.

The migrations lie inside the package. Rows that are written once and never changed (`APPEND_ONLY`) are guarded by
triggers in the database itself, so that no mistake of ours and no shell on the server changes them unseen.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

import reviewhub
from reviewhub.errors import Misconfigured
from reviewhub.storage.base import Base
from reviewhub.storage.database import Database

APPEND_ONLY = ("events", "ref_moves", "receipt_keys")
MIGRATIONS = Path(__file__).with_name("migrations")
Execute = Callable[[str], object]


def load_tables() -> None:
    """Import every room's `tables` (and `…_tables`), so that `Base.metadata` is whole; storage itself knows no room."""
    for file in sorted(Path(reviewhub.__file__).parent.glob("*/*tables.py")):
        import_module(f"reviewhub.{file.parent.name}.{file.stem}")


def create_tables(database: Database) -> None:
    """Create all tables and triggers at once, without migrations: for tests and measurements."""
    load_tables()
    with database.engine.begin() as connection:
        Base.metadata.create_all(connection)
        known = set(inspect(connection).get_table_names())
        for table in APPEND_ONLY:
            if table in known:
                make_append_only(connection.exec_driver_sql, connection.dialect.name, table)


def make_append_only(execute: Execute, dialect: str, table: str) -> None:
    """Let the database refuse UPDATE and DELETE on `table`; used by migrations as well.

    `execute` sends one statement; `dialect` is "sqlite" or "postgresql".
    """
    if dialect == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    execute(
        f"CREATE FUNCTION {table}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_is_append_only()"
    )


def upgrade(database: Database) -> tuple[str | None, str | None]:
    """Bring the database to this program's migrations and return where it was and where it is.

    Misconfigured where a newer program has written it, or where it holds tables but no version.
    """
    before, after = versions(database)
    if before != after:
        with database.engine.begin() as connection:
            command.upgrade(_config(connection), "head")
    return before, after


def upgrade_to(database: Database, revision: str) -> None:
    """Make an empty database stand at `revision`; Misconfigured where this program does not know it."""
    known = {script.revision for script in ScriptDirectory.from_config(_config(None)).walk_revisions()}
    if revision not in known:
        msg = f"The backup is from a newer ReviewHub (its version {revision} is unknown to {reviewhub.__version__})."
        raise Misconfigured(msg)
    with database.engine.begin() as connection:
        command.upgrade(_config(connection), revision)


def versions(database: Database) -> tuple[str | None, str | None]:
    """The database's version and this program's; Misconfigured where they cannot be brought together."""
    scripts = ScriptDirectory.from_config(_config(None))
    head = scripts.get_current_head()
    with reachable(database) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        has_tables = bool(inspect(connection).get_table_names())
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        msg = (
            f"The database was written by a newer ReviewHub (its version {current} is unknown to "
            f"{reviewhub.__version__}): install that version, or restore an older backup."
        )
        raise Misconfigured(msg)
    if current is None and has_tables and head is not None:
        msg = "The database holds tables that ReviewHub did not make; give it a database of its own."
        raise Misconfigured(msg)
    return current, head


def is_current(database: Database) -> bool:
    """Whether the database stands at this program's migrations."""
    before, after = versions(database)
    return before == after


def reachable(database: Database) -> Connection:
    """A connection, or Misconfigured in one sentence where the database does not answer."""
    try:
        return database.engine.connect()
    except DBAPIError as fault:
        address = database.engine.url.render_as_string(hide_password=True)
        msg = f"The database {address} cannot be opened: {' '.join(str(fault.orig).split())}."
        raise Misconfigured(msg) from fault


def differences(database: Database) -> list[str]:
    """What separates the migrated database from the tables the program declares; empty when nothing does."""
    load_tables()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        return [str(difference) for difference in compare_metadata(context, Base.metadata)]


def write_migration(database: Database, message: str) -> list[Path]:
    """Write the migration from the database as it is to the tables as they are declared; for developers."""
    load_tables()
    with database.engine.begin() as connection:
        made = command.revision(_config(connection), message=message, autogenerate=True)
    scripts = made if isinstance(made, list) else [made]
    return [Path(script.path) for script in scripts if script is not None]


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(slug)s")
    config.attributes["connection"] = connection
    return config
