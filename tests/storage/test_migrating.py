"""Tables, triggers and migrations, on both databases."""

import shutil
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Actor
from reviewhub.accounts.tables import Event, User
from reviewhub.errors import Misconfigured
from reviewhub.storage import Base, Database, migrating


def add_event(database: Database, now) -> None:
    """Put one person and one event into the database."""
    with database.writing() as session:
        user = User(email="ada@example.org", name="Ada", created_at=now)
        session.add(user)
        record_event(session, actor=Actor(), now=now, action="added person", subject=user)


@pytest.mark.parametrize("statement", ["UPDATE events SET action = 'other'", "DELETE FROM events"])
def test_an_event_that_is_changed_is_refused_by_the_database(database: Database, clock, statement: str) -> None:
    add_event(database, clock())

    with pytest.raises(DBAPIError, match="events is append-only"), database.writing() as session:
        session.execute(text(statement))

    with database.reading() as session:
        assert [event.action for event in session.query(Event)] == ["added person"]


@pytest.fixture
def own_migrations(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of migrations with one in it, written by the program for the tables as they are now."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrating.MIGRATIONS, folder, ignore=shutil.ignore_patterns("versions", "__pycache__"))
    (folder / "versions").mkdir()
    monkeypatch.setattr(migrating, "MIGRATIONS", folder)
    empty = Database(f"sqlite:///{tmp_path}/empty.sqlite")
    migrating.write_migration(empty, "every table")
    empty.close()
    return folder


@pytest.fixture
def bare_database(database: Database) -> Database:
    """A database without any table."""
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        migrating.load_tables()
        Base.metadata.drop_all(connection)
        if not database.is_sqlite:
            for table in migrating.APPEND_ONLY:
                connection.exec_driver_sql(f"DROP FUNCTION {table}_is_append_only()")
    return database


@pytest.mark.usefixtures("own_migrations")
def test_a_written_migration_makes_the_declared_tables_and_guards(bare_database: Database, clock) -> None:
    before, after = migrating.upgrade(bare_database)

    assert (before, after) == (None, migrating.versions(bare_database)[1])
    assert migrating.differences(bare_database) == []
    add_event(bare_database, clock())
    with pytest.raises(DBAPIError, match="events is append-only"), bare_database.writing() as session:
        session.execute(text("DELETE FROM events"))


@pytest.mark.usefixtures("own_migrations")
def test_an_upgraded_database_is_upgraded_again_without_effect(bare_database: Database) -> None:
    _, head = migrating.upgrade(bare_database)

    assert migrating.upgrade(bare_database) == (head, head)


@pytest.mark.usefixtures("own_migrations")
def test_a_database_of_a_newer_program_is_refused_and_left_alone(bare_database: Database) -> None:
    migrating.upgrade(bare_database)
    with bare_database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'tomorrow'"))

    with pytest.raises(Misconfigured, match=r"^The database was written by a newer ReviewHub \(its version tomorrow"):
        migrating.upgrade(bare_database)


@pytest.mark.usefixtures("own_migrations")
def test_a_database_with_foreign_tables_is_refused(bare_database: Database) -> None:
    with bare_database.writing() as session:
        session.execute(text("CREATE TABLE recipes (name VARCHAR)"))

    with pytest.raises(Misconfigured, match="holds tables that ReviewHub did not make"):
        migrating.upgrade(bare_database)


def test_the_shipped_migrations_make_the_declared_tables(bare_database: Database, clock) -> None:
    migrating.upgrade(bare_database)

    assert migrating.differences(bare_database) == []
    add_event(bare_database, clock())
    with pytest.raises(DBAPIError, match="events is append-only"), bare_database.writing() as session:
        session.execute(text("DELETE FROM events"))
