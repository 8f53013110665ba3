"""Cells like those of deep-learning projects: distinct code, and near copies as people make them by copy and paste.

The same for the same seed. Every template is a cell of its own kind; names and numbers in it are drawn, so that two
cells of one template are as alike as two experiments of one student.
"""

import random
import re
from pathlib import Path


def _sections() -> dict[str, list[str]]:
    """The templates and names of course_cells.txt: a line `%%%% kind` begins each."""
    sections: dict[str, list[str]] = {}
    for part in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").split("%%%% ")[1:]:
        kind, _, text = part.partition("\n")
        sections.setdefault(kind, []).append(text.removesuffix("\n"))
    return sections


_SECTIONS = _sections()
_CODE, _SHORT, _TEXT = (_SECTIONS[kind] for kind in ("code", "short", "text"))
_NAMES, _FUNCTIONS, _CLASSES, _TITLES = (
    _SECTIONS[kind][0].split("\n") for kind in ("names", "functions", "classes", "titles")
)

TEXT_SHARE = 0.33
SHORT_SHARE = 0.1
NEAR_COPY_SHARE = 0.15


def make_sources(chance: random.Random, count: int) -> list[tuple[str, str]]:
    """`count` cells as (type, source); some are near copies of an earlier one."""
    cells: list[tuple[str, str]] = []
    while len(cells) < count:
        earlier = [source for kind, source in cells if kind == "code" and len(source) > 60]
        if earlier and chance.random() < NEAR_COPY_SHARE:
            cells.append(("code", near_copy(chance.choice(earlier), chance)))
        elif chance.random() < TEXT_SHARE:
            cells.append(("markdown", new_text(chance)))
        else:
            cells.append(("code", new_code(chance)))
    return cells


def new_code(chance: random.Random) -> str:
    """A code cell: one template, or two after one another, as long cells are."""
    if chance.random() < SHORT_SHARE:
        return _filled(chance.choice(_SHORT), chance)
    parts = chance.sample(_CODE, 2 if chance.random() < 0.3 else 1)
    return "\n\n".join(_filled(part, chance) for part in parts)


def new_text(chance: random.Random) -> str:
    """A Markdown cell."""
    return _filled(chance.choice(_TEXT), chance)


def near_copy(source: str, chance: random.Random) -> str:
    """The cell once more with other numbers and one other name: the next experiment."""
    source = re.sub(
        r"\b\d+\b", lambda found: str(chance.randrange(1, 300)) if chance.random() < 0.5 else found[0], source
    )
    names = [name for name in _NAMES if re.search(rf"\b{name}\b", source)]
    if names:
        source = re.sub(rf"\b{chance.choice(names)}\b", chance.choice(_NAMES), source)
    return source


def _filled(template: str, chance: random.Random) -> str:
    return template.format(
        n=chance.choice((16, 32, 64, 100, 128, 256, 512)),
        m=chance.randrange(5, 300),
        d=chance.randrange(1, 9),
        v=chance.choice(_NAMES),
        w=chance.choice(_NAMES),
        f=chance.choice(_FUNCTIONS),
        C=chance.choice(_CLASSES),
        T=chance.choice(_TITLES),
    )
