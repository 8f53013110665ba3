"""Telling the story of somebody's grades from facts, policy and what the lines rest on. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from reviewhub.courses.policy import Policy
from reviewhub.grades.appealable import criterion_target, ground_of_line
from reviewhub.grades.course_grade import course_grades
from reviewhub.grades.course_values import with_parts
from reviewhub.grades.evidence import VERSION_1, VERSION_2, AssignmentFact, GradingFacts, MistakeFact, ProjectFact
from reviewhub.grades.ledger import GradeSheet, ledger_of, sheets_of
from reviewhub.grades.lines import Component, LedgerEntry, Subject, SubjectKind, total
from reviewhub.grades.penalties import ZERO, coverage_of, noted_mistakes, reckoning, version_1_mistakes
from reviewhub.grades.story_details import Details
from reviewhub.grades.story_falls import fall_of
from reviewhub.grades.story_legend import say_legend
from reviewhub.grades.story_timeline import timeline_of
from reviewhub.grades.story_values import (
    PART_TITLES,
    CoverageStory,
    MistakeStory,
    ProjectStory,
    ReviewStory,
    Story,
    StoryLine,
    StoryPart,
    StorySheet,
)
from reviewhub.reviews.kinds import VERDICT_WORDS

_VERSIONS = ((VERSION_1, Component.VERSION_1), (VERSION_2, Component.VERSION_2))


class Teller:
    """Tells one reader's story. `titles`: project id → title."""

    def __init__(
        self, facts: GradingFacts, policy: Policy, details: Details, titles: Mapping[str, str], reader: str
    ) -> None:
        """Compute the ledger once; everything told is read off it."""
        self.facts, self.policy, self.details, self.titles, self.reader = facts, policy, details, titles, reader
        self.entries = ledger_of(facts, policy)
        self.sheets = sheets_of(self.entries)
        self.grade = course_grades(facts, policy, self.entries).get(reader)
        self.projects = sorted(facts.projects, key=lambda one: one.key)

    def story(self, name: str, student_number: str, **more: Any) -> Story:
        """The whole story; `more` is what a release adds to it."""
        mean = self.sheets.get((self._person, Component.REVIEWER))
        told = Story(
            name=name,
            student_number=student_number,
            released_at=None,
            reason="",
            each_pays=self.policy.points.missed == "each",
            projects=tuple(own for one in self.projects if (own := self._project(one)) is not None),
            reviewer=self._sheet("Reviewer grade", mean) if mean else None,
            reviews=tuple(
                review
                for one in self.projects
                for assignment in one.assignments
                if self.reader in assignment.members and (review := self._review(one, assignment)) is not None
            ),
            course=self.grade,
            course_sheets=tuple(self._course_sheets()),
            legend=say_legend(self.policy),
        )
        return replace(told, **more)

    def own_grades(self) -> dict[str, Decimal | None]:
        """The reader's own place in the class: as developer (the mean), as reviewer, in the course."""
        developed = [
            sheet.total
            for (subject, component), sheet in self.sheets.items()
            if component is Component.DEVELOPER and subject.subject_id == self.reader
        ]
        mean = self.sheets.get((self._person, Component.REVIEWER))
        with reckoning():
            return {
                "developer": sum(developed, ZERO) / len(developed) if developed else None,
                "reviewer": mean.total if mean else None,
                "course": self.grade.total if self.grade else None,
            }

    @property
    def _person(self) -> Subject:
        return Subject(kind=SubjectKind.PERSON, subject_id=self.reader)

    def _project(self, project: ProjectFact) -> ProjectStory | None:
        member = Subject(kind=SubjectKind.MEMBER, subject_id=self.reader, project_id=project.project_id)
        whole = Subject(kind=SubjectKind.PROJECT, subject_id=project.project_id, project_id=project.project_id)
        grade = self.sheets.get((member, Component.DEVELOPER))
        if grade is None:
            return None
        versions = [
            self._sheet(f"Version {version}", sheet, project)
            for version, component in _VERSIONS
            if (sheet := self.sheets.get((whole, component))) is not None
        ]
        return ProjectStory(
            key=project.key,
            title=self.titles.get(project.project_id, ""),
            developer=self._sheet("Developer grade", grade),
            versions=tuple(versions),
            timeline=timeline_of(project, self.policy, self.details.answers, grade.total),
            mistakes=tuple(
                self._mistake(one, {"Version 1": Component.VERSION_1, "Version 2": Component.VERSION_2}, whole)
                for one in sorted(project.mistakes, key=lambda one: one.number)
            ),
        )

    def _review(self, project: ProjectFact, assignment: AssignmentFact) -> ReviewStory | None:
        subject = Subject(
            kind=SubjectKind.ASSIGNMENT, subject_id=assignment.assignment_id, project_id=project.project_id
        )
        sheet = self.sheets.get((subject, Component.REVIEW))
        if sheet is None:
            return None
        found = assignment.review.findings if assignment.review else ()
        return ReviewStory(
            key=project.key,
            sheet=self._sheet(f"Review of {project.key}", sheet),
            findings=tuple(self.details.outcome(project, one) for one in sorted(found, key=lambda one: one.number)),
            missed=tuple(self._missed(project, assignment, subject)),
            coverage=self._coverage(project, assignment) if assignment.review else None,
        )

    def _missed(self, project: ProjectFact, assignment: AssignmentFact, subject: Subject) -> Iterable[MistakeStory]:
        """The version-1 mistakes this review did not note, whether they cost anything or not."""
        noted = noted_mistakes(project, self.policy.points)
        for one in version_1_mistakes(project):
            if assignment.review and not noted.of(assignment, one).finding_id:
                yield self._mistake(one, {"your review": Component.REVIEW}, subject, part="missed")

    def _mistake(
        self, mistake: MistakeFact, grades: Mapping[str, Component], subject: Subject, part: str = ""
    ) -> MistakeStory:
        costs = []
        for words, component in grades.items():
            sheet = self.sheets.get((subject, component))
            cited = [
                one
                for one in (sheet.entries if sheet else ())
                if ("mistake", mistake.mistake_id) in one.citations and (not part or one.part == part)
            ]
            if cited:
                costs.append((words, total(cited)))
        return MistakeStory(
            detail=self.details.mistake(mistake.mistake_id),
            severity=mistake.severity,
            about=f"mistake:{mistake.mistake_id}",
            costs=tuple(costs),
            verdict=VERDICT_WORDS[mistake.verdict] if mistake.verdict and mistake.version_in == VERSION_1 else "",
        )

    def _coverage(self, project: ProjectFact, assignment: AssignmentFact) -> CoverageStory:
        rules = self.policy.points
        with reckoning():
            found = coverage_of(assignment, project, noted_mistakes(project, rules), rules)
        return CoverageStory(
            found_points=found.found_points,
            all_points=found.all_points,
            slack=rules.slack,
            ratio=found.ratio,
            full_ratio=rules.coverage_ratio,
            by_ratio=found.by_ratio,
            found=len(found.found),
            count=found.count,
            full_count=rules.coverage_count,
            by_count=found.by_count,
        )

    def _course_sheets(self) -> Iterable[StorySheet]:
        if self.grade is None or not self.grade.components:
            return
        if self.grade.entries:
            yield self._opened("Course grade", self.grade.total, self.grade.entries)
        for one in with_parts(self.grade.components):
            if one.entries:
                yield self._opened(one.title, one.value, one.entries)

    def _sheet(self, title: str, sheet: GradeSheet, project: ProjectFact | None = None) -> StorySheet:
        return self._opened(title, sheet.total, sheet.entries, project)

    def _opened(
        self, title: str, worth: Decimal | None, entries: Sequence[LedgerEntry], project: ProjectFact | None = None
    ) -> StorySheet:
        parts: dict[str, list[LedgerEntry]] = {}
        for entry in entries:
            parts.setdefault(entry.part, []).append(entry)
        return StorySheet(
            title=title,
            total=total(entries) if worth is None else worth,
            parts=tuple(self._part(part, lines, project) for part, lines in parts.items()),
            fall=fall_of(title, entries, self.details.mistakes, self.policy),
        )

    def _part(self, part: str, entries: list[LedgerEntry], project: ProjectFact | None) -> StoryPart:
        criterion = self.policy.criterion(part) if project else None
        version = entries[0].component.value.removeprefix("version_")
        target = criterion_target(project.project_id, int(version), part) if project and criterion else ""
        return StoryPart(
            title=criterion.title if criterion else self._part_title(entries[0]),
            total=total(entries),
            worth=criterion.points if criterion else None,
            lines=tuple(self._line(one) for one in entries),
            about=f"criterion:{target}" if target else "",
        )

    def _part_title(self, entry: LedgerEntry) -> str:
        """What the lines are about: of the course grade, and of a component made of parts, one of its components."""
        known = PART_TITLES.get(entry.part, entry.part)
        if self.grade is None or entry.component not in (Component.COURSE, Component.PART):
            return known
        return {one.key: one.title for one in with_parts(self.grade.components)}.get(entry.part, known)

    def _line(self, entry: LedgerEntry) -> StoryLine:
        kind, target = ground_of_line(entry)
        details = (self.details.of(cited) for cited in entry.citations)
        return StoryLine(
            amount=entry.amount,
            rule=entry.rule,
            details=tuple(one for one in details if one is not None),
            about=f"{kind.value}:{target}",
        )
