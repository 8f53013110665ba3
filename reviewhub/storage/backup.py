"""Backup and restore: the whole installation in one file, readable for both databases.

A backup is a gzipped tar: `manifest.json`, `settings.json` (without secrets), `rows/<table>.jsonl` from one snapshot of
the database, the mirrors with everything pinned in them, and the objects where they lie on this disk. The work file is
left out: it holds hints only. A backup made on SQLite can be restored on PostgreSQL, and the other way round.
"""

import base64
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import JSON, Connection, MetaData, Table, insert, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError

import reviewhub
from reviewhub.config import Settings
from reviewhub.errors import BadInput, Misconfigured
from reviewhub.storage.database import Database
from reviewhub.storage.migrating import reachable, upgrade, upgrade_to, versions

FORMAT = 1
AT_ONCE = 500
VERSION_TABLE = "alembic_version"
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup says of itself. `rows` counts the rows of each table."""

    format: int
    program: str
    revision: str
    made_at: str
    rows: dict[str, int]


def write_backup(settings: Settings, database: Database, file: Path, *, now: datetime, tell: Tell) -> Manifest:
    """Write the backup to `file`, which must not exist; it appears only once it is complete."""
    if file.exists():
        msg = f"{file} exists already; a backup never overwrites anything."
        raise BadInput(msg)
    revision, head = versions(database)
    if revision is None or revision != head:
        msg = "The database waits for its migrations: run `reviewhub db upgrade` first."
        raise Misconfigured(msg)
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        with tarfile.open(unfinished, "w:gz", compresslevel=3) as archive:
            counts = _write_rows(archive, database, tell)
            for name, folder in _folders(settings):
                _write_folder(archive, name, folder, tell)
            manifest = Manifest(
                format=FORMAT, program=reviewhub.__version__, revision=revision, made_at=now.isoformat(), rows=counts
            )
            _add(archive, "settings.json", _settings_without_secrets(settings))
            _add(archive, "manifest.json", json.dumps(manifest.__dict__, indent=1).encode())
        unfinished.replace(file)
    except OSError as fault:
        msg = f"The backup {file} cannot be written: {fault.strerror}."
        raise Misconfigured(msg) from fault
    finally:
        unfinished.unlink(missing_ok=True)
    return manifest


def restore_backup(settings: Settings, database: Database, file: Path, *, tell: Tell) -> Manifest:
    """Fill an empty installation from a backup; BadInput or Misconfigured before anything is changed otherwise."""
    if not file.is_file():
        msg = f"There is no backup {file}."
        raise BadInput(msg)
    _require_empty(settings, database)
    try:
        with tarfile.open(file, "r:*") as archive:
            manifest = _read_manifest(archive)
            upgrade_to(database, manifest.revision)
            _read_rows(archive, database, manifest, tell)
            for name, folder in _folders(settings):
                _read_folder(archive, name, folder, tell)
    except (tarfile.TarError, EOFError, json.JSONDecodeError, KeyError) as fault:
        msg = f"{file} is not a backup of ReviewHub, or it is damaged: {fault}."
        raise BadInput(msg) from fault
    upgrade(database)
    return manifest


# rows


def _write_rows(archive: tarfile.TarFile, database: Database, tell: Tell) -> dict[str, int]:
    counts = {}
    with reachable(database) as connection:
        # Everything below sees one moment: SQLite's reading transaction in WAL does so by itself.
        if not database.is_sqlite:
            connection.execution_options(isolation_level="REPEATABLE READ")
        for table in _tables(connection):
            content = io.BytesIO()
            for row in connection.execute(select(table)).mappings():
                content.write(json.dumps({key: _plain(value) for key, value in row.items()}).encode() + b"\n")
            counts[table.name] = content.getvalue().count(b"\n")
            _add(archive, f"rows/{table.name}.jsonl", content.getvalue())
    tell(f"{sum(counts.values())} rows of {len(counts)} tables")
    return counts


def _read_rows(archive: tarfile.TarFile, database: Database, manifest: Manifest, tell: Tell) -> None:
    with database.engine.begin() as connection:
        if database.is_sqlite:
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        for table in _tables(connection):
            rows = [json.loads(line) for line in _lines(archive, f"rows/{table.name}.jsonl")]
            if len(rows) != manifest.rows[table.name]:
                msg = f"{table.name} should have {manifest.rows[table.name]} rows and has {len(rows)}"
                raise KeyError(msg)
            _insert(connection, table, rows)
    tell(f"{sum(manifest.rows.values())} rows of {len(manifest.rows)} tables")


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert rows; where a table refers to itself, the rows referred to come first."""
    own = [key.parent.name for key in table.foreign_keys if key.column.table is table]
    inserted: set[Any] = set()
    waiting = rows
    while waiting:
        ready = [row for row in waiting if all(row[name] is None or row[name] in inserted for name in own)]
        if not ready:
            msg = f"the rows of {table.name} refer to each other in a circle"
            raise KeyError(msg)
        values = [_typed(table, row) for row in ready]
        for start in range(0, len(values), AT_ONCE):
            connection.execute(insert(table), values[start : start + AT_ONCE])
        inserted.update(row.get("id") for row in ready)
        waiting = [row for row in waiting if row not in ready] if own else []


def _tables(connection: Connection) -> list[Table]:
    """The tables as the database has them, so that an older backup meets tables of its own age."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name != VERSION_TABLE)
    return metadata.sorted_tables


def _plain(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: base64.b64decode(value["base64"])
        if isinstance(value, dict) and set(value) == {"base64"} and not isinstance(table.c[key].type, JSON)
        else value
        for key, value in row.items()
    }


# files


def _folders(settings: Settings) -> Iterator[tuple[str, Path]]:
    """What lies on this disk and belongs to the installation; an object store elsewhere has its own backups."""
    yield "mirrors", settings.mirrors
    if "://" not in settings.files.objects:
        yield "objects", Path(settings.files.objects)


def _write_folder(archive: tarfile.TarFile, name: str, folder: Path, tell: Tell) -> None:
    """Add every file: of a mirror its refs before its objects, so that what a ref names is always there."""
    files = [path for path in folder.rglob("*") if path.is_file() and not _is_passing(path)]
    for path in sorted(files, key=lambda path: ("objects" in path.relative_to(folder).parts, path)):
        try:
            archive.add(path, f"{name}/{path.relative_to(folder).as_posix()}", recursive=False)
        except FileNotFoundError:
            continue  # git has replaced it by another since it was listed
    tell(f"{len(files)} files of {name}")


def _read_folder(archive: tarfile.TarFile, name: str, folder: Path, tell: Tell) -> None:
    count = 0
    for member in archive.getmembers():
        place = PurePosixPath(member.name)
        if place.parts[0] != name or not member.isfile():
            continue
        if ".." in place.parts or place.is_absolute():
            msg = f"{member.name} points out of its folder"
            raise KeyError(msg)
        source = archive.extractfile(member)
        target = folder.joinpath(*place.parts[1:])
        target.parent.mkdir(parents=True, exist_ok=True)
        if source is not None:
            target.write_bytes(source.read())
        count += 1
    for mirror in (head.parent for head in folder.glob("*/HEAD")):
        # git takes a folder for a repository only with both of these, and an empty folder is in no archive.
        (mirror / "refs").mkdir(exist_ok=True)
        (mirror / "objects").mkdir(exist_ok=True)
    tell(f"{count} files of {name}")


def _is_passing(path: Path) -> bool:
    return path.suffix == ".lock" or path.name.startswith("tmp_") or path.is_symlink()


# the rest


def _require_empty(settings: Settings, database: Database) -> None:
    with reachable(database) as connection:
        if inspect(connection).get_table_names():
            msg = "The database is not empty; a backup is restored only into a new installation."
            raise Misconfigured(msg)
    for name, folder in _folders(settings):
        if folder.is_dir() and any(folder.iterdir()):
            msg = (
                f"The folder of the {name}, {folder}, is not empty; a backup is restored only into a new installation."
            )
            raise Misconfigured(msg)


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    manifest = Manifest(**json.loads(b"".join(_lines(archive, "manifest.json"))))
    if manifest.format != FORMAT:
        msg = f"the backup was written by ReviewHub {manifest.program}, which is newer than this one"
        raise KeyError(msg)
    return manifest


def _lines(archive: tarfile.TarFile, name: str) -> Iterator[bytes]:
    source = archive.extractfile(name)
    if source is None:
        raise KeyError(name)
    yield from source


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    archive.addfile(member, io.BytesIO(content))


def _settings_without_secrets(settings: Settings) -> bytes:
    """The settings as JSON; secrets stand in the environment anyway, and passwords in addresses are covered."""
    content = settings.model_dump(mode="json")
    for key in ("url", "work_url"):
        content["database"][key] = _covered(content["database"][key])
    return json.dumps(content, indent=1).encode()


def _covered(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "unreadable"
