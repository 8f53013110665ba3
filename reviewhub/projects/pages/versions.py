"""Choosing and replacing a version."""

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.projects.facts import project_facts
from reviewhub.projects.freezing import choose_version, replace_version
from reviewhub.projects.pages import blueprint
from reviewhub.web import back_to, current_actor, needs, now, settings, writing


@blueprint.post("/c/<course>/projects/<key>/version-<int:version>/choose")
@needs(Action.CHOOSE_VERSION, project_facts)
def choose(course: str, key: str, version: int) -> ResponseReturnValue:
    """The group takes a later commit at its cost."""
    with writing() as session:
        snapshot = choose_version(
            session,
            actor=current_actor(),
            now=now(),
            course=course,
            key=key,
            version=version,
            commit=request.form.get("commit", ""),
            mirrors=settings().mirrors,
        )
    done = f"Version {version} is now {snapshot.commit[:7]}."
    return back_to("projects.show_project", course=course, key=key, done=done, anchor=f"version-{version}")


@blueprint.post("/c/<course>/projects/<key>/version-<int:version>/replace")
@needs(Action.REPLACE_VERSION, project_facts)
def replace(course: str, key: str, version: int) -> ResponseReturnValue:
    """The staff put another commit in a version's place."""
    with writing() as session:
        snapshot = replace_version(
            session,
            actor=current_actor(),
            now=now(),
            course=course,
            key=key,
            version=version,
            commit=request.form.get("commit", "").strip(),
            reason=request.form.get("reason", ""),
            mirrors=settings().mirrors,
        )
    done = f"Version {version} is now {snapshot.commit[:7]}."
    return back_to("projects.show_project", course=course, key=key, done=done, anchor=f"version-{version}")
