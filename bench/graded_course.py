"""A course of any size with everything graded, in real rows; whole tables at once: 10,000 students take seconds.

Groups of one to three (five students have two projects between them), three reviews each of eight findings, six of
ten mistakes matched, marks for every imported component.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.course_file import load_policy, shipped_text
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.grades.mark_tables import Mark, MarkList
from reviewhub.grades.tables import FindingDecision, FixVerdict, Match, Mistake, QualityMark
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.places import Anchor, Place, PlaceKind
from reviewhub.reviews.submitted import SubmittedFinding, VersionOne, content_of_edition
from reviewhub.reviews.tables import Assignment, Finding, Review, ReviewEdition
from reviewhub.storage import Base, new_id, repeatable_ids

SLUG = "ceng796"
STARTED = datetime(2026, 9, 14, 6, 0, tzinfo=UTC)
DUE = {1: datetime(2026, 12, 4, 20, 59, tzinfo=UTC), 2: datetime(2027, 1, 8, 20, 59, tzinfo=UTC)}
REVIEWED = datetime(2026, 12, 18, 20, 0, tzinfo=UTC)
GRADED = DUE[2] + timedelta(days=10)
SIZES = (3, 2)
"""Students of one project after the other."""
SEVERITIES = ("minor", "major", "trivial", "minor", "critical", "minor", "major", "minor", "trivial", "minor")
TEXT = "The learning rate of the {number}th run is $10^{{-2}}$, the **paper** says `0.0002`; see section 4 and table 2."
CELL = Place(kind=PlaceKind.CELL, path="main.ipynb", cell=3)

Rows = dict[type[Base], list[dict[str, Any]]]


@dataclass(kw_only=True)
class GradedCourse:
    """What a measurement needs of the course."""

    course_id: str
    instructor_id: str
    """The user."""
    keys: list[str] = field(default_factory=list)
    """Project keys."""


def make_graded_course(
    session: Session, *, students: int, reviews: int = 3, findings: int = 8, mistakes: int = 10
) -> GradedCourse:
    """Fill an empty database with a course of this size, everything decided."""
    with repeatable_ids(f"{students} {reviews} {findings}"):
        return _make(session, students, reviews, findings, mistakes)


def _make(session: Session, students: int, reviews: int, findings: int, mistakes: int) -> GradedCourse:
    text = shipped_text(SLUG)
    policy = load_policy(text)
    course_id, chance = new_id(), random.Random(students)
    rows: Rows = {}
    _add(
        rows, Course, id=course_id, slug=SLUG, title=policy.title, term=policy.term, zone=policy.zone,
        policy_text=text, policy_digest=sha256(text.encode()).hexdigest(), remote="", created_at=STARTED, version=1,
    )  # fmt: skip
    instructor_id, _ = _person(rows, course_id, "Ida Instructor", "", Role.INSTRUCTOR)
    enrolled = [
        _person(rows, course_id, f"Student {number:05}", f"{2_000_000 + number}", Role.STUDENT)
        for number in range(students)
    ]
    made = GradedCourse(course_id=course_id, instructor_id=instructor_id)
    projects: list[tuple[str, str, str]] = []
    for members in _shares([enrollment_id for _, enrollment_id in enrolled]):
        projects.append(_project(rows, course_id, f"P{len(projects) + 1:05}", members))
        made.keys.append(projects[-1][1])
    places: dict[str, list[str]] = {project_id: [] for project_id, _, _ in projects}
    for index, (user_id, enrollment_id) in enumerate(enrolled):
        for turn in range(reviews):
            project = projects[(index // 2 + 1 + turn * 7 + index % 2) % len(projects)]
            places[project[0]] += _review(rows, project, enrollment_id, user_id, findings)
    for project in projects:
        _grade(rows, project, places[project[0]], mistakes, instructor_id, chance)
    _marks(rows, course_id, instructor_id, [one for _, one in enrolled], chance)
    for table, values in rows.items():
        session.execute(insert(table), values)
    return made


def _shares(enrollment_ids: list[str]) -> Iterator[list[str]]:
    turn = 0
    while enrollment_ids:
        size = SIZES[turn % len(SIZES)]
        yield enrollment_ids[:size]
        enrollment_ids, turn = enrollment_ids[size:], turn + 1


def _add(rows: Rows, table: type[Base], **values: Any) -> None:
    rows.setdefault(table, []).append(values)


def _person(rows: Rows, course_id: str, name: str, number: str, role: Role) -> tuple[str, str]:
    user_id, enrollment_id = new_id(), new_id()
    email = f"{name.lower().replace(' ', '-')}@example.org"
    _add(rows, User, id=user_id, email=email, name=name, is_administrator=False, created_at=STARTED)
    _add(
        rows, Enrollment, id=enrollment_id, course_id=course_id, user_id=user_id, role=role,
        student_number=number or None, joined_at=STARTED, version=1,
    )  # fmt: skip
    return user_id, enrollment_id


def _project(rows: Rows, course_id: str, key: str, members: list[str]) -> tuple[str, str, str]:
    group_id, project_id = new_id(), new_id()
    _add(rows, Group, id=group_id, course_id=course_id, name=f"Group {key}", created_at=STARTED, version=1)
    for enrollment_id in members:
        _add(rows, Membership, id=new_id(), group_id=group_id, enrollment_id=enrollment_id, joined_at=STARTED)
    _add(
        rows, Project, id=project_id, course_id=course_id, key=key, title=f"{key}: a generative model",
        branch="refs/heads/main", folder=key, group_id=group_id, confirmed_at=STARTED, version=1,
    )  # fmt: skip
    first = ""
    for version, due_at in DUE.items():
        snapshot_id = new_id()
        first = first or snapshot_id
        _add(
            rows, Snapshot, id=snapshot_id, project_id=project_id, version=version, sequence=1,
            commit=f"{version}{'a' * 39}", tree="b" * 40, folder=key, received_by=due_at - timedelta(hours=1),
            proved=True, due_at=due_at, lateness_seconds=0, outcome={}, kind="default", frozen_at=due_at,
        )  # fmt: skip
    return project_id, key, first


def _review(rows: Rows, project: tuple[str, str, str], enrollment_id: str, user_id: str, findings: int) -> list[str]:
    project_id, key, snapshot_id = project
    assignment_id, review_id = new_id(), new_id()
    _add(rows, Assignment, id=assignment_id, project_id=project_id, reviewer_id=enrollment_id, assigned_at=DUE[1])
    _add(rows, Review, id=review_id, assignment_id=assignment_id, edition=1, submitted_at=REVIEWED, version=1)
    said = []
    for number in range(1, findings + 1):
        text = TEXT.format(number=number)
        one = SubmittedFinding(
            finding_id=new_id(), number=number, kind="mistake", severity="major", category="method", text=text,
            withdrawn=False, anchors=(Anchor(place=CELL, snapshot_id=snapshot_id),),
        )  # fmt: skip
        _add(
            rows, Finding, id=one.finding_id, review_id=review_id, number=number, kind=one.kind,
            severity=one.severity, category=one.category, text=text, filed_at=REVIEWED, version=1,
        )  # fmt: skip
        said.append(one)
    content = content_of_edition(
        course=SLUG, project=key, version_1=VersionOne(snapshot_id=snapshot_id, commit="1" * 40, tree="b" * 40),
        items=(), form={}, summary="Looked at everything.", findings=said,
    )  # fmt: skip
    _add(
        rows, ReviewEdition, id=new_id(), review_id=review_id, edition=1, submitted_at=REVIEWED,
        submitted_by_id=user_id, content=content, digest=new_id() * 4,
    )  # fmt: skip
    for row in ("specific", "correct", "constructive", "complete"):
        _add(
            rows,
            QualityMark,
            id=new_id(),
            review_id=review_id,
            row=row,
            value=Decimal(80),
            decided_by_id=user_id,
            at=GRADED,
        )
    return [one.finding_id for one in said]


def _grade(
    rows: Rows, project: tuple[str, str, str], finding_ids: list[str], mistakes: int, by: str, chance: random.Random
) -> None:
    project_id, _, snapshot_id = project
    made = []
    for number in range(1, mistakes + 1):
        made.append(new_id())
        _add(
            rows, Mistake, id=made[-1], project_id=project_id, number=number, version_in=1, title=f"Mistake {number}",
            severity=SEVERITIES[number % len(SEVERITIES)], criterion="method" if number % 3 else "code",
            detectable=True, snapshot_id=snapshot_id, found_by_instructor=False, recorded_by_id=by,
            recorded_at=GRADED, version=1, text=TEXT.format(number=number),
        )  # fmt: skip
        verdict = ("fixed", "partly", "not_fixed")[number % 3]
        _add(rows, FixVerdict, id=new_id(), mistake_id=made[-1], verdict=verdict, decided_by_id=by, at=GRADED)
    for place, finding_id in enumerate(finding_ids):
        is_right = place % 5 < 3
        decision, reason = ("accepted", "") if is_right else ("rejected", "Section 3.2 of the paper says so.")
        _add(
            rows, FindingDecision, id=new_id(), finding_id=finding_id, decision=decision, reason=reason,
            decided_by_id=by, at=GRADED,
        )  # fmt: skip
        if is_right:
            mistake_id = made[chance.randrange(len(made) * 6 // 10)]
            strength = "partial" if place % 7 == 0 else "full"
            _add(
                rows, Match, id=new_id(), finding_id=finding_id, mistake_id=mistake_id, strength=strength,
                decided_by_id=by, at=GRADED,
            )  # fmt: skip


def _marks(rows: Rows, course_id: str, by: str, enrollment_ids: list[str], chance: random.Random) -> None:
    list_id = new_id()
    _add(
        rows, MarkList, id=list_id, course_id=course_id, holds="marks", form_key=new_id(), file_name="marks.csv",
        new=len(enrollment_ids), changed=0, taken=0, at=GRADED, by_id=by,
    )  # fmt: skip
    for enrollment_id in enrollment_ids:
        for component in ("midterm", "presentation", "homework"):
            _add(
                rows, Mark, id=new_id(), enrollment_id=enrollment_id, component=component, item=1,
                points=Decimal(chance.randrange(40, 101)), out_of=Decimal(100), list_id=list_id,
            )  # fmt: skip
