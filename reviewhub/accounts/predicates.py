"""What the table of rights asks of the facts: each a sentence about the actor and the thing, true or not. Pure."""

from dataclasses import dataclass
from enum import StrEnum


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


def anybody(_facts: Facts) -> bool:
    """Whoever asks."""
    return True


def signed_in(facts: Facts) -> bool:
    """Whoever is signed in."""
    return facts.signed_in or facts.is_program


def administrator(facts: Facts) -> bool:
    """An administrator of the installation."""
    return facts.is_administrator or facts.is_program


def enrolled(facts: Facts) -> bool:
    """Whoever is in the course."""
    return facts.role is not None or facts.is_program


def staff(facts: Facts) -> bool:
    """The instructor and the assistants."""
    return facts.is_staff


def instructor(facts: Facts) -> bool:
    """The instructor."""
    return facts.is_instructor


def staff_or_observer(facts: Facts) -> bool:
    """The staff, and whoever observes the course."""
    return facts.is_staff or facts.role is Role.OBSERVER


def learns_developers(facts: Facts) -> bool:
    """Whether names, addresses, commits and info files of a project's developers are shown as they are."""
    return enrolled(facts) and (facts.anonymity != "double" or facts.is_staff or facts.is_developer)


def learns_reviewers(facts: Facts) -> bool:
    """Whether the names of those who reviewed a project are shown."""
    is_told = facts.anonymity == "open" and facts.is_developer and facts.reviews_released
    return facts.is_staff or facts.is_own_review or is_told


def reads_version_1(facts: Facts) -> bool:
    """Once it is frozen: its developers, its reviewers and the staff."""
    return facts.version_1_frozen and (facts.is_staff or facts.is_developer or facts.is_reviewer)


def reads_version_2(facts: Facts) -> bool:
    """The same of version 2."""
    return facts.version_2_frozen and (facts.is_staff or facts.is_developer or facts.is_reviewer)


def reads_receipt(facts: Facts) -> bool:
    """Receipts, and what was pushed at any time, are for the developers of the project and the staff."""
    return facts.is_staff or facts.is_developer


def chooses_version(facts: Facts) -> bool:
    """The developers and the staff, as long as there is a choice."""
    return facts.late_choice_open and (facts.is_developer or facts.is_staff)


def reads_review(facts: Facts) -> bool:
    """Its author; the staff once it is handed in."""
    return facts.is_own_review or (facts.is_staff and facts.review_submitted)


def writes_review(facts: Facts) -> bool:
    """Its author, as long as it can be changed."""
    return facts.is_own_review and facts.review_writable


def states_wishes(facts: Facts) -> bool:
    """Students, while wishes are asked for."""
    return facts.role is Role.STUDENT and facts.wishes_open


def swaps_review(facts: Facts) -> bool:
    """The reviewer, until it is handed in."""
    return facts.is_own_review and facts.is_reviewer and not facts.review_submitted


def sees_findings(facts: Facts) -> bool:
    """The staff, and the developers once the reviews are released."""
    return facts.is_staff or (facts.is_developer and facts.reviews_released)


def answers_finding(facts: Facts) -> bool:
    """The developers, from the release of the reviews until version 2 is due."""
    return facts.is_developer and facts.reviews_released and facts.responses_open


def checks_fix(facts: Facts) -> bool:
    """The reviewer, once version 2 is frozen."""
    return facts.is_own_review and facts.review_submitted and facts.version_2_frozen


def corrects_place(facts: Facts) -> bool:
    """The reviewer and the staff, once version 2 is frozen."""
    return (facts.is_own_review or facts.is_staff) and facts.review_submitted and facts.version_2_frozen


def reads_thread(facts: Facts) -> bool:
    """The thread under a finding is for its reviewer, the developers who see the finding, and the staff."""
    released = facts.is_developer and facts.reviews_released
    return facts.is_own_review or released or (facts.is_staff and facts.review_submitted)


def sees_clarifications(facts: Facts) -> bool:
    """The developers, the reviewers and the staff."""
    return facts.is_staff or facts.is_developer or facts.is_reviewer


def writes_message(facts: Facts) -> bool:
    """Whether the thread is open to the actor's side is known where it is loaded; a released reviewer only reads."""
    return facts.thread_open and (facts.is_staff or facts.is_developer or facts.is_reviewer)


def changes_message(facts: Facts) -> bool:
    """Its author, as long as the thread is open to them."""
    return facts.is_own_message and writes_message(facts)


def asks_clarification(facts: Facts) -> bool:
    """A reviewer of the project, while questions are taken."""
    return facts.is_reviewer and facts.questions_open


def sees_practice(facts: Facts) -> bool:
    """How a practice review did is for its reviewer, once nobody can hand one in any more, and for the staff."""
    return facts.is_staff or (facts.is_own_review and facts.practice_over)


def sees_own_grades(facts: Facts) -> bool:
    """A student, once grades are released."""
    return facts.role is Role.STUDENT and facts.grades_released


def sees_appeals(facts: Facts) -> bool:
    """The staff, and students once grades are released."""
    return facts.is_staff or sees_own_grades(facts)


def files_appeal(facts: Facts) -> bool:
    """A student about a released grade of their own, while appeals are taken."""
    return sees_own_grades(facts) and facts.is_own_grade and facts.appeals_open


def reads_appeal(facts: Facts) -> bool:
    """Its side reads all of it; whom else it concerns reads what was decided, and why, once it is."""
    return facts.is_staff or (facts.role is Role.STUDENT and (facts.is_own_appeal or facts.appeal_told))


def withdraws_appeal(facts: Facts) -> bool:
    """The side that filed it."""
    return facts.role is Role.STUDENT and facts.is_own_appeal
