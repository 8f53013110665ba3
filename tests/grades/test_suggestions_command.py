"""`reviewhub grade suggestions` prints how often suggested matches were right."""

from reviewhub.cli.grade_suggesting import told
from reviewhub.grades.precision import Answered, tallies


def test_each_band_has_its_precision() -> None:
    lines = list(
        told(
            tallies(
                [
                    Answered(score=0.95, strength="full", is_decided=True),
                    Answered(score=0.5, strength="partial", is_decided=True),
                    Answered(score=0.5, answer="denied"),
                ]
            )
        )
    )

    assert [" ".join(line.split()) for line in lines] == [
        "How sure right of precision in part denied otherwise open",
        "ticked, 90 % and more 1 1 100.0 % 0 0 0 0",
        "ticked, 70 % and more 0 0 — 0 0 0 0",
        "asked, 45 % and more 1 2 50.0 % 1 1 0 0",
        "asked, 25 % and more 0 0 — 0 0 0 0",
        "all suggestions 2 3 66.7 % 1 1 0 0",
    ]


def test_before_the_first_suggestion_one_sentence_says_so() -> None:
    assert list(told(tallies([]))) == ["Nothing was suggested in this course yet."]
