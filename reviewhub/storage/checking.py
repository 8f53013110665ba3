"""Checking what must always be true: named invariants, run by `reviewhub check`, in tests, and whenever one likes.

A room's own stand in its `invariants.py`, as `INVARIANTS: dict[str, Invariant]`, from the sentence that must be true to
the function that looks for exceptions. Constraints hold what one row or key can say; invariants say the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

import reviewhub
from reviewhub.storage.database import Database

Invariant = Callable[[Session], list[str]]
"""Look through the rows and return one sentence for every exception; an empty list where all is well."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One invariant and the exceptions that were found."""

    room: str
    name: str
    exceptions: tuple[str, ...]


def known_invariants() -> Iterator[tuple[str, str, Invariant]]:
    """Room, name and function of every invariant; storage's own come first."""
    yield "storage", "every row refers to rows that exist, and the file is whole", whole
    for file in sorted(Path(reviewhub.__file__).parent.glob("*/invariants.py")):
        room = file.parent.name
        for name, invariant in import_module(f"reviewhub.{room}.invariants").INVARIANTS.items():
            yield room, name, invariant


def check_all(database: Database) -> Iterator[Checked]:
    """Check every invariant in a reading transaction of its own; one that cannot be checked counts as broken."""
    for room, name, invariant in known_invariants():
        with database.reading() as session:
            try:
                exceptions = tuple(invariant(session))
            except Exception as fault:  # noqa: BLE001 - whatever it is, the administrator must hear of it
                exceptions = (f"it could not be checked: {' '.join(str(fault).split())}",)
        yield Checked(room=room, name=name, exceptions=exceptions)


def whole(session: Session) -> list[str]:
    """What SQLite itself finds; PostgreSQL holds both at every commit."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    file = [line for line in session.execute(text("PRAGMA integrity_check")).scalars() if line != "ok"]
    keys = [
        f"row {row[1]} of {row[0]} refers to a row of {row[2]} that does not exist"
        for row in session.execute(text("PRAGMA foreign_key_check"))
    ]
    return file + keys
