"""The jobs there are. Each is thin: it calls one verb of the room that knows how."""

from collections.abc import Iterable

from reviewhub.jobs.registry import Job, JobContext, Jobs
from reviewhub.mail.sending import carrier, deliver_mails, mails_wait


def known_jobs() -> Jobs:
    """Every job a worker of this program does."""
    jobs = Jobs()
    jobs.add(Job(name="deliver_mail", run=run_deliver_mail, due=due_deliver_mail))
    return jobs


def run_deliver_mail(context: JobContext, _key: str) -> None:
    """Send what waits in the outbox."""
    deliver_mails(context.database, carry=carrier(context.settings), now=context.now())


def due_deliver_mail(context: JobContext) -> Iterable[str]:
    """One key for the whole outbox."""
    return ["all"] if mails_wait(context.database, now=context.now()) else []
