"""What may fail a student whatever the points: nothing does before the instructor has seen the evidence and said so."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment, Membership
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.grades.course_grade import FailCase, course_grades
from reviewhub.grades.drafting import clean
from reviewhub.grades.entering import open_lists
from reviewhub.grades.gathering import facts_of, gather, gather_facts
from reviewhub.grades.grading import REASON_LENGTH
from reviewhub.grades.mark_book import students_of
from reviewhub.grades.mark_reading import Student
from reviewhub.grades.mark_tables import FailDecision
from reviewhub.grades.standing import SOMEBODY_ELSE, grader_id_of, let_stand
from reviewhub.grades.student_facts import student_facts
from reviewhub.projects.tables import Project
from reviewhub.reviews.tables import Assignment


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A decision that stands, with who made it."""

    decision_id: str
    confirmed: bool
    letter: str
    reason: str
    by: str
    at: datetime
    evidence: tuple[str, ...]
    rule: str
    enrollment_id: str


@dataclass(frozen=True, kw_only=True)
class FailRow:
    """One rule that something triggered for one student, and what was decided."""

    student: Student
    case: FailCase
    decided: Decided | None

    @property
    def seen(self) -> str:
        """A short text that differs when the evidence does."""
        return evidence_digest(self.case.evidence)

    @property
    def is_changed(self) -> bool:
        """Whether the evidence is another than at the decision."""
        return self.decided is not None and set(self.decided.evidence) != set(self.case.evidence)


@dataclass(frozen=True, kw_only=True)
class FailBook:
    """Every case of a course: those that wait first; and decisions whose rule nothing triggers any more."""

    rows: tuple[FailRow, ...]
    idle: tuple[tuple[Student, Decided], ...]

    @property
    def waiting(self) -> int:
        """How many cases wait for the instructor."""
        return sum(1 for row in self.rows if row.decided is None)


def read_fails(session: Session, course: Course, now: datetime) -> FailBook:
    """Every rule that something triggered, student by student, and what the instructor made of it."""
    students = {one.enrollment_id: one for one in students_of(session, course)}
    order = {enrollment_id: place for place, enrollment_id in enumerate(students)}
    decided = {(one.enrollment_id, one.rule): one for one in _decisions(session, course)}
    grades = course_grades(gather_facts(session, course, now), course.policy)
    rows = [
        FailRow(student=students[enrollment_id], case=case, decided=decided.pop((enrollment_id, case.rule.key), None))
        for enrollment_id, grade in grades.items()
        if enrollment_id in students
        for case in grade.fails
    ]
    rows.sort(key=lambda row: (row.decided is not None, order[row.student.enrollment_id]))
    idle = tuple((students[one.enrollment_id], one) for one in decided.values() if one.enrollment_id in students)
    return FailBook(rows=tuple(rows), idle=idle)


def confirm_fail(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    enrollment_id: str,
    rule: str,
    letter: str,
    reason: str,
    seen: str,
) -> None:
    """The rule fails the student with this letter, on the evidence that was shown (`seen`)."""
    found = open_lists(session, actor=actor, now=now, course=course, action=Action.CONFIRM_FAIL)
    case = _case(session, found, now, enrollment_id, rule)
    if letter not in case.rule.brings:
        msg = f"Choose what “{case.rule.title}” brings: {' or '.join(case.rule.brings)}."
        raise BadInput(msg)
    _decide(session, actor, now, found, enrollment_id, case, seen, letter=letter, reason=_tidy(reason))


def dismiss_fail(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    enrollment_id: str,
    rule: str,
    reason: str,
    seen: str,
) -> None:
    """The rule does not fail the student, for a reason."""
    found = open_lists(session, actor=actor, now=now, course=course, action=Action.CONFIRM_FAIL)
    case = _case(session, found, now, enrollment_id, rule)
    told = _tidy(reason)
    if not told:
        msg = "Dismissing needs a reason: it stays with the case."
        raise BadInput(msg)
    _decide(session, actor, now, found, enrollment_id, case, seen, letter="", reason=told)


def undo_fail(session: Session, *, actor: Actor, now: datetime, course: str, decision_id: str) -> None:
    """Take a decision back, so that the case waits again. Conflict where somebody has already."""
    found = open_lists(session, actor=actor, now=now, course=course, action=Action.CONFIRM_FAIL)
    row = session.scalar(
        select(FailDecision)
        .join(Enrollment, Enrollment.id == FailDecision.enrollment_id)
        .where(FailDecision.id == decision_id, Enrollment.course_id == found.id)
    )
    if row is None:
        msg = "There is no such decision in this course."
        raise NotFound(msg)
    ended = session.execute(
        update(FailDecision)
        .where(FailDecision.id == decision_id, FailDecision.undone_at.is_(None))
        .values(undone_at=now, undone_by_id=actor.user_id),
        execution_options={"synchronize_session": False},
    )
    if not ended.rowcount:  # type: ignore[attr-defined]  # an UPDATE always has one
        msg = "This decision is taken back already."
        raise Conflict(msg)
    record_event(
        session,
        actor=actor,
        now=now,
        action="took fail decision back",
        subject=row,
        course_id=found.id,
        before={"rule": row.rule, "confirmed": row.confirmed, "letter": row.letter},
        on_behalf_of_id=None,
    )


def evidence_digest(evidence: Iterable[str]) -> str:
    """A short text that differs when the evidence does."""
    return sha256("\n".join(sorted(evidence)).encode()).hexdigest()[:16]


def _case(session: Session, course: Course, now: datetime, enrollment_id: str, rule: str) -> FailCase:
    """The case as it stands now, computed from what concerns this student alone."""
    groups = select(Membership.group_id).where(Membership.enrollment_id == enrollment_id, Membership.left_at.is_(None))
    reviewed = select(Assignment.project_id).where(
        or_(Assignment.reviewer_id == enrollment_id, Assignment.reviewer_group_id.in_(groups))
    )
    concerned = session.scalars(
        select(Project.id).where(
            Project.course_id == course.id, or_(Project.group_id.in_(groups), Project.id.in_(reviewed))
        )
    ).all()
    students = student_facts(session, course, now, enrollment_ids=[enrollment_id])
    facts = facts_of(gather(session, course, project_ids=concerned), now, students)
    grade = course_grades(facts, course.policy).get(enrollment_id)
    case = next((one for one in grade.fails if one.rule.key == rule), None) if grade else None
    if case is None:
        msg = "Nothing triggers this rule for this student any more; look at the page again."
        raise Conflict(msg)
    return case


def _decide(
    session: Session,
    actor: Actor,
    now: datetime,
    course: Course,
    enrollment_id: str,
    case: FailCase,
    seen: str,
    *,
    letter: str,
    reason: str,
) -> None:
    if case.decision is not None:
        given = (case.decision.confirmed, case.decision.letter, case.decision.reason)
        if given == (bool(letter), letter, reason):
            return
        raise Conflict(SOMEBODY_ELSE)
    if seen != evidence_digest(case.evidence):
        msg = "The evidence has changed since you looked at it; look at it again before you decide."
        raise Conflict(msg)
    row = FailDecision(
        enrollment_id=enrollment_id,
        rule=case.rule.key,
        confirmed=bool(letter),
        letter=letter,
        reason=reason,
        evidence=list(case.evidence),
        decided_by_id=grader_id_of(actor),
        at=now,
    )
    let_stand(session, row)
    record_event(
        session,
        actor=actor,
        now=now,
        action="confirmed fail" if letter else "dismissed fail",
        subject=row,
        course_id=course.id,
        after={"enrollment": enrollment_id, "rule": row.rule, "letter": letter, "evidence": row.evidence},
        reason=reason,
    )


def _decisions(session: Session, course: Course) -> Sequence[Decided]:
    rows = session.execute(
        select(FailDecision, User.name)
        .join(User, User.id == FailDecision.decided_by_id)
        .join(Enrollment, Enrollment.id == FailDecision.enrollment_id)
        .where(Enrollment.course_id == course.id, FailDecision.undone_at.is_(None))
        .order_by(FailDecision.at, FailDecision.id)
    )
    return [
        Decided(
            decision_id=row.id,
            confirmed=row.confirmed,
            letter=row.letter,
            reason=row.reason,
            by=name,
            at=row.at,
            evidence=tuple(row.evidence),
            rule=row.rule,
            enrollment_id=row.enrollment_id,
        )
        for row, name in rows
    ]


def _tidy(reason: str) -> str:
    told = " ".join(clean(reason).split())
    if len(told) > REASON_LENGTH:
        msg = f"The reason is longer than {REASON_LENGTH:,} characters."
        raise BadInput(msg)
    return told
