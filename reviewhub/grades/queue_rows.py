"""The graders' queue: the projects of a course, those that ask for most attention first, and who is at work on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy.orm import Session

from reviewhub.courses.policy import Policy
from reviewhub.courses.tables import Course
from reviewhub.grades.course_rows import CourseRows, read_course_rows
from reviewhub.grades.deciders import Deciders, deciders_in
from reviewhub.grades.decision_steps import Step
from reviewhub.grades.evidence import VERSION_1, VERSION_2, ProjectFact
from reviewhub.grades.gathering import facts_of
from reviewhub.grades.grader_shares import Task
from reviewhub.grades.ledger import Sheets, project_ledger, sheets_of
from reviewhub.grades.lines import Component, Subject, SubjectKind
from reviewhub.grades.precision import Tally, tallies
from reviewhub.grades.readiness import project_blockers, undecided_findings
from reviewhub.grades.residual import Residual, residual_of
from reviewhub.grades.second_reading import Opinion

AT_WORK = timedelta(minutes=20)
"""Whoever decided something within this time is shown as being at work."""


class State(StrEnum):
    """How far the grading of a project is, in the order of attention."""

    ASKED = "asked"
    UNDECIDED = "undecided"
    WAITING = "waiting"
    READY = "ready"
    NOT_FROZEN = "not_frozen"


STATE_WORDS: Mapping[State, str] = {
    State.ASKED: "A change is asked for",
    State.UNDECIDED: "Findings to decide",
    State.WAITING: "Something to settle",
    State.READY: "Ready for release",
    State.NOT_FROZEN: "Not frozen yet",
}
STATE_TONES: Mapping[State, str] = {
    State.ASKED: "bad",
    State.UNDECIDED: "accent",
    State.WAITING: "warn",
    State.READY: "good",
    State.NOT_FROZEN: "plain",
}


@dataclass(frozen=True, kw_only=True)
class SaidSecond:
    """What one second reader says now."""

    reader: str
    agrees: bool
    is_open: bool
    note: str
    is_older: bool
    """Something was decided since."""


@dataclass(frozen=True, kw_only=True)
class QueueRow:
    """One project in the graders' queue: how far it is, what still waits, and who is at it."""

    key: str
    title: str
    members: tuple[str, ...]
    frozen: tuple[int, ...]
    reviews: tuple[int, int]
    """Submitted, expected."""
    findings: int
    undecided: int
    mistakes: int
    version_1: Decimal | None
    version_2: Decimal | None
    waiting: tuple[str, ...]
    """What else a release waits for, in sentences."""
    residual: Residual
    grader: str
    reader: str
    is_mine: bool
    """Whether whoever looks is to grade or to read it."""
    said: tuple[SaidSecond, ...]
    at_work: tuple[tuple[str, datetime], ...]
    """The other graders who decided something a moment ago, the latest first."""

    @property
    def decided(self) -> int:
        """The findings somebody decided on (remarks ask for no decision)."""
        return self.findings - self.undecided

    @property
    def is_gradable(self) -> bool:
        """Whether there is a version to grade."""
        return bool(self.frozen)

    @property
    def state(self) -> State:
        """How far it is."""
        if not self.is_gradable:
            return State.NOT_FROZEN
        if any(one.is_open for one in self.said):
            return State.ASKED
        if self.undecided:
            return State.UNDECIDED
        return State.WAITING if self.waiting else State.READY

    @property
    def attention(self) -> tuple[bool, bool, int, int, float, str]:
        """What it is sorted by: what asks for most first."""
        unseen = self.residual.unseen or 0.0
        is_asked = self.state is State.ASKED
        return (
            not self.is_gradable, not is_asked, -self.undecided, -len(self.waiting), -unseen, self.key.casefold()
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Queue:
    """The whole queue, with what concerns the course."""

    rows: tuple[QueueRow, ...]
    staff: tuple[tuple[str, str], ...]
    """User id and name of everybody who grades, instructors first."""
    precision: tuple[Tally, ...]
    release: Step | None
    findings: Mapping[str, int]
    """accepted, rejected, undecided: how many findings of the course."""

    @property
    def is_open(self) -> bool:
        """Whether there is grading to do: nothing is released, or it was reopened since."""
        return self.release is None or bool(self.release.word)

    @property
    def states(self) -> Mapping[State, int]:
        """How many projects are how far."""
        return {state: sum(1 for row in self.rows if row.state is state) for state in State}

    @property
    def next_key(self) -> str:
        """The project to grade next: one's own first, then those nobody is at work on; "" where none waits."""
        open_rows = [row for row in self.rows if row.state not in {State.READY, State.NOT_FROZEN}]
        chosen = sorted(open_rows, key=lambda row: (not row.is_mine, bool(row.at_work)))
        return chosen[0].key if chosen else ""

    @property
    def most_hidden(self) -> float:
        """The end of the scale on which estimates of hidden mistakes are drawn."""
        return max((row.residual.high or 0.0 for row in self.rows), default=0.0)


def read_queue(session: Session, course: Course, now: datetime, *, looking: str = "") -> Queue:
    """The projects of the course, those that ask for most attention first. `looking`: the user id of whoever looks."""
    rows = read_course_rows(session, course)
    titles = {project.id: project.title for project in rows.gathered.projects}
    deciders = deciders_in(rows.gathered)
    made = [
        _row(one, titles[one.project_id], rows, deciders.get(one.project_id, {}), course.policy, now, looking)
        for one in facts_of(rows.gathered, now).projects
    ]
    return Queue(
        rows=tuple(sorted(made, key=lambda row: row.attention)),
        staff=tuple(rows.staff.items()),
        precision=tallies(rows.answered()),
        release=rows.release,
        findings=_findings(rows, made),
    )


def _row(
    project: ProjectFact,
    title: str,
    rows: CourseRows,
    deciders: Deciders,
    policy: Policy,
    now: datetime,
    looking: str,
) -> QueueRow:
    held = [one for one in project.assignments if one.held_to_account]
    sheets = sheets_of(project_ledger(project, policy))
    own = [one.id for one in rows.gathered.mistakes.get(project.project_id, ()) if one.found_by_instructor]
    grader, reader = (rows.shares.get((project.project_id, task), "") for task in (Task.GRADES, Task.READS))
    return QueueRow(
        key=project.key,
        title=title,
        members=tuple(sorted(rows.names.get(one, "—") for one in project.developers)),
        frozen=tuple(sorted(one.version for one in project.snapshots)),
        reviews=(sum(1 for one in held if one.review), len(held)),
        findings=_asked(project),
        undecided=len(undecided_findings(project)),
        mistakes=len(project.mistakes),
        version_1=_grade(sheets, project, VERSION_1),
        version_2=_grade(sheets, project, VERSION_2),
        waiting=tuple(one.what for one in project_blockers(project, policy, rows.reviewers)),
        residual=residual_of(project, own),
        grader=rows.names.get(grader, ""),
        reader=rows.names.get(reader, ""),
        is_mine=bool(looking) and looking in {grader, reader},
        said=_said(rows, project.project_id, deciders),
        at_work=tuple(
            (rows.names.get(user_id, "—"), at)
            for user_id, at in sorted(deciders.items(), key=lambda one: one[1], reverse=True)
            if user_id != looking and now - at < AT_WORK
        ),
    )


def _grade(sheets: Sheets, project: ProjectFact, version: int) -> Decimal | None:
    component = {VERSION_1: Component.VERSION_1, VERSION_2: Component.VERSION_2}[version]
    subject = Subject(kind=SubjectKind.PROJECT, subject_id=project.project_id, project_id=project.project_id)
    sheet = sheets.get((subject, component))
    return sheet.total if sheet and project.snapshot(version) else None


def _asked(project: ProjectFact) -> int:
    """How many findings ask for a decision, decided or not."""
    return sum(
        1 for one in project.assignments if one.review for finding in one.review.findings if finding.kind != "remark"
    )


def _said(rows: CourseRows, project_id: str, deciders: Deciders) -> tuple[SaidSecond, ...]:
    last = max(deciders.values(), default=None)
    return tuple(
        SaidSecond(
            reader=rows.names.get(one.by_id, "—"),
            agrees=one.word == Opinion.AGREES,
            is_open=one.word == Opinion.CHANGE and not one.number,
            note=one.text,
            is_older=last is not None and last > one.at,
        )
        for one in sorted(rows.readings.get(project_id, ()), key=lambda one: (one.at, one.id), reverse=True)
    )


def _findings(rows: CourseRows, made: Sequence[QueueRow]) -> dict[str, int]:
    undecided, whole = sum(row.undecided for row in made), sum(row.findings for row in made)
    rejected = sum(1 for one in rows.gathered.decisions.values() if one.decision == "rejected")
    return {"accepted": whole - undecided - rejected, "rejected": rejected, "undecided": undecided}
