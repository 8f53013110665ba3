"""A small course in real rows: one project with two versions, two developers, two reviewers with submitted reviews."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from importlib.resources import files

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor, Role
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.grades.course_grade import course_grades
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.mark_tables import FailDecision
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.places import Anchor, Place, PlaceKind
from reviewhub.reviews.submitted import SubmittedFinding, VersionOne, content_of_edition
from reviewhub.reviews.tables import Assignment, Finding, Review, ReviewEdition
from reviewhub.storage import new_id

VERSION_1_DUE = datetime(2026, 12, 4, 20, 59, tzinfo=UTC)
REVIEWS_DUE = datetime(2026, 12, 18, 20, 59, tzinfo=UTC)
VERSION_2_DUE = datetime(2027, 1, 8, 20, 59, tzinfo=UTC)
GRADING = VERSION_2_DUE + timedelta(days=3)
CELL = Place(kind=PlaceKind.CELL, path="main.ipynb", cell=3)
LINES = Place(kind=PlaceKind.LINES, path="src/model.py", first_line=12, last_line=14)


def course_text() -> str:
    """The course file of ceng796 as it ships."""
    return (files("reviewhub.courses") / "files" / "ceng796.toml").read_text(encoding="utf-8")


@dataclass
class World:
    """The course and the ids a test needs."""

    course: Course
    people: dict[str, Enrollment] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    snapshots: dict[tuple[str, int], Snapshot] = field(default_factory=dict)
    findings: dict[str, str] = field(default_factory=dict)
    """"AWGAN/Cem/1" → finding_id."""
    reviews: dict[str, str] = field(default_factory=dict)
    """"AWGAN/Cem" → review_id."""

    def actor(self, name: str) -> Actor:
        """A person of the course as an actor."""
        return Actor(user_id=self.people[name].user_id, name=name)


def make_course(session: Session, *, text: str = "", slug: str = "ceng796") -> World:
    """The course with its instructor Ida and its assistant Ali."""
    policy_text = text or course_text()
    course = Course(
        slug=slug,
        title="Deep Generative Models",
        term="Fall 2026",
        zone="Europe/Istanbul",
        policy_text=policy_text,
        policy_digest=sha256(policy_text.encode()).hexdigest(),
        remote="",
        created_at=VERSION_1_DUE - timedelta(days=60),
    )
    session.add(course)
    session.flush()
    world = World(course=course)
    add_person(session, world, "Ida", Role.INSTRUCTOR)
    add_person(session, world, "Ali", Role.ASSISTANT)
    return world


def add_person(session: Session, world: World, name: str, role: Role = Role.STUDENT) -> Enrollment:
    """One more person in the course."""
    created = world.course.created_at
    user = User(email=f"{name.lower()}-{world.course.slug}@example.org", name=name, created_at=created)
    session.add(user)
    session.flush()
    enrollment = Enrollment(
        course_id=world.course.id, user_id=user.id, role=role, student_number=f"n-{name}", joined_at=created
    )
    session.add(enrollment)
    session.flush()
    world.people[name] = enrollment
    return enrollment


def add_project(
    session: Session, world: World, key: str, developers: tuple[str, ...], versions: tuple[int, ...] = (1, 2)
) -> Project:
    """A confirmed project with its group, and the versions frozen on time."""
    group = Group(course_id=world.course.id, name=f"Group {key}", created_at=world.course.created_at)
    session.add(group)
    session.flush()
    for name in developers:
        enrollment = world.people.get(name) or add_person(session, world, name)
        session.add(Membership(group_id=group.id, enrollment_id=enrollment.id, joined_at=world.course.created_at))
    project = Project(
        course_id=world.course.id,
        key=key,
        title=f"{key}: a generative model",
        branch="refs/heads/main",
        folder=key,
        group_id=group.id,
        confirmed_at=world.course.created_at,
    )
    session.add(project)
    session.flush()
    world.projects[key] = project
    for version in versions:
        due = {1: VERSION_1_DUE, 2: VERSION_2_DUE}[version]
        snapshot = Snapshot(
            project_id=project.id,
            version=version,
            sequence=1,
            commit=f"{version}{'a' * 39}",
            tree="b" * 40,
            folder=key,
            received_from=due - timedelta(hours=2),
            received_by=due - timedelta(hours=1),
            proved=True,
            due_at=due,
            lateness_seconds=0,
            outcome={},
            kind="default",
            frozen_at=due,
        )
        session.add(snapshot)
        session.flush()
        world.snapshots[key, version] = snapshot
    return project


def add_review(
    session: Session,
    world: World,
    key: str,
    reviewer: str,
    *findings: tuple[str, str, str, Place] | str,
    submitted: bool = True,
) -> str:
    """An assignment of a reviewer with a review on time; findings are (kind, severity, text, place) or a kind."""
    enrollment = world.people.get(reviewer) or add_person(session, world, reviewer)
    assignment = Assignment(project_id=world.projects[key].id, reviewer_id=enrollment.id, assigned_at=VERSION_1_DUE)
    session.add(assignment)
    session.flush()
    edition = 1 if submitted else 0
    review = Review(assignment_id=assignment.id, edition=edition, form={}, summary="Looked at everything.")
    session.add(review)
    session.flush()
    world.reviews[f"{key}/{reviewer}"] = review.id
    snapshot = world.snapshots[key, 1]
    said = []
    for number, one in enumerate(findings, start=1):
        kind, severity, text, place = (one, "major", f"Finding {number}", CELL) if isinstance(one, str) else one
        finding = Finding(
            id=new_id(),
            review_id=review.id,
            number=number,
            kind=kind,
            severity=severity,
            category="method",
            text=text,
            filed_at=REVIEWS_DUE,
        )
        session.add(finding)
        world.findings[f"{key}/{reviewer}/{number}"] = finding.id
        said.append(
            SubmittedFinding(
                finding_id=finding.id,
                number=number,
                kind=kind,
                severity=severity,
                category="method",
                text=text,
                withdrawn=False,
                anchors=(Anchor(place=place, snapshot_id=snapshot.id),),
            )
        )
    session.flush()
    if submitted:
        content = content_of_edition(
            course=world.course.slug,
            project=key,
            version_1=VersionOne(snapshot_id=snapshot.id, commit=snapshot.commit, tree=snapshot.tree),
            items=(),
            form={},
            summary="Looked at everything.",
            findings=said,
        )
        review.submitted_at = REVIEWS_DUE - timedelta(hours=1)
        session.add(
            ReviewEdition(
                review_id=review.id,
                edition=1,
                submitted_at=REVIEWS_DUE - timedelta(hours=1),
                due_at=REVIEWS_DUE,
                submitted_by_id=enrollment.user_id,
                content=content,
                digest="d" * 64,
            )
        )
    session.flush()
    return review.id


def make_world(session: Session) -> World:
    """AWGAN by Ayşe and Baran; Cem found a wrong sign (cell) and asks, Defne missed everything. Cem and Defne do BNF."""
    world = make_course(session)
    add_project(session, world, "AWGAN", ("Ayşe", "Baran"))
    add_project(session, world, "BNF", ("Cem", "Defne"))
    add_review(
        session,
        world,
        "AWGAN",
        "Cem",
        ("mistake", "major", "The sign of the loss is wrong.\n\nCompare with equation 4.", CELL),
        ("question", "minor", "Why is the learning rate 1?", LINES),
        ("remark", "trivial", "Nice plots.", CELL),
    )
    add_review(session, world, "AWGAN", "Defne")
    add_review(session, world, "BNF", "Ayşe")
    add_review(session, world, "BNF", "Baran", submitted=False)
    return world


def dismiss_fails(session: Session, world: World) -> None:
    """Dismiss every rule that something triggered: for tests whose subject is what comes after these decisions."""
    facts = gather_facts(session, world.course, GRADING)
    for grade in course_grades(facts, world.course.policy).values():
        for case in grade.fails:
            if case.is_open:
                decision = FailDecision(
                    enrollment_id=grade.enrollment_id,
                    rule=case.rule.key,
                    confirmed=False,
                    letter="",
                    reason="Was ill, and told us before.",
                    evidence=list(case.evidence),
                    decided_by_id=world.people["Ida"].user_id,
                    at=GRADING,
                )
                session.add(decision)
    session.flush()
