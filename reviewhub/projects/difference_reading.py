"""One file of two versions ready for a page: by lines, by cells, with folds, as the page's address asks for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from reviewhub.errors import NotFound
from reviewhub.github.objects import Entry
from reviewhub.notebooks import LinkMaker, RenderedNotebook
from reviewhub.notebooks.beside import Lines, difference_table, gap_rows
from reviewhub.notebooks.choice import NEW, OLD, Choice, FoldLinks
from reviewhub.notebooks.compared_cells import ComparedCells, visible_source
from reviewhub.notebooks.differences import TextDifference, diff_texts
from reviewhub.notebooks.rendering import render_code
from reviewhub.projects.compared_files import FileComparison, Form, compare_file
from reviewhub.projects.comparing import Comparison
from reviewhub.projects.preparing import NotebookSource, Workshop, notebook_or_wait
from reviewhub.projects.reading import NO_FILE, OpenVersion

MOST_OPENED = 100


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the address of a page asks for: `address` is its own without the question, `pairs` the question.

    `marks` stand after their places: "old-L12", "new-cell-3".
    """

    address: str
    pairs: tuple[tuple[str, str], ...] = ()
    marks: Mapping[str, object] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The first value of that name, "" where there is none."""
        return next((value for key, value in self.pairs if key == name), "")

    @property
    def choice(self) -> Choice:
        """How the comparison is to be shown."""
        return Choice(
            is_split=self.get("view") != "unified",
            ignores_whitespace=self.get("whitespace") == "off",
            opened=frozenset(self._all("open")),
            places=tuple(self._all("at")),
            marks=self.marks,
            links=_Links(self.address, self.pairs),
        )

    def switch(self, **changed: str) -> str:
        """The page with other words in its address; an empty one is left out."""
        kept = [(name, value) for name, value in self.pairs if name not in {*changed, "open", "part"}]
        question = urlencode([*kept, *((name, value) for name, value in changed.items() if value)])
        return f"{self.address}{f'?{question}' if question else ''}"

    def _all(self, name: str) -> list[str]:
        return [value for key, value in self.pairs if key == name][:MOST_OPENED]


class DifferenceReader:
    """Reads the files of one comparison for one page."""

    def __init__(
        self,
        comparison: Comparison,
        asked: Asked,
        *,
        workshop: Workshop,
        links: Callable[[OpenVersion, str], LinkMaker],
    ) -> None:
        """`workshop` is where notebooks are asked for, `links` makes those inside a file of a version."""
        self._comparison = comparison
        self._asked = asked
        self._choice = asked.choice
        self._workshop = workshop
        self._links = links

    def whole(self, path: str) -> dict[str, Any]:
        """What `projects/_difference.html` is told of the file."""
        found = self._compare(path)
        content: dict[str, Any] = {}
        if found.cells is not None:
            cells, content = self._cells(found)
            content["items"] = cells.all()
        elif found.form is Form.LINES:
            content = self._lines(found)
        return {"file": found, "choice": self._choice, "switch": self._asked.switch, **content}

    def part(self, path: str, part: str) -> dict[str, Any]:
        """What `notebooks/_compared_part.html` is told of a fold: rows of a table, or cells and outputs."""
        found = self._compare(path)
        if found.cells is not None:
            cells, shown_cells = self._cells(found)
            content = cells.part(part)
            if content is None:
                raise NotFound(NO_FILE)
            rows, items = (content, ()) if isinstance(content, str) else ("", content)
            return {"rows": rows, "items": items, "choice": self._choice, **shown_cells}
        lines = Choice(opened=frozenset({part})).opened_lines(f"{NEW}-")
        rows = gap_rows(*self._texts(found), self._choice, first=lines[0][0], last=lines[0][1]) if lines else ""
        if found.form is not Form.LINES or not rows:
            raise NotFound(NO_FILE)
        return {"rows": rows, "items": (), "choice": self._choice}

    def _compare(self, path: str) -> FileComparison:
        return compare_file(self._comparison, path, as_source=self._asked.get("as") == "source")

    def _lines(self, found: FileComparison) -> dict[str, Any]:
        """A text file as one table of lines, and how many of them changed."""
        difference, old, new = self._texts(found)
        return {
            "table": difference_table(difference, old, new, self._choice),
            "added": difference.added,
            "removed": difference.removed,
            "is_cut": difference.is_cut,
        }

    def _texts(self, found: FileComparison) -> tuple[TextDifference, Lines, Lines]:
        """A text file's difference, and the coloured lines of both sides."""
        texts = visible_source(found.old_text), visible_source(found.new_text)
        difference = diff_texts(*texts, ignore_whitespace=self._choice.ignores_whitespace)
        entries = found.difference.old or found.difference.new, found.difference.new or found.difference.old
        names = [entry.name if entry else "" for entry in entries]
        old, new = (
            Lines(html=render_code(text, name=name).lines if text else (), prefix=f"{side}-")
            for text, name, side in zip(texts, names, (OLD, NEW), strict=True)
        )
        return difference, old, new

    def _cells(self, found: FileComparison) -> tuple[ComparedCells, dict[str, Any]]:
        """The cells of both notebooks, and what the page must know of how they were rendered."""
        old = self._rendered(self._comparison.old, found.difference.old)
        new = self._rendered(self._comparison.new, found.difference.new)
        books = [one for one in (old, new) if isinstance(one, RenderedNotebook)]
        if found.cells is None:
            raise NotFound(NO_FILE)
        cells = ComparedCells(
            comparison=found.cells,
            old=old.cells if isinstance(old, RenderedNotebook) else (),
            new=new.cells if isinstance(new, RenderedNotebook) else (),
            language=books[-1].language if books else "",
            choice=self._choice,
        )
        return cells, {
            "has_maths": any(book.has_maths for book in books),
            "has_runs": any(book.has_runs for book in books),
            "is_prepared": len(books) == sum(one is not None for one in (found.difference.old, found.difference.new)),
        }

    def _rendered(self, version: OpenVersion, entry: Entry | None) -> object:
        """The rendered notebook; something else where it is not there, or where the worker is still at it."""
        if entry is None:
            return None
        source = NotebookSource(
            project_id=version.project.id,
            blob_id=version.kept_id(entry.oid),
            size=entry.size or 0,
            read=lambda: version.objects.blob(entry.oid, limit_bytes=entry.size or 0).content or b"",
        )
        return notebook_or_wait(self._workshop, source, link=self._links(version, entry.path))


class _Links(FoldLinks):
    """Addresses of this page with more open, and of its parts."""

    def __init__(self, address: str, pairs: tuple[tuple[str, str], ...]) -> None:
        self._address = address
        self._pairs = [one for one in pairs if one[0] != "part"]
        self._base = [one for one in self._pairs if one[0] not in {"open", "at"}]

    def page(self, token: str) -> str:
        return self._to([*self._pairs, ("open", token)])

    def part(self, fold: str, token: str = "") -> str:
        return self._to([*self._base, ("part", fold), *([("open", token)] if token else [])])

    def whole(self) -> str:
        return self._to(self._base)

    def _to(self, pairs: list[tuple[str, str]]) -> str:
        return f"{self._address}?{urlencode(pairs)}"
