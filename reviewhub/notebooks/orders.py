"""What is asked of a rendering child, and what it answers: lines of JSON between two of our programs."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Self

import orjson


class Wanted(StrEnum):
    """What is to be made of a notebook: pieces for our pages, or a file to download."""

    PAGE = "page"
    PYTHON = "py"
    MARKDOWN = "md"
    HTML = "html"


class Ending(StrEnum):
    """How a child came to its end."""

    KEPT = "kept"
    """What was wanted is in the object store now."""
    REFUSED = "refused"
    MEMORY = "memory"
    TIME = "time"
    KILLED = "killed"
    """Somebody ended it from outside: nothing is said about the notebook."""
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """One piece of work: the first line on the child's standard input, before `size` bytes of the notebook.

    `objects` names the object store, `blob_id` what the result is kept under; `renderer` is the asker's, and a child of
    another one refuses, since the asker would never find what it keeps. Limits: megabytes of address space, seconds for
    one cell, seconds for all of it.
    """

    wanted: Wanted
    blob_id: str
    objects: str
    renderer: str
    size: int
    memory_megabytes: int
    cell_seconds: float
    wall_seconds: float

    def as_line(self) -> bytes:
        """The order as it is sent."""
        return orjson.dumps(asdict(self)) + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """The order that was sent."""
        fields = orjson.loads(line)
        return cls(**(fields | {"wanted": Wanted(fields["wanted"])}))


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """A line the child writes: how many cells of how many are done, and in the last one how it ended and why."""

    done: int = 0
    total: int = 0
    ending: Ending | None = None
    why: str = ""

    def as_line(self) -> bytes:
        """The report as it is sent."""
        return orjson.dumps(asdict(self)) + b"\n"

    @classmethod
    def from_line(cls, line: bytes) -> Self:
        """The report that was sent; ValueError for what is none."""
        fields = orjson.loads(line)
        return cls(**(fields | {"ending": Ending(fields["ending"]) if fields["ending"] else None}))
