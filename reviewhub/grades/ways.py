"""The ways to the course grade: how each weighs the components, and which one counts for a student."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from reviewhub.courses.policy import Policy
from reviewhub.grades import course_sentences as say
from reviewhub.grades.component_grades import reaches, weigh
from reviewhub.grades.course_values import ComponentGrade, with_parts
from reviewhub.grades.lines import Citation, Component, LedgerEntry, Subject, line, total
from reviewhub.grades.penalties import ZERO


@dataclass(frozen=True, kw_only=True)
class Way:
    """A scheme of the course file, or, where it has none, the components' own weights."""

    key: str = ""
    title: str = ""
    weights: Mapping[str, Decimal]
    thresholds: Mapping[str, Decimal] = field(default_factory=dict)
    when_marked: str | None = None


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """The components as one way weighs them, and the lines of their sum."""

    way: Way
    components: tuple[ComponentGrade, ...]
    lines: tuple[LedgerEntry, ...]
    missing: tuple[str, ...]
    so_far: Decimal | None

    @property
    def below(self) -> list[ComponentGrade]:
        """The components, and parts of them, whose threshold is missed."""
        return [one for one in with_parts(self.components) if not one.is_reached]

    def rank(self) -> tuple[bool, bool, Decimal]:
        """How good it is for the student: complete, with every threshold reached, and then its sum."""
        return not self.missing, not self.below, total(self.lines)


def chosen_way(grades: Sequence[ComponentGrade], policy: Policy, subject: Subject) -> Weighed | None:
    """The components as the way weighs them that counts; None while no way applies."""
    marked = {one.key: one for one in grades if one.so_far is not None}
    applying = [one for one in _ways(policy) if one.when_marked is None or one.when_marked in marked]
    if not applying:
        return None
    if policy.scheme_choice == "better" and len(applying) > 1:
        # Of equals `max` keeps the first, which is the first in the file.
        best = max((_weighed(one, grades, subject) for one in applying), key=Weighed.rank)
        return _told(best, say.say_better_way(best.way.title), subject)
    first = _weighed(applying[0], grades, subject)
    if not first.way.key:
        return first
    because = marked[first.way.when_marked].title if first.way.when_marked else ""
    return _told(first, say.say_way(first.way.title, because), subject)


def _ways(policy: Policy) -> list[Way]:
    if not policy.schemes:
        return [Way(weights={one.key: one.weight or ZERO for one in policy.components})]
    return [
        Way(
            key=one.key,
            title=one.title,
            weights=one.weights,
            thresholds=one.thresholds,
            when_marked=one.when_marked,
        )
        for one in policy.schemes
    ]


def _weighed(way: Way, grades: Sequence[ComponentGrade], subject: Subject) -> Weighed:
    components = tuple(_on_this_way(one, way) for one in grades)
    lines, missing, so_far = weigh(components, subject, Component.COURSE)
    made = Weighed(way=way, components=components, lines=tuple(lines), missing=missing, so_far=so_far)
    below = [
        line(subject, Component.COURSE, "threshold", ZERO, say.say_below(one), Citation("component", one.key))
        for one in made.below
    ]
    return replace(made, lines=(*made.lines, *below))


def _on_this_way(grade: ComponentGrade, way: Way) -> ComponentGrade:
    """The component with this way's weight, and the threshold of the way or its own where it counts on it."""
    counts = grade.key in way.weights or grade.key in way.thresholds
    threshold = way.thresholds.get(grade.key, grade.threshold if counts else None)
    return replace(
        grade,
        weight=way.weights.get(grade.key, ZERO),
        threshold=threshold,
        is_reached=reaches(grade.value, threshold),
        parts=grade.parts if counts else tuple(replace(one, threshold=None, is_reached=True) for one in grade.parts),
    )


def _told(weighed: Weighed, rule: str, subject: Subject) -> Weighed:
    """With a line ahead that says which way counts."""
    return replace(weighed, lines=(line(subject, Component.COURSE, "scheme", ZERO, rule), *weighed.lines))
