"""Find a range of lines again in a later text: by the edits between the two texts, then exactly, then nearly.

Elsewhere only among lines that are new there: what stands unchanged for another line of the old text is not ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from reviewhub.notebooks.line_pairs import match_lines

ALIKE = 0.5
FUZZY = 0.6
LONGEST_COMPARED = 4000
LARGEST_SEARCH = 20_000
CONTEXT_BONUS = 0.15
SHORTEST_EXACT = 4
"""Brackets and blanks are everywhere: so many characters must a text have to be found by itself."""
SHORTEST_ALIKE = 10

Span = tuple[int, int]
"""Lines from 0, the end exclusive."""


@dataclass(frozen=True, kw_only=True)
class LineTrace:
    """The range in the new text (from 1, inclusive), whether its text differs, and how sure that is (0 … 1)."""

    first: int
    last: int
    is_changed: bool
    confidence: float
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Edits:
    """What became of each old line (absent: nothing), and the new lines that stand unchanged for an old one."""

    became: dict[int, int]
    kept: dict[int, int]


def trace_lines(old: tuple[str, ...], new: tuple[str, ...], *, first: int, last: int) -> LineTrace | None:
    """Find lines first … last (from 1) of `old` in `new`, or return None when nothing like them is left."""
    low, high = first - 1, last
    wanted = old[low:high]
    edits = _edits(old, new)
    follows = _image(edits, low, high)
    if follows is not None and new[slice(*follows)] == wanted:
        return _trace(follows, wanted, new, "the same lines", 1.0)
    free = [_is_free(edits, column, low, high) or not line.strip() for column, line in enumerate(new)]
    exact = _exact_place(old, new, low, high, free)
    if exact is not None:
        return _trace(exact, wanted, new, "the same text elsewhere in the file", 0.9)
    if follows is not None and (score := _likeness(wanted, new[slice(*follows)])) >= ALIKE:
        return _trace(follows, wanted, new, "the lines that took their place", score)
    return _fuzzy(old, new, low, high, free)


def find_exactly(
    old: tuple[str, ...], new: tuple[str, ...], *, first: int, last: int, was: tuple[str, ...] = ()
) -> tuple[int, LineTrace] | None:
    """Find lines first … last of a cell in another one, where they stand once: how many neighbours are the same, where.

    `was` is what the other cell was before: what stood there then is not ours. A short text needs a neighbour.
    """
    low, high = first - 1, last
    kept = _edits(was, new).kept if was else {}
    found = _exact_place(old, new, low, high, [column not in kept for column in range(len(new))])
    if found is None:
        return None
    context = _context_score(old, new, low, high, found[0])
    if not context and sum(len(line.strip()) for line in old[low:high]) < SHORTEST_ALIKE:
        return None
    return context, _trace(found, old[low:high], new, "the same text in another cell", 0.8)


def _trace(where: Span, wanted: tuple[str, ...], new: tuple[str, ...], reason: str, sure: float) -> LineTrace:
    return LineTrace(
        first=where[0] + 1,
        last=where[1],
        is_changed=new[slice(*where)] != wanted,
        confidence=round(sure, 3),
        reason=reason,
    )


@lru_cache(maxsize=64)
def _edits(old: tuple[str, ...], new: tuple[str, ...]) -> _Edits:
    """Kept, because many findings ask about the same pair of files."""
    matches = match_lines(old, new).matches
    return _Edits(
        became={match.old: match.new for match in matches},
        kept={match.new: match.old for match in matches if match.is_same},
    )


def _image(edits: _Edits, low: int, high: int) -> Span | None:
    """The span of what the wanted lines became."""
    found = [edits.became[row] for row in range(low, high) if row in edits.became]
    return (found[0], found[-1] + 1) if found else None


def _is_free(edits: _Edits, column: int, low: int, high: int) -> bool:
    return low <= edits.kept.get(column, low) < high


def _exact_place(old: Sequence[str], new: Sequence[str], low: int, high: int, free: Sequence[bool]) -> Span | None:
    """Find the same lines (indentation aside) elsewhere: where alone, or where exactly one has the same neighbours."""
    wanted = [line.strip() for line in old[low:high]]
    if sum(map(len, wanted)) < SHORTEST_EXACT:
        return None
    size = len(wanted)
    stripped = [line.strip() for line in new]
    starts = [
        start
        for start in range(len(new) - size + 1)
        if stripped[start] == wanted[0] and stripped[start : start + size] == wanted and all(free[start : start + size])
    ]
    if len(starts) > 1:
        near = {start: _context_score(old, new, low, high, start) for start in starts}
        top = max(near.values())
        starts = [start for start in starts if near[start] == top] if top > 0 else []
    return (starts[0], starts[0] + size) if len(starts) == 1 else None


def _context_score(old: Sequence[str], new: Sequence[str], low: int, high: int, start: int) -> int:
    end = start + high - low
    pairs = [(low - 1, start - 1), (low - 2, start - 2), (high, end), (high + 1, end + 1)]
    return sum(
        0 <= one < len(old) and 0 <= other < len(new) and old[one].strip() == new[other].strip() != ""
        for one, other in pairs
    )


def _fuzzy(old: tuple[str, ...], new: tuple[str, ...], low: int, high: int, free: Sequence[bool]) -> LineTrace | None:
    """Slide a window of the same length over what is new; the likest wins if it is like enough and likest alone."""
    wanted, size = old[low:high], high - low
    if sum(len(line.strip()) for line in wanted) < SHORTEST_ALIKE or len(new) * size > LARGEST_SEARCH:
        return None
    starts = [start for start in range(len(new) - size + 1) if all(free[start : start + size])]
    if not starts:
        return None
    likeness = cdist(
        [_compared(wanted)],
        [_compared(new[start : start + size]) for start in starts],
        scorer=Indel.normalized_similarity,
        score_cutoff=FUZZY,
    )[0]
    scored = sorted(
        (
            (float(score) + CONTEXT_BONUS * _context_score(old, new, low, high, start) / 4, start)
            for start, score in zip(starts, likeness, strict=True)
            if score
        ),
        reverse=True,
    )
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    score, start = scored[0]
    return _trace((start, start + size), wanted, new, "text much like it", min(0.9, score))


def _compared(lines: Sequence[str]) -> str:
    return "\n".join(line.strip() for line in lines)[:LONGEST_COMPARED]


def _likeness(first: Sequence[str], second: Sequence[str]) -> float:
    return Indel.normalized_similarity(_compared(first), _compared(second))
