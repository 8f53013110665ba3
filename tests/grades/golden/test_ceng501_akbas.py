"""CENG 501, fall 2025: minus 10 points (of 100) for each day of delay, any moment of the next calendar day being one.

The course names neither weights nor letters, so that its late rule is all there is to compute.
"""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from reviewhub.courses.lateness import judge_lateness
from reviewhub.grades.course_grade import CourseGrade
from reviewhub.grades.evidence import Arrival, GradingFacts
from reviewhub.grades.ledger import ledger_of
from tests.grades.golden.syllabus import in_words, marks, number, one_grade, rows, shipped, student

ISTANBUL = ZoneInfo("Europe/Istanbul")
DUE = datetime(2026, 10, 14, 23, 59, tzinfo=ISTANBUL)

# Due 14 October 23:59. What is left of 100 points, and of 85 earned.
LATE = """
    received               days   judged out of   of 85 earned
    2026-10-14 23:58:59    0      100             85
    2026-10-14 23:59:00    0      100             85
    2026-10-14 23:59:01    1      90              75
    2026-10-14 23:59:59    1      90              75
    2026-10-15 00:00:00    1      90              75
    2026-10-15 00:29:00    1      90              75
    2026-10-15 23:59:00    1      90              75
    2026-10-15 23:59:59    1      90              75
    2026-10-16 00:00:00    2      80              65
    2026-10-18 12:00:00    4      60              45
    2026-10-22 12:00:00    8      20               5
    2026-10-23 00:00:00    9      10               0
    2026-10-24 00:00:00   10       0               0
    2026-12-24 00:00:00   71       0               0
"""
HOMEWORK = """
[[components]]
key    = "homework"
title  = "Homework"
weight = 100
"""


def received(row: dict[str, str]) -> datetime:
    return datetime.fromisoformat(row["received"]).replace(tzinfo=ISTANBUL)


def test_each_day_of_delay_takes_10_points() -> None:
    policy = shipped("ceng501-akbas")

    for kind in ("versions", "homework"):
        told = {}
        for row in rows(LATE):
            judged = judge_lateness(received(row), DUE, policy.lateness.rules_for(kind), policy.tzinfo)
            told[row["received"]] = judged.apply(Decimal(100)), judged.apply(Decimal(85))

        assert told == {
            row["received"]: (number(row["judged out of"]), number(row["of 85 earned"])) for row in rows(LATE)
        }


def test_late_homework_is_a_line_of_the_grade_once_the_course_has_such_a_component() -> None:
    policy = shipped("ceng501-akbas", more=HOMEWORK)

    def left(row: dict[str, str]) -> str:
        (mark,) = marks("ali", homework="85")
        arrived = replace(mark, arrival=Arrival(due_at=DUE, received_at=received(row)))
        return in_words(one_grade(student("ali", marks=(arrived,)), policy))

    assert [left(row) for row in rows(LATE)] == [f"{row['of 85 earned']}.00" for row in rows(LATE)]


def test_no_total_is_invented() -> None:
    facts = GradingFacts(students=(student("ali", marks=marks("ali", homework="85")),))

    grade = one_grade(facts.students[0], shipped("ceng501-akbas"))

    assert grade == CourseGrade(enrollment_id="ali")
    assert ledger_of(facts, shipped("ceng501-akbas")) == ()
