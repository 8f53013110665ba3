"""Reads a course file: the text becomes a `Policy`, or every mistake in it is told at once.

Each mistake carries the file, the line, the path (`points.share`; rows count from 1, `rubric[3].points`), what is wrong
and what to write instead.
"""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from importlib import resources
from typing import Any

from pydantic import ValidationError

from reviewhub.courses.file_lines import Path, find_line, line_numbers
from reviewhub.courses.file_sentences import say_mistake
from reviewhub.courses.policy import Policy
from reviewhub.courses.soundness import Fault, find_faults
from reviewhub.courses.zones import NoSuchZone, zone_named
from reviewhub.errors import BadInput, Problem

LARGEST_FILE = 1_000_000
"""Characters; a course file is a page or three."""
_ROUNDS = 40
_STAND_INS = {"title": "?", "term": "?", "zone": "+00:00"}
_NAMES_OF_ROWS = frozenset({"key", "title", "letter"})


def load_policy(text: str, *, place: str = "course file") -> Policy:
    """The policy a course file states.

    `place` is how the file is called in messages. Raises BadInput whose `problems` are all mistakes of the file.
    """
    raw = _parse(text, place)
    try:
        policy = _validate(raw)
    except ValidationError:
        mistakes = _all_mistakes(raw)
    else:
        faults = find_faults(policy)
        if not faults:
            return policy
        mistakes = [(fault.path, fault.what, fault.hint) for fault in faults]
    lines = line_numbers(text)
    problems = tuple(
        Problem(
            place=f"{place}, line {line}: {_dotted(path)}"
            if (line := find_line(lines, path))
            else f"{place}: {_dotted(path)}",
            what=what,
            hint=hint,
        )
        for path, what, hint in sorted(mistakes, key=lambda mistake: find_line(lines, mistake[0]))
    )
    count = "one mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
    raise BadInput(f"The course file has {count}: {place}.", problems)


def shipped_slugs() -> tuple[str, ...]:
    """The names of the course files that ship with the program."""
    folder = resources.files("reviewhub.courses") / "files"
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def shipped_text(slug: str) -> str:
    """The text of one shipped course file. Raises BadInput for an unknown name."""
    if slug not in shipped_slugs():
        raise BadInput(f"No course file called {slug} ships with ReviewHub; there are {', '.join(shipped_slugs())}.")
    return (resources.files("reviewhub.courses") / "files" / f"{slug}.toml").read_text(encoding="utf-8")


def _parse(text: str, place: str) -> dict[str, Any]:
    if len(text) > LARGEST_FILE:
        raise BadInput(f"{place} is too large for a course file ({len(text):,} characters; at most {LARGEST_FILE:,}).")
    try:
        return tomllib.loads(text.removeprefix("\ufeff"), parse_float=Decimal)
    except RecursionError:
        reason = "Tables are nested too deeply"
    except (ValueError, ArithmeticError) as fault:
        reason = str(fault)
    where, _, line = reason.rpartition(" (at line ")
    spot = f"{place}, line {line.partition(',')[0]}" if where else place
    problem = Problem(
        place=spot,
        what=f"This is not TOML: {where or reason}.",
        hint="Mend this first; the rest is checked after it.",
    )
    raise BadInput(f"The course file cannot be read: {problem.place}: {problem.what}", (problem,))


def _validate(raw: Mapping[str, Any]) -> Policy:
    try:
        zone = zone_named(raw["zone"]) if isinstance(raw.get("zone"), str) else None
    except NoSuchZone:
        zone = None
    # Without a valid zone the local times cannot be read; the zone's own mistake is told, theirs are not invented.
    return Policy.model_validate(raw, context={"zone": zone or zone_named("UTC")})


def _all_mistakes(raw: dict[str, Any]) -> list[tuple[Path, str, str]]:
    """Every mistake, also those hidden behind others: take out what is wrong, look again, until nothing new appears.

    A conclusion drawn from a part that had something taken out could be false, so it is left for the next look.
    """
    rest = _copied(raw)
    removed: list[Path] = []
    mistakes: list[tuple[Path, str, str]] = []
    for look in range(_ROUNDS):
        taken: list[Path] = []
        try:
            policy = _validate(rest)
        except ValidationError as failure:
            for error in failure.errors(include_url=False, include_input=True):
                path = _real_path(rest, error["loc"], missing=error["type"] == "missing")
                if any(_is_within(path, gone) for gone in removed):
                    taken.append(path[:1])
                    removed.append(path[:1])
                elif not any(_is_within(gone, path) for gone in removed):
                    mistakes.append((path, *say_mistake(path, error)))
                    taken.append(path)
                if error["type"] != "extra_forbidden":
                    removed.append(path)
            for number, path in enumerate(taken):
                _take_out(rest, path, stand_in=f"r{look}_{number}")
        else:
            touched = {_without_rows(path) for path in removed}
            mistakes += [(f.path, f.what, f.hint) for f in find_faults(policy) if _is_safe(f, touched)]
            break
    return mistakes


def _is_safe(fault: Fault, touched: set[str]) -> bool:
    return not any(
        f"{gone}.".startswith(f"{read}.") or f"{read}.".startswith(f"{gone}.")
        for gone in touched
        for read in fault.reads
    )


def _without_rows(path: Path) -> str:
    return ".".join(step for step in path if isinstance(step, str))


def _is_within(inner: Path, outer: Path) -> bool:
    return inner[: len(outer)] == outer


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _real_path(raw: Any, loc: Path, *, missing: bool) -> Path:
    """The part of pydantic's location that exists in the file (unions and key checks add words of their own)."""
    real: list[str | int] = []
    for step in loc:
        if _holds(raw, step):
            raw = raw[step]
        elif missing and step == loc[-1]:
            real.append(step)
            break
        else:
            break
        real.append(step)
    return tuple(real)


def _holds(raw: Any, step: str | int) -> bool:
    return step in raw if isinstance(raw, dict) else isinstance(raw, list) and step in range(len(raw))


def _take_out(raw: dict[str, Any], path: Path, *, stand_in: str) -> None:
    """Takes the thing at `path` out of the file's tables; what the file must have is given a stand-in."""
    if len(path) == 1 and path[0] in _STAND_INS:
        raw[str(path[0])] = _STAND_INS[str(path[0])]
        return
    holder: Any = raw
    for step in path[:-1]:
        holder = holder.get(step) if isinstance(holder, dict) else holder[int(step)]
        if holder is None:
            return
    if isinstance(holder, dict) and path[-1] in _NAMES_OF_ROWS:
        holder[path[-1]] = stand_in
    elif isinstance(holder, dict):
        holder.pop(path[-1], None)
    elif isinstance(holder, list):
        raw.pop(str(path[0]), None)


def _dotted(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "the whole file"
