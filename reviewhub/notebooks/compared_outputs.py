"""The outputs of a cell in both versions, ready for the page: text by lines, tables, pictures, the rest side by side.

What did not change, or differs in nothing but noise, is folded; so is what would make the page too large.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby, islice

from reviewhub.notebooks.beside import Lines, difference_table, gap_rows
from reviewhub.notebooks.cells import Output
from reviewhub.notebooks.choice import NEW, OLD, Choice, compared_place
from reviewhub.notebooks.comparing import CellPair, OutputChange, OutputForm, OutputPair
from reviewhub.notebooks.differences import LineChange, LinePair, TextDifference, diff_texts
from reviewhub.notebooks.images import SVG, image_size
from reviewhub.notebooks.places import RenderedCell
from reviewhub.notebooks.saved_outputs import text_of
from reviewhub.notebooks.signatures import masked, printed_text
from reviewhub.notebooks.table_differences import mark_tables
from reviewhub.notebooks.visible import make_visible

MOST_PRINTED = 200_000
"""Characters of an output that are compared line by line."""
MOST_MASKED = 2_000
"""Changed lines of an output that are looked at for noise."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownOutput:
    """One output in both versions. `token` opens it; places are "" on the side that has no such output.

    Open, it has a `difference` (a table of lines), or the safe HTML of the sides; `facts` tell size and pixels.
    """

    token: str
    old_place: str
    new_place: str
    change: OutputChange
    form: OutputForm
    words: str
    is_open: bool = False
    difference: str = ""
    old_html: str = ""
    new_html: str = ""
    old_facts: str = ""
    new_facts: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class OutputFold:
    """Outputs that are not shown one by one; `token` opens them."""

    token: str
    words: str
    places: tuple[str, ...]


class Budget:
    """How many outputs, and how much HTML of them, one answer still holds."""

    def __init__(self, *, outputs: int = 30, characters: int = 200_000) -> None:
        """Begin with this much."""
        self._outputs = outputs
        self._characters = characters

    @property
    def is_spent(self) -> bool:
        """Whether nothing more should be opened unasked."""
        return self._outputs <= 0 or self._characters <= 0

    def spend(self, shown: ShownOutput) -> None:
        """Count an open output."""
        self._outputs -= 1
        self._characters -= len(shown.difference) + len(shown.old_html) + len(shown.new_html)


@dataclass(frozen=True, kw_only=True)
class ComparedOutputs:
    """The outputs of one pair of cells with what was rendered of them."""

    pair: CellPair
    old: RenderedCell | None
    new: RenderedCell | None
    choice: Choice
    budget: Budget

    @property
    def place(self) -> str:
        """The place of the cell, on the new side where it is there."""
        if self.pair.new is not None:
            return compared_place(NEW, self.pair.new.index)
        return compared_place(OLD, self.pair.old.index if self.pair.old else 0)

    def all(self) -> tuple[ShownOutput | OutputFold, ...]:
        """Every output in order, folded where nothing changed."""
        return tuple(self._items(range(len(self.pair.outputs)), opens_same=False))

    def between(self, first: int, last: int) -> tuple[ShownOutput | OutputFold, ...]:
        """What stands in the place of a fold once it is opened."""
        count = len(self.pair.outputs)
        return tuple(self._items(range(max(0, first), min(last + 1, count)), opens_same=True))

    def one(self, place: str) -> ShownOutput | None:
        """The output at a place of either side, open."""
        for position, output in enumerate(self.pair.outputs):
            if place in self._places(output):
                return self._open(position)
        return None

    def rows(self, place: str, *, first: int, last: int) -> str:
        """The rows that stand in the place of a fold inside the text of an output."""
        for output in self.pair.outputs:
            if place in self._places(output):
                return gap_rows(*self._texts(output), self.choice, first=first, last=last)
        return ""

    def _items(self, positions: Iterable[int], *, opens_same: bool) -> Iterator[ShownOutput | OutputFold]:
        for fold, group in groupby(positions, key=lambda position: self._fold(position, opens_same=opens_same)):
            inside = list(group)
            if fold:
                yield self._folded(inside)
                continue
            for number, position in enumerate(inside):
                if self.budget.is_spent and not self._is_asked_for(position) and len(inside) - number > 1:
                    yield self._folded(inside[number:])
                    break
                yield self._shown(position)

    def _fold(self, position: int, *, opens_same: bool) -> bool:
        is_same = self.pair.outputs[position].change is OutputChange.SAME
        return is_same and not opens_same and not self._is_asked_for(position)

    def _is_asked_for(self, position: int) -> bool:
        places = self._places(self.pair.outputs[position])
        if any(place and (place in self.choice.marks or self.choice.chooses(place)) for place in places):
            return True
        ranges = (token.removeprefix(f"{self.place}-outputs-").split("-") for token in self.choice.opened
                  if token.startswith(f"{self.place}-outputs-"))  # fmt: skip
        return not self.choice.opened.isdisjoint(places) or any(
            len(ends) == 2 and all(map(str.isdecimal, ends)) and int(ends[0]) <= position <= int(ends[1])  # noqa: PLR2004
            for ends in ranges
        )

    def _folded(self, positions: list[int]) -> OutputFold:
        outputs = [self.pair.outputs[position] for position in positions]
        changed = sum(output.change is not OutputChange.SAME for output in outputs)
        words = f"{_count(len(outputs), 'more output')}" if changed else f"{_count(len(outputs), 'output')} unchanged"
        places = tuple(place for output in outputs for place in self._places(output)[1:] if place)
        token = f"{self.place}-outputs-{positions[0]}-{positions[-1]}"
        return OutputFold(token=token, words=words, places=places[:50])

    def _shown(self, position: int) -> ShownOutput:
        output = self.pair.outputs[position]
        is_asked_for = self._is_asked_for(position)
        if not is_asked_for and (output.change is OutputChange.NOISE or self.budget.is_spent):
            old_place, new_place = self._places(output)
            return ShownOutput(
                token=new_place or old_place,
                old_place=old_place,
                new_place=new_place,
                change=output.change,
                form=output.form,
                words=_words(output),
            )
        shown = self._open(position)
        self.budget.spend(shown)
        return shown

    def _open(self, position: int) -> ShownOutput:
        output = self.pair.outputs[position]
        old_place, new_place = self._places(output)
        old_html, new_html = self._html(self.old, output.old), self._html(self.new, output.new)
        words, difference = _words(output), ""
        if output.change is OutputChange.SAME:
            old_html = ""
        elif output.old and output.new and output.form is OutputForm.TEXT:
            texts = self._texts(output)
            old_html = new_html = ""
            difference = difference_table(*texts, self.choice)
            words = _text_words(output, texts[0])
        elif output.old and output.new and output.form is OutputForm.TABLE:
            old_html, new_html, differing = mark_tables(old_html, new_html)
            words = _table_words(differing) or words
        is_picture = output.form is OutputForm.PICTURE
        return ShownOutput(
            token=new_place or old_place,
            old_place=old_place,
            new_place=new_place,
            change=output.change,
            form=output.form,
            words=words,
            is_open=True,
            difference=difference,
            old_html=old_html,
            new_html=new_html,
            old_facts=picture_facts(output.old) if is_picture and output.old else "",
            new_facts=picture_facts(output.new) if is_picture and output.new else "",
        )

    def _places(self, output: OutputPair) -> tuple[str, str]:
        old_cell, new_cell = self.pair.old, self.pair.new
        old = f"{compared_place(OLD, old_cell.index)}-output-{output.old.ordinal}" if old_cell and output.old else ""
        new = f"{compared_place(NEW, new_cell.index)}-output-{output.new.ordinal}" if new_cell and output.new else ""
        return old, new

    def _texts(self, output: OutputPair) -> tuple[TextDifference, Lines, Lines]:
        old_place, new_place = self._places(output)
        before, after = (_printed(one) if one else "" for one in (output.old, output.new))
        difference = diff_texts(before, after, ignore_whitespace=self.choice.ignores_whitespace)
        if output.change is OutputChange.CHANGED:
            difference = _without_noise(difference, before.split("\n"), after.split("\n"))
        old, new = (
            Lines(html=escape(text, quote=False).split("\n"), prefix=f"{place}-")
            for text, place in ((before, old_place), (after, new_place))
        )
        return difference, old, new

    @staticmethod
    def _html(cell: RenderedCell | None, output: Output | None) -> str:
        if output is None:
            return ""
        if cell is None:
            return '<p class="output-note">This output is not shown here: the notebook is still being prepared.</p>'
        if output.ordinal < len(cell.outputs):
            return cell.outputs[output.ordinal].html
        return '<p class="output-note">This output is not shown: the notebook has too many.</p>'


def picture_facts(output: Output) -> str:
    """Pixels and bytes of a picture as people say them: "640 × 480, 34 KB"."""
    for media_type, content in output.media.items():
        if not media_type.startswith("image/"):
            continue
        text = text_of(content)
        try:
            body = text.encode("utf-8", "replace") if media_type == SVG else b64decode(text)
        except (NotBase64, ValueError):
            return ""
        width, height = image_size(body)
        size = f"{len(body) / 1024:,.0f} KB" if len(body) >= 1024 else f"{len(body)} bytes"  # noqa: PLR2004 - a KB
        return f"{width} × {height}, {size}" if width and height else size
    return ""


def _printed(output: Output) -> str:
    text = make_visible(printed_text(output)[:MOST_PRINTED])
    return text.replace("\r", "\n")


def _without_noise(difference: TextDifference, before: list[str], after: list[str]) -> TextDifference:
    """The same difference in which lines that differ by timings, addresses and the like count as the same."""
    changed = (pair for pair in difference.pairs if pair.change is LineChange.CHANGED)
    noisy = {
        id(pair)
        for pair in islice(changed, MOST_MASKED)
        if pair.old and pair.new and masked(before[pair.old - 1]).rstrip() == masked(after[pair.new - 1]).rstrip()
    }
    if not noisy:
        return difference
    pairs = tuple(
        LinePair(change=LineChange.SAME, old=pair.old, new=pair.new) if id(pair) in noisy else pair
        for pair in difference.pairs
    )
    return TextDifference(
        pairs=pairs,
        added=difference.added - len(noisy),
        removed=difference.removed - len(noisy),
        is_cut=difference.is_cut,
    )


def _words(output: OutputPair) -> str:
    what = "output" if output.form is OutputForm.OTHER else str(output.form)
    match output.change:
        case OutputChange.SAME:
            return f"The same {what}"
        case OutputChange.NOISE:
            return "Only timings, addresses and the like differ"
        case OutputChange.ADDED:
            return f"New {what}"
        case OutputChange.REMOVED:
            return f"Removed {what}"
        case _:
            return f"Changed {what}"


def _text_words(output: OutputPair, difference: TextDifference) -> str:
    counts = f"+{difference.added:,} −{difference.removed:,}"
    is_cut = any(one is not None and len(printed_text(one)) > MOST_PRINTED for one in (output.old, output.new))
    return f"{_words(output)}, {counts}" + (", only its beginning compared" if is_cut else "")


def _table_words(differing: int) -> str:
    if differing <= 0:
        return ""
    return f"{_count(differing, 'cell')} of the table differ{'s' if differing == 1 else ''}"


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}{'' if number == 1 else 's'}"
