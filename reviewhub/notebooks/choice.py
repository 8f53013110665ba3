"""How one reader wants a comparison shown: all of it stands in the address of the page, none of it is remembered."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewhub.notebooks.places import cell_place

OLD, NEW = "old", "new"
_RANGE = re.compile(r"L(\d{1,7})(?:-L?(\d{1,7}))?")


class FoldLinks:
    """Addresses that show more of a comparison; the room that owns the page subclasses it.

    Tokens name what is folded: a place of a comparison ("new-cell-4-output-0"), or a range of lines ("new-L12-L31"),
    of cells ("new-cells-3-9") or of outputs ("new-cell-4-outputs-2-6").
    """

    def page(self, token: str) -> str:
        """The same page with this open; what else is open stays so."""
        return f"?open={token}"

    def part(self, fold: str, token: str = "") -> str:
        """What stands in the place of a fold once it is open, or open as far as `token` says."""
        return f"?part={fold}" + (f"&open={token}" if token else "")

    def whole(self) -> str:
        """The same page without a choice of places."""
        return "?"


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """`opened` holds tokens of folds; `places` chooses places to show, and only them; `marks` are shown after theirs.

    Places are those of the notebooks room with the side before them: "old-L12", "new-cell-3-L5", "old-cell-3-output-0".
    """

    is_split: bool = True
    ignores_whitespace: bool = False
    opened: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()
    marks: Mapping[str, object] = field(default_factory=dict)
    links: FoldLinks = field(default_factory=FoldLinks)

    def opened_lines(self, prefix: str) -> tuple[tuple[int, int], ...]:
        """The ranges of lines opened below a prefix like "new-" or "new-cell-4-"."""
        return _ranges(self.opened, prefix)

    def chosen_lines(self, prefix: str) -> tuple[tuple[int, int], ...]:
        """The ranges of lines that are chosen below a prefix."""
        return _ranges(self.places, prefix)

    def chooses(self, place: str) -> bool:
        """Whether the place, or one inside it, is chosen."""
        return any(one == place or one.startswith(f"{place}-") for one in self.places)


def compared_place(side: str, cell_index: int) -> str:
    """The place of a cell on one side of a comparison."""
    return f"{side}-{cell_place(cell_index)}"


def lines_token(prefix: str, first: int, last: int) -> str:
    """The token of a range of lines below a prefix."""
    return f"{prefix}L{first}-L{last}"


def _ranges(tokens: frozenset[str] | tuple[str, ...], prefix: str) -> tuple[tuple[int, int], ...]:
    found = []
    for token in tokens:
        match = _RANGE.fullmatch(token.removeprefix(prefix)) if token.startswith(prefix) else None
        if match:
            first = int(match[1])
            found.append((first, int(match[2] or first)))
    return tuple(sorted(found))
