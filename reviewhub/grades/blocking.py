"""What keeps a course's grades from being released, read from its rows, with the names the staff know."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.tables import Course
from reviewhub.grades.course_grade import course_grades
from reviewhub.grades.evidence import GradingFacts
from reviewhub.grades.readiness import Blocker, blockers, student_blockers
from reviewhub.grades.reading import names_of
from reviewhub.reviews.lookup import reviewer_names
from reviewhub.reviews.tables import Assignment


def read_blockers(session: Session, course: Course, facts: GradingFacts) -> tuple[Blocker, ...]:
    """Everything still to decide, project by project, then student by student; names are read only then."""
    grades = course_grades(facts, course.policy)
    if not (blockers(facts, course.policy) or student_blockers(grades)):
        return ()
    ids = [one.assignment_id for project in facts.projects for one in project.assignments]
    reviewers = reviewer_names(session, session.scalars(select(Assignment).where(Assignment.id.in_(ids))))
    students = names_of(session, course, [grade.enrollment_id for grade in grades.values() if grade.fails])
    return (*blockers(facts, course.policy, reviewers), *student_blockers(grades, students))
