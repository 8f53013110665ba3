"""Many reviewers in the small course: each of them reviews all three projects, in states of every kind."""

from datetime import timedelta

from reviewhub.accounts.rights import Role
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Enrollment
from reviewhub.reviews.tables import Assignment, Finding, Review
from reviewhub.storage import Database
from tests.reviews.worlds import REVIEWING, VERSION_1, World

HOSTILE = "<img src=x onerror=alert(1)>"


def add_reviewers(database: Database, world: World, number: int, *, named: str = "Reviewer") -> list[str]:
    """Add so many students with a review of each project: not begun, begun with findings, handed in, in turn."""
    ids = []
    with database.writing() as session:
        for place in range(number):
            name = f"{named} {place:03}"
            user = User(email=f"{named.lower()}{place}@example.org".replace(" ", ""), name=name, created_at=VERSION_1)
            session.add(user)
            session.flush()
            person = Enrollment(
                course_id=world.course_id, user_id=user.id, role=Role.STUDENT, joined_at=VERSION_1
            )  # fmt: skip
            session.add(person)
            session.flush()
            for step, project_id in enumerate(world.projects.values()):
                ids.append(_assign(session, person.id, project_id, (place + step) % 3))
    return ids


def _assign(session, reviewer_id: str, project_id: str, kind: int) -> str:  # type: ignore[no-untyped-def]  # a session
    assignment = Assignment(project_id=project_id, reviewer_id=reviewer_id, reason="test", assigned_at=VERSION_1)
    session.add(assignment)
    session.flush()
    begun = REVIEWING - timedelta(days=1)
    review = Review(
        assignment_id=assignment.id, edition=int(kind == 2), started_at=begun if kind else None,
        saved_at=begun if kind else None, submitted_at=REVIEWING if kind == 2 else None, form={"paper": {"answer": "yes"}},
    )  # fmt: skip
    session.add(review)
    session.flush()
    session.add_all(
        Finding(review_id=review.id, number=number, kind="mistake", severity="minor", text="Wrong.", filed_at=begun)
        for number in range(1, 4 if kind else 1)
    )
    return assignment.id
