"""One database by URL: reading and writing transactions, told apart.

Writing transactions run one after the other, on both databases: what a verb has read stays true until it commits. On
SQLite this is BEGIN IMMEDIATE (with SQLAlchemy's default, concurrent read-modify-write lost most updates without one
error); on PostgreSQL it is one advisory lock per transaction (READ COMMITTED alone loses them as well).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session

from reviewhub.errors import Misconfigured

BUSY_MILLISECONDS = 30_000
WRITERS_LOCK = 7_282_348_901
"""The advisory lock that PostgreSQL's writers take in turn; any number that no other program uses in our database."""
WAKES = "wakes"

Send = Callable[[str, str], None]


class Database:
    """The way to rows: `reading()` and `writing()` give sessions; only `writing()` commits, once, at its end."""

    def __init__(self, url: str, *, durable: bool = True) -> None:
        """Open (and for SQLite create the folder of) the database at `url`; Misconfigured where it cannot be.

        Without `durable` SQLite does not wait for the disk: only for what is made anew after a power cut.
        """
        parsed = _parse(url)
        self.is_sqlite = parsed.get_backend_name() == "sqlite"
        if self.is_sqlite and parsed.database:
            _make_folder(Path(parsed.database).parent)
        options = {} if self.is_sqlite else {"options": f"-c lock_timeout={BUSY_MILLISECONDS}"}
        self.engine = create_engine(parsed, pool_pre_ping=not self.is_sqlite, connect_args=options)
        self.send: Send = _send_nowhere
        if self.is_sqlite:
            event.listen(self.engine, "connect", lambda made, _entry: _prepare_sqlite(made, durable=durable))
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine, "begin", _begin_postgresql)
        self._writing_engine: Engine = self.engine.execution_options(reviewhub_writes=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that is rolled back at its end: a GET writes nothing."""
        with Session(self.engine, autoflush=False, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A writing transaction: committed when the block ends, rolled back when it raises; wakes go out after."""
        with Session(self._writing_engine, expire_on_commit=False) as session:
            with session.begin():
                yield session
            for job, key in dict.fromkeys(session.info.pop(WAKES, [])):
                self.send(job, key)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _send_nowhere(job: str, key: str) -> None:
    """Do nothing: the minute sweep finds the work from the rows themselves."""


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as fault:
        msg = f"The database URL {url!r} cannot be read."
        raise Misconfigured(msg) from fault
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite":
        return parsed
    msg = f"The database must be sqlite or postgresql, not {parsed.get_backend_name()}."
    raise Misconfigured(msg)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        msg = f"The data folder {folder} cannot be written: {fault.strerror}."
        raise Misconfigured(msg) from fault


def _prepare_sqlite(connection: Any, *, durable: bool) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves, in _begin_sqlite
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute(f"PRAGMA synchronous = {'FULL' if durable else 'OFF'}")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("reviewhub_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Any) -> None:
    if connection.get_execution_options().get("reviewhub_writes", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")
