"""A worker of its own, to be killed: `counting_worker.py DATABASE_URL WORK_URL DATA`, then a version on standard input.

Its one job, `count`, raises a row's number by one where nobody has done so yet, and remembers every attempt.
"""

import os
import random
import sys
import time
from pathlib import Path

from sqlalchemy import text

from reviewhub.config import DatabaseSettings, FilesSettings, LogSettings, Settings
from reviewhub.jobs.registry import Job, JobContext, Jobs
from reviewhub.jobs.worker import Worker
from reviewhub.logs import set_up_logs
from reviewhub.storage import Database, machine_clock


def run_count(context: JobContext, key: str) -> None:
    """Count once in effect: the attempt is a row of its own, the effect a conditional update."""
    with context.database.writing() as session:
        session.execute(text("INSERT INTO attempts (key) VALUES (:key)"), {"key": key})
    time.sleep(random.uniform(0.0, 0.02))
    with context.database.writing() as session:
        raised = session.execute(
            text("UPDATE counts SET number = number + 1 WHERE key = :key AND number = 0"), {"key": key}
        )
        if raised.rowcount == 1:
            session.execute(text("INSERT INTO effects (key) VALUES (:key)"), {"key": key})


def due_count(context: JobContext) -> list[str]:
    """What is not counted yet and marked as found by the sweep alone."""
    with context.database.reading() as session:
        return list(session.execute(text("SELECT key FROM counts WHERE number = 0 AND swept = 1")).scalars())


def main(database_url: str, work_url: str, data: str, version: str) -> None:
    """Work until killed."""
    settings = Settings(
        database=DatabaseSettings(url=database_url, work_url=work_url),
        files=FilesSettings(data=Path(data)),
        log=LogSettings(level="warning"),
    )
    set_up_logs(settings.log)
    jobs = Jobs()
    jobs.add(Job(name="count", run=run_count, due=due_count))
    context = JobContext(settings=settings, database=Database(database_url), clock=machine_clock)
    Worker(context, jobs, version=version).run(on_start=lambda: print("ready", flush=True))


def keep_nursery(database_url: str, work_url: str, data: str) -> None:
    """Fork a worker for every version named on standard input, so that fifty of them need not import fifty times."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            os.setsid()
            main(database_url, work_url, data, line.strip())
            os._exit(0)
        print(child, flush=True)
        os.waitpid(child, 0)
        print("gone", flush=True)


if __name__ == "__main__":
    keep_nursery(*sys.argv[1:])
