"""The grading desk of one project as values: findings by place, mistakes, reviews, members, what each step moves."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Course
from reviewhub.grades.cards import (
    VERDICT_WORDS,
    Choice,
    Desk,
    FindingCard,
    MemberCard,
    MistakeCard,
    PlaceGroup,
    ReviewCard,
    UndoRow,
)
from reviewhub.grades.effects import signed
from reviewhub.grades.evidence import (
    VERSION_1,
    VERSION_2,
    AssignmentFact,
    Decision,
    MistakeFact,
    ProjectFact,
    Verdict,
)
from reviewhub.grades.facts import find_graded_project, latest_release
from reviewhub.grades.foresight import Foresight
from reviewhub.grades.gathering import Gathered, facts_of, gather
from reviewhub.grades.ledger import GradeSheet, project_ledger, sheets_of
from reviewhub.grades.lines import Component, Subject, SubjectKind
from reviewhub.grades.penalties import HUNDRED, mistakes_in_order, nominal_points, reckoning
from reviewhub.grades.readiness import project_blockers, undecided_findings
from reviewhub.grades.reading import names_of
from reviewhub.grades.sentences import plain, shown
from reviewhub.grades.spots import spot_of_anchor, spot_of_row
from reviewhub.projects.tables import Project
from reviewhub.reviews.lookup import reviewer_names
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.tables import Assignment, Finding, FixCheck, Response, Review
from reviewhub.reviews.thread_views import count_messages

LONGEST_TITLE = 100
_BOLD_BEGINNING = re.compile(r"\*\*(.+?)\*\*")


def read_desk(session: Session, *, course: str, key: str, now: datetime) -> Desk:
    """Read one project's desk; always the same number of queries."""
    found = find_course(session, course)
    project = find_graded_project(session, found, key)
    gathered = gather(session, found, project_ids=[project.id])
    facts = facts_of(gathered, now).projects[0]
    return _Reader(session, found, project, gathered, facts).desk()


class _Reader:
    """Turns rows and facts into the desk's cards; lives for one page."""

    def __init__(
        self, session: Session, course: Course, project: Project, gathered: Gathered, facts: ProjectFact
    ) -> None:
        self.session, self.course, self.project = session, course, project
        self.gathered, self.facts, self.policy = gathered, facts, course.policy
        rows = gathered.assignments.get(project.id, [])
        self.reviewers = reviewer_names(session, rows)
        self.names = names_of(session, course, self._people())
        self.foresight = Foresight(facts, self.policy, self.reviewers)
        self.sheets = sheets_of(project_ledger(facts, self.policy))
        self.said = {
            one.finding_id: (assignment_id, one)
            for assignment_id, edition in gathered.editions.items()
            for one in findings_in(edition.content)
            if not one.withdrawn
        }
        self.messages = count_messages(session, self.said)
        self.mistakes = {one.id: one for one in gathered.mistakes.get(project.id, ())}
        self.values = {one.mistake_id: one for one in facts.mistakes}

    def desk(self) -> Desk:
        release = latest_release(self.session, self.course)
        keys = self.session.scalars(
            select(Project.key)
            .where(Project.course_id == self.course.id, Project.removed_at.is_(None))
            .order_by(Project.key)
        ).all()
        return Desk(
            course=self.course,
            policy=self.policy,
            key=self.project.key,
            title=self.project.title,
            is_open=release is None or release.reopened_at is not None,
            release=release,
            versions={version: self.facts.snapshot(version) for version in (VERSION_1, VERSION_2)},
            sheets={
                VERSION_1: self._sheet(SubjectKind.PROJECT, self.project.id, Component.VERSION_1),
                VERSION_2: self._sheet(SubjectKind.PROJECT, self.project.id, Component.VERSION_2),
            },
            groups=self._groups(),
            undecided=len(undecided_findings(self.facts)),
            mistakes=tuple(self._mistake(one) for one in mistakes_in_order(self.facts)),
            own_moves=self.foresight.own_mistakes(),
            reviews=tuple(
                self._review(one)
                for one in sorted(self.facts.assignments, key=lambda one: self._who(one.assignment_id))
            ),
            members=tuple(self._member(one) for one in sorted(self.facts.developers, key=self._name)),
            waiting=project_blockers(self.facts, self.policy, self.reviewers),
            undo=self._undo(),
            next_key=next((key for key in keys if key > self.project.key), ""),
        )

    def _people(self) -> set[str]:
        graders = {one.decided_by_id for one in self.gathered.decisions.values()}
        graders |= {one.decided_by_id for one in self.gathered.verdicts.values()}
        graders |= {one.recorded_by_id for one in self.gathered.mistakes.get(self.project.id, ())}
        graders |= {one.decided_by_id for one in self.gathered.adjustments.get(self.project.id, ())}
        graders |= {one.changed_by_id or "" for one in self.gathered.mistakes.get(self.project.id, ())}
        return graders | set(self.facts.developers)

    def _name(self, key: str) -> str:
        return self.names.get(key, "—")

    def _who(self, assignment_id: str) -> str:
        return self.reviewers.get(assignment_id, "—")

    def _sheet(self, kind: SubjectKind, subject_id: str, component: Component) -> GradeSheet | None:
        subject = Subject(kind=kind, subject_id=subject_id, project_id=self.project.id)
        return self.sheets.get((subject, component))

    # ------------------------------------------------------------------------------------------------ findings

    def _groups(self) -> tuple[PlaceGroup, ...]:
        answers, checks = self._answers(), self._checks()
        held = {one.assignment_id: one.held_to_account for one in self.facts.assignments}
        cards = [
            self._finding(one, assignment_id, held.get(assignment_id, False), answers, checks)
            for assignment_id, one in self.said.values()
        ]
        cards.sort(key=lambda card: (card.spots[0].order, card.reviewer, card.number))
        groups: list[list[FindingCard]] = []
        for card in cards:
            if groups and any(card.spots[0].overlaps(other.spots[0]) for other in groups[-1]):
                groups[-1].append(card)
            else:
                groups.append([card])
        return tuple(PlaceGroup(spot=group[0].spots[0], findings=tuple(group)) for group in groups)

    def _finding(
        self,
        said: SubmittedFinding,
        assignment_id: str,
        held: bool,  # noqa: FBT001 - a fact of the reviewer, passed on
        answers: Mapping[str, tuple[str, str]],
        checks: Mapping[str, tuple[str, str]],
    ) -> FindingCard:
        decision = self.gathered.decisions.get(said.finding_id)
        spots = tuple(spot_of_anchor(anchor) for anchor in said.anchors) or (spot_of_row({}),)
        criterion = said.category if self.policy.criterion(said.category) else self.policy.rubric[0].key
        may = decision is None and said.kind != "remark"
        return FindingCard(
            finding_id=said.finding_id,
            number=said.number,
            kind=said.kind,
            severity=said.severity,
            text=said.text,
            reviewer=self._who(assignment_id),
            held=held,
            spots=spots,
            answer=answers.get(said.finding_id),
            check=checks.get(said.finding_id),
            messages=self.messages.get(said.finding_id, 0),
            decision=decision.decision if decision else "",
            reason=decision.reason if decision else "",
            matches=self._matches_of(said.finding_id),
            title=first_line(said.text),
            criterion=criterion,
            accepts=self.foresight.accepting(said, criterion) if may else (),
            merges=self.foresight.merging(said) if may else (),
        )

    def _matches_of(self, finding_id: str) -> tuple[tuple[str, str], ...]:
        return tuple(
            (f"M{self.mistakes[one.mistake_id].number}", one.strength)
            for one in self.gathered.matches.get(self.project.id, ())
            if one.finding_id == finding_id and one.mistake_id in self.mistakes
        )

    def _answers(self) -> dict[str, tuple[str, str]]:
        rows = self.session.scalars(
            select(Response).where(Response.finding_id.in_(self._finding_ids())).order_by(Response.sequence)
        )
        return {one.finding_id: (one.kind, one.text) for one in rows}

    def _checks(self) -> dict[str, tuple[str, str]]:
        rows = self.session.scalars(
            select(FixCheck)
            .where(FixCheck.finding_id.in_(self._finding_ids()), FixCheck.undone_at.is_(None))
            .order_by(FixCheck.sequence)
        )
        return {one.finding_id: (one.verdict, one.text) for one in rows}

    def _finding_ids(self) -> Select[str]:
        return (
            select(Finding.id)
            .join(Review, Review.id == Finding.review_id)
            .join(Assignment, Assignment.id == Review.assignment_id)
            .where(Assignment.project_id == self.project.id)
        )

    # ------------------------------------------------------------------------------------------------ mistakes

    def _mistake(self, value: MistakeFact) -> MistakeCard:
        row = self.mistakes[value.mistake_id]
        criterion = self.policy.criterion(row.criterion)
        return MistakeCard(
            row=row,
            points=nominal_points(value, self.policy.points),
            criterion_title=criterion.title if criterion else row.criterion,
            spot=spot_of_row(row.place),
            noted_by=tuple(
                (self._who(self.said[one.finding_id][0]), self.said[one.finding_id][1].number, one.strength)
                for one in self.gathered.matches.get(self.project.id, ())
                if one.mistake_id == row.id and one.finding_id in self.said
            ),
            verdict=value.verdict.value if value.verdict else "",
            verdicts=self._verdicts(value),
            moves_if_undone=self.foresight.without(value.mistake_id),
        )

    def _verdicts(self, value: MistakeFact) -> tuple[Choice, ...]:
        if value.version_in != VERSION_1 or self.facts.snapshot(VERSION_2) is None:
            return ()
        return tuple(
            Choice(
                value=verdict.value,
                label=label,
                moves=self.foresight.verdict(value.mistake_id, verdict),
                chosen=value.verdict is verdict,
            )
            for verdict, label in VERDICT_WORDS.items()
        )

    # ------------------------------------------------------------------------------------------------ people

    def _review(self, assignment: AssignmentFact) -> ReviewCard:
        edition = self.gathered.editions.get(assignment.assignment_id)
        review = assignment.review
        marks = dict(review.quality) if review else {}
        return ReviewCard(
            assignment_id=assignment.assignment_id,
            review_id=edition.review_id if edition else "",
            reviewer=self._who(assignment.assignment_id),
            held=assignment.held_to_account,
            submitted_at=edition.submitted_at if edition else None,
            edition=edition.edition if edition else 0,
            summary=str(edition.content.get("summary", "")) if edition else "",
            marks=tuple(
                (row.key, row.title, row.look_for, plain(marks[row.key]) if row.key in marks else "")
                for row in self.policy.quality
            ),
            suggestion=_suggested(assignment),
            sheet=self._sheet(SubjectKind.ASSIGNMENT, assignment.assignment_id, Component.REVIEW),
        )

    def _member(self, enrollment_id: str) -> MemberCard:
        return MemberCard(
            enrollment_id=enrollment_id,
            name=self._name(enrollment_id),
            sheet=self._sheet(SubjectKind.MEMBER, enrollment_id, Component.DEVELOPER),
            adjustments=tuple(
                (one.id, one.points, one.reason)
                for one in self.gathered.adjustments.get(self.project.id, ())
                if one.enrollment_id == enrollment_id
            ),
        )

    def _undo(self) -> tuple[UndoRow, ...]:
        rows = [*self._undo_findings(), *self._undo_mistakes(), *self._undo_others()]
        return tuple(sorted(rows, key=lambda row: (row.at, row.kind, row.target_id), reverse=True))

    def _undo_findings(self) -> Iterator[UndoRow]:
        for one in self.gathered.decisions.values():
            if one.finding_id not in self.said:
                continue
            assignment_id, said = self.said[one.finding_id]
            finding = f"finding {said.number} of {self._who(assignment_id)}"
            matched = ", ".join(name for name, _ in self._matches_of(one.finding_id))
            words = f"Rejected {finding}" if one.decision == Decision.REJECTED else f"Accepted {finding} as {matched}"
            yield self._undo_row(words, one.decided_by_id, one.at, "finding", one.finding_id)

    def _undo_mistakes(self) -> Iterator[UndoRow]:
        for one in self.mistakes.values():
            if one.found_by_instructor:
                words = f"Recorded M{one.number} “{one.title}”"
                yield self._undo_row(words, one.recorded_by_id, one.recorded_at, "mistake", one.id)
            if one.previous and one.changed_at:
                words = f"Changed M{one.number} “{one.title}”"
                yield self._undo_row(words, one.changed_by_id or "", one.changed_at, "change", one.id)

    def _undo_others(self) -> Iterator[UndoRow]:
        for verdict in self.gathered.verdicts.values():
            became = VERDICT_WORDS[Verdict(verdict.verdict)].lower()
            words = f"M{self.mistakes[verdict.mistake_id].number}: {became} in version 2"
            yield self._undo_row(
                words, verdict.decided_by_id, verdict.at, "verdict", verdict.mistake_id, verdict.verdict
            )
        for one in self.gathered.adjustments.get(self.project.id, ()):
            words = f"{self._name(one.enrollment_id)} {signed(one.points)}"
            yield self._undo_row(words, one.decided_by_id, one.at, "adjustment", one.id)

    def _undo_row(self, words: str, user_id: str, at: datetime, kind: str, target_id: str, seen: str = "") -> UndoRow:
        return UndoRow(words=words, who=self._name(user_id), at=at, kind=kind, target_id=target_id, seen=seen)


def _suggested(assignment: AssignmentFact) -> str:
    """What “correct” would be by the decisions: accepted ÷ (accepted + rejected), in per cent; "" without any."""
    decided = [one.decision for one in assignment.review.findings if one.decision] if assignment.review else []
    if not decided:
        return ""
    accepted = sum(1 for one in decided if one is not Decision.REJECTED)
    with reckoning():
        share = shown(HUNDRED * accepted / len(decided)).removesuffix(".00")
    return f"{accepted} of {len(decided)} decided findings accepted: {share}"


def first_line(text: str) -> str:
    """The first line of a finding as a title: its bold beginning where it has one, without Markdown's signs, cut."""
    line = next((line for line in text.splitlines() if line.strip()), "").strip()
    bold = _BOLD_BEGINNING.match(line)
    line = (bold[1].rstrip(".") if bold else line).replace("**", "").replace("`", "").strip(" #*_>-")
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1].rstrip() + "…"
