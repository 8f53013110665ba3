"""The mistakes planted in version 1 of every project, with their exact places, for findings and gradings."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Literal

from reviewhub.demonstration.sheets import script_cells
from reviewhub.demonstration.sources import KEYS, Mistake, Sample, load_sample


@dataclass(frozen=True, kw_only=True)
class Planted:
    """One planted mistake of version 1.

    `path` is relative to the project's folder and empty for the whole project. In a notebook `cell` is the cell's place
    from 0 and the lines count within the cell's source; lines are 1-based and both ends belong; 0 means the whole file.
    `repair` is the title of the version-2 commit that mends it, empty where nobody did.
    """

    project: str
    name: str
    path: str
    cell: int | None
    first_line: int
    last_line: int
    quote: str
    kind: Literal["mistake", "missing"]
    severity: Literal["critical", "major", "minor", "trivial"]
    title: str
    text: str
    fixed_in_v2: bool
    repair: str


def _lines_of(body: str, quote: str) -> tuple[int, int] | None:
    at = body.find(quote)
    if at < 0:
        return None
    first = body.count("\n", 0, at) + 1
    return first, first + quote.count("\n")


def _place(sample: Sample, mistake: Mistake) -> tuple[int | None, int, int]:
    if not mistake.quote:
        return None, 0, 0
    body = sample.source(mistake.path).decode()
    if body.count(mistake.quote) != 1:
        message = f"{sample.key}/{mistake.path} holds {body.count(mistake.quote)} times: {mistake.quote}"
        raise ValueError(message)
    if not mistake.path.endswith(".ipynb"):
        first, last = _lines_of(body, mistake.quote) or (0, 0)
        return None, first, last
    for index, cell in enumerate(script_cells(body)):
        if lines := _lines_of(cell.text, mistake.quote):
            return index, *lines
    message = f"{sample.key}/{mistake.path}: not in a cell's source: {json.dumps(mistake.quote)}"
    raise ValueError(message)


def _planted(sample: Sample, mistake: Mistake) -> Planted:
    cell, first, last = _place(sample, mistake)
    repair = next(
        (
            commit.message.splitlines()[0]
            for push in sample.pushes
            for commit in push.commit
            if mistake.name in commit.apply
        ),
        "",
    )
    return Planted(
        project=sample.key,
        name=mistake.name,
        path=mistake.path,
        cell=cell,
        first_line=first,
        last_line=last,
        quote=mistake.quote,
        kind=mistake.kind,
        severity=mistake.severity,
        title=mistake.title,
        text=mistake.text.strip(),
        fixed_in_v2=bool(repair),
        repair=repair,
    )


@cache
def planted_mistakes() -> tuple[Planted, ...]:
    """Return every planted mistake, project by project."""
    samples = [load_sample(key) for key in KEYS]
    return tuple(_planted(sample, mistake) for sample in samples for mistake in sample.mistakes)


PLANTED: tuple[Planted, ...] = planted_mistakes()
