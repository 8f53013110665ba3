"""What people do in the tests, with everything that does not matter filled in."""

from datetime import datetime, timedelta
from typing import Any

from reviewhub.courses.facts import find_course
from reviewhub.reviews.answering import Answer, answer_findings
from reviewhub.reviews.draft_parts import texts_of
from reviewhub.reviews.drafting import SavedDraft, save_draft
from reviewhub.reviews.reviewing import file_finding
from reviewhub.reviews.submitting import submit_review
from reviewhub.reviews.tables import Finding, Response, Review, ReviewEdition
from reviewhub.storage import Database
from tests.reviews.worlds import RESPONDING, REVIEWING, World

FORM = {
    f"form-{key}": "yes" for key in ("paper", "goals", "method", "code", "data", "notebook", "difficulties", "licence")
} | {"form-results-0-0": "FID", "form-results-0-1": "30", "form-results-0-2": "35"}


def file(database: Database, world: World, name: str, key: str, *, now: datetime = REVIEWING, **words: Any) -> Finding:
    """File a finding on a cell of the notebook."""
    given = {
        "path": "main.ipynb", "place": "cell-2-L1", "kind": "mistake", "severity": "major", "category": "method",
        "text": "The learning rate is 0.01; the paper says 0.0002.",
    } | words  # fmt: skip
    with database.writing() as session:
        return file_finding(
            session, actor=world.actor(name), now=now, course="dgm", review_id=world.reviews[name, key],
            objects=world.objects, **given,
        )  # fmt: skip


def save(database: Database, world: World, name: str, key: str, *, now: datetime = REVIEWING,
         was: dict[str, str] | None = None, summary: str = "Solid work.",
         answers: dict[str, str] | None = None) -> SavedDraft:  # fmt: skip
    """Save form and summary from a page that was made just now, or from one that said `was`."""
    with database.writing() as session:
        review = session.get_one(Review, world.reviews[name, key])
        policy = find_course(session, "dgm").policy.review
        stored = texts_of(policy.form if policy else (), review.form, review.summary)
        return save_draft(
            session, actor=world.actor(name), now=now, course="dgm", review_id=review.id,
            given=(FORM if answers is None else answers) | {"summary": summary},
            was=stored if was is None else was,
        )  # fmt: skip


def submit(database: Database, world: World, name: str, key: str, *, now: datetime = REVIEWING + timedelta(hours=1),
           edition: int = 0) -> ReviewEdition:  # fmt: skip
    """Hand in."""
    with database.writing() as session:
        return submit_review(
            session,
            actor=world.actor(name),
            now=now,
            course="dgm",
            review_id=world.reviews[name, key],
            edition=edition,
        )


def answer(database: Database, world: World, name: str, key: str, finding_id: str, *, now: datetime = RESPONDING,
           **words: Any) -> Response:  # fmt: skip
    """Answer a finding."""
    with database.writing() as session:
        (response,) = answer_findings(
            session, actor=world.actor(name), now=now, course="dgm", key=key, finding_ids=[finding_id],
            answer=Answer(**({"kind": "will_fix"} | words)),
        )  # fmt: skip
        return response
