"""The burn-down of findings: as a chart with its table, as a line in tables, and of the whole course for the staff."""

from collections.abc import Iterable
from datetime import date

from flask import url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course
from reviewhub.projects.lookup import living_projects
from reviewhub.reviews.burndown import BurnDown
from reviewhub.reviews.burning import burn_downs
from reviewhub.reviews.facts import assignments_facts
from reviewhub.reviews.pages.room import blueprint
from reviewhub.web import is_partial, needs, now, reading, render
from reviewhub.web.charts import Series, line_chart, sparkline

TITLE = "Open findings, day by day"


@blueprint.get("/c/<course>/progress/burn-down")
@needs(Action.SEE_PROGRESS, assignments_facts)
def show_burn_down(course: str) -> ResponseReturnValue:
    """What is left of the findings, of the whole course and project by project; to htmx the chart alone."""
    with reading() as session:
        row = find_course(session, course)
        projects = sorted(living_projects(session, row), key=lambda one: one.key)
        found = burn_downs(session, row, projects, now())
    chart = burn_down_chart(total_of(found.values()))
    if is_partial():
        way = Markup('<p><a href="{}">Project by project</a></p>').format(
            url_for("reviews.show_burn_down", course=course)
        )
        return chart + way if chart else "Nothing was shown to developers yet."
    rows = [(project, found[project.id], burn_down_line(found[project.id])) for project in projects]
    return render("reviews/burn_down.html", slug=course, chart=chart, rows=rows)


def burn_down_chart(found: BurnDown) -> Markup:
    """The chart; nothing while there is but one day to tell of."""
    if not found.is_told:
        return Markup("")
    labels = [f"{day:%-d %b}" for day in found.days]
    told = ", ".join(f"{name} {day:%-d %b}" for name, day in found.milestones)
    series = [
        Series(name="Without an answer", values=found.unanswered),
        Series(name="Not said to be done", values=found.not_said_done),
        Series(name="Not found to be done", values=found.not_settled),
    ]
    return line_chart(f"{TITLE} ({told})" if told else TITLE, labels, series)


def burn_down_line(found: BurnDown) -> Markup:
    """What was not said to be done, day by day, as a small line."""
    return sparkline(found.not_said_done, "Findings not said to be done") if found.is_told else Markup("")


def total_of(found: Iterable[BurnDown]) -> BurnDown:
    """The burn-downs of many projects as one: each counts with its first number before, its last after its days."""
    told = [one for one in found if one.days]
    days = sorted({day for one in told for day in one.days})
    if not days:
        return BurnDown(days=(), unanswered=(), not_said_done=(), not_settled=())

    def summed(name: str) -> tuple[int, ...]:
        return tuple(sum(_on(one, getattr(one, name), day) for one in told) for day in days)

    return BurnDown(
        days=tuple(days),
        unanswered=summed("unanswered"),
        not_said_done=summed("not_said_done"),
        not_settled=summed("not_settled"),
        milestones=told[0].milestones,
    )


def _on(one: BurnDown, values: tuple[int, ...], day: date) -> int:
    if day in one.days:
        return values[one.days.index(day)]
    return 0 if one.days[0] > day else values[-1]
