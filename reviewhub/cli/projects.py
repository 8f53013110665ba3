"""`reviewhub projects …`: look at a course's repository, see what was found there, and list its projects."""

from typing import Any

import click

from reviewhub.accounts.rights import PROGRAM
from reviewhub.cli.ground import open_ground
from reviewhub.courses.facts import find_course
from reviewhub.projects.addresses import shown
from reviewhub.projects.finding import Proposal, find_projects
from reviewhub.projects.freezing import freeze_due
from reviewhub.projects.lookup import find_mirror, living_projects
from reviewhub.projects.mirroring import mirror_course
from reviewhub.projects.standing import standings_of


@click.group()
def projects() -> None:
    """Look at a course's shared repository and its projects."""


@projects.command("mirror")
@click.argument("course")
@click.pass_obj
def mirror_now(config_file: Any, course: str) -> int:
    """Look at the repository of COURSE now, and freeze what is due."""
    ground = open_ground(config_file)
    outcome = mirror_course(ground.database, ground.settings, actor=PROGRAM, now=ground.clock(), course=course)
    if outcome.failure:
        click.echo(outcome.failure, err=True)
        return 1
    click.echo(f"{_count(outcome.recorded, 'new push', 'new pushes')} recorded.")
    with ground.database.writing() as session:
        frozen = freeze_due(session, actor=PROGRAM, now=ground.clock(), course=course, mirrors=ground.settings.mirrors)
    if frozen:
        click.echo(f"{_count(len(frozen), 'version', 'versions')} frozen.")
    return 0


@projects.command("found")
@click.argument("course")
@click.pass_obj
def show_found(config_file: Any, course: str) -> None:
    """Print the places in the repository of COURSE that look like projects, with the reasons."""
    ground = open_ground(config_file)
    with ground.database.reading() as session:
        row = find_course(session, course)
        found = find_projects(session, row, mirrors=ground.settings.mirrors)
        looked = find_mirror(session, row)
    if looked is None or looked.fetched_at is None:
        click.echo(f"The repository was not looked at yet: reviewhub projects mirror {course}")
        return
    for proposal in found:
        _print_found(proposal)
    click.echo(f"{_count(len(found), 'place', 'places')} found.")


@projects.command("list")
@click.argument("course")
@click.pass_obj
def list_projects(config_file: Any, course: str) -> None:
    """Print the projects of COURSE and how their versions stand now."""
    ground = open_ground(config_file)
    with ground.database.reading() as session:
        row = find_course(session, course)
        standings = standings_of(
            session, row, living_projects(session, row), now=ground.clock(), mirrors=ground.settings.mirrors
        )
    for standing in standings:
        group = standing.project.group.name if standing.project.group else "no group"
        click.echo(f"{standing.project.key}  {shown(standing.project.title)}  ({group})")
        for version in standing.versions:
            click.echo(f"  {version.sentence}")
    click.echo(f"{_count(len(standings), 'project', 'projects')}.")


def _print_found(proposal: Proposal) -> None:
    found = proposal.found
    mark = f"project {proposal.confirmed_key}" if proposal.confirmed_key else "not confirmed"
    click.echo(f"{proposal.key}  {shown(found.title)}  ({mark})")
    click.echo(f"  {shown(found.folder) or 'the whole branch'} on {found.branch}: {', '.join(found.reasons)}")
    for guess in proposal.guesses:
        click.echo(f"  {guess.person.name}: {guess.reason}")


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
