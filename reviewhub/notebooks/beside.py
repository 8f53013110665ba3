"""Two texts beside or below each other as rows of a table: numbered, coloured, changed words marked, the rest folded.

Every line has its place on its side as an id ("old-L12", "new-cell-4-L5"); the first row of each change carries
`data-change`. Folded lines open by plain links, in place where htmx runs.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby

from markupsafe import escape as escape_mark

from reviewhub.notebooks.choice import Choice, lines_token
from reviewhub.notebooks.differences import Gap, LineChange, LinePair, Run, TextDifference, fold_same
from reviewhub.notebooks.marking import mark_ranges

STEP = 20
"""Lines that one click on "more" opens."""
AROUND = 5
"""Lines shown before and after a chosen place."""
LEAST_FOLDED = 3
"""Fewer unchanged lines are shown: a fold would take as much room."""
MOST_ROWS = 3_000

_TAG = re.compile(r"<[^>]*>")
_HEADING = re.compile(r"\s*(?:async\s+def|def|class)\s+\w")


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """One side of a comparison: safe HTML of each line, and what the ids of its lines begin with ("new-cell-4-")."""

    html: Sequence[str]
    prefix: str

    def place(self, number: int) -> str:
        """The id of a line (from 1)."""
        return f"{self.prefix}L{number}"

    def text(self, number: int) -> str:
        """The HTML of a line; nothing beyond the end."""
        return self.html[number - 1] if number <= len(self.html) else ""


def difference_table(difference: TextDifference, old: Lines, new: Lines, choice: Choice) -> str:
    """All of a difference as one table: side by side, or one below the other."""
    rows = _Rows(old, new, choice, difference.pairs[-1:]).parts(_parts(difference, old, new, choice))
    kind = "split" if choice.is_split else "unified"
    widths = '<col class="d-num"><col>' * 2 if choice.is_split else '<col class="d-num"><col class="d-num"><col>'
    return f'<table class="diff highlight diff-{kind}"><colgroup>{widths}</colgroup><tbody>{rows}</tbody></table>'


def gap_rows(difference: TextDifference, old: Lines, new: Lines, choice: Choice, *, first: int, last: int) -> str:
    """The rows that stand in the place of the fold of new lines `first` to `last`, open as far as the choice says."""
    inside = tuple(pair for pair in difference.pairs if pair.new is not None and first <= pair.new <= last)
    return _Rows(old, new, choice, difference.pairs[-1:]).parts(
        _opened([Gap(pairs=inside)] if inside else [], old, new, choice)
    )


def _parts(difference: TextDifference, old: Lines, new: Lines, choice: Choice) -> Iterator[Run | Gap]:
    chosen = choice.chosen_lines(old.prefix), choice.chosen_lines(new.prefix)
    parts = _around(difference.pairs, *chosen) if any(chosen) else fold_same(difference)
    return _opened(parts, old, new, choice)


def _around(
    pairs: Sequence[LinePair], old: Sequence[tuple[int, int]], new: Sequence[tuple[int, int]]
) -> list[Run | Gap]:
    """Only what stands at the chosen lines of either side, with some lines around; the rest, changed or not, folded."""
    seen = [index for index, pair in enumerate(pairs) if _is_in(pair.old, old) or _is_in(pair.new, new)]
    near = {number for index in seen for number in range(index - AROUND, index + AROUND + 1)}
    parts: list[Run | Gap] = []
    for is_near, group in groupby(enumerate(pairs), key=lambda one: one[0] in near):
        inside = tuple(pair for _, pair in group)
        parts.append(Run(pairs=inside) if is_near else Gap(pairs=inside))
    return parts


def _opened(parts: Iterable[Run | Gap], old: Lines, new: Lines, choice: Choice) -> Iterator[Run | Gap]:
    """The parts with gaps split where the reader opened lines, or where something is marked."""
    ranges = choice.opened_lines(new.prefix)
    for part in parts:
        if isinstance(part, Run):
            yield part
            continue
        is_short = len(part.pairs) < LEAST_FOLDED
        for is_open, group in groupby(
            part.pairs, key=lambda pair: is_short or _is_in(pair.new, ranges) or _is_marked(pair, old, new, choice)
        ):
            inside = tuple(group)
            yield Run(pairs=inside) if is_open else Gap(pairs=inside)


def _is_in(number: int | None, ranges: Sequence[tuple[int, int]]) -> bool:
    return number is not None and any(first <= number <= last for first, last in ranges)


def _is_marked(pair: LinePair, old: Lines, new: Lines, choice: Choice) -> bool:
    marks = choice.marks
    return bool(marks) and (old.place(pair.old or 0) in marks or new.place(pair.new or 0) in marks)


class _Rows:
    """Writes the rows of one table."""

    def __init__(self, old: Lines, new: Lines, choice: Choice, end: Sequence[LinePair]) -> None:
        self._end = end
        self._old = old
        self._new = new
        self._choice = choice
        self._chosen = {lines.prefix: choice.chosen_lines(lines.prefix) for lines in (old, new)}
        self._left = MOST_ROWS

    def parts(self, parts: Iterable[Run | Gap]) -> str:
        written = []
        for part in parts:
            if isinstance(part, Gap):
                written.append(self._gap(part.pairs))
                continue
            pairs = part.pairs[: self._left]
            self._left -= len(pairs)
            written.append(self._split(pairs) if self._choice.is_split else self._unified(pairs))
            if len(pairs) < len(part.pairs):
                written.append(self._note("The page would become too large: the rest is not shown."))
                break
        return "".join(written)

    def _split(self, pairs: Sequence[LinePair]) -> str:
        rows = []
        before = LineChange.SAME
        for pair in pairs:
            begins = pair.change is not LineChange.SAME and before is LineChange.SAME
            before = pair.change
            cells = self._side(pair.old, self._old, pair, "old") + self._side(pair.new, self._new, pair, "new")
            rows.append(f'<tr class="d-{pair.change}"{" data-change" if begins else ""}>{cells}</tr>')
            rows.append(self._marks_beside(pair))
        return "".join(rows)

    def _side(self, number: int | None, lines: Lines, pair: LinePair, side: str) -> str:
        if number is None:
            return '<td class="n none"></td><td class="t none"></td>'
        css = side if pair.change is not LineChange.SAME else "twin" if side == "old" else ""
        return f"{self._number(number, lines, css)}{self._text(number, lines, pair, side, css)}"

    def _unified(self, pairs: Sequence[LinePair]) -> str:
        rows = []
        for is_same, group in groupby(pairs, key=lambda pair: pair.change is LineChange.SAME):
            inside = list(group)
            if is_same:
                rows += [self._same(pair) for pair in inside]
                continue
            changed = [self._gone(pair) for pair in inside if pair.old is not None]
            changed += [self._came(pair) for pair in inside if pair.new is not None]
            rows.append(changed[0].replace("<tr ", "<tr data-change ", 1))
            rows += changed[1:]
        return "".join(rows)

    def _same(self, pair: LinePair) -> str:
        numbers = self._number(pair.old or 0, self._old, "") + self._number(pair.new or 0, self._new, "")
        text = self._text(pair.new or 0, self._new, pair, "new", "")
        marks = self._marks_below(self._old.place(pair.old or 0)) + self._marks_below(self._new.place(pair.new or 0))
        return f'<tr class="d-same">{numbers}{text}</tr>{marks}'

    def _gone(self, pair: LinePair) -> str:
        number = pair.old or 0
        cells = f'{self._number(number, self._old, "old")}<td class="n old"></td>'
        text = self._text(number, self._old, pair, "old", "old")
        return f'<tr class="d-removed">{cells}{text}</tr>{self._marks_below(self._old.place(number))}'

    def _came(self, pair: LinePair) -> str:
        number = pair.new or 0
        cells = f'<td class="n new"></td>{self._number(number, self._new, "new")}'
        text = self._text(number, self._new, pair, "new", "new")
        return f'<tr class="d-added">{cells}{text}</tr>{self._marks_below(self._new.place(number))}'

    def _number(self, number: int, lines: Lines, css: str) -> str:
        place = lines.place(number)
        chosen = ' class="chosen"' if _is_in(number, self._chosen[lines.prefix]) else ""
        return f'<td class="n {css}"><a{chosen} id="{place}" href="#{place}">{number}</a></td>'

    def _text(self, number: int, lines: Lines, pair: LinePair, side: str, css: str) -> str:
        words, tag = (pair.old_words, "del") if side == "old" else (pair.new_words, "ins")
        return f'<td class="t {css}">{mark_ranges(lines.text(number), words, tag)}</td>'

    def _marks_beside(self, pair: LinePair) -> str:
        marks = self._choice.marks
        if not marks or not _is_marked(pair, self._old, self._new, self._choice):
            return ""
        cells = "".join(
            f'<td colspan="2">{self._mark(lines.place(number or 0))}</td>'
            for number, lines in ((pair.old, self._old), (pair.new, self._new))
        )
        return f'<tr class="d-marks">{cells}</tr>'

    def _marks_below(self, place: str) -> str:
        return f'<tr class="d-marks"><td colspan="3">{self._mark(place)}</td></tr>' if self._mark(place) else ""

    def _mark(self, place: str) -> str:
        mark = self._choice.marks.get(place) if self._choice.marks else None
        return f'<div class="marks" data-marks="{place}">{escape_mark(mark)}</div>' if mark is not None else ""

    def _gap(self, pairs: Sequence[LinePair]) -> str:
        changed = sum(pair.change is not LineChange.SAME for pair in pairs)
        first, last = pairs[0].new, pairs[-1].new
        if changed or first is None or last is None:
            said = f", {changed:,} of them changed" if changed else ""
            link = f'<a href="{escape(self._choice.links.whole())}">Show everything</a>'
            return self._note(f"{_lines(len(pairs))} not shown here{said} {link}")
        token = lines_token(self._new.prefix, first, last)
        is_end = list(self._end) == [pairs[-1]]
        heading = "" if is_end else self._heading(pairs)
        links = []
        if len(pairs) > STEP * 1.5:
            if first > 1:
                links.append(self._more(token, first, first + STEP - 1, "down", f"Show {STEP} more below"))
            if not is_end:
                links.append(self._more(token, last - STEP + 1, last, "up", f"Show {STEP} more above"))
        links.append(self._more(token, first, last, "all", "Show all" if links else "Show"))
        return self._note(f"{''.join(links)} <span>{_lines(len(pairs))} unchanged</span>{heading}")

    def _more(self, fold: str, first: int, last: int, way: str, words: str) -> str:
        token = lines_token(self._new.prefix, first, last)
        links = self._choice.links
        is_all = f' data-fold="{fold}"' if way == "all" else ""
        return (
            f'<a class="unfold unfold-{way}"{is_all} href="{escape(links.page(token))}#{self._new.place(first)}"'
            f' hx-get="{escape(links.part(fold, token))}" hx-target="closest tr" hx-swap="outerHTML">{words}</a>'
        )

    def _heading(self, pairs: Sequence[LinePair]) -> str:
        """The function or class the next line stands in, as far as the fold hides its head."""
        for pair in reversed(pairs[-400:]):
            html = self._new.text(pair.new or 0)
            if _HEADING.match(_TAG.sub("", html)):
                return f' <span class="gap-heading">{html.strip()}</span>'
        return ""

    def _note(self, html: str) -> str:
        return f'<tr class="d-gap"><td colspan="{4 if self._choice.is_split else 3}"><div>{html}</div></td></tr>'


def _lines(count: int) -> str:
    return f"{count:,} line{'' if count == 1 else 's'}"
