"""The developers' page: released findings with their places, the answers, and where each place went in version 2."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.facts import find_course
from reviewhub.errors import BadInput, Conflict, NotAllowed
from reviewhub.projects.addresses import path_at, shown
from reviewhub.projects.lookup import find_project
from reviewhub.reviews.answering import answer_finding
from reviewhub.reviews.facts import answers_due_at, finding_facts
from reviewhub.reviews.following import follow_project
from reviewhub.reviews.forms import answer_of, answer_words
from reviewhub.reviews.kinds import KIND_WORDS, RESPONSE_TONES, RESPONSE_WORDS, VERDICT_TONES, VERDICT_WORDS
from reviewhub.reviews.lookup import snapshots_of
from reviewhub.reviews.pages.files import objects_in, written
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.places import Place, PlaceKind
from reviewhub.reviews.submitted import questions_in
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing


@blueprint.get("/c/<course>/projects/<key>/findings")
@needs(Action.SEE_FINDINGS, finding_facts)
def show_findings(course: str, key: str) -> ResponseReturnValue:
    """What the reviewers found, and the answers to it."""
    return _page(course, key)


@blueprint.post("/c/<course>/projects/<key>/findings/<finding_id>")
@needs(Action.SEE_FINDINGS, finding_facts)
def answer(course: str, key: str, finding_id: str) -> ResponseReturnValue:
    """Answer a finding; what is refused comes back with everything that was typed."""
    form = request.form
    with reading() as session:
        row = find_course(session, course)
        objects = objects_in(row, snapshots_of(session, [find_project(session, row, key).id]))
    try:
        with writing() as session:
            answer_finding(
                session, actor=current_actor(), now=now(), course=course, key=key, finding_id=finding_id,
                objects=objects, kind=form.get("kind", ""), commit=form.get("commit", ""),
                text=form.get("text", ""),
            )  # fmt: skip
    except (BadInput, Conflict, NotAllowed) as refused:
        typed = {name: form.get(name, "") for name in ("kind", "commit", "text")}
        return _page(course, key, typed=typed | {"finding_id": finding_id, "refused": refused.message}), 422
    return back_to(
        "reviews.show_findings", course=course, key=key, done="Answer saved.", anchor=f"finding-{finding_id}"
    )


def _page(course: str, key: str, typed: dict[str, str] | None = None) -> str:
    facts = current_facts()
    with reading() as session:
        row = find_course(session, course)
        project = find_project(session, row, key)
        snapshots = snapshots_of(session, [project.id])
        following = follow_project(session, row, project, objects=objects_in(row, snapshots), now=now())
        due_at = answers_due_at(session, row, project, snapshots)
    return render(
        "reviews/findings.html",
        project=project,
        following=following,
        can_answer=allows(Action.ANSWER_FINDING, facts),
        wanted_at=row.policy.deadlines.responses,
        is_overdue=row.policy.deadlines.responses is not None and row.policy.deadlines.responses < now(),
        answers_due_at=due_at,
        typed=typed or {},
        place_url=lambda place, version: place_url(course, key, place, version),
        **words(),
        category={criterion.key: criterion.title for criterion in row.policy.rubric},
    )


def words() -> dict[str, object]:
    """The words and tones of kinds, answers and verdicts, and what renders a text."""
    return {
        "kind_words": KIND_WORDS,
        "response_words": RESPONSE_WORDS,
        "response_tones": RESPONSE_TONES,
        "verdict_words": VERDICT_WORDS,
        "verdict_tones": VERDICT_TONES,
        "written": written,
        "questions_in": questions_in,
        "answer_of": answer_of,
        "answer_words": answer_words,
        "shown_path": lambda path: shown(path_at(path)),
    }


def place_url(course: str, key: str, place: Place, version: int) -> str:
    """The page of a version with the place in sight."""
    if not place.path:
        return url_for("projects.show_files", course=course, key=key, version=version)
    line = "" if place.first_line is None else f"L{place.first_line}"
    by_kind = {
        PlaceKind.LINES: line,
        PlaceKind.CELL_LINES: f"cell-{place.cell}-{line}",
        PlaceKind.CELL: place.token,
        PlaceKind.OUTPUT: place.token,
    }
    names = {"course": course, "key": key, "version": version, "path": place.path}
    return url_for("projects.show_file", **names, _anchor=by_kind.get(place.kind))  # type: ignore[arg-type]  # Flask's names are Any
