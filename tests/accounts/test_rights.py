"""The table of rights, cell by cell: who may do what, in every role."""

import pytest

from reviewhub.accounts.rights import TABLE, Action, Facts, Role, allows, require
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
    Action.READ_VERSION_1: set(),
    Action.READ_VERSION_2: set(),
    Action.READ_RECEIPT: STAFF,
    Action.READ_PUSHES: STAFF,
    Action.CHOOSE_VERSION: set(),
    Action.FREEZE_VERSION: STAFF,
    Action.REPLACE_VERSION: STAFF,
    Action.ASSIGN_REVIEWERS: STAFF,
    Action.SEE_OWN_REVIEWS: ENROLLED,
    Action.READ_REVIEW: set(),
    Action.WRITE_REVIEW: set(),
    Action.RELEASE_REVIEWS: STAFF,
    Action.SEE_FINDINGS: STAFF,
    Action.ANSWER_FINDING: set(),
    Action.CHECK_FIX: set(),
    Action.GRADE: STAFF,
    Action.RELEASE_GRADES: {"instructor"},
    Action.SEE_GRADEBOOK: STAFF,
    Action.SEE_OWN_GRADES: set(),
}


def test_table_has_a_row_for_every_action() -> None:
    assert set(TABLE) == set(Action)
    assert set(BY_ROLE) == set(Action)


@pytest.mark.parametrize("action", Action)
def test_role_alone_gives(action: Action) -> None:
    assert {name for name, facts in WHO.items() if allows(action, facts)} == BY_ROLE[action]


def test_version_1_is_read_by_developers_reviewers_and_staff_once_frozen() -> None:
    frozen = {"signed_in": True, "version_1_frozen": True}
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


def test_own_grades_are_seen_only_after_release() -> None:
    assert not allows(Action.SEE_OWN_GRADES, STUDENT)
    assert allows(Action.SEE_OWN_GRADES, Facts(signed_in=True, role=Role.STUDENT, grades_released=True))


@pytest.mark.parametrize("action", [action for action in Action if TABLE[action].writes])
def test_looking_as_somebody_writes_nothing(action: Action) -> None:
    everything = {name: True for name in Facts.__dataclass_fields__ if name not in {"role", "only_looks", "is_program"}}
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
