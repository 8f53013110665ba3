"""Find a range of lines again in a later text: by the edits between the two texts, then exactly, then nearly."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

ALIKE = 0.5
FUZZY = 0.6
LARGEST_BLOCK = 4000  # pairs of lines compared one by one inside one edited block
LARGEST_SEARCH = 20_000
CONTEXT_BONUS = 0.15

Opcode = tuple[str, int, int, int, int]


@dataclass(frozen=True, kw_only=True)
class LineTrace:
    """The range in the new text (from 1, inclusive), whether its text differs, and how sure that is (0 … 1)."""

    first: int
    last: int
    is_changed: bool
    confidence: float
    reason: str


def trace_lines(old: tuple[str, ...], new: tuple[str, ...], *, first: int, last: int) -> LineTrace | None:
    """Find lines first … last (from 1) of `old` in `new`, or return None when nothing like them is left."""
    low, high = first - 1, last
    wanted = old[low:high]
    follows = _image_by_edits(old, new, low, high)
    if follows is not None and follows == (follows[0], follows[0] + len(wanted)) and new[slice(*follows)] == wanted:
        return _trace(follows, wanted, new, "the same lines", 1.0)
    exact = _exact_places(old, new, low, high)
    if exact is not None:
        return _trace(exact, wanted, new, "the same text elsewhere in the file", 0.9)
    if follows is not None and (score := _likeness(wanted, new[slice(*follows)])) >= ALIKE:
        return _trace(follows, wanted, new, "the lines that took their place", score)
    return _fuzzy(old, new, low, high)


def _trace(
    where: tuple[int, int], wanted: tuple[str, ...], new: tuple[str, ...], reason: str, sure: float
) -> LineTrace:
    found = new[slice(*where)]
    return LineTrace(
        first=where[0] + 1,
        last=where[1],
        is_changed=found != wanted,
        confidence=round(sure, 3),
        reason=reason,
    )


@lru_cache(maxsize=64)
def opcodes(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[Opcode, ...]:
    """Return the edits from `old` to `new`; kept, because many findings ask about the same pair of files."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    middle = SequenceMatcher(None, old[start : len(old) - end], new[start : len(new) - end], autojunk=False)
    edits: list[Opcode] = [("equal", 0, start, 0, start)] if start else []
    edits += [(tag, a + start, b + start, c + start, d + start) for tag, a, b, c, d in middle.get_opcodes()]
    if end:
        edits.append(("equal", len(old) - end, len(old), len(new) - end, len(new)))
    return tuple(edits)


def _image_by_edits(old: tuple[str, ...], new: tuple[str, ...], low: int, high: int) -> tuple[int, int] | None:
    """Follow each wanted line through the edits; return the span of what was found, from 0, end exclusive."""
    found: list[int] = []
    for tag, old_low, old_high, new_low, new_high in opcodes(old, new):
        start, end = max(low, old_low), min(high, old_high)
        if start >= end:
            continue
        if tag == "equal":
            found += range(new_low + start - old_low, new_low + end - old_low)
        elif tag == "replace":
            found += [
                new_low + column
                for row, column in _aligned(old[old_low:old_high], new[new_low:new_high])
                if start <= old_low + row < end
            ]
    return (min(found), max(found) + 1) if found else None


def _aligned(old: tuple[str, ...], new: tuple[str, ...]) -> list[tuple[int, int]]:
    """Pair the lines of an edited block in order so that the sum of likenesses is the largest."""
    if len(old) * len(new) > LARGEST_BLOCK:
        return [(row, row * len(new) // len(old)) for row in range(len(old))]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    scores = [[_line_likeness(first, second) for second in new] for first in old]
    for row in range(len(old) - 1, -1, -1):
        for column in range(len(new) - 1, -1, -1):
            score = scores[row][column]
            paired = score + best[row + 1][column + 1] if score >= ALIKE else 0.0
            best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
    pairs, row, column = [], 0, 0
    while row < len(old) and column < len(new):
        score = scores[row][column]
        if score >= ALIKE and best[row][column] == score + best[row + 1][column + 1]:
            pairs.append((row, column))
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return pairs


def _exact_places(old: tuple[str, ...], new: tuple[str, ...], low: int, high: int) -> tuple[int, int] | None:
    """Find the same lines (indentation aside) elsewhere: where alone, or where exactly one has the same neighbours."""
    wanted = [line.strip() for line in old[low:high]]
    if sum(len(line) for line in wanted) < 4:  # noqa: PLR2004  brackets and blanks are everywhere
        return None
    stripped = [line.strip() for line in new]
    starts = [index for index in range(len(new) - len(wanted) + 1) if stripped[index : index + len(wanted)] == wanted]
    if len(starts) > 1:
        near = {index: _context_score(old, new, low, high, index) for index in starts}
        top = max(near.values())
        starts = [index for index in starts if near[index] == top] if top > 0 else []
    return (starts[0], starts[0] + len(wanted)) if len(starts) == 1 else None


def _context_score(old: tuple[str, ...], new: tuple[str, ...], low: int, high: int, start: int) -> int:
    end = start + high - low
    pairs = [(low - 1, start - 1), (low - 2, start - 2), (high, end), (high + 1, end + 1)]
    return sum(
        0 <= one < len(old) and 0 <= other < len(new) and old[one].strip() == new[other].strip() != ""
        for one, other in pairs
    )


def _fuzzy(old: tuple[str, ...], new: tuple[str, ...], low: int, high: int) -> LineTrace | None:
    """Slide a window of the same length over the new text; the likest wins if it is like enough and likest alone."""
    wanted, size = old[low:high], high - low
    if sum(len(line.strip()) for line in wanted) < 10 or len(new) < size or len(new) * size > LARGEST_SEARCH:  # noqa: PLR2004
        return None
    text = "\n".join(wanted)
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(text)
    scored: list[tuple[float, int]] = []
    for start in range(len(new) - size + 1):
        matcher.set_seq1("\n".join(new[start : start + size]))
        if matcher.real_quick_ratio() >= FUZZY and matcher.quick_ratio() >= FUZZY:
            context = _context_score(old, new, low, high, start) / 4
            scored.append((matcher.ratio() + CONTEXT_BONUS * context, start))
    scored.sort(reverse=True)
    if not scored or scored[0][0] < FUZZY or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    start = scored[0][1]
    return _trace((start, start + size), wanted, new, "text much like it", min(0.9, scored[0][0]))


def _likeness(first: tuple[str, ...], second: tuple[str, ...]) -> float:
    return _line_likeness("\n".join(first), "\n".join(second))


@lru_cache(maxsize=20_000)
def _line_likeness(first: str, second: str) -> float:
    first, second = first.strip(), second.strip()
    if first == second:
        return 1.0
    if not first or not second:
        return 0.0
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= ALIKE and matcher.quick_ratio() >= ALIKE else 0.0
