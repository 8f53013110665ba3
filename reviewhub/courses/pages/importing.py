"""Importing a roster: choose the list, look at what it would change, then say yes."""

from dataclasses import dataclass

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.enrolling import import_roster, preview_roster
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.pages import blueprint
from reviewhub.courses.roster import RosterDiff, read_roster
from reviewhub.courses.roster_text import decode_list
from reviewhub.errors import BadInput
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing
from reviewhub.web.formatting import plural


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The list as it came: a file, or text that was pasted or previewed before."""

    content: bytes
    place: str
    mail_domain: str


@blueprint.get("/c/<course>/people/import")
@needs(Action.MANAGE_PEOPLE, course_facts)
def show_import(course: str) -> ResponseReturnValue:
    """Ask for the list."""
    return render("courses/import.html", slug=course, problems=(), mail_domain="", text="")


@blueprint.post("/c/<course>/people/import")
@needs(Action.MANAGE_PEOPLE, course_facts)
def preview_import(course: str) -> ResponseReturnValue:
    """Show what the list would change. Nothing is written."""
    sent = _sent()
    try:
        roster = read_roster(sent.content, place=sent.place, mail_domain=sent.mail_domain)
    except BadInput as fault:
        text = _as_text(sent.content) if sent.place == "list" else ""
        page = render(
            "courses/import.html", slug=course, problems=fault.problems, mail_domain=sent.mail_domain, text=text
        )
        return page, 422
    with reading() as session:
        diff = preview_roster(session, find_course(session, course), roster.rows)
    return render(
        "courses/import_preview.html",
        slug=course,
        roster=roster,
        diff=diff,
        problems=(*roster.problems, *diff.problems),
        text=_as_text(sent.content),
        mail_domain=sent.mail_domain,
        place=sent.place,
        may_confirm=not diff.gives_staff_roles or current_facts().is_instructor,
    )


@blueprint.post("/c/<course>/people/import/confirm")
@needs(Action.MANAGE_PEOPLE, course_facts)
def confirm_import(course: str) -> ResponseReturnValue:
    """Do what the preview showed."""
    sent = _sent()
    roster = read_roster(sent.content, place=sent.place, mail_domain=sent.mail_domain)
    removed_ids = request.form.getlist("removed")
    with writing() as session:
        diff = import_roster(
            session,
            actor=current_actor(),
            now=now(),
            course=course,
            rows=roster.rows,
            seen_digest=request.form.get("seen_digest", ""),
            removed_ids=removed_ids,
        )
    return back_to("courses.show_people", course=course, done=_say(diff, len(removed_ids)))


def _sent() -> Sent:
    file = request.files.get("list")
    text = request.form.get("text", "")
    has_file = file is not None and bool(file.filename)
    return Sent(
        content=file.read() if file is not None and has_file else text.encode(),
        place="the file" if has_file else request.form.get("place", "list")[:40],
        mail_domain=request.form.get("mail_domain", "").strip()[:200],
    )


def _as_text(content: bytes) -> str:
    """The list as text, so that the confirmation sends the same characters whatever encoding the file had."""
    return decode_list(content, place="list")[0]


def _say(diff: RosterDiff, removed: int) -> str:
    said = [f"{plural(len(diff.added), 'person', 'people')} added"] if diff.added else []
    said += [f"{plural(len(diff.changed), 'person', 'people')} changed"] if diff.changed else []
    said += [f"{plural(removed, 'person', 'people')} left"] if removed else []
    return f"{', '.join(said)}." if said else "The list changed nothing."
