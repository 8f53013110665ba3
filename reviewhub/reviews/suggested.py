"""The text of a finding as safe HTML: Markdown, and each suggested change beside what is quoted."""

from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup, escape

from reviewhub.notebooks import LinkMaker, render_markdown
from reviewhub.notebooks.differences import LineChange, LinePair
from reviewhub.projects.masking import Mask
from reviewhub.reviews.suggestions import SuggestedChange, can_suggest, parts_of, suggest

LONGEST_WORDS = 90
_SIGNS = {"old": "-", "new": "+", "same": " "}


class NoLinks(LinkMaker):
    """For what people write: links to elsewhere stay, there are no files of ours to point at."""


@lru_cache(maxsize=4000)
def written(text: str, quoted: str = "") -> str:
    """Safe HTML of a text a person wrote on the place with this quotation; kept, because a page asks for hundreds."""
    return "".join(
        _suggestion(suggest(quoted, part.text), is_alone=not can_suggest(quoted))
        if part.is_suggestion
        else render_markdown(part.text, link=NoLinks())
        for part in parts_of(text)
    )


def written_without(mask: Mask | None) -> Callable[..., str]:
    """What makes HTML of a text for readers from whom a mask hides names; for all others just `written`."""
    return written if mask is None else lambda text, quoted="": written(mask.text(text), quoted)


@lru_cache(maxsize=4000)
def first_words(text: str) -> str:
    """The beginning of a text as plain words, for a list."""
    said = "\n".join(part.text for part in parts_of(text) if not part.is_suggestion)
    html = Markup(written(said))  # noqa: S704 - stripped to words, escaped by the template
    words = " ".join(html.striptags().split()) or "A suggested change"
    return words if len(words) <= LONGEST_WORDS else words[:LONGEST_WORDS].rstrip() + "…"


def _suggestion(change: SuggestedChange, *, is_alone: bool) -> str:
    lines = [_line("new", text) for text in change.new] if is_alone else _lines(change)
    return f'<div class="suggestion"><p class="suggestion-title">Suggested change</p><pre>{"".join(lines)}</pre></div>'


def _lines(change: SuggestedChange) -> list[str]:
    """Removed lines of a stretch stand before the added ones, as in any patch."""
    lines: list[str] = []
    added: list[str] = []
    for pair in change.difference.pairs:
        if pair.change is LineChange.SAME:
            lines += [*added, _line("same", change.old[(pair.old or 1) - 1])]
            added = []
            continue
        if pair.old is not None:
            lines.append(_line("old", change.old[pair.old - 1], _ranges(pair, is_old=True)))
        if pair.new is not None:
            added.append(_line("new", change.new[pair.new - 1], _ranges(pair, is_old=False)))
    return lines + added


def _ranges(pair: LinePair, *, is_old: bool) -> tuple[tuple[int, int], ...]:
    return pair.old_words if is_old else pair.new_words


def _line(side: str, text: str, words: tuple[tuple[int, int], ...] = ()) -> str:
    shown, at = [], 0
    for start, end in words:
        shown.append(f"{escape(text[at:start])}<b>{escape(text[start:end])}</b>")
        at = end
    tag = {"old": "del", "new": "ins", "same": "span"}[side]
    return f'<{tag} class="suggested-{side}" data-sign="{_SIGNS[side]}">{"".join(shown)}{escape(text[at:])}\n</{tag}>'
