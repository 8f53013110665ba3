"""A course's grades as values: a few invented students with numbers that can be worked out on paper."""

from datetime import UTC, datetime
from decimal import Decimal

from reviewhub.courses.course_file import load_policy, shipped_text
from reviewhub.courses.policy import Policy
from reviewhub.grades.course_values import ComponentGrade, CourseGrade
from reviewhub.grades.evidence import GradingFacts
from reviewhub.grades.exports.record import CourseRecord, ReleaseMark, Student
from reviewhub.grades.ledger import digest_of
from reviewhub.grades.work_lines import work_lines
from tests.grades.builders import a_mistake, a_policy, a_project, a_review, full

AT = datetime(2026, 1, 20, 12, 0, tzinfo=UTC)
ZEKI = Student(enrollment_id="dev", name="Zeki Şahin", number="0042", email="zeki@example.org")
IVA = Student(enrollment_id="a", name="Iva Horvat", number="0043", email="iva@example.org")
ARIF = Student(enrollment_id="b", name="Arif Məmmədov", number="0044", email="arif@example.org")
PEOPLE = (ZEKI, IVA, ARIF)


def a_record(*, policy: Policy | None = None, students=PEOPLE, totals=None, released=True) -> CourseRecord:
    """AWGAN by Zeki, reviewed by Iva (who noted M1) and Arif (who noted nothing); `totals` gives course totals."""
    policy = policy or a_policy()
    project = a_project(
        mistakes=(a_mistake(1), a_mistake(2, "minor", "notebook", text="No seed is set.")),
        assignments=(a_review("a", "mistake", marks="80 80 80 80"), a_review("b", "remark", marks="60 60 60 60")),
        matches=(full("a1", 1),),
    )
    facts = GradingFacts(projects=(project,))
    entries = tuple(work_lines(facts.projects, policy))
    digest = digest_of(entries)
    return CourseRecord(
        slug="dgm",
        title="Deep Generative Models",
        term="Fall 2025",
        policy=policy,
        policy_text="the course file",
        as_of=AT,
        release=ReleaseMark(sequence=1, at=AT, digest=digest) if released else None,
        students=students,
        facts=facts,
        entries=entries,
        grades={
            enrollment_id: CourseGrade(enrollment_id=enrollment_id, total=None if total is None else Decimal(total))
            for enrollment_id, total in (totals or {}).items()
        },
        project_titles={project.project_id: "A GAN that generates walks"},
    )


def a_graded_course(totals, *, slug="csci4701", students=PEOPLE) -> CourseRecord:
    """A course with components whose totals are given: for what takes numbers out, whatever they come from."""
    return a_record(policy=load_policy(shipped_text(slug)), totals=totals, students=students)


def a_component(key, value, **more) -> ComponentGrade:
    """One component of a student's grade."""
    return ComponentGrade(
        key=key, title=key, kind="imported", value=value and Decimal(value), weight=Decimal(25), **more
    )
