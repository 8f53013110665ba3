"""The rules of the course in plain words, its file, and its repository's address."""

from flask import Response, request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.adding import change_remote, preview_update, update_course
from reviewhub.courses.course_file import LARGEST_FILE
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.lateness import plain_number
from reviewhub.courses.pages import blueprint
from reviewhub.courses.phases import deadline_title, deadlines_of
from reviewhub.courses.policy_words import say_component, say_rules, say_scheme
from reviewhub.errors import BadInput
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, settings, writing


@blueprint.get("/c/<course>/settings")
@needs(Action.SEE_COURSE, course_facts)
def show_settings(course: str) -> ResponseReturnValue:
    """Dates, rules and the parts of the grade, for everybody in the course."""
    with reading() as session:
        policy = find_course(session, course).policy
    titles = {component.key: component.title for component in policy.components}
    return render(
        "courses/rules.html",
        slug=course,
        policy=policy,
        deadlines=[(deadline_title(policy, key), moment) for key, moment in deadlines_of(policy).items()],
        chapters=say_rules(policy),
        say_component=say_component,
        plain=plain_number,
        schemes=[(scheme.title, say_scheme(scheme, titles)) for scheme in policy.schemes],
        is_staff=current_facts().is_staff,
    )


@blueprint.get("/c/<course>/settings/file")
@needs(Action.MANAGE_COURSE, course_facts)
def show_file(course: str) -> ResponseReturnValue:
    """The course file as it is, to change it here or elsewhere."""
    return _file_page(course)


@blueprint.get("/c/<course>/settings/course.toml")
@needs(Action.MANAGE_COURSE, course_facts)
def download_file(course: str) -> ResponseReturnValue:
    """The course file as a download."""
    with reading() as session:
        row = find_course(session, course)
    headers = {"Content-Disposition": f'attachment; filename="{row.slug}.toml"'}
    return Response(row.policy_text, mimetype="text/plain", headers=headers)


@blueprint.post("/c/<course>/settings/file")
@needs(Action.MANAGE_COURSE, course_facts)
def preview_file(course: str) -> ResponseReturnValue:
    """Show what another text of the course file would change. Nothing is written."""
    try:
        text, place = _sent_text()
        with reading() as session:
            row = find_course(session, course)
            changes = preview_update(row, text, place=place)
    except BadInput as fault:
        return _file_page(course, text=request.form.get("text", ""), fault=fault), 422
    return render("courses/file_preview.html", slug=course, changes=changes, text=text, seen_digest=row.policy_digest)


@blueprint.post("/c/<course>/settings/file/confirm")
@needs(Action.MANAGE_COURSE, course_facts)
def confirm_file(course: str) -> ResponseReturnValue:
    """Do what the preview showed."""
    text, place = _sent_text()
    seen = request.form.get("seen_digest", "")
    with writing() as session:
        update_course(
            session, actor=current_actor(), now=now(), course=course, text=text, seen_digest=seen, place=place
        )
    return back_to("courses.show_settings", course=course, done="The course file is updated.")


@blueprint.post("/c/<course>/settings/repository")
@needs(Action.MANAGE_COURSE, course_facts)
def save_repository(course: str) -> ResponseReturnValue:
    """Name the shared repository."""
    remote = request.form.get("remote", "")
    allowed = settings().git.local_paths
    with writing() as session:
        change_remote(session, actor=current_actor(), now=now(), course=course, remote=remote, local_paths=allowed)
    return back_to("courses.show_file", course=course, done="The address of the repository is saved.")


def _sent_text() -> tuple[str, str]:
    """The course file that was sent, as a file or as text, with a browser's line ends made plain."""
    file = request.files.get("file")
    if file is not None and file.filename:
        try:
            return file.read(LARGEST_FILE * 4).decode("utf-8"), "the file"
        except UnicodeDecodeError:
            msg = "A course file is text in UTF-8; this file is not."
            raise BadInput(msg) from None
    return request.form.get("text", "").replace("\r\n", "\n"), "course file"


def _file_page(course: str, *, text: str | None = None, fault: BadInput | None = None) -> str:
    with reading() as session:
        row = find_course(session, course)
    problems = (fault.problems or (fault,)) if fault else ()
    return render(
        "courses/file.html",
        slug=course,
        text=row.policy_text if text is None else text,
        remote=row.remote,
        problems=[
            {"place": getattr(p, "place", ""), "what": getattr(p, "what", str(p)), "hint": getattr(p, "hint", "")}
            for p in problems
        ],
    )
