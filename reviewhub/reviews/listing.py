"""Assignments and partners of last term as lists: out, in with every line's fault, and into force."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.accounts.tables import User
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.tables import Course, Enrollment, Group
from reviewhub.errors import BadInput
from reviewhub.reviews.asking import NO_REVIEWS, ask_question, groups_review
from reviewhub.reviews.assignment import AssignmentQuestion, Pair, PlannedPair, reciprocal_pairs, rules_against
from reviewhub.reviews.pair_lists import (
    PARTNER,
    PROJECT,
    REVIEWER,
    CheckedPair,
    match_names,
    read_pairs,
    write_pairs,
)
from reviewhub.reviews.planning import tell_statistics
from reviewhub.reviews.question_record import input_digest, record_question
from reviewhub.reviews.tables import Assignment, AssignmentRun, LastPartner, Review


@dataclass(frozen=True, kw_only=True)
class CheckedList:
    """A list of assignments against the course: its lines, and the begun reviews it does not name, which are kept."""

    question: AssignmentQuestion
    lines: tuple[CheckedPair, ...]

    @property
    def faults(self) -> int:
        """How many lines cannot be."""
        return sum(bool(line.fault) for line in self.lines)

    @property
    def pairs(self) -> frozenset[Pair]:
        """The pairs of the lines without fault."""
        return frozenset(
            Pair(reviewer_id=line.first_id, project_id=line.second_id) for line in self.lines if not line.fault
        )


def write_assignments(session: Session, course: Course) -> str:
    """The assignments in force as CSV: what `check_list` reads, with state and reason beside it."""
    names = {identity: name for name, identity in _names_of_reviewers(session, course, for_reading=False).items()}
    question = ask_question(session, course, each=1, seed=0)
    people = {one.reviewer_id: one.name for one in question.reviewers}
    keys = {one.project_id: one.key for one in question.projects}
    rows = session.execute(
        select(Assignment, Review)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(Assignment.released_at.is_(None), Assignment.project_id.in_(list(keys)))
    )
    told = sorted(
        (
            names.get(who, "—"),
            keys[one.project_id],
            people.get(who, "—"),
            "handed in" if review.edition else "begun" if review.started_at else "not begun",
            "practice" if one.practice else "",
            one.reason,
        )
        for one, review in rows
        for who in (one.reviewer_id or one.reviewer_group_id or "",)
    )
    return write_pairs(("reviewer", "project", "name", "review", "practice", "why"), told)


def check_list(session: Session, course: Course, text: str) -> CheckedList:
    """Read a list of who reviews what and check every line against the rules. BadInput where it is no list."""
    if course.policy.review is None:
        raise BadInput(NO_REVIEWS)
    question = ask_question(session, course, each=course.policy.review.per_student, seed=0)
    reviewers = {one.reviewer_id: one for one in question.reviewers}
    names = _names_of_reviewers(session, course, for_reading=True)
    lines = match_names(
        read_pairs(text, first=REVIEWER, second=PROJECT),
        first={name: who for name, who in names.items() if who in reviewers},
        second={one.key.casefold(): one.project_id for one in question.projects},
        words=("reviewer", "project"),
    )
    checked = []
    for line in lines:
        pair = Pair(reviewer_id=line.first_id, project_id=line.second_id)
        is_free = line.fault or pair in question.fixed
        rules = () if is_free else rules_against(question, reviewers[line.first_id], line.second_id)
        checked.append(replace(line, fault=f"It goes against a rule: {rules[0].value}.") if rules else line)
    return CheckedList(question=question, lines=tuple(checked))


def run_from_list(session: Session, *, actor: Actor, now: datetime, course: str, text: str) -> AssignmentRun:
    """Make a dry run of a list without faults; it is applied and undone like any other. Begun reviews are kept."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    checked = check_list(session, found, text)
    if not checked.lines:
        raise BadInput("The list is empty.")
    if checked.faults:
        raise BadInput("Some lines of the list cannot be: look at it first.")
    question = checked.question
    chosen = checked.pairs | question.fixed
    both = reciprocal_pairs(question, chosen)
    run = AssignmentRun(
        course_id=found.id,
        seed=question.seed,
        each=question.each,
        input_digest=input_digest(question),
        source="list",
        question=record_question(question),
        plan=[asdict(_planned(question, pair, checked.pairs, both)) for pair in sorted(chosen)],
        statistics=asdict(tell_statistics(question, chosen)),
        made_at=now,
        made_by_id=actor.user_id,
    )
    session.add(run)
    record_event(
        session, actor=actor, now=now, action="ran assignment from list", course_id=found.id, subject=run,
        after={"lines": len(checked.lines), "pairs": len(chosen)},
    )  # fmt: skip
    return run


def check_partners(session: Session, course: Course, text: str) -> list[CheckedPair]:
    """Read a list of who worked with whom last term and check every line."""
    known = _names_of_people(session, course)
    lines = match_names(
        read_pairs(text, first=REVIEWER, second=PARTNER), first=known, second=known, words=("student", "student")
    )
    return [replace(line, fault="Nobody is their own partner.") if not line.fault and line.first_id == line.second_id
            else line for line in lines]  # fmt: skip


def keep_partners(session: Session, *, actor: Actor, now: datetime, course: str, text: str) -> int:
    """Add the pairs of a list without faults and return how many are new; they count from the next dry run on."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    lines = check_partners(session, found, text)
    if any(line.fault for line in lines):
        raise BadInput("Some lines of the list cannot be: look at it first.")
    rows = {
        (row.enrollment_id, row.partner_id): row
        for row in session.scalars(select(LastPartner).where(LastPartner.course_id == found.id))
    }
    added = []
    for line in lines:
        one, other = sorted((line.first_id, line.second_id))
        row = rows.get((one, other))
        if row is not None and row.revoked_at is None:
            continue
        if row is None:
            row = LastPartner(course_id=found.id, enrollment_id=one, partner_id=other)
            session.add(row)
            rows[one, other] = row
        row.stated_at, row.revoked_at, row.reason = now, None, line.listed.reason
        added.append(f"{line.listed.first} – {line.listed.second}")
    record_event(
        session,
        actor=actor,
        now=now,
        action="stated last partners",
        course_id=found.id,
        subject=found,
        after={"pairs": added},
    )
    return len(added)


def revoke_partners(session: Session, *, actor: Actor, now: datetime, course: str) -> int:
    """Take every pair of partners of the course back and return how many there were."""
    require(Action.ASSIGN_REVIEWERS, course_facts(session, actor, now, course=course))
    found = find_course(session, course)
    rows = session.scalars(
        select(LastPartner).where(LastPartner.course_id == found.id, LastPartner.revoked_at.is_(None))
    ).all()
    for row in rows:
        row.revoked_at = now
    record_event(
        session,
        actor=actor,
        now=now,
        action="revoked last partners",
        course_id=found.id,
        subject=found,
        after={"pairs": len(rows)},
    )
    return len(rows)


def load_partners(session: Session, course: Course) -> list[tuple[str, str]]:
    """The names of everybody who worked together last term."""
    names = dict(
        session.execute(
            select(Enrollment.id, User.name)
            .join(User, User.id == Enrollment.user_id)
            .where(Enrollment.course_id == course.id)
        ).all()
    )
    rows = session.scalars(
        select(LastPartner).where(LastPartner.course_id == course.id, LastPartner.revoked_at.is_(None))
    )
    return sorted((names.get(row.enrollment_id, "—"), names.get(row.partner_id, "—")) for row in rows)


def _planned(question: AssignmentQuestion, pair: Pair, listed: frozenset[Pair], both: frozenset[Pair]) -> PlannedPair:
    kept = "Kept: this review is already begun, though the list leaves it out."
    reason = "As the list says." if pair in listed else kept
    return PlannedPair(
        reviewer_id=pair.reviewer_id,
        project_id=pair.project_id,
        reason=reason,
        fixed=pair in question.fixed,
        reciprocal=pair in both,
    )


def _names_of_reviewers(session: Session, course: Course, *, for_reading: bool) -> dict[str, str]:
    """Folded name → reviewer: of groups their name; of persons their address, and for reading numbers and names too."""
    if groups_review(course):
        rows = session.execute(select(Group.name, Group.id).where(Group.course_id == course.id))
        return {(name.casefold() if for_reading else name): group_id for name, group_id in rows}
    if for_reading:
        return _names_of_people(session, course)
    people = session.execute(
        select(User.email, Enrollment.id)
        .join(Enrollment, Enrollment.user_id == User.id)
        .where(Enrollment.course_id == course.id)
    )
    return dict(people.all())


def _names_of_people(session: Session, course: Course) -> dict[str, str]:
    """Folded address, number or unambiguous name → enrolment."""
    rows = session.execute(
        select(Enrollment.id, User.email, Enrollment.student_number, User.name)
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.course_id == course.id, Enrollment.left_at.is_(None))
    ).all()
    names = [name.casefold() for _, _, _, name in rows]
    found = {name.casefold(): who for who, _, _, name in rows if names.count(name.casefold()) == 1}
    found |= {str(number).casefold(): who for who, _, number, _ in rows if number}
    return found | {email.casefold(): who for who, email, _, _ in rows}
