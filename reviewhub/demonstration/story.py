"""What the invented people do, act by act, through the very verbs the pages call.

The same story every time: whatever looks like chance is drawn from a seed made of names. An act happens at its moment;
chapters follow each other, and the acts of a chapter are known once the chapter before it has been played.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import PROGRAM, Actor, Role
from reviewhub.accounts.tables import User
from reviewhub.courses.adding import add_course
from reviewhub.courses.enrolling import enroll_person, import_roster
from reviewhub.courses.extending import grant_extension
from reviewhub.courses.grouping import create_group, join_group, leave_group
from reviewhub.courses.roster import read_roster
from reviewhub.courses.tables import Enrollment, Group, Membership
from reviewhub.demonstration import (
    appeals_story,
    assigning_story,
    grading_story,
    marks_story,
    practising_story,
    review_story,
    second_reading_story,
    staff_story,
    talking_story,
)
from reviewhub.demonstration.cast import SLUG, Act, Cast, Chapter, developer_of
from reviewhub.demonstration.people import GROUPS, STAFF, STUDENTS, Person, person_of
from reviewhub.projects.confirming import Confirmation, confirm_projects
from reviewhub.projects.finding import find_projects
from reviewhub.projects.freezing import choose_version, freeze_due
from reviewhub.projects.lookup import living_projects
from reviewhub.projects.mirroring import mirror_course
from reviewhub.projects.standing import standings_of

EXTENDED = "VQ-VAE"


def chapters(cast: Cast) -> Iterator[Chapter]:
    """The story's chapters in order."""
    yield lambda: _setting_up(cast)
    yield lambda: chain(_developing(cast), practising_story.practising(cast) if cast.repository else ())
    if cast.repository is not None:
        yield lambda: assigning_story.wishing(cast)
    yield lambda: _version_1(cast)
    yield lambda: assigning_story.assigning(cast)
    if cast.repository is not None:
        yield lambda: assigning_story.swapping(cast)
    yield lambda: chain(
        review_story.reviewing(cast),
        talking_story.asking(cast) if cast.repository else (),
        staff_story.following(cast),
        marks_story.marking(cast),
    )
    if cast.repository is not None:
        yield lambda: chain(review_story.responding(cast), talking_story.discussing(cast), marks_story.correcting(cast))
        yield lambda: chain(_version_2(cast), talking_story.settling(cast))
        yield lambda: grading_story.checking(cast)
        yield lambda: chain(
            grading_story.grading(cast), second_reading_story.reading(cast), marks_story.finishing(cast)
        )
        yield lambda: grading_story.releasing(cast)
        yield lambda: appeals_story.appealing(cast)


def _setting_up(cast: Cast) -> Iterator[Act]:
    start = cast.calendar.term_start
    yield Act(moment=start, title="the course begins", play=lambda now: _begin_course(cast, now))
    yield Act(moment=start + timedelta(days=9), title="groups form", play=lambda now: _form_groups(cast, now))


def _begin_course(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        add_course(
            session, actor=PROGRAM, now=now, slug=SLUG, text=cast.course_text, remote=cast.remote, local_paths=True
        )
        for person in STAFF:
            enroll_person(
                session,
                actor=PROGRAM,
                now=now,
                course=SLUG,
                email=person.email,
                name=person.name,
                role=Role(person.role),
            )
        session.flush()
        lines = ["Öğrenci No;Ad Soyad;E-posta", *(f"{one.student_number};{one.name};{one.email}" for one in STUDENTS)]
        roster = read_roster("\n".join(lines).encode())
        import_roster(session, actor=cast.instructor(session), now=now, course=SLUG, rows=roster.rows)


def _form_groups(cast: Cast, now: datetime) -> None:
    if cast.repository is None:
        return
    with cast.database.writing() as session:
        actor = cast.instructor(session)
        for group in GROUPS:
            _form_group(session, cast, actor, now, group.name, group.members)


def _form_group(session: Session, cast: Cast, actor: Actor, now: datetime, name: str, members: Iterable[str]) -> Group:
    group = create_group(session, actor=actor, now=now, course=SLUG, name=name)
    session.flush()
    for key in members:
        enrollment = enrollment_of(session, cast, person_of(key))
        join_group(session, actor=actor, now=now, course=SLUG, group_id=group.id, enrollment_id=enrollment.id)
        session.flush()
    return group


def enrollment_of(session: Session, cast: Cast, person: Person) -> Enrollment:
    """The person's enrolment in the demonstration's course."""
    wanted = (
        select(Enrollment)
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.course_id == cast.course(session).id, User.email == person.email)
    )
    return session.scalars(wanted).one()


def _developing(cast: Cast) -> Iterator[Act]:
    due = cast.calendar.version_1
    for days in (50, 40, 30, 20, 10, 4, 3):
        yield Act(moment=due - timedelta(days=days), title="groups push", play=lambda now: look(cast, now))
    yield Act(
        moment=due - timedelta(days=35),
        title="the instructor confirms the projects",
        play=lambda now: _confirm(cast, now),
    )
    for group in GROUPS if cast.repository else ():
        for key, days in group.withdrawn:
            yield Act(
                moment=due - timedelta(days=days),
                title="a teammate withdraws",
                play=lambda now, key=key: _withdraw(cast, now, person_of(key)),  # type: ignore[misc]
            )
    yield Act(
        moment=due - timedelta(days=3, hours=5),
        title="a group is granted two days",
        play=lambda now: _extend(cast, now),
    )


def look(cast: Cast, now: datetime) -> None:
    """Let what was pushed until now arrive, and look at the repository."""
    if cast.repository is not None:
        cast.repository.play_until(now)
    mirror_course(cast.database, cast.settings, actor=PROGRAM, now=now, course=SLUG)


def _confirm(cast: Cast, now: datetime) -> None:
    look(cast, now)
    with cast.database.writing() as session:
        course, actor = cast.course(session), cast.instructor(session)
        found = [
            one
            for one in find_projects(session, course, mirrors=cast.settings.mirrors)
            if not one.found.is_submodule and one.confirmed_key is None
        ]
        if cast.repository is None:
            groups = _share_out(session, cast, actor, now, [one.key for one in found])
        else:
            names = {group.project: group.name for group in GROUPS}
            rows = {
                group.name: group.id for group in session.scalars(select(Group).where(Group.course_id == course.id))
            }
            groups = {key: rows[name] for key, name in names.items()}
        confirm_projects(
            session,
            actor=actor,
            now=now,
            course=SLUG,
            confirmations=[
                Confirmation(
                    branch=one.found.branch,
                    folder=one.found.folder,
                    key=one.key,
                    title=one.found.title,
                    group_id=groups[one.key],
                )
                for one in found
                if one.key in groups
            ],
            mirrors=cast.settings.mirrors,
        )


def _share_out(session: Session, cast: Cast, actor: Actor, now: datetime, keys: list[str]) -> dict[str, str]:
    """Give the projects of an existing repository to the invented students, as evenly as the group sizes allow."""
    rules = cast.course(session).policy.groups
    largest = rules.max if rules else 1
    shares = [[student.key for student in STUDENTS[index :: len(keys)]][:largest] for index in range(len(keys))]
    return {
        key: _form_group(session, cast, actor, now, f"Group {key}", share).id
        for key, share in zip(keys, shares, strict=True)
        if share
    }


def _withdraw(cast: Cast, now: datetime, person: Person) -> None:
    with cast.database.writing() as session:
        enrollment = enrollment_of(session, cast, person)
        membership = session.scalars(
            select(Membership).where(Membership.enrollment_id == enrollment.id, Membership.left_at.is_(None))
        ).one()
        leave_group(
            session,
            actor=cast.instructor(session),
            now=now,
            course=SLUG,
            membership_id=membership.id,
            reason="Withdrew from the course for health reasons; told us in person.",
        )


def _extend(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        project = next((one for one in living_projects(session, cast.course(session)) if one.key == EXTENDED), None)
        if project is None or project.group_id is None:
            return
        grant_extension(
            session,
            actor=cast.instructor(session),
            now=now,
            course=SLUG,
            deadline="version_1",
            due_at=cast.calendar.version_1 + timedelta(days=1),
            reason="The shared GPU server was down for a day; the administrator confirmed it.",
            group_id=project.group_id,
        )


def _version_1(cast: Cast) -> Iterator[Act]:
    due = cast.calendar.version_1
    yield Act(moment=due + timedelta(minutes=2), title="version 1 is frozen", play=lambda now: freeze(cast, now))
    yield Act(moment=due + timedelta(minutes=55), title="a late push arrives", play=lambda now: freeze(cast, now))
    if cast.repository is not None:
        yield Act(
            moment=due + timedelta(hours=9, minutes=30),
            title="a project that came late is confirmed",
            play=lambda now: _confirm(cast, now),
        )
    yield Act(
        moment=due + timedelta(hours=10), title="a group chooses its late commit", play=lambda now: _choose(cast, now)
    )
    yield Act(
        moment=due + timedelta(days=1, minutes=2),
        title="the extended version is frozen",
        play=lambda now: freeze(cast, now),
    )
    yield Act(
        moment=due + timedelta(days=3, minutes=2),
        title="the late policy has run out",
        play=lambda now: freeze(cast, now),
    )


def freeze(cast: Cast, now: datetime) -> None:
    """Look, and freeze what is due: what the worker does on its own."""
    look(cast, now)
    with cast.database.writing() as session:
        freeze_due(session, actor=PROGRAM, now=now, course=SLUG, mirrors=cast.settings.mirrors)


def _choose(cast: Cast, now: datetime) -> None:
    """Let the first group that has a choice take its late commit; the others keep what was on time."""
    look(cast, now)
    with cast.database.reading() as session:
        course = cast.course(session)
        standings = standings_of(
            session, course, living_projects(session, course), now=now, mirrors=cast.settings.mirrors
        )
        choices = [
            (standing.project, version.standing.choices[-1].received.commit)
            for standing in standings
            for version in standing.versions
            if version.version == 1 and version.snapshot is not None and version.standing.may_choose
        ]
    for project, commit in choices[:1]:
        with cast.database.writing() as session:
            member = developer_of(session, project)
            if member is not None:
                choose_version(
                    session,
                    actor=member,
                    now=now,
                    course=SLUG,
                    key=project.key,
                    version=1,
                    commit=commit,
                    mirrors=cast.settings.mirrors,
                )


def _version_2(cast: Cast) -> Iterator[Act]:
    due = cast.calendar.version_2
    for days in (14, 10, 6, 3, 1):
        yield Act(moment=due - timedelta(days=days, minutes=30), title="groups push", play=lambda now: look(cast, now))
    yield Act(moment=due + timedelta(minutes=2), title="version 2 is frozen", play=lambda now: freeze(cast, now))
    yield Act(moment=due + timedelta(days=3), title="the late policy has run out", play=lambda now: freeze(cast, now))
