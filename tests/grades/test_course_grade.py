"""The course grade at its edges: what the golden classes of five courses do not show."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from reviewhub.courses.course_file import load_policy
from reviewhub.courses.policy import Policy
from reviewhub.grades.course_grade import CourseGrade, course_grades
from reviewhub.grades.course_sentences import say_mark
from reviewhub.grades.evidence import GradingFacts, StudentFact
from reviewhub.grades.ledger import canonical_bytes, ledger_of, sheets_of
from reviewhub.grades.lines import Component
from reviewhub.grades.sentences import plain, shown
from tests.grades.builders import a_mistake, a_policy, a_project, a_review, full
from tests.grades.golden.syllabus import arrival, component, in_words, late, marks, one_grade, shipped, status, student

DUE = datetime(2026, 12, 4, 20, 59, tzinfo=UTC)
HEAD = """
title = "Deep Learning"
term  = "Fall 2026"
zone  = "Europe/Istanbul"
"""
PARTS = """
[[components]]
key    = "project"
title  = "Project"
weight = 60
kind   = "parts"

[[components.parts]]
key       = "code"
title     = "Code"
weight    = 50
threshold = 40

[[components.parts]]
key    = "report"
title  = "Report"
weight = 50

[[components]]
key    = "final"
title  = "Final"
weight = 40

[[letters]]
letter   = "P"
at_least = 50

[[letters]]
letter   = "F"
at_least = 0
fails    = true
"""
TIERS = """
[lateness.everything]
steps = [
    { until = "30m", off = "10%" },
    { until = "1d",  off = "25%", no_bonus = true },
    { beyond = true, zero = true },
]
"""


def course(text: str) -> Policy:
    return load_policy(HEAD + text)


def ali(**given: str) -> StudentFact:
    return student("ali", marks=marks("ali", **given))


def of(text: str, **given: str) -> CourseGrade:
    return one_grade(ali(**given), course(text))


def test_missed_threshold_of_a_part_fails_the_course() -> None:
    # (39 + 100) ÷ 2 = 69.5; 0.6 · 69.5 + 0.4 · 100 = 81.7
    grade = of(PARTS, code="39", report="100", final="100")

    assert in_words(grade) == "81.70 F"
    assert grade.is_failed


def test_threshold_of_a_part_on_a_way_that_does_not_count_it_fails_nobody() -> None:
    ways = """
[[schemes]]
key     = "exam"
title   = "Exam"
weights = { final = 100 }
"""
    unweighed = PARTS.replace("weight = 60\n", "").replace("weight = 40\n", "")

    grade = of(unweighed + ways, code="10", report="10", final="70")

    assert in_words(grade) == "70.00 P"
    assert [one.weight for one in grade.components] == [Decimal(0), Decimal(100)]


def test_threshold_compares_the_value_as_shown() -> None:
    assert of(PARTS, code="39.995", report="50", final="90").letter == "P"
    assert of(PARTS, code="39.994", report="50", final="90").letter == "F"


def test_no_way_that_applies_is_said_and_gives_no_total() -> None:
    text = """
[[components]]
key   = "written"
title = "Written exam"

[[schemes]]
key         = "exam"
title       = "Exam"
when_marked = "written"
weights     = { written = 100 }
"""
    assert of(text).missing == ("None of the ways to the grade applies yet.",)
    assert in_words(of(text)) == "—"
    assert in_words(of(text, written="61")) == "61.00"


def test_late_slides_and_late_homework_cost_what_the_course_states() -> None:
    # 90 − 10 % = 81, and 70 on time: 75.5. Homework 80 − 25 % = 60.
    policy = shipped("ceng796", more=TIERS)
    first, second, homework = marks("ali", presentation="90 70", homework="80")
    given = student("ali", marks=(late(first, "10 min", DUE), second, late(homework, "2 h", DUE)))

    grade = one_grade(given, policy)

    assert (component(grade, "presentation"), component(grade, "homework")) == ("75.50", "60.00")


def test_late_bonus_loses_points_and_a_late_step_without_bonus_loses_it_whole() -> None:
    text = PARTS + TIERS + '\n[[bonus]]\nkey = "seminar"\ntitle = "Seminar"\n'
    *others, seminar = marks("ali", code="60", report="60", final="60", seminar="4")

    def told(how_late: str) -> str:
        given = student("ali", marks=(*others, late(seminar, how_late, DUE)))
        return in_words(one_grade(given, course(text)))

    assert [told("0 s"), told("10 min"), told("1 h"), told("2 d")] == ["64.00 P", "63.60 P", "60.00 P", "60.00 P"]


def test_waived_lateness_costs_nothing_and_keeps_the_bonus() -> None:
    text = PARTS + TIERS + '\n[[bonus]]\nkey = "seminar"\ntitle = "Seminar"\n'
    *others, final = marks("ali", seminar="4", code="60", report="60", final="60")
    came = late(final, "2 h", DUE)
    assert came.arrival is not None
    waived = replace(came, arrival=replace(came.arrival, waived=True))

    assert in_words(one_grade(student("ali", marks=(*others, came)), course(text))) == "54.00 P"
    assert in_words(one_grade(student("ali", marks=(*others, waived)), course(text))) == "64.00 P"


def test_proposal_without_outcomes_in_the_course_file_is_a_mark_like_any() -> None:
    text = '[[components]]\nkey = "proposal"\ntitle = "Proposal"\nweight = 100\nkind = "proposal"\n'
    given = student("ali", marks=marks("ali", proposal="70"), statuses=(status("proposal", "passed"),))

    assert in_words(one_grade(given, course(text))) == "70.00"


def test_outcome_that_earns_nothing_by_rule_is_missing_by_name() -> None:
    given = student("ali", statuses=(status("proposal", "postponed"),))

    grade = one_grade(given, shipped("csci4701"))

    assert "The proposal's outcome “postponed” is none that earns points by rule." in grade.missing


def test_developer_component_is_the_mean_over_the_students_projects() -> None:
    # A: 100. B: one critical mistake in method, not fixed: 85 and 85. Mean 92.5.
    projects = (
        a_project(key="A", developers=("ali",)),
        a_project(key="B", developers=("ali",), mistakes=(a_mistake(1, "critical"),)),
    )

    grade = course_grades(GradingFacts(projects=projects, students=(student("ali"),)), with_grades())["ali"]

    assert component(grade, "developer") == "92.50"
    assert [entry.rule for entry in grade.components[2].entries] == [
        "The mean over 2 projects; A brings 100.00 ÷ 2.",
        "The mean over 2 projects; B brings 85.00 ÷ 2.",
    ]


def test_version_that_is_not_frozen_keeps_its_developers_from_a_grade() -> None:
    waiting = replace(a_project(developers=("ali",), versions=(1,)), settled=frozenset({1}))

    grade = course_grades(GradingFacts(projects=(waiting,), students=(student("ali"),)), with_grades())["ali"]

    assert component(grade, "developer") == "—"
    assert "Version 2 of AWGAN is not frozen yet." in grade.missing
    assert grade.fails == ()


def test_late_version_loses_the_claim_to_bonuses() -> None:
    bonus = '\n[[bonus]]\nkey = "extra"\ntitle = "Extra work"\n'
    policy = shipped("ceng796", more=TIERS + bonus)
    project = a_project(developers=("ali",), assignments=(a_review("a", members=("banu",)),))
    first, second = project.snapshots
    slow = replace(project, snapshots=(replace(first, arrival=arrival("1 h", DUE)), second))
    given = ali(midterm="80", presentation="80", homework="80", extra="5")

    told = {
        name: course_grades(GradingFacts(projects=(one,), students=(given,)), policy)["ali"].components[2]
        for name, one in (("on time", project), ("slow", slow))
    }
    lost = course_grades(GradingFacts(projects=(slow,), students=(given,)), without_reviewing(policy))["ali"]

    assert (told["on time"].value, told["slow"].value) == (Decimal(100), Decimal(90))  # 0.4 · 75 + 0.6 · 100
    assert [entry.rule for entry in lost.entries if entry.part == "bonus"] == [
        "“Extra work”, 5 points, is not added: version 1 of AWGAN came 1 hour late, so the claim to bonuses is lost."
    ]


def with_grades() -> Policy:
    """The small rubric of the builders under the components of ceng796."""
    return a_policy().model_copy(update={"components": shipped("ceng796").components})


def without_reviewing(policy: Policy) -> Policy:
    """The same course without the reviewer's component."""
    weights = {"midterm": 40, "presentation": 20, "developer": 30, "homework": 10}
    kept = (one for one in policy.components if one.kind != "reviewer")
    changed = tuple(one.model_copy(update={"weight": Decimal(weights[one.key])}) for one in kept)
    return policy.model_copy(update={"components": changed})


def test_every_component_and_the_sum_are_sheets_of_the_ledger() -> None:
    facts = GradingFacts(students=(ali(code="60", report="70", final="80"),))

    sheets = sheets_of(ledger_of(facts, course(PARTS)))

    assert {(subject.key, part.value): shown(one.total) for (subject, part), one in sheets.items()} == {
        ("project", "part"): "65.00",
        ("code", "part"): "60.00",
        ("report", "part"): "70.00",
        ("final", "part"): "80.00",
        ("", "course"): "71.00",
    }


def test_ledger_names_a_component_only_where_a_line_belongs_to_one() -> None:
    facts = GradingFacts(projects=(a_project(),), students=(ali(final="80"),))

    told = canonical_bytes(ledger_of(facts, course(PARTS))).decode()
    assert '"subject":["person","ali","","final"]' in told
    assert '"subject":["person","ali",""]' in told


def test_digest_covers_marks_letters_and_decisions_on_fails() -> None:
    def told(**given: str) -> bytes:
        return canonical_bytes(ledger_of(GradingFacts(students=(ali(**given),)), course(PARTS)))

    assert len({told(), told(final="0"), told(final="80"), told(code="1", report="1", final="80")}) == 4


def test_course_without_students_has_no_course_grades() -> None:
    facts = GradingFacts(
        projects=(
            a_project(mistakes=(a_mistake(1),), assignments=(a_review("a", "mistake"),), matches=(full("a1", 1),)),
        )
    )

    assert course_grades(facts, with_grades()) == {}
    assert {one.component for one in ledger_of(facts, with_grades())} == {
        Component.VERSION_1,
        Component.VERSION_2,
        Component.DEVELOPER,
        Component.REVIEW,
        Component.REVIEWER,
    }


def test_nothing_is_shown_as_minus_nought() -> None:
    assert (shown(Decimal("-0.004")), shown(Decimal("-0.005")), plain(Decimal("-0.0"))) == ("0.00", "−0.01", "0")


def test_mark_that_has_no_end_in_per_cent_is_told_at_two_places() -> None:
    seventeen_of_thirty = Decimal(1700) / 30
    assert say_mark("Quiz 1", seventeen_of_thirty, 3) == "Quiz 1: 56.67 of 100; the mean takes 56.67 ÷ 3."
    assert say_mark("Quiz 2", Decimal("82.50"), 1) == "Quiz 2: 82.5 of 100."
