"""The desk of one project as it stands: rows, facts, policy and grade sheets, with what its parts ask of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.orm import Session

from reviewhub.courses.facts import find_course
from reviewhub.courses.policy import Policy
from reviewhub.grades.desk_rows import DeskRows, read_desk_rows
from reviewhub.grades.evidence import VERSION_1, VERSION_2, MistakeFact, ProjectFact
from reviewhub.grades.foresight import Foresight
from reviewhub.grades.gathering import facts_of
from reviewhub.grades.ledger import GradeSheet, Sheets, project_ledger, sheets_of
from reviewhub.grades.lines import Component, Subject, SubjectKind
from reviewhub.grades.readiness import project_blockers
from reviewhub.grades.spots import Spot, spot_of_anchor, spot_of_row
from reviewhub.grades.standing import as_seen
from reviewhub.grades.tables import Mistake
from reviewhub.reviews.submitted import SubmittedFinding, findings_in


@dataclass(frozen=True, kw_only=True)
class Reported:
    """A finding as it was handed in last, and by which assignment."""

    assignment_id: str
    said: SubmittedFinding
    edition_id: str


class DeskState:
    """One project on the desk; lives for one page. What costs time is worked out when it is asked for."""

    def __init__(self, rows: DeskRows, facts: ProjectFact, policy: Policy) -> None:
        """Keep the rows and the facts made of them."""
        self.rows, self.facts, self.policy = rows, facts, policy
        self.gathered, self.project = rows.gathered, rows.project
        self.mistakes: dict[str, Mistake] = {one.id: one for one in rows.gathered.mistakes.get(rows.project.id, ())}
        self.values: dict[str, MistakeFact] = {one.mistake_id: one for one in facts.mistakes}
        self.held = {one.assignment_id: one.held_to_account for one in facts.assignments}

    @cached_property
    def reported(self) -> Mapping[str, Reported]:
        """Finding id → the finding, of the last editions, without those withdrawn."""
        return {
            one.finding_id: Reported(assignment_id=assignment_id, said=one, edition_id=edition.id)
            for assignment_id, edition in self.gathered.editions.items()
            for one in findings_in(edition.content)
            if not one.withdrawn
        }

    @cached_property
    def sheets(self) -> Sheets:
        """The grade sheets of the project as it stands."""
        return sheets_of(project_ledger(self.facts, self.policy))

    @cached_property
    def foresight(self) -> Foresight:
        """What each further decision would move."""
        return Foresight(self.facts, self.policy, self.rows.reviewers, self.sheets)

    @cached_property
    def blocked(self) -> Mapping[str, str]:
        """The id of a mistake or review → what the release waits for there."""
        found = project_blockers(self.facts, self.policy, self.rows.reviewers)
        return {one.cited_id: one.what for one in found if one.cited_id}

    @property
    def token(self) -> str:
        """What a form of this state is called: sent twice, it is the same form."""
        return str(self.rows.recorded + 1)

    def name(self, key: str) -> str:
        """Who that is, by enrolment or user id."""
        return self.rows.names.get(key, "—")

    def who(self, assignment_id: str) -> str:
        """Who writes that review."""
        return self.rows.reviewers.get(assignment_id, "—")

    def sheet(self, kind: SubjectKind, subject_id: str, component: Component) -> GradeSheet | None:
        """One grade sheet; None where nothing was worked out."""
        subject = Subject(kind=kind, subject_id=subject_id, project_id=self.project.id)
        return self.sheets.get((subject, component))

    def version_sheet(self, version: int) -> GradeSheet | None:
        """The grade sheet of version 1 or 2."""
        component = {VERSION_1: Component.VERSION_1, VERSION_2: Component.VERSION_2}[version]
        return self.sheet(SubjectKind.PROJECT, self.project.id, component)

    def matches_of(self, finding_id: str) -> list[tuple[Mistake, str]]:
        """The mistakes a finding was matched with, by number, each with the strength."""
        found = [
            (self.mistakes[one.mistake_id], one.strength)
            for one in self.gathered.matches.get(self.project.id, ())
            if one.finding_id == finding_id and one.mistake_id in self.mistakes
        ]
        return sorted(found, key=lambda one: one[0].number)

    def mistake_as_seen(self, mistake_id: str) -> str:
        """A mistake's words and the findings matched with it, for the form that takes it back."""
        matches = self.gathered.matches.get(self.project.id, ())
        findings = [one.finding_id for one in matches if one.mistake_id == mistake_id]
        return as_seen(str(self.mistakes[mistake_id].version), findings)

    def noted(self, mistake_id: str) -> list[tuple[Reported, str]]:
        """The findings matched with a mistake, each with the strength, by reviewer."""
        found = [
            (self.reported[one.finding_id], one.strength)
            for one in self.gathered.matches.get(self.project.id, ())
            if one.mistake_id == mistake_id and one.finding_id in self.reported
        ]
        return sorted(found, key=lambda one: (self.who(one[0].assignment_id), one[0].said.number))

    def spot_of(self, mistake: Mistake) -> Spot:
        """Where a mistake lies."""
        return spot_of_row(mistake.place)

    def spot_version(self, mistake: Mistake) -> int:
        """The version in whose files a mistake lies: version 2 too, for one of version 1 that was noticed late."""
        for snapshot in self.gathered.snapshots.get(self.project.id, ()):
            if snapshot.id == mistake.snapshot_id:
                return snapshot.version
        return mistake.version_in

    def spots_of(self, said: SubmittedFinding) -> tuple[Spot, ...]:
        """Where a finding points; the whole project where it names no place."""
        return tuple(spot_of_anchor(anchor) for anchor in said.anchors) or (spot_of_row({}),)

    def finding_words(self, one: Reported) -> str:
        """How a finding is called in a sentence."""
        return f"finding {one.said.number} of {self.who(one.assignment_id)}"


def read_desk_state(session: Session, *, course: str, key: str, now: datetime) -> DeskState:
    """Read one project's desk; always the same number of queries."""
    rows = read_desk_rows(session, find_course(session, course), key)
    facts = facts_of(rows.gathered, now).projects[0]
    return DeskState(rows, facts, rows.course.policy)
