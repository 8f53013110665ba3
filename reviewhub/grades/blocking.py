"""What keeps a course's grades from being released, read from its rows, with the names the staff know."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.tables import Course
from reviewhub.grades.course_grade import course_grades
from reviewhub.grades.course_values import CourseGrade
from reviewhub.grades.evidence import GradingFacts
from reviewhub.grades.readiness import Blocker, blockers, student_blockers
from reviewhub.grades.reading import names_of
from reviewhub.grades.second_readings import open_changes
from reviewhub.projects.tables import Project
from reviewhub.reviews.lookup import reviewer_names
from reviewhub.reviews.tables import Assignment


def read_blockers(
    session: Session, course: Course, facts: GradingFacts, grades: Mapping[str, CourseGrade] | None = None
) -> tuple[Blocker, ...]:
    """Everything still to decide, project by project, then student by student; names are read only then."""
    known = course_grades(facts, course.policy) if grades is None else grades
    asked = open_changes(session, course)
    if not (blockers(facts, course.policy) or student_blockers(known)):
        return asked
    assignments: Any = session.execute(
        select(Assignment.id, Assignment.reviewer_id, Assignment.reviewer_group_id)
        .join(Project, Project.id == Assignment.project_id)
        .where(Project.course_id == course.id)
    )
    reviewers = reviewer_names(session, assignments)
    students = names_of(session, course, [one.enrollment_id for one in known.values() if one.fails])
    return (*blockers(facts, course.policy, reviewers), *asked, *student_blockers(known, students))
