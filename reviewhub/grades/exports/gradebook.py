"""Which columns the gradebook of a course has: whatever its course file states, and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from reviewhub.courses.totals import Component as CourseComponent
from reviewhub.grades.course_values import CourseGrade, FailCase
from reviewhub.grades.exports.grids import Cell, Column, Grid, Row
from reviewhub.grades.exports.record import CourseRecord, Student
from reviewhub.grades.lines import Component, Subject, SubjectKind
from reviewhub.grades.sentences import plain

Value = Callable[[str], Decimal | None]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One number a student can have: its key, its title, what it is, and how it is looked up by enrolment."""

    key: str
    title: str
    explains: str
    value: Value


def choices_of(record: CourseRecord) -> tuple[Choice, ...]:
    """Every number of a student that can be exported, in the order of the course file; the course's total last."""
    policy = record.policy
    choices = [
        _component_choice(record, one, where) for one, where in with_places(policy.components, "the course grade")
    ]
    kinds = {one.kind for one, _ in with_places(policy.components, "")}
    if policy.is_peer_reviewed and "developer" not in kinds:
        explains = "Mean over the projects the student develops, 0 to 100."
        choices.append(
            Choice(key="developer", title="As developer", explains=explains, value=record.developer_grade),
        )
    if policy.is_peer_reviewed and "reviewer" not in kinds:
        explains = "Mean over the reviews the student answers for, 0 to 100."
        choices.append(Choice(key="reviewer", title="As reviewer", explains=explains, value=record.reviewer_grade))
    if policy.bonus:
        choices.append(_bonus_choice(record))
    if policy.components:
        explains = "The course grade, 0 to 100; empty while anything it needs is missing."
        choices.append(
            Choice(
                key="course-total",
                title="Course grade",
                explains=explains,
                value=lambda one: record.grade_of(one).total,
            )
        )
    return tuple(choices)


def gradebook(record: CourseRecord) -> Grid:
    """One row for each student: who, their projects, every number, the letter, what may fail them, what is missing."""
    policy, choices = record.policy, choices_of(record)
    columns = [
        Column(title="Student number", explains="As in the list of people."),
        Column(title="Name", explains="As in the list of people.", width=26),
        Column(title="Email", explains="The address the student signs in with.", width=30),
    ]
    makers: list[Callable[[Student], Cell]] = [lambda one: one.number, lambda one: one.name, lambda one: one.email]
    if policy.is_peer_reviewed:
        columns.append(Column(title="Project", explains="The projects the student develops."))
        makers.append(
            lambda one: ", ".join(project.key for project in record.projects_of.get(one.enrollment_id, ())),
        )
    for choice in choices:
        columns.append(Column(title=choice.title, explains=choice.explains, is_number=True))
        makers.append(lambda one, choice=choice: choice.value(one.enrollment_id))  # type: ignore[misc]
    for column, tell in _words(record):
        columns.append(column)
        makers.append(lambda one, tell=tell: tell(record.grade_of(one.enrollment_id)))  # type: ignore[misc]

    def rows() -> Iterator[Row]:
        return (tuple(make(student) for make in makers) for student in record.students)

    return Grid(name="Gradebook", columns=tuple(columns), rows=rows)


def projects(record: CourseRecord) -> Grid:
    """One row for each project: its members and both version grades."""
    columns = (
        Column(title="Project", explains="The project's short name."),
        Column(title="Title", explains="Its title.", width=40),
        Column(title="Members", explains="Who develops it.", width=40),
        Column(
            title="Version 1", explains="Grade of version 1, 0 to 100; empty where none was submitted.", is_number=True
        ),
        Column(
            title="Version 2", explains="Grade of version 2, 0 to 100; empty where none was submitted.", is_number=True
        ),
    )

    def rows() -> Iterator[Row]:
        for project in sorted(record.facts.projects, key=lambda one: one.key):
            members = [record.student_of[one].name for one in project.developers if one in record.student_of]
            grades = [
                _version_grade(record, project.project_id, component) if project.snapshot(version) else None
                for version, component in ((1, Component.VERSION_1), (2, Component.VERSION_2))
            ]
            title = record.project_titles.get(project.project_id, "")
            yield (project.key, title, ", ".join(sorted(members)), *grades)

    return Grid(name="Projects", columns=columns, rows=rows)


def with_places(components: tuple[CourseComponent, ...], whole: str) -> Iterator[tuple[CourseComponent, str]]:
    """The components and, after each, its parts; each with the title of what it is a part of."""
    for one in components:
        yield one, whole
        yield from with_places(one.parts, one.title)


def _component_choice(record: CourseRecord, component: CourseComponent, whole: str) -> Choice:
    weight = f" Weighs {plain(component.weight)} % of {whole}." if component.weight is not None else ""
    for scheme in record.policy.schemes:
        if component.key in scheme.weights:
            weight += f" {scheme.title}: {plain(scheme.weights[component.key])} %."
    best = f" The best {component.best} count." if component.best else ""
    needed = f" At least {plain(component.threshold)} is needed." if component.threshold is not None else ""

    def value(enrollment_id: str) -> Decimal | None:
        grade = record.components_of(enrollment_id).get(component.key)
        return grade.value if grade else None

    return Choice(
        key=component.key,
        title=component.title,
        explains=f"0 to 100, before weighting.{weight}{best}{needed}",
        value=value,
    )


def _bonus_choice(record: CourseRecord) -> Choice:
    titles = ", ".join(one.title for one in record.policy.bonus)
    return Choice(
        key="course-bonus",
        title="Bonus",
        explains=f"Points added to the sum after every limit ({titles}).",
        value=lambda one: record.grade_of(one).bonus,
    )


def _words(record: CourseRecord) -> Iterator[tuple[Column, Callable[[CourseGrade], str]]]:
    """The columns that are no numbers, as far as the course has them."""
    policy = record.policy
    if policy.schemes:
        yield Column(title="Counted by", explains="The way of weighting that counts for this student."), _scheme
    if policy.letters:
        yield Column(title="Letter", explains="By the course's scale, from the total as shown.", width=8), _letter
    if policy.fails:
        explains = "Rules that may fail the student whatever the points, and what the instructor decided."
        yield Column(title="Fail rules", explains=explains, width=40), _fails
    if policy.components:
        yield Column(title="Missing", explains="What the total still waits for.", width=40), _missing


def _scheme(grade: CourseGrade) -> str:
    return grade.scheme_title


def _letter(grade: CourseGrade) -> str:
    return grade.letter


def _missing(grade: CourseGrade) -> str:
    return " ".join(grade.missing)


def _fails(grade: CourseGrade) -> str:
    return "; ".join(f"{case.rule.title}: {fail_words(case)}" for case in grade.fails)


def fail_words(case: FailCase) -> str:
    """What the instructor made of a rule that was triggered."""
    if case.is_open:
        return "waits for the instructor"
    return f"confirmed, brings {case.letter}" if case.letter else "dismissed"


def _version_grade(record: CourseRecord, project_id: str, component: Component) -> Decimal | None:
    subject = Subject(kind=SubjectKind.PROJECT, subject_id=project_id, project_id=project_id)
    sheet = record.sheets.get((subject, component))
    return sheet.total if sheet else None
