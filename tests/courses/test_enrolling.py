"""People come by list or one by one, change their role, and leave."""

import pytest
from sqlalchemy import func, select

from reviewhub.accounts.rights import PROGRAM, Role
from reviewhub.accounts.tables import Event, User
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.enrolling import (
    change_role,
    enroll_person,
    import_roster,
    leave_course,
    preview_roster,
)
from reviewhub.courses.grouping import create_group, join_group
from reviewhub.courses.members import list_enrollments, list_groups
from reviewhub.courses.roster import read_roster
from reviewhub.courses.tables import Enrollment
from reviewhub.errors import BadInput, Conflict, NotAllowed
from tests.courses.conftest import NOW, Campus

LIST = (
    "Adı;Soyadı;E-posta;No;Grup\n"
    "Ada;Çelik;ada@example.org;1001;\n"
    "Bora;Şahin;bora@example.org;1003;\n"
    "Cem;Işık;cem@example.org;1002;Tekir\n"
    "Emre;Ünal;emre@example.org;1005;Tekir\n"
).encode()


def test_a_list_adds_changes_and_leaves_the_missing_alone(campus: Campus) -> None:
    with campus.database.writing() as session:
        rows = read_roster(LIST).rows
        seen = preview_roster(session, campus.course(), rows)
        import_roster(session, actor=campus.actor("ela"), now=NOW, course="ceng796", rows=rows, seen_digest=seen.digest)

    with campus.database.reading() as session:
        course = campus.course()
        students = {
            person.user.name: person.student_number for person in list_enrollments(session, course, role=Role.STUDENT)
        }
        groups = {group.name: [member.name for member in group.members] for group in list_groups(session, course)}
    assert students == {
        "Ada Çelik": "1001", "Bora Şahin": "1003", "Cem Işık": "1002", "Defne Öz": "1004", "Emre Ünal": "1005",
    }  # fmt: skip
    assert groups == {"Tekir": ["Cem Işık", "Emre Ünal"]}


def test_the_same_list_a_second_time_changes_nothing(campus: Campus) -> None:
    rows = read_roster(LIST).rows
    for _ in range(2):
        with campus.database.writing() as session:
            diff = import_roster(session, actor=campus.actor("deniz"), now=NOW, course="ceng796", rows=rows)

    assert (diff.is_empty, diff.unchanged, [person.name for person in diff.missing]) == (
        True,
        4,
        ["Defne Öz"],
    )


def test_missing_students_leave_only_where_ticked(campus: Campus) -> None:
    rows = read_roster(b"email,name\nada@example.org,Ada\n").rows
    ticked = [campus.enrollment("bora").id, campus.enrollment("deniz").id]

    with campus.database.writing() as session:
        import_roster(session, actor=campus.actor("deniz"), now=NOW, course="ceng796", rows=rows, removed_ids=ticked)

    left = {name: campus.enrollment(name).left_at for name in ("bora", "cem", "deniz")}
    assert left == {"bora": NOW, "cem": None, "deniz": None}


def test_a_preview_that_is_no_longer_true_changes_nothing(campus: Campus) -> None:
    rows = read_roster(LIST).rows
    with campus.database.reading() as session:
        seen = preview_roster(session, campus.course(), rows)
    with campus.database.writing() as session:
        leave_course(
            session,
            actor=campus.actor("deniz"),
            now=NOW,
            course="ceng796",
            enrollment_id=campus.enrollment("ada").id,
        )

    with pytest.raises(Conflict), campus.database.writing() as session:
        import_roster(
            session,
            actor=campus.actor("deniz"),
            now=NOW,
            course="ceng796",
            rows=rows,
            seen_digest=seen.digest,
        )

    with campus.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(User).where(User.email == "emre@example.org")) == 0


def test_only_an_instructors_list_makes_staff(campus: Campus) -> None:
    rows = read_roster(b"email,name,role\nnew@example.org,New,instructor\n").rows

    with pytest.raises(NotAllowed), campus.database.writing() as session:
        import_roster(session, actor=campus.actor("ela"), now=NOW, course="ceng796", rows=rows)
    with campus.database.writing() as session:
        import_roster(session, actor=campus.actor("deniz"), now=NOW, course="ceng796", rows=rows)

    assert campus.enrollment("new").role == Role.INSTRUCTOR


@pytest.mark.parametrize("name", ["ada", "oya"])
def test_students_and_observers_change_no_people(campus: Campus, name: str) -> None:
    with pytest.raises(NotAllowed), campus.database.writing() as session:
        enroll_person(session, actor=campus.actor(name), now=NOW, course="ceng796", email="x@example.org", name="X")


def test_a_person_of_another_course_keeps_their_name(campus: Campus) -> None:
    with campus.database.writing() as session:
        add_course(session, actor=PROGRAM, now=NOW, slug="other", text=shipped_text("dl1"))
        enroll_person(session, actor=PROGRAM, now=NOW, course="other", email="ADA@example.org", name="Somebody Else")

    assert campus.actor("ada").name == "Ada Çelik"


def test_who_left_comes_back_as_the_same_enrollment(campus: Campus) -> None:
    before = campus.enrollment("ada")
    with campus.database.writing() as session:
        leave_course(session, actor=campus.actor("ela"), now=NOW, course="ceng796", enrollment_id=before.id)
        enroll_person(
            session,
            actor=campus.actor("ela"),
            now=NOW,
            course="ceng796",
            email="ada@example.org",
            name="Ada Çelik",
        )

    after = campus.enrollment("ada")
    assert (after.id, after.left_at, after.student_number) == (before.id, None, "1001")


def test_leaving_the_course_leaves_the_group_too(campus: Campus) -> None:
    with campus.database.writing() as session:
        staff = campus.actor("ela")
        group = create_group(session, actor=staff, now=NOW, course="ceng796", name="Tekir")
        session.flush()
        join_group(
            session,
            actor=staff,
            now=NOW,
            course="ceng796",
            group_id=group.id,
            enrollment_id=campus.enrollment("ada").id,
        )
        session.flush()
        leave_course(
            session,
            actor=staff,
            now=NOW,
            course="ceng796",
            enrollment_id=campus.enrollment("ada").id,
            reason="moved away",
        )

    with campus.database.reading() as session:
        (tekir,) = list_groups(session, campus.course())
    assert (tekir.members, [(member.name, member.reason) for member in tekir.former]) == (
        (),
        [("Ada Çelik", "moved away")],
    )


def test_the_last_instructor_stays(campus: Campus) -> None:
    deniz = campus.enrollment("deniz").id

    with pytest.raises(Conflict), campus.database.writing() as session:
        change_role(
            session,
            actor=campus.actor("deniz"),
            now=NOW,
            course="ceng796",
            enrollment_id=deniz,
            role=Role.OBSERVER,
        )
    with pytest.raises(Conflict), campus.database.writing() as session:
        leave_course(session, actor=campus.actor("deniz"), now=NOW, course="ceng796", enrollment_id=deniz)


def test_a_changed_role_is_an_event_with_before_and_after(campus: Campus) -> None:
    with campus.database.writing() as session:
        change_role(session, actor=campus.actor("deniz"), now=NOW, course="ceng796",
                    enrollment_id=campus.enrollment("ada").id, role=Role.ASSISTANT)  # fmt: skip

    with campus.database.reading() as session:
        event = session.scalars(select(Event).where(Event.action == "changed role")).one()
    assert (event.before, event.after) == ({"role": "student"}, {"role": "assistant"})


@pytest.mark.parametrize(("email", "name"), [("no address", "A"), ("a@example.org", " \n ")])
def test_a_person_needs_an_address_and_a_name(sqlite_campus: Campus, email: str, name: str) -> None:
    with pytest.raises(BadInput), sqlite_campus.database.writing() as session:
        enroll_person(session, actor=PROGRAM, now=NOW, course="ceng796", email=email, name=name)


def test_a_student_number_belongs_to_one_person(campus: Campus) -> None:
    with pytest.raises(BadInput) as refusal, campus.database.writing() as session:
        enroll_person(
            session,
            actor=PROGRAM,
            now=NOW,
            course="ceng796",
            email="x@example.org",
            name="X",
            student_number="1001",
        )

    assert refusal.value.message == "The student number 1001 is Ada Çelik's in this course."
    with campus.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Enrollment)) == 7
