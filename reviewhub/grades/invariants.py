"""What must always hold in the rows of grading; `reviewhub check` and the tests run every function of `INVARIANTS`."""

from collections.abc import Callable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.grades.ledger import digest_of, ledger_of
from reviewhub.grades.mark_invariants import MARK_INVARIANTS
from reviewhub.grades.reading_invariants import READING_INVARIANTS
from reviewhub.grades.releasing import released_facts
from reviewhub.grades.spreading import spreads_are_recomputable
from reviewhub.grades.standings import kept_is_true
from reviewhub.grades.tables import (
    Adjustment,
    FindingDecision,
    FixVerdict,
    Match,
    Mistake,
    QualityMark,
    Release,
    ReleasedProject,
)
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.tables import Assignment, Finding, Review


def matches_join_one_project(session: Session) -> list[str]:
    """A match joins a finding and a mistake of the same project."""
    rows = session.execute(
        select(Match.id)
        .join(Mistake, Mistake.id == Match.mistake_id)
        .join(Finding, Finding.id == Match.finding_id)
        .join(Review, Review.id == Finding.review_id)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Assignment.project_id != Mistake.project_id)
    )
    return [f"match {row.id} joins a finding and a mistake of different projects" for row in rows]


def standing_matches_rest_on_standing_mistakes(session: Session) -> list[str]:
    """A match that stands belongs to a mistake that stands and to a finding that is accepted."""
    accepted = select(FindingDecision.finding_id).where(
        FindingDecision.undone_at.is_(None), FindingDecision.decision != "rejected"
    )
    rows = session.execute(
        select(Match.id)
        .join(Mistake, Mistake.id == Match.mistake_id)
        .where(
            Match.undone_at.is_(None),
            Mistake.undone_at.is_not(None) | Match.finding_id.not_in(accepted),
        )
    )
    return [f"match {row.id} stands although its mistake or its finding's acceptance was undone" for row in rows]


def accepted_findings_have_a_match(session: Session) -> list[str]:
    """A finding that was accepted is matched with a mistake."""
    matched = select(Match.finding_id).where(Match.undone_at.is_(None))
    rows = session.execute(
        select(FindingDecision.id).where(
            FindingDecision.undone_at.is_(None),
            FindingDecision.decision != "rejected",
            FindingDecision.finding_id.not_in(matched),
        )
    )
    return [f"finding decision {row.id} accepts a finding that matches no mistake" for row in rows]


def mistakes_lie_in_their_own_project(session: Session) -> list[str]:
    """The snapshot a mistake points into belongs to its project."""
    rows = session.execute(
        select(Mistake.id)
        .join(Snapshot, Snapshot.id == Mistake.snapshot_id)
        .where(Snapshot.project_id != Mistake.project_id)
    )
    return [f"mistake {row.id} points into a snapshot of another project" for row in rows]


def verdicts_are_on_version_1_mistakes(session: Session) -> list[str]:
    """Only a version-1 mistake has a verdict for version 2."""
    rows = session.execute(
        select(FixVerdict.id)
        .join(Mistake, Mistake.id == FixVerdict.mistake_id)
        .where(FixVerdict.undone_at.is_(None), Mistake.version_in != 1)
    )
    return [f"fix verdict {row.id} is on a mistake that came with version 2" for row in rows]


def marks_are_on_submitted_reviews(session: Session) -> list[str]:
    """A quality mark that stands lies on a review that was handed in, and within 0 … 100."""
    rows = session.execute(
        select(QualityMark, Review.edition)
        .join(Review, Review.id == QualityMark.review_id)
        .where(QualityMark.undone_at.is_(None))
    )
    return [
        f"quality mark {mark.id} is out of 0 … 100 or on a review that was not handed in"
        for mark, edition in rows
        if edition == 0 or not 0 <= mark.value <= 100  # noqa: PLR2004 - the scale of marks
    ]


def adjustments_have_a_reason(session: Session) -> list[str]:
    """No member's points were moved without a reason."""
    rows = session.scalars(select(Adjustment.id).where(func.trim(Adjustment.reason) == ""))
    return [f"adjustment {row} has no reason" for row in rows]


def releases_are_recomputable(session: Session) -> list[str]:
    """Every release's digest equals that of the ledger computed again from its facts and its policy."""
    return [
        f"release {release.id} has another digest than its facts give"
        for release in session.scalars(select(Release))
        if digest_of(ledger_of(*released_facts(session, release))) != release.digest
    ]


def releases_hold_projects_of_their_course(session: Session) -> list[str]:
    """A release holds projects of its own course only."""
    rows = session.execute(
        select(ReleasedProject.id)
        .join(Release, Release.id == ReleasedProject.release_id)
        .join(Project, Project.id == ReleasedProject.project_id)
        .where(Project.course_id != Release.course_id)
    )
    return [f"released project {row.id} is of another course than its release" for row in rows]


INVARIANTS: dict[str, Callable[[Session], list[str]]] = {
    "a match joins a finding and a mistake of the same project": matches_join_one_project,
    "a standing match rests on a standing mistake and an accepted finding": standing_matches_rest_on_standing_mistakes,
    "an accepted finding is matched with a mistake": accepted_findings_have_a_match,
    "a mistake lies in a snapshot of its own project": mistakes_lie_in_their_own_project,
    "only version-1 mistakes have a verdict for version 2": verdicts_are_on_version_1_mistakes,
    "a quality mark is from 0 to 100 and on a submitted review": marks_are_on_submitted_reviews,
    "an adjustment has a reason": adjustments_have_a_reason,
    "a release's digest is that of its facts computed again": releases_are_recomputable,
    "a release holds projects of its own course": releases_hold_projects_of_their_course,
    "grades kept in memory are those of the rows": kept_is_true,
    "the class spreads of a release are those of its facts": spreads_are_recomputable,
    **MARK_INVARIANTS,
    **READING_INVARIANTS,
}
