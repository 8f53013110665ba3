"""Changes single values in the text of a course file, and leaves every other character, comments too, as it is.

TOML has more ways to write a value than are worth following here, so whoever edits checks afterwards that the file says
what was meant (`policy_numbers.edited_file`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from reviewhub.courses.file_lines import Path, line_numbers

_HEADER = re.compile(r"\s*\[.*\]\s*(?:#.*)?")
_TOKEN = re.compile(
    r'"""(?:\\.|(?!""").)*"""|' + r"'''.*?'''|" + r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'"
    r"|#[^\n]*|[\[\]{},=]|[^\s\[\]{},=#\"']+|\s+",
    re.DOTALL,
)


@dataclass(kw_only=True)
class _Value:
    """Where a value stands in the text, and what it holds: rows by number, keys by name."""

    start: int
    end: int = 0
    holds: dict[str | int, "_Value"] = field(default_factory=dict)


def set_values(text: str, values: Mapping[Path, str]) -> str:
    """The text with these values, each written as TOML (`0.5`, `"30m"`); a key that is not there is added."""
    for path, written in values.items():
        text = _set(text, path, written)
    return text


def _set(text: str, path: Path, written: str) -> str:
    lines = line_numbers(text)
    known = next(path[:length] for length in range(len(path), -1, -1) if path[:length] in lines)
    start = _start_of_line(text, lines[known])
    rest = path[len(known) :]
    if not known:
        return _in_a_new_table(text, rest, written)
    line = text[start:].partition("\n")[0]
    if _HEADER.fullmatch(line):
        after = start + len(line)
        return f"{text[:after]}\n{_dotted(rest)} = {written}{text[after:]}"
    value = _read(text, start + line.index("=") + 1)
    for step in rest[:-1]:
        value = value.holds.get(step, value)
    if not rest:
        return text[: value.start] + written + text[value.end :]
    if (held := value.holds.get(rest[-1])) is not None:
        return text[: held.start] + written + text[held.end :]
    inside = text[value.start : value.end - 1].rstrip().rstrip(",")
    comma = ", " if value.holds else " "
    return f"{text[: value.start]}{inside}{comma}{rest[-1]} = {written} {text[value.end - 1 :]}"


def _start_of_line(text: str, number: int) -> int:
    """Where the line with this number (from 1) begins."""
    return sum(len(line) for line in text.splitlines(keepends=True)[: max(0, number - 1)])


def _in_a_new_table(text: str, path: Path, written: str) -> str:
    """A key of the whole file goes before its first table, any other into a table of its own at the end."""
    if len(path) == 1:
        return f"{path[0]} = {written}\n{text}"
    return f"{text.rstrip()}\n\n[{_dotted(path[:-1])}]\n{path[-1]} = {written}\n"


def _dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)


def _read(text: str, start: int) -> _Value:
    """The value that begins at or after `start`: where it stands, and the values inside it."""
    opened: list[_Value] = []
    keys: list[str | int | None] = []
    word: _Value | None = None
    for found in _TOKEN.finditer(text, start):
        mark = found.group()
        if mark.isspace() or mark.startswith("#"):
            continue
        if mark in "[{":
            opened.append(_Value(start=found.start()))
            keys.append(0 if mark == "[" else None)
        elif mark == "=":
            keys[-1] = text[word.start : word.end].strip("\"'") if word else None
            word = None
        elif mark == ",":
            _put(opened[-1], keys, word)
            word = None
        elif mark in "]}":
            _put(opened[-1], keys, word)
            word = opened.pop()
            word.end = found.end()
            keys.pop()
        else:
            word = _Value(start=found.start(), end=found.end())
        if not opened and word is not None:
            return word
    return _Value(start=start, end=start)


def _put(holder: _Value, keys: list[str | int | None], word: _Value | None) -> None:
    """Enter a finished value under its key, or as the next row."""
    key = keys[-1]
    if word is None or key is None:
        return
    holder.holds[key] = word
    keys[-1] = key + 1 if isinstance(key, int) else None
