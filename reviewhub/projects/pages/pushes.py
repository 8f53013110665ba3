"""One received push: its commits and its checks, for its developers and the staff."""

from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.projects.addresses import shown
from reviewhub.projects.facts import project_facts
from reviewhub.projects.pages import blueprint
from reviewhub.projects.pushes import open_push
from reviewhub.web import current_actor, needs, now, reading, render, settings

PATHS_SHOWN = 12


@blueprint.get("/c/<course>/projects/<key>/pushes/<commit>")
@needs(Action.READ_PUSHES, project_facts)
def show_push(course: str, key: str, commit: str) -> ResponseReturnValue:
    """What one push brought and what can be mended in it."""
    with reading() as session:
        opened = open_push(
            session,
            actor=current_actor(),
            now=now(),
            course=course,
            key=key,
            commit=commit,
            mirrors=settings().mirrors,
        )
    return render("projects/push.html", slug=course, opened=opened, shown=shown, most=PATHS_SHOWN)
