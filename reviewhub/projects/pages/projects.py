"""The list of projects, and the page of one: its paper, its people, its two versions, its pushes."""

from functools import lru_cache

from flask.typing import ResponseReturnValue
from markupsafe import Markup

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.projects.arrivals import unreadable_pushes
from reviewhub.projects.board import project_rows, pushes_by_week
from reviewhub.projects.facts import names_are_hidden, project_facts
from reviewhub.projects.flagging import flagged_pushes
from reviewhub.projects.lookup import find_mirror, find_project, members_by_group, objects_of
from reviewhub.projects.moves import moves_of
from reviewhub.projects.pages import blueprint
from reviewhub.projects.pushes import checks_of
from reviewhub.projects.standing import standings_of
from reviewhub.web import current_actor, current_facts, needs, now, reading, render, settings
from reviewhub.web.charts import bar_chart

PUSHES_SHOWN = 30
FLAGS_SHOWN = 8


@blueprint.get("/c/<course>/projects")
@needs(Action.SEE_PROJECTS, course_facts)
def show_projects(course: str) -> ResponseReturnValue:
    """Every project of the course."""
    facts = current_facts()
    with reading() as session:
        row = find_course(session, course)
        rows = project_rows(session, row, actor=current_actor(), facts=facts, now=now())
    return render(
        "projects/projects.html",
        slug=course,
        rows=rows,
        has_versions=row.policy.is_peer_reviewed,
        sees_costs=facts.is_staff,
        may_confirm=allows(Action.CONFIRM_PROJECT, facts),
    )


@blueprint.get("/c/<course>/projects/<key>")
@needs(Action.SEE_PROJECT, project_facts)
def show_project(course: str, key: str) -> ResponseReturnValue:
    """One project; how its versions stand is for its developers and the staff."""
    facts = current_facts()
    with reading() as session:
        row = find_course(session, course)
        project = find_project(session, row, key)
        members = members_by_group(session, row).get(project.group_id or "", [])
        mirror = find_mirror(session, row)
        standing = standings_of(session, row, [project], now=now(), mirrors=settings().mirrors)[0]
        sees_standing = facts.is_staff or facts.is_developer
        flagged = flagged_pushes(session, row, mirrors=settings().mirrors) if sees_standing else []
        unreadable = (
            0
            if standing.arrivals
            else unreadable_pushes(objects_of(settings().mirrors, row), moves_of(session, row), project)
        )
    latest = standing.arrivals[-1] if standing.arrivals and sees_standing else None
    weeks = pushes_by_week(standing.arrivals, now=now(), zone=row.policy.tzinfo) if sees_standing else []
    hides_names = names_are_hidden(row, facts)
    return render(
        "projects/project.html",
        slug=course,
        project=project,
        hides_names=hides_names,
        members=[] if hides_names else [member.user.name for member in members],
        group="" if hides_names or project.group is None else project.group.name,
        versions=standing.versions,
        arrivals=list(reversed(standing.arrivals))[:PUSHES_SHOWN],
        latest=latest,
        unreadable=unreadable,
        checks=checks_of(row, project, latest, flagged, mirrors=settings().mirrors) if latest is not None else (),
        arrivals_count=len(standing.arrivals),
        chart=_chart(tuple(weeks)) if weeks else None,
        next_version=next((one for one in standing.versions if one.snapshot is None and now() <= one.due.due_at), None),
        looked_at=mirror.fetched_at if mirror else None,
        failed_at=mirror.failed_at if mirror else None,
        sees_standing=sees_standing,
        flagged=[one for one in flagged if project.key in one.flag.keys][:FLAGS_SHOWN],
        readable={1: allows(Action.READ_VERSION_1, facts), 2: allows(Action.READ_VERSION_2, facts)},
        may_read_receipt=allows(Action.READ_RECEIPT, facts),
        may_choose=allows(Action.CHOOSE_VERSION, facts),
        may_replace=allows(Action.REPLACE_VERSION, facts),
        replaceable={one.version: now() >= one.settles_at for one in standing.versions},
        may_change=allows(Action.CONFIRM_PROJECT, facts),
        is_developer=facts.is_developer,
    )


@lru_cache(maxsize=256)
def _chart(weeks: tuple[tuple[str, int], ...]) -> Markup:
    """The pushes per week; drawn once for the same numbers."""
    return bar_chart("Pushes per week", *zip(*weeks, strict=True))
