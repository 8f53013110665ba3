"""Every number of a course file that makes points, in groups with its words, and the file with some of them changed."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from reviewhub.courses.course_file import load_policy
from reviewhub.courses.file_editing import set_values
from reviewhub.courses.file_lines import Path
from reviewhub.courses.late_steps import LateRules
from reviewhub.courses.lateness import plain_number, say_step
from reviewhub.courses.policy import Lateness, Policy, SeverityPoints
from reviewhub.courses.policy_changes import compare_policies
from reviewhub.courses.policy_words import say_rules
from reviewhub.courses.totals import Component
from reviewhub.errors import BadInput, Problem

Kind = Literal["number", "percent", "length", "choice"]
_POINTS: Mapping[str, str] = {
    "version_1_weight": "What version 1 counts in the developer's grade",
    "version_2_weight": "What version 2 counts in the developer's grade",
    "not_fixed": "What version 2 carries of a mistake that is not fixed",
    "partly": "What version 2 carries of a mistake that is partly fixed",
    "unseen_in_v2": "… multiplied in where no review had named it",
    "share": "Part of a missed mistake's points that a reviewer loses",
    "missed": "Who pays for a missed mistake",
    "partial_match": "What a partial match counts",
    "cap": "The most a reviewer loses in one project",
    "quality_weight": "What quality counts in the reviewer's grade",
    "coverage_weight": "What coverage counts in the reviewer's grade",
    "slack": "Slack of coverage, in points",
    "coverage_ratio": "The part of the points that is full coverage",
    "coverage_count": "The number of mistakes that is full coverage",
}
_LENGTHS = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))
_LENGTH = re.compile(r"(\d{1,6})\s*([smhd])", re.ASCII)
_PLAIN = re.compile(r"-?\d{1,7}(\.\d{1,7})?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Number:
    """One number: where it stands in the file, what it is called, what it is now ("" = the file states none)."""

    path: Path
    label: str
    value: str
    kind: Kind = "number"
    options: tuple[tuple[str, str], ...] = ()
    """Of a choice: value and words."""

    @property
    def name(self) -> str:
        """The path as one word, for a form: `rubric.2.points`."""
        return ".".join(str(step) for step in self.path)


@dataclass(frozen=True, kw_only=True)
class NumberGroup:
    """Numbers that belong together, and the rule they make, in the words students read."""

    title: str
    numbers: tuple[Number, ...]
    sentences: tuple[str, ...] = ()


def number_groups(policy: Policy) -> tuple[NumberGroup, ...]:
    """Every number that makes points, in the order of the course file; what a course does not have is left out."""
    said = {chapter.title: chapter.sentences for chapter in say_rules(policy)}
    reviewed = policy.is_peer_reviewed
    groups = (
        ("What a mistake costs", "What a mistake costs", _mistakes(policy) if reviewed else ()),
        ("The reviewer's grade", "The reviewer's grade", _reviewer(policy) if reviewed else ()),
        ("The rubric of a version", "", _rows("rubric", policy.rubric, "points") if reviewed else ()),
        ("Late work", "Late work", _late(policy.lateness)),
        ("Parts of the course grade", "", _components(policy.components, ("components",))),
        ("Ways of weighting them", "", _schemes(policy)),
        ("Proposals", "Proposals", _proposals(policy)),
        ("Bonus", "", _rows("bonus", policy.bonus, "at_most")),
        ("Letters", "", _rows("letters", policy.letters, "at_least", named="letter")),
    )
    made = [
        NumberGroup(title=title, numbers=tuple(numbers), sentences=said.get(chapter, ()))
        for title, chapter, numbers in groups
    ]
    return tuple(group for group in made if group.numbers)


def edited_file(text: str, typed: Mapping[str, str]) -> str:
    """The course file with the numbers that were typed, by name; those equal to what the file says change nothing.

    Raises BadInput naming each number that cannot be read, and whatever the changed file has wrong.
    """
    policy = load_policy(text)
    numbers = _by_name(policy)
    values, wanted, problems = {}, {}, []
    for name, words in typed.items():
        number = numbers.get(name)
        if number is None or words.strip() == number.value:
            continue
        try:
            wanted[name] = _read(number, words.strip())
            values[number.path] = wanted[name] if number.kind == "number" else f'"{wanted[name]}"'
        except BadInput as fault:
            problems.append(Problem(place=number.label, what=fault.message))
    if problems:
        msg = "Nothing was computed."
        raise BadInput(msg, tuple(problems))
    changed = set_values(text, values)
    after = load_policy(changed)
    now = {name: number.value for name, number in _by_name(after).items()}
    wrong = [numbers[name] for name, value in wanted.items() if now.get(name) != value]
    if wrong or len(compare_policies(policy, after)) > len(wanted):
        # Written in a way that the editing does not follow: say so rather than guess.
        msg = "The file is written in a way that these numbers cannot be changed here: change them in its text."
        raise BadInput(msg, tuple(Problem(place=numbers[name].label, what=name) for name in wanted))
    return changed


def _by_name(policy: Policy) -> dict[str, Number]:
    return {number.name: number for group in number_groups(policy) for number in group.numbers}


def _read(number: Number, words: str) -> str:
    """What was typed, as the form shows such a value."""
    if number.kind == "choice":
        if words not in {value for value, _ in number.options}:
            msg = "Choose one of the two."
            raise BadInput(msg)
        return words
    if number.kind == "length":
        if not (match := _LENGTH.fullmatch(words)):
            msg = f"“{words[:40]}” is no length of time: write a number and a unit, like 30m, 12h or 1d."
            raise BadInput(msg)
        return _length(int(match.group(1)) * next(size for size, unit in _LENGTHS if unit == match.group(2)))
    plain = words.removesuffix("%").strip().replace(",", ".")
    if not _PLAIN.fullmatch(plain):
        msg = f"“{words[:40]}” is no number." if words else "This needs a number; a rule is taken out in the text."
        raise BadInput(msg)
    value = Decimal(plain)
    return f"{plain_number(value)}%" if number.kind == "percent" else plain_number(value)


def _number(path: Path, label: str, value: Any, kind: Kind = "number") -> Number:
    shown = "" if value is None else plain_number(Decimal(value))
    return Number(path=path, label=label, value=shown, kind=kind)


def _mistakes(policy: Policy) -> Iterator[Number]:
    for name in SeverityPoints.model_fields:
        yield _number(("points", "severity", name), f"A {name} mistake", getattr(policy.points.severity, name))
    for name in ("version_1_weight", "version_2_weight", "not_fixed", "partly", "unseen_in_v2"):
        yield _number(("points", name), _POINTS[name], getattr(policy.points, name))


def _reviewer(policy: Policy) -> Iterator[Number]:
    options = (("all", "nobody, once any reviewer noted it"), ("each", "whoever did not note it"))
    yield Number(
        path=("points", "missed"), label=_POINTS["missed"], value=policy.points.missed, kind="choice", options=options
    )
    for name in ("share", "partial_match", "cap", "quality_weight", "coverage_weight", "slack", "coverage_ratio"):
        yield _number(("points", name), _POINTS[name], getattr(policy.points, name))
    yield _number(("points", "coverage_count"), _POINTS["coverage_count"], policy.points.coverage_count)
    if "quality" in policy.model_fields_set:
        yield from _rows("quality", policy.quality, "weight", before="Quality: ")


def _rows(key: str, rows: Iterable[Any], name: str, *, named: str = "title", before: str = "") -> Iterator[Number]:
    for place, row in enumerate(rows):
        yield _number((key, place, name), f"{before}{getattr(row, named)}", getattr(row, name))


def _late(lateness: Lateness) -> Iterator[Number]:
    for kind in Lateness.model_fields:
        rules: LateRules | None = getattr(lateness, kind)
        for place, step in enumerate(rules.steps if rules else ()):
            path: Path = ("lateness", kind, "steps", place)
            said = f"{kind.capitalize()}, {say_step(step, rules)}" if rules else ""
            if step.until is not None:
                yield Number(path=(*path, "until"), label=f"{said}: until", value=_length(step.until), kind="length")
            if step.off is not None:
                off = f"{plain_number(step.off)}%"
                yield Number(path=(*path, "off"), label=f"{said}: off", value=off, kind="percent")
            if step.points is not None:
                yield _number((*path, "points"), f"{said}: points off", step.points)


def _components(components: Iterable[Component], path: Path) -> Iterator[Number]:
    for place, one in enumerate(components):
        here = (*path, place)
        if one.weight is not None:
            yield _number((*here, "weight"), f"{one.title}: weight, per cent", one.weight)
        if one.best is not None:
            yield _number((*here, "best"), f"{one.title}: how many of the best marks count", one.best)
        if one.threshold is not None:
            yield _number((*here, "threshold"), f"{one.title}: per cent needed to pass", one.threshold)
        yield from _components(one.parts, (*here, "parts"))


def _schemes(policy: Policy) -> Iterator[Number]:
    titles = {one.key: one.title for one in policy.components}
    for place, scheme in enumerate(policy.schemes):
        for key, weight in scheme.weights.items():
            label = f"{scheme.title}: {titles.get(key, key)}, per cent"
            yield _number(("schemes", place, "weights", key), label, weight)
        for key, needed in scheme.thresholds.items():
            label = f"{scheme.title}: per cent of {titles.get(key, key)} needed to pass"
            yield _number(("schemes", place, "thresholds", key), label, needed)


def _proposals(policy: Policy) -> Iterator[Number]:
    marks = policy.proposal_marks
    for name, field in type(marks).model_fields.items() if marks is not None else ():
        yield _number(("proposal_marks", name), (field.description or name).rstrip("."), getattr(marks, name))


def _length(seconds: int) -> str:
    """Seconds as a course file writes them: `30m`."""
    if not seconds:
        return "0s"
    size, unit = next((size, unit) for size, unit in _LENGTHS if seconds % size == 0)
    return f"{seconds // size}{unit}"
