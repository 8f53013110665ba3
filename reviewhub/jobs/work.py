"""The jobs there are. Each is thin: it calls one verb of the room that knows how."""

from collections.abc import Iterable

from reviewhub.accounts.rights import PROGRAM
from reviewhub.jobs.registry import Job, JobContext, Jobs
from reviewhub.mail.sending import carrier, deliver_mails, mails_wait
from reviewhub.projects.freezing import courses_to_freeze, freeze_due
from reviewhub.projects.mirroring import courses_to_mirror, mirror_course
from reviewhub.projects.packing import pack_version, snapshots_to_pack
from reviewhub.projects.preparing import JOB as PREPARE_NOTEBOOK
from reviewhub.projects.preparing import prepare_notebook
from reviewhub.projects.showing import render_cache
from reviewhub.reviews.announcing import JOB as ANNOUNCE_REVIEWS
from reviewhub.reviews.announcing import announce_reviews, courses_to_announce
from reviewhub.reviews.notices import JOB as TELL_OF_MESSAGES
from reviewhub.reviews.notices import courses_with_news, tell_of_messages


def known_jobs() -> Jobs:
    """Every job a worker of this program does."""
    jobs = Jobs()
    jobs.add(Job(name="mirror_course", run=run_mirror_course, due=due_mirror_course))
    jobs.add(Job(name="freeze_due", run=run_freeze_due, due=due_freeze_due))
    jobs.add(Job(name="pack_version", run=run_pack_version, due=due_pack_version))
    jobs.add(Job(name="deliver_mail", run=run_deliver_mail, due=due_deliver_mail))
    jobs.add(Job(name=ANNOUNCE_REVIEWS, run=run_announce_reviews, due=due_announce_reviews))
    jobs.add(Job(name=TELL_OF_MESSAGES, run=run_tell_of_messages, due=due_tell_of_messages))
    jobs.add(Job(name=PREPARE_NOTEBOOK, run=run_prepare_notebook, due=due_prepare_notebook))
    return jobs


def run_mirror_course(context: JobContext, slug: str) -> None:
    """Look at the shared repository of the course."""
    mirror_course(context.database, context.settings, actor=PROGRAM, now=context.now(), course=slug)


def due_mirror_course(context: JobContext) -> Iterable[str]:
    """The courses whose repository is to be looked at now."""
    with context.database.reading() as session:
        return courses_to_mirror(session, now=context.now(), poll_minutes=context.settings.git.poll_minutes)


def run_freeze_due(context: JobContext, slug: str) -> None:
    """Freeze every version of the course that is due."""
    with context.database.writing() as session:
        freeze_due(session, actor=PROGRAM, now=context.now(), course=slug, mirrors=context.settings.mirrors)


def due_freeze_due(context: JobContext) -> Iterable[str]:
    """The courses in which a version is due and not frozen."""
    with context.database.reading() as session:
        return courses_to_freeze(session, now=context.now(), mirrors=context.settings.mirrors)


def run_pack_version(context: JobContext, snapshot_id: str) -> None:
    """Write the pack of a frozen version to the object store."""
    pack_version(context.database, context.settings, actor=PROGRAM, now=context.now(), snapshot_id=snapshot_id)


def due_pack_version(context: JobContext) -> Iterable[str]:
    """The frozen versions whose pack is not written yet."""
    with context.database.reading() as session:
        return snapshots_to_pack(session)


def run_deliver_mail(context: JobContext, _key: str) -> None:
    """Send what waits in the outbox."""
    deliver_mails(context.database, carry=carrier(context.settings), now=context.now())


def due_deliver_mail(context: JobContext) -> Iterable[str]:
    """One key for the whole outbox."""
    return ["all"] if mails_wait(context.database, now=context.now()) else []


def run_announce_reviews(context: JobContext, slug: str) -> None:
    """Tell the developers of a course which reviews they can read now."""
    with context.database.writing() as session:
        announce_reviews(session, now=context.now(), course=slug)


def due_announce_reviews(context: JobContext) -> Iterable[str]:
    """The courses in which developers see a review that nobody told them of."""
    with context.database.reading() as session:
        return courses_to_announce(session, context.now())


def run_tell_of_messages(context: JobContext, slug: str) -> None:
    """Mail those of a course who have new messages."""
    with context.database.writing() as session:
        tell_of_messages(session, now=context.now(), course=slug)


def due_tell_of_messages(context: JobContext) -> Iterable[str]:
    """The courses in which somebody has new messages and had no mail of any within the hour."""
    with context.database.reading() as session:
        return courses_with_news(session, context.now())


def run_prepare_notebook(context: JobContext, key: str) -> None:
    """Prepare a notebook that a page waits for."""
    cache = render_cache(context.settings.files.objects)
    prepare_notebook(context.database, context.settings, cache=cache, key=key)


def due_prepare_notebook(_context: JobContext) -> Iterable[str]:
    """Nothing: only a page that is looked at asks, and it asks again."""
    return []
