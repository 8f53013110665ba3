"""What a change would do to everybody, as the staff read it: with names, letters counted, the rules in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.course_file import load_policy
from reviewhub.courses.policy import Policy
from reviewhub.courses.policy_changes import PolicyChange, compare_policies
from reviewhub.courses.policy_words import say_rules
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.grades.evidence import GradingFacts
from reviewhub.grades.gathering import facts_of, gather
from reviewhub.grades.standings import CourseStanding, read_standing
from reviewhub.grades.student_facts import student_facts
from reviewhub.grades.what_if import Move, Outcome, moves_between, outcome_of
from reviewhub.grades.what_if_choices import Choices, choices_of
from reviewhub.grades.what_if_decisions import Asked, decide

SAME_FACTS = frozenset(
    {"points", "rubric", "quality", "components", "schemes", "scheme_choice", "letters", "fails", "proposal_marks"}
)
"""Parts of a course file that change no fact; the others (deadlines, late work) also say what is late or to come."""


@dataclass(frozen=True, kw_only=True)
class NamedMove:
    """What the change does to one student."""

    name: str
    student_number: str
    move: Move


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """A change and what it does."""

    moved: tuple[NamedMove, ...]
    """The largest first."""
    unmoved: int
    letters: tuple[tuple[str, int, int], ...]
    """Letter, how many have it, how many would; those of which the number changes."""
    changes: tuple[PolicyChange, ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    """Sentences of the rules as they are and as they would be, where they differ; "" where there is none."""
    sentence: str = ""
    """The decision that was asked about."""

    @property
    def up(self) -> int:
        """How many would get more."""
        return sum(1 for one in self.moved if one.move.moves > 0)

    @property
    def down(self) -> int:
        """How many would get less."""
        return sum(1 for one in self.moved if one.move.moves < 0)


def try_rules(session: Session, course: Course, text: str, now: datetime) -> WhatIf:
    """What another course file would do. Raises BadInput with all its mistakes. Nothing is written."""
    policy = load_policy(text)
    changes = compare_policies(course.policy, policy)
    standing = read_standing(session, course, now)
    facts = standing.facts
    if any(_root(change.place) not in SAME_FACTS for change in changes):
        students = student_facts(session, course, now, policy=policy)
        facts = facts_of(gather(session, course), now, students, policy=policy)
    after = outcome_of(facts, policy)
    return _told(session, course, standing, after, changes=changes, said=_sentences(course.policy, policy))


def try_decision(session: Session, course: Course, asked: Asked, now: datetime) -> WhatIf:
    """What one decision made differently would do. Raises BadInput where it makes no sense. Nothing is written."""
    standing = read_standing(session, course, now)
    changed = decide(standing.facts, asked)
    known = {project_id: lines for project_id, lines in standing.by_project.items() if project_id != changed.project_id}
    after = outcome_of(changed.facts, course.policy, known)
    return _told(session, course, standing, after, sentence=changed.sentence)


def read_choices(session: Session, course: Course, key: str, now: datetime) -> tuple[tuple[str, ...], Choices | None]:
    """The projects there are, by key, and every decision of the one named that can be tried out."""
    standing = read_standing(session, course, now)
    keys = tuple(sorted((one.key for one in standing.facts.projects), key=str.casefold))
    project = next((one for one in standing.facts.projects if one.key == key), None)
    if project is None:
        return keys, None
    names = {enrollment_id: name for enrollment_id, (name, _) in _names(session, course).items()}
    return keys, choices_of(project, course.policy, names)


def _told(
    session: Session,
    course: Course,
    standing: CourseStanding,
    after: Outcome,
    *,
    changes: tuple[PolicyChange, ...] = (),
    said: tuple[tuple[str, str], ...] = (),
    sentence: str = "",
) -> WhatIf:
    before = Outcome(sums=standing.sums, grades=standing.grades)
    moves = moves_between(before, after, _keys(standing.facts))
    names = _names(session, course)
    moved = [one for one in moves if one.is_moved]
    return WhatIf(
        moved=tuple(
            NamedMove(name=name, student_number=number, move=one)
            for one in moved
            for name, number in [names.get(one.enrollment_id, ("—", ""))]
        ),
        unmoved=len(moves) - len(moved),
        letters=_letters(before, after),
        changes=changes,
        said=said,
        sentence=sentence,
    )


def _root(place: str) -> str:
    return place.partition(".")[0].partition("[")[0]


def _keys(facts: GradingFacts) -> Mapping[str, str]:
    return {one.project_id: one.key for one in facts.projects}


def _names(session: Session, course: Course) -> dict[str, tuple[str, str]]:
    rows = session.execute(
        select(Enrollment.id, User.name, Enrollment.student_number)
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.course_id == course.id, Enrollment.role == Role.STUDENT)
    )
    return {row.id: (row.name, row.student_number or "") for row in rows}


def _letters(before: Outcome, after: Outcome) -> tuple[tuple[str, int, int], ...]:
    was = [one.letter for one in before.grades.values() if one.letter]
    will = [one.letter for one in after.grades.values() if one.letter]
    counted = [(letter, was.count(letter), will.count(letter)) for letter in sorted({*was, *will})]
    return tuple(one for one in counted if one[1] != one[2])


def _sentences(before: Policy, after: Policy) -> tuple[tuple[str, str], ...]:
    """The sentences that differ, side by side where a chapter keeps as many as it had."""
    told: list[tuple[str, str]] = []
    was = {chapter.title: chapter.sentences for chapter in say_rules(before)}
    will = {chapter.title: chapter.sentences for chapter in say_rules(after)}
    for title in {**was, **will}:
        told += _differing(was.get(title, ()), will.get(title, ()))
    return tuple(told)


def _differing(was: Iterable[str], will: Iterable[str]) -> list[tuple[str, str]]:
    old, new = list(was), list(will)
    gone = [one for one in old if one not in new]
    come = [one for one in new if one not in old]
    longest = max(len(gone), len(come))
    return [
        (gone[place] if place < len(gone) else "", come[place] if place < len(come) else "") for place in range(longest)
    ]
