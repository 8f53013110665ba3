"""CSCI 4701: team project 25 (proposal 10, two milestones 45 each), quizzes 25, midterm 25, final 25.

Deadlines are 23:00 at UTC+4. Late: 1 to 30 minutes 10 % off; to one day 25 % off and no claim to bonuses; then zero.
"""

from datetime import UTC, datetime

import pytest

from reviewhub.grades.course_grade import CourseGrade
from reviewhub.grades.evidence import StatusFact
from tests.grades.golden.syllabus import (
    arrival,
    component,
    in_words,
    late,
    marks,
    one_grade,
    rows,
    shipped,
    status,
    student,
)

PROPOSALS_DUE = datetime(2026, 10, 16, 19, 0, tzinfo=UTC)
MILESTONE_1_DUE = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
MILESTONE_2_DUE = datetime(2026, 12, 18, 19, 0, tzinfo=UTC)

# A milestone marked 80 of 100.
LATE = """
    late                 off     counts
    −1 s                 —       80.00
    0 s                  —       80.00
    1 s                  —       80.00
    59 s                 —       80.00
    1 min                10 %    72.00
    1 min 1 s            10 %    72.00
    29 min 59 s          10 %    72.00
    30 min               10 %    72.00
    30 min 1 s           25 %    60.00
    31 min               25 %    60.00
    23 h 59 min 59 s     25 %    60.00
    1 d                  25 %    60.00
    1 d 1 s              all     0.00
    3 d                  all     0.00
"""

# What a proposal earns of its 100; `given`: the mark for a replaced one, where less than half is earned.
PROPOSALS = """
    outcome             late      given   counts
    passed              0 s       —       100.00
    passed              1 min     —       90.00
    passed              1 d 1 s   —       0.00
    revise              0 s       —       0.00
    revise, revised     0 s       —       100.00
    revised             45 min    —       75.00
    rejected            0 s       —       0.00
    rejected, replaced  0 s       —       50.00
    replaced            0 s       30      30.00
    replaced            0 s       80      50.00
    replaced            10 min    —       45.00
"""
# passed, 1 min late: 100 − 10 = 90.  revised, 45 min: 100 − 25 = 75.  replaced, 10 min: 50 − 5 = 45.
# replaced with 80: at most 50.

# Nine quizzes, the mean of the best eight.
QUIZZES = """
    quizzes                        mean
    100 90 80 70 60 50 40 30 20    65.00
    20 30 40 50 60 70 80 90 100    65.00
    80 80 80 80 80 80 80 80 —      80.00
    80 80 80 80 — 80 80 80 80      80.00
    80 80 80 80 80 80 80 80        80.00
    90 90 90 90 90 90 90 — —       78.75
    90 90 90 90 90 90 90           78.75
    70 70 70 70 70 70 70 70 0      70.00
    50 50 50 50 50 50 50 50 51     50.13
    100 — — — — — — — —            12.50
    — — — — — — — — —              —
"""
# Without the 20: (100 + 90 + 80 + 70 + 60 + 50 + 40 + 30) ÷ 8 = 520 ÷ 8 = 65.
# One missed quiz costs nothing: 640 ÷ 8 = 80. Two missed: (7 · 90 + 0) ÷ 8 = 630 ÷ 8 = 78.75.
# 7 · 50 + 51 = 401; 401 ÷ 8 = 50.125, shown 50.13.   100 ÷ 8 = 12.5.
# No quiz at all is not a mean of nothing: the marks are missing.

# Project = 0.10 · proposal + 0.45 · first + 0.45 · second; course = (project + quizzes + midterm + final) ÷ 4.
CLASS = """
    student  outcome   first  late      second  late 2    quizzes                      midterm  final  project  mean    total
    Elvin    passed    80     −5 s      90      0 s       100 90 80 70 60 50 40 30 20  72       88     86.50    65.00   77.88
    Nigar    revise    80     10 min    90      30 s      80 80 80 80 80 80 80 80 —    60       70     72.90    80.00   70.73
    Tural    revised   80     31 min    90      1 d 1 s   90 90 90 90 90 90 90 — —     50       50     37.00    78.75   53.94
    Leyla    replaced  100    0 s       100     0 s       100 100 100 100 100 100 100 100 100  100  99.98  95.00  100.00  98.75
    Rashad   rejected  60     30 min    80      1 d       70 70 70 70 70 70 70 70 0    44.5     61     51.30    70.00   56.70
    Sevda    passed    95     0 s       —       0 s       60 60 60 60 60 60 60 60 60    90       90     —        60.00   —
    Vusal    —         95     0 s       95      0 s       60 60 60 60 60 60 60 60 60    90       90     —        60.00   —
"""
# Elvin:  10 + 36 + 40.5 = 86.5;                    (86.5 + 65 + 72 + 88) ÷ 4 = 311.5 ÷ 4 = 77.875
# Nigar:  0 + 0.45 · 72 + 40.5 = 32.4 + 40.5 = 72.9; (72.9 + 80 + 60 + 70) ÷ 4 = 282.9 ÷ 4 = 70.725
# Tural:  10 + 0.45 · 60 + 0 = 37;                   (37 + 78.75 + 50 + 50) ÷ 4 = 215.75 ÷ 4 = 53.9375
# Leyla:  5 + 45 + 45 = 95;                          (95 + 100 + 100 + 99.98) ÷ 4 = 394.98 ÷ 4 = 98.745
# Rashad: 0 + 0.45 · 54 + 0.45 · 60 = 24.3 + 27 = 51.3; (51.3 + 70 + 44.5 + 61) ÷ 4 = 226.8 ÷ 4 = 56.7
# Sevda has no mark for the second milestone, Vusal's proposal no outcome: no total.

# The same class with extra work for at most 5 points; work more than 30 minutes late has no claim to them.
BONUS = """
    student  extra  added  total
    Elvin    4      4.00   81.88
    Elvin    8      5.00   82.88
    Nigar    3      3.00   73.73
    Tural    3      0.00   53.94
    Leyla    5      5.00   100.00
    Rashad   2      0.00   56.70
"""
# Nigar was 10 minutes late, which costs 10 % and not the claim. Tural was 31 minutes, Rashad a day late.
# Leyla: 98.745 + 5 = 103.745, held at 100.
EXTRA_WORK = """
[[bonus]]
key     = "extra"
title   = "Extra work"
at_most = 5
"""


def outcomes(text: str, late_by: str) -> tuple[StatusFact, ...]:
    came = arrival(late_by, PROPOSALS_DUE)
    return tuple(status("proposal", one, arrival=came) for one in text.split(", ") if one)


def of(row: dict[str, str], extra: str = "—") -> CourseGrade:
    name = row["student"]
    first, second = marks(name, milestone_1=row["first"] or "—", milestone_2=row["second"] or "—")
    others = marks(name, quizzes=row["quizzes"], midterm=row["midterm"], final=row["final"], extra=extra)
    made = (late(first, row["late"], MILESTONE_1_DUE), late(second, row["late 2"], MILESTONE_2_DUE), *others)
    given = student(name, marks=made, statuses=outcomes(row["outcome"], "0 s"))
    return one_grade(given, shipped("csci4701", more=EXTRA_WORK if extra != "—" else ""))


def the_class() -> dict[str, dict[str, str]]:
    return {row["student"]: row for row in rows(CLASS)}


@pytest.mark.parametrize("row", rows(LATE), ids=lambda row: row["late"])
def test_late_milestone_counts_what_the_tier_leaves(row: dict[str, str]) -> None:
    (mark,) = marks("Elvin", milestone_1="80")
    given = student("Elvin", marks=(late(mark, row["late"], MILESTONE_1_DUE),))

    assert component(one_grade(given, shipped("csci4701")), "milestone_1") == row["counts"]


@pytest.mark.parametrize("row", rows(PROPOSALS), ids=lambda row: f"{row['outcome']} {row['late']} {row['given']}")
def test_proposal_earns_what_its_outcome_says(row: dict[str, str]) -> None:
    listed = marks("Elvin", proposal=row["given"]) if row["given"] else ()
    given = student("Elvin", marks=listed, statuses=outcomes(row["outcome"], row["late"]))

    assert component(one_grade(given, shipped("csci4701")), "proposal") == row["counts"]


@pytest.mark.parametrize("row", rows(QUIZZES), ids=lambda row: row["quizzes"])
def test_best_eight_of_nine_quizzes_count(row: dict[str, str]) -> None:
    given = student("Elvin", marks=marks("Elvin", quizzes=row["quizzes"]))

    assert component(one_grade(given, shipped("csci4701")), "quizzes") == (row["mean"] or "—")


def test_class_is_graded_as_worked_out_by_hand() -> None:
    told = {}
    for name, row in the_class().items():
        grade = of(row)
        told[name] = component(grade, "project"), component(grade, "quizzes"), in_words(grade)

    assert told == {
        name: (row["project"] or "—", row["mean"] or "—", row["total"] or "—") for name, row in the_class().items()
    }


def test_what_is_missing_is_named() -> None:
    assert of(the_class()["Sevda"]).missing == ("Milestone two: there is no mark yet.",)
    assert of(the_class()["Vusal"]).missing == ("Proposal: there is no mark yet.",)


@pytest.mark.parametrize("row", rows(BONUS), ids=lambda row: f"{row['student']} {row['extra']}")
def test_bonus_is_added_up_to_its_limit_unless_late_work_lost_the_claim(row: dict[str, str]) -> None:
    grade = of(the_class()[row["student"]], extra=row["extra"])

    assert (f"{grade.bonus:.2f}", in_words(grade)) == (row["added"], row["total"])


def test_lost_bonus_says_which_work_was_late() -> None:
    told = [entry.rule for entry in of(the_class()["Tural"], extra="3").entries if entry.part == "bonus"]

    assert told == [
        "“Extra work”, 3 points, is not added: Milestone one came 31 minutes late, so the claim to bonuses is lost."
    ]


def test_lines_of_late_work_say_when_it_was_due_in_the_courses_zone() -> None:
    project = of(the_class()["Nigar"]).components[0]

    assert [(str(entry.amount.normalize()), entry.rule) for entry in project.parts[1].entries] == [
        ("8E+1", "Milestone one: 80 of 100."),
        (
            "-8",
            (
                "Milestone one, due 2026-11-20 23:00:00, received 2026-11-20 23:10:00, 10 minutes late:"
                " up to 30 minutes late: 10 % off."
            ),
        ),
    ]
    assert [entry.rule for entry in project.entries] == [
        "“Proposal” counts 10 % of “Team project”: 10 % × 0.00.",
        "“Milestone one” counts 45 % of “Team project”: 45 % × 72.00.",
        "“Milestone two” counts 45 % of “Team project”: 45 % × 90.00.",
    ]
