"""Rows and their keeping: engine, transactions, base row, column types, migrations, the clock."""

from reviewhub.storage.asking import ANSWERS, ask_once
from reviewhub.storage.base import Base, Row
from reviewhub.storage.clock import Clock, ShiftedClock, clock_of, machine_clock
from reviewhub.storage.database import Database
from reviewhub.storage.types import ID_LENGTH, Id, JsonValue, Points, UtcMoment, new_id, repeatable_ids

__all__ = [
    "ANSWERS",
    "ID_LENGTH",
    "Base",
    "Clock",
    "Database",
    "Id",
    "JsonValue",
    "Points",
    "Row",
    "ShiftedClock",
    "UtcMoment",
    "ask_once",
    "clock_of",
    "machine_clock",
    "new_id",
    "repeatable_ids",
]
