"""`reviewhub receipt key` and `reviewhub receipt verify`: the key that signs receipts, and checking one anywhere."""

from pathlib import Path

import click

from reviewhub.errors import BadInput
from reviewhub.projects.signed_receipts import (
    LARGEST_RECEIPT,
    NotGenuine,
    key_id,
    read_public_key,
    say_statement,
    verify_receipt,
)


@click.group()
def receipt() -> None:
    """Check signed receipts of frozen versions, anywhere; show the key they are checked with."""


@receipt.command("verify")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--key", "key", required=True, metavar="PUB", help="The public key: its line of text, or a file with it.")
def verify(file: Path, key: str) -> int:
    """Check the receipt FILE and print what it says. Needs no network, no database and no settings.

    Exit code 0: it is genuine. 1: it was changed, or another key signed it. 2: it is no receipt, or not a whole one.
    """
    public = read_public_key(_text_of(key))
    try:
        statement = verify_receipt(_read(file), public)
    except NotGenuine as refused:
        click.echo(refused.message, err=True)
        return 1
    click.echo(f"This receipt is genuine: the key {key_id(public)} signed it, and nothing in it was changed.")
    for sentence in say_statement(statement):
        click.echo(sentence)
    return 0


@receipt.command("key")
@click.option("--all", "every", is_flag=True, help="Also the keys that signed before.")
@click.pass_obj
def show_key(config_file: object, *, every: bool) -> None:
    """Print the public key of this installation: what the course page shows and `verify --key` takes."""
    # Imported here, because `verify` works where there is no git and no database.
    from reviewhub.accounts.rights import PROGRAM
    from reviewhub.cli.ground import open_ground
    from reviewhub.projects.receipt_keys import list_key, public_keys

    ground = open_ground(config_file)
    with ground.database.writing() as session:
        list_key(session, ground.settings, actor=PROGRAM, now=ground.clock())
    with ground.database.reading() as session:
        known = public_keys(session, ground.settings)
    for one in known if every else known[:1]:
        click.echo(one.text)


def _text_of(key: str) -> str:
    """The key itself: what was typed, or what stands in the file of that name."""
    file = Path(key)
    try:
        is_file = file.is_file()
    except OSError:  # a name that is too long for a file is no file
        is_file = False
    return _read(file).decode("utf-8", "replace") if is_file else key


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as content:
            return content.read(LARGEST_RECEIPT + 1)
    except OSError as fault:
        msg = f"{file} cannot be read: {fault.strerror}."
        raise BadInput(msg) from fault
