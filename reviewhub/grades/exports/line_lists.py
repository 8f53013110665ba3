"""The ledger's lines as tables: one for each grade there is, and one that explains every table and column."""

from collections.abc import Iterator, Mapping

from reviewhub.grades.exports.gradebook import gradebook, projects, with_places
from reviewhub.grades.exports.grids import Column, Grid, Row
from reviewhub.grades.exports.record import CourseRecord
from reviewhub.grades.lines import Component, LedgerEntry, SubjectKind

MOST_LINES = 200_000
"""A workbook with more lines opens slowly and takes long to write; the JSON file has them all."""

_NAMES: Mapping[Component, str] = {
    Component.VERSION_1: "Version 1 lines",
    Component.VERSION_2: "Version 2 lines",
    Component.DEVELOPER: "Developer lines",
    Component.REVIEW: "Review lines",
    Component.REVIEWER: "Reviewer lines",
    Component.COURSE: "Course grade lines",
}
_COLUMNS = (
    Column(
        title="Student number", explains="Whose line it is; empty for a line of a whole project or of several people."
    ),
    Column(title="Name", explains="Whose line it is; the members where it is a project's or a group's.", width=26),
    Column(title="Project", explains="The project it is about."),
    Column(title="Under", explains="The criterion, or the part of the grade, that the line belongs to.", width=20),
    Column(title="Points", explains="What it adds or takes off; all lines of one grade add up to it.", is_number=True),
    Column(title="Rule", explains="The rule behind it, with the course's own numbers.", width=90),
)


def workbook_grids(record: CourseRecord) -> tuple[Grid, ...]:
    """Every sheet of the workbook: the gradebook, the projects, the lines of each grade, and what all of it means."""
    first = [gradebook(record), *([projects(record)] if record.policy.is_peer_reviewed else [])]
    lines = line_grids(record) if len(record.entries) <= MOST_LINES else ()
    return (*first, *lines, about(record, (*first, *lines)))


def line_grids(record: CourseRecord) -> tuple[Grid, ...]:
    """The lines of each grade that has any: versions, developers, reviews, reviewers, components, the course grade."""
    gathered: dict[tuple[Component, str], list[LedgerEntry]] = {}
    for entry in record.entries:
        gathered.setdefault((entry.component, entry.subject.key), []).append(entry)
    titles = _component_titles(record)
    names = _Names(record)
    return tuple(
        Grid(
            name=_NAMES.get(component) or titles.get(key, key) or component.value,
            columns=_COLUMNS,
            rows=lambda entries=entries: (names.row(entry) for entry in entries),  # type: ignore[misc]
        )
        for (component, key), entries in gathered.items()
    )


def about(record: CourseRecord, grids: tuple[Grid, ...]) -> Grid:
    """What the file is, and what stands in each column of each sheet."""
    columns = (
        Column(title="Sheet", explains="", width=24),
        Column(title="Column", explains="", width=24),
        Column(title="What stands there", explains="", width=90),
    )

    def rows() -> Iterator[Row]:
        yield ("", "Course", f"{record.title}, {record.term}")
        yield ("", "Grades", record.said)
        if record.release:
            yield ("", "Fingerprint of the release", record.release.digest)
        yield ("", "Numbers", "Computed exactly and rounded once, half up, to two places. An empty cell is not a zero.")
        if len(record.entries) > MOST_LINES:
            left = f"{len(record.entries):,} lines are too many for a workbook; the JSON file has them all."
            yield ("", "Lines", left)
        for grid in grids:
            for column in grid.columns:
                yield (grid.name, column.title, column.explains)

    return Grid(name="About", columns=columns, rows=rows)


class _Names:
    """Whose a line is, in words: one look-up for each line."""

    def __init__(self, record: CourseRecord) -> None:
        people = record.student_of
        self.people = people
        self.keys = {project.project_id: project.key for project in record.facts.projects}
        self.criteria = {row.key: row.title for row in record.policy.rubric}
        self.members = {project.project_id: self._joined(project.developers) for project in record.facts.projects} | {
            one.assignment_id: self._joined(one.members)
            for project in record.facts.projects
            for one in project.assignments
        }
        self.single = {
            one.assignment_id: one.members[0]
            for project in record.facts.projects
            for one in project.assignments
            if len(one.members) == 1
        }

    def row(self, entry: LedgerEntry) -> Row:
        """One line as a row."""
        subject = entry.subject
        is_own = subject.kind in {SubjectKind.MEMBER, SubjectKind.PERSON}
        enrollment_id = subject.subject_id if is_own else self.single.get(subject.subject_id, "")
        student = self.people.get(enrollment_id)
        name = student.name if student else self.members.get(subject.subject_id, "")
        under = self.criteria.get(entry.part, entry.part.replace("_", " "))
        return (
            student.number if student else "",
            name,
            self.keys.get(subject.project_id, ""),
            under,
            entry.amount,
            entry.rule,
        )

    def _joined(self, enrollment_ids: tuple[str, ...]) -> str:
        return ", ".join(sorted(self.people[one].name for one in enrollment_ids if one in self.people))


def _component_titles(record: CourseRecord) -> dict[str, str]:
    titles = {one.key: one.title for one, _ in with_places(record.policy.components, "")}
    titles |= {one.key: one.title for one in record.policy.bonus}
    return {key: f"{title} lines" for key, title in titles.items()}
