"""CENG 501, fall 2024: quizzes (about ten) 20, final exam 35, project 45. No late rule and no letters are given."""

from datetime import UTC, datetime

from reviewhub.grades.course_grade import CourseGrade
from reviewhub.grades.sentences import shown
from tests.grades.golden.syllabus import component, in_words, late, marks, one_grade, rows, shipped, student

DUE = datetime(2026, 12, 20, 20, 59, tzinfo=UTC)

# Total = 0.20 · mean of the quizzes + 0.35 · final + 0.45 · project.
CLASS = """
    student   quizzes                         mean     final   project   total
    Deniz     100 80 60 90 70 50 100 100 80 70  80.00  70      88        80.10
    Emre      100 50 60                       70.00    40      55        52.75
    Gizem     0 0 0 0 0 0 0 0 0 100           10.00    100     100       82.00
    Hakan     33 33 34                        33.33    66.5    71.25     62.00
    Irmak     90 — 80                         —        70      88        —
    Kaan      —                               —        70      88        —
    Lale      100                             100.00   100     100       100.00
    Mert      70                              70.00    —       90        —
"""
# Deniz: 800 ÷ 10 = 80;          16 + 24.5 + 39.6 = 80.1
# Emre:  210 ÷ 3 = 70;           14 + 14 + 24.75 = 52.75
# Gizem: 100 ÷ 10 = 10;          2 + 35 + 45 = 82
# Hakan: 100 ÷ 3 = 33.333…;      6.6666… + 23.275 + 32.0625 = 62.0041…
# Irmak: her second quiz has no mark, which is not 0: nothing says what it counts, so there is no total yet.


def the_class() -> dict[str, dict[str, str]]:
    return {row["student"]: row for row in rows(CLASS)}


def of(row: dict[str, str]) -> CourseGrade:
    given = {key: row[key] or "—" for key in ("quizzes", "final", "project")}
    return one_grade(student(row["student"], marks=marks(row["student"], **given)), shipped("ceng501-kalkan"))


def test_class_is_graded_as_worked_out_by_hand() -> None:
    told = {name: (component(grade, "quizzes"), in_words(grade)) for name, grade in graded().items()}

    assert told == {name: (row["mean"] or "—", row["total"] or "—") for name, row in the_class().items()}


def graded() -> dict[str, CourseGrade]:
    return {name: of(row) for name, row in the_class().items()}


def test_what_is_missing_is_named_and_the_rest_is_told_as_so_far() -> None:
    irmak, mert = graded()["Irmak"], graded()["Mert"]

    assert irmak.missing == ("Quizzes 2: there is no mark yet.",)
    assert mert.missing == ("Final exam: there is no mark yet.",)
    # (20 · 70 + 45 · 90) ÷ 65 = 5450 ÷ 65 = 83.846…
    assert mert.so_far is not None
    assert shown(mert.so_far) == "83.85"


def test_late_work_costs_nothing_where_the_course_states_no_late_rule() -> None:
    *others, project = marks("Deniz", quizzes="80", final="70", project="88")
    given = student("Deniz", marks=(*others, late(project, "2 d", DUE)))

    grade = one_grade(given, shipped("ceng501-kalkan"))

    assert in_words(grade) == "80.10"
    assert [entry.rule for entry in grade.components[2].entries] == [
        "Project: 88 of 100.",
        (
            "Project, due 2026-12-20 23:59:00, received 2026-12-22 23:59:00, 2 days late: the course states no late"
            " policy, so it costs nothing by rule."
        ),
    ]


def test_no_letter_is_invented() -> None:
    assert {grade.letter for grade in graded().values()} == {""}
