"""`reviewhub course …` and `reviewhub people …`: course files, courses, rosters and groups from the command line."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reviewhub.cli.ground import open_ground
from reviewhub.errors import BadInput, Problem

if TYPE_CHECKING:
    from reviewhub.courses.roster import Roster, RosterDiff

FAULTS_FOUND = 1
ROLES = ("student", "assistant", "instructor", "observer")


@click.group()
def course() -> None:
    """Check course files; add, show and update courses."""


@course.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
def check(files: Sequence[str]) -> None:
    """Check course files and print all their mistakes.

    FILE is a path, or the name of a file that ships with ReviewHub (ceng796). Exit code 1 where a file has mistakes.
    """
    from reviewhub.courses.course_file import load_policy

    wrong = 0
    for file in files:
        try:
            policy = load_policy(_read_course_file(file), place=file)
        except BadInput as fault:
            wrong += 1
            _print_problems(fault)
        else:
            click.echo(f"{file}: no mistakes ({policy.title}, {policy.term}).")
    sys.exit(FAULTS_FOUND if wrong else 0)


@course.command()
@click.argument("file")
@click.option("--slug", required=True, help="The short name in addresses: /c/SLUG/")
@click.option("--remote", default="", help="The shared repository: https://…, ssh://… or a path.")
@click.option("--instructor", default="", help="The mail address of the first instructor.")
@click.option("--instructor-name", default="", help="The first instructor's name.")
@click.pass_obj
def add(config_file: object, file: str, slug: str, remote: str, instructor: str, instructor_name: str) -> None:
    """Add a course by its course file."""
    from reviewhub.accounts.rights import PROGRAM, Role
    from reviewhub.courses.adding import add_course
    from reviewhub.courses.enrolling import enroll_person

    text, ground = _read_course_file(file), open_ground(config_file)
    allowed = ground.settings.git.local_paths
    with ground.database.writing() as session:
        now = ground.clock()
        added = add_course(
            session, actor=PROGRAM, now=now, slug=slug, text=text, remote=remote, local_paths=allowed, place=file
        )
        if instructor:
            name = instructor_name or instructor.partition("@")[0]
            enroll_person(
                session, actor=PROGRAM, now=now, course=slug, email=instructor, name=name, role=Role.INSTRUCTOR
            )
    click.echo(f"Added {added.title}, {added.term}: {ground.settings.server.base_url}/c/{slug}/")


@course.command("list")
@click.pass_obj
def list_courses(config_file: object) -> None:
    """List the courses of this installation."""
    from sqlalchemy import select

    from reviewhub.courses.tables import Course

    with open_ground(config_file).database.reading() as session:
        for row in session.scalars(select(Course).order_by(Course.slug)):
            click.echo(f"{row.slug}\t{row.title}, {row.term}\t{row.remote or 'no repository'}")


@course.command()
@click.argument("slug")
@click.pass_obj
def show(config_file: object, slug: str) -> None:
    """Show a course's dates and rules in plain words."""
    from reviewhub.courses.facts import find_course
    from reviewhub.courses.phases import deadline_title, deadlines_of
    from reviewhub.courses.policy_words import say_rules

    with open_ground(config_file).database.reading() as session:
        row = find_course(session, slug)
    policy = row.policy
    click.echo(f"{policy.title}, {policy.term} ({policy.zone})")
    for key, moment in deadlines_of(policy).items():
        click.echo(f"  {moment.astimezone(policy.tzinfo):%Y-%m-%d %H:%M}  {deadline_title(policy, key)}")
    for chapter in say_rules(policy):
        click.echo(f"\n{chapter.title}")
        for sentence in chapter.sentences:
            click.echo(f"  {sentence}")


@course.command()
@click.argument("slug")
@click.argument("file")
@click.pass_obj
def diff(config_file: object, slug: str, file: str) -> None:
    """Show what FILE would change in the course. Nothing is written."""
    from reviewhub.courses.adding import preview_update
    from reviewhub.courses.facts import find_course

    text = _read_course_file(file)
    with open_ground(config_file).database.reading() as session:
        changes = preview_update(find_course(session, slug), text, place=file)
    _print_changes(changes)


@course.command()
@click.argument("slug")
@click.argument("file")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def update(config_file: object, slug: str, file: str, *, yes: bool) -> None:
    """Show what FILE would change in the course, ask, and do it."""
    from reviewhub.accounts.rights import PROGRAM
    from reviewhub.courses import adding
    from reviewhub.courses.adding import preview_update, update_course
    from reviewhub.courses.facts import find_course
    from reviewhub.grades.changing_rules import keep_released_grades

    text, ground = _read_course_file(file), open_ground(config_file)
    with ground.database.reading() as session:
        row = find_course(session, slug)
    _print_changes(preview_update(row, text, place=file))
    if not yes:
        click.confirm("Update the course?", abort=True)
    adding.guards[:] = [keep_released_grades]
    with ground.database.writing() as session:
        update_course(
            session,
            actor=PROGRAM,
            now=ground.clock(),
            course=slug,
            text=text,
            seen_digest=row.policy_digest,
            place=file,
        )
    click.echo(f"Updated {slug}.")


@click.group()
def people() -> None:
    """Who is in a course: import a list, add one person, form groups."""


@people.command("import")
@click.argument("slug", metavar="COURSE")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--mail-domain", default="", help="Completes log-in names that have no @ (example.edu.tr).")
@click.option("--skip-wrong-rows", is_flag=True, help="Import the other rows where some cannot be used.")
@click.option("--remove-missing", is_flag=True, help="Students who are not in the list leave the course.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def import_people(
    config_file: object,
    slug: str,
    file: Path,
    mail_domain: str,
    *,
    skip_wrong_rows: bool,
    remove_missing: bool,
    yes: bool,
) -> None:
    """Show what the list FILE would change in COURSE, ask, and do it.

    CSV from ODTUClass, Moodle, Canvas or a spreadsheet: any order of columns, English or Turkish headers.
    """
    from reviewhub.accounts.rights import PROGRAM
    from reviewhub.courses.enrolling import import_roster, preview_roster
    from reviewhub.courses.facts import find_course
    from reviewhub.courses.roster import read_roster

    roster = read_roster(file.read_bytes(), place=file.name, mail_domain=mail_domain)
    ground = open_ground(config_file)
    with ground.database.reading() as session:
        changes = preview_roster(session, find_course(session, slug), roster.rows)
    _print_roster(roster, changes)
    problems = (*roster.problems, *changes.problems)
    if problems and not skip_wrong_rows:
        message = "Nothing was imported: some rows cannot be used. Correct them, or add --skip-wrong-rows."
        raise BadInput(message, problems)
    removed_ids = [person.enrollment_id for person in changes.missing] if remove_missing else []
    if changes.is_empty and not removed_ids:
        click.echo("The list changes nothing.")
        return
    if not yes:
        click.confirm("Import?", abort=True)
    with ground.database.writing() as session:
        import_roster(
            session,
            actor=PROGRAM,
            now=ground.clock(),
            course=slug,
            rows=roster.rows,
            seen_digest=changes.digest,
            removed_ids=removed_ids,
        )
    click.echo("Imported.")


@people.command("list")
@click.argument("slug", metavar="COURSE")
@click.pass_obj
def list_people(config_file: object, slug: str) -> None:
    """List everybody in COURSE with role, number and group."""
    from reviewhub.courses.facts import find_course
    from reviewhub.courses.members import group_names, list_enrollments

    with open_ground(config_file).database.reading() as session:
        row = find_course(session, slug)
        groups = group_names(session, row)
        for person in list_enrollments(session, row):
            cells = (person.role, person.user.name, person.user.email, person.student_number, groups.get(person.id))
            click.echo("\t".join(cell or "—" for cell in cells))


@people.command("add")
@click.argument("slug", metavar="COURSE")
@click.argument("email")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="student")
@click.option("--number", default="", help="The student number.")
@click.pass_obj
def add_one(config_file: object, slug: str, email: str, name: str, role: str, number: str) -> None:
    """Put one person into COURSE."""
    from reviewhub.accounts.rights import PROGRAM, Role
    from reviewhub.courses.enrolling import enroll_person

    ground = open_ground(config_file)
    with ground.database.writing() as session:
        person = enroll_person(
            session,
            actor=PROGRAM,
            now=ground.clock(),
            course=slug,
            email=email,
            name=name,
            role=Role(role),
            student_number=number,
        )
    click.echo(f"{person.user.name} is in {slug} as {role}.")


@people.command()
@click.argument("slug", metavar="COURSE")
@click.argument("name")
@click.argument("emails", metavar="EMAIL...", nargs=-1)
@click.pass_obj
def group(config_file: object, slug: str, name: str, emails: Sequence[str]) -> None:
    """Put students into the group NAME of COURSE, and make it where it is new."""
    from reviewhub.accounts.rights import PROGRAM
    from reviewhub.courses.facts import find_course
    from reviewhub.courses.grouping import create_group, join_group
    from reviewhub.courses.members import find_by_email, list_groups

    ground = open_ground(config_file)
    with ground.database.writing() as session:
        now, row = ground.clock(), find_course(session, slug)
        known = {found.name.casefold(): found.group_id for found in list_groups(session, row)}
        group_id = known.get(name.casefold())
        if group_id is None:
            made = create_group(session, actor=PROGRAM, now=now, course=slug, name=name)
            session.flush()
            group_id = made.id
        for email in emails:
            person = find_by_email(session, row, email)
            join_group(session, actor=PROGRAM, now=now, course=slug, group_id=group_id, enrollment_id=person.id)
            session.flush()
    click.echo(f"{name}: {len(emails)} joined.")


@people.command()
@click.argument("slug", metavar="COURSE")
@click.argument("email")
@click.option("--reason", default="", help="Only the staff read it.")
@click.pass_obj
def withdraw(config_file: object, slug: str, email: str, reason: str) -> None:
    """Take a student out of their group; the dates stay on record."""
    from reviewhub.accounts.rights import PROGRAM
    from reviewhub.courses.facts import find_course
    from reviewhub.courses.grouping import leave_group
    from reviewhub.courses.members import find_by_email, present_membership

    ground = open_ground(config_file)
    with ground.database.writing() as session:
        row = find_course(session, slug)
        membership = present_membership(session, find_by_email(session, row, email))
        leave_group(session, actor=PROGRAM, now=ground.clock(), course=slug, membership_id=membership.id, reason=reason)
    click.echo(f"{email} has left their group.")


def _read_course_file(file: str) -> str:
    """The text at a path, else of the shipped course file with that name."""
    from reviewhub.courses.course_file import shipped_slugs, shipped_text

    path = Path(file)
    if not path.exists() and file in shipped_slugs():
        return shipped_text(file)
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        reason = "it is not text in UTF-8"
    except OSError as fault:
        reason = (fault.strerror or "it cannot be read").lower()
    what = f"The course file {file} cannot be read: {reason}."
    shipped = f"These ship with ReviewHub: {', '.join(shipped_slugs())}."
    raise BadInput(what, (Problem(place=file, what=what, hint=shipped),))


def _print_problems(fault: BadInput) -> None:
    click.echo(fault.message)
    for problem in fault.problems:
        click.echo(f"  {problem}")


def _print_changes(changes: Sequence[object]) -> None:
    for change in changes:
        click.echo(str(change))
    if not changes:
        click.echo("No rule changes.")


def _print_roster(roster: "Roster", changes: "RosterDiff") -> None:
    click.echo(f"Read as {roster.encoding} with {roster.delimiter} between the cells.")
    for row in changes.added:
        click.echo(f"+ {row.name} <{row.email}>{' ' + row.role.value if row.role else ''}")
    for change in changes.changed:
        said = ", ".join(f"{field}: {before} → {after}" for field, (before, after) in change.fields.items())
        click.echo(f"  {change.row.name} <{change.row.email}> {said}")
    for person in changes.missing:
        click.echo(f"? {person.name} <{person.email}> is not in the list")
    click.echo(f"{changes.unchanged} as they are.")
