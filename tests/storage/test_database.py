"""Writing transactions lose no update, whoever else writes at the same time."""

import threading
import time

import pytest
from sqlalchemy import text

from reviewhub.storage import Database
from reviewhub.wake import wake

THREADS = 8
SECONDS = 4.0


def test_eight_threads_that_read_modify_write_lose_no_update(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("CREATE TABLE counters (id INTEGER PRIMARY KEY, number INTEGER)"))
        session.execute(text("INSERT INTO counters VALUES (1, 0)"))
    done = [0] * THREADS
    failed: list[Exception] = []
    end = time.monotonic() + SECONDS

    def count(thread: int) -> None:
        while time.monotonic() < end:
            try:
                with database.writing() as session:
                    number = session.execute(text("SELECT number FROM counters WHERE id = 1")).scalar_one()
                    session.execute(text("UPDATE counters SET number = :number WHERE id = 1"), {"number": number + 1})
            except Exception as fault:
                failed.append(fault)
                return
            done[thread] += 1

    threads = [threading.Thread(target=count, args=[thread]) for thread in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    with database.reading() as session:
        assert session.execute(text("SELECT number FROM counters")).scalar_one() == sum(done)
    assert sum(done) > THREADS


def test_a_reading_session_leaves_nothing_behind(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("CREATE TABLE notes (words VARCHAR)"))

    with database.reading() as session:
        session.execute(text("INSERT INTO notes VALUES ('unsaid')"))

    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM notes")).scalar_one() == 0


def wake_and_fail(database: Database) -> None:
    """Ask for work in a transaction that is rolled back."""
    with database.writing() as session:
        wake(session, "mirror_course", "1")
        raise RuntimeError


def test_a_wake_goes_out_once_after_the_commit_and_never_after_a_rollback(database: Database) -> None:
    sent: list[tuple[str, str]] = []
    database.send = lambda job, key: sent.append((job, key))

    with database.writing() as session:
        wake(session, "deliver_mail", "all")
        wake(session, "deliver_mail", "all")
        assert sent == []
    with pytest.raises(RuntimeError):
        wake_and_fail(database)

    assert sent == [("deliver_mail", "all")]
