"""One course's grades, as released or as they stand, with everything an export says of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from reviewhub.courses.policy import Policy
from reviewhub.grades.course_values import ComponentGrade, CourseGrade, with_parts
from reviewhub.grades.evidence import GradingFacts, ProjectFact
from reviewhub.grades.ledger import GradeSheet, sheets_of
from reviewhub.grades.lines import Component, LedgerEntry, Subject, SubjectKind


@dataclass(frozen=True, kw_only=True)
class Student:
    """A student as the files name them."""

    enrollment_id: str
    name: str
    number: str = ""
    email: str = ""
    has_left: bool = False


@dataclass(frozen=True, kw_only=True)
class ReleaseMark:
    """The release that a record is of."""

    sequence: int
    at: datetime
    digest: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CourseRecord:
    """Facts, policy and what follows from them. `release` is None for the grades as they stand at `as_of`."""

    slug: str
    title: str
    term: str
    policy: Policy
    policy_text: str
    as_of: datetime
    release: ReleaseMark | None = None
    students: tuple[Student, ...] = ()
    facts: GradingFacts = field(default_factory=GradingFacts)
    entries: tuple[LedgerEntry, ...] = ()
    grades: Mapping[str, CourseGrade] = field(default_factory=dict)
    """enrollment_id → the course grade."""
    project_titles: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def sheets(self) -> Mapping[tuple[Subject, Component], GradeSheet]:
        """The ledger's lines gathered by subject and component."""
        return sheets_of(self.entries)

    @cached_property
    def projects_of(self) -> Mapping[str, tuple[ProjectFact, ...]]:
        """enrollment_id → the projects they develop, by key."""
        found: dict[str, list[ProjectFact]] = {}
        for project in sorted(self.facts.projects, key=lambda one: one.key):
            for enrollment_id in project.developers:
                found.setdefault(enrollment_id, []).append(project)
        return {enrollment_id: tuple(projects) for enrollment_id, projects in found.items()}

    @cached_property
    def student_of(self) -> Mapping[str, Student]:
        """enrollment_id → the student."""
        return {one.enrollment_id: one for one in self.students}

    @cached_property
    def reviewer_names(self) -> Mapping[str, str]:
        """assignment_id → who reviews, for readers who may know it."""
        return {
            one.assignment_id: ", ".join(sorted(self._name(member) for member in one.members))
            for project in self.facts.projects
            for one in project.assignments
        }

    @property
    def said(self) -> str:
        """Which grades these are, in words."""
        return f"release {self.release.sequence}" if self.release else "as it stands, not released"

    def grade_of(self, enrollment_id: str) -> CourseGrade:
        """The student's course grade; an empty one for whom none is known."""
        return self.grades.get(enrollment_id) or CourseGrade(enrollment_id=enrollment_id)

    def components_of(self, enrollment_id: str) -> dict[str, ComponentGrade]:
        """The student's components and their parts, by key."""
        return {one.key: one for one in with_parts(self.grade_of(enrollment_id).components)}

    def _name(self, enrollment_id: str) -> str:
        student = self.student_of.get(enrollment_id)
        return student.name if student else "somebody who left"

    def developer_grade(self, enrollment_id: str) -> Decimal | None:
        """The plain mean over the projects they develop; None where there is none."""
        sheets = [
            sheet
            for project in self.projects_of.get(enrollment_id, ())
            if (sheet := self.sheets.get((_member(enrollment_id, project), Component.DEVELOPER))) is not None
        ]
        return sum((one.total for one in sheets), Decimal(0)) / len(sheets) if sheets else None

    def reviewer_grade(self, enrollment_id: str) -> Decimal | None:
        """The mean over their reviews; None where they had none to write."""
        person = Subject(kind=SubjectKind.PERSON, subject_id=enrollment_id)
        sheet = self.sheets.get((person, Component.REVIEWER))
        return sheet.total if sheet else None


def _member(enrollment_id: str, project: ProjectFact) -> Subject:
    return Subject(kind=SubjectKind.MEMBER, subject_id=enrollment_id, project_id=project.project_id)
