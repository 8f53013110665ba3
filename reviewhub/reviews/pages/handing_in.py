"""Handing in: a last look with advice, the submit itself, and the receipt."""

from pathlib import PurePosixPath

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.github.objects import Kind
from reviewhub.projects.addresses import address_of, path_at, shown
from reviewhub.projects.reading import OpenVersion
from reviewhub.reviews.desk import Desk, DeskFinding, load_desk
from reviewhub.reviews.editions import is_late, receipt_text
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.last_look import FileOfVersion, look_back
from reviewhub.reviews.lookup import find_review, reviewer_names
from reviewhub.reviews.pages.files import version_of
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.submitting import edition_of, receipt_of, submit_review
from reviewhub.reviews.suggested import first_words
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing

FIRST = {".ipynb": 0, ".py": 1, ".md": 2, ".txt": 2}


@blueprint.get("/c/<course>/reviews/<review_id>/submit")
@needs(Action.READ_REVIEW, review_facts)
def show_submit(course: str, review_id: str) -> ResponseReturnValue:
    """The last look: what is empty, what looks unfinished, and the button."""
    with reading() as session:
        desk = load_desk(session, current_facts(), course=course, review_id=review_id, now=now())
        look = look_back(session, desk, _files(version_of(desk.rows, current_facts()))) if desk.is_own else None
    return render(
        "reviews/submit.html", desk=desk, look=look, shown_path=lambda path: shown(path_at(path)),
        first_words=first_words,
        finding_urls={one.finding.number: _finding_url(desk, one) for one in desk.standing},
    )  # fmt: skip


def _finding_url(desk: Desk, one: DeskFinding) -> str:
    names = {"course": desk.rows.course.slug, "review_id": desk.rows.review.id, "finding": one.finding.finding_id}
    return url_for("reviews.show_review", _anchor=f"finding-{one.finding.number}", **names)  # type: ignore[arg-type]  # Flask's names are Any


def _files(version: OpenVersion | None) -> list[FileOfVersion]:
    """The files in the order in which one would miss them: notebooks, code, the rest; each with its address."""
    if version is None:
        return []
    entries = [entry for entry in version.listing().entries if entry.kind is Kind.FILE]
    entries.sort(key=lambda entry: (FIRST.get(PurePosixPath(entry.path).suffix.lower(), len(FIRST)), entry.path))
    return [FileOfVersion(path=address_of(entry.path), blob=entry.oid) for entry in entries]


@blueprint.post("/c/<course>/reviews/<review_id>/submit")
@needs(Action.READ_REVIEW, review_facts)
def submit(course: str, review_id: str) -> ResponseReturnValue:
    """Hand in and show the receipt; the same click twice shows the same receipt."""
    text = request.form.get("edition", "")
    edition = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - no more digits
    with writing() as session:
        handed_in = submit_review(
            session, actor=current_actor(), now=now(), course=course, review_id=review_id, edition=edition
        )
    return back_to("reviews.show_receipt", course=course, review_id=review_id, edition=handed_in.edition)


@blueprint.get("/c/<course>/reviews/<review_id>/receipts/<int:edition>")
@needs(Action.READ_REVIEW, review_facts)
def show_receipt(course: str, review_id: str, edition: int) -> ResponseReturnValue:
    """The receipt of an edition."""
    with reading() as session:
        rows = find_review(session, course, review_id)
        row = edition_of(session, review_id, edition)
        names = reviewer_names(session, [rows.assignment])
    receipt = receipt_of(rows.course, rows.project, row, names[rows.assignment.id])
    return render("reviews/receipt.html", rows=rows, receipt=receipt, late=is_late(receipt))


@blueprint.get("/c/<course>/reviews/<review_id>/receipts/<int:edition>.txt")
@needs(Action.READ_REVIEW, review_facts)
def download_receipt(course: str, review_id: str, edition: int) -> ResponseReturnValue:
    """The receipt as a text file to keep."""
    with reading() as session:
        rows = find_review(session, course, review_id)
        row = edition_of(session, review_id, edition)
        names = reviewer_names(session, [rows.assignment])
    receipt = receipt_of(rows.course, rows.project, row, names[rows.assignment.id])
    answer = Response(receipt_text(receipt, rows.course.policy.tzinfo), mimetype="text/plain")
    answer.headers.set("Content-Disposition", "attachment", filename=f"receipt-{rows.project.key}-{edition}.txt")
    return answer
