"""The table of rights, cell by cell: who may do what, in every role."""

from dataclasses import replace
from typing import Any

import pytest

from reviewhub.accounts.rights import STAYS_OPEN, TABLE, Action, Facts, Role, allows, require
from reviewhub.errors import NotAllowed, NotFound, SignInNeeded

STRANGER = Facts()
VISITOR = Facts(signed_in=True)
ADMINISTRATOR = Facts(signed_in=True, is_administrator=True)
INSTRUCTOR = Facts(signed_in=True, role=Role.INSTRUCTOR)
ASSISTANT = Facts(signed_in=True, role=Role.ASSISTANT)
STUDENT = Facts(signed_in=True, role=Role.STUDENT)
OBSERVER = Facts(signed_in=True, role=Role.OBSERVER)

WHO = {
    "stranger": STRANGER,
    "visitor": VISITOR,
    "administrator": ADMINISTRATOR,
    "instructor": INSTRUCTOR,
    "assistant": ASSISTANT,
    "student": STUDENT,
    "observer": OBSERVER,
}

EVERYBODY = set(WHO)
SIGNED_IN = EVERYBODY - {"stranger"}
ENROLLED = {"instructor", "assistant", "student", "observer"}
STAFF = {"instructor", "assistant"}

# What a role alone gives, before anything is frozen, written or released.
BY_ROLE = {
    Action.VISIT: EVERYBODY,
    Action.USE_OWN_ACCOUNT: SIGNED_IN,
    Action.ADD_COURSE: {"administrator"},
    Action.SEE_COURSE: ENROLLED,
    Action.MANAGE_COURSE: {"instructor"},
    Action.SEE_PEOPLE: STAFF | {"observer"},
    Action.MANAGE_PEOPLE: STAFF,
    Action.GRANT_EXTENSION: STAFF,
    Action.SEE_STAFF_REASON: STAFF,
    Action.SEE_EVENTS: STAFF,
    Action.LOOK_AS_STUDENT: STAFF,
    Action.SEE_REPOSITORY: STAFF | {"observer"},
    Action.MIRROR_REPOSITORY: STAFF,
    Action.CONFIRM_PROJECT: STAFF,
    Action.SEE_PROJECTS: ENROLLED,
    Action.SEE_PROJECT: ENROLLED,
    Action.LEARN_DEVELOPERS: ENROLLED,
    Action.READ_VERSION_1: set(),
    Action.READ_VERSION_2: set(),
    Action.READ_RECEIPT: STAFF,
    Action.READ_PUSHES: STAFF,
    Action.CHOOSE_VERSION: set(),
    Action.FREEZE_VERSION: STAFF,
    Action.REPLACE_VERSION: STAFF,
    Action.ASSIGN_REVIEWERS: STAFF,
    Action.STATE_WISHES: set(),
    Action.SEE_OWN_REVIEWS: ENROLLED,
    Action.SWAP_REVIEW: set(),
    Action.READ_REVIEW: set(),
    Action.WRITE_REVIEW: set(),
    Action.RELEASE_REVIEWS: STAFF,
    Action.SEE_PROGRESS: STAFF,
    Action.CHANGE_TOGETHER: STAFF,
    Action.SEE_FINDINGS: STAFF,
    Action.LEARN_REVIEWERS: STAFF,
    Action.ANSWER_FINDING: set(),
    Action.CHECK_FIX: set(),
    Action.CORRECT_PLACE: set(),
    Action.READ_THREAD: set(),
    Action.WRITE_MESSAGE: set(),
    Action.CHANGE_MESSAGE: set(),
    Action.SEE_CLARIFICATIONS: STAFF,
    Action.ASK_CLARIFICATION: set(),
    Action.MARK_READ: ENROLLED,
    Action.SEE_PRACTICE: STAFF,
    Action.GRADE: STAFF,
    Action.RELEASE_GRADES: {"instructor"},
    Action.SEE_GRADEBOOK: STAFF,
    Action.SEE_OWN_GRADES: set(),
    Action.READ_SECOND: STAFF,
    Action.ASSIGN_GRADERS: {"instructor"},
    Action.ENTER_MARKS: STAFF,
    Action.RECORD_STATUS: STAFF,
    Action.CONFIRM_FAIL: {"instructor"},
    Action.SEE_APPEALS: STAFF,
    Action.FILE_APPEAL: set(),
    Action.READ_APPEAL: STAFF,
    Action.WITHDRAW_APPEAL: set(),
    Action.DECIDE_APPEAL: STAFF,
}


def test_table_has_a_row_for_every_action() -> None:
    assert set(TABLE) == set(Action)
    assert set(BY_ROLE) == set(Action)


@pytest.mark.parametrize("action", Action)
def test_role_alone_gives(action: Action) -> None:
    assert {name for name, facts in WHO.items() if allows(action, facts)} == BY_ROLE[action]


def test_version_1_is_read_by_developers_reviewers_and_staff_once_frozen() -> None:
    frozen: dict[str, Any] = {"signed_in": True, "version_1_frozen": True}
    readers = [
        Facts(role=Role.STUDENT, is_developer=True, **frozen),
        Facts(role=Role.STUDENT, is_reviewer=True, **frozen),
        Facts(role=Role.ASSISTANT, **frozen),
    ]
    assert all(allows(Action.READ_VERSION_1, facts) for facts in readers)
    assert not allows(Action.READ_VERSION_1, Facts(role=Role.STUDENT, **frozen))
    assert not allows(Action.READ_VERSION_1, Facts(role=Role.OBSERVER, **frozen))


def test_draft_review_is_hidden_from_staff_until_submitted() -> None:
    draft = Facts(signed_in=True, role=Role.INSTRUCTOR)
    submitted = Facts(signed_in=True, role=Role.INSTRUCTOR, review_submitted=True)
    assert not allows(Action.READ_REVIEW, draft)
    assert allows(Action.READ_REVIEW, submitted)


def test_findings_reach_developers_only_after_release() -> None:
    developer = Facts(signed_in=True, role=Role.STUDENT, is_developer=True)
    assert not allows(Action.SEE_FINDINGS, developer)
    released = Facts(signed_in=True, role=Role.STUDENT, is_developer=True, reviews_released=True)
    assert allows(Action.SEE_FINDINGS, released)
    other = Facts(signed_in=True, role=Role.STUDENT, reviews_released=True)
    assert not allows(Action.SEE_FINDINGS, other)


def test_fixes_are_checked_by_their_reviewer_and_places_pointed_out_by_the_staff_too() -> None:
    ready: dict[str, Any] = {"review_submitted": True, "version_2_frozen": True}
    people = {name: replace(facts, **ready) for name, facts in WHO.items()}
    people["reviewer"] = replace(STUDENT, is_own_review=True, **ready)
    people["developer"] = replace(STUDENT, is_developer=True, reviews_released=True, **ready)
    assert {name for name, facts in people.items() if allows(Action.CHECK_FIX, facts)} == {"reviewer"}
    assert {name for name, facts in people.items() if allows(Action.CORRECT_PLACE, facts)} == STAFF | {"reviewer"}


@pytest.mark.parametrize("missing", ["review_submitted", "version_2_frozen"])
def test_nothing_is_checked_before_it_is_there(missing: str) -> None:
    ready: dict[str, Any] = {"review_submitted": True, "version_2_frozen": True, missing: False}
    for facts in (INSTRUCTOR, replace(STUDENT, is_own_review=True)):
        assert not allows(Action.CHECK_FIX, replace(facts, **ready))
        assert not allows(Action.CORRECT_PLACE, replace(facts, **ready))


def test_wishes_are_stated_by_students_while_they_are_asked_for() -> None:
    asked = {name: allows(Action.STATE_WISHES, replace(facts, wishes_open=True)) for name, facts in WHO.items()}
    assert {name for name, allowed in asked.items() if allowed} == {"student"}


def test_review_is_swapped_by_its_reviewer_until_it_is_handed_in() -> None:
    mine = Facts(signed_in=True, role=Role.STUDENT, is_own_review=True, is_reviewer=True)
    assert allows(Action.SWAP_REVIEW, mine)
    assert not allows(Action.SWAP_REVIEW, replace(mine, review_submitted=True))
    assert not allows(Action.SWAP_REVIEW, replace(mine, is_reviewer=False))
    assert not any(allows(Action.SWAP_REVIEW, replace(facts, is_reviewer=True)) for facts in WHO.values())


REVIEWER = Facts(signed_in=True, role=Role.STUDENT, is_own_review=True, is_reviewer=True, review_submitted=True)
DROPPED = replace(REVIEWER, is_reviewer=False)
DEVELOPER = Facts(signed_in=True, role=Role.STUDENT, is_developer=True, review_submitted=True)
OTHER = Facts(signed_in=True, role=Role.STUDENT, review_submitted=True, reviews_released=True)
IN_THREAD = {
    "reviewer": REVIEWER,
    "dropped reviewer": DROPPED,
    "developer": DEVELOPER,
    "other student": OTHER,
    "staff": replace(ASSISTANT, review_submitted=True),
    "observer": replace(OBSERVER, review_submitted=True),
}


@pytest.mark.parametrize(
    ("action", "moment", "who"),
    [
        (Action.READ_THREAD, {}, {"reviewer", "dropped reviewer", "staff"}),
        (Action.READ_THREAD, {"reviews_released": True}, {"reviewer", "dropped reviewer", "developer", "staff"}),
        (Action.WRITE_MESSAGE, {"reviews_released": True}, set()),
        (Action.WRITE_MESSAGE, {"reviews_released": True, "thread_open": True}, {"reviewer", "developer", "staff"}),
        (Action.CHANGE_MESSAGE, {"reviews_released": True, "thread_open": True}, set()),
        (Action.CHANGE_MESSAGE, {"is_own_message": True}, set()),
        (Action.CHANGE_MESSAGE, {"is_own_message": True, "thread_open": True}, {"reviewer", "developer", "staff"}),
        (Action.SEE_CLARIFICATIONS, {}, {"reviewer", "developer", "staff"}),
        (Action.ASK_CLARIFICATION, {}, set()),
        (Action.ASK_CLARIFICATION, {"questions_open": True}, {"reviewer"}),
    ],
)
def test_thread_is_read_and_written_by_its_sides(action: Action, moment: dict[str, Any], who: set[str]) -> None:
    assert {name for name, facts in IN_THREAD.items() if allows(action, replace(facts, **moment))} == who


MODES = ("", "open", "single", "double")
BY_MODE = {
    # who asks                 learns the developers        learns the reviewers (before release; after it)
    "stranger": ((), (), ()),
    "visitor": ((), (), ()),
    "observer": (("", "open", "single"), (), ()),
    "other student": (("", "open", "single"), (), ()),
    "reviewer": (("", "open", "single"), (), ()),
    "own reviewer": (("", "open", "single"), MODES, MODES),
    "developer": (MODES, (), ("open",)),
    "assistant": (MODES, MODES, MODES),
    "instructor": (MODES, MODES, MODES),
}


@pytest.mark.parametrize("who", BY_MODE)
def test_names_are_learned_in_the_modes_of_the_table(who: str) -> None:
    """A reviewer learns no other reviewer; "own reviewer" is one at their own review."""
    people = WHO | {
        "other student": STUDENT,
        "reviewer": replace(STUDENT, is_reviewer=True),
        "own reviewer": replace(STUDENT, is_reviewer=True, is_own_review=True),
        "developer": replace(STUDENT, is_developer=True),
    }

    def modes(action: Action, **moment: Any) -> tuple[str, ...]:
        return tuple(mode for mode in MODES if allows(action, replace(people[who], anonymity=mode, **moment)))

    told = (
        modes(Action.LEARN_DEVELOPERS),
        modes(Action.LEARN_REVIEWERS),
        modes(Action.LEARN_REVIEWERS, reviews_released=True),
    )
    assert told == BY_MODE[who]


@pytest.mark.parametrize(
    "action", [one for one in Action if one not in {Action.LEARN_DEVELOPERS, Action.LEARN_REVIEWERS}]
)
def test_mode_of_anonymity_changes_names_and_nothing_else(action: Action) -> None:
    """Every other cell is the same in every mode, for every role, with every fact alone and with all of them."""
    flags = [
        name for name in Facts.__dataclass_fields__ if name not in {"role", "anonymity", "is_program", "signed_in"}
    ]
    moments: list[dict[str, Any]] = [{}, *({name: True} for name in flags), dict.fromkeys(flags, True)]
    for role in Role:
        for moment in moments:
            cells = {allows(action, Facts(signed_in=True, role=role, anonymity=mode, **moment)) for mode in MODES}
            assert len(cells) == 1


def test_own_grades_are_seen_only_after_release() -> None:
    assert not allows(Action.SEE_OWN_GRADES, STUDENT)
    assert allows(Action.SEE_OWN_GRADES, Facts(signed_in=True, role=Role.STUDENT, grades_released=True))


def test_a_practice_result_is_its_reviewers_once_practising_is_over() -> None:
    own = replace(STUDENT, is_own_review=True)

    assert not allows(Action.SEE_PRACTICE, own)
    assert allows(Action.SEE_PRACTICE, replace(own, practice_over=True))
    assert not allows(Action.SEE_PRACTICE, replace(STUDENT, practice_over=True))


GRADED = replace(STUDENT, grades_released=True)


@pytest.mark.parametrize(
    ("action", "moment", "who"),
    [
        (Action.FILE_APPEAL, {}, set()),
        (Action.FILE_APPEAL, {"is_own_grade": True, "appeals_open": True}, {"student"}),
        (Action.FILE_APPEAL, {"is_own_grade": True}, set()),
        (Action.FILE_APPEAL, {"appeals_open": True}, set()),
        (Action.READ_APPEAL, {"is_own_appeal": True}, STAFF | {"student"}),
        (Action.READ_APPEAL, {"appeal_told": True}, STAFF | {"student"}),
        (Action.WITHDRAW_APPEAL, {"appeal_told": True}, set()),
        (Action.WITHDRAW_APPEAL, {"is_own_appeal": True}, {"student"}),
        (Action.SEE_APPEALS, {}, STAFF | {"student"}),
    ],
)
def test_appeals_are_their_sides_and_the_staffs(action: Action, moment: dict[str, Any], who: set[str]) -> None:
    people = {**WHO, "student": GRADED}
    assert {name for name, facts in people.items() if allows(action, replace(facts, **moment))} == who


def test_nobody_appeals_before_the_release() -> None:
    assert not allows(Action.FILE_APPEAL, replace(STUDENT, is_own_grade=True, appeals_open=True))


@pytest.mark.parametrize("action", Action)
def test_closed_course_is_read_and_not_written(action: Action) -> None:
    """With every fact true at once, a closed course lets through what writes nothing, and a new course file."""
    left_out = {"role", "anonymity", "only_looks", "is_program", "course_closed"}
    everything: dict[str, Any] = {name: True for name in Facts.__dataclass_fields__ if name not in left_out}
    for role in Role:
        opened = Facts(role=role, anonymity="open", **everything)
        is_let = not TABLE[action].writes or action in STAYS_OPEN
        assert allows(action, replace(opened, course_closed=True)) == (is_let and allows(action, opened))


def test_closed_course_says_so_and_lets_the_program_finish() -> None:
    with pytest.raises(NotAllowed, match="This course is closed"):
        require(Action.GRADE, replace(ASSISTANT, course_closed=True))
    assert allows(Action.FREEZE_VERSION, Facts(is_program=True, signed_in=True, course_closed=True))


@pytest.mark.parametrize("action", [action for action in Action if TABLE[action].writes])
def test_looking_as_somebody_writes_nothing(action: Action) -> None:
    left_out = {"role", "anonymity", "only_looks", "is_program", "course_closed"}
    everything: dict[str, Any] = {name: True for name in Facts.__dataclass_fields__ if name not in left_out}
    for role in Role:
        assert not allows(action, Facts(role=role, only_looks=True, **everything))


def test_refusal_depends_on_who_asks() -> None:
    with pytest.raises(SignInNeeded):
        require(Action.GRADE, STRANGER)
    with pytest.raises(NotAllowed, match="staff"):
        require(Action.GRADE, STUDENT)
    with pytest.raises(NotFound):
        require(Action.SEE_COURSE, VISITOR)
    with pytest.raises(NotAllowed, match="as somebody else"):
        require(Action.GRADE, Facts(signed_in=True, role=Role.ASSISTANT, only_looks=True))
