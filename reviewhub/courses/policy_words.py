"""The rules of a course in plain words, for the students who live under them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from reviewhub.courses.late_steps import LateRules
from reviewhub.courses.lateness import length, plain_number, say_step
from reviewhub.courses.policy import PointRules, Policy, ReviewRules
from reviewhub.courses.totals import Component, Scheme

_KINDS = {
    "everything": "Everything that has no rules of its own here",
    "proposals": "Proposals",
    "versions": "Versions of a project",
    "reviews": "Reviews",
    "slides": "Slides",
    "milestones": "Milestones",
    "homework": "Homework",
}
_ANONYMITY = {
    "open": "Developers and reviewers know each other's names.",
    "single": "Developers do not learn who reviewed them; reviewers know whose project they read.",
    "double": "Neither developers nor reviewers learn each other's names.",
}
_RELEASE = {
    "at_submit": "Developers see a review as soon as it is submitted.",
    "at_deadline": "Developers see all their reviews at the review deadline.",
    "by_hand": "Developers see their reviews when the staff release them.",
}
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, kw_only=True)
class Chapter:
    """One heading of the rules, with its sentences."""

    title: str
    sentences: tuple[str, ...]


def say_rules(policy: Policy) -> tuple[Chapter, ...]:
    """The rules in the order of the semester. What the course does not state is not there."""
    chapters = (
        Chapter(title="Groups and projects", sentences=tuple(_say_groups(policy))),
        Chapter(title="Reviewing", sentences=tuple(_say_reviewing(policy))),
        Chapter(title="What a mistake costs", sentences=tuple(_say_mistakes(policy))),
        Chapter(title="The reviewer's grade", sentences=tuple(_say_reviewer(policy))),
        Chapter(title="Late work", sentences=tuple(_say_late_work(policy))),
        Chapter(title="Proposals", sentences=tuple(_say_proposals(policy))),
        Chapter(title="Presentations", sentences=tuple(_say_presentations(policy))),
        Chapter(title="Seats", sentences=tuple(_say_seats(policy))),
    )
    return tuple(chapter for chapter in chapters if chapter.sentences)


def say_component(component: Component) -> str:
    """How one component of the grade is made, in a phrase; "" where there is nothing to add."""
    said = []
    if component.best is not None:
        many = f" of {_count(component.of)}" if component.of is not None else ""
        said.append(f"the mean of the best {_count(component.best)}{many}")
    elif component.of is not None:
        said.append(f"{_count(component.of)} marks")
    if component.threshold is not None:
        said.append(f"at least {plain_number(component.threshold)} % of it is needed")
    return ", ".join(said)


def say_scheme(scheme: Scheme, titles: Mapping[str, str]) -> tuple[str, ...]:
    """One way to the grade, in sentences; `titles`: component key → title."""
    parts = ", ".join(f"{titles[key]} {plain_number(weight)} %" for key, weight in scheme.weights.items())
    said = [f"{parts}."]
    said += [
        f"At least {plain_number(needed)} % of {titles[key].lower()} is needed; below it the course is failed."
        for key, needed in scheme.thresholds.items()
    ]
    if scheme.when_marked is not None:
        said.append(f"Counts as soon as there is a mark for {titles[scheme.when_marked].lower()}.")
    return tuple(said)


def _say_groups(policy: Policy) -> Iterator[str]:
    bounds = policy.groups
    if bounds is not None:
        if bounds.max == 1:
            yield "Everybody works alone."
        else:
            size = _count(bounds.max) if bounds.min == bounds.max else f"{_count(bounds.min)} to {_count(bounds.max)}"
            alone = "" if bounds.min > 1 or bounds.alone else "; nobody works alone"
            yield f"A project has {size} developers{alone}."
            if bounds.min > 1 and bounds.alone:
                yield "Working alone is possible too."
        if (days := bounds.random_days_before_proposals) is not None:
            yield f"Whoever has no group {_days(days)} before the proposal deadline is put in one at random."
    layout = policy.repository.layout
    place = {"folder": "Every project has a folder of its own", "branch": "Every project has a branch of its own"}
    yield f"{place.get(layout, 'Every project comes as a pull request')} in the shared repository of the course."


def _say_reviewing(policy: Policy) -> Iterator[str]:
    review: ReviewRules | None = policy.review
    if review is None:
        return
    who = "Every student" if review.reviewers == "persons" else "Every group"
    yield f"{who} reviews version 1 of {_count(review.per_student)} other {_plural(review.per_student, 'project')}."
    yield f"Reviewers have at least {_days(review.window_days)}, also where a version 1 came late."
    yield _ANONYMITY[review.anonymity]
    yield _RELEASE[review.release]
    yield f"The review form has {_count(len(review.form))} {_plural(len(review.form), 'question')}."


def _say_mistakes(policy: Policy) -> Iterator[str]:
    if policy.review is None:
        return
    points: PointRules = policy.points
    severity = points.severity
    yield (
        f"A version is graded out of 100. A mistake takes points off: critical {plain_number(severity.critical)}, "
        f"major {plain_number(severity.major)}, minor {plain_number(severity.minor)}, "
        f"trivial {plain_number(severity.trivial)}, or what the instructor sets."
    )
    yield (
        f"Version 2 carries a mistake of version 1 again: {_times(points.not_fixed)} when it is not fixed, "
        f"{_times(points.partly)} when it is partly fixed, not at all when it is fixed."
    )
    if points.unseen_in_v2 != 1:
        yield f"Where no review had named it, version 2 carries only {_times(points.unseen_in_v2)} of that."
    yield (
        f"The developer's grade is {_percent(points.version_1_weight)} version 1 "
        f"and {_percent(points.version_2_weight)} version 2."
    )
    yield "A mistake of version 1 that was noted in a review costs the developers only."
    missed = (
        "Once any reviewer of the project noted it, no reviewer pays."
        if points.missed == "all"
        else "Whoever did not note it pays, whatever the other reviewers wrote."
    )
    yield (
        f"A mistake that was missed and found by the instructor costs the developers its points, and the reviewer "
        f"{_percent(points.share)} of them. {missed}"
    )
    yield f"Of one project, a reviewer loses at most {plain_number(points.cap)} points that way."


def _say_reviewer(policy: Policy) -> Iterator[str]:
    if policy.review is None:
        return
    points = policy.points
    yield (
        f"For each reviewed project: {_percent(points.quality_weight)} quality and "
        f"{_percent(points.coverage_weight)} coverage, less what missed mistakes cost."
    )
    rows = ", ".join(f"{row.title.lower()} {plain_number(row.weight)} %" for row in policy.quality)
    yield f"Quality is how the review is written: {rows}."
    yield (
        f"Coverage is full when you found {_percent(points.coverage_ratio)} of the points there were to find, "
        f"or {_count(points.coverage_count)} {_plural(points.coverage_count, 'mistake')}."
    )
    yield "The grade is the mean over your assignments; one without a submitted review counts 0."


def _say_late_work(policy: Policy) -> Iterator[str]:
    stated = False
    for kind, title in _KINDS.items():
        rules: LateRules | None = getattr(policy.lateness, kind)
        if rules is not None:
            stated = True
            grace = f"Less than {length(rules.grace)} late is on time. " if rules.grace else ""
            steps = "; ".join(say_step(step, rules) for step in rules.steps)
            yield f"{title}: {grace}{steps[0].upper()}{steps[1:]}."
    if not stated:
        yield "The course states no rule for late work: the staff decide."
    yield (
        "The staff may grant an extension, with a reason."
        if policy.extensions.allowed
        else "Deadlines are never extended."
    )


def _say_proposals(policy: Policy) -> Iterator[str]:
    if (marks := policy.proposal_marks) is not None:
        yield f"A proposal that passes earns {plain_number(marks.passed)} % of its points."
        yield (
            f"One to be revised earns {plain_number(marks.revise)} % for now, and {plain_number(marks.revised)} % "
            "once its changes are handed in and approved."
        )
        yield (
            f"One that is rejected earns {plain_number(marks.rejected)} %; handed in again as a substantially "
            f"different proposal, at most {plain_number(marks.replaced)} %."
        )


def _say_presentations(policy: Policy) -> Iterator[str]:
    talks = policy.presentations
    if talks is None:
        return
    yield f"A paper presentation takes about {talks.minutes} minutes, without the discussion."
    if talks.draft_days_before is not None:
        yield f"A complete draft of the slides is due {_days(talks.draft_days_before)} before it."
    if talks.slides_due == "before_class":
        yield "The final slides are due before class on the day."
    if talks.slides_published:
        yield "The slides are published."
    if talks.demonstrations is not None:
        when = talks.demonstrations.replace("_", " ").replace("or exam", "or the exam")
        yield f"Finished projects are shown in the {when}."


def _say_seats(policy: Policy) -> Iterator[str]:
    seats = policy.seats
    if seats is None:
        return
    order = "; ".join(seats.priority)
    yield f"There are about {seats.at_least} to {seats.at_most} seats, given in this order: {order}."
    if seats.registered_stay:
        yield "Whoever is already registered stays."
    if seats.list_published:
        yield "The enrolment list is published."


def _count(number: int | None) -> str:
    return str(number) if number is None or number >= len(_NUMBERS) else _NUMBERS[number]


def _plural(number: int, word: str) -> str:
    return word if number == 1 else f"{word}s"


def _days(number: int) -> str:
    return f"{_count(number)} {_plural(number, 'day')}"


def _percent(share: Decimal) -> str:
    return f"{plain_number(share * 100)} %"


def _times(share: Decimal) -> str:
    return "in full" if share == 1 else f"{_percent(share)} of it" if share else "not at all"
