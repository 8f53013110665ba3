"""Rendered cells and notebooks before they get their addresses: what the cache keeps."""

from dataclasses import asdict, dataclass
from typing import Any, Self

from reviewhub.notebooks.cells import CellKind, Notice, NoticeKind, OutputKind
from reviewhub.notebooks.places import Heading


@dataclass(frozen=True, kw_only=True, slots=True)
class CellDraft:
    """What a cell's content alone determines: no index, no id, no execution count, no address.

    `outputs` are pairs of kind and HTML; `headings` pairs of level and text. A makeshift is never kept.
    """

    kind: CellKind
    html: str
    lines: tuple[str, ...]
    outputs: tuple[tuple[OutputKind, str], ...]
    headings: tuple[tuple[int, str], ...]
    is_makeshift: bool = False

    @property
    def weight(self) -> int:
        """About how many bytes of memory it takes."""
        return (
            400
            + len(self.html)
            + sum(map(len, self.lines))
            + 60 * len(self.lines)
            + sum(len(html) for _, html in self.outputs)
        )

    def as_json(self) -> list[object]:
        """The values in order, for `from_json`."""
        return [self.kind, self.html, self.lines, self.outputs, self.headings]

    @classmethod
    def from_json(cls, saved: list[Any]) -> Self:
        """The draft `as_json` was taken of."""
        kind, html, lines, outputs, headings = saved
        return cls(
            kind=CellKind(kind),
            html=html,
            lines=tuple(lines),
            outputs=tuple((OutputKind(output_kind), output) for output_kind, output in outputs),
            headings=tuple((level, text) for level, text in headings),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedDraft:
    """A draft at its place in one notebook, with the key it is remembered by."""

    key: str
    cell_id: str
    execution_count: int | None
    draft: CellDraft


@dataclass(frozen=True, kw_only=True, slots=True)
class NotebookDraft:
    """A whole rendered notebook without addresses."""

    cells: tuple[PlacedDraft, ...]
    notices: tuple[Notice, ...]
    language: str

    @property
    def outline(self) -> tuple[Heading, ...]:
        """The headings of all cells in order."""
        return tuple(
            Heading(level=level, text=text, cell_index=index)
            for index, placed in enumerate(self.cells)
            for level, text in placed.draft.headings
        )

    def as_json(self) -> dict[str, object]:
        """The draft as JSON values, for `from_json`."""
        return {
            "cells": [[c.key, c.cell_id, c.execution_count, c.draft.as_json()] for c in self.cells],
            "notices": [asdict(notice) for notice in self.notices],
            "language": self.language,
        }

    @classmethod
    def from_json(cls, saved: dict[str, Any]) -> Self:
        """The draft `as_json` was taken of."""
        return cls(
            cells=tuple(
                PlacedDraft(key=key, cell_id=cell_id, execution_count=count, draft=CellDraft.from_json(draft))
                for key, cell_id, count, draft in saved["cells"]
            ),
            notices=tuple(
                Notice(kind=NoticeKind(notice["kind"]), text=notice["text"], cell_index=notice["cell_index"])
                for notice in saved["notices"]
            ),
            language=saved["language"],
        )
