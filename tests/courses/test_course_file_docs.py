"""docs/course-file.md names every key of a course file with its default, and its examples load."""

import re
import typing
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from reviewhub.courses.course_file import load_policy
from reviewhub.courses.policy import Policy

DOCUMENT = (Path(__file__).parents[2] / "docs" / "course-file.md").read_text(encoding="utf-8")
BEGINNING = 'title = "T"\nterm = "t"\nzone = "Europe/Istanbul"\n'


def part_within(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((part for inner in typing.get_args(annotation) if (part := part_within(inner))), None)


def is_list(annotation: Any) -> bool:
    return typing.get_origin(annotation) is tuple or any(is_list(inner) for inner in typing.get_args(annotation))


def choices(annotation: Any) -> list[str]:
    if typing.get_origin(annotation) is typing.Literal:
        return [f'"{word}"' for word in typing.get_args(annotation) if word is not None]
    return [word for inner in typing.get_args(annotation) for word in choices(inner)]


def default_of(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if field.is_required():
        return "needed"
    if value is None or value in ((), {}, ""):
        return "—"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`{list(value)}`".replace("'", '"')
    return f'`"{value}"`' if isinstance(value, str) else f"`{value}`"


def rows(part: type[BaseModel], head: str) -> list[tuple[str, list[str]]]:
    """Table head → the rows the document must hold, for a part and everything within it."""
    own: list[str] = []
    inner: list[tuple[str, list[str]]] = []
    for name, field in part.model_fields.items():
        within = part_within(field.annotation)
        if within is None:
            description = " ".join((field.description or "").split()).replace("None", "left out")
            if words := choices(field.annotation):
                description += f" One of {', '.join(f'`{word}`' for word in words)}."
            own.append(f"| `{name}` | {default_of(field)} | {description} |")
        elif within is not part:
            path = f"{head.strip('[]')}.{name}".strip(".")
            if path.startswith("lateness.") and path.split(".")[1] != "everything":
                continue  # the kinds of work have the same keys, shown once
            inner += rows(within, f"[[{path}]]" if is_list(field.annotation) else f"[{path}]")
    return [(head, own), *inner] if own else inner


EXPECTED = rows(Policy, "")


def test_every_key_has_a_description() -> None:
    assert [row for _, table in EXPECTED for row in table if row.endswith("|  |")] == []


@pytest.mark.parametrize(("head", "table"), EXPECTED, ids=[head or "top" for head, _ in EXPECTED])
def test_every_key_stands_in_the_document_with_its_default(head: str, table: list[str]) -> None:
    assert (head, head in DOCUMENT) == (head, True)
    assert [row for row in table if row not in DOCUMENT] == []


@pytest.mark.parametrize("example", re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL))
def test_every_example_loads(example: str) -> None:
    load_policy(example if example.startswith("title") else BEGINNING + example)
