"""Groups: names, bounds, dated membership, withdrawal."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from reviewhub.courses.grouping import create_group, join_group, leave_group, rename_group
from reviewhub.courses.members import list_groups
from reviewhub.courses.tables import Membership
from reviewhub.errors import BadInput, Conflict, NotAllowed, NotFound
from tests.courses.conftest import NOW, Campus


def make_group(campus: Campus, name: str, *members: str) -> str:
    with campus.database.writing() as session:
        group = create_group(session, actor=campus.actor("ela"), now=NOW, course="ceng796", name=name)
        session.flush()
        for member in members:
            join_group(
                session,
                actor=campus.actor("ela"),
                now=NOW,
                course="ceng796",
                group_id=group.id,
                enrollment_id=campus.enrollment(member).id,
            )
            session.flush()
        return group.id


def test_a_group_has_at_most_the_members_the_course_allows(campus: Campus) -> None:
    group_id = make_group(campus, "Tekir", "ada", "bora", "cem")

    with pytest.raises(Conflict) as refusal, campus.database.writing() as session:
        join_group(
            session,
            actor=campus.actor("ela"),
            now=NOW,
            course="ceng796",
            group_id=group_id,
            enrollment_id=campus.enrollment("defne").id,
        )

    assert refusal.value.message == "Tekir is full: a group has at most 3 members."


def test_nobody_is_in_two_groups(campus: Campus) -> None:
    make_group(campus, "Tekir", "ada")
    other = make_group(campus, "Sarman")

    with pytest.raises(Conflict) as refusal, campus.database.writing() as session:
        join_group(
            session,
            actor=campus.actor("ela"),
            now=NOW,
            course="ceng796",
            group_id=other,
            enrollment_id=campus.enrollment("ada").id,
        )

    assert refusal.value.message == "Ada Çelik is in Tekir already; take them out there first."


def test_the_database_itself_refuses_a_second_present_membership(campus: Campus) -> None:
    make_group(campus, "Tekir", "ada")
    other = make_group(campus, "Sarman")

    with pytest.raises(IntegrityError), campus.database.writing() as session:
        session.add(Membership(group_id=other, enrollment_id=campus.enrollment("ada").id, joined_at=NOW))


def test_a_withdrawal_keeps_dates_and_a_reason(campus: Campus) -> None:
    make_group(campus, "Tekir", "ada", "bora")
    with campus.database.reading() as session:
        ada = list_groups(session, campus.course())[0].members[0]

    with campus.database.writing() as session:
        leave_group(session, actor=campus.actor("ela"), now=NOW + timedelta(days=30), course="ceng796",
                    membership_id=ada.membership_id, reason="dropped the course")  # fmt: skip

    with campus.database.reading() as session:
        (tekir,) = list_groups(session, campus.course())
    assert [member.name for member in tekir.members] == ["Bora Şahin"]
    assert [(member.name, member.joined_at, member.left_at, member.reason) for member in tekir.former] == [
        ("Ada Çelik", NOW, NOW + timedelta(days=30), "dropped the course")
    ]


def test_who_has_left_cannot_leave_again_and_may_join_anew(campus: Campus) -> None:
    group_id = make_group(campus, "Tekir", "ada")
    with campus.database.reading() as session:
        membership_id = list_groups(session, campus.course())[0].members[0].membership_id
    with campus.database.writing() as session:
        leave_group(session, actor=campus.actor("ela"), now=NOW, course="ceng796", membership_id=membership_id)

    with pytest.raises(Conflict), campus.database.writing() as session:
        leave_group(session, actor=campus.actor("ela"), now=NOW, course="ceng796", membership_id=membership_id)
    with campus.database.writing() as session:
        join_group(
            session,
            actor=campus.actor("ela"),
            now=NOW,
            course="ceng796",
            group_id=group_id,
            enrollment_id=campus.enrollment("ada").id,
        )


@pytest.mark.parametrize("member", ["deniz", "oya"])
def test_only_students_are_in_groups(campus: Campus, member: str) -> None:
    group_id = make_group(campus, "Tekir")

    with pytest.raises(BadInput), campus.database.writing() as session:
        join_group(
            session,
            actor=campus.actor("ela"),
            now=NOW,
            course="ceng796",
            group_id=group_id,
            enrollment_id=campus.enrollment(member).id,
        )


def test_a_name_is_taken_once_whatever_its_case(campus: Campus) -> None:
    make_group(campus, "Tekir")
    other = make_group(campus, "Sarman")

    with pytest.raises(Conflict), campus.database.writing() as session:
        rename_group(session, actor=campus.actor("ela"), now=NOW, course="ceng796", group_id=other, name=" TEKIR ")


@pytest.mark.parametrize("name", ["", "  ", "x" * 201])
def test_a_group_needs_a_name_that_fits(sqlite_campus: Campus, name: str) -> None:
    with pytest.raises(BadInput):
        make_group(sqlite_campus, name)


def test_students_make_no_groups_and_strangers_ids_are_unknown(sqlite_campus: Campus) -> None:
    with pytest.raises(NotAllowed), sqlite_campus.database.writing() as session:
        create_group(session, actor=sqlite_campus.actor("ada"), now=NOW, course="ceng796", name="Ours")
    with pytest.raises(NotFound), sqlite_campus.database.writing() as session:
        leave_group(session, actor=sqlite_campus.actor("ela"), now=NOW, course="ceng796", membership_id="0" * 16)


def test_of_eight_who_place_the_same_student_at_once_one_succeeds(campus: Campus) -> None:
    group_ids = [make_group(campus, f"Group {number}") for number in range(8)]
    staff, ada = campus.actor("ela"), campus.enrollment("ada").id
    ready = threading.Barrier(8)

    def place(group_id: str) -> str:
        ready.wait()
        try:
            with campus.database.writing() as session:
                join_group(session, actor=staff, now=NOW, course="ceng796", group_id=group_id, enrollment_id=ada)
        except Conflict:
            return "refused"
        return "placed"

    with ThreadPoolExecutor(8) as threads:
        outcomes = sorted(threads.map(place, group_ids))

    assert outcomes == ["placed"] + ["refused"] * 7


def test_a_group_that_many_join_at_once_never_outgrows_its_bound(campus: Campus) -> None:
    group_id = make_group(campus, "Tekir", "ada")
    staff = campus.actor("ela")
    people = [campus.enrollment(name).id for name in ("bora", "cem", "defne")]
    ready = threading.Barrier(3)

    def join(enrollment_id: str) -> str:
        ready.wait()
        try:
            with campus.database.writing() as session:
                join_group(
                    session, actor=staff, now=NOW, course="ceng796", group_id=group_id, enrollment_id=enrollment_id
                )
        except Conflict:
            return "refused"
        return "joined"

    with ThreadPoolExecutor(3) as threads:
        outcomes = sorted(threads.map(join, people))

    assert outcomes == ["joined", "joined", "refused"]
