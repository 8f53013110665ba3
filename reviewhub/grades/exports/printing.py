"""Sheets of paper: one student's or one project's grades down to the last line, with its rule and its place.

A student's own sheet names no reviewer whom the course keeps unnamed (`Seen`), and nothing of other students.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cached_property

from reviewhub.grades.course_values import ComponentGrade, CourseGrade
from reviewhub.grades.evidence import AssignmentFact, ProjectFact
from reviewhub.grades.exports.citing import Seen, became, cited_things, finding_words, mistake_words
from reviewhub.grades.exports.gradebook import fail_words
from reviewhub.grades.exports.printed import (
    PrintedGrade,
    PrintedLine,
    PrintedList,
    PrintedPart,
    PrintedThing,
    Sheet,
    SummaryRow,
)
from reviewhub.grades.exports.record import CourseRecord, Student
from reviewhub.grades.ledger import GradeSheet
from reviewhub.grades.lines import Component, LedgerEntry, Subject, SubjectKind
from reviewhub.grades.sentences import plain, shown

_PARTS: Mapping[str, str] = {
    "": "",
    "hold": "Bounds",
    "late": "Lateness",
    "missed": "Missed mistakes",
    "adjustment": "Own adjustment",
    "review": "Reviews",
}
_WORTH_CITING = frozenset({"mistake", "finding", "status"})


class Printer:
    """Makes the sheets of one record, for one kind of reader."""

    def __init__(self, record: CourseRecord, seen: Seen) -> None:
        """Put into words, once, everything that lines cite."""
        self.record, self.seen = record, seen
        self.cited = cited_things(record.facts, seen)
        self.criteria = {row.key: f"{row.title} (of {plain(row.points)})" for row in record.policy.rubric}

    def student(self, student: Student) -> Sheet:
        """Everything one student's grades are made of."""
        mine = student.enrollment_id
        projects = self.record.projects_of.get(mine, ())
        reviewed = [
            (project, one)
            for project in sorted(self.record.facts.projects, key=lambda one: one.key)
            for one in project.assignments
            if mine in one.members
        ]
        return Sheet(
            title=student.name,
            subtitle=f"Student number {student.number}" if student.number else "",
            anchor=f"student-{mine}",
            summary=tuple(self._student_summary(mine)),
            grades=(
                *self._course(mine),
                *(grade for project in projects for grade in self._developer(mine, project)),
                *self._reviewer(mine, reviewed),
            ),
            lists=(
                *(one for project in projects for one in self._mistakes(project)),
                *(found for project, one in reviewed for found in self._findings(project, one)),
            ),
        )

    def project(self, project: ProjectFact) -> Sheet:
        """Everything one project's version grades and reviews are made of: for the staff."""
        members = [student for one in project.developers if (student := self.record.student_of.get(one))]
        names = ", ".join(sorted(one.name for one in members))
        title = self.record.project_titles.get(project.project_id, "")
        return Sheet(
            title=project.key,
            subtitle=f"{title} — {names}" if title and names else title or names,
            anchor=f"project-{project.project_id}",
            summary=tuple(self._project_summary(project, members)),
            grades=(
                *self._versions(project),
                *(grade for one in project.assignments for grade in self._review(project, one)),
            ),
            lists=(
                *self._mistakes(project),
                *(found for one in project.assignments for found in self._findings(project, one)),
            ),
        )

    def _student_summary(self, enrollment_id: str) -> Iterator[SummaryRow]:
        grade = self.record.grade_of(enrollment_id)
        for one in grade.components:
            yield from _component_rows(one, 0)
        for title, value, kind in (
            ("As developer", self.record.developer_grade(enrollment_id), "developer"),
            ("As reviewer", self.record.reviewer_grade(enrollment_id), "reviewer"),
        ):
            if value is not None and all(one.kind != kind for one in grade.components):
                yield SummaryRow(title=title, value=shown(value))
        if self.record.policy.components:
            yield from _course_rows(grade)

    def _project_summary(self, project: ProjectFact, members: Iterable[Student]) -> Iterator[SummaryRow]:
        for version, component in ((1, Component.VERSION_1), (2, Component.VERSION_2)):
            sheet = self.record.sheets.get((_whole(project), component))
            snapshot = project.snapshot(version)
            note = f"commit {snapshot.commit[:12]}" if snapshot else "not submitted"
            if sheet:
                yield SummaryRow(title=f"Version {version}", value=shown(sheet.total), note=note)
        for member in sorted(members, key=lambda one: one.name):
            subject = Subject(kind=SubjectKind.MEMBER, subject_id=member.enrollment_id, project_id=project.project_id)
            if sheet := self.record.sheets.get((subject, Component.DEVELOPER)):
                yield SummaryRow(title=member.name, value=shown(sheet.total), note="as developer")

    def _course(self, enrollment_id: str) -> Iterator[PrintedGrade]:
        titles = {key: one.title for key, one in self.record.components_of(enrollment_id).items()}
        for (subject, component), sheet in self._own_sheets.get(enrollment_id, ()):
            if component is Component.COURSE:
                is_whole = self.record.grade_of(enrollment_id).total is not None
                yield self._grade("Course grade" if is_whole else "Course grade so far", sheet, titles)
            elif component is Component.PART:
                yield self._grade(titles.get(subject.key, subject.key), sheet, titles)

    @cached_property
    def _own_sheets(self) -> Mapping[str, list[tuple[tuple[Subject, Component], GradeSheet]]]:
        gathered: dict[str, list[tuple[tuple[Subject, Component], GradeSheet]]] = {}
        for key, sheet in self.record.sheets.items():
            if key[0].kind is SubjectKind.PERSON:
                gathered.setdefault(key[0].subject_id, []).append((key, sheet))
        for sheets in gathered.values():
            sheets.sort(key=lambda one: one[0][1] is not Component.COURSE)
        return gathered

    def _developer(self, enrollment_id: str, project: ProjectFact) -> Iterator[PrintedGrade]:
        subject = Subject(kind=SubjectKind.MEMBER, subject_id=enrollment_id, project_id=project.project_id)
        if sheet := self.record.sheets.get((subject, Component.DEVELOPER)):
            yield self._grade(f"As developer of {project.key}", sheet)
        yield from self._versions(project)

    def _versions(self, project: ProjectFact) -> Iterator[PrintedGrade]:
        for version, component in ((1, Component.VERSION_1), (2, Component.VERSION_2)):
            snapshot = project.snapshot(version)
            if sheet := self.record.sheets.get((_whole(project), component)):
                note = f"commit {snapshot.commit[:12]}" if snapshot else "not submitted"
                yield replace(self._grade(f"Version {version} of {project.key}", sheet), note=note)

    def _reviewer(
        self, enrollment_id: str, reviewed: Iterable[tuple[ProjectFact, AssignmentFact]]
    ) -> Iterator[PrintedGrade]:
        person = Subject(kind=SubjectKind.PERSON, subject_id=enrollment_id)
        if sheet := self.record.sheets.get((person, Component.REVIEWER)):
            yield self._grade("As reviewer", sheet)
        for project, one in reviewed:
            yield from self._review(project, one)

    def _review(self, project: ProjectFact, one: AssignmentFact) -> Iterator[PrintedGrade]:
        subject = Subject(kind=SubjectKind.ASSIGNMENT, subject_id=one.assignment_id, project_id=project.project_id)
        name = self.seen.reviewers.get(one.assignment_id, "") if self.seen.reader is None else ""
        if sheet := self.record.sheets.get((subject, Component.REVIEW)):
            yield self._grade(f"Review of {project.key}{f' by {name}' if name else ''}", sheet)

    def _grade(self, title: str, sheet: GradeSheet, titles: Mapping[str, str] | None = None) -> PrintedGrade:
        parts: dict[str, list[LedgerEntry]] = {}
        for entry in sheet.entries:
            parts.setdefault(entry.part, []).append(entry)
        # A title over one line, or over all of them, says nothing that the line or the grade's own does not say.
        titled = {part for part, found in parts.items() if 1 < len(found) < len(sheet.entries)} | set(self.criteria)
        return PrintedGrade(
            title=title,
            total=sheet.total,
            parts=tuple(
                PrintedPart(
                    title=self._part_title(part, titles or {}) if part in titled else "",
                    total=sum((one.amount for one in found), Decimal(0)),
                    lines=tuple(self._line(one) for one in found),
                )
                for part, found in parts.items()
            ),
        )

    def _part_title(self, part: str, titles: Mapping[str, str]) -> str:
        known = self.criteria.get(part) or titles.get(part) or _PARTS.get(part)
        return part.replace("_", " ").capitalize() if known is None else known

    def _line(self, entry: LedgerEntry) -> PrintedLine:
        """A line with the places of what it rests on, each once: the lists below have the words."""
        places = [
            cited.place or cited.text
            for one in entry.citations
            if one.kind in _WORTH_CITING and (cited := self.cited.get(one)) is not None
        ]
        return PrintedLine(amount=entry.amount, rule=entry.rule, places=tuple(dict.fromkeys(filter(None, places))))

    def _mistakes(self, project: ProjectFact) -> Iterator[PrintedList]:
        found = sorted(project.mistakes, key=lambda one: one.number)
        if found:
            things = tuple(PrintedThing(cited=mistake_words(project, one, self.seen)) for one in found)
            yield PrintedList(title=f"Mistakes of {project.key}", things=things)

    def _findings(self, project: ProjectFact, assignment: AssignmentFact) -> Iterator[PrintedList]:
        found = sorted(assignment.review.findings if assignment.review else (), key=lambda one: one.number)
        things = tuple(
            PrintedThing(cited=finding_words(one, assignment, self.seen), became=became(project, one)) for one in found
        )
        if things:
            yield PrintedList(title=f"Findings on {project.key}, and what became of them", things=things)


def _whole(project: ProjectFact) -> Subject:
    return Subject(kind=SubjectKind.PROJECT, subject_id=project.project_id, project_id=project.project_id)


def _component_rows(one: ComponentGrade, depth: int) -> Iterator[SummaryRow]:
    value = "—" if one.value is None else shown(one.value)
    note = f"weighs {plain(one.weight)} %" if one.weight else "does not count"
    if one.missing:
        note = f"{note}; {' '.join(one.missing)}"
    if not one.is_reached and one.threshold is not None:
        note = f"{note}; at least {plain(one.threshold)} is needed"
    yield SummaryRow(title=one.title, value=value, note=note, depth=depth)
    for part in one.parts:
        yield from _component_rows(part, depth + 1)


def _course_rows(grade: CourseGrade) -> Iterator[SummaryRow]:
    if grade.bonus:
        yield SummaryRow(title="Bonus", value=shown(grade.bonus), note="points")
    total = "—" if grade.total is None else shown(grade.total)
    yield SummaryRow(title="Course grade", value=total, note="not complete yet" if grade.missing else "")
    if grade.letter:
        yield SummaryRow(title="Letter", value=grade.letter)
    for case in grade.fails:
        yield SummaryRow(title=case.rule.title, value="", note=fail_words(case))
