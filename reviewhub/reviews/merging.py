"""Two people changed the same text: both changes in one text where they do not touch, both texts where they do."""

from collections.abc import Mapping
from dataclasses import dataclass

from reviewhub.notebooks.differences import LineChange, diff_texts, lines_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """One text out of two. Where both changed the same lines it holds theirs and then mine, and `is_clean` is false."""

    text: str
    is_clean: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Clash:
    """A part that was changed on both sides and cannot be both: a person decides. `both` holds all that was written."""

    part: str
    mine: str
    theirs: str
    both: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Settled:
    """What to keep of the parts that were sent, and the parts that somebody must decide."""

    texts: Mapping[str, str]
    clashes: tuple[Clash, ...] = ()


def merge_texts(base: str, mine: str, theirs: str) -> Merged:
    """Merge two versions of `base` by lines (Khanna, Kunal, Pierce 2007, A Formal Investigation of Diff3)."""
    old, ours, others = (lines_of(text) for text in (base, mine, theirs))
    to_ours, to_others = _kept_lines(base, mine), _kept_lines(base, theirs)
    kept = [line for line in range(len(old)) if line in to_ours and line in to_others]
    merged: list[str] = []
    is_clean = True
    start, left, right = 0, 0, 0
    for line in [*kept, len(old)]:
        left_end, right_end = to_ours.get(line, len(ours)), to_others.get(line, len(others))
        before, here, there = old[start:line], ours[left:left_end], others[right:right_end]
        clashes = before not in (here, there) and here != there
        is_clean = is_clean and not clashes
        merged += [*there, *here] if clashes else there if here == before else here
        merged += old[line : line + 1]
        start, left, right = line + 1, left_end + 1, right_end + 1
    return Merged(text="\n".join(merged), is_clean=is_clean)


def settle(*, stored: Mapping[str, str], was: Mapping[str, str], mine: Mapping[str, str]) -> Settled:
    """Decide part by part what is kept: `mine` was written over `was`, and `stored` is what stands there now.

    A part that nobody else touched is mine; one that I did not touch stays; one that both changed is merged by
    lines where the changes do not touch, and is a clash where they do. A part that `was` does not name was empty.
    """
    texts: dict[str, str] = {}
    clashes: list[Clash] = []
    for part, text in mine.items():
        base, theirs = was.get(part, ""), stored.get(part, "")
        merged = merge_texts(base, text, theirs)
        if theirs in (base, text):
            texts[part] = text
        elif text == base:
            texts[part] = theirs
        elif merged.is_clean:
            texts[part] = merged.text
        else:
            clashes.append(Clash(part=part, mine=text, theirs=theirs, both=merged.text))
    return Settled(texts=texts, clashes=tuple(clashes))


def _kept_lines(old: str, new: str) -> dict[int, int]:
    """Line of the old text → line of the new one that is the same, both from 0."""
    return {
        pair.old - 1: pair.new - 1
        for pair in diff_texts(old, new).pairs
        if pair.change is LineChange.SAME and pair.old and pair.new
    }
