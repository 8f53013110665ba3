"""Deep Learning 1 (Zagreb): continuous assessment (laboratory 20, midterm 40, final 40; 40 % of the laboratory needed)
or, as soon as a written-exam mark exists, the exam (written 80, oral 20; 50 % of laboratory and written exam needed).

Thresholds and grades compare the value as shown: 39.995 is 40.00, 49.994 is 49.99.
"""

import pytest

from reviewhub.grades.course_grade import CourseGrade
from tests.grades.golden.syllabus import component, in_words, marks, one_grade, rows, shipped, student

CLASS = """
    student  laboratory             midterm  final    written  oral  seminar  way         lab     total   grade
    Ana      90 80 100 70           90       95       —        —     —        continuous  85.00   91.00   5
    Borna    50 50 50 50            50       49.9875  —        —     —        continuous  50.00   50.00   2
    Cvita    50 50 50 50            50       49.985   —        —     —        continuous  50.00   49.99   1
    Dino     40 40 40 39.976        100      100      —        —     —        continuous  39.99   88.00   1
    Ema      40 40 40 39.98         100      100      —        —     —        continuous  40.00   88.00   4
    Fran     60 60 60 60            0        100      —        —     —        continuous  60.00   52.00   2
    Goga     50 50 50 50            10       10       50       50    —        exam        50.00   50.00   2
    Hana     49.99 49.99 49.99 49.99  90     90       100      100   —        exam        49.99   100.00  1
    Ivan     100 100 100 100        90       90       49.994   100   —        exam        100.00  60.00   1
    Jana     50 50 50 49.98         —        —        49.995   50    —        exam        50.00   50.00   2
    Karlo    80 80 80 80            80       80       40       90    —        exam        80.00   50.00   1
    Lea      80 80 80 80            80       80       75       —     —        exam        80.00   —       —
    Mia      70 70 70 70            90       90       —        —     3        continuous  70.00   89.00   5
    Niko     39 39 39 39            100      100      —        —     10       continuous  39.00   97.80   1
    Olga     100 100 100 100        100      95       —        —     5        continuous  100.00  100.00  5
    Petra    90 90 — 90             90       90       —        —     —        continuous  —       —       —
    Roko     45 45 45 45            70       —        —        —     —        continuous  45.00   —       —
    Sara     49 49 49 49            70       —        80       —     —        exam        49.00   —       1
    Tena     50 50 50 50            —        —        61       90    2        exam        50.00   68.80   3
"""
# Ana:   340 ÷ 4 = 85;            17 + 36 + 38 = 91
# Borna: 10 + 20 + 19.995 = 49.995, shown 50.00: acceptable.    Cvita: 10 + 20 + 19.994 = 49.994, shown 49.99: fail.
# Dino:  159.976 ÷ 4 = 39.994, shown 39.99, below 40: fail, though 7.9988 + 40 + 40 = 87.9988.
# Ema:   159.98 ÷ 4 = 39.995, shown 40.00: 7.999 + 80 = 87.999, very good.
# Fran:  12 + 0 + 40 = 52: neither the midterm nor the final has a threshold.
# Goga:  0 + 40 + 10 = 50: the laboratory counts nothing there, the midterm and the final not at all.
# Hana:  80 + 20 = 100, but the laboratory, 49.99, is below 50.
# Ivan:  39.9952 + 20 = 59.9952, shown 60.00; the written exam, 49.99 as shown, is below 50.
# Jana:  199.98 ÷ 4 = 49.995, shown 50.00; written 50.00 as shown; 39.996 + 10 = 49.996, shown 50.00.
# Karlo: 80 on the continuous way, but there is a written mark: 32 + 18 = 50, and 40 is below 50.
# Lea:   no oral exam yet: no total.  Sara: none either, yet the laboratory, 49, fails her already.
# Mia:   14 + 36 + 36 = 86, and 3 for the seminar: 89, excellent.
# Niko:  7.8 + 80 + 10 = 97.8, but extra points lift no threshold.
# Olga:  20 + 40 + 38 + 5 = 103, held at 100.
# Petra: the third exercise has no mark, which is not 0: nothing is invented.
# Tena:  48.8 + 18 = 66.8, and 2 for the seminar: 68.8, good.

SCALE = """
    everything  shown   grade
    100         100.00  5
    89          89.00   5
    88.995      89.00   5
    88.994      88.99   4
    76          76.00   4
    75.995      76.00   4
    75.994      75.99   3
    63          63.00   3
    62.995      63.00   3
    62.99499    62.99   2
    50          50.00   2
    49.995      50.00   2
    49.9949     49.99   1
    40          40.00   1
"""


def of(row: dict[str, str]) -> CourseGrade:
    keys = ("laboratory", "midterm", "final", "written", "oral", "seminar")
    given = {key: row[key] for key in keys if row[key]}
    return one_grade(student(row["student"], marks=marks(row["student"], **given)), shipped("dl1"))


def the_class() -> dict[str, dict[str, str]]:
    return {row["student"]: row for row in rows(CLASS)}


@pytest.mark.parametrize("row", rows(CLASS), ids=lambda row: row["student"])
def test_student_is_graded_as_worked_out_by_hand(row: dict[str, str]) -> None:
    grade = of(row)

    assert (grade.scheme_key, component(grade, "laboratory")) == (row["way"], row["lab"] or "—")
    assert in_words(grade) == f"{row['total'] or '—'} {row['grade']}".strip()


@pytest.mark.parametrize("row", rows(SCALE), ids=lambda row: row["everything"])
def test_grade_is_that_of_the_total_as_shown(row: dict[str, str]) -> None:
    marked = row["everything"]
    given = marks("Ana", laboratory=" ".join([marked] * 4), midterm=marked, final=marked)

    grade = one_grade(student("Ana", marks=given), shipped("dl1"))

    assert in_words(grade) == f"{row['shown']} {row['grade']}"


def test_lines_say_the_way_the_threshold_and_the_grade() -> None:
    ivan = of(the_class()["Ivan"])

    assert [entry.rule for entry in ivan.entries] == [
        "“Exam route” is the way to the grade that counts, because there is a mark for “Written exam”.",
        "“Written exam” counts 80 %: 80 % × 49.99.",
        "“Oral exam” counts 20 %: 20 % × 100.00.",
        "“Written exam”, 49.99, is below the 50 that are needed: the course is failed, whatever the sum.",
        "A missed threshold brings 1 “Fail”.",
    ]
    assert [entry.rule for entry in of(the_class()["Mia"]).entries][-2:] == [
        "Extra points for “Technical seminar”.",
        "89.00 brings 5 “Excellent”, which takes 89.",
    ]


def test_what_is_missing_is_named() -> None:
    assert {name: of(row).missing for name, row in the_class().items() if of(row).missing} == {
        "Lea": ("Oral exam: there is no mark yet.",),
        "Petra": ("Laboratory 3: there is no mark yet.",),
        "Roko": ("Final exam: there is no mark yet.",),
        "Sara": ("Oral exam: there is no mark yet.",),
    }


def test_better_way_counts_where_the_policy_says_so() -> None:
    policy = shipped("dl1").model_copy(update={"scheme_choice": "better"})

    def way(name: str) -> tuple[str, str]:
        row = the_class()[name]
        keys = ("laboratory", "midterm", "final", "written", "oral")
        given = marks(name, **{key: row[key] for key in keys if row[key]})
        grade = one_grade(student(name, marks=given), policy)
        return grade.scheme_key, in_words(grade)

    # Karlo: exam 50 and failed, continuous 80. Hana: exam 100 and failed, continuous 0.2 · 49.99 + 72 = 81.998.
    # Goga: exam 50, continuous 10 + 4 + 4 = 18. Lea: the exam is not complete, continuous 80.
    assert way("Karlo") == ("continuous", "80.00 4")
    assert way("Hana") == ("continuous", "82.00 4")
    assert way("Goga") == ("exam", "50.00 2")
    assert way("Lea") == ("continuous", "80.00 4")
