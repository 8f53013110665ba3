"""Finds the line of a TOML text on which a key stands, for messages; the parser itself does not say."""

import re
from collections import Counter

Path = tuple[str | int, ...]
_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_\-.\s]+?)\s*\]\]?\s*(?:#.*)?")
_KEY = re.compile(r"\s*([A-Za-z0-9_\-]+(?:\s*\.\s*[A-Za-z0-9_\-]+)*)\s*=")
_MULTILINE = re.compile(r'"""|' + "'''")


def line_numbers(text: str) -> dict[Path, int]:
    """Path → line (from 1) of every table head and plain key. Keys inside inline tables are not listed."""
    lines: dict[Path, int] = {(): 0}
    rows: Counter[tuple[str, ...]] = Counter()
    table: Path = ()
    is_inside_text = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not is_inside_text and (header := _HEADER.fullmatch(line)):
            table = _table(header.group(1), header.group(2), rows)
            lines.setdefault(table, number)
            lines.setdefault(tuple(step for step in table if isinstance(step, str)), number)
        elif not is_inside_text and (key := _KEY.match(line)):
            lines.setdefault((*table, *_steps(key.group(1))), number)
        is_inside_text ^= len(_MULTILINE.findall(line)) % 2 == 1
    return lines


def find_line(lines: dict[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest thing that holds it; 0 when the file does not have it."""
    while path not in lines:
        path = path[:-1]
    return lines[path]


def _table(brackets: str, name: str, rows: Counter[tuple[str, ...]]) -> Path:
    steps = _steps(name)
    if brackets == "[[":
        rows[steps] += 1
        for deeper in [key for key in rows if key != steps and key[: len(steps)] == steps]:
            del rows[deeper]
    path: list[str | int] = []
    for length, step in enumerate(steps, start=1):
        path.append(step)
        if count := rows[steps[:length]]:
            path.append(count - 1)
    return tuple(path)


def _steps(name: str) -> tuple[str, ...]:
    return tuple(step.strip() for step in name.split("."))
