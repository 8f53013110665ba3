"""Handing a hint to the workers: `database.send = Sender(settings).send` in every process that writes.

A hint may be lost without harm, so sending never fails a request: the minute sweep finds the work anyway.
"""

from pathlib import Path
from threading import Lock

import structlog
from dbos import DBOSClient, EnqueueOptions
from dbos._error import DBOSQueueDeduplicatedError
from sqlalchemy import make_url

from reviewhub.config import Settings

APPLICATION = "reviewhub"
QUEUE = "reviewhub"
SLOW_QUEUE = "reviewhub-slow"
SLOW_JOBS = frozenset({"prepare_notebook"})
"""Jobs that strangers' files can make slow: in a queue of their own they hold up no deadline and no mail."""
WORKFLOW = "do_job"

log = structlog.get_logger()


class Sender:
    """Puts (job, key) into the work database, once while it waits there."""

    def __init__(self, settings: Settings) -> None:
        """Connect later, at the first hint: the worker may not have made the work database yet."""
        self._url = work_url(settings)
        self._client: DBOSClient | None = None
        self._made_on: int | None = None
        self._lock = Lock()

    def send(self, job: str, key: str) -> None:
        """Hand over one hint.

        A job that waits already is not put there twice. While one runs, one more is taken: it may have looked before
        the change that this hint is about.
        """
        try:
            client = self._connect()
            if client is None:
                return
            for turn in ("first", "next"):
                if self._waits_after(client, job, key, turn):
                    return
        except Exception as fault:  # noqa: BLE001 - whatever ails the work database, the request itself has succeeded
            log.warning("hint lost", job=job, key=key, fault=str(fault))
            self.close()

    def close(self) -> None:
        """Let go of the work database."""
        with self._lock:
            if self._client is not None:
                self._client.destroy()
            self._client = None

    def _waits_after(self, client: DBOSClient, job: str, key: str, turn: str) -> bool:
        """Whether the hint waits in the queue now, as this turn; a running job holds its turn."""
        options: EnqueueOptions = {
            "workflow_name": WORKFLOW,
            "queue_name": queue_of(job),
            "deduplication_id": f"{turn} {job} {key}",
        }
        try:
            client.enqueue(options, job, key)
        except DBOSQueueDeduplicatedError:
            holders = client.list_workflows(
                status="ENQUEUED", queue_name=options["queue_name"], load_input=False, load_output=False
            )
            return any(holder.deduplication_id == options["deduplication_id"] for holder in holders)
        return True

    def _connect(self) -> DBOSClient | None:
        """The client; None while there is no work file. A file that was made anew is opened anew."""
        file = work_file(self._url)
        made_on = None
        if file is not None:
            if not file.exists():
                self.close()
                return None
            made_on = file.stat().st_ino
        if self._client is not None and made_on != self._made_on:
            self.close()
        with self._lock:
            if self._client is None:
                self._client = DBOSClient(
                    system_database_url=self._url,
                    application_name=APPLICATION,
                    system_database_pool_size=2,
                    retry_connection_errors=False,
                )
                self._made_on = made_on
            return self._client


def queue_of(job: str) -> str:
    """The queue in which a job waits."""
    return SLOW_QUEUE if job in SLOW_JOBS else QUEUE


def work_url(settings: Settings) -> str:
    """The work database's address, as DBOS takes it."""
    url = make_url(settings.database.work_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql")
    return url.render_as_string(hide_password=False)


def work_file(url: str) -> Path | None:
    """The work database's file; None where it is not a file."""
    parsed = make_url(url)
    return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None
