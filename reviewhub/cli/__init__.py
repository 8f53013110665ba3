"""The commands: `reviewhub serve`, `reviewhub demo`, `reviewhub course check FILE` and so on.

Every refusal is one sentence on standard error and exit code 2 (1 where a check found faults). A mistyped command
names the nearest one.
"""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import click

from reviewhub import __version__
from reviewhub.errors import BadInput, ReviewHubError

REFUSED = 2


# Command → the module that has it, under the same name unless a colon says otherwise.
COMMANDS = {
    "serve": "serving",
    "worker": "serving",
    "demo": "demo",
    "course": "course",
    "people": "course",
    "projects": "projects",
    "receipt": "receipts",
    "assignment": "assignment",
    "grade": "grade",
    "sign-in-link": "signing_in:sign_in_link",
    "db": "database",
    "backup": "database",
    "restore": "database",
    "check": "database",
}


class Commands(click.Group):
    """The commands by name; a module is imported only when its command is used or listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order in which an administrator meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """The command with this name; where there is none, the refusal names the nearest."""
        if cmd_name not in COMMANDS:
            raise click.NoSuchCommand(cmd_name, possibilities=COMMANDS, ctx=ctx)
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"reviewhub.cli.{module}"), name or cmd_name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
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
