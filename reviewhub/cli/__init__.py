"""The commands: `reviewhub serve`, `reviewhub demo`, `reviewhub course check FILE` and so on.

Every refusal is one sentence on standard error and exit code 2 (1 where a check found faults). A mistyped command
names the nearest one.
"""

import sys
from pathlib import Path
from typing import Any, NoReturn

import click

from reviewhub import __version__
from reviewhub.errors import BadInput, ReviewHubError

REFUSED = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="reviewhub")
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The installation's settings file (default: $REVIEWHUB_CONFIG, then ./config.toml).",
)
@click.pass_context
def program(ctx: click.Context, config_file: Path | None) -> None:
    """Run project courses with peer review: from the first push to the last point of the grade."""
    ctx.obj = config_file


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run one command; our errors become one sentence and an exit code, never a traceback."""
    add_commands()
    try:
        outcome: Any = program.main(args=arguments, prog_name="reviewhub", standalone_mode=False)
    except click.ClickException as fault:
        fault.show()
        sys.exit(REFUSED)
    except click.Abort:
        sys.exit(130)
    except ReviewHubError as fault:
        click.echo(fault.message, err=True)
        if isinstance(fault, BadInput):
            for problem in fault.problems:
                click.echo(f"  {problem}", err=True)
        sys.exit(REFUSED)
    sys.exit(outcome if isinstance(outcome, int) else 0)


def add_commands() -> None:
    """Hang every room's commands into the program; imported late, so that `--version` is quick."""
    from reviewhub.cli import course, database, demo, grade, projects, serving, signing_in

    for command in (
        serving.serve,
        serving.worker,
        database.db,
        database.backup,
        database.restore,
        database.check,
        course.course,
        course.people,
        projects.projects,
        grade.grade,
        signing_in.sign_in_link,
        demo.demo,
    ):
        program.add_command(command)
