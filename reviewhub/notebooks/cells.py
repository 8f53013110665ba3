"""What a notebook is once it has been read: plain frozen values, in the order of the file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reviewhub.errors import ReviewHubError


class NotebookRefused(ReviewHubError):
    """Nothing of this file can be shown as a notebook; the message says why, in one sentence for the reader."""


class CellKind(StrEnum):
    """What a cell holds."""

    MARKDOWN = "markdown"
    CODE = "code"
    RAW = "raw"


class OutputKind(StrEnum):
    """What a code cell left behind."""

    STREAM = "stream"
    DISPLAY = "display"
    RESULT = "result"
    ERROR = "error"
    UNREADABLE = "unreadable"


class NoticeKind(StrEnum):
    """Why the reader is told something about the notebook as a whole."""

    FORMAT = "format"
    WIDGETS = "widgets"
    ORDER = "order"
    NOT_RUN = "not-run"
    NO_OUTPUTS = "no-outputs"
    SHORTENED = "shortened"


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """One sentence above the notebook; `cell_index` (from 0) when it is about one cell."""

    kind: NoticeKind
    text: str
    cell_index: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamPart:
    """Text of one stream (`stdout` or `stderr`) inside a run of printed text."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Output:
    """One output of a cell, numbered from 0 after neighbouring streams became one.

    `media` maps media types to their content (text, or JSON for `application/json` and its kin), and is empty
    for streams and errors; `parts` is filled for streams, `text` (the traceback, with terminal colours) for
    errors. `output_hash` is the SHA-256 of kind and content: execution counts and metadata do not touch it.
    """

    ordinal: int
    kind: OutputKind
    output_hash: str
    parts: tuple[StreamPart, ...] = ()
    text: str = ""
    media: Mapping[str, object] = field(default_factory=dict)
    metadata: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One cell: `index` counts from 0; `cell_id` stays the same while the author leaves the cell alone.

    `cell_id` is nbformat's id, else Colab's `metadata.id`, else made of the source and of how many equal
    sources came before. `source_hash` is the SHA-256 of the source.
    """

    index: int
    cell_id: str
    kind: CellKind
    source: str
    source_hash: str
    execution_count: int | None = None
    outputs: tuple[Output, ...] = ()
    attachments: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Notebook:
    """A notebook as it can be shown: whatever was wrong with the file is a notice."""

    cells: tuple[Cell, ...]
    language: str
    notices: tuple[Notice, ...] = ()
