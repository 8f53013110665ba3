"""What holds of every ledger, whatever was found, marked and decided, in whatever order: SPEC §3 as properties."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from reviewhub.courses.course_file import load_policy, shipped_text
from reviewhub.courses.policy import Policy
from reviewhub.grades.course_grade import CourseGrade, course_grades
from reviewhub.grades.evidence import (
    AdjustmentFact,
    Arrival,
    FailFact,
    GradingFacts,
    MarkFact,
    ProjectFact,
    StatusFact,
    StudentFact,
    Verdict,
)
from reviewhub.grades.ledger import canonical_bytes, ledger_of, project_ledger, sheets_of
from reviewhub.grades.lines import Component
from tests.grades.builders import DUE, QUESTION_ACCEPTED, a_mistake, a_project, a_review, full, partial

UNHURRIED = settings(deadline=None, max_examples=40)
STUDENTS = ("ali", "banu", "cem", "duru")
SEVERITIES = st.sampled_from(("critical", "major", "minor", "trivial"))
KINDS = st.sampled_from(("mistake", "mistake", "missing", "question", QUESTION_ACCEPTED, "remark"))
PARTS = st.decimals(0, 1, places=2)
PERCENT = st.decimals(0, 100, places=2)
LATE = st.sampled_from((-60, 0, 30, 600, 2400, 90_000))
EXTENDED = (
    shipped_text("ceng796")
    + """
[lateness.everything]
grace = "1m"
steps = [
    { until = "30m", off = "10%" },
    { until = "1d",  off = "25%", no_bonus = true },
    { beyond = true, zero = true },
]

[[bonus]]
key     = "extra"
title   = "Extra work"
at_most = 5

[[letters]]
letter   = "A"
at_least = 85

[[letters]]
letter   = "B"
at_least = 50

[[letters]]
letter   = "F"
at_least = 0
fails    = true
"""
)
COURSE = load_policy(EXTENDED)


@st.composite
def policies(draw, **fixed):
    """The course with any numbers where the course file allows any; `fixed` keeps single ones."""
    numbers = {
        "missed": draw(st.sampled_from(("all", "each"))),
        "share": draw(PARTS),
        "partial_match": draw(PARTS),
        "partly": draw(PARTS),
        "cap": draw(PERCENT),
        "slack": draw(st.decimals(0, 20, places=1)),
        "unseen_in_v2": draw(PARTS),
    }
    return COURSE.model_copy(update={"points": COURSE.points.model_copy(update=numbers | fixed)})


@st.composite
def projects(draw, key="A"):
    """Any project of up to 8 mistakes, 3 reviews of up to 5 findings, and any matches between them."""
    count = draw(st.integers(0, 8))
    mistakes = tuple(
        a_mistake(
            n,
            draw(SEVERITIES),
            draw(st.sampled_from(("method", "notebook"))),
            version_in=draw(st.sampled_from((1, 1, 2))),
            detectable=draw(st.sampled_from((True, True, False))),
            verdict=draw(st.sampled_from([*Verdict, None])),
            points=draw(st.none() | st.decimals(0, 40, places=2)),
        )
        for n in range(1, count + 1)
    )
    assignments = tuple(
        _late(
            a_review(
                f"{key}{letter}",
                *draw(st.lists(KINDS, max_size=5)),
                marks=" ".join(str(draw(st.integers(0, 100))) for _ in range(4)),
                held=draw(st.sampled_from((True, True, False))),
                submitted=draw(st.sampled_from((True, True, True, False))),
                members=tuple(draw(st.lists(st.sampled_from(STUDENTS), min_size=1, max_size=2, unique=True))),
            ),
            draw(LATE),
        )
        for letter in "abc"[: draw(st.integers(0, 3))]
    )
    findings = [finding.finding_id for one in assignments if one.review for finding in one.review.findings]
    matches = ()
    if findings and mistakes:
        pairs = draw(st.sets(st.tuples(st.sampled_from(findings), st.integers(1, count)), max_size=12))
        matches = tuple(draw(st.sampled_from((full, partial)))(*pair) for pair in sorted(pairs))
    developers = tuple(draw(st.lists(st.sampled_from(STUDENTS), min_size=1, max_size=2, unique=True)))
    made = a_project(
        key=key, developers=developers, mistakes=mistakes, assignments=assignments, matches=matches, versions=(1, 2)
    )
    own = AdjustmentFact(
        adjustment_id=f"{key}x", enrollment_id=developers[0], points=draw(st.decimals(-30, 30, places=1)), reason="Own."
    )
    late = draw(LATE)
    return replace(
        made,
        adjustments=(own,),
        snapshots=tuple(replace(one, arrival=_arrival(late)) for one in made.snapshots),
    )


def _arrival(late: int) -> Arrival:
    return Arrival(due_at=DUE, received_at=DUE + timedelta(seconds=late))


def _late(assignment, late):
    return replace(assignment, review=assignment.review and replace(assignment.review, arrival=_arrival(late)))


@st.composite
def courses(draw):
    """Any course of up to three projects and four students with any marks, rows of the status list and decisions."""
    return GradingFacts(
        projects=tuple(draw(projects(key=key)) for key in "ABC"[: draw(st.integers(0, 3))]),
        students=tuple(draw(students(name)) for name in STUDENTS),
    )


@st.composite
def students(draw, name):
    """Any student: marks with and without a value, some late; rows and decisions for the rules of the course."""
    marks = tuple(
        MarkFact(
            mark_id=f"{name}-{component}-{item}",
            component=component,
            item=item,
            value=draw(st.none() | PERCENT),
            arrival=_arrival(draw(LATE)) if draw(st.booleans()) else None,
        )
        for component in ("midterm", "presentation", "homework", "extra")
        for item in range(1, draw(st.integers(0, 2)) + 1)
    )
    listed = draw(st.lists(st.sampled_from(("plagiarism", "absent_midterm", "not_presented")), unique=True))
    decided = draw(st.lists(st.sampled_from(("plagiarism", "no_proper_review")), unique=True))
    return StudentFact(
        enrollment_id=name,
        works_alone=draw(st.sampled_from((True, False, None))),
        has_project=True,
        marks=marks,
        statuses=tuple(StatusFact(status_id=f"{name}-{kind}", kind=kind, value="yes") for kind in listed),
        fails=tuple(FailFact(rule=rule, confirmed=draw(st.booleans()), letter="FF") for rule in decided),
    )


def shuffled(facts: GradingFacts, dice) -> GradingFacts:
    """The same facts with every tuple in another order."""

    def mixed(items):
        return tuple(dice.sample(items, len(items)))

    def review(one):
        return replace(one, findings=mixed(one.findings), quality=mixed(one.quality)) if one else None

    def project(one: ProjectFact) -> ProjectFact:
        assignments = tuple(replace(a, review=review(a.review), members=mixed(a.members)) for a in one.assignments)
        return replace(
            one,
            developers=mixed(one.developers),
            snapshots=mixed(one.snapshots),
            mistakes=mixed(one.mistakes),
            matches=mixed(one.matches),
            assignments=mixed(assignments),
            adjustments=mixed(one.adjustments),
        )

    def student(one: StudentFact) -> StudentFact:
        return replace(one, marks=mixed(one.marks), statuses=mixed(one.statuses), fails=mixed(one.fails))

    return GradingFacts(
        projects=mixed(tuple(project(one) for one in facts.projects)),
        students=mixed(tuple(student(one) for one in facts.students)),
    )


def grade_of_reviews(project: ProjectFact, policy: Policy) -> dict[str, Decimal]:
    """The review grades of a project by assignment."""
    sheets = sheets_of(project_ledger(project, policy))
    return {subject.subject_id: one.total for (subject, part), one in sheets.items() if part is Component.REVIEW}


def numbers_of(grade: CourseGrade) -> list[Decimal]:
    """Every number from 0 to 100 that a course grade holds."""
    every = [one for part in grade.components for one in (part, *part.parts)]
    told = [grade.total, grade.so_far, *(one.value for one in every), *(one.so_far for one in every)]
    return [one for one in told if one is not None]


def changed_course(facts: GradingFacts, project: ProjectFact) -> GradingFacts:
    """The course with this project in place of the one of its key."""
    return replace(facts, projects=tuple(project if one.key == project.key else one for one in facts.projects))


@UNHURRIED
@given(courses(), policies(), st.randoms())
def test_same_facts_give_the_same_bytes_in_any_order(facts, policy, dice):
    assert canonical_bytes(ledger_of(shuffled(facts, dice), policy)) == canonical_bytes(ledger_of(facts, policy))


@UNHURRIED
@given(courses(), policies(), st.randoms())
def test_order_of_decisions_is_irrelevant_to_course_grades(facts, policy, dice):
    assert course_grades(shuffled(facts, dice), policy) == course_grades(facts, policy)


@UNHURRIED
@given(courses(), policies())
def test_every_grade_stays_within_0_and_100(facts, policy):
    sheets = sheets_of(ledger_of(facts, policy)).values()
    grades = course_grades(facts, policy).values()

    assert [one for one in sheets if not 0 <= one.total <= 100] == []
    assert [one for grade in grades for one in numbers_of(grade) if not 0 <= one <= 100] == []


@UNHURRIED
@given(courses(), policies())
def test_total_is_the_sum_of_its_lines_and_waits_for_whatever_is_missing(facts, policy):
    for grade in course_grades(facts, policy).values():
        assert (grade.total is None) == bool(grade.missing)
        if grade.total is not None:
            assert sum(entry.amount for entry in grade.entries) == grade.total
        for one in grade.components:
            assert (one.value is None) == bool(one.missing)


@UNHURRIED
@given(courses(), policies())
def test_one_student_is_graded_the_same_alone_as_in_the_class(facts, policy):
    whole = course_grades(facts, policy)
    for student in facts.students:
        name = student.enrollment_id
        mine = tuple(
            one
            for one in facts.projects
            if name in one.developers or any(name in assigned.members for assigned in one.assignments)
        )
        assert course_grades(GradingFacts(projects=mine, students=(student,)), policy)[name] == whole[name]


@UNHURRIED
@given(courses().filter(lambda one: any(p.matches for p in one.projects)), policies(unseen_in_v2=Decimal(1)), st.data())
def test_flipping_one_match_changes_no_developers_line_and_only_reviewers_held_to_account_for_it(facts, policy, data):
    project = data.draw(st.sampled_from([one for one in facts.projects if one.matches]))
    gone = data.draw(st.sampled_from(project.matches))
    other = changed_course(facts, replace(project, matches=tuple(one for one in project.matches if one != gone)))
    before, after = ledger_of(facts, policy), ledger_of(other, policy)

    def of_developers(entries):
        told = {Component.VERSION_1, Component.VERSION_2, Component.DEVELOPER}
        return [one for one in entries if one.component in told]

    def of_reviews(entries):
        return {
            (one.subject, one.part, one.amount, one.citations) for one in entries if one.component is Component.REVIEW
        }

    def of_persons(entries):
        told = {Component.REVIEWER, Component.PART, Component.COURSE}
        return {(one.subject, one.part, one.amount) for one in entries if one.component in told}

    (mistake,) = [one for one in project.mistakes if one.mistake_id == gone.mistake_id]
    counts = mistake.version_in == 1 and mistake.detectable
    held = {one.assignment_id for one in project.assignments if one.held_to_account} if counts else set()
    author = f"as{gone.finding_id[:2]}"
    answerable = held if policy.points.missed == "all" and author in held else held & {author}
    touched = {line[0].subject_id for line in of_reviews(before) ^ of_reviews(after)}
    persons = {name for one in project.assignments if one.assignment_id in answerable for name in one.members}
    assert of_developers(before) == of_developers(after)
    assert touched <= answerable
    assert {line[0].subject_id for line in of_persons(before) ^ of_persons(after)} <= persons


@UNHURRIED
@given(projects().filter(lambda one: one.matches), policies(), st.data())
def test_reviewer_never_gains_by_deleting_a_correct_finding(project, policy, data):
    gone = data.draw(st.sampled_from(project.matches)).finding_id
    kept = tuple(
        replace(
            one,
            review=one.review
            and replace(one.review, findings=tuple(f for f in one.review.findings if f.finding_id != gone)),
        )
        for one in project.assignments
    )
    other = replace(project, assignments=kept, matches=tuple(m for m in project.matches if m.finding_id != gone))

    before, after = grade_of_reviews(project, policy), grade_of_reviews(other, policy)

    assert {name for name in before if after[name] > before[name]} == set()


@UNHURRIED
@given(courses().filter(lambda one: any(m.version_in == 1 for p in one.projects for m in p.mistakes)), policies())
def test_group_never_gains_by_leaving_a_mistake_unfixed(facts, policy):
    project = next(one for one in facts.projects if any(m.version_in == 1 for m in one.mistakes))
    left = next(one for one in project.mistakes if one.version_in == 1)

    def told(verdict):
        mistakes = tuple(replace(one, verdict=verdict) if one == left else one for one in project.mistakes)
        changed = changed_course(facts, replace(project, mistakes=mistakes))
        sheets = sheets_of(ledger_of(changed, policy))
        developers = {s.subject_id: one.total for (s, part), one in sheets.items() if part is Component.DEVELOPER}
        totals = {name: grade.so_far or Decimal(0) for name, grade in course_grades(changed, policy).items()}
        return [developers[name] for name in project.developers] + [totals[name] for name in project.developers]

    for better, worse in ((Verdict.FIXED, Verdict.PARTLY), (Verdict.PARTLY, Verdict.NOT_FIXED)):
        assert all(high >= low for high, low in zip(told(better), told(worse), strict=True))
