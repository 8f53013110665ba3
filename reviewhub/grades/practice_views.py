"""What the pages of practising read: who practised how far and how well, and one reviewer's result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.members import name_order
from reviewhub.courses.tables import Course
from reviewhub.errors import NotFound
from reviewhub.grades.evidence import AssignmentFact, Decision, FindingFact, MatchFact, ProjectFact, Strength
from reviewhub.grades.gathering import Gathered, facts_of, gather
from reviewhub.grades.matching import Band, Established, Reported, Statement, suggest
from reviewhub.grades.penalties import nominal_points, reckoning, version_1_mistakes
from reviewhub.grades.practice import PracticeScore, practice_score
from reviewhub.grades.practising import NO_PRACTICE
from reviewhub.grades.sentences import named, say_coverage, shown
from reviewhub.grades.spots import Spot, place_of_row, spot_of_anchor, spot_of_row
from reviewhub.projects.tables import Project
from reviewhub.reviews.lookup import ReviewRows, reviewer_names
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.tables import Assignment, Review


@dataclass(frozen=True, kw_only=True)
class PracticeRow:
    """One reviewer who practises; `score` is None until the review is handed in."""

    reviewer: str
    review_id: str
    handed_in_at: datetime | None
    score: PracticeScore | None


@dataclass(frozen=True, kw_only=True)
class PracticeProject:
    """A project to practise on, with everybody who does."""

    key: str
    title: str
    until: datetime
    is_over: bool
    mistakes: int
    rows: tuple[PracticeRow, ...]

    @property
    def handed_in(self) -> int:
        """How many handed their practice review in."""
        return sum(row.score is not None for row in self.rows)


@dataclass(frozen=True, kw_only=True)
class KnownMistake:
    """One mistake that was known, and the reviewer's finding that names it (0: none does)."""

    mistake_id: str
    name: str
    text: str
    severity: str
    points: str
    spot: Spot
    found_by: tuple[int, ...]
    in_part: bool
    would_cost: str
    """What missing it costs in earnest, or "" where it costs nothing."""

    @property
    def choice(self) -> tuple[str, str]:
        """Its id and its name, to choose it from."""
        return self.mistake_id, self.name


@dataclass(frozen=True, kw_only=True)
class PracticeFinding:
    """One finding of the practice review, and what became of it."""

    finding_id: str
    number: int
    text: str
    kind: str
    spot: Spot | None
    mistake_id: str
    strength: str
    by_staff: bool
    """Whether the staff said so; else the program suggests it."""


@dataclass(frozen=True, kw_only=True)
class PracticeResult:
    """How one practice review did, opened."""

    key: str
    reviewer: str
    until: datetime
    is_over: bool
    score: PracticeScore | None
    coverage: str
    mistakes: tuple[KnownMistake, ...]
    findings: tuple[PracticeFinding, ...]


def practice_projects(session: Session, course: Course, now: datetime) -> tuple[PracticeProject, ...]:
    """Every project to practise on with its reviewers; as many statements for thirty reviewers as for one."""
    chosen = select(Project.id).where(
        Project.course_id == course.id, Project.removed_at.is_(None), Project.practice_until.is_not(None)
    )
    gathered = gather(session, course, project_ids=session.scalars(chosen).all(), practice=True)
    names = reviewer_names(session, [row for rows in gathered.assignments.values() for row in rows])
    reviews = _reviews(session, gathered)
    facts = {one.project_id: one for one in facts_of(gathered, now).projects}
    return tuple(
        _practice_project(project, facts[project.id], gathered, names, reviews, now) for project in gathered.projects
    )


def projects_to_choose(session: Session, course: Course) -> Sequence[Project]:
    """The projects that could serve to practise on: nobody develops them, nobody reviews them in earnest."""
    reviewed = select(Assignment.project_id).where(Assignment.practice.is_(False), Assignment.released_at.is_(None))
    return session.scalars(
        select(Project)
        .where(
            Project.course_id == course.id,
            Project.removed_at.is_(None),
            Project.group_id.is_(None),
            Project.id.not_in(reviewed),
        )
        .order_by(Project.key)
    ).all()


def practice_result(session: Session, rows: ReviewRows, now: datetime) -> PracticeResult:
    """The result of one practice review; NotFound for a review that counts."""
    until = rows.project.practice_until
    if until is None:
        raise NotFound(NO_PRACTICE)
    gathered = gather(session, rows.course, project_ids=[rows.project.id], practice=True)
    project = facts_of(gathered, now).projects[0]
    assignment = next(one for one in project.assignments if one.assignment_id == rows.assignment.id)
    edition = gathered.editions.get(rows.assignment.id)
    said = [one for one in findings_in(edition.content) if not one.withdrawn] if edition else []
    suggested = suggested_matches(project, said)
    score = practice_score(project, assignment, rows.course.policy, suggested) if assignment.review else None
    matches = _matches(project, assignment, suggested)
    return PracticeResult(
        key=rows.project.key,
        reviewer=rows.reviewer,
        until=until,
        is_over=now > until,
        score=score,
        coverage=say_coverage(score.coverage, rows.course.policy.points) if score else "",
        mistakes=_known_mistakes(project, rows, score, matches, {one.finding_id: one.number for one in said}),
        findings=tuple(_finding(one, assignment, matches) for one in said),
    )


def suggested_matches(project: ProjectFact, said: Sequence[SubmittedFinding]) -> tuple[MatchFact, ...]:
    """Which known mistakes the findings name, as the program reads them: only where it is sure."""
    reported = [
        Reported(
            finding_id=one.finding_id,
            author="",
            said=Statement(
                text=one.text,
                places=tuple(anchor.place for anchor in one.anchors),
                severity=one.severity,
                criterion=one.category,
            ),
        )
        for one in said
        if one.kind in {"mistake", "missing"}
    ]
    known = [
        Established(
            mistake_id=one.mistake_id,
            said=(
                Statement(
                    text=f"{one.title}. {one.text}",
                    places=(place_of_row(one.place),),
                    severity=one.severity,
                    criterion=one.criterion,
                ),
            ),
        )
        for one in version_1_mistakes(project)
    ]
    return tuple(
        MatchFact(finding_id=one.finding_id, mistake_id=one.mistake_id, strength=Strength.FULL)
        for one in suggest(reported, known)
        if one.band is Band.SURE
    )


def _practice_project(
    project: Project,
    fact: ProjectFact,
    gathered: Gathered,
    names: dict[str, str],
    reviews: dict[str, str],
    now: datetime,
) -> PracticeProject:
    assert project.practice_until is not None
    rows = []
    for assignment in fact.assignments:
        edition = gathered.editions.get(assignment.assignment_id)
        said = [one for one in findings_in(edition.content) if not one.withdrawn] if edition else []
        score = practice_score(fact, assignment, gathered.course.policy, suggested_matches(fact, said))
        rows.append(
            PracticeRow(
                reviewer=names.get(assignment.assignment_id, "—"),
                review_id=reviews.get(assignment.assignment_id, ""),
                handed_in_at=edition.submitted_at if edition else None,
                score=score if edition else None,
            )
        )
    return PracticeProject(
        key=project.key,
        title=project.title,
        until=project.practice_until,
        is_over=now > project.practice_until,
        mistakes=len(version_1_mistakes(fact)),
        rows=tuple(sorted(rows, key=lambda row: name_order(row.reviewer))),
    )


def _reviews(session: Session, gathered: Gathered) -> dict[str, str]:
    ids = [row.id for rows in gathered.assignments.values() for row in rows]
    return dict(session.execute(select(Review.assignment_id, Review.id).where(Review.assignment_id.in_(ids))).all())


def _matches(
    project: ProjectFact, assignment: AssignmentFact, suggested: tuple[MatchFact, ...]
) -> dict[str, tuple[MatchFact, bool]]:
    """Finding → its match, and whether the staff said so."""
    said: dict[str, FindingFact] = (
        {one.finding_id: one for one in assignment.review.findings} if assignment.review else {}
    )
    found = {one.finding_id: (one, False) for one in suggested if said[one.finding_id].decision is None}
    return found | {one.finding_id: (one, True) for one in project.matches if one.finding_id in said}


def _known_mistakes(
    project: ProjectFact,
    rows: ReviewRows,
    score: PracticeScore | None,
    matches: dict[str, tuple[MatchFact, bool]],
    numbers: dict[str, int],
) -> tuple[KnownMistake, ...]:
    rules = rows.course.policy.points
    lost = {one.mistake.mistake_id: one.amount for one in score.losses} if score else {}
    found = []
    for mistake in version_1_mistakes(project):
        by = [match for match, _ in matches.values() if match.mistake_id == mistake.mistake_id]
        with reckoning():
            points, cost = nominal_points(mistake, rules), lost.get(mistake.mistake_id)
        found.append(
            KnownMistake(
                mistake_id=mistake.mistake_id,
                name=named(mistake),
                text=mistake.text,
                severity=mistake.severity,
                points=shown(points),
                spot=spot_of_row(mistake.place),
                found_by=tuple(sorted(numbers[match.finding_id] for match in by)),
                in_part=bool(by) and all(match.strength is Strength.PARTIAL for match in by),
                would_cost=shown(cost) if cost else "",
            )
        )
    return tuple(found)


def _finding(
    said: SubmittedFinding, assignment: AssignmentFact, matches: dict[str, tuple[MatchFact, bool]]
) -> PracticeFinding:
    match, by_staff = matches.get(said.finding_id, (None, False))
    decisions = {one.finding_id: one.decision for one in assignment.review.findings} if assignment.review else {}
    return PracticeFinding(
        finding_id=said.finding_id,
        number=said.number,
        text=said.text,
        kind=said.kind,
        spot=spot_of_anchor(said.anchors[0]) if said.anchors else None,
        mistake_id=match.mistake_id if match else "",
        strength=match.strength.value if match else Strength.FULL.value,
        by_staff=by_staff or decisions.get(said.finding_id) is Decision.REJECTED,
    )
