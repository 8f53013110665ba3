"""`reviewhub grade explain COURSE STUDENT`: prints what the student's page of grades shows, line by line."""

from collections.abc import Iterator
from decimal import Decimal

import click

from reviewhub.cli.course_grade_lines import WIDTH, course_grade_lines
from reviewhub.cli.grade_exporting import export, verify
from reviewhub.cli.grade_importing import import_marks, import_statuses
from reviewhub.cli.grade_suggesting import suggestions
from reviewhub.cli.ground import open_ground
from reviewhub.courses.facts import find_course
from reviewhub.grades.effects import signed
from reviewhub.grades.explaining import Detail, Story, StorySheet, explain_now, explain_released
from reviewhub.grades.members import find_student_named
from reviewhub.grades.sentences import shown


@click.group("grade")
def grade() -> None:
    """Look at grades and at what they are made of."""


grade.add_command(export)
grade.add_command(verify)
grade.add_command(import_marks)
grade.add_command(import_statuses)
grade.add_command(suggestions)


@grade.command("explain")
@click.argument("course")
@click.argument("student")
@click.option("--now", "as_it_stands", is_flag=True, help="The decisions as they stand now, not as last released.")
@click.pass_obj
def explain(config_file: object, course: str, student: str, *, as_it_stands: bool) -> None:
    """Print the grades of STUDENT (number, e-mail address or whole name) in COURSE down to the last line."""
    ground = open_ground(config_file)
    with ground.database.reading() as session:
        row = find_course(session, course)
        person = find_student_named(session, row, student)
        story = (
            explain_now(session, row, person, ground.clock())
            if as_it_stands
            else explain_released(session, row, person)
        )
    for line in told(story):
        click.echo(line)


def told(story: Story) -> Iterator[str]:
    """The story as plain lines, in the order of the page."""
    yield f"{story.name}{f', {story.student_number}' if story.student_number else ''}"
    yield (
        f"Released {story.released_at:%Y-%m-%d %H:%M} UTC" if story.released_at else "As it stands now, not released"
    )
    if story.reason:
        yield f"Released anew: {story.reason}"
    for change in story.changes:
        yield f"Changed: {change.told}"
    if story.course:
        yield from course_grade_lines(story.course)
    for project in story.projects:
        yield ""
        yield from _sheet(project.developer)
        for version in project.versions:
            yield from _sheet(version)
    if story.reviewer:
        yield ""
        yield from _sheet(story.reviewer)
    for review in story.reviews:
        yield from _sheet(review.sheet)
        for one in review.findings:
            yield f"{'':{WIDTH}}  {one.detail.title}: {one.became}"
    if not story.projects and not story.reviewer and not (story.course and story.course.components):
        yield "There is no project and no review to grade."


def _sheet(sheet: StorySheet) -> Iterator[str]:
    yield f"{shown(sheet.total):>{WIDTH}}  {sheet.title.upper()}"
    for part in sheet.parts:
        yield f"{_amount(part.total, is_criterion=part.worth is not None):>{WIDTH}}    {part.title}"
        for line in part.lines:
            yield f"{signed(line.amount) if line.amount else '0.00':>{WIDTH}}      {line.rule}"
            for detail in line.details:
                yield f"{'':{WIDTH}}        {_detail(detail)}"


def _amount(amount: Decimal, *, is_criterion: bool) -> str:
    return shown(amount) if is_criterion else signed(amount)


def _detail(detail: Detail) -> str:
    where = f", {detail.spot.path} {detail.spot.words}".replace(",  ", ", ") if detail.spot else ""
    commit = f", commit {detail.commit}" if detail.commit else ""
    notes = f" ({'; '.join(detail.notes)})" if detail.notes else ""
    return f"↳ {detail.title}{where}{commit}{notes}"
