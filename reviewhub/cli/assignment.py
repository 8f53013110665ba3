"""`reviewhub assignment derive`: answers the stored question of an assignment again, and says whether it is equal."""

import json
from pathlib import Path
from typing import Any

import click

from reviewhub.errors import BadInput


@click.group("assignment")
def assignment() -> None:
    """Derive again who was assigned to review what."""


@assignment.command("derive")
@click.argument("course", required=False)
@click.argument("run", required=False)
@click.option("--file", "file", type=click.Path(path_type=Path, dir_okay=False), help="The downloaded input of a run.")
@click.pass_obj
def derive(config_file: object, course: str | None, run: str | None, file: Path | None) -> int:
    """Answer the question of RUN (by default the one in force) in COURSE again and compare it with what was assigned.

    With --file no database is needed: the file is what the staff's page offers as "Input of this run".
    Exit code 0: input and plan are equal. 1: they differ. 2: there is nothing to derive.
    """
    # Imported here, because the optimiser takes a moment to load.
    from reviewhub.reviews.deriving import derive_plan

    if (course is None) == (file is None):
        raise BadInput("Name the course, or the file with --file.")
    stored = _from_file(file) if file is not None else _from_course(config_file, str(course), run)
    found = derive_plan(stored["question"], stored["input_digest"], stored["plan"])
    click.echo(f"Seed {found.seed}, input {found.input_digest}")
    if not found.digest_is_equal:
        click.echo("The stored input does not have the stored hash: it was changed after the dry run.")
    for title, pairs in (("stored", found.only_stored), ("derived", found.only_derived)):
        for reviewer_id, project_id in pairs:
            click.echo(f"Only in the {title} plan: {reviewer_id} reviews {project_id}")
    if found.is_equal:
        click.echo(f"Equal: the same {found.pairs} pairs come out again.")
    return 0 if found.is_equal else 1


def _from_course(config_file: object, slug: str, run: str | None) -> dict[str, Any]:
    from reviewhub.cli.ground import open_ground
    from reviewhub.courses.facts import find_course
    from reviewhub.reviews.assigning import find_run, run_in_force, run_record

    with open_ground(config_file).database.reading() as session:
        course = find_course(session, slug)
        return run_record(find_run(session, course, run) if run else run_in_force(session, course))


def _from_file(file: Path) -> dict[str, Any]:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except OSError as fault:
        msg = f"{file} cannot be read: {fault.strerror}."
        raise BadInput(msg) from fault
    except ValueError as fault:
        msg = f"{file} is no JSON file."
        raise BadInput(msg) from fault
    if not isinstance(content, dict) or not {"question", "input_digest", "plan"} <= set(content):
        msg = f"{file} is not the input of a run."
        raise BadInput(msg)
    return content
