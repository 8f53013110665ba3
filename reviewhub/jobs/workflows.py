"""What DBOS runs: one durable workflow that does a job, and the minute's sweep.

There is one workflow for all jobs, of one step, so that its shape never changes with the jobs; what a job does is
looked up when it runs.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from dbos import DBOS

from reviewhub.errors import ReviewHubError
from reviewhub.jobs.places import one_at_a_time
from reviewhub.jobs.registry import JobContext, Jobs
from reviewhub.jobs.sending import WORKFLOW, Sender

KEPT = timedelta(days=2)
SWEPT_AT_ONCE = 1000
FINISHED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

log = structlog.get_logger()


class Work:
    """What the workflows of this process work on; set by the worker before DBOS starts."""

    context: JobContext
    jobs: Jobs
    sender: Sender


@DBOS.workflow(name=WORKFLOW)
def do_job(name: str, key: str) -> str:
    """Do one job for one key and say how it went."""
    return do_step(name, key)


@DBOS.step(name="do_step")
def do_step(name: str, key: str) -> str:
    """Run the job alone for its key; a fault is logged and met again at the next sweep, while it is still due."""
    job = Work.jobs.find(name)
    if job is None:
        log.warning("unknown job", job=name, key=key)
        return "unknown"
    with (
        structlog.contextvars.bound_contextvars(job=name, key=key),
        one_at_a_time(Work.context.settings.files.data, name, key),
    ):
        try:
            job.run(Work.context, key)
        except ReviewHubError as fault:
            log.warning("job refused", sentence=fault.message)
            return "refused"
        except Exception:
            log.exception("job failed")
            return "failed"
        log.info("job done")
        return "done"


@DBOS.workflow(name="sweep")
def sweep(_scheduled_at: datetime, _context: Any) -> None:
    """Send every job that our database says is due."""
    sweep_step()


@DBOS.step(name="sweep_step")
def sweep_step() -> None:
    """Send what is due; one job that cannot tell does not keep the others from it."""
    send_due()
    forget_finished()


def send_due() -> None:
    """Send every job for every key that is due and unfinished."""
    for job in Work.jobs:
        try:
            keys = list(job.due(Work.context))
        except Exception:
            log.exception("cannot tell what is due", job=job.name)
            continue
        for key in keys:
            Work.sender.send(job.name, key)


def forget_finished() -> None:
    """Delete what finished two days ago, a thousand at a time: the work database is no archive."""
    before = (datetime.now(UTC) - KEPT).isoformat()
    finished = DBOS.list_workflows(
        status=FINISHED, completed_before=before, limit=SWEPT_AT_ONCE, load_input=False, load_output=False
    )
    if finished:
        DBOS.delete_workflows([workflow.workflow_id for workflow in finished])
