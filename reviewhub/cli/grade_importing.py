"""`reviewhub grade import` and `reviewhub grade statuses`: marks and statuses from a file, shown before saving."""

from pathlib import Path

import click
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import PROGRAM
from reviewhub.cli.ground import open_ground
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Problem
from reviewhub.grades.entering import Source, preview_marks, save_marks
from reviewhub.grades.mark_book import students_of
from reviewhub.grades.mark_columns import Meaning, read_columns
from reviewhub.grades.mark_differences import MarkDiff, say_mark
from reviewhub.grades.mark_reading import GivenMark, Roll, read_marks
from reviewhub.grades.mark_targets import target_named, targets_of
from reviewhub.grades.mark_text import LARGEST_FILE, ListTable, read_table
from reviewhub.grades.recording import preview_statuses, save_statuses
from reviewhub.grades.status_kinds import kinds_of
from reviewhub.grades.status_reading import GivenStatus, StatusDiff, read_statuses
from reviewhub.storage import new_id

_NOTHING = "Nothing was imported: the list has faults."


@click.command("import")
@click.argument("course")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--take-emptied", is_flag=True, help="An empty cell takes the mark away that stands there.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def import_marks(config_file: object, course: str, file: Path, *, dry_run: bool, take_emptied: bool, yes: bool) -> None:
    """Show what the marks in FILE would change in COURSE, ask, and save them.

    XLSX or CSV with a column of student numbers or e-mail addresses, and columns called like the course's components.
    """
    table, ground = _read(file), open_ground(config_file)
    with ground.database.reading() as session:
        row = find_course(session, course)
        given = _marks(session, row, table)
        diff = preview_marks(session, row, given)
        _print_marks(session, row, table, diff, take_emptied=take_emptied)
    if diff.is_empty or dry_run:
        click.echo("Nothing was written." if dry_run else "The list changes nothing.")
        return
    if not yes:
        click.confirm("Save these marks?", abort=True)
    with ground.database.writing() as session:
        save_marks(
            session,
            actor=PROGRAM,
            now=ground.clock(),
            course=course,
            given=given,
            source=_source(file, table),
            seen_digest=diff.digest,
            take_emptied=take_emptied,
        )
    click.echo("Saved.")


@click.command("statuses")
@click.argument("course")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Only show what would change.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def import_statuses(config_file: object, course: str, file: Path, *, dry_run: bool, yes: bool) -> None:
    """Show what the status list in FILE would change in COURSE, ask, and save it.

    XLSX or CSV with the columns student number (or email), status, value, evidence, and received for proposals.
    """
    table, ground = _read(file), open_ground(config_file)
    with ground.database.reading() as session:
        row = find_course(session, course)
        given = _statuses(session, row, table)
        diff = preview_statuses(session, row, given)
    _print_statuses(diff)
    if diff.is_empty or dry_run:
        click.echo("Nothing was written." if dry_run else "The list changes nothing.")
        return
    if not yes:
        click.confirm("Save these rows?", abort=True)
    with ground.database.writing() as session:
        save_statuses(
            session,
            actor=PROGRAM,
            now=ground.clock(),
            course=course,
            given=given,
            source=_source(file, table),
            seen_digest=diff.digest,
        )
    click.echo("Saved.")


def _read(file: Path) -> ListTable:
    try:
        with file.open("rb") as opened:
            return read_table(opened.read(LARGEST_FILE + 1))
    except OSError as fault:
        msg = f"{file} cannot be read: {(fault.strerror or 'it cannot be opened').lower()}."
        raise BadInput(msg) from fault


def _source(file: Path, table: ListTable) -> Source:
    return Source(form_key=new_id(), file_name=file.name, digest=table.digest)


def _marks(session: Session, course: Course, table: ListTable) -> tuple[GivenMark, ...]:
    policy = course.policy
    columns, problems = read_columns(table.head, targets_of(policy))
    _refuse(problems)
    for column in columns:
        meant = column.place.name if column.place else column.means.value or "nothing"
        out_of = f", out of {column.out_of}" if column.means is Meaning.MARK else ""
        click.echo(f"{column.name} is read as {meant}{out_of}")
    given, problems = read_marks(table, columns, Roll(students_of(session, course)), policy.tzinfo)
    _refuse(problems)
    return given


def _statuses(session: Session, course: Course, table: ListTable) -> tuple[GivenStatus, ...]:
    policy = course.policy
    given, problems = read_statuses(table, Roll(students_of(session, course)), kinds_of(policy), policy.tzinfo)
    _refuse(problems)
    return given


def _refuse(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise BadInput(_NOTHING, problems)


def _print_marks(session: Session, course: Course, table: ListTable, diff: MarkDiff, *, take_emptied: bool) -> None:
    click.echo(f"Read as {table.read_as}.")
    for note in table.notes:
        click.echo(note)
    names = {one.enrollment_id: one.name for one in students_of(session, course)}

    def what(mark: GivenMark) -> str:
        target = target_named(course.policy, mark.component)
        return f"{names[mark.enrollment_id]}, {target.named(mark.item) if target else mark.component}"

    for one in diff.new:
        click.echo(f"+ {what(one.after)}: {say_mark(one.after)}")
    for one in diff.changed:
        click.echo(f"  {what(one.after)}: {say_mark(one.before)} → {say_mark(one.after)}")
    for one in diff.emptied:
        end = "no mark" if take_emptied else "stays, although the list is empty there"
        click.echo(f"{'-' if take_emptied else '?'} {what(one.after)}: {say_mark(one.before)} → {end}")
    click.echo(f"{diff.unchanged} as they are, {len(diff.without)} without a mark, {len(diff.absent)} not in the list.")


def _print_statuses(diff: StatusDiff) -> None:
    for one in diff.new:
        click.echo(f"+ {one.student.name}, {one.kind.title}: {one.kind.words(one.value)}")
    for before, one in diff.changed:
        said = f"{one.kind.words(before.value)} → {one.kind.words(one.value)}"
        click.echo(f"  {one.student.name}, {one.kind.title}: {said}")
    click.echo(f"{diff.unchanged} as they are.")
