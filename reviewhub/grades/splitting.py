"""A finding that says several things: a mistake for each, in words of its own, all noted by the finding's author."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Actor
from reviewhub.errors import BadInput, Conflict
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.establishing import (
    keep_sent,
    made_before,
    match_with,
    mistake_of_finding,
    refuse_remark,
)
from reviewhub.grades.evidence import Decision, Strength
from reviewhub.grades.standing import SOMEBODY_ELSE, open_desk, standing_decision, submitted_finding
from reviewhub.grades.tables import Match, Mistake

MOST_PARTS = 6


def split_finding(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    finding_id: str,
    drafts: Sequence[MistakeDraft],
    seen: int = 0,
    token: str = "",
) -> list[Mistake]:
    """Establish each thing a finding says as a mistake of its own; an accepted finding keeps those it has.

    `seen` is how many mistakes it stood for when the grader looked: Conflict where that is another number now. A form
    sent twice (the same `token`) makes its mistakes once.
    """
    desk = open_desk(session, actor=actor, now=now, course=course, key=key)
    _, said = submitted_finding(session, desk.project, finding_id)
    refuse_remark(said)
    if not 1 <= len(drafts) <= MOST_PARTS or (not seen and len(drafts) < 2):  # noqa: PLR2004 - one thing is no split
        msg = f"Say at least two things the finding says, and at most {MOST_PARTS}."
        raise BadInput(msg)
    sent = made_before(session, desk, token, drafts)
    if sent is not None:
        return [sent]
    decision = standing_decision(session, finding_id)
    matched = session.scalar(
        select(func.count()).select_from(Match).where(Match.finding_id == finding_id, Match.undone_at.is_(None))
    )
    if matched != seen or (decision is not None and decision.decision == Decision.REJECTED):
        raise Conflict(SOMEBODY_ELSE)
    made = []
    for which, draft in enumerate(drafts, start=seen):
        mistake = mistake_of_finding(session, desk, said, draft, now, which=which)
        match_with(session, desk, said, actor, now, mistake, Strength.FULL)
        made.append(mistake)
    keep_sent(session, desk, token, drafts, made[0])
    return made
