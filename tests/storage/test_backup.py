"""A backup brings everything back, on the same or the other database, and never overwrites anything."""

import json
import subprocess
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import MetaData, select, text

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Actor
from reviewhub.accounts.tables import User
from reviewhub.config import Settings
from reviewhub.errors import BadInput, Misconfigured
from reviewhub.storage import Database, migrating
from reviewhub.storage.backup import restore_backup, write_backup


def quiet(_text: str) -> None:
    """Tell nobody."""


def installation(settings: Settings, folder: Path, url: str | None = None) -> Settings:
    """The settings of an installation in `folder`."""
    folder.mkdir()
    database = settings.database.model_copy(update={"url": url or f"sqlite:///{folder}/reviewhub.sqlite"})
    files = settings.files.model_copy(update={"data": folder, "objects": str(folder / "objects")})
    return settings.model_copy(update={"database": database, "files": files})


def all_rows(database: Database) -> dict[str, list[tuple]]:
    """Every row of every table, in an order of their own."""
    with database.engine.connect() as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        return {
            table.name: sorted(tuple(map(str, row)) for row in connection.execute(select(table)))
            for table in metadata.sorted_tables
        }


@pytest.fixture
def empty_database(database: Database) -> Database:
    """A database without any table, on SQLite and on PostgreSQL."""
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
            return database
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        migrating.load_tables()
        migrating.Base.metadata.drop_all(connection)
    return database


@pytest.fixture
def filled(settings: Settings, tmp_path: Path, clock) -> tuple[Settings, Database]:
    """An installation with a few rows, a mirror with a pin, and an object."""
    own = installation(settings, tmp_path / "first")
    database = Database(own.database.url)
    migrating.upgrade(database)
    with database.writing() as session:
        user = User(email="ada@example.org", name="Ada Łęcka", created_at=clock())
        session.add(user)
        record_event(session, actor=Actor(), now=clock(), action="added person", subject=user, after={"größe": 1})
    mirror = own.mirrors / "abc.git"
    git = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "-q", "--bare", mirror], check=True)
    tree = subprocess.run([*git, "-C", mirror, "mktree"], input=b"", capture_output=True, check=True).stdout.strip()
    commit = subprocess.run([*git, "-C", mirror, "commit-tree", "-m", "x", tree], capture_output=True, check=True)
    subprocess.run([*git, "-C", mirror, "update-ref", "refs/reviewhub/pins/1", commit.stdout.strip()], check=True)
    (tmp_path / "first" / "objects").mkdir()
    (tmp_path / "first" / "objects" / "page").write_bytes(b"<p>")
    (tmp_path / "first" / "work.sqlite").write_bytes(b"hints")
    (tmp_path / "first" / "secret").write_text("secret")
    return own, database


def test_a_restored_installation_has_the_same_rows_pins_and_objects(
    filled: tuple[Settings, Database], empty_database: Database, tmp_path: Path, clock
) -> None:
    own, database = filled
    url = empty_database.engine.url.render_as_string(hide_password=False)
    second = installation(own, tmp_path / "second", url)

    written = write_backup(own, database, tmp_path / "backup.tar.gz", now=clock(), tell=quiet)
    restored = restore_backup(second, empty_database, tmp_path / "backup.tar.gz", tell=quiet)

    assert restored == written
    assert all_rows(empty_database) == all_rows(database)
    pins = ["git", "-C", str(second.mirrors / "abc.git"), "for-each-ref", "--format=%(refname) %(objectname)"]
    old = [str(own.mirrors / "abc.git") if "abc.git" in word else word for word in pins]
    assert subprocess.check_output(pins) == subprocess.check_output(old) != b""
    assert (
        subprocess.run(["git", "-C", str(second.mirrors / "abc.git"), "fsck", "--strict"], check=False).returncode == 0
    )
    assert (tmp_path / "second" / "objects" / "page").read_bytes() == b"<p>"


def test_a_backup_holds_neither_secrets_nor_the_work_file(
    filled: tuple[Settings, Database], tmp_path: Path, clock
) -> None:
    own, database = filled
    work_url = "postgresql://somebody:hidden-word@db.example.org/work"
    own = own.model_copy(update={"database": own.database.model_copy(update={"work_url": work_url})})

    write_backup(own, database, tmp_path / "backup.tar.gz", now=clock(), tell=quiet)

    with tarfile.open(tmp_path / "backup.tar.gz") as archive:
        names = archive.getnames()
        kept = json.load(archive.extractfile("settings.json"))
    assert not {name for name in names if "secret" in name or "work" in name}
    assert kept["database"]["work_url"] == "postgresql://somebody:***@db.example.org/work"


def test_a_backup_never_overwrites_a_file(filled: tuple[Settings, Database], tmp_path: Path, clock) -> None:
    own, database = filled
    (tmp_path / "kept").write_text("mine")

    with pytest.raises(BadInput, match="exists already"):
        write_backup(own, database, tmp_path / "kept", now=clock(), tell=quiet)

    assert (tmp_path / "kept").read_text() == "mine"


def test_a_restore_into_a_used_installation_is_refused(
    filled: tuple[Settings, Database], tmp_path: Path, clock
) -> None:
    own, database = filled
    write_backup(own, database, tmp_path / "backup.tar.gz", now=clock(), tell=quiet)
    before = all_rows(database)

    with pytest.raises(Misconfigured, match="only into a new installation"):
        restore_backup(own, database, tmp_path / "backup.tar.gz", tell=quiet)

    assert all_rows(database) == before


@pytest.mark.parametrize("content", [b"", b"no archive at all", b"\x1f\x8b\x08"])
def test_a_restore_of_something_else_is_refused_and_changes_nothing(
    settings: Settings, tmp_path: Path, content: bytes
) -> None:
    own = installation(settings, tmp_path / "new")
    (tmp_path / "other").write_bytes(content)
    database = Database(own.database.url)

    with pytest.raises(BadInput, match="is not a backup of ReviewHub, or it is damaged"):
        restore_backup(own, database, tmp_path / "other", tell=quiet)

    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM sqlite_master")).scalar_one() == 0
    database.close()
