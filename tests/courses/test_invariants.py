"""Each invariant of the room is silent on sound rows and speaks on broken ones."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from reviewhub.accounts.rights import PROGRAM, Role
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.extending import grant_extension
from reviewhub.courses.grouping import create_group, join_group
from reviewhub.courses.invariants import INVARIANTS
from reviewhub.courses.tables import Course, Enrollment, Extension, Membership
from tests.courses.conftest import NOW, Campus


@pytest.fixture
def lived_in(campus: Campus) -> Campus:
    """The course with a group, a member, an extension, and a second course beside it."""
    with campus.database.writing() as session:
        add_course(session, actor=PROGRAM, now=NOW, slug="other", text=shipped_text("dl1"))
        group = create_group(session, actor=campus.actor("ela"), now=NOW, course="ceng796", name="Tekir")
        session.flush()
        ada = campus.enrollment("ada")
        join_group(
            session, actor=campus.actor("ela"), now=NOW, course="ceng796", group_id=group.id, enrollment_id=ada.id
        )
        grant_extension(
            session, actor=campus.actor("ela"), now=NOW, course="ceng796", deadline="version_1",
            due_at=NOW + timedelta(days=90), reason="ill", group_id=group.id,
        )  # fmt: skip
    return campus


def broken(campus: Campus) -> list[str]:
    with campus.database.reading() as session:
        return [name for name, invariant in INVARIANTS.items() if invariant(session)]


def test_sound_rows_break_nothing(lived_in: Campus) -> None:
    assert broken(lived_in) == []


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (update(Course).where(Course.slug == "other").values(title="X"), ["courses say what their file says"]),
        (update(Course).where(Course.slug == "other").values(policy_digest="0" * 64), ["course files load"]),
        (update(Membership).values(left_at=NOW - timedelta(days=1)), ["memberships end after they begin"]),
        (
            update(Enrollment).where(Enrollment.student_number == "1001").values(left_at=NOW),
            ["members are students of the course"],
        ),
        (
            update(Enrollment).where(Enrollment.student_number == "1001").values(role=Role.OBSERVER),
            ["members are students of the course"],
        ),
    ],
)
def test_a_broken_row_is_named(lived_in: Campus, change: object, names: list[str]) -> None:
    with lived_in.database.writing() as session:
        session.execute(change)  # type: ignore[call-overload]

    assert broken(lived_in) == names


def test_an_extension_of_another_course_is_named(lived_in: Campus) -> None:
    with lived_in.database.writing() as session:
        other = session.query(Course).filter_by(slug="other").one()
        session.execute(update(Extension).values(course_id=other.id))

    assert broken(lived_in) == ["extensions are within their course"]
