"""Which new file is an old one under another name: told by how much of their lines two texts share.

Git's own measure of renames (the share of equal content, from one half on), computed here over whole lines because a
snapshot's objects can be missing, and because a notebook is compared by the sources of its cells.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

LEAST_ALIKE = 0.5
LEAST_SHARED = 40
"""Characters two texts must share: a licence line or two imports make no rename."""
SAME_NAME_BONUS = 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Rename:
    """A file that has another path now; `similarity` is the share of equal text, 0 to 1."""

    old: str
    new: str
    similarity: float


def pair_renamed(gone: Mapping[str, str], came: Mapping[str, str]) -> tuple[Rename, ...]:
    """Pair removed and added texts (path → text) that are mostly the same, the most alike first, each used once."""
    before, after = ({path: _weighed(text) for path, text in texts.items()} for texts in (gone, came))
    found = []
    for old, old_lines in before.items():
        for new, new_lines in after.items():
            alike = _similarity(old_lines, new_lines)
            if alike >= LEAST_ALIKE:
                found.append((alike + SAME_NAME_BONUS * (_name(old) == _name(new)), alike, old, new))
    renames: list[Rename] = []
    used: set[str] = set()
    for _, alike, old, new in sorted(found, key=lambda one: (-one[0], one[2], one[3])):
        if f"-{old}" not in used and f"+{new}" not in used:
            used |= {f"-{old}", f"+{new}"}
            renames.append(Rename(old=old, new=new, similarity=alike))
    return tuple(renames)


def _weighed(text: str) -> tuple[Counter[str], int]:
    """How often each line that is not blank occurs, and how many characters all of them have."""
    lines = Counter(stripped for line in text.splitlines() if (stripped := line.strip()))
    return lines, sum(len(line) * count for line, count in lines.items())


def _similarity(old: tuple[Counter[str], int], new: tuple[Counter[str], int]) -> float:
    (old_lines, old_size), (new_lines, new_size) = old, new
    if 2 * min(old_size, new_size) < LEAST_ALIKE * (old_size + new_size):
        return 0.0
    shared = sum(len(line) * min(count, new_lines[line]) for line, count in old_lines.items() if line in new_lines)
    return 2 * shared / (old_size + new_size) if shared >= LEAST_SHARED else 0.0


def _name(path: str) -> str:
    return path.rpartition("/")[2]
