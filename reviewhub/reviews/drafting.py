"""Saving what two tabs, or two members of a reviewing group, may be writing at once: nobody's words are overwritten.

Whoever saves says what the page was made from. A part that only they changed is saved, changes that do not touch are
merged, and what touches comes back as a clash with both texts; all the other parts of the same request are saved.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.reviews.draft_parts import SUMMARY, answers_of, sent_texts, texts_of
from reviewhub.reviews.forms import check_text
from reviewhub.reviews.lookup import find_finding
from reviewhub.reviews.merging import Clash, settle
from reviewhub.reviews.reviewing import edit_finding, load_for_writing
from reviewhub.reviews.tables import Finding, Review

WORDS = ("kind", "severity", "category", "text")


@dataclass(frozen=True, kw_only=True, slots=True)
class SavedDraft:
    """The draft after saving: `texts` is what stands there now of the parts that were sent, but for the clashes."""

    review: Review
    texts: Mapping[str, str]
    clashes: tuple[Clash, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EditedFinding:
    """The finding after saving; with clashes nothing of it was changed."""

    finding: Finding
    clashes: tuple[Clash, ...]


def save_draft(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    review_id: str,
    given: Mapping[str, str],
    was: Mapping[str, str],
) -> SavedDraft:
    """Save the fields of form and summary that were sent; `was` holds the parts as the page was made from them."""
    rows = load_for_writing(session, actor, now, course, review_id)
    review, policy = rows.review, rows.course.policy.review
    items = policy.form if policy else ()
    stored = texts_of(items, review.form, review.summary)
    settled = settle(stored=stored, was=was, mine=sent_texts(items, given))
    whole = {**stored, **settled.texts}
    if whole != stored:
        review.form, review.summary = answers_of(items, whole), check_text(whole[SUMMARY], "The summary")
        review.started_at, review.saved_at = review.started_at or now, now
        session.flush()
    return SavedDraft(review=review, texts=settled.texts, clashes=settled.clashes)


def change_finding_words(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    review_id: str,
    finding_id: str,
    words: Mapping[str, str],
    was: Mapping[str, str],
) -> EditedFinding:
    """Change the words of a finding that were `was` when the form was made; see `edit_finding` for what is refused."""
    load_for_writing(session, actor, now, course, review_id)
    finding = find_finding(session, review_id, finding_id)
    stored = {name: getattr(finding, name) for name in WORDS}
    settled = settle(stored=stored, was=was, mine={**words, "text": check_text(words["text"], "The finding's text")})
    if not settled.clashes:
        finding = edit_finding(
            session, actor=actor, now=now, course=course, review_id=review_id, finding_id=finding_id,
            version=finding.version, **settled.texts,
        )  # fmt: skip
    return EditedFinding(finding=finding, clashes=settled.clashes)
