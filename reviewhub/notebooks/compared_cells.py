"""Two versions of a notebook cell by cell, ready for the page: what changed is shown, what did not is folded."""

import re
from bisect import bisect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from reviewhub.notebooks.alignment import CellMatch, MatchReason
from reviewhub.notebooks.beside import Lines, difference_table, gap_rows
from reviewhub.notebooks.cells import Cell, CellKind
from reviewhub.notebooks.choice import NEW, OLD, Choice, compared_place, lines_token
from reviewhub.notebooks.compared_outputs import Budget, ComparedOutputs, OutputFold, ShownOutput
from reviewhub.notebooks.comparing import CellChange, CellPair, NotebookComparison, OutputChange
from reviewhub.notebooks.differences import TextDifference, diff_texts
from reviewhub.notebooks.highlighting import highlight
from reviewhub.notebooks.places import RenderedCell
from reviewhub.notebooks.visible import make_visible

SHORT_SOURCE = 8
"""Lines of an unchanged source that is shown whole above changed outputs; of a longer one the first few."""
FIRST_LINES = 3

_PART = re.compile(
    r"(?P<place>(?P<side>old|new)-cell-(?P<cell>\d{1,6})(?P<output>-output-\d{1,6})?)"
    r"(?:-L(?P<first>\d{1,7})-L(?P<last>\d{1,7})|-outputs-(?P<from>\d{1,6})-(?P<to>\d{1,6}))?"
)
_CELLS = re.compile(r"new-cells-(\d{1,6})-(\d{1,6})")


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownCell:
    """A cell in both versions: `source` is a table of lines, `old_html` and `new_html` what Markdown reads like.

    `why` says by what the cell was found again. Places are "" on the side that has no such cell.
    """

    pair: CellPair
    old_place: str
    new_place: str
    why: str
    source: str
    added: int
    removed: int
    old_html: str = ""
    new_html: str = ""
    outputs: tuple[ShownOutput | OutputFold, ...] = ()

    @property
    def is_text(self) -> bool:
        """Whether the cell is Markdown."""
        return (self.pair.new or self.pair.old or _NO_CELL).kind is CellKind.MARKDOWN


@dataclass(frozen=True, kw_only=True, slots=True)
class CellFold:
    """Cells that are not shown; `token` opens them, "" where only the whole comparison has them."""

    token: str
    words: str
    places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedAway:
    """Where a cell stood that stands elsewhere now; both numbers count from 1."""

    number: int
    new_number: int
    new_place: str


Item = ShownCell | CellFold | MovedAway
_NO_CELL = Cell(index=0, cell_id="", kind=CellKind.RAW, source="", source_hash="")


@dataclass(frozen=True, kw_only=True)
class ComparedCells:
    """A comparison with the cells of both notebooks as far as they are rendered, and how the reader wants it."""

    comparison: NotebookComparison
    old: Sequence[RenderedCell]
    new: Sequence[RenderedCell]
    language: str
    choice: Choice

    def all(self) -> tuple[Item, ...]:
        """The whole page; with places chosen, only the cells that hold one."""
        if self.choice.places:
            return tuple(self._items(range(len(self.comparison.pairs)), self._is_left_out, is_choice=True))
        return tuple(self._items(range(len(self.comparison.pairs)), self._is_folded, is_choice=False))

    def part(self, token: str) -> tuple[Item | ShownOutput | OutputFold, ...] | str | None:
        """What stands in the place of a fold: cells, outputs, or rows of a table. None where there is no such fold."""
        if cells := _CELLS.fullmatch(token):
            inside = range(int(cells[1]), min(int(cells[2]) + 1, len(self.comparison.pairs)))
            return tuple(self._items(inside, lambda _: False, is_choice=False)) or None
        found = _PART.fullmatch(token)
        pair = self._pair_at(found) if found else None
        if found is None or pair is None:
            return None
        outputs = self._outputs(pair, Budget())
        if found["first"]:
            first, last = int(found["first"]), int(found["last"])
            if found["output"]:
                return outputs.rows(found["place"], first=first, last=last) or None
            return gap_rows(*self._texts(pair), self.choice, first=first, last=last) or None
        if found["from"]:
            return outputs.between(int(found["from"]), int(found["to"])) or None
        one = outputs.one(found["place"])
        return (one,) if one else None

    def _items(self, positions: Iterable[int], folds: Callable[[int], bool], *, is_choice: bool) -> Iterator[Item]:
        budget = Budget()
        left = {} if is_choice else self._left_places()
        # A place that a cell has left ends the run of cells before it.
        for (is_folded, _), group in groupby(positions, key=lambda place: (folds(place), bisect(sorted(left), place))):
            inside = list(group)
            yield from left.get(inside[0], ())
            if is_folded:
                yield self._fold(inside, is_choice=is_choice)
            else:
                yield from (self._shown(self.comparison.pairs[position], budget) for position in inside)

    def _left_places(self) -> dict[int, list[MovedAway]]:
        """The places of moved cells in version 1, by the pair that stands after them."""
        found: dict[int, list[MovedAway]] = {}
        pairs = self.comparison.pairs
        for pair in pairs:
            if pair.old is None or pair.new is None or not pair.has_moved:
                continue
            old = pair.old.index
            after = (n for n, one in enumerate(pairs) if one.old and not one.has_moved and one.old.index > old)
            gone = MovedAway(number=old + 1, new_number=pair.new.index + 1, new_place=places_of(pair)[1])
            found.setdefault(next(after, len(pairs) - 1), []).append(gone)
        return found

    def _is_left_out(self, position: int) -> bool:
        return not any(self.choice.chooses(place) for place in places_of(self.comparison.pairs[position]) if place)

    def _is_folded(self, position: int) -> bool:
        pair = self.comparison.pairs[position]
        if pair.change is not CellChange.SAME or pair.has_moved:
            return False
        marks = self.choice.marks
        if any(place and _holds(marks, place) for place in places_of(pair)):
            return False
        ranges = (_CELLS.fullmatch(token) for token in self.choice.opened)
        return not any(found and int(found[1]) <= position <= int(found[2]) for found in ranges)

    def _fold(self, positions: list[int], *, is_choice: bool) -> CellFold:
        pairs = [self.comparison.pairs[position] for position in positions]
        count = f"{len(pairs):,} cell{'' if len(pairs) == 1 else 's'}"
        places = tuple(place for pair in pairs for place in places_of(pair) if place)
        if is_choice:
            changed = sum(pair.change is not CellChange.SAME for pair in pairs)
            said = f", {changed:,} of them changed" if changed else ""
            return CellFold(token="", words=f"{count} not shown here{said}", places=places)
        noisy = sum(any(output.change is OutputChange.NOISE for output in pair.outputs) for pair in pairs)
        said = f"; in {noisy:,} only timings, addresses and the like differ" if noisy else ""
        token = f"new-cells-{positions[0]}-{positions[-1]}"
        return CellFold(token=token, words=f"{count} unchanged{said}", places=places)

    def _shown(self, pair: CellPair, budget: Budget) -> ShownCell:
        old_place, new_place = places_of(pair)
        old, new = self._rendered(pair)
        difference, before, after = self._texts(pair)
        is_text = (pair.new or pair.old or _NO_CELL).kind is CellKind.MARKDOWN
        shows_source = not is_text or pair.change is not CellChange.SAME
        table = difference_table(difference, before, after, self._source_choice(pair, after))
        outputs = self._outputs(pair, budget)
        is_same = pair.change is CellChange.SAME and not pair.has_moved
        return ShownCell(
            pair=pair,
            old_place=old_place,
            new_place=new_place,
            why=_why(pair.match),
            source=table if shows_source else "",
            added=difference.added,
            removed=difference.removed,
            old_html=old.html if old and is_text and (pair.source_changed or pair.attachments_changed) else "",
            new_html=new.html if new and is_text else "",
            outputs=outputs.between(0, len(pair.outputs)) if is_same else outputs.all(),
        )

    def _source_choice(self, pair: CellPair, after: Lines) -> Choice:
        """A cell of one side needs no second column; an unchanged source is told by its first lines."""
        if pair.old is None or pair.new is None:
            return replace(self.choice, is_split=False)
        if pair.source_changed:
            return self.choice
        is_whole = len(after.html) <= SHORT_SOURCE or (pair.change is CellChange.SAME and not pair.has_moved)
        shown = len(after.html) if is_whole else FIRST_LINES
        return replace(self.choice, opened=self.choice.opened | {lines_token(after.prefix, 1, shown)})

    def _texts(self, pair: CellPair) -> tuple[TextDifference, Lines, Lines]:
        old, new = self._rendered(pair)
        before, after = (visible_source(cell.source) if cell else "" for cell in (pair.old, pair.new))
        difference = diff_texts(before, after, ignore_whitespace=self.choice.ignores_whitespace)
        sides = [
            Lines(html=self._lines(cell, rendered) if cell else (), prefix=f"{place}-")
            for cell, rendered, place in zip((pair.old, pair.new), (old, new), places_of(pair), strict=True)
        ]
        return difference, sides[0], sides[1]

    def _lines(self, cell: Cell, rendered: RenderedCell | None) -> tuple[str, ...]:
        if rendered is not None and rendered.lines:
            return rendered.lines
        return highlight(cell.source, self.language if cell.kind is CellKind.CODE else "")

    def _outputs(self, pair: CellPair, budget: Budget) -> ComparedOutputs:
        old, new = self._rendered(pair)
        return ComparedOutputs(pair=pair, old=old, new=new, choice=self.choice, budget=budget)

    def _rendered(self, pair: CellPair) -> tuple[RenderedCell | None, RenderedCell | None]:
        # A notebook that is too large for one page is rendered only up to some cell.
        return tuple(  # type: ignore[return-value]
            cells[cell.index] if cell is not None and cell.index < len(cells) else None
            for cell, cells in ((pair.old, self.old), (pair.new, self.new))
        )

    def _pair_at(self, found: re.Match[str]) -> CellPair | None:
        index = int(found["cell"])
        for pair in self.comparison.pairs:
            cell = pair.new if found["side"] == NEW else pair.old
            if cell is not None and cell.index == index:
                return pair
        return None


def places_of(pair: CellPair) -> tuple[str, str]:
    """The places of a pair on the old and the new side, "" where there is no cell."""
    old = compared_place(OLD, pair.old.index) if pair.old else ""
    new = compared_place(NEW, pair.new.index) if pair.new else ""
    return old, new


def visible_source(source: str) -> str:
    """A text as the highlighter shows it, character for character."""
    return make_visible(source.replace("\r\n", "\n").replace("\r", "\n"))


def _holds(marks: Iterable[str], place: str) -> bool:
    return any(one == place or one.startswith(f"{place}-") for one in marks)


def _why(match: CellMatch | None) -> str:
    if match is None:
        return ""
    alike = f"{match.similarity * 100:.0f} % of the text is the same"
    return {
        MatchReason.SAME_ID: "Known to be the same cell by its id in both versions.",
        MatchReason.SAME_SOURCE: "Known to be the same cell by its text, which no other cell has.",
        MatchReason.SIMILAR: f"Taken for the same cell because {alike}.",
        MatchReason.MOVED: f"Taken for the same cell, which has moved, because {alike}.",
        MatchReason.BETWEEN: "Taken for the same cell because it stands between the same neighbours.",
    }[match.reason]
