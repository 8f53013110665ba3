"""The jobs there are, each run as a worker runs it."""

import io
from contextlib import redirect_stdout
from datetime import timedelta

import pytest
from sqlalchemy import select

from reviewhub.config import DemonstrationSettings
from reviewhub.jobs.registry import Job, JobContext, Jobs
from reviewhub.jobs.sending import SLOW_JOBS
from reviewhub.jobs.work import known_jobs
from reviewhub.jobs.worker import context_of
from reviewhub.mail import post_mail
from reviewhub.mail.tables import Mail
from reviewhub.storage import ShiftedClock


@pytest.fixture
def context(settings, sqlite_database, clock) -> JobContext:
    """What a job may use."""
    return JobContext(settings=settings, database=sqlite_database, clock=clock)


def test_the_jobs_that_verbs_wake_are_all_known() -> None:
    names = sorted(job.name for job in known_jobs())
    assert names == [
        "announce_reviews",
        "deliver_mail",
        "freeze_due",
        "mirror_course",
        "pack_version",
        "prepare_notebook",
        "tell_of_messages",
    ]
    assert set(names) >= SLOW_JOBS


def test_nothing_is_due_in_an_empty_installation(context: JobContext) -> None:
    assert [list(job.due(context)) for job in known_jobs()] == [[]] * 7


def test_a_posted_mail_is_due_until_it_is_delivered_once(context: JobContext) -> None:
    job = known_jobs().find("deliver_mail")
    with context.database.writing() as session:
        post_mail(session, to="ada@example.org", subject="Hello", text="Words.\n", key="1", now=context.now())

    due_before = list(job.due(context))
    with redirect_stdout(io.StringIO()) as console:
        job.run(context, "all")
        job.run(context, "all")

    assert due_before == ["all"]
    assert list(job.due(context)) == []
    assert console.getvalue() == "--- mail to ada@example.org: Hello\nWords.\n---\n"
    with context.database.reading() as session:
        assert session.scalars(select(Mail.sent_at)).all() == [context.now()]


def test_a_job_goes_by_the_demonstrations_clock(settings, tmp_path, clock) -> None:
    file = tmp_path / "clock.json"
    ShiftedClock(file).put(clock() + timedelta(days=30))
    shown = settings.model_copy(update={"demonstration": DemonstrationSettings(clock_file=file)})

    now = context_of(shown).now()

    assert timedelta(0) <= now - (clock() + timedelta(days=30)) < timedelta(minutes=1)


def test_two_jobs_of_one_name_are_refused() -> None:
    jobs = Jobs()
    job = Job(name="same", run=lambda _context, _key: None, due=lambda _context: [])
    jobs.add(job)

    with pytest.raises(ValueError, match="two jobs named same"):
        jobs.add(job)
