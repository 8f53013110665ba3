"""Write the migration from the newest one to the tables as they are declared: `make migration MESSAGE="why"`."""

import sys
import tempfile
from pathlib import Path

from reviewhub.storage import Database
from reviewhub.storage.migrating import upgrade, write_migration


def main(message: str) -> None:
    """Upgrade an empty SQLite database, compare it with the tables, and write what is missing."""
    if not message:
        sys.exit('Say what changes: make migration MESSAGE="reviews get a summary".')
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/empty.sqlite")
        upgrade(database)
        for file in write_migration(database, message):
            sys.stdout.write(f"{file.relative_to(Path.cwd())}\n")
        database.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
