"""Who the developers of a project are known to be: members and former members, authors of commits, info files."""

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Facts, Role
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.github.histories import changes_of
from reviewhub.github.objects import Kind, Objects
from reviewhub.github.recent import Recent
from reviewhub.projects.facts import names_are_hidden
from reviewhub.projects.info_files import LIMIT, read_info
from reviewhub.projects.masked_objects import MaskedObjects
from reviewhub.projects.masking import KnownPerson, Mask, join_people, mask_of_people
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.storage import ask_once

INFO_FILES = frozenset({"info.json", "info.yaml", "info.yml"})
MOST_COMMITS = 500


def masked(session: Session, course: Course, project: Project, objects: Objects) -> MaskedObjects:
    """The same reader without the names of the project's developers."""
    return MaskedObjects(objects, mask_of(session, course, project, objects))


def masked_for(session: Session, course: Course, project: Project, objects: Objects, facts: Facts) -> Objects:
    """The reader as it is, or masked where the names are hidden from whom the facts are of."""
    return masked(session, course, project, objects) if names_are_hidden(course, facts) else objects


def mask_of(session: Session, course: Course, project: Project, objects: Objects) -> Mask:
    """The mask of a project's developers, the same for each of its versions; three queries, once in a session.

    A member who joins, or an author who comes with version 2, makes it another mask.
    """
    return ask_once(session, ("mask", project.id), lambda: _mask(session, course, project, objects))


def _mask(session: Session, course: Course, project: Project, objects: Objects) -> Mask:
    snapshots = session.scalars(
        select(Snapshot)
        .where(Snapshot.project_id == project.id)
        .order_by(Snapshot.frozen_at, Snapshot.version, Snapshot.sequence)
    ).all()
    staff = _staff_emails(session, course)
    signs = [sign for one in snapshots for sign in _signs_in(objects, one) if sign[1].lower() not in staff]
    return mask_of_people(join_people(_members(session, project), signs), remote=course.remote)


def _members(session: Session, project: Project) -> list[KnownPerson]:
    """Everybody who was ever in the group, in the order they came, which tells nobody's name."""
    if project.group_id is None:
        return []
    rows = session.execute(
        select(User.name, User.email, Enrollment.student_number)
        .join(Enrollment, Enrollment.user_id == User.id)
        .join(Membership, Membership.enrollment_id == Enrollment.id)
        .where(Membership.group_id == project.group_id)
        .order_by(Membership.joined_at, Membership.id)
    )
    return [
        KnownPerson(names=(name,), emails=(email,), handles=(number,) if number else ())
        for name, email, number in dict.fromkeys((row[0], row[1], row[2]) for row in rows)
    ]


def _staff_emails(session: Session, course: Course) -> set[str]:
    rows = session.scalars(
        select(User.email)
        .join(Enrollment, Enrollment.user_id == User.id)
        .where(Enrollment.course_id == course.id, Enrollment.role.in_([Role.INSTRUCTOR, Role.ASSISTANT]))
    )
    return {email.lower() for email in rows}


def _signs_in(objects: Objects, snapshot: Snapshot) -> tuple[tuple[str, str], ...]:
    """(name, address) of everybody a version's commits and info files name; remembered by its commit."""
    key = (objects.repository, snapshot.commit, snapshot.folder)
    found = _signs.get(key)
    if found is None:
        changes = changes_of(objects, snapshot.commit, snapshot.folder, most=MOST_COMMITS, with_paths=False)
        authors = [(one.commit.author_name, one.commit.author_email) for one in reversed(changes)]
        found = tuple(dict.fromkeys((*((name, "") for name in _stated(objects, snapshot.tree)), *authors)))
        _signs.put(key, found)
    return found


def _stated(objects: Objects, tree: str) -> Iterable[str]:
    """The members as the project's info files give them."""
    for name in objects.names(tree) or ():
        if name.kind is Kind.FILE and name.name.lower() in INFO_FILES:
            content = objects.blob(name.oid, limit_bytes=LIMIT).content
            yield from read_info(name.name, (content or b"").decode("utf-8", "replace")).members


_signs: Recent[tuple[Path, str, str], tuple[tuple[str, str], ...]] = Recent(500)
