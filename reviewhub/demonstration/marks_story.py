"""What is marked elsewhere: lists the assistant imports, who missed the midterm, and what the instructor lets fail."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.courses.tables import Course
from reviewhub.demonstration.cast import SLUG, Act, Cast, draw
from reviewhub.demonstration.people import STAFF, STUDENTS, Person, person_of
from reviewhub.grades.confirming_fails import FailRow, confirm_fail, dismiss_fail, read_fails
from reviewhub.grades.entering import Source, preview_marks, save_marks
from reviewhub.grades.mark_book import students_of
from reviewhub.grades.mark_columns import read_columns
from reviewhub.grades.mark_reading import Roll, read_marks
from reviewhub.grades.mark_targets import targets_of
from reviewhub.grades.mark_text import read_table
from reviewhub.grades.recording import record_status

ABSENT = "deniz"
"""Who missed the midterm."""
WHY_ABSENT = "Not on the attendance sheet of the midterm; no doctor's note came within a week."
ASSISTANT = STAFF[1]


def marking(cast: Cast) -> Iterator[Act]:
    """While reviews are written: the midterm's list, who was absent, two homeworks."""
    start = cast.calendar.version_1 + timedelta(days=1, hours=10)
    yield _import(cast, start, "midterm.csv", {"Midterm (out of 40)": _midterm()})
    yield Act(moment=start + timedelta(hours=1), title="an absence is recorded", play=partial(_record_absence, cast))
    homeworks = {f"Homework {number}": _homework(number) for number in (1, 2)}
    yield _import(cast, start + timedelta(days=2), "homework 1-2.csv", homeworks)


def correcting(cast: Cast) -> Iterator[Act]:
    """After the reviews: two midterm papers were counted wrongly; the presentations are marked."""
    start = cast.calendar.reviews + timedelta(days=1, hours=9)
    mended = _midterm() | {"noor": "31", "thao": "27,5"}
    yield _import(cast, start, "midterm, corrected.csv", {"Midterm (out of 40)": mended})
    presented = {one.key: str(5 * draw("presentation", one.key).randint(13, 20)) for one in STUDENTS}
    yield _import(cast, start + timedelta(hours=2), "presentations.csv", {"Paper presentation": presented})


def finishing(cast: Cast) -> Iterator[Act]:
    """Before the release: the last homework, and a decision on everything that may fail somebody."""
    released = cast.calendar.grading or cast.calendar.version_2 + timedelta(days=14)
    start = cast.calendar.version_2 + timedelta(days=5, hours=9)
    yield _import(cast, start, "homework 3.csv", {"Homework 3": _homework(3)})
    # Not earlier: only now the time for handing in a project is over for whoever has none.
    yield Act(moment=released, title="what may fail somebody is decided", play=partial(_decide, cast))


def _midterm() -> dict[str, str]:
    marks = {one.key: str(draw("midterm", one.key).randint(38, 78) / 2).replace(".", ",") for one in STUDENTS}
    return marks | {ABSENT: ""}


def _homework(number: int) -> dict[str, str]:
    return {one.key: str(draw("homework", str(number), one.key).randint(60, 100)) for one in STUDENTS}


def _import(cast: Cast, moment: datetime, name: str, columns: Mapping[str, Mapping[str, str]]) -> Act:
    return Act(moment=moment, title=f"{name} is imported", play=partial(_import_list, cast, name, columns))


def _import_list(cast: Cast, name: str, columns: Mapping[str, Mapping[str, str]], now: datetime) -> None:
    """Read the list as the page would, and save what it showed."""
    rows = [";".join(["Öğrenci No", "Ad Soyad", *columns])]
    rows += [
        ";".join([one.student_number, one.name, *(column[one.key] for column in columns.values())]) for one in STUDENTS
    ]
    table = read_table("\n".join(rows).encode())
    with cast.database.writing() as session:
        course = cast.course(session)
        meant, _ = read_columns(table.head, targets_of(course.policy))
        given, _ = read_marks(table, meant, Roll(students_of(session, course)), course.policy.tzinfo)
        save_marks(
            session,
            actor=cast.actor(session, ASSISTANT),
            now=now,
            course=SLUG,
            given=given,
            source=Source(form_key=draw(name).randbytes(16).hex(), file_name=name, digest=table.digest),
            seen_digest=preview_marks(session, course, given).digest,
        )


def _record_absence(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        record_status(
            session,
            actor=cast.actor(session, ASSISTANT),
            now=now,
            course=SLUG,
            enrollment_id=_enrollment_id(session, cast.course(session), person_of(ABSENT)),
            kind="absent_midterm",
            value="yes",
            evidence=WHY_ABSENT,
        )


def _enrollment_id(session: Session, course: Course, person: Person) -> str:
    return next(one.enrollment_id for one in students_of(session, course) if one.email == person.email)


def _decide(cast: Cast, now: datetime) -> None:
    """Whoever was absent or left the project fails; a review that is missing for one of two does not."""
    with cast.database.writing() as session:
        actor = cast.instructor(session)
        for row in read_fails(session, cast.course(session), now).rows:
            if row.decided is None:
                _decide_one(session, actor, now, row)


def _decide_one(session: Session, actor: Actor, now: datetime, row: FailRow) -> None:
    case = {"enrollment_id": row.student.enrollment_id, "rule": row.case.rule.key, "seen": row.seen}
    if row.case.rule.key == "no_proper_review":
        reason = "The other review was written with care; this one counts 0, and that is enough."
        dismiss_fail(session, actor=actor, now=now, course=SLUG, reason=reason, **case)
    else:
        letter = row.case.rule.brings[-1]
        confirm_fail(session, actor=actor, now=now, course=SLUG, letter=letter, reason="", **case)
