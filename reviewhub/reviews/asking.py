"""Collecting the question who reviews what from the rows: reviewers, projects, conflicts, begun work."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.courses.tables import Course, Enrollment, Group, Membership
from reviewhub.errors import BadInput
from reviewhub.projects.tables import Project
from reviewhub.reviews.assignment import AssignmentQuestion, Pair, ReviewedProject, Reviewer, Wish
from reviewhub.reviews.tables import Assignment, LastPartner, Review, ReviewConflict, ReviewWish

NO_REVIEWS = "This course has no peer review: its course file has no [review] part."


def ask_question(session: Session, course: Course, *, each: int, seed: int) -> AssignmentQuestion:
    """Collect what an assignment depends on: reviewers, projects, groups past and present, conflicts, begun work."""
    if course.policy.review is None:
        raise BadInput(NO_REVIEWS)
    projects = session.scalars(
        select(Project)
        .where(Project.course_id == course.id, Project.removed_at.is_(None), Project.practice_until.is_(None))
        .order_by(Project.key)
    ).all()
    by_groups = groups_review(course)
    reviewers = (
        _reviewing_groups(session, course, projects) if by_groups else _reviewing_people(session, course, projects)
    )
    conflicts = session.execute(
        select(ReviewConflict.enrollment_id, ReviewConflict.project_id, ReviewConflict.kind).where(
            ReviewConflict.course_id == course.id, ReviewConflict.revoked_at.is_(None)
        )
    ).all()
    members = _group_of_members(session, course) if by_groups else {}
    wishes = stated_wishes(session, course, members)
    partners = projects_of_partners(session, course, projects, members)
    stated = [(members.get(who, who), project_id, kind) for who, project_id, kind in conflicts]
    declared: dict[str, set[str]] = {}
    for who, project_id, kind in stated:
        if kind == "declared":
            declared.setdefault(who, set()).add(project_id)
    return AssignmentQuestion(
        reviewers=tuple(
            Reviewer(
                reviewer_id=reviewer.reviewer_id,
                name=reviewer.name,
                own=reviewer.own,
                former=reviewer.former,
                partners=frozenset(partners.get(reviewer.reviewer_id, ())) - reviewer.own,
                conflicts=frozenset(declared.get(reviewer.reviewer_id, ())),
                wishes=wishes.get(reviewer.reviewer_id, {}),
            )
            for reviewer in reviewers
        ),
        projects=tuple(ReviewedProject(project_id=project.id, key=project.key) for project in projects),
        each=each,
        forbidden=frozenset(
            Pair(reviewer_id=who, project_id=project_id) for who, project_id, kind in stated if kind == "forbidden"
        )
        | practice_pairs(session, course),
        fixed=frozenset(
            pair
            for pair, review in active_pairs(session, course)
            if (review.edition or review.started_at) and pair.project_id in {project.id for project in projects}
        ),
        seed=seed,
        avoid_reciprocal=course.policy.assignment.avoid_reciprocal,
    )


def stated_wishes(session: Session, course: Course, members: Mapping[str, str]) -> dict[str, dict[str, Wish]]:
    """Reviewer → project → wish; nothing where the course file does not count wishes.

    `members`: enrolment → reviewing group, {} where persons review. A group wants what a member wants and no other
    would rather not review; it would rather not where one would not and no other wants it.
    """
    if not course.policy.assignment.topic_fit:
        return {}
    rows = session.execute(
        select(ReviewWish.enrollment_id, ReviewWish.project_id, ReviewWish.wish)
        .join(Project, Project.id == ReviewWish.project_id)
        .where(Project.course_id == course.id)
    )
    said: dict[str, dict[str, set[Wish]]] = {}
    for who, project_id, wish in rows:
        said.setdefault(members.get(who, who), {}).setdefault(project_id, set()).add(Wish(wish))
    return {who: {one: _wish_of(wishes) for one, wishes in projects.items()} for who, projects in said.items()}


def _wish_of(wishes: set[Wish]) -> Wish:
    strong = wishes - {Wish.CAN}
    return next(iter(strong)) if len(strong) == 1 else Wish.CAN


def projects_of_partners(
    session: Session, course: Course, projects: Iterable[Project], members: Mapping[str, str]
) -> dict[str, set[str]]:
    """Reviewer → the projects of those they worked with last term."""
    rows = session.execute(
        select(LastPartner.enrollment_id, LastPartner.partner_id).where(
            LastPartner.course_id == course.id, LastPartner.revoked_at.is_(None)
        )
    ).all()
    if not rows:
        return {}
    of_group = _projects_of_groups(projects)
    groups = _group_of_members(session, course)
    found: dict[str, set[str]] = {}
    for one, other in [*rows, *((partner, one) for one, partner in rows)]:
        found.setdefault(members.get(one, one), set()).update(of_group.get(groups.get(other, ""), ()))
    return found


def groups_review(course: Course) -> bool:
    """Whether groups, not persons, are the reviewers of this course."""
    return course.policy.review is not None and course.policy.review.reviewers == "groups"


def active_assignments(session: Session, course: Course) -> list[Assignment]:
    """The assignments in force in a course."""
    return list(
        session.scalars(
            select(Assignment)
            .join(Project, Project.id == Assignment.project_id)
            .where(
                Project.course_id == course.id,
                Assignment.released_at.is_(None),
                Assignment.practice.is_(False),
            )
        )
    )


def active_pairs(session: Session, course: Course) -> list[tuple[Pair, Review]]:
    """The pairs in force in a course with their reviews."""
    rows = session.execute(
        select(Assignment, Review)
        .join(Review, Review.assignment_id == Assignment.id)
        .join(Project, Project.id == Assignment.project_id)
        .where(Project.course_id == course.id, Assignment.released_at.is_(None), Assignment.practice.is_(False))
    )
    return [
        (Pair(reviewer_id=one.reviewer_id or one.reviewer_group_id or "", project_id=one.project_id), review)
        for one, review in rows
    ]


def practice_pairs(session: Session, course: Course) -> frozenset[Pair]:
    """The pairs of practice reviews in force: who practises on a project does not review it in earnest as well."""
    rows = session.scalars(
        select(Assignment)
        .join(Project, Project.id == Assignment.project_id)
        .where(Project.course_id == course.id, Assignment.released_at.is_(None), Assignment.practice)
    )
    return frozenset(
        Pair(reviewer_id=one.reviewer_id or one.reviewer_group_id or "", project_id=one.project_id) for one in rows
    )


def taken_pairs(session: Session, course: Course) -> frozenset[Pair]:
    """The pairs of all assignments in force, practice too: beside one of them no second can stand."""
    return practice_pairs(session, course) | {pair for pair, _ in active_pairs(session, course)}


def _projects_of_groups(projects: Iterable[Project]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for project in projects:
        if project.group_id:
            found.setdefault(project.group_id, set()).add(project.id)
    return found


def _memberships(session: Session, course: Course) -> list[tuple[str, str, bool]]:
    """(enrolment id, group id, whether it has ended) for everybody in the course."""
    rows = session.execute(
        select(Membership.enrollment_id, Membership.group_id, Membership.left_at)
        .join(Group, Group.id == Membership.group_id)
        .where(Group.course_id == course.id)
    )
    return [(enrollment_id, group_id, left_at is not None) for enrollment_id, group_id, left_at in rows]


def _group_of_members(session: Session, course: Course) -> dict[str, str]:
    return {who: group_id for who, group_id, ended in _memberships(session, course) if not ended}


def _reviewing_people(session: Session, course: Course, projects: Iterable[Project]) -> list[Reviewer]:
    of_group = _projects_of_groups(projects)
    own: dict[str, set[str]] = {}
    former: dict[str, set[str]] = {}
    for who, group_id, ended in _memberships(session, course):
        (former if ended else own).setdefault(who, set()).update(of_group.get(group_id, ()))
    people = session.scalars(
        select(Enrollment).where(
            Enrollment.course_id == course.id, Enrollment.role == Role.STUDENT, Enrollment.left_at.is_(None)
        )
    )
    return [
        Reviewer(
            reviewer_id=person.id,
            name=person.user.name,
            own=frozenset(own.get(person.id, ())),
            former=frozenset(former.get(person.id, set()) - own.get(person.id, set())),
        )
        for person in people
    ]


def _reviewing_groups(session: Session, course: Course, projects: Iterable[Project]) -> list[Reviewer]:
    of_group = _projects_of_groups(projects)
    members: dict[str, set[str]] = {}
    former: dict[str, set[str]] = {}
    for who, group_id, ended in _memberships(session, course):
        if ended:
            former.setdefault(who, set()).update(of_group.get(group_id, ()))
        else:
            members.setdefault(group_id, set()).add(who)
    groups = session.scalars(select(Group).where(Group.course_id == course.id)).all()
    return [
        Reviewer(
            reviewer_id=group.id,
            name=group.name,
            own=frozenset(of_group.get(group.id, ())),
            former=frozenset(project_id for who in members[group.id] for project_id in former.get(who, ()))
            - frozenset(of_group.get(group.id, ())),
        )
        for group in groups
        if group.id in members
    ]
