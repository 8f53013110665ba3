"""What a release keeps and how it is read back: the facts of every project and every student, and the policy."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.course_file import load_policy
from reviewhub.courses.policy import Policy
from reviewhub.grades.collecting import without_collecting
from reviewhub.grades.evidence import GradingFacts, ProjectFact, StudentFact
from reviewhub.grades.standing import let_stand
from reviewhub.grades.tables import Release, ReleasedProject, ReleasedShare, ReleasedStudent

PROJECT: TypeAdapter[ProjectFact] = TypeAdapter(ProjectFact)
STUDENT: TypeAdapter[StudentFact] = TypeAdapter(StudentFact)


def keep_facts(session: Session, release: Release, facts: GradingFacts) -> None:
    """Write the facts of a release, and who is concerned by which project."""
    let_stand(session, *_projects(release, facts), *_students(release, facts))


@without_collecting
def released_facts(
    session: Session, release: Release, *, enrollment_id: str | None = None
) -> tuple[GradingFacts, Policy]:
    """The facts and the policy of a release; with `enrollment_id` only what concerns this person."""
    return facts_of_releases(session, [release], enrollment_id=enrollment_id)[0]


def facts_of_releases(
    session: Session, releases: Sequence[Release], *, enrollment_id: str | None = None
) -> list[tuple[GradingFacts, Policy]]:
    """The same of several releases, in their order; always two queries."""
    ids = [one.id for one in releases]
    projects = select(ReleasedProject.release_id, ReleasedProject.facts).where(ReleasedProject.release_id.in_(ids))
    students = select(ReleasedStudent.release_id, ReleasedStudent.facts).where(ReleasedStudent.release_id.in_(ids))
    if enrollment_id is not None:
        mine = (ReleasedShare.release_id == ReleasedProject.release_id) & (
            ReleasedShare.project_id == ReleasedProject.project_id
        )
        projects = projects.join(ReleasedShare, mine).where(ReleasedShare.enrollment_id == enrollment_id)
        students = students.where(ReleasedStudent.enrollment_id == enrollment_id)
    kept = session.execute(projects).all(), session.execute(students).all()
    return [
        (
            GradingFacts(
                projects=tuple(PROJECT.validate_python(one) for of, one in kept[0] if of == release.id),
                students=tuple(STUDENT.validate_python(one) for of, one in kept[1] if of == release.id),
            ),
            _policy(release.policy_text),
        )
        for release in releases
    ]


@lru_cache(maxsize=16)
def _policy(text: str) -> Policy:
    return load_policy(text)


def _projects(release: Release, facts: GradingFacts) -> Iterator[ReleasedProject | ReleasedShare]:
    for project in facts.projects:
        kept = PROJECT.dump_python(project, mode="json")
        yield ReleasedProject(release_id=release.id, project_id=project.project_id, facts=kept)
        concerned = set(project.developers) | {one for row in project.assignments for one in row.members}
        for one in sorted(concerned):
            yield ReleasedShare(release_id=release.id, project_id=project.project_id, enrollment_id=one)


def _students(release: Release, facts: GradingFacts) -> Iterator[ReleasedStudent]:
    for student in facts.students:
        kept = STUDENT.dump_python(student, mode="json")
        yield ReleasedStudent(release_id=release.id, enrollment_id=student.enrollment_id, facts=kept)
