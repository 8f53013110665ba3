"""Checking what must always be true: named invariants, run by `reviewhub check`, in tests, and whenever one likes.

A room's own stand in its `invariants.py`, as `INVARIANTS: dict[str, Invariant]`, from the sentence that must be true to
the function that looks for exceptions; `FILE_INVARIANTS`, in the same form, also look at the files that rows name.
Constraints hold what one row or key can say; invariants say the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

import reviewhub
from reviewhub.config import Settings
from reviewhub.storage.database import Database

Invariant = Callable[[Session], list[str]]
"""Look through the rows and return one sentence for every exception; an empty list where all is well."""


@dataclass(frozen=True, kw_only=True)
class Premises:
    """Where an installation's files are and what the time is; `thorough` reads files whole, not only their sizes."""

    settings: Settings
    now: datetime
    thorough: bool = False


FileInvariant = Callable[[Session, Premises], list[str]]
"""The same, over rows and files."""


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One invariant and the exceptions that were found."""

    room: str
    name: str
    exceptions: tuple[str, ...]


def known_invariants(premises: Premises | None = None) -> Iterator[tuple[str, str, Invariant]]:
    """Room, name and function of every invariant; storage's own come first, those over files only with `premises`."""
    yield "storage", "every row refers to rows that exist, and the file is whole", whole
    for file in sorted(Path(reviewhub.__file__).parent.glob("*/invariants.py")):
        room = file.parent.name
        module = import_module(f"reviewhub.{room}.invariants")
        for name, invariant in module.INVARIANTS.items():
            yield room, name, invariant
        if premises is not None:
            for name, over_files in getattr(module, "FILE_INVARIANTS", {}).items():
                yield room, name, partial(over_files, premises=premises)


def check_all(database: Database, premises: Premises | None = None) -> Iterator[Checked]:
    """Check every invariant (those over files only with `premises`), each in a reading transaction of its own.

    One that cannot be checked counts as broken.
    """
    for room, name, invariant in known_invariants(premises):
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
