"""Says in a sentence what is wrong at a place of a course file, and what the nearest right thing would be."""

import difflib
import typing
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from reviewhub.courses.file_lines import Path
from reviewhub.courses.policy import Policy

_SENTENCES = {
    "missing": "This key is missing.",
    "model_type": "This must be a table.",
    "tuple_type": "This must be a list.",
    "dict_type": "This must be a table.",
    "string_type": "This must be text in quotation marks.",
    "string_too_short": "This must not be empty.",
    "string_too_long": "This is too long (at most {max_length} characters).",
    "string_pattern_mismatch": "This is no key.",
    "bool_type": "This must be true or false.",
    "bool_parsing": "This must be true or false.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "decimal_type": "This must be a number.",
    "decimal_parsing": "This must be a number.",
    "finite_number": "This must be a number, neither inf nor nan.",
    "datetime_type": "This must be a date with a time.",
    "timezone_aware": "This must be a date with a time.",
    "greater_than_equal": "This must be at least {ge}.",
    "greater_than": "This must be more than {gt}.",
    "less_than_equal": "This must be at most {le}.",
    "less_than": "This must be less than {lt}.",
    "too_short": "This needs at least {min_length}.",
}
_HINTS = {
    "model_type": "Write it as a [table].",
    "string_pattern_mismatch": "Keys are small letters, digits and _, starting with a letter.",
    "bool_type": "Without quotation marks.",
    "datetime_type": "Write it like 2026-12-04 23:59:00.",
    "timezone_aware": "Write it like 2026-12-04 23:59:00.",
}
_CLOSE = 0.55


def say_mistake(path: Path, error: ErrorDetails) -> tuple[str, str]:
    """What is wrong at `path` and what to write instead, from pydantic's error."""
    kind, facts = error["type"], error.get("ctx", {})
    if kind == "refused":
        return str(facts["what"]), str(facts["hint"])
    if kind == "extra_forbidden":
        return _say_unknown_key(path)
    if kind == "literal_error":
        return _say_unknown_choice(error["input"], str(facts["expected"]))
    sentence = _SENTENCES.get(kind)
    return (sentence.format(**facts), _HINTS.get(kind, "")) if sentence else (f"{error['msg']}.", "")


def _say_unknown_key(path: Path) -> tuple[str, str]:
    known, wrong = _known_keys(path[:-1]), str(path[-1])
    where = (
        f"in {'.'.join(str(step) for step in path[:-1] if isinstance(step, str))}" if path[:-1] else "in a course file"
    )
    if near := difflib.get_close_matches(wrong, known, n=1, cutoff=_CLOSE):
        return f"There is no key {wrong} {where}.", f"Did you mean {near[0]}?"
    if homes := _homes(wrong):
        return f"There is no key {wrong} {where}.", f"Did you mean {' or '.join(homes)}?"
    return f"There is no key {wrong} {where}.", f"Keys here are {', '.join(known)}."


def _say_unknown_choice(given: object, expected: str) -> tuple[str, str]:
    choices = [word.strip("' ") for word in expected.replace(" or ", ",").split(",")]
    near = difflib.get_close_matches(str(given).casefold(), choices, n=1, cutoff=0.5)
    shown = str(given)[:60]
    return f"{shown!r} is none of {', '.join(choices)}.", f"Did you mean {near[0]}?" if near else ""


def _known_keys(path: Path) -> list[str]:
    part: type[BaseModel] | None = Policy
    for step in path:
        if isinstance(step, str) and part is not None:
            field = part.model_fields.get(step)
            part = _part_within(field.annotation) if field else None
    return list(part.model_fields) if part else []


def _homes(key: str) -> list[str]:
    """Where in a course file a key of about this name has its place, at most three."""
    homes = {
        f"{section}.{name}": name
        for section, field in Policy.model_fields.items()
        if (part := _part_within(field.annotation))
        for name in part.model_fields
    }
    near = difflib.get_close_matches(key, set(homes.values()), n=1, cutoff=0.8)
    return [home for home, name in homes.items() if name in near][:3]


def _part_within(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) is Mapping or typing.get_origin(annotation) is dict:
        return None
    return next((part for inner in typing.get_args(annotation) if (part := _part_within(inner))), None)
