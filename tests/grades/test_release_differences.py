"""What a further release changed, told per grade with the lines that moved."""

from dataclasses import replace
from decimal import Decimal

from reviewhub.grades.appealable import GroundKind
from reviewhub.grades.evidence import GradingFacts, ProjectFact, Verdict
from reviewhub.grades.ledger import ledger_of
from reviewhub.grades.release_differences import Granted, SheetChange, changes_between
from tests.grades.builders import a_mistake, a_policy, a_project, a_review, full

BEFORE = a_project(
    developers=("dev", "mate"),
    mistakes=(a_mistake(1), a_mistake(2, "minor")),
    matches=(full("a1", 1),),
    assignments=(a_review("a", "mistake"), a_review("b")),
)


def changes(after: ProjectFact, *, of: str = "dev", granted: tuple[Granted, ...] = ()) -> tuple[SheetChange, ...]:
    """What the second release, of `after`, changed for one person."""
    policy = a_policy()
    old, new = GradingFacts(projects=(BEFORE,)), GradingFacts(projects=(after,))
    return changes_between(ledger_of(old, policy), ledger_of(new, policy), old=old, new=new, granted=granted, of=of)


def told(*args, **more) -> list[str]:
    return [one.told for one in changes(*args, **more)]


def test_same_release_twice_changes_nothing() -> None:
    assert changes(BEFORE) == ()
    assert changes(BEFORE, of="") == ()


def test_mistake_that_is_none_any_more_says_so_with_its_appeal() -> None:
    granted = Granted(key=(GroundKind.MISTAKE, "m1"), words="appeal granted: the sign is right", mistake_id="m1")

    why = "M1 “mistake 1” is no longer a mistake (appeal granted: the sign is right)"

    # version 1: 100 − 8 − 3 → 97; version 2 the same; 0.4 · 97 + 0.6 · 97
    assert told(replace(BEFORE, mistakes=(a_mistake(2, "minor"),), matches=()), granted=(granted,)) == [
        f"Version 1 of AWGAN: 89.00 → 97.00 because {why}",
        f"Version 2 of AWGAN: 89.00 → 97.00 because {why}",
        "Developer grade of AWGAN: 89.00 → 97.00",
    ]


def test_new_mistake_and_another_verdict_are_told_by_their_lines() -> None:
    fixed = replace(BEFORE, mistakes=(a_mistake(1, verdict=Verdict.FIXED), a_mistake(2, "minor"), a_mistake(3)))
    first, second, whole = changes(fixed)

    assert first.told == "Version 1 of AWGAN: 89.00 → 81.00 because M3 “mistake 3” is a mistake now"
    assert [(one.amount, one.words) for one in second.lines] == [
        (
            Decimal(8),
            "M1 “mistake 1” was in version 1 and is fixed in version 2: it costs nothing here (−8.00 → 0.00)",
        ),
        (Decimal(-8), "M3 “mistake 3” is a mistake now"),
    ]
    assert (whole.title, whole.is_derived, whole.lines) == ("Developer grade of AWGAN", True, ())


def test_reviewer_reads_their_own_review_and_no_other() -> None:
    noted = replace(BEFORE, matches=(full("a1", 1), full("a1", 2)))

    mine, others, developers = (told(noted, of=name) for name in ("a", "b", "dev"))

    # nobody missed M2 any more: a's coverage is full either way, b's stays, and both lose 1.5 less
    why = "M2 “mistake 2” was missed by every reviewer: each of them loses 0.5 × its 3 points"
    assert mine == [
        f"Review of AWGAN: 98.50 → 100.00 because this no longer counts: {why}",
        "Reviewer grade: 98.50 → 100.00",
    ]
    assert [one.partition(" because ")[0].partition(":")[0] for one in others] == ["Review of AWGAN", "Reviewer grade"]
    assert developers == []


def test_staff_reads_everybodys_changes() -> None:
    noted = replace(BEFORE, matches=(full("a1", 1), full("a1", 2)))

    assert [one.title for one in changes(noted, of="")] == [
        "Review of AWGAN",
        "Review of AWGAN",
        "Reviewer grade",
        "Reviewer grade",
    ]


def test_sum_of_the_lines_is_the_difference_of_the_grade() -> None:
    after = replace(BEFORE, mistakes=(a_mistake(1, "critical"), a_mistake(2, "minor", "notebook"), a_mistake(4)))

    for change in (one for one in changes(after) if not one.is_derived):
        assert sum(one.amount for one in change.lines) == change.amount


def test_reviewer_reads_why_coverage_is_another() -> None:
    granted = Granted(key=(GroundKind.MISTAKE, "m1"), words="appeal granted in part: it is minor", mistake_id="m1")
    milder = replace(BEFORE, mistakes=(a_mistake(1, "minor"), a_mistake(2, "minor")))

    review, _ = changes(milder, of="b", granted=(granted,))

    # b noted nothing: r was 5 ÷ 16, is 5 ÷ 11; ÷ 0.8 × 50
    assert review.told == (
        "Review of AWGAN: 68.03 → 76.91 because coverage is computed anew, for what changed about M1 “mistake 1”"
        " (+19.53 → +28.41) (appeal granted in part: it is minor)"
    )


def test_step_is_the_difference_of_the_numbers_as_they_are_shown() -> None:
    review, _ = changes(replace(BEFORE, mistakes=(a_mistake(1, "minor"), a_mistake(2, "minor"))), of="b")
    moved = replace(review, before=Decimal("67.984"), after=Decimal("61.4358"))

    assert moved.told.startswith("Review of AWGAN: 67.98 → 61.44")
    assert moved.step == Decimal("-6.54")
