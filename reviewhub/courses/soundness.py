"""What the parts of a policy have to do with one another: sums, order, and keys that must name something."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from reviewhub.courses.policy import Policy
from reviewhub.courses.totals import Component

_WHOLE = Decimal(100)
VERDICT_COLUMNS = 4
_LISTED = frozenset({"proposal", "presented"})
"""What the status list of every course can say, beside the keys of [[fails]]."""
_ORDER = (
    "starts", "groups", "proposals", "version_1", "reviews", "responses", "version_2", "grading", "appeals", "closes",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that does not fit: `path` leads to it; `reads` are the keys it was concluded from (no row numbers)."""

    path: tuple[str | int, ...]
    what: str
    hint: str = ""
    reads: tuple[str, ...] = ()


def find_faults(policy: Policy) -> tuple[Fault, ...]:
    """Everything in a policy that does not fit together, in the order of the file; empty when it is sound."""
    return (
        *_faults_of_deadlines(policy),
        *_faults_of_window(policy),
        *_faults_of_peer_review(policy),
        *_faults_of_groups(policy),
        *_faults_of_form(policy),
        *_faults_of_verdicts(policy),
        *_faults_of_points(policy),
        *_faults_of_rubrics(policy),
        *_faults_of_components(policy),
        *_faults_of_schemes(policy),
        *_faults_of_letters(policy),
        *_faults_of_keys(policy),
        *_faults_of_lists(policy),
    )


def _faults_of_deadlines(policy: Policy) -> Iterator[Fault]:
    given = [(name, moment) for name in _ORDER if (moment := getattr(policy.deadlines, name)) is not None]
    for (earlier, first), (later, second) in pairwise(given):
        if second < first:
            yield Fault(
                path=("deadlines", later),
                what=f"{later} ({_shown(policy, second)}) comes before {earlier} ({_shown(policy, first)}).",
                hint=f"The order is {', '.join(_ORDER)}.",
                reads=(f"deadlines.{earlier}", f"deadlines.{later}"),
            )
    milestones = {component.key for component in _with_parts(policy.components) if component.kind == "milestone"}
    for key in policy.deadlines.milestones:
        if key not in milestones:
            yield Fault(
                path=("deadlines", "milestones", key),
                what=f"No component called {key} is a milestone.",
                hint=f"Milestones are: {', '.join(sorted(milestones)) or 'none'}.",
                reads=("deadlines.milestones", "components"),
            )


def _faults_of_window(policy: Policy) -> Iterator[Fault]:
    opens, due = policy.deadlines.version_1, policy.deadlines.reviews
    if policy.review is None or opens is None or due is None or due < opens:
        return
    days = policy.review.window_days
    # Elapsed or on the wall: a week that loses an hour to summer time is still a week to every reader.
    on_the_wall = due.astimezone(policy.tzinfo).replace(tzinfo=None) - opens.astimezone(policy.tzinfo).replace(
        tzinfo=None
    )
    window = max(due - opens, on_the_wall)
    if window < timedelta(days=days):
        number = "seven" if days == 7 else str(days)  # noqa: PLR2004 - the word for the usual number
        yield Fault(
            path=("deadlines", "reviews"),
            what=f"Reviewers get {_length(window)} from version_1 to reviews, which is less than {number} days.",
            hint=f"Write {_shown(policy, opens + timedelta(days=days))} or later.",
            reads=("deadlines.version_1", "deadlines.reviews"),
        )


def _faults_of_peer_review(policy: Policy) -> Iterator[Fault]:
    if policy.review is None:
        for component in _with_parts(policy.components):
            if component.kind in {"developer", "reviewer"}:
                yield Fault(
                    path=("components",),
                    what=f"The component {component.key} is made of versions and reviews, but there is no [review].",
                    hint='Add a [review] table, or write kind = "imported".',
                    reads=("components.kind", "components.key", "review"),
                )
        return
    for name in ("version_1", "reviews", "version_2"):
        if getattr(policy.deadlines, name) is None:
            yield Fault(
                path=("deadlines", name),
                what=f"A course with peer review needs the deadline {name}.",
                hint=f"Add {name} = 2026-12-04 23:59:00 (with your date) under [deadlines].",
                reads=(f"deadlines.{name}",),
            )
    for name, rows in (("rubric", policy.rubric), ("review.form", policy.review.form)):
        if not rows:
            yield Fault(
                path=tuple(name.split(".")),
                what=f"A course with peer review needs a {name}.",
                hint=f"Add [[{name}]] rows; ceng796.toml shows how.",
                reads=(name,),
            )


def _faults_of_groups(policy: Policy) -> Iterator[Fault]:
    if policy.groups is not None:
        if policy.groups.min > policy.groups.max:
            yield Fault(
                path=("groups", "min"),
                what="The smallest group is larger than the largest.",
                hint="Swap min and max.",
                reads=("groups.min", "groups.max"),
            )
        elif policy.groups.max == 1 and not policy.groups.alone:
            yield Fault(
                path=("groups", "alone"),
                what="Groups have one member, yet nobody may work alone.",
                hint="Raise max, or write alone = true.",
                reads=("groups.max", "groups.alone"),
            )
        if policy.groups.random_days_before_proposals is not None and policy.deadlines.proposals is None:
            yield Fault(
                path=("groups", "random_days_before_proposals"),
                what="There is no deadline called proposals to count back from.",
                hint="Add proposals under [deadlines].",
                reads=("groups.random_days_before_proposals", "deadlines.proposals"),
            )
    if policy.seats is not None and policy.seats.at_least > policy.seats.at_most:
        yield Fault(
            path=("seats", "at_least"),
            what="at_least is more than at_most.",
            hint="Swap them.",
            reads=("seats",),
        )


def _faults_of_form(policy: Policy) -> Iterator[Fault]:
    for index, item in enumerate(policy.review.form if policy.review else ()):
        if (item.kind == "table") != bool(item.columns):
            yield Fault(
                path=("review", "form", index, "columns"),
                what="A table needs columns." if item.kind == "table" else "Only a table has columns.",
                hint='Write columns = ["Paper reports", "We got"].'
                if item.kind == "table"
                else 'Write kind = "table", or leave out columns.',
                reads=("review.form.kind", "review.form.columns"),
            )


def _faults_of_verdicts(policy: Policy) -> Iterator[Fault]:
    for index, item in enumerate(policy.review.form if policy.review else ()):
        if item.verdict and (item.kind != "table" or len(item.columns) not in (0, VERDICT_COLUMNS)):
            yield Fault(
                path=("review", "form", index, "verdict"),
                what="A verdict needs a table of four columns: what, the paper's number, ours, the tolerance.",
                hint='Write columns = ["What", "Paper reports", "We got", "Tolerance"], or leave out verdict.',
                reads=("review.form.verdict", "review.form.columns"),
            )


def _faults_of_points(policy: Policy) -> Iterator[Fault]:
    for first, second in (("version_1_weight", "version_2_weight"), ("quality_weight", "coverage_weight")):
        total = getattr(policy.points, first) + getattr(policy.points, second)
        if total != 1:
            yield Fault(
                path=("points", second),
                what=f"{first} and {second} make {total}, not 1.",
                hint="Weights of two parts of one grade sum to 1.",
                reads=(f"points.{first}", f"points.{second}"),
            )


def _faults_of_rubrics(policy: Policy) -> Iterator[Fault]:
    points, weights = (row.points for row in policy.rubric), (row.weight for row in policy.quality)
    if policy.rubric:
        yield from _unless_whole(("rubric",), "The points of the rubric", points, "rubric.points")
    yield from _unless_whole(("quality",), "The weights of the quality rubric", weights, "quality.weight")


def _faults_of_components(policy: Policy) -> Iterator[Fault]:
    if policy.components and not policy.schemes:
        yield from _faults_of_weights(("components",), "The weights of the components", policy.components)
    for index, component in enumerate(policy.components):
        path = ("components", index)
        if policy.schemes and component.weight is not None:
            yield Fault(
                path=(*path, "weight"),
                what="The schemes carry the weights, so the component has none.",
                hint="Leave it out here.",
                reads=("components", "schemes"),
            )
        if (component.kind == "parts") != bool(component.parts):
            yield Fault(
                path=(*path, "parts"),
                what="A component of kind parts has parts, and no other has.",
                hint='Write kind = "parts" and [[components.parts]] rows.',
                reads=("components",),
            )
        if component.parts:
            yield from _faults_of_weights(
                (*path, "parts"), f"The weights of the parts of {component.key}", component.parts
            )
        if component.of is not None and component.best is not None and component.best > component.of:
            yield Fault(
                path=(*path, "best"),
                what=f"The best {component.best} of {component.of} cannot be chosen.",
                hint="Write best = 8 and of = 9.",
                reads=("components.best", "components.of"),
            )


def _faults_of_weights(path: tuple[str | int, ...], subject: str, rows: tuple[Component, ...]) -> Iterator[Fault]:
    without = [index for index, row in enumerate(rows) if row.weight is None]
    for index in without:
        yield Fault(
            path=(*path, index, "weight"),
            what="The weight is missing.",
            hint="Give it in per cent.",
            reads=("components.weight", "components.parts", "schemes"),
        )
    if not without:
        yield from _unless_whole(
            path,
            subject,
            (row.weight or Decimal(0) for row in rows),
            "components.weight",
            "components.parts",
            "schemes",
        )


def _faults_of_schemes(policy: Policy) -> Iterator[Fault]:
    known = {component.key for component in policy.components}
    for index, scheme in enumerate(policy.schemes):
        path = ("schemes", index)
        yield from _unless_whole(
            (*path, "weights"),
            f"The weights of the scheme {scheme.key}",
            scheme.weights.values(),
            "schemes.weights",
        )
        named = [("weights", key) for key in scheme.weights] + [("thresholds", key) for key in scheme.thresholds]
        named += [("when_marked", scheme.when_marked)] if scheme.when_marked else []
        for place, key in named:
            if key not in known:
                yield Fault(
                    path=(*path, place),
                    what=f"There is no component called {key}.",
                    hint=f"Components are: {', '.join(sorted(known))}.",
                    reads=("components", "schemes"),
                )


def _faults_of_letters(policy: Policy) -> Iterator[Fault]:
    if not policy.letters:
        return
    bounds = [row.at_least for row in policy.letters]
    if bounds != sorted(set(bounds), reverse=True):
        yield Fault(
            path=("letters",),
            what="The letters are not in order.",
            hint="Best first, each at_least lower than the last.",
            reads=("letters.at_least",),
        )
    if min(bounds) > 0:
        yield Fault(
            path=("letters",),
            what=f"A total below {min(bounds)} has no letter.",
            hint="Add a last row with at_least = 0.",
            reads=("letters.at_least",),
        )
    has_threshold = any(c.threshold is not None for c in policy.components) or any(s.thresholds for s in policy.schemes)
    if has_threshold and sum(row.fails for row in policy.letters) != 1:
        yield Fault(
            path=("letters",),
            what="A missed threshold fails the course, but the letters do not say which one that is.",
            hint="Mark exactly one letter with fails = true.",
            reads=("letters", "components", "schemes"),
        )


def _faults_of_keys(policy: Policy) -> Iterator[Fault]:
    tables: dict[tuple[str, ...], Iterable[str]] = {
        ("rubric",): (row.key for row in policy.rubric),
        ("quality",): (row.key for row in policy.quality),
        ("components",): (row.key for row in _with_parts(policy.components)),
        ("schemes",): (row.key for row in policy.schemes),
        ("fails",): (row.key for row in policy.fails),
        ("bonus",): (row.key for row in policy.bonus),
        ("letters",): (row.letter for row in policy.letters),
        ("review", "form"): (row.key for row in (policy.review.form if policy.review else ())),
    }
    for path, keys in tables.items():
        for key, count in Counter(keys).items():
            if count > 1:
                yield Fault(
                    path=path,
                    what=f"{key} stands there {count} times.",
                    hint="Every row has a key of its own.",
                    reads=(f"{'.'.join(path)}.key", f"{'.'.join(path)}.letter"),
                )


def _faults_of_lists(policy: Policy) -> Iterator[Fault]:
    """Keys by which a list of marks or the status list could mean two things."""
    components = {row.key for row in _with_parts(policy.components)}
    for index, bonus in enumerate(policy.bonus):
        if bonus.key in components:
            yield Fault(
                path=("bonus", index, "key"),
                what=f"A component is called {bonus.key} too, so a list of marks could not say which of them it means.",
                hint="Give the bonus a key of its own.",
                reads=("bonus.key", "components.key"),
            )
    for index, rule in enumerate(policy.fails):
        if rule.key in _LISTED:
            yield Fault(
                path=("fails", index, "key"),
                what=f"{rule.key} has a meaning of its own on the status list.",
                hint=f"Choose another key, such as no_{rule.key}.",
                reads=("fails.key",),
            )


def _with_parts(components: Iterable[Component]) -> Iterator[Component]:
    for component in components:
        yield component
        yield from _with_parts(component.parts)


def _unless_whole(path: tuple[str | int, ...], subject: str, parts: Iterable[Decimal], *reads: str) -> Iterator[Fault]:
    total = sum(parts, Decimal(0))
    if total != _WHOLE:
        word = "less" if total < _WHOLE else "more"
        yield Fault(
            path=path,
            what=f"{subject} sum to {total}, not 100.",
            hint=f"That is {abs(_WHOLE - total)} {word} than 100.",
            reads=reads,
        )


def _shown(policy: Policy, moment: datetime) -> str:
    return moment.astimezone(policy.tzinfo).strftime("%Y-%m-%d %H:%M")


def _length(window: timedelta) -> str:
    days, hours = window.days, window.seconds // 3600
    return f"{days} d {hours} h" if hours else f"{days} days"
