"""What the staff do while reviews are written: remind those who have not begun, give one reviewer two days more."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.courses.facts import find_course
from reviewhub.demonstration.cast import SLUG, Act, Cast
from reviewhub.demonstration.people import STAFF
from reviewhub.reviews.bulk_changing import make_change, plan_change
from reviewhub.reviews.bulk_plans import BulkAct, BulkWish
from reviewhub.reviews.progress import BoardChoice, State, choose_rows
from reviewhub.reviews.progress_board import load_progress

NOTE = "Reading the paper's method section first makes the rest quicker. Ask us where you are stuck."
WHY_EXTENDED = "Ill for three days; the doctor's note is with the instructor."


def following(cast: Cast) -> Iterator[Act]:
    """Five days before the deadline the assistant reminds; four days before it the instructor extends one."""
    reminds = cast.calendar.reviews - timedelta(days=5, hours=5)
    yield Act(moment=reminds, title="those who have not begun are reminded", play=partial(_remind, cast))
    yield Act(moment=reminds + timedelta(days=1), title="a reviewer gets two days more", play=partial(_extend, cast))


def _remind(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        choice = BoardChoice(state=State.NOT_BEGUN, waits="write")
        _do(session, cast.actor(session, STAFF[1]), now, BulkWish(act=BulkAct.REMIND, choice=choice, note=NOTE))


def _extend(cast: Cast, now: datetime) -> None:
    with cast.database.writing() as session:
        rows = choose_rows(load_progress(session, cast.course(session), now), BoardChoice(state=State.BEGUN))
        chosen = frozenset(row.assignment_id for row in rows[:1])
        wish = BulkWish(act=BulkAct.EXTEND, choice=BoardChoice(), chosen=chosen)
        _do(session, cast.instructor(session), now, wish, reason=WHY_EXTENDED)


def _do(session: Session, actor: Actor, now: datetime, wish: BulkWish, *, reason: str = "") -> None:
    """Agree to the dry run; nothing where nobody is meant."""
    rows = choose_rows(load_progress(session, find_course(session, SLUG), now), wish.choice)
    if wish.chosen == frozenset() or not rows:
        return
    plan = plan_change(session, actor=actor, now=now, course=SLUG, wish=wish)
    if plan.doable:
        make_change(
            session, actor=actor, now=now, course=SLUG, wish=plan.wish, number=plan.number, digest=plan.digest,
            reason=reason,
        )  # fmt: skip
