"""What the desk suggests, read: finding by finding, and how often the suggestions of a course were right."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.tables import Course
from reviewhub.grades.evidence import VERSION_1
from reviewhub.grades.gathering import Gathered
from reviewhub.grades.matching import Band, Established, Pair, Reported, Statement, Suggestion, suggest
from reviewhub.grades.precision import Answered, Outcome, Tally, tallies
from reviewhub.grades.spots import place_of_row
from reviewhub.grades.suggestion_tables import SuggestedMatch
from reviewhub.grades.tables import FindingDecision, Match, Mistake
from reviewhub.projects.tables import Project
from reviewhub.reviews.submitted import SubmittedFinding, findings_in

MOST_KEPT = 200
"""Desks whose suggestions are kept in memory."""


@dataclass(frozen=True, kw_only=True)
class ShownMatch:
    """One suggestion as the desk shows it. `is_ticked`: the grader confirms it with all the others by one key."""

    finding_id: str
    mistake_id: str
    percent: int
    parts: tuple[str, ...]
    is_ticked: bool
    is_logged: bool

    @property
    def pair(self) -> str:
        """Both ids in one word, as forms send them."""
        return f"{self.finding_id}:{self.mistake_id}"


def shown_matches(gathered: Gathered, project_id: str, logged: Mapping[Pair, SuggestedMatch]) -> tuple[ShownMatch, ...]:
    """The suggestions for a project's undecided findings, the surest first; `logged` is what was suggested so far.

    Questions are never ticked beforehand: they ask, they do not say.
    """
    denied = {pair for pair, row in logged.items() if row.outcome == Outcome.DENIED}
    questions = {one.finding_id for _, one in _said(gathered, project_id) if one.kind == "question"}
    return tuple(
        ShownMatch(
            finding_id=one.finding_id,
            mistake_id=one.mistake_id,
            percent=min(99, round(one.score * 100)),
            parts=one.parts,
            is_ticked=one.band is Band.SURE and one.finding_id not in questions,
            is_logged=(one.finding_id, one.mistake_id) in logged,
        )
        for one in suggested_in(gathered, project_id, denied)
    )


def suggested_in(gathered: Gathered, project_id: str, denied: Collection[Pair] = ()) -> tuple[Suggestion, ...]:
    """The best mistake for each undecided finding, in the mistakes' own words and those of the findings they have."""
    said = list(_said(gathered, project_id))
    statements = {one.finding_id: statement_of(one) for _, one in said}
    words: dict[str, list[Statement]] = {}
    for match in gathered.matches.get(project_id, ()):
        if match.finding_id in statements:
            words.setdefault(match.mistake_id, []).append(statements[match.finding_id])
    reported = [
        Reported(finding_id=one.finding_id, author=assignment_id, said=statements[one.finding_id])
        for assignment_id, one in said
        if one.kind != "remark" and one.finding_id not in gathered.decisions
    ]
    established = [
        Established(mistake_id=row.id, said=(_own_words(row), *words.get(row.id, ())))
        for row in gathered.mistakes.get(project_id, ())
        if row.version_in == VERSION_1
    ]
    return _suggest(tuple(reported), tuple(established), frozenset(denied)) if reported and established else ()


@lru_cache(maxsize=MOST_KEPT)
def _suggest(
    reported: tuple[Reported, ...], established: tuple[Established, ...], denied: frozenset[Pair]
) -> tuple[Suggestion, ...]:
    """The same for the same words: whoever walks over a desk asks for it again and again."""
    return suggest(reported, established, denied=denied)


def logged_matches(session: Session, project_id: str) -> dict[Pair, SuggestedMatch]:
    """What was suggested in a project so far, by finding and mistake."""
    rows = session.scalars(
        select(SuggestedMatch)
        .join(Mistake, Mistake.id == SuggestedMatch.mistake_id)
        .where(Mistake.project_id == project_id)
    )
    return {(row.finding_id, row.mistake_id): row for row in rows}


def read_precision(session: Session, course: Course) -> tuple[Tally, ...]:
    """How often the suggestions of a course were right, by how sure they were.

    Those about an undone mistake are left out: nobody can answer them any more.
    """
    found = session.execute(
        select(SuggestedMatch.score, SuggestedMatch.outcome, Match.strength, FindingDecision.id)
        .join(Mistake, Mistake.id == SuggestedMatch.mistake_id)
        .outerjoin(
            Match,
            (Match.finding_id == SuggestedMatch.finding_id)
            & (Match.mistake_id == SuggestedMatch.mistake_id)
            & Match.undone_at.is_(None),
        )
        .outerjoin(
            FindingDecision,
            (FindingDecision.finding_id == SuggestedMatch.finding_id) & FindingDecision.undone_at.is_(None),
        )
        .where(
            Mistake.project_id.in_(select(Project.id).where(Project.course_id == course.id)),
            Mistake.undone_at.is_(None),
        )
    )
    return tallies(
        Answered(score=score / 1000, answer=answer or "", strength=strength or "", is_decided=decision is not None)
        for score, answer, strength, decision in found
    )


def statement_of(said: SubmittedFinding) -> Statement:
    """A finding as matching sees it."""
    return Statement(
        text=said.text,
        places=tuple(anchor.place for anchor in said.anchors),
        severity=said.severity,
        criterion=said.category,
    )


def _own_words(row: Mistake) -> Statement:
    return Statement(
        text=f"{row.title}. {row.text}".strip(),
        places=(place_of_row(row.place),),
        severity=row.severity,
        criterion=row.criterion,
    )


def _said(gathered: Gathered, project_id: str) -> Iterator[tuple[str, SubmittedFinding]]:
    """The findings of a project's last editions, each with its assignment."""
    for assignment in gathered.assignments.get(project_id, ()):
        edition = gathered.editions.get(assignment.id)
        for one in findings_in(edition.content) if edition else ():
            if not one.withdrawn:
                yield assignment.id, one
