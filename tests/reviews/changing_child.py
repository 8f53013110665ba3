"""A process of its own that dies in the middle of a change: `changing_child.py DATABASE_URL USER_ID ACT LINES`.

It makes the change with as many lines as it is told, and is then killed as by the machine, before the commit.
"""

import os
import signal
import sys
from types import SimpleNamespace
from typing import Any

from reviewhub.accounts.rights import Actor
from reviewhub.reviews.bulk_changing import ACTS, make_change, plan_change
from reviewhub.reviews.bulk_plans import BulkAct, BulkWish
from reviewhub.reviews.progress import BoardChoice
from reviewhub.storage import Database
from reviewhub.storage.migrating import load_tables
from tests.reviews.worlds import REVIEWING


def main(url: str, user_id: str, act: str, lines: int) -> None:
    """Begin the change, write some of it, die."""
    load_tables()
    verbs, done = ACTS[BulkAct(act)], []

    def do(session: Any, **words: Any) -> Any:
        result = verbs.do(session, **words)
        session.flush()
        done.append(result)
        if len(done) == lines:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    dying = SimpleNamespace(plan=verbs.plan, do=do, hindrance=verbs.hindrance, undo=verbs.undo)
    ACTS[BulkAct(act)] = dying  # type: ignore[index]  # a dictionary, and this process dies with it
    actor, wish = Actor(user_id=user_id), BulkWish(act=BulkAct(act), choice=BoardChoice())
    with Database(url).writing() as session:
        plan = plan_change(session, actor=actor, now=REVIEWING, course="dgm", wish=wish)
        make_change(
            session, actor=actor, now=REVIEWING, course="dgm", wish=wish, number=plan.number, digest=plan.digest,
            reason="test",
        )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
