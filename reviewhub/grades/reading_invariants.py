"""What must always hold of suggested matches and second readings."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from reviewhub.grades.grader_shares import Task
from reviewhub.grades.second_reading import Opinion
from reviewhub.grades.second_reading_tables import GraderShare, SecondReading
from reviewhub.grades.suggestion_tables import SuggestedMatch
from reviewhub.grades.tables import Mistake
from reviewhub.reviews.tables import Assignment, Finding, Review


def suggestions_join_one_project(session: Session) -> list[str]:
    """A suggested match joins a finding and a mistake of the same project."""
    rows = session.execute(
        select(SuggestedMatch.id)
        .join(Mistake, Mistake.id == SuggestedMatch.mistake_id)
        .join(Finding, Finding.id == SuggestedMatch.finding_id)
        .join(Review, Review.id == Finding.review_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Assignment.project_id != Mistake.project_id)
    )
    return [f"suggested match {row.id} joins a finding and a mistake of different projects" for row in rows]


def answered_suggestions_say_by_whom(session: Session) -> list[str]:
    """An answer to a suggested match has its grader and its moment, and nothing else has them."""
    is_answered = SuggestedMatch.outcome.is_not(None)
    rows = session.execute(
        select(SuggestedMatch.id).where(
            (is_answered != SuggestedMatch.decided_by_id.is_not(None))
            | (is_answered != SuggestedMatch.decided_at.is_not(None))
        )
    )
    return [f"suggested match {row.id} has an answer without its grader, or a grader without an answer" for row in rows]


def changes_are_asked_for_in_words(session: Session) -> list[str]:
    """Whoever asks for a change says which, and somebody else answers it."""
    is_answered = SecondReading.answered_at.is_not(None)
    rows = session.execute(
        select(SecondReading.id).where(
            ((SecondReading.opinion == Opinion.CHANGE) & (SecondReading.note == ""))
            | (is_answered & ((SecondReading.answer == "") | (SecondReading.answered_by_id == SecondReading.reader_id)))
        )
    )
    return [f"second reading {row.id} asks or is answered without words, or by its own reader" for row in rows]


def nobody_reads_second_what_they_grade(session: Session) -> list[str]:
    """Of one project, grader and second reader are two people."""
    reads = aliased(GraderShare)
    rows = session.execute(
        select(GraderShare.id)
        .join(reads, reads.project_id == GraderShare.project_id)
        .where(
            GraderShare.task == Task.GRADES,
            reads.task == Task.READS,
            GraderShare.undone_at.is_(None),
            reads.undone_at.is_(None),
            reads.grader_id == GraderShare.grader_id,
        )
    )
    return [f"grader share {row.id} is of somebody who also reads the project second" for row in rows]


READING_INVARIANTS: dict[str, Callable[[Session], list[str]]] = {
    "a suggested match joins a finding and a mistake of the same project": suggestions_join_one_project,
    "an answered suggestion says by whom and when": answered_suggestions_say_by_whom,
    "a change is asked for and answered in words, by two people": changes_are_asked_for_in_words,
    "nobody is to read second what they are to grade": nobody_reads_second_what_they_grade,
}
