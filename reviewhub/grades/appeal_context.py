"""What an appeal is about, for those who decide it: the mistake and the findings as they stand, and who said what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from reviewhub.grades.appeal_tables import Appeal
from reviewhub.grades.appeal_values import Context
from reviewhub.grades.spots import spot_of_anchor, spot_of_row
from reviewhub.grades.tables import FindingDecision, Match, Mistake
from reviewhub.reviews.lookup import reviewer_names
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.tables import Assignment, Finding, Review, ReviewEdition

_DECIDED = {"accepted": "accepted", "rejected": "rejected", "question_accepted": "accepted as a mistake"}


@dataclass(frozen=True, kw_only=True)
class _Said:
    """A submitted finding and who wrote it."""

    finding: SubmittedFinding
    author: str


def contexts_of(session: Session, appeals: Sequence[Appeal]) -> dict[str, tuple[Context, ...]]:
    """Appeal id → what it is about; always the same few queries."""
    mistakes = _mistakes(session, {one.mistake_id for one in appeals if one.mistake_id})
    asked = {one.finding_id for one in appeals if one.finding_id}
    matches = session.scalars(
        select(Match).where(
            or_(Match.mistake_id.in_(list(mistakes)), Match.finding_id.in_(asked)), Match.undone_at.is_(None)
        )
    ).all()
    said = _said(session, asked | {one.finding_id for one in matches})
    decisions = _decisions(session, asked)
    return {one.id: tuple(_contexts(one, mistakes, matches, said, decisions)) for one in appeals}


def _contexts(
    appeal: Appeal,
    mistakes: Mapping[str, Mistake],
    matches: Iterable[Match],
    said: Mapping[str, _Said],
    decisions: Mapping[str, FindingDecision],
) -> Iterable[Context]:
    mistake = mistakes.get(appeal.mistake_id)
    if mistake is not None:
        yield Context(
            title=f"M{mistake.number} “{mistake.title}”",
            text=mistake.text,
            spot=spot_of_row(mistake.place),
            version=mistake.version_in,
            notes=tuple(_notes(mistake, matches, said)),
        )
    finding = said.get(appeal.finding_id)
    if finding is not None:
        decided = decisions.get(appeal.finding_id)
        note = "not decided on" if decided is None else _DECIDED[decided.decision]
        anchors = finding.finding.anchors
        yield Context(
            title=f"Finding {finding.finding.number} of {finding.author}",
            text=finding.finding.text,
            spot=spot_of_anchor(anchors[0]) if anchors else None,
            notes=(f"{note}: {decided.reason}" if decided and decided.reason else note,),
        )


def _notes(mistake: Mistake, matches: Iterable[Match], said: Mapping[str, _Said]) -> Iterable[str]:
    if mistake.undone_at is not None:
        yield "no longer a mistake"
    noted = sorted(
        f"noted{'' if one.strength == 'full' else ' in part'} by {said[one.finding_id].author}"
        f" (finding {said[one.finding_id].finding.number})"
        for one in matches
        if one.mistake_id == mistake.id and one.finding_id in said
    )
    yield from noted or (["found by the staff; no review noted it"] if mistake.found_by_instructor else [])
    if not mistake.detectable:
        yield "not detectable from the submission"


def _mistakes(session: Session, ids: set[str]) -> dict[str, Mistake]:
    return {one.id: one for one in session.scalars(select(Mistake).where(Mistake.id.in_(ids)))}


def _decisions(session: Session, ids: set[str]) -> dict[str, FindingDecision]:
    rows = session.scalars(
        select(FindingDecision).where(FindingDecision.finding_id.in_(ids), FindingDecision.undone_at.is_(None))
    )
    return {one.finding_id: one for one in rows}


def _said(session: Session, ids: set[str]) -> dict[str, _Said]:
    """The findings as they were handed in last, with their authors."""
    reviews = select(Finding.review_id).where(Finding.id.in_(ids))
    rows = session.execute(
        select(ReviewEdition, Assignment)
        .join(Review, (Review.id == ReviewEdition.review_id) & (Review.edition == ReviewEdition.edition))
        .join(Assignment, Assignment.id == Review.assignment_id)
        .where(Review.id.in_(reviews))
    ).all()
    names = reviewer_names(session, [assignment for _, assignment in rows])
    return {
        finding.finding_id: _Said(finding=finding, author=names[assignment.id])
        for edition, assignment in rows
        for finding in findings_in(edition.content)
        if finding.finding_id in ids
    }
