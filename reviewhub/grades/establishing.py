"""What every verb that establishes a mistake stands on: its row and number, its match with a finding, sent once."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Actor
from reviewhub.errors import BadInput, Conflict
from reviewhub.grades.desk_tables import TOKEN_LENGTH, SentForm
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.evidence import VERSION_1, VERSION_2, Decision, Strength
from reviewhub.grades.standing import SOMEBODY_ELSE, Desk, let_stand, standing_decision
from reviewhub.grades.tables import FindingDecision, FixVerdict, Match, Mistake
from reviewhub.reviews.lookup import current_snapshot, snapshots_of
from reviewhub.reviews.places import Place
from reviewhub.reviews.submitted import SubmittedFinding


def new_mistake(
    session: Session,
    desk: Desk,
    draft: MistakeDraft,
    now: datetime,
    *,
    version_in: int = VERSION_1,
    noticed_in: int | None = None,
) -> Mistake:
    """A mistake that is not saved yet, with the project's next number. `noticed_in`: the version its place is in."""
    if version_in not in {VERSION_1, VERSION_2}:
        msg = "A mistake belongs to version 1 or version 2."
        raise BadInput(msg)
    snapshots = snapshots_of(session, [desk.project.id])
    for version in {version_in, noticed_in or version_in}:
        if current_snapshot(snapshots, desk.project.id, version) is None:
            msg = f"Version {version} of {desk.project.key} is not frozen, so there is nothing to grade in it."
            raise Conflict(msg)
    snapshot = current_snapshot(snapshots, desk.project.id, noticed_in or version_in)
    last = session.scalar(select(func.max(Mistake.number)).where(Mistake.project_id == desk.project.id))
    return Mistake(
        project_id=desk.project.id,
        number=(last or 0) + 1,
        version_in=version_in,
        title=draft.title,
        text=draft.text,
        severity=draft.severity,
        criterion=draft.criterion,
        points=draft.points,
        detectable=draft.detectable,
        snapshot_id=snapshot.id if snapshot else None,
        recorded_by_id=desk.grader_id,
        recorded_at=now,
    )


def mistake_of_finding(
    session: Session, desk: Desk, said: SubmittedFinding, draft: MistakeDraft, now: datetime, *, which: int = 0
) -> Mistake:
    """Establish what a finding says as a mistake, at its first place or, where it has more, at another of them."""
    anchor = said.anchors[min(which, len(said.anchors) - 1)] if said.anchors else None
    mistake = new_mistake(session, desk, draft, now)
    mistake.found_by_instructor = False
    mistake.place = place_json(anchor.place) if anchor else {}
    mistake.snapshot_id = (anchor.snapshot_id if anchor else "") or mistake.snapshot_id
    let_stand(session, mistake)
    keep_verdict(session, desk, mistake, draft, now)
    return mistake


def keep_verdict(session: Session, desk: Desk, mistake: Mistake, draft: MistakeDraft, now: datetime) -> None:
    """Save what became of the mistake in version 2, where the draft says it and there is a version 2."""
    if draft.verdict is None or mistake.version_in != VERSION_1:
        return
    if current_snapshot(snapshots_of(session, [desk.project.id]), desk.project.id, VERSION_2) is not None:
        row = FixVerdict(mistake_id=mistake.id, verdict=draft.verdict, decided_by_id=desk.grader_id, at=now)
        let_stand(session, row)


def match_with(
    session: Session,
    desk: Desk,
    said: SubmittedFinding,
    actor: Actor,
    now: datetime,
    mistake: Mistake,
    strength: Strength,
) -> None:
    """Let the match stand, and with the first one the acceptance of the finding."""
    refuse_remark(said)
    decision = standing_decision(session, said.finding_id)
    if decision is not None and decision.decision == Decision.REJECTED:
        raise Conflict(SOMEBODY_ELSE)
    match = Match(
        finding_id=said.finding_id, mistake_id=mistake.id, strength=strength, decided_by_id=desk.grader_id, at=now
    )
    accepted = Decision.QUESTION_ACCEPTED if said.kind == "question" else Decision.ACCEPTED
    fresh = FindingDecision(finding_id=said.finding_id, decision=accepted, decided_by_id=desk.grader_id, at=now)
    let_stand(session, match, *([] if decision else [fresh]))
    record_event(
        session,
        actor=actor,
        now=now,
        action="accepted finding",
        subject=match,
        course_id=desk.course.id,
        after={
            "project": desk.project.key,
            "finding": said.finding_id,
            "mistake": mistake.id,
            "strength": strength.value,
        },
    )


def refuse_remark(said: SubmittedFinding) -> None:
    """Conflict where the finding is a remark."""
    if said.kind == "remark":
        msg = "A remark notes no mistake; record the mistake as your own where there is one."
        raise Conflict(msg)


# ---- a form is good for one mistake


def made_before(session: Session, desk: Desk, token: str, drafts: Sequence[MistakeDraft]) -> Mistake | None:
    """The mistake this very form has made already; Conflict where it was sent with other words. No token: None."""
    if not token:
        return None
    row = session.scalar(select(SentForm).where(SentForm.token == _token(desk, token)))
    if row is None:
        return None
    mistake = session.get_one(Mistake, row.mistake_id)
    if row.words == _words(drafts) and mistake.undone_at is None:
        return mistake
    became = "and taken back since" if mistake.undone_at else "in another tab or by a click before"
    msg = (
        f"M{mistake.number} “{mistake.title}” was recorded from this form already, {became}. Your words are kept: "
        "send them again if they are another mistake."
    )
    raise Conflict(msg)


def keep_sent(session: Session, desk: Desk, token: str, drafts: Sequence[MistakeDraft], mistake: Mistake) -> None:
    """Remember that this form made the mistake."""
    if token:
        let_stand(session, SentForm(token=_token(desk, token), words=_words(drafts), mistake_id=mistake.id))


def _token(desk: Desk, token: str) -> str:
    return f"{desk.project.id}:{desk.grader_id}:{token}"[:TOKEN_LENGTH]


def _words(drafts: Sequence[MistakeDraft]) -> str:
    return sha256("\x00".join(repr(one) for one in drafts).encode()).hexdigest()


# ---- as JSON


def place_json(place: Place) -> dict[str, Any]:
    """A place as flat JSON values, named like an anchor's columns."""
    return {
        "kind": place.kind.value,
        "path": place.path,
        "cell_index": place.cell,
        "first_line": place.first_line,
        "last_line": place.last_line,
        "output": place.output,
    }


def mistake_json(mistake: Mistake) -> dict[str, Any]:
    """A mistake's words and weight as flat JSON values."""
    return {
        "number": mistake.number,
        "version_in": mistake.version_in,
        "title": mistake.title,
        "text": mistake.text,
        "severity": mistake.severity,
        "criterion": mistake.criterion,
        "points": None if mistake.points is None else str(mistake.points),
        "detectable": mistake.detectable,
    }
