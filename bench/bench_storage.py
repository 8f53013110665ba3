"""Read-modify-write by eight threads for four seconds: updates that got lost, and updates a second.

The peer is SQLAlchemy as it comes: the same statements through `Session(create_engine(url))`.
"""

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.orm import Session

from bench.rows import Row
from reviewhub.storage import Database

THREADS = 8
SECONDS = 4.0
POSTGRESQL = os.environ.get("REVIEWHUB_TEST_POSTGRESQL", "postgresql://root:postgres@127.0.0.1:5432/postgres")
Writing = Callable[[], AbstractContextManager[Session]]


def run(_corpus: Path | None) -> list[Row]:
    """Measure on SQLite, and on PostgreSQL where one answers."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        rows += compare("SQLite", f"sqlite:///{folder}/ours.sqlite", f"sqlite:///{folder}/peer.sqlite")
    try:
        server = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        return rows
    with server:
        names = [f"reviewhub_bench_{os.getpid()}_{which}" for which in ("ours", "peer")]
        for name in names:
            server.execute(f"CREATE DATABASE {name}")
        urls = [make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False) for name in names]
        rows += compare("PostgreSQL", *urls)
        for name in names:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")
    return rows


def compare(kind: str, our_url: str, peer_url: str) -> list[Row]:
    """Measure both on one kind of database."""
    database = Database(our_url)
    ours = measure(database.engine, database.writing)
    database.close()
    url = make_url(peer_url)
    engine = create_engine(url.set(drivername="postgresql+psycopg") if "postgresql" in url.drivername else url)
    peer = measure(engine, lambda: plain_writing(engine))
    engine.dispose()
    losses = f"{ours.lost} of {ours.said} / {peer.lost} of {peer.said}"
    more = f"{ours.kept / max(peer.kept, 1):.2f} ×"

    def row(name: str, unit: str, our: float, other: float, ratio: str = "") -> Row:
        return Row(name=f"{kind}: {name}", ours=our, peer=other, unit=unit, ratio=ratio)

    return [
        row("lost of all updates", "%", ours.lost_percent, peer.lost_percent, losses),
        row("updates that stayed", "a second", ours.kept / SECONDS, peer.kept / SECONDS, more),
        row("errors", "errors", ours.errors, peer.errors),
    ]


class Outcome:
    """What eight threads said they did, and what was there afterwards."""

    def __init__(self, said: int, kept: int, errors: int) -> None:
        """Keep the three counts."""
        self.said, self.kept, self.errors = said, kept, errors
        self.lost = said - kept
        self.lost_percent = 100 * self.lost / said if said else 0.0


def measure(engine: Engine, writing: Writing) -> Outcome:
    """Let the threads count one number up, each in transactions of its own."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE counters (id INTEGER PRIMARY KEY, number INTEGER)"))
        connection.execute(text("INSERT INTO counters VALUES (1, 0)"))
    said, errors = [0] * THREADS, [0] * THREADS
    end = time.monotonic() + SECONDS

    def count(thread: int) -> None:
        while time.monotonic() < end:
            try:
                with writing() as session:
                    number = session.execute(text("SELECT number FROM counters WHERE id = 1")).scalar_one()
                    session.execute(text("UPDATE counters SET number = :number WHERE id = 1"), {"number": number + 1})
            except Exception:
                errors[thread] += 1
            else:
                said[thread] += 1

    threads = [threading.Thread(target=count, args=[thread]) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT number FROM counters")).scalar_one()
    return Outcome(said=sum(said), kept=kept, errors=sum(errors))


@contextmanager
def plain_writing(engine: Engine) -> Iterator[Session]:
    """A transaction as SQLAlchemy begins it by itself."""
    with Session(engine) as session, session.begin():
        yield session
