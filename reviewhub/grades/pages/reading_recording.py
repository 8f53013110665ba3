"""Recording a mistake where one points: the box's form sent, its text looked at, what was refused put back."""

from flask import make_response, redirect, request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.grades import grading
from reviewhub.grades.facts import grading_facts
from reviewhub.grades.pages.desk import draft_in
from reviewhub.grades.pages.reading_changes import changes_page
from reviewhub.grades.pages.reading_files import reading_page
from reviewhub.grades.pages.reading_form import MistakeForm, Pointed, posted, posted_anyhow
from reviewhub.grades.pages.reading_project import CHANGES, OpenProject, addresses, open_project
from reviewhub.grades.pages.room import blueprint
from reviewhub.reviews.suggested import written
from reviewhub.web import current_actor, flash_done, needs, now, render, writing

PREVIEW = "preview"
TOKEN_LENGTH = 20


@blueprint.post("/c/<course>/grading/<key>/read/<int:version>")
@needs(Action.GRADE, grading_facts)
def record_here(course: str, key: str, version: int) -> ResponseReturnValue:
    """Record a mistake at the place the box stands at, and show it there."""
    project = open_project(course, key)
    page = changes_page if request.form.get("view") == CHANGES else reading_page
    if request.form.get("then") == PREVIEW:
        form = MistakeForm(
            pointed=posted_anyhow(project, version), typed=request.form, preview=written(request.form.get("text", ""))
        )
        return page(project, version, form.pointed.place.path, form)
    try:
        return _recorded(project, posted(project, version))
    except (BadInput, Conflict, NotFound) as fault:
        problems = fault.problems if isinstance(fault, BadInput) else ()
        form = MistakeForm(
            pointed=posted_anyhow(project, version),
            typed=request.form,
            faults={one.place: one.what for one in problems},
            refused=fault.message,
        )
        status = 409 if isinstance(fault, Conflict) else 422
        return make_response(page(project, version, form.pointed.place.path, form), status)


@blueprint.post("/c/<course>/grading/<key>/read/preview")
@needs(Action.GRADE, grading_facts)
def preview_mistake(course: str, key: str) -> ResponseReturnValue:
    """How the text of a mistake will look; nothing is saved."""
    text, quoted = (request.form.get(name, "").replace("\r\n", "\n") for name in ("text", "quoted"))
    return render("reviews/_preview.html", html=written(text, quoted), back=addresses(course, key, 1)(""))


def _recorded(project: OpenProject, pointed: Pointed) -> ResponseReturnValue:
    """Record it by the desk's own verb, and lead back to where it was seen."""
    version_in, noticed_in, place = pointed.settled(request.form.get("version_in", ""))
    names = {"course": project.state.rows.course.slug, "key": project.state.project.key}
    draft = draft_in(request.form, project.state.policy)
    with writing() as session:
        made = grading.record_mistake(
            session,
            actor=current_actor(),
            now=now(),
            **names,
            draft=draft,
            version_in=version_in,
            noticed_in=noticed_in,
            place=place,
            token=request.form.get("token", "")[:TOKEN_LENGTH],
        )
        anchor = f"#finding-{made.id}"
        flash_done(f"M{made.number} recorded.")
    view = CHANGES if request.form.get("view") == CHANGES else pointed.version
    path = request.form.get("page", "")[:1000] or pointed.place.path
    return redirect(addresses(**names, version=view)(path) + anchor, 303)
