"""Who may do what: one table of action → rule, as pure functions of Facts.

Each room loads its part of the facts in its `facts.py`; every route names an action, and every verb asks again
inside its own transaction, where the facts cannot change under it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviewhub.accounts import predicates
from reviewhub.accounts.predicates import ANYBODY, PROGRAM, Actor, Facts, Role
from reviewhub.errors import NotAllowed, NotFound, SignInNeeded

__all__ = [
    "ANYBODY",
    "OUTSIDE_COURSES",
    "PROGRAM",
    "STAYS_OPEN",
    "TABLE",
    "Action",
    "Actor",
    "Facts",
    "Role",
    "Rule",
    "allows",
    "require",
]


Predicate = Callable[[Facts], bool]


class Action(StrEnum):
    """Everything a person can do, in the order of the semester."""

    VISIT = "visit"
    USE_OWN_ACCOUNT = "use own account"
    ADD_COURSE = "add course"
    # courses
    SEE_COURSE = "see course"
    MANAGE_COURSE = "manage course"
    SEE_PEOPLE = "see people"
    MANAGE_PEOPLE = "manage people"
    GRANT_EXTENSION = "grant extension"
    SEE_STAFF_REASON = "see staff reason"
    SEE_EVENTS = "see events"
    LOOK_AS_STUDENT = "look as student"
    # projects
    SEE_REPOSITORY = "see repository"
    MIRROR_REPOSITORY = "mirror repository"
    CONFIRM_PROJECT = "confirm project"
    SEE_PROJECTS = "see projects"
    SEE_PROJECT = "see project"
    LEARN_DEVELOPERS = "learn developers"
    READ_VERSION_1 = "read version 1"
    READ_VERSION_2 = "read version 2"
    READ_RECEIPT = "read receipt"
    READ_PUSHES = "read pushes"
    CHOOSE_VERSION = "choose version"
    FREEZE_VERSION = "freeze version"
    REPLACE_VERSION = "replace version"
    # reviews
    ASSIGN_REVIEWERS = "assign reviewers"
    STATE_WISHES = "state wishes"
    SEE_OWN_REVIEWS = "see own reviews"
    SWAP_REVIEW = "swap review"
    READ_REVIEW = "read review"
    WRITE_REVIEW = "write review"
    RELEASE_REVIEWS = "release reviews"
    SEE_PROGRESS = "see progress"
    CHANGE_TOGETHER = "change reviews together"
    SEE_FINDINGS = "see findings"
    LEARN_REVIEWERS = "learn reviewers"
    ANSWER_FINDING = "answer finding"
    CHECK_FIX = "check fix"
    CORRECT_PLACE = "correct place"
    READ_THREAD = "read thread"
    WRITE_MESSAGE = "write message"
    CHANGE_MESSAGE = "change message"
    SEE_CLARIFICATIONS = "see clarifications"
    ASK_CLARIFICATION = "ask clarification"
    MARK_READ = "mark read"
    SEE_PRACTICE = "see practice result"
    # grades
    GRADE = "grade"
    RELEASE_GRADES = "release grades"
    SEE_GRADEBOOK = "see gradebook"
    SEE_OWN_GRADES = "see own grades"
    READ_SECOND = "read graded project second"
    ASSIGN_GRADERS = "assign graders"
    ENTER_MARKS = "enter marks"
    RECORD_STATUS = "record status"
    CONFIRM_FAIL = "confirm fail"
    SEE_APPEALS = "see appeals"
    FILE_APPEAL = "file appeal"
    READ_APPEAL = "read appeal"
    WITHDRAW_APPEAL = "withdraw appeal"
    DECIDE_APPEAL = "decide appeal"


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One row of the table: who may, what the others read, whether it writes, whether its being is hidden."""

    allows: Predicate
    refusal: str
    writes: bool = False
    hides: bool = False


_STAFF_ONLY = "Only the staff of the course can do this."
_INSTRUCTOR_ONLY = "Only the instructor of the course can do this."
_NO_COURSE = "There is no such course, or you are not enrolled in it."
_NO_PROJECT = "There is no such project in this course, or it is not yours to read."

TABLE: Mapping[Action, Rule] = {
    Action.VISIT: Rule(allows=predicates.anybody, refusal=""),
    Action.USE_OWN_ACCOUNT: Rule(allows=predicates.signed_in, refusal="Please sign in first."),
    Action.ADD_COURSE: Rule(
        allows=predicates.administrator, refusal="Only an administrator can add a course.", writes=True
    ),
    Action.SEE_COURSE: Rule(allows=predicates.enrolled, refusal=_NO_COURSE, hides=True),
    Action.MANAGE_COURSE: Rule(allows=predicates.instructor, refusal=_INSTRUCTOR_ONLY, writes=True),
    Action.SEE_PEOPLE: Rule(allows=predicates.staff_or_observer, refusal=_STAFF_ONLY),
    Action.MANAGE_PEOPLE: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.GRANT_EXTENSION: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.SEE_STAFF_REASON: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, hides=True),
    Action.SEE_EVENTS: Rule(allows=predicates.staff, refusal=_STAFF_ONLY),
    Action.LOOK_AS_STUDENT: Rule(allows=predicates.staff, refusal=_STAFF_ONLY),
    Action.SEE_REPOSITORY: Rule(allows=predicates.staff_or_observer, refusal=_STAFF_ONLY),
    Action.MIRROR_REPOSITORY: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.CONFIRM_PROJECT: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.SEE_PROJECTS: Rule(allows=predicates.enrolled, refusal=_NO_COURSE, hides=True),
    Action.SEE_PROJECT: Rule(allows=predicates.enrolled, refusal=_NO_PROJECT, hides=True),
    Action.LEARN_DEVELOPERS: Rule(allows=predicates.learns_developers, refusal=_NO_PROJECT, hides=True),
    Action.READ_VERSION_1: Rule(allows=predicates.reads_version_1, refusal=_NO_PROJECT, hides=True),
    Action.READ_VERSION_2: Rule(allows=predicates.reads_version_2, refusal=_NO_PROJECT, hides=True),
    Action.READ_RECEIPT: Rule(allows=predicates.reads_receipt, refusal=_NO_PROJECT, hides=True),
    Action.READ_PUSHES: Rule(allows=predicates.reads_receipt, refusal=_NO_PROJECT, hides=True),
    Action.CHOOSE_VERSION: Rule(
        allows=predicates.chooses_version,
        refusal="The time to choose between the on-time and the late commit has passed.",
        writes=True,
    ),
    Action.FREEZE_VERSION: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.REPLACE_VERSION: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.ASSIGN_REVIEWERS: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.STATE_WISHES: Rule(
        allows=predicates.states_wishes,
        refusal="Students say what they would like to review before the reviewers are assigned, where the course asks.",
        writes=True,
    ),
    Action.SEE_OWN_REVIEWS: Rule(allows=predicates.enrolled, refusal=_NO_COURSE, hides=True),
    Action.SWAP_REVIEW: Rule(
        allows=predicates.swaps_review,
        refusal="There is no such review, or it is not yours to swap.",
        writes=True,
        hides=True,
    ),
    Action.READ_REVIEW: Rule(
        allows=predicates.reads_review, refusal="There is no such review, or it is not yours to read.", hides=True
    ),
    Action.WRITE_REVIEW: Rule(
        allows=predicates.writes_review,
        refusal="This review can no longer be changed; what you wrote stays here to read and copy.",
        writes=True,
    ),
    Action.RELEASE_REVIEWS: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.SEE_PROGRESS: Rule(allows=predicates.staff, refusal=_STAFF_ONLY),
    Action.CHANGE_TOGETHER: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.SEE_FINDINGS: Rule(
        allows=predicates.sees_findings, refusal="The reviews of this project are not released yet.", hides=True
    ),
    Action.LEARN_REVIEWERS: Rule(
        allows=predicates.learns_reviewers, refusal="Who reviewed this project is not told.", hides=True
    ),
    Action.ANSWER_FINDING: Rule(
        allows=predicates.answers_finding,
        refusal="Only the developers can answer, from the release of the reviews until version 2 is due.",
        writes=True,
    ),
    Action.CHECK_FIX: Rule(
        allows=predicates.checks_fix,
        refusal="Fixes can be checked by their reviewer once version 2 is frozen.",
        writes=True,
    ),
    Action.CORRECT_PLACE: Rule(
        allows=predicates.corrects_place,
        refusal="Places in version 2 are pointed out by the reviewer or the staff, once version 2 is frozen.",
        writes=True,
    ),
    Action.READ_THREAD: Rule(allows=predicates.reads_thread, refusal="There is no such finding.", hides=True),
    Action.WRITE_MESSAGE: Rule(
        allows=predicates.writes_message,
        refusal="This thread takes no more messages from you; it stays here to read.",
        writes=True,
    ),
    Action.CHANGE_MESSAGE: Rule(
        allows=predicates.changes_message,
        refusal="There is no such message, or it is not yours.",
        writes=True,
        hides=True,
    ),
    Action.SEE_CLARIFICATIONS: Rule(allows=predicates.sees_clarifications, refusal=_NO_PROJECT, hides=True),
    Action.ASK_CLARIFICATION: Rule(
        allows=predicates.asks_clarification,
        refusal="Questions are asked by the reviewers of the project, until their reviews are due.",
        writes=True,
    ),
    Action.MARK_READ: Rule(allows=predicates.enrolled, refusal=_NO_COURSE, writes=True),
    Action.SEE_PRACTICE: Rule(
        allows=predicates.sees_practice,
        refusal="How practice reviews did is shown when practising is over.",
        hides=True,
    ),
    Action.GRADE: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.RELEASE_GRADES: Rule(allows=predicates.instructor, refusal=_INSTRUCTOR_ONLY, writes=True),
    Action.SEE_GRADEBOOK: Rule(allows=predicates.staff, refusal=_STAFF_ONLY),
    Action.SEE_OWN_GRADES: Rule(allows=predicates.sees_own_grades, refusal="Grades are not released yet.", hides=True),
    Action.READ_SECOND: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.ASSIGN_GRADERS: Rule(allows=predicates.instructor, refusal=_INSTRUCTOR_ONLY, writes=True),
    Action.ENTER_MARKS: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.RECORD_STATUS: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
    Action.CONFIRM_FAIL: Rule(allows=predicates.instructor, refusal=_INSTRUCTOR_ONLY, writes=True),
    Action.SEE_APPEALS: Rule(allows=predicates.sees_appeals, refusal="Grades are not released yet.", hides=True),
    Action.FILE_APPEAL: Rule(
        allows=predicates.files_appeal,
        refusal="Appeals are about your own released grades, as long as the course takes appeals.",
        writes=True,
    ),
    Action.READ_APPEAL: Rule(
        allows=predicates.reads_appeal, refusal="There is no such appeal, or it is not yours to read.", hides=True
    ),
    Action.WITHDRAW_APPEAL: Rule(
        allows=predicates.withdraws_appeal,
        refusal="There is no such appeal, or it is not yours to withdraw.",
        writes=True,
        hides=True,
    ),
    Action.DECIDE_APPEAL: Rule(allows=predicates.staff, refusal=_STAFF_ONLY, writes=True),
}

STAYS_OPEN = frozenset({Action.ADD_COURSE, Action.MANAGE_COURSE, Action.MARK_READ})
"""What a closed course still lets happen: another course, a course file that opens it again, and reading."""

OUTSIDE_COURSES = frozenset({Action.VISIT, Action.USE_OWN_ACCOUNT, Action.ADD_COURSE})
"""What needs no course; of everything else nobody learns who is not in the course, not even that it exists."""


def allows(action: Action, facts: Facts) -> bool:
    """Whether `facts` permit `action`; whoever only looks (a staff member as a student) never writes.

    In a closed course nobody does, but the program itself.
    """
    rule = TABLE[action]
    return rule.allows(facts) and not (rule.writes and facts.only_looks) and not _is_closed_to(action, facts)


def require(action: Action, facts: Facts) -> None:
    """Pass, or raise: SignInNeeded for a stranger, NotFound where the being is hidden, NotAllowed with its sentence."""
    rule = TABLE[action]
    if allows(action, facts):
        return
    if not facts.signed_in:
        msg = "Please sign in first."
        raise SignInNeeded(msg)
    if facts.only_looks and rule.allows(facts):
        msg = "You are looking at the course as somebody else, so nothing can be changed."
        raise NotAllowed(msg)
    if _is_closed_to(action, facts) and rule.allows(facts):
        msg = "This course is closed: everything stays here to read, and nothing is changed any more."
        raise NotAllowed(msg)
    if rule.hides:
        raise NotFound(rule.refusal)
    if facts.role is None and action not in OUTSIDE_COURSES:
        raise NotFound(_NO_COURSE)
    raise NotAllowed(rule.refusal)


def _is_closed_to(action: Action, facts: Facts) -> bool:
    return facts.course_closed and not facts.is_program and TABLE[action].writes and action not in STAYS_OPEN
