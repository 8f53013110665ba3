"""The worker is killed, replaced, and robbed of its work database; every job is still done, once in effect."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from dbos import DBOSClient
from sqlalchemy import text
from sqlalchemy.engine import make_url

from reviewhub.config import Settings
from reviewhub.jobs.sending import Sender, work_url
from reviewhub.storage import Database

SCRIPT = Path(__file__).with_name("counting_worker.py")
JOBS = 200
KILLS = 50


class Killable:
    """A worker in a process of its own, forked from one that has imported everything."""

    def __init__(self, settings: Settings) -> None:
        arguments = [settings.database.url, settings.database.work_url, str(settings.files.data)]
        self.nursery = subprocess.Popen(
            [sys.executable, str(SCRIPT), *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.pid: int | None = None

    def start(self, version: str = "1") -> None:
        """Start it and wait until it works."""
        self.nursery.stdin.write(f"{version}\n")
        self.nursery.stdin.flush()
        said = {self.nursery.stdout.readline(), self.nursery.stdout.readline()}
        assert "ready\n" in said
        self.pid = int((said - {"ready\n"}).pop())

    def kill(self) -> None:
        """Kill it with −9."""
        os.kill(self.pid, signal.SIGKILL)
        self.pid = None
        assert self.nursery.stdout.readline() == "gone\n"

    def end(self) -> None:
        """Leave nothing behind."""
        if self.pid is not None:
            self.kill()
        self.nursery.stdin.close()
        self.nursery.wait()
        self.nursery.stdout.close()


@pytest.fixture
def work_settings(settings: Settings, database: Database) -> Settings:
    """An installation whose database and work database are of the same kind."""
    url = database.engine.url.render_as_string(hide_password=False)
    work_url = settings.database.work_url if database.is_sqlite else make_url(url).set(drivername="postgresql")
    shown = work_url if isinstance(work_url, str) else work_url.render_as_string(hide_password=False)
    with database.writing() as session:
        session.execute(text("CREATE TABLE counts (key VARCHAR PRIMARY KEY, number INTEGER, swept INTEGER)"))
        session.execute(text("CREATE TABLE attempts (key VARCHAR)"))
        session.execute(text("CREATE TABLE effects (key VARCHAR)"))
    return settings.model_copy(
        update={"database": settings.database.model_copy(update={"url": url, "work_url": shown})}
    )


@pytest.fixture
def worker(work_settings: Settings) -> Iterator[Killable]:
    """A worker that is killed at the test's end at the latest."""
    found = Killable(work_settings)
    yield found
    found.end()


def put(database: Database, keys: list[str], *, swept: bool = False) -> None:
    """Make the jobs' rows."""
    with database.writing() as session:
        rows = [{"key": key, "swept": int(swept)} for key in keys]
        session.execute(text("INSERT INTO counts VALUES (:key, 0, :swept)"), rows)


def send(settings: Settings, keys: list[str]) -> None:
    """Send a hint for each."""
    sender = Sender(settings)
    for key in keys:
        sender.send("count", key)
    sender.close()


def wait_until_done(database: Database, number: int, seconds: float) -> None:
    """Wait until so many jobs have had their effect."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and len(effects(database)) < number:
        time.sleep(0.1)


def effects(database: Database) -> list[str]:
    """The keys that had their effect, as often as they had it."""
    with database.reading() as session:
        return sorted(session.execute(text("SELECT key FROM effects")).scalars())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_worker_killed_at_fifty_random_moments_does_every_job_once(
    worker: Killable, work_settings: Settings, database: Database
) -> None:
    chance = random.Random(20260302)
    keys = [f"{number:03}" for number in range(JOBS)]
    put(database, keys)
    worker.start()
    send(work_settings, keys[:20])

    for turn in range(KILLS):
        time.sleep(chance.uniform(0.0, 0.5))
        worker.kill()
        worker.start()
        # What a page sends while the worker is down waits for it.
        first = 20 + turn * 180 // KILLS
        send(work_settings, keys[first : 20 + (turn + 1) * 180 // KILLS])
    wait_until_done(database, JOBS, seconds=60)

    assert effects(database) == keys
    with database.reading() as session:
        assert set(session.execute(text("SELECT number FROM counts")).scalars()) == {1}


@pytest.mark.timeout(300)
def test_jobs_left_by_an_older_version_finish(worker: Killable, work_settings: Settings, database: Database) -> None:
    keys = [f"{number:03}" for number in range(30)]
    put(database, keys)
    worker.start(version="0")
    send(work_settings, keys)
    wait_until_done(database, 3, seconds=60)
    worker.kill()
    left = len(keys) - len(effects(database))

    worker.start(version="1")
    wait_until_done(database, len(keys), seconds=60)

    assert left > 0
    assert effects(database) == keys


@pytest.mark.timeout(300)
def test_a_deleted_work_database_is_made_anew_and_its_jobs_found_again(
    worker: Killable, work_settings: Settings, database: Database
) -> None:
    put(database, ["before"])
    worker.start()
    send(work_settings, ["before"])
    wait_until_done(database, 1, seconds=60)

    remove_work(work_settings, database)
    put(database, ["lost"], swept=True)
    wait_until_done(database, 2, seconds=60)
    put(database, ["after"])
    send(work_settings, ["after"])
    wait_until_done(database, 3, seconds=60)

    assert effects(database) == ["after", "before", "lost"]


def remove_work(settings: Settings, database: Database) -> None:
    """Delete the work database under the running worker."""
    if database.is_sqlite:
        file = settings.database.work_url.removeprefix("sqlite:///")
        for ending in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                Path(file + ending).unlink()
        return
    with database.writing() as session:
        session.execute(text("DROP SCHEMA dbos CASCADE"))


def test_a_hint_that_waits_already_is_not_put_there_twice(
    worker: Killable, work_settings: Settings, database: Database
) -> None:
    put(database, ["one"])
    worker.start()
    worker.kill()

    send(work_settings, ["one", "one", "one"])

    client = DBOSClient(system_database_url=work_url(work_settings), application_name="reviewhub")
    waiting = client.list_workflows(status="ENQUEUED", name="do_job")
    client.destroy()
    assert [workflow.input["args"] for workflow in waiting] == [("count", "one")]


def test_a_hint_without_a_work_file_is_dropped_and_makes_none(settings: Settings) -> None:
    send(settings, ["one"])

    assert not Path(settings.database.work_url.removeprefix("sqlite:///")).exists()
