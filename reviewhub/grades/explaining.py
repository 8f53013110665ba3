"""The story of one person's grades: every number opened down to its lines, mistakes, findings, places and rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.errors import NotFound
from reviewhub.grades.course_grade import CourseGrade, course_grades
from reviewhub.grades.evidence import (
    VERSION_1,
    VERSION_2,
    AssignmentFact,
    Decision,
    GradingFacts,
    MatchFact,
    ProjectFact,
    Strength,
)
from reviewhub.grades.facts import latest_release
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.ledger import GradeSheet, sheets_of
from reviewhub.grades.lines import Citation, Component, LedgerEntry, Subject, SubjectKind
from reviewhub.grades.releasing import released_facts
from reviewhub.grades.sentences import named
from reviewhub.grades.spots import Spot, spot_of_anchor, spot_of_row
from reviewhub.grades.work_lines import work_lines
from reviewhub.projects.tables import Project
from reviewhub.reviews.facts import reviewers_are_named
from reviewhub.reviews.lookup import reviewer_names
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.tables import Assignment, ReviewEdition

PART_TITLES: Mapping[str, str] = {
    "quality": "Quality of the review",
    "coverage": "Coverage",
    "missed": "Missed mistakes",
    "late": "Lateness",
    "hold": "Bounds",
    "adjustment": "Own adjustment",
    "version_1": "Version 1",
    "version_2": "Version 2",
    "review": "Reviews",
    "": "In all",
}


@dataclass(frozen=True, kw_only=True)
class Detail:
    """What a line rests on: a mistake, a finding or a frozen commit."""

    kind: str
    title: str
    text: str = ""
    spot: Spot | None = None
    version: int = VERSION_1
    commit: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class StoryLine:
    """One ledger line with what it rests on."""

    amount: Decimal
    rule: str
    details: tuple[Detail, ...]


@dataclass(frozen=True, kw_only=True)
class StoryPart:
    """The lines of one criterion or one part of a grade, and their sum."""

    title: str
    total: Decimal
    lines: tuple[StoryLine, ...]
    worth: Decimal | None = None
    """What a criterion starts with."""


@dataclass(frozen=True, kw_only=True)
class StorySheet:
    """One grade, opened."""

    title: str
    total: Decimal
    parts: tuple[StoryPart, ...]


@dataclass(frozen=True, kw_only=True)
class ProjectStory:
    """A project the person developed: the grade, and both versions it is made of."""

    key: str
    title: str
    developer: StorySheet
    versions: tuple[StorySheet, ...]


@dataclass(frozen=True, kw_only=True)
class ReviewStory:
    """A project the person reviewed: the grade, and what became of each of their findings."""

    key: str
    sheet: StorySheet
    findings: tuple[tuple[Detail, str], ...]


@dataclass(frozen=True, kw_only=True)
class Story:
    """Everything one person's grades are made of."""

    name: str
    student_number: str
    released_at: datetime | None
    reason: str
    each_pays: bool
    """Whether whoever missed a mistake pays whatever the others wrote; else once anybody noted it, none pays."""
    projects: tuple[ProjectStory, ...]
    reviewer: StorySheet | None
    reviews: tuple[ReviewStory, ...]
    course: CourseGrade | None = None
    """The course grade with its lines; None where the person is no student of the course."""


def explain_released(session: Session, course: Course, enrollment: Enrollment) -> Story:
    """The person's story as it was released; NotFound before the first release."""
    release = latest_release(session, course)
    if release is None:
        msg = "Grades are not released yet."
        raise NotFound(msg)
    facts, policy = released_facts(session, release, enrollment_id=enrollment.id)
    teller = _Teller(session, course, facts, policy, shows_names=reviewers_are_named(policy))
    return teller.story(enrollment, release.at, release.reason)


def explain_now(session: Session, course: Course, enrollment: Enrollment, now: datetime) -> Story:
    """The person's story from the facts as they stand now, with the reviewers' names: for the staff."""
    facts = gather_facts(session, course, now)
    mine = GradingFacts(
        projects=tuple(one for one in facts.projects if _concerns(one, enrollment.id)),
        students=tuple(one for one in facts.students if one.enrollment_id == enrollment.id),
    )
    return _Teller(session, course, mine, course.policy, shows_names=True).story(enrollment, None, "")


def _in_part(match: MatchFact) -> str:
    return "" if match.strength is Strength.FULL else ", in part"


def _concerns(project: ProjectFact, enrollment_id: str) -> bool:
    return enrollment_id in project.developers or any(enrollment_id in one.members for one in project.assignments)


class _Teller:
    """Reads the rows that the ledger's lines cite, with one query per table, and tells the story."""

    def __init__(
        self, session: Session, course: Course, facts: GradingFacts, policy: Policy, *, shows_names: bool
    ) -> None:
        self.session, self.course, self.facts, self.policy = session, course, facts, policy
        entries = work_lines(facts.projects, policy)
        self.sheets, self.course_grades = sheets_of(entries), course_grades(facts, policy, entries)
        self.values = {one.mistake_id: one for project in facts.projects for one in project.mistakes}
        self.findings = self._findings()
        self.author = {
            finding.finding_id: assignment.assignment_id
            for project in facts.projects
            for assignment in project.assignments
            if assignment.review
            for finding in assignment.review.findings
        }
        self.reasons = {
            finding.finding_id: finding.reason
            for project in facts.projects
            for assignment in project.assignments
            if assignment.review
            for finding in assignment.review.findings
        }
        self.titles = dict(
            session.execute(
                select(Project.id, Project.title).where(Project.id.in_([one.project_id for one in facts.projects]))
            ).all()
        )
        self.reviewers = self._reviewer_names() if shows_names else {}

    def story(self, enrollment: Enrollment, at: datetime | None, reason: str) -> Story:
        person = Subject(kind=SubjectKind.PERSON, subject_id=enrollment.id)
        mean = self.sheets.get((person, Component.REVIEWER))
        projects = sorted(self.facts.projects, key=lambda one: one.key)
        return Story(
            name=enrollment.user.name,
            student_number=enrollment.student_number or "",
            released_at=at,
            reason=reason,
            each_pays=self.policy.points.missed == "each",
            projects=tuple(told for one in projects if (told := self._project(one, enrollment.id)) is not None),
            reviewer=self._sheet("Reviewer grade", mean, enrollment.id) if mean else None,
            reviews=tuple(
                story
                for one in projects
                for assignment in one.assignments
                if enrollment.id in assignment.members
                and (story := self._review(one, assignment, enrollment.id)) is not None
            ),
            course=self.course_grades.get(enrollment.id),
        )

    def _project(self, project: ProjectFact, enrollment_id: str) -> ProjectStory | None:
        member = Subject(kind=SubjectKind.MEMBER, subject_id=enrollment_id, project_id=project.project_id)
        whole = Subject(kind=SubjectKind.PROJECT, subject_id=project.project_id, project_id=project.project_id)
        grade = self.sheets.get((member, Component.DEVELOPER))
        if grade is None:
            return None
        versions = ((VERSION_1, Component.VERSION_1), (VERSION_2, Component.VERSION_2))
        return ProjectStory(
            key=project.key,
            title=self.titles.get(project.project_id, ""),
            developer=self._sheet("Developer grade", grade, enrollment_id),
            versions=tuple(
                self._sheet(f"Version {version}", sheet, enrollment_id)
                for version, component in versions
                if (sheet := self.sheets.get((whole, component))) is not None
            ),
        )

    def _review(self, project: ProjectFact, assignment: AssignmentFact, enrollment_id: str) -> ReviewStory | None:
        subject = Subject(
            kind=SubjectKind.ASSIGNMENT, subject_id=assignment.assignment_id, project_id=project.project_id
        )
        sheet = self.sheets.get((subject, Component.REVIEW))
        if sheet is None:
            return None
        found = assignment.review.findings if assignment.review else ()
        return ReviewStory(
            key=project.key,
            sheet=self._sheet(f"Review of {project.key}", sheet, enrollment_id),
            findings=tuple(
                (
                    self._finding(one.finding_id, enrollment_id),
                    self._became(project, one.finding_id, one.decision),
                )
                for one in sorted(found, key=lambda one: one.number)
            ),
        )

    def _became(self, project: ProjectFact, finding_id: str, decision: Decision | None) -> str:
        if decision is None:
            return "Not decided on."
        if decision is Decision.REJECTED:
            return f"Rejected: {self.reasons.get(finding_id, '')}"
        said = [
            f"{named(self.values[one.mistake_id])}{_in_part(one)}"
            for one in project.matches
            if one.finding_id == finding_id and one.mistake_id in self.values
        ]
        return f"Accepted: {'; '.join(sorted(said))}" if said else "Accepted."

    def _sheet(self, title: str, sheet: GradeSheet, enrollment_id: str) -> StorySheet:
        parts: dict[str, list[LedgerEntry]] = {}
        for entry in sheet.entries:
            parts.setdefault(entry.part, []).append(entry)
        return StorySheet(
            title=title,
            total=sheet.total,
            parts=tuple(self._part(part, lines, enrollment_id) for part, lines in parts.items()),
        )

    def _part(self, part: str, entries: list[LedgerEntry], enrollment_id: str) -> StoryPart:
        criterion = self.policy.criterion(part)
        return StoryPart(
            title=criterion.title if criterion else PART_TITLES.get(part, part),
            total=sum((one.amount for one in entries), Decimal(0)),
            worth=criterion.points if criterion else None,
            lines=tuple(
                StoryLine(
                    amount=one.amount,
                    rule=one.rule,
                    details=tuple(
                        detail for cited in one.citations if (detail := self._detail(cited, enrollment_id)) is not None
                    ),
                )
                for one in entries
            ),
        )

    def _detail(self, cited: Citation, enrollment_id: str) -> Detail | None:
        if cited.kind == "mistake" and cited.cited_id in self.values:
            return self._mistake(cited.cited_id)
        if cited.kind == "finding" and cited.cited_id in self.findings:
            return self._finding(cited.cited_id, enrollment_id)
        if cited.kind == "snapshot":
            return self._snapshot(cited.cited_id)
        return None

    def _mistake(self, mistake_id: str) -> Detail:
        value = self.values[mistake_id]
        noted = self._noted_by(mistake_id)
        unnoted = ("found by the instructor; no review noted it",)
        hidden = () if value.detectable else ("not detectable from the submission: it costs no reviewer",)
        origin = noted or (unnoted if value.version_in == VERSION_1 else ("came with version 2",))
        return Detail(
            kind="mistake",
            title=named(value),
            text=value.text,
            spot=spot_of_row(value.place),
            version=value.version_in,
            notes=(*origin, *hidden),
        )

    def _noted_by(self, mistake_id: str) -> tuple[str, ...]:
        """By whom a mistake was noted; without names only by how many."""
        matches = [
            match
            for project in self.facts.projects
            for match in project.matches
            if match.mistake_id == mistake_id and match.finding_id in self.author
        ]
        if self.reviewers:
            return tuple(sorted(f"noted by {self._author(one.finding_id)}{_in_part(one)}" for one in matches))
        best: dict[str, bool] = {}
        for one in matches:
            author = self.author[one.finding_id]
            best[author] = best.get(author, False) or one.strength is Strength.FULL
        fully, partly = sum(best.values()), len(best) - sum(best.values())
        said = [(fully, ""), (partly, " in part")]
        return tuple(
            f"noted{how} by {'one reviewer' if count == 1 else f'{count} reviewers'}" for count, how in said if count
        )

    def _author(self, finding_id: str) -> str:
        number = self.findings[finding_id].number if finding_id in self.findings else 0
        return f"{self.reviewers.get(self.author[finding_id], 'a reviewer')} (finding {number})"

    def _finding(self, finding_id: str, enrollment_id: str) -> Detail:
        said = self.findings[finding_id]
        assignment_id = self.author.get(finding_id, "")
        mine = any(
            enrollment_id in one.members
            for project in self.facts.projects
            for one in project.assignments
            if one.assignment_id == assignment_id
        )
        whose = "Your" if mine else f"{self.reviewers.get(assignment_id, 'another reviewer')}'s"
        if not mine and assignment_id not in self.reviewers:
            return Detail(kind="finding", title=f"Finding {said.number} of another reviewer")
        spot = spot_of_anchor(said.anchors[0]) if said.anchors else None
        return Detail(kind="finding", title=f"{whose} finding {said.number}", text=said.text, spot=spot)

    def _snapshot(self, snapshot_id: str) -> Detail | None:
        for project in self.facts.projects:
            for one in project.snapshots:
                if one.snapshot_id == snapshot_id:
                    return Detail(
                        kind="snapshot",
                        title=f"Version {one.version} of {project.key}",
                        version=one.version,
                        commit=one.commit,
                    )
        return None

    def _findings(self) -> dict[str, SubmittedFinding]:
        editions = {
            one.review.review_id: one.review.edition
            for project in self.facts.projects
            for one in project.assignments
            if one.review
        }
        rows: Iterable[ReviewEdition] = self.session.scalars(
            select(ReviewEdition).where(ReviewEdition.review_id.in_(list(editions)))
        )
        return {
            one.finding_id: one
            for row in rows
            if row.edition == editions[row.review_id]
            for one in findings_in(row.content)
        }

    def _reviewer_names(self) -> dict[str, str]:
        ids = [one.assignment_id for project in self.facts.projects for one in project.assignments]
        return reviewer_names(self.session, self.session.scalars(select(Assignment).where(Assignment.id.in_(ids))))
