"""What the desk shows of a review: the draft to its reviewer, the last edition to the staff."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Facts
from reviewhub.courses.policy import FormItem
from reviewhub.reviews.editions import digest_of
from reviewhub.reviews.forms import empty_items, missing_items
from reviewhub.reviews.lookup import ReviewRows, find_review
from reviewhub.reviews.places import Anchor, Place, PlaceKind
from reviewhub.reviews.submitted import SubmittedFinding, findings_in, questions_in
from reviewhub.reviews.submitting import as_submitted, content_from, draft_findings
from reviewhub.reviews.tables import ReviewEdition
from reviewhub.reviews.viewing import Viewed, viewed_files
from reviewhub.reviews.windows import why_closed


@dataclass(frozen=True, kw_only=True)
class DeskFinding:
    """A finding on the desk; `version` guards its form, `state` is what handing in would make of it."""

    finding: SubmittedFinding
    version: int
    state: str
    """new | changed | handed in"""

    @property
    def anchor(self) -> Anchor | None:
        """Its first place."""
        return self.finding.anchors[0] if self.finding.anchors else None

    @property
    def place(self) -> Place:
        """Where it is: its first place."""
        return self.anchor.place if self.anchor else Place(kind=PlaceKind.PROJECT)

    def place_at(self, position: int) -> Place:
        """One of its places, counted from 0."""
        return self.finding.anchors[position].place


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Everything of a review but the files."""

    rows: ReviewRows
    reviewer: str
    items: tuple[FormItem, ...]
    form: Mapping[str, Any]
    summary: str
    findings: tuple[DeskFinding, ...]
    editions: tuple[ReviewEdition, ...]
    is_own: bool
    is_writable: bool
    closed: str
    """Why it cannot be written, in a sentence; "" when it can."""
    has_changes: bool
    """Whether the draft differs from what was handed in last."""
    viewed: Viewed
    """The files that were opened and ticked: for the reviewer alone."""

    @property
    def standing(self) -> tuple[DeskFinding, ...]:
        """The findings that are not withdrawn."""
        return tuple(one for one in self.findings if not one.finding.withdrawn)

    @property
    def answered(self) -> int:
        """How many form items are answered."""
        return len(self.items) - len(empty_items(self.items, self.form))

    @property
    def missing(self) -> tuple[FormItem, ...]:
        """The required items that are empty: they alone keep a review from being handed in."""
        return missing_items(self.items, self.form)

    @property
    def counts(self) -> Mapping[str, int]:
        """Severity → number of standing findings."""
        return Counter(one.finding.severity for one in self.standing)

    def on_path(self, path: str) -> tuple[tuple[DeskFinding, int], ...]:
        """The findings with a place in this file, each with the position of that place among its own."""
        return tuple(
            (one, position)
            for one in self.findings
            for position, anchor in enumerate(one.finding.anchors)
            if path and anchor.place.path == path
        )

    def in_files(self) -> Mapping[str, int]:
        """Path → number of standing findings there."""
        return Counter(path for one in self.standing for path in {anchor.place.path for anchor in one.finding.anchors})


def load_desk(session: Session, facts: Facts, *, course: str, review_id: str, now: datetime) -> Desk:
    """Load a review for whoever may read it; a fixed number of queries."""
    rows = find_review(session, course, review_id)
    editions = _editions(session, rows)
    last = editions[-1] if editions else None
    closed = why_closed(rows.course.policy, rows.window, edition=rows.review.edition, now=now)
    if rows.assignment.released_at is not None:
        closed = "You were released from this review. What you wrote stays here to read and copy."
    policy = rows.course.policy.review
    items: tuple[FormItem, ...] = policy.form if policy else ()
    form: Mapping[str, Any] = rows.review.form
    summary, has_changes = rows.review.summary, False
    if facts.is_own_review:
        findings = _draft(session, review_id, last)
        drafted = [one.finding for one in findings]
        has_changes = last is None or (
            rows.snapshot is not None and digest_of(content_from(rows, rows.snapshot, last, drafted)) != last.digest
        )
    elif last is None:
        items, form, summary, findings = (), {}, "", ()
    else:
        items, form, summary = questions_in(last.content), last.content["form"], last.content["summary"]
        findings = tuple(DeskFinding(finding=one, version=0, state="handed in") for one in findings_in(last.content))
    return Desk(
        rows=rows,
        reviewer=rows.reviewer,
        items=items,
        form=form,
        summary=summary,
        findings=findings,
        editions=editions,
        is_own=facts.is_own_review,
        is_writable=facts.is_own_review and not closed and not facts.only_looks,
        closed=closed,
        has_changes=has_changes,
        viewed=viewed_files(session, review_id) if facts.is_own_review else Viewed(),
    )


def _editions(session: Session, rows: ReviewRows) -> tuple[ReviewEdition, ...]:
    if not rows.review.edition:
        return ()
    wanted = select(ReviewEdition).where(ReviewEdition.review_id == rows.review.id)
    return tuple(session.scalars(wanted.order_by(ReviewEdition.edition)))


def _draft(session: Session, review_id: str, last: ReviewEdition | None) -> tuple[DeskFinding, ...]:
    handed_in = {one.finding_id: one for one in findings_in(last.content)} if last else {}
    found = []
    for row in draft_findings(session, review_id):
        value = as_submitted(row)
        before = handed_in.get(value.finding_id)
        state = "new" if before is None else "handed in" if before == value else "changed"
        found.append(DeskFinding(finding=value, version=row.version, state=state))
    return tuple(found)
