"""Every decision of a course that stands, who is to do what, what was suggested, and its releases: in one statement."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, String, case, func, literal, select, type_coerce, union_all
from sqlalchemy.orm import Session

from reviewhub.courses.tables import Course
from reviewhub.grades.second_reading_tables import GraderShare, SecondReading
from reviewhub.grades.suggestion_tables import SuggestedMatch
from reviewhub.grades.tables import Adjustment, FindingDecision, FixVerdict, Match, Mistake, QualityMark, Release
from reviewhub.reviews.tables import Assignment, Finding, Review


class Step(NamedTuple):
    """One thing decided or said: its kind, about what, in one word, by whom, when; `number` as the kind needs it."""

    kind: str
    id: str
    target: str
    other: str
    word: str
    text: str
    by_id: str
    at: datetime
    number: int


def read_steps(session: Session, course: Course, of_these: Select[Any]) -> Iterator[Step]:
    """The steps of these projects (a select of their ids), and the course's releases."""
    mistakes = select(Mistake.id).where(Mistake.project_id.in_(of_these), Mistake.undone_at.is_(None))
    reviews = (
        select(Review.id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Assignment.project_id.in_(of_these), Assignment.practice.is_(False))
    )
    decisions = _every_decision(mistakes, reviews, of_these)
    found = union_all(*decisions, *_everything_else(course, mistakes, of_these)).subquery()
    for row in session.execute(select(found)):
        yield Step(*row)


def _kind(
    kind: str, table: Any, target: Any, word: Any, *, other: Any = "", text: Any = "", by: Any = None, at: Any = None,
    number: Any = 0,
) -> Select[Any]:  # fmt: skip
    return select(
        literal(kind).label("kind"),
        table.id.label("id"),
        target.label("target"),
        (literal(other) if isinstance(other, str) else other).label("other"),
        type_coerce(word, String).label("word"),
        (literal(text) if isinstance(text, str) else text).label("text"),
        (table.decided_by_id if by is None else by).label("by_id"),
        (table.at if at is None else at).label("at"),
        (literal(number) if isinstance(number, int) else type_coerce(number, Integer)).label("number"),
    )


def _every_decision(mistakes: Select[Any], reviews: Select[Any], of_these: Select[Any]) -> list[Select[Any]]:
    decision, verdict, mark, more = FindingDecision, FixVerdict, QualityMark, Adjustment
    findings = select(Finding.id).where(Finding.review_id.in_(reviews))
    return [
        _kind("decision", decision, decision.finding_id, decision.decision, text=decision.reason).where(
            decision.finding_id.in_(findings), decision.undone_at.is_(None)
        ),
        _kind("match", Match, Match.finding_id, Match.strength, other=Match.mistake_id).where(
            Match.mistake_id.in_(mistakes), Match.undone_at.is_(None)
        ),
        _kind("verdict", verdict, verdict.mistake_id, verdict.verdict).where(
            verdict.mistake_id.in_(mistakes), verdict.undone_at.is_(None)
        ),
        _kind("mark", mark, mark.review_id, mark.value, other=mark.row).where(
            mark.review_id.in_(reviews), mark.undone_at.is_(None)
        ),
        _kind("adjustment", more, more.enrollment_id, more.points, other=more.project_id, text=more.reason).where(
            more.project_id.in_(of_these), more.undone_at.is_(None)
        ),
    ]


def _everything_else(course: Course, mistakes: Select[Any], of_these: Select[Any]) -> list[Select[Any]]:
    share, read, shown = GraderShare, SecondReading, SuggestedMatch
    is_answered = case((read.answered_at.is_(None), 0), else_=1)
    is_reopened = case((Release.reopened_at.is_(None), ""), else_="reopened")
    return [
        _kind("share", share, share.project_id, share.task, by=share.grader_id).where(
            share.project_id.in_(of_these), share.undone_at.is_(None)
        ),
        _kind(
            "reading", read, read.project_id, read.opinion, text=read.note, by=read.reader_id, number=is_answered
        ).where(read.project_id.in_(of_these), read.withdrawn_at.is_(None)),
        _kind(
            "suggestion", shown, shown.finding_id, func.coalesce(shown.outcome, ""), other=shown.mistake_id,
            by=func.coalesce(shown.decided_by_id, ""), at=shown.shown_at, number=shown.score,
        ).where(shown.mistake_id.in_(mistakes)),
        _kind("release", Release, Release.id, is_reopened, by=Release.by_id, number=Release.sequence).where(
            Release.course_id == course.id
        ),
    ]  # fmt: skip
