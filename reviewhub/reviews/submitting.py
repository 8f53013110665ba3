"""Handing in: all at once, in one transaction, and the same click twice makes one edition."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Conflict, NotFound, Problem
from reviewhub.mail import post_mail
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.editions import Receipt, digest_of, receipt_text
from reviewhub.reviews.facts import facts_of_review
from reviewhub.reviews.forms import missing_items
from reviewhub.reviews.lookup import ReviewRows, find_review, user_id_of
from reviewhub.reviews.places import Anchor
from reviewhub.reviews.reviewing import load_for_writing
from reviewhub.reviews.submitted import (
    SubmittedFinding,
    VersionOne,
    anchor_from,
    content_of_edition,
    findings_in,
)
from reviewhub.reviews.tables import Finding, FindingAnchor, Review, ReviewEdition

ANCHOR_COLUMNS = (
    "snapshot_id", "kind", "path", "cell_index", "first_line", "last_line", "output", "blob", "cell_id", "source_hash",
    "quoted", "before", "after",
)  # fmt: skip


def submit_review(
    session: Session, *, actor: Actor, now: datetime, course: str, review_id: str, edition: int
) -> ReviewEdition:
    """Hand the draft in as the edition after `edition`, the one the page showed.

    The same request again (a double click, a reload, a lost answer) returns the edition the first one made, and a
    draft equal to the last edition makes no new one. BadInput lists required form items that are empty; TooLate
    after the deadline; Conflict when other editions came in between.
    """
    already = _already_handed_in(session, actor, now, course, review_id, edition)
    if already is not None:
        return already
    rows = load_for_writing(session, actor, now, course, review_id)
    if rows.review.edition != edition:
        raise Conflict("Another edition of this review was handed in meanwhile; look at it before you hand in again.")
    _require_complete(rows)
    content = draft_content(session, rows)
    digest = digest_of(content)
    last = last_edition(session, review_id)
    if last is not None and last.digest == digest:
        return last
    made = session.execute(
        update(Review)
        .where(Review.id == review_id, Review.edition == edition)
        .values(edition=edition + 1, submitted_at=now, version=Review.version + 1)
        .execution_options(synchronize_session="fetch")
    )
    if made.rowcount == 0:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise Conflict("This review is being handed in already; reload the page to see the receipt.")
    handed_in = ReviewEdition(
        review_id=review_id,
        edition=edition + 1,
        submitted_at=now,
        due_at=rows.window.due_at,
        submitted_by_id=user_id_of(actor),
        content=content,
        digest=digest,
    )
    session.add(handed_in)
    session.flush()
    record_event(
        session, actor=actor, now=now, action="submitted review", course_id=rows.course.id, subject=rows.review,
        after={"edition": edition + 1, "digest": digest},
    )  # fmt: skip
    _post_receipt(session, actor, rows.course, rows.project, handed_in)
    return handed_in


def _already_handed_in(
    session: Session, actor: Actor, now: datetime, course: str, review_id: str, edition: int
) -> ReviewEdition | None:
    rows = find_review(session, course, review_id, lock=True)
    require(Action.READ_REVIEW, facts_of_review(session, actor, now, rows))
    if rows.review.edition != edition + 1:
        return None
    return last_edition(session, review_id)


def last_edition(session: Session, review_id: str) -> ReviewEdition | None:
    """The edition that counts: the last one handed in."""
    return session.scalar(
        select(ReviewEdition)
        .where(ReviewEdition.review_id == review_id)
        .order_by(ReviewEdition.edition.desc())
        .limit(1)
    )


def edition_of(session: Session, review_id: str, edition: int) -> ReviewEdition:
    """One edition of a review; NotFound where it has none of this number."""
    found = session.scalar(
        select(ReviewEdition).where(ReviewEdition.review_id == review_id, ReviewEdition.edition == edition)
    )
    if found is None:
        raise NotFound("There is no such edition of this review.")
    return found


def draft_findings(session: Session, review_id: str) -> list[Finding]:
    """The findings of the draft with their anchors, withdrawn ones too, by number."""
    return list(
        session.scalars(
            select(Finding)
            .where(Finding.review_id == review_id)
            .options(joinedload(Finding.anchors))
            .order_by(Finding.number)
        ).unique()
    )


def draft_content(session: Session, rows: ReviewRows) -> dict[str, object]:
    """What handing in now would hand in. A finding withdrawn before it was ever handed in is left out."""
    if rows.snapshot is None:
        raise Conflict("Version 1 of this project is not frozen yet.")
    last = last_edition(session, rows.review.id)
    findings = [as_submitted(finding) for finding in draft_findings(session, rows.review.id)]
    return content_from(rows, rows.snapshot, last, findings)


def content_from(
    rows: ReviewRows, snapshot: Snapshot, last: ReviewEdition | None, findings: Sequence[SubmittedFinding]
) -> dict[str, object]:
    """The content of an edition of what is loaded already."""
    seen = {finding.finding_id for finding in findings_in(last.content)} if last else set()
    return content_of_edition(
        course=rows.course.slug,
        project=rows.project.key,
        version_1=VersionOne(snapshot_id=snapshot.id, commit=snapshot.commit, tree=snapshot.tree),
        items=rows.course.policy.review.form if rows.course.policy.review else (),
        form=rows.review.form,
        summary=rows.review.summary,
        findings=[one for one in findings if not one.withdrawn or one.finding_id in seen],
    )


def as_submitted(finding: Finding) -> SubmittedFinding:
    """A row of the draft as the value an edition holds."""
    return SubmittedFinding(
        finding_id=finding.id,
        number=finding.number,
        kind=finding.kind,
        severity=finding.severity,
        category=finding.category,
        text=finding.text,
        withdrawn=finding.withdrawn_at is not None,
        anchors=tuple(_anchor(row) for row in finding.anchors),
    )


def _anchor(row: FindingAnchor) -> Anchor:
    return anchor_from({name: getattr(row, name) for name in ANCHOR_COLUMNS})


def _require_complete(rows: ReviewRows) -> None:
    items = rows.course.policy.review.form if rows.course.policy.review else ()
    missing = missing_items(items, rows.review.form)
    if missing:
        problems = tuple(Problem(place=item.title, what="is required and not answered yet") for item in missing)
        raise BadInput("The review was not handed in: the form is not complete.", problems)


def receipt_of(course: Course, project: Project, edition: ReviewEdition, reviewer: str) -> Receipt:
    """The receipt of an edition."""
    findings = findings_in(edition.content)
    return Receipt(
        course=f"{course.title}, {course.term}",
        project=f"{project.key}: {project.title}" if project.title else project.key,
        reviewer=reviewer,
        version_1=edition.content["version_1"]["commit"],
        edition=edition.edition,
        submitted_at=edition.submitted_at,
        due_at=edition.due_at,
        findings=sum(not finding.withdrawn for finding in findings),
        withdrawn=sum(finding.withdrawn for finding in findings),
        digest=edition.digest,
    )


def _post_receipt(session: Session, actor: Actor, course: Course, project: Project, edition: ReviewEdition) -> None:
    user = session.get(User, actor.user_id)
    if user is None:
        return
    receipt = receipt_of(course, project, edition, user.name)
    post_mail(
        session,
        to=user.email,
        subject=f"Your review of {project.key} is handed in (edition {edition.edition})",
        text=receipt_text(receipt, course.policy.tzinfo),
        now=edition.submitted_at,
        key=f"review-receipt-{edition.review_id}-{edition.edition}",
    )
