"""One worker's life: start DBOS under a number of its own, keep its work database alive, stop."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

import structlog
from dbos import DBOS, DBOSConfig

from reviewhub.config import Settings
from reviewhub.errors import Misconfigured
from reviewhub.jobs import workflows
from reviewhub.jobs.places import abandoned_numbers, executor_number
from reviewhub.jobs.registry import JobContext, Jobs
from reviewhub.jobs.sending import APPLICATION, QUEUE, SLOW_QUEUE, WORKFLOW, Sender, work_file, work_url
from reviewhub.storage import Database, clock_of

# Raised when the steps of a workflow change their meaning. A fixed word, because DBOS's own (a hash of the sources)
# would leave every older job waiting for ever after any upgrade.
VERSION = "1"
AT_ONCE = 4
SLOW_AT_ONCE = 2
POLL_SECONDS = 0.25
LOOK_SECONDS = 5.0
EVERY_MINUTE = "* * * * *"
UNFINISHED = ["ENQUEUED", "PENDING", "DELAYED"]

log = structlog.get_logger()


class Worker:
    """Does the jobs that are sent, and once a minute whatever else is due."""

    def __init__(self, context: JobContext, jobs: Jobs, *, version: str = VERSION, at_once: int = AT_ONCE) -> None:
        """Keep what the jobs work on; nothing starts before `run`."""
        self.context, self.jobs = context, jobs
        self.version, self.at_once = version, at_once
        self._url = work_url(context.settings)
        self._stop = threading.Event()
        self._made_on: int | None = None

    def run(self, *, on_start: Callable[[], None] = lambda: None) -> None:
        """Work until `stop` is called; a work database that vanishes is made anew and filled by a sweep."""
        with executor_number(self.context.settings.files.data) as number:
            sender = Sender(self.context.settings)
            workflows.Work.context, workflows.Work.jobs, workflows.Work.sender = self.context, self.jobs, sender
            # What a job's own transaction wakes goes the same way as a page's.
            self.context.database.send = sender.send
            try:
                self._start(number)
                on_start()
                while not self._stop.wait(LOOK_SECONDS):
                    self._look_after(number)
            finally:
                self._end()
                sender.close()

    def stop(self) -> None:
        """Let `run` come to its end; also from another thread or a signal."""
        self._stop.set()

    def _start(self, number: int) -> None:
        _make_ready(work_file(self._url))
        DBOS(config=_configuration(self._url, number, self.version))
        try:
            DBOS.launch()
        except Exception as fault:
            msg = f"The work database cannot be opened: {' '.join(str(fault).split())[:300]}."
            raise Misconfigured(msg) from fault
        self._made_on = _inode(work_file(self._url))
        for queue, at_once in ((QUEUE, self.at_once), (SLOW_QUEUE, SLOW_AT_ONCE)):
            DBOS.register_queue(
                queue, worker_concurrency=at_once, polling_interval_sec=POLL_SECONDS, on_conflict="always_update"
            )
        DBOS.apply_schedules(
            [{"schedule_name": "sweep", "workflow_fn": workflows.sweep, "schedule": EVERY_MINUTE, "context": None}]
        )
        move_older(self.version)
        workflows.send_due()
        log.info("worker started", number=number)

    def _look_after(self, number: int) -> None:
        """Take over from dead workers, and begin anew where the work database is gone."""
        if not self._is_there():
            log.warning("work database gone, made anew")
            self._end()
            self._start(number)
            return
        with contextlib.suppress(Exception):
            take_over(self.context.settings.files.data, number)

    def _is_there(self) -> bool:
        if _inode(work_file(self._url)) != self._made_on:
            return False
        try:
            return any(known["version_name"] == self.version for known in DBOS.list_application_versions())
        except Exception:  # noqa: BLE001 - a database that cannot be asked is not there
            return False

    def _end(self) -> None:
        DBOS.destroy(workflow_completion_timeout_sec=2)


def context_of(settings: Settings) -> JobContext:
    """What jobs work on in the installation of these settings."""
    clock = clock_of(settings.demonstration.clock_file)
    return JobContext(settings=settings, database=Database(settings.database.url), clock=clock)


def move_older(version: str) -> None:
    """Send the unfinished jobs of other versions of the program anew, as this version's; DBOS would leave them."""
    for workflow in DBOS.list_workflows(status=UNFINISHED, load_output=False):
        if workflow.app_version in {None, version}:
            continue
        DBOS.cancel_workflow(workflow.workflow_id)
        if workflow.name == WORKFLOW and workflow.input is not None:
            name, key = workflow.input["args"]
            workflows.Work.sender.send(name, key)
            log.info("older job moved over", job=name, key=key, version=workflow.app_version)


def take_over(folder: Path, own_number: int) -> None:
    """Queue again what workers left that are no more; their number may never be taken again."""
    for number in abandoned_numbers(folder):
        if number != own_number:
            left = DBOS.list_workflows(status="PENDING", executor_id=_executor_id(number), load_output=False)
            for workflow in left:
                DBOS.resume_workflow(workflow.workflow_id, queue_name=workflow.queue_name or QUEUE)


def _executor_id(number: int) -> str:
    return f"executor-{number}"


def _configuration(url: str, number: int, version: str) -> DBOSConfig:
    return {
        "name": APPLICATION,
        "system_database_url": url,
        "application_version": version,
        "executor_id": _executor_id(number),
        "log_level": "WARNING",
        "enable_otlp": False,
        "scheduler_polling_interval_sec": 10.0,
    }


def _make_ready(file: Path | None) -> None:
    """Put the work file into WAL mode, which stays with it: readers then never wait for the writer."""
    if file is None:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
    except (OSError, sqlite3.Error) as fault:
        msg = f"The work file {file} cannot be written: {fault}."
        raise Misconfigured(msg) from fault


def _inode(file: Path | None) -> int | None:
    """Which file it is; None where it is gone, or no file at all."""
    try:
        return None if file is None else file.stat().st_ino
    except FileNotFoundError:
        return None
