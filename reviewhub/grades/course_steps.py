"""Every decision of a course that stands, who is to do what, what was suggested, and its releases: in one statement."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, case, func, select, union_all
from sqlalchemy.orm import Session

from reviewhub.courses.tables import Course
from reviewhub.grades.decision_steps import Step, every_decision, one_kind
from reviewhub.grades.second_reading_tables import GraderShare, SecondReading
from reviewhub.grades.suggestion_tables import SuggestedMatch
from reviewhub.grades.tables import Adjustment, Mistake, Release
from reviewhub.reviews.tables import Assignment, Review


def read_steps(session: Session, course: Course, of_these: Select[Any]) -> Iterator[Step]:
    """The steps of these projects (a select of their ids), and the course's releases."""
    mistakes = select(Mistake.id).where(Mistake.project_id.in_(of_these), Mistake.undone_at.is_(None))
    reviews = (
        select(Review.id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Assignment.project_id.in_(of_these), Assignment.practice.is_(False))
    )
    decisions = every_decision(mistakes, reviews, Adjustment.project_id.in_(of_these))
    found = union_all(*decisions, *_everything_else(course, mistakes, of_these)).subquery()
    for row in session.execute(select(found)):
        yield Step(*row)


def _everything_else(course: Course, mistakes: Select[Any], of_these: Select[Any]) -> list[Select[Any]]:
    share, read, shown = GraderShare, SecondReading, SuggestedMatch
    is_answered = case((read.answered_at.is_(None), 0), else_=1)
    is_reopened = case((Release.reopened_at.is_(None), ""), else_="reopened")
    return [
        one_kind("share", share, share.project_id, share.task, by=share.grader_id).where(
            share.project_id.in_(of_these), share.undone_at.is_(None)
        ),
        one_kind(
            "reading", read, read.project_id, read.opinion, text=read.note, by=read.reader_id, number=is_answered
        ).where(read.project_id.in_(of_these), read.withdrawn_at.is_(None)),
        one_kind(
            "suggestion", shown, shown.finding_id, func.coalesce(shown.outcome, ""), other=shown.mistake_id,
            by=func.coalesce(shown.decided_by_id, ""), at=shown.shown_at, number=shown.score,
        ).where(shown.mistake_id.in_(mistakes)),
        one_kind("release", Release, Release.id, is_reopened, by=Release.by_id, number=Release.sequence).where(
            Release.course_id == course.id
        ),
    ]  # fmt: skip
