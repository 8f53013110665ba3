"""The rows of one project's desk, in six statements, however much was found, said and decided."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    bindparam,
    case,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.errors import NotFound
from reviewhub.grades.decision_steps import PUT_DECISION, Step, every_decision, one_kind
from reviewhub.grades.desk_tables import Rearrangement
from reviewhub.grades.gathering import Gathered, grants_that_hold
from reviewhub.grades.tables import Adjustment, Mistake, Release
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.message_tables import Message
from reviewhub.reviews.tables import Assignment, Finding, FixCheck, Response, Review, ReviewEdition


class Said(NamedTuple):
    """What somebody said of a finding after it was handed in: its kind in one word, and the text."""

    kind: str
    text: str


class Rearranged(NamedTuple):
    """A merge or a separation that stands."""

    rearrangement_id: str
    kind: str
    mistake_id: str
    other_id: str
    by_id: str
    at: datetime


@dataclass(kw_only=True)
class DeskRows:
    """Everything the desk of one project rests on."""

    course: Course
    project: Project
    gathered: Gathered
    previous_key: str
    next_key: str
    is_open: bool
    """Whether decisions may be made: nothing is released, or grading was reopened since."""
    undone: dict[str, Mistake]
    """The mistakes that were taken back or merged, by id."""
    names: Mapping[str, str]
    """Names by enrolment id and by user id."""
    reviewers: Mapping[str, str]
    """Assignment id → the reviewer's name."""
    answers: dict[str, Said] = field(default_factory=dict)
    """Finding id → the developers' last answer."""
    checks: dict[str, Said] = field(default_factory=dict)
    """Finding id → the reviewer's own verdict on version 2."""
    messages: dict[str, int] = field(default_factory=dict)
    """Finding id → how many messages were written under it."""
    rearrangements: list[Rearranged] = field(default_factory=list)
    recorded: int = 0
    """The number of the mistake recorded last, taken back or not: what a form was shown in."""


def read_desk_rows(session: Session, course: Course, key: str) -> DeskRows:
    """Load the desk of the project with this key; NotFound where there is none."""
    project, snapshots, neighbours, release = _project(session, course, key)
    gathered = Gathered(course=course, projects=[project], snapshots={project.id: snapshots})
    reviewers = _reviews(session, project, gathered)
    names = _people(session, course, project, gathered)
    gathered.grants = grants_that_hold(session, course, gathered.members)
    recorded = session.scalars(select(Mistake).where(Mistake.project_id == project.id).order_by(Mistake.number)).all()
    gathered.mistakes = {project.id: [one for one in recorded if one.undone_at is None]}
    rows = DeskRows(
        course=course,
        project=project,
        gathered=gathered,
        previous_key=max((one for one in neighbours if one < key), default=""),
        next_key=min((one for one in neighbours if one > key), default=""),
        is_open=release != "closed",
        undone={one.id: one for one in recorded if one.undone_at is not None},
        names=names,
        reviewers=reviewers,
        recorded=max((one.number for one in recorded), default=0),
    )
    _decisions(session, rows)
    return rows


def _project(session: Session, course: Course, key: str) -> tuple[Project, list[Snapshot], set[str], str | None]:
    """The project with its snapshots, the keys beside its own, and whether a release stands closed or reopened."""
    here = Project.course_id == course.id, Project.removed_at.is_(None)
    beside = [select(func.max(Project.key)).where(*here, Project.key < key).scalar_subquery(),
              select(func.min(Project.key)).where(*here, Project.key > key).scalar_subquery()]  # fmt: skip
    release = (
        select(case((Release.reopened_at.is_(None), "closed"), else_="reopened"))
        .where(Release.course_id == course.id)
        .order_by(Release.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = (
        session.execute(
            select(Project, Snapshot, release)
            .outerjoin(Snapshot, (Snapshot.project_id == Project.id) & (Project.key == key))
            .where(*here, or_(Project.key == key, *(Project.key == one for one in beside)))
            .order_by(Snapshot.version, Snapshot.sequence)
        )
        .unique()
        .all()
    )
    mine = [(project, snapshot, state) for project, snapshot, state in found if project.key == key]
    if not mine:
        msg = "There is no such project in this course."
        raise NotFound(msg)
    snapshots = [one for one in (snapshot for _, snapshot, _ in mine) if one]
    return mine[0][0], snapshots, {project.key for project, _, _ in found}, mine[0][2]


def _reviews(session: Session, project: Project, gathered: Gathered) -> dict[str, str]:
    """The assignments and the last editions of the project; gives the reviewers' names."""
    found = session.execute(
        select(Assignment, ReviewEdition, func.coalesce(User.name, Group.name, "—"))
        .outerjoin(Review, Review.assignment_id == Assignment.id)
        .outerjoin(ReviewEdition, (ReviewEdition.review_id == Review.id) & (ReviewEdition.edition == Review.edition))
        .outerjoin(Enrollment, Enrollment.id == Assignment.reviewer_id)
        .outerjoin(User, User.id == Enrollment.user_id)
        .outerjoin(Group, Group.id == Assignment.reviewer_group_id)
        .where(Assignment.project_id == project.id, Assignment.practice.is_(False))
        .order_by(Assignment.id)
    ).all()
    gathered.assignments = {project.id: [assignment for assignment, _, _ in found]}
    gathered.editions = {assignment.id: edition for assignment, edition, _ in found if edition}
    return {assignment.id: name for assignment, _, name in found}


def _people(session: Session, course: Course, project: Project, gathered: Gathered) -> dict[str, str]:
    """The names of developers, reviewers and staff; the members of the groups go into `gathered`."""
    assigned = gathered.assignments[project.id]
    groups = {project.group_id, *(one.reviewer_group_id for one in assigned)} - {None}
    found = session.execute(
        select(Enrollment.id, Enrollment.left_at, User.id, User.name, Membership.group_id)
        .join(User, User.id == Enrollment.user_id)
        .outerjoin(Membership, (Membership.enrollment_id == Enrollment.id) & Membership.left_at.is_(None))
        .where(
            Enrollment.course_id == course.id,
            or_(
                Enrollment.role != Role.STUDENT,
                Enrollment.id.in_({one.reviewer_id for one in assigned if one.reviewer_id}),
                Membership.group_id.in_(groups),
            ),
        )
    ).all()
    members = defaultdict(list)
    for enrollment_id, left_at, _, _, group_id in found:
        if group_id in groups and left_at is None:
            members[group_id].append(enrollment_id)
    gathered.members = dict(members)
    return {key: name for enrollment_id, _, user_id, name, _ in found for key in (enrollment_id, user_id)}


# ---- every decision that stands, and what was said of the findings since, in one statement


def _every_decision() -> Any:
    here: BindParameter[str] = bindparam("project_id")
    mistakes = select(Mistake.id).where(Mistake.project_id == here, Mistake.undone_at.is_(None))
    reviews = (
        select(Review.id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Assignment.project_id == here, Assignment.practice.is_(False))
    )
    findings, check = select(Finding.id).where(Finding.review_id.in_(reviews)), FixCheck
    kinds = [
        *every_decision(mistakes, reviews, Adjustment.project_id == here),
        one_kind(
            "rearranged", Rearrangement, Rearrangement.mistake_id, Rearrangement.kind, other=Rearrangement.other_id
        ).where(Rearrangement.project_id == here, Rearrangement.undone_at.is_(None)),
        one_kind(
            "answer", Response, Response.finding_id, Response.kind, text=Response.text, by=Response.author_id,
            number=Response.sequence,
        ).where(Response.finding_id.in_(findings)),
        one_kind(
            "check", check, check.finding_id, check.verdict, text=check.text, by=check.by_id, number=check.sequence
        ).where(check.finding_id.in_(findings), check.undone_at.is_(None)),
        one_kind(
            "message", Message, Message.finding_id, Message.side, by=Message.author_id, at=Message.written_at
        ).where(Message.finding_id.in_(findings)),
    ]  # fmt: skip
    found = union_all(*kinds).subquery()
    return select(found).order_by(found.c.number, found.c.at, found.c.id)


_EVERY_DECISION = _every_decision()


def _decisions(session: Session, rows: DeskRows) -> None:
    """Put each row where it belongs."""
    put: dict[str, Callable[[DeskRows, Step], None]] = {
        "rearranged": lambda rows, one: rows.rearrangements.append(
            Rearranged(one.id, one.word, one.target, one.other, one.by_id, one.at)
        ),
        "answer": lambda rows, one: rows.answers.update({one.target: Said(one.word, one.text)}),
        "check": lambda rows, one: rows.checks.update({one.target: Said(one.word, one.text)}),
        "message": lambda rows, one: rows.messages.update({one.target: rows.messages.get(one.target, 0) + 1}),
    }
    for row in session.execute(_EVERY_DECISION, {"project_id": rows.project.id}):
        one = Step(*row)
        if one.kind in PUT_DECISION:
            PUT_DECISION[one.kind](rows.gathered, one, rows.project.id)
        else:
            put[one.kind](rows, one)
