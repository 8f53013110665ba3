"""Extensions are granted with a reason, taken back once, and forbidden where the course forbids them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from reviewhub.courses.deadlines import Grant, Way
from reviewhub.courses.extending import grant_extension, living_grants, read_local_moment, revoke_extension
from reviewhub.courses.granted import grants_of_groups, grants_of_persons
from reviewhub.courses.grouping import create_group, join_group
from reviewhub.courses.tables import Group
from reviewhub.errors import BadInput, Conflict, NotAllowed, NotFound
from reviewhub.storage import Database
from tests.courses.conftest import NOW, Campus

VERSION_1 = datetime(2026, 12, 4, 20, 59, tzinfo=UTC)
LATER = VERSION_1 + timedelta(days=2)


@pytest.fixture
def group(campus: Campus) -> Group:
    with campus.database.writing() as session:
        group = create_group(session, actor=campus.actor("ela"), now=NOW, course="ceng796", name="Tekir")
        session.flush()
        join_group(
            session,
            actor=campus.actor("ela"),
            now=NOW,
            course="ceng796",
            group_id=group.id,
            enrollment_id=campus.enrollment("ada").id,
        )
    return group


def grant(campus: Campus, **terms: object) -> str:
    chosen = {
        "deadline": "version_1",
        "due_at": LATER,
        "reason": "ill",
        "actor": campus.actor("ela"),
        "now": NOW,
        "course": campus.slug,
    }
    with campus.database.writing() as session:
        extension = grant_extension(session, **(chosen | terms))  # type: ignore[arg-type]
        session.flush()
        return extension.id


def test_a_groups_extension_holds_for_its_present_members(campus: Campus, group: Group) -> None:
    grant(campus, group_id=group.id, way=Way.KEEPS)

    with campus.database.reading() as session:
        course = campus.course()
        held = {
            name: living_grants(session, course=course, enrollment=campus.enrollment(name)) for name in ("ada", "bora")
        }
        by_group = grants_of_groups(session, course=course)
    expected = (Grant(deadline="version_1", due_at=LATER, way=Way.KEEPS),)
    assert held == {"ada": expected, "bora": ()}
    assert by_group == {group.id: expected}


def test_a_persons_extension_is_theirs_alone(campus: Campus, group: Group) -> None:
    bora = campus.enrollment("bora")
    grant(campus, enrollment_id=bora.id, deadline="reviews", due_at=VERSION_1 + timedelta(days=20))

    with campus.database.reading() as session:
        by_person = grants_of_persons(session, course=campus.course())
        of_group = living_grants(session, course=campus.course(), group=group)
    assert (list(by_person), of_group) == ([bora.id], ())


def test_a_revoked_extension_no_longer_counts_and_is_revoked_once(campus: Campus, group: Group) -> None:
    extension_id = grant(campus, group_id=group.id)

    with campus.database.writing() as session:
        revoke_extension(session, actor=campus.actor("deniz"), now=NOW, course="ceng796", extension_id=extension_id)

    with campus.database.reading() as session:
        assert living_grants(session, course=campus.course(), group=group) == ()
    with pytest.raises(Conflict), campus.database.writing() as session:
        revoke_extension(session, actor=campus.actor("deniz"), now=NOW, course="ceng796", extension_id=extension_id)


@pytest.mark.parametrize(
    ("terms", "what"),
    [
        ({"deadline": "milestone_1"}, "The course has no such deadline."),
        ({"due_at": VERSION_1}, "Version 1 due is 2026-12-04 23:59 for everybody."),
        ({"reason": "  "}, "The reason is missing."),
        ({"group_id": None}, "An extension is for one group or one person."),
    ],
)
def test_a_wrong_request_is_refused_in_one_sentence(
    campus: Campus, group: Group, terms: dict[str, object], what: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        grant(campus, **({"group_id": group.id} | terms))

    assert refusal.value.message == what


def test_where_the_course_forbids_extensions_none_is_granted(
    found_campus: Callable[..., Campus], database: Database
) -> None:
    campus = found_campus(database, file="csci4701")

    with pytest.raises(Conflict) as refusal:
        grant(campus, deadline="milestone_1", enrollment_id=campus.enrollment("ada").id)

    assert refusal.value.message == "The course file says that deadlines are never extended."


def test_students_grant_nothing_and_strange_groups_are_unknown(campus: Campus, group: Group) -> None:
    with pytest.raises(NotAllowed):
        grant(campus, group_id=group.id, actor=campus.actor("ada"))
    with pytest.raises(NotFound):
        grant(campus, group_id="0" * 16)


def test_a_forms_moment_is_read_in_the_courses_zone(sqlite_campus: Campus) -> None:
    policy = sqlite_campus.course().policy

    assert read_local_moment(policy, "2026-12-06T23:59") == datetime(2026, 12, 6, 20, 59, tzinfo=UTC)
    with pytest.raises(BadInput):
        read_local_moment(policy, "tomorrow")
