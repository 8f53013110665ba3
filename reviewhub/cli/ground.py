"""What every command stands on: settings, database (of this program's version), clock."""

from dataclasses import dataclass
from pathlib import Path

from reviewhub.config import Settings, read_settings
from reviewhub.storage import Clock, Database, clock_of


@dataclass(frozen=True, kw_only=True)
class CommandGround:
    """The settings, the database and the clock of one command."""

    settings: Settings
    database: Database
    clock: Clock


def open_ground(config_file: object) -> CommandGround:
    """Open the installation that `config_file` (or the working folder) describes; migrations are run first."""
    from reviewhub.storage.migrating import upgrade

    settings = read_settings(config_file if isinstance(config_file, Path) else None)
    database = Database(settings.database.url)
    upgrade(database)
    return CommandGround(settings=settings, database=database, clock=clock_of(settings.demonstration.clock_file))
