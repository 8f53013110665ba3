"""A program that releases grades and is killed with −9 at its n-th statement, for every n in turn.

`python -m tests.grades.dying_release URL` forks a child for each statement; a line for each tells how many rows of a
release the database holds afterwards, until a child lives to the end of it. Nothing is left for the next one to begin
with, because each tries the same first release.
"""

import os
import signal
import sys
from typing import Any

from sqlalchemy import event, func, select

from reviewhub.accounts.rights import Actor, Role
from reviewhub.courses.tables import Enrollment
from reviewhub.grades.releasing import release_grades
from reviewhub.grades.tables import Release, ReleasedProject, ReleasedShare, ReleasedStudent
from reviewhub.mail.tables import Mail
from reviewhub.storage import Database
from reviewhub.storage.migrating import load_tables
from tests.grades.worlds import GRADING

TABLES = (Release, ReleasedProject, ReleasedShare, ReleasedStudent, Mail)
MOST = 200


def main(url: str) -> None:
    """Let one child after the other die a statement later."""
    load_tables()
    for number in range(1, MOST):
        child = os.fork()
        if child == 0:
            release_until(url, number)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        died = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        sys.stdout.write(f"{number} {'died' if died else 'lived'} {' '.join(map(str, count(url)))}\n")
        if not died:
            return


def release_until(url: str, last: int) -> None:
    """Release, and die before the `last`-th statement (the commit is one)."""
    database = Database(url)
    seen = 0

    def die(*_given: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == last:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(database.engine, "before_cursor_execute", die)
    event.listen(database.engine, "commit", die)
    with database.writing() as session:
        instructor = session.scalars(select(Enrollment).where(Enrollment.role == Role.INSTRUCTOR)).one()
        release_grades(session, actor=Actor(user_id=instructor.user_id, name="Ida"), now=GRADING, course="ceng796")


def count(url: str) -> list[int]:
    """How many rows of a release there are, table by table."""
    database = Database(url)
    with database.reading() as session:
        found = [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]
    database.close()
    return found


if __name__ == "__main__":
    main(sys.argv[1])
