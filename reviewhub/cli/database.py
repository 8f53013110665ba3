"""`reviewhub db upgrade`, `backup`, `restore`, `check`: what an administrator does with the installation as a whole."""

from datetime import UTC, datetime
from pathlib import Path

import click

from reviewhub.cli.serving import check_machine
from reviewhub.config import Settings, read_settings
from reviewhub.storage import Database, clock_of
from reviewhub.storage.backup import Manifest, restore_backup, write_backup
from reviewhub.storage.checking import Premises, check_all
from reviewhub.storage.migrating import upgrade, versions


@click.group()
def db() -> None:
    """Look after the database."""


@db.command("upgrade")
@click.pass_obj
def upgrade_database(config_file: object) -> None:
    """Bring the database to this program's version; `serve` and every other command do so by themselves."""
    _, database = _open(config_file)
    before, after = upgrade(database)
    if before == after:
        click.echo(f"The database is at version {after} already.")
    else:
        click.echo(f"The database is at version {after} now" + (f" (it was at {before})." if before else "."))


@db.command("version")
@click.pass_obj
def show_version(config_file: object) -> None:
    """Print the database's version and this program's."""
    _, database = _open(config_file)
    current, newest = versions(database)
    click.echo(f"database {current or 'empty'}, program {newest}")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(config_file: object, file: Path) -> None:
    """Write the whole installation to FILE (.tar.gz), while it runs."""
    settings, database = _open(config_file)
    upgrade(database)
    manifest = write_backup(settings, database, file, now=datetime.now(UTC), tell=_tell)
    click.echo(f"Wrote {file}: {_size(file)}, {_rows(manifest)}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def restore(config_file: object, file: Path) -> None:
    """Fill a new, empty installation from the backup FILE."""
    settings, database = _open(config_file)
    manifest = restore_backup(settings, database, file, tell=_tell)
    click.echo(f"Restored {file} of {manifest.made_at[:16].replace('T', ' ')} UTC: {_rows(manifest)}.")


@click.command()
@click.option("--thorough", is_flag=True, help="Read the pack of every frozen version whole, instead of its size only.")
@click.pass_obj
def check(config_file: object, *, thorough: bool) -> int:
    """Check everything that must always be true; exit code 1 where something is not."""
    settings, database = _open(config_file)
    upgrade(database)
    now = clock_of(settings.demonstration.clock_file)()
    broken = 0
    for checked in check_all(database, Premises(settings=settings, now=now, thorough=thorough)):
        mark = "broken" if checked.exceptions else "holds "
        click.echo(f"{mark}  {checked.room}: {checked.name}")
        for sentence in checked.exceptions:
            click.echo(f"          {sentence}")
        broken += bool(checked.exceptions)
    click.echo(f"{broken} broken." if broken else "Everything holds.")
    return 1 if broken else 0


def _open(config_file: object) -> tuple[Settings, Database]:
    settings = read_settings(config_file if isinstance(config_file, Path) else None)
    check_machine(settings)
    return settings, Database(settings.database.url)


def _tell(text: str) -> None:
    click.echo(f"  {text}")


def _size(file: Path) -> str:
    return f"{file.stat().st_size / 1_000_000:.1f} MB"


def _rows(manifest: Manifest) -> str:
    return f"{sum(manifest.rows.values())} rows, version {manifest.revision}"
