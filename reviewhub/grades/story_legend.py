"""How to read one's grades, in a few sentences with the course's own numbers. Pure."""

from collections.abc import Iterator

from reviewhub.courses.policy import Policy
from reviewhub.grades.sentences import plain


def say_legend(policy: Policy) -> tuple[str, ...]:
    """The sentences for whoever reads their grades; only what the course states."""
    return tuple(_say_work(policy)) + tuple(_say_course(policy))


def _say_work(policy: Policy) -> Iterator[str]:
    if not policy.is_peer_reviewed:
        return
    points, severity = policy.points, policy.points.severity
    yield (
        f"A version starts at 100. A mistake takes points off its criterion: critical {plain(severity.critical)},"
        f" major {plain(severity.major)}, minor {plain(severity.minor)}, trivial {plain(severity.trivial)},"
        " or what the instructor set."
    )
    yield (
        f"Version 2 carries what was not fixed × {plain(points.not_fixed)}, what was partly fixed"
        f" × {plain(points.partly)}, and nothing of what was fixed. As developer you get"
        f" {plain(points.version_1_weight)} × version 1 + {plain(points.version_2_weight)} × version 2."
    )
    spared = (
        "a reviewer who noted it pays nothing; whoever missed it pays, whatever the others wrote"
        if points.missed == "each"
        else "once any reviewer noted it, no reviewer pays; if all missed it, each of them does"
    )
    yield (
        f"A mistake costs the developers whoever found it. For the reviewers {spared}: {plain(points.share)} × its"
        f" points, at most {plain(points.cap)} for one project."
    )
    yield (
        f"A review is {plain(points.quality_weight)} × quality + {plain(points.coverage_weight)} × coverage, less what"
        f" missed mistakes cost. Coverage is full with {plain(points.coverage_ratio)} of the points there were to"
        f" find, or with {points.coverage_count} mistakes: the better of the two."
    )


def _say_course(policy: Policy) -> Iterator[str]:
    if policy.components:
        yield "Each part of the course grade counts its weight in per cent; its lines say where it comes from."
    yield "Numbers are computed exactly and rounded to two places only where they are shown."
