"""Who may do what: one table of action → rule, as pure functions of Facts.

Each room loads its part of the facts in its `facts.py`; every route names an action, and every verb asks again
inside its own transaction, where the facts cannot change under it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reviewhub.errors import NotAllowed, NotFound, SignInNeeded


class Role(StrEnum):
    """What a person is in a course."""

    INSTRUCTOR = "instructor"
    ASSISTANT = "assistant"
    STUDENT = "student"
    OBSERVER = "observer"


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts. `looking_for_id` is the staff member who views the course as this person, and then only reads."""

    user_id: str | None = None
    name: str = ""
    looking_for_id: str | None = None


ANYBODY = Actor()
PROGRAM = Actor(name="ReviewHub")
"""The program itself: a job that does what the course file says, without a person."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Everything a rule may look at; what is not loaded is the harmless value."""

    signed_in: bool = False
    is_program: bool = False
    is_administrator: bool = False
    only_looks: bool = False
    role: Role | None = None
    anonymity: str = ""
    """The course's mode: open, single, double; "" where it has no reviews."""
    # the project in question
    is_developer: bool = False
    is_reviewer: bool = False
    version_1_frozen: bool = False
    version_2_frozen: bool = False
    late_choice_open: bool = False
    # the review in question
    is_own_review: bool = False
    review_writable: bool = False
    review_submitted: bool = False
    reviews_released: bool = False
    responses_open: bool = False
    thread_open: bool = False
    is_own_message: bool = False
    questions_open: bool = False
    practice_over: bool = False
    # the course
    wishes_open: bool = False
    grades_released: bool = False
    course_closed: bool = False
    # the grade or the appeal in question
    is_own_grade: bool = False
    appeals_open: bool = False
    is_own_appeal: bool = False
    appeal_told: bool = False
    """Whether the appeal is decided and about something that concerns the actor, whoever filed it."""

    @property
    def is_staff(self) -> bool:
        """Instructor or assistant of the course, or the program itself."""
        return self.is_program or self.role in {Role.INSTRUCTOR, Role.ASSISTANT}

    @property
    def is_instructor(self) -> bool:
        """Instructor of the course, or the program itself."""
        return self.is_program or self.role is Role.INSTRUCTOR


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


def _anybody(_facts: Facts) -> bool:
    return True


def _signed_in(facts: Facts) -> bool:
    return facts.signed_in or facts.is_program


def _administrator(facts: Facts) -> bool:
    return facts.is_administrator or facts.is_program


def _enrolled(facts: Facts) -> bool:
    return facts.role is not None or facts.is_program


def _staff(facts: Facts) -> bool:
    return facts.is_staff


def _instructor(facts: Facts) -> bool:
    return facts.is_instructor


def _staff_or_observer(facts: Facts) -> bool:
    return facts.is_staff or facts.role is Role.OBSERVER


def _learns_developers(facts: Facts) -> bool:
    """Whether names, addresses, commits and info files of a project's developers are shown as they are."""
    return _enrolled(facts) and (facts.anonymity != "double" or facts.is_staff or facts.is_developer)


def _learns_reviewers(facts: Facts) -> bool:
    """Whether the names of those who reviewed a project are shown."""
    is_told = facts.anonymity == "open" and facts.is_developer and facts.reviews_released
    return facts.is_staff or facts.is_own_review or is_told


def _reads_version_1(facts: Facts) -> bool:
    return facts.version_1_frozen and (facts.is_staff or facts.is_developer or facts.is_reviewer)


def _reads_version_2(facts: Facts) -> bool:
    return facts.version_2_frozen and (facts.is_staff or facts.is_developer or facts.is_reviewer)


def _reads_receipt(facts: Facts) -> bool:
    """Receipts, and what was pushed at any time, are for the developers of the project and the staff."""
    return facts.is_staff or facts.is_developer


def _chooses_version(facts: Facts) -> bool:
    return facts.late_choice_open and (facts.is_developer or facts.is_staff)


def _reads_review(facts: Facts) -> bool:
    return facts.is_own_review or (facts.is_staff and facts.review_submitted)


def _writes_review(facts: Facts) -> bool:
    return facts.is_own_review and facts.review_writable


def _states_wishes(facts: Facts) -> bool:
    return facts.role is Role.STUDENT and facts.wishes_open


def _swaps_review(facts: Facts) -> bool:
    return facts.is_own_review and facts.is_reviewer and not facts.review_submitted


def _sees_findings(facts: Facts) -> bool:
    return facts.is_staff or (facts.is_developer and facts.reviews_released)


def _answers_finding(facts: Facts) -> bool:
    return facts.is_developer and facts.reviews_released and facts.responses_open


def _checks_fix(facts: Facts) -> bool:
    return facts.is_own_review and facts.review_submitted and facts.version_2_frozen


def _corrects_place(facts: Facts) -> bool:
    return (facts.is_own_review or facts.is_staff) and facts.review_submitted and facts.version_2_frozen


def _reads_thread(facts: Facts) -> bool:
    """The thread under a finding is for its reviewer, the developers who see the finding, and the staff."""
    released = facts.is_developer and facts.reviews_released
    return facts.is_own_review or released or (facts.is_staff and facts.review_submitted)


def _sees_clarifications(facts: Facts) -> bool:
    return facts.is_staff or facts.is_developer or facts.is_reviewer


def _writes_message(facts: Facts) -> bool:
    """Whether the thread is open to the actor's side is known where it is loaded; a released reviewer only reads."""
    return facts.thread_open and (facts.is_staff or facts.is_developer or facts.is_reviewer)


def _changes_message(facts: Facts) -> bool:
    return facts.is_own_message and _writes_message(facts)


def _asks_clarification(facts: Facts) -> bool:
    return facts.is_reviewer and facts.questions_open


def _sees_practice(facts: Facts) -> bool:
    """How a practice review did is for its reviewer, once nobody can hand one in any more, and for the staff."""
    return facts.is_staff or (facts.is_own_review and facts.practice_over)


def _sees_own_grades(facts: Facts) -> bool:
    return facts.role is Role.STUDENT and facts.grades_released


def _sees_appeals(facts: Facts) -> bool:
    return facts.is_staff or _sees_own_grades(facts)


def _files_appeal(facts: Facts) -> bool:
    return _sees_own_grades(facts) and facts.is_own_grade and facts.appeals_open


def _reads_appeal(facts: Facts) -> bool:
    """Its side reads all of it; whom else it concerns reads what was decided, and why, once it is."""
    return facts.is_staff or (facts.role is Role.STUDENT and (facts.is_own_appeal or facts.appeal_told))


def _withdraws_appeal(facts: Facts) -> bool:
    return facts.role is Role.STUDENT and facts.is_own_appeal


_STAFF_ONLY = "Only the staff of the course can do this."
_INSTRUCTOR_ONLY = "Only the instructor of the course can do this."
_NO_COURSE = "There is no such course, or you are not enrolled in it."
_NO_PROJECT = "There is no such project in this course, or it is not yours to read."

TABLE: Mapping[Action, Rule] = {
    Action.VISIT: Rule(allows=_anybody, refusal=""),
    Action.USE_OWN_ACCOUNT: Rule(allows=_signed_in, refusal="Please sign in first."),
    Action.ADD_COURSE: Rule(allows=_administrator, refusal="Only an administrator can add a course.", writes=True),
    Action.SEE_COURSE: Rule(allows=_enrolled, refusal=_NO_COURSE, hides=True),
    Action.MANAGE_COURSE: Rule(allows=_instructor, refusal=_INSTRUCTOR_ONLY, writes=True),
    Action.SEE_PEOPLE: Rule(allows=_staff_or_observer, refusal=_STAFF_ONLY),
    Action.MANAGE_PEOPLE: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.GRANT_EXTENSION: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.SEE_STAFF_REASON: Rule(allows=_staff, refusal=_STAFF_ONLY, hides=True),
    Action.SEE_EVENTS: Rule(allows=_staff, refusal=_STAFF_ONLY),
    Action.LOOK_AS_STUDENT: Rule(allows=_staff, refusal=_STAFF_ONLY),
    Action.SEE_REPOSITORY: Rule(allows=_staff_or_observer, refusal=_STAFF_ONLY),
    Action.MIRROR_REPOSITORY: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.CONFIRM_PROJECT: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.SEE_PROJECTS: Rule(allows=_enrolled, refusal=_NO_COURSE, hides=True),
    Action.SEE_PROJECT: Rule(allows=_enrolled, refusal=_NO_PROJECT, hides=True),
    Action.LEARN_DEVELOPERS: Rule(allows=_learns_developers, refusal=_NO_PROJECT, hides=True),
    Action.READ_VERSION_1: Rule(allows=_reads_version_1, refusal=_NO_PROJECT, hides=True),
    Action.READ_VERSION_2: Rule(allows=_reads_version_2, refusal=_NO_PROJECT, hides=True),
    Action.READ_RECEIPT: Rule(allows=_reads_receipt, refusal=_NO_PROJECT, hides=True),
    Action.READ_PUSHES: Rule(allows=_reads_receipt, refusal=_NO_PROJECT, hides=True),
    Action.CHOOSE_VERSION: Rule(
        allows=_chooses_version,
        refusal="The time to choose between the on-time and the late commit has passed.",
        writes=True,
    ),
    Action.FREEZE_VERSION: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.REPLACE_VERSION: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.ASSIGN_REVIEWERS: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.STATE_WISHES: Rule(
        allows=_states_wishes,
        refusal="Students say what they would like to review before the reviewers are assigned, where the course asks.",
        writes=True,
    ),
    Action.SEE_OWN_REVIEWS: Rule(allows=_enrolled, refusal=_NO_COURSE, hides=True),
    Action.SWAP_REVIEW: Rule(
        allows=_swaps_review,
        refusal="There is no such review, or it is not yours to swap.",
        writes=True,
        hides=True,
    ),
    Action.READ_REVIEW: Rule(
        allows=_reads_review, refusal="There is no such review, or it is not yours to read.", hides=True
    ),
    Action.WRITE_REVIEW: Rule(
        allows=_writes_review,
        refusal="This review can no longer be changed; what you wrote stays here to read and copy.",
        writes=True,
    ),
    Action.RELEASE_REVIEWS: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.SEE_PROGRESS: Rule(allows=_staff, refusal=_STAFF_ONLY),
    Action.CHANGE_TOGETHER: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.SEE_FINDINGS: Rule(
        allows=_sees_findings, refusal="The reviews of this project are not released yet.", hides=True
    ),
    Action.LEARN_REVIEWERS: Rule(
        allows=_learns_reviewers, refusal="Who reviewed this project is not told.", hides=True
    ),
    Action.ANSWER_FINDING: Rule(
        allows=_answers_finding,
        refusal="Only the developers can answer, from the release of the reviews until version 2 is due.",
        writes=True,
    ),
    Action.CHECK_FIX: Rule(
        allows=_checks_fix,
        refusal="Fixes can be checked by their reviewer once version 2 is frozen.",
        writes=True,
    ),
    Action.CORRECT_PLACE: Rule(
        allows=_corrects_place,
        refusal="Places in version 2 are pointed out by the reviewer or the staff, once version 2 is frozen.",
        writes=True,
    ),
    Action.READ_THREAD: Rule(allows=_reads_thread, refusal="There is no such finding.", hides=True),
    Action.WRITE_MESSAGE: Rule(
        allows=_writes_message,
        refusal="This thread takes no more messages from you; it stays here to read.",
        writes=True,
    ),
    Action.CHANGE_MESSAGE: Rule(
        allows=_changes_message, refusal="There is no such message, or it is not yours.", writes=True, hides=True
    ),
    Action.SEE_CLARIFICATIONS: Rule(allows=_sees_clarifications, refusal=_NO_PROJECT, hides=True),
    Action.ASK_CLARIFICATION: Rule(
        allows=_asks_clarification,
        refusal="Questions are asked by the reviewers of the project, until their reviews are due.",
        writes=True,
    ),
    Action.MARK_READ: Rule(allows=_enrolled, refusal=_NO_COURSE, writes=True),
    Action.SEE_PRACTICE: Rule(
        allows=_sees_practice, refusal="How practice reviews did is shown when practising is over.", hides=True
    ),
    Action.GRADE: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.RELEASE_GRADES: Rule(allows=_instructor, refusal=_INSTRUCTOR_ONLY, writes=True),
    Action.SEE_GRADEBOOK: Rule(allows=_staff, refusal=_STAFF_ONLY),
    Action.SEE_OWN_GRADES: Rule(allows=_sees_own_grades, refusal="Grades are not released yet.", hides=True),
    Action.READ_SECOND: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.ASSIGN_GRADERS: Rule(allows=_instructor, refusal=_INSTRUCTOR_ONLY, writes=True),
    Action.ENTER_MARKS: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.RECORD_STATUS: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
    Action.CONFIRM_FAIL: Rule(allows=_instructor, refusal=_INSTRUCTOR_ONLY, writes=True),
    Action.SEE_APPEALS: Rule(allows=_sees_appeals, refusal="Grades are not released yet.", hides=True),
    Action.FILE_APPEAL: Rule(
        allows=_files_appeal,
        refusal="Appeals are about your own released grades, as long as the course takes appeals.",
        writes=True,
    ),
    Action.READ_APPEAL: Rule(
        allows=_reads_appeal, refusal="There is no such appeal, or it is not yours to read.", hides=True
    ),
    Action.WITHDRAW_APPEAL: Rule(
        allows=_withdraws_appeal,
        refusal="There is no such appeal, or it is not yours to withdraw.",
        writes=True,
        hides=True,
    ),
    Action.DECIDE_APPEAL: Rule(allows=_staff, refusal=_STAFF_ONLY, writes=True),
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
