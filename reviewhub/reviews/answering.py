"""The developers' side: answering released findings, one or several with the same words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.projects.lookup import find_project
from reviewhub.projects.tables import Project
from reviewhub.reviews.facts import finding_facts, shown_reviews
from reviewhub.reviews.forms import check_text
from reviewhub.reviews.kinds import ResponseKind
from reviewhub.reviews.lookup import NO_FINDING, snapshots_of
from reviewhub.reviews.reading import last_editions
from reviewhub.reviews.submitted import SubmittedFinding, findings_in
from reviewhub.reviews.tables import Finding, Response

_COMMIT = re.compile(r"[0-9a-f]{7,64}")
NEEDS_TEXT = {ResponseKind.DISAGREE, ResponseKind.NOT_IN_SCOPE, ResponseKind.CANNOT_REPRODUCE}
MOST_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the developers say: `commit` fixes it (`push`: the received commit that brought it), `duplicate_of` is the
    finding whose answer holds for this one too.
    """

    kind: str
    commit: str = ""
    push: str = ""
    text: str = ""
    duplicate_of: str = ""


def answer_findings(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    key: str,
    finding_ids: Sequence[str],
    answer: Answer,
) -> list[Response]:
    """Answer findings the developers see, all with the same words; a later answer stands instead, and all are kept.

    BadInput says what is missing or wrong, and then none is answered; NotFound for a finding of another project, and
    for one that is not released.
    """
    facts = finding_facts(session, actor, now, course=course, key=key)
    require(Action.ANSWER_FINDING, facts)
    found = find_course(session, course)
    project = find_project(session, found, key)
    shown = shown_findings(session, found, project, now)
    wanted = list(dict.fromkeys(finding_ids))
    if not wanted or len(wanted) > MOST_AT_ONCE:
        raise BadInput("Choose the findings this answer is for.")
    if any(one not in shown for one in wanted):
        raise NotFound(NO_FINDING)
    checked = _check(session, answer, wanted, shown)
    author = find_enrollment(session, found, actor)
    if author is None:
        raise NotFound(NO_FINDING)
    return [_answer(session, actor, author, project, one, checked, now) for one in wanted]


def shown_findings(session: Session, course: Course, project: Project, now: datetime) -> dict[str, SubmittedFinding]:
    """Finding id → the finding as its developers see it now, over all their reviews."""
    shown = shown_reviews(session, course, project, snapshots_of(session, [project.id]), now)
    editions = last_editions(session, [review.id for _, review in shown])
    return {one.finding_id: one for edition in editions.values() for one in findings_in(edition.content)}


def read_commit(text: str) -> str:
    """A commit's id or its beginning, as typed; "" where nothing is. BadInput for what cannot be one."""
    sha = text.strip().lower()
    if sha and _COMMIT.fullmatch(sha) is None:
        raise BadInput(f"“{sha[:40]}” is not a commit: write seven or more of its hexadecimal characters.")
    return sha


def _check(session: Session, answer: Answer, wanted: Sequence[str], shown: dict[str, SubmittedFinding]) -> Answer:
    if answer.kind not in list(ResponseKind):
        raise BadInput("Choose an answer from the list.")
    withdrawn = [one for one in wanted if shown[one].withdrawn]
    if withdrawn:
        raise Conflict("A finding that its reviewer withdrew needs no answer.")
    text, commit = check_text(answer.text, "Your answer"), read_commit(answer.commit)
    if answer.kind == ResponseKind.FIXED and not commit:
        raise BadInput("Name the commit that fixes it (seven or more of its characters).")
    original = answer.duplicate_of if answer.kind == ResponseKind.DUPLICATE else ""
    if answer.kind == ResponseKind.DUPLICATE:
        _check_original(session, original, wanted, shown)
    if answer.kind in NEEDS_TEXT and not text:
        raise BadInput("Say why in a sentence or two: this answer needs its reason.")
    return Answer(kind=answer.kind, commit=commit, push=answer.push if commit else "", text=text, duplicate_of=original)


def _check_original(session: Session, original: str, wanted: Sequence[str], shown: dict[str, SubmittedFinding]) -> None:
    if original not in shown:
        raise BadInput("Choose the finding it is a duplicate of.")
    if original in wanted:
        raise BadInput("A finding cannot be a duplicate of itself.")
    if shown[original].withdrawn:
        raise BadInput("The finding it is said to repeat is withdrawn: answer this one by itself.")
    last = last_response(session, original)
    if last is not None and last.kind == ResponseKind.DUPLICATE:
        raise BadInput("That finding is itself answered as a duplicate: choose the one it repeats.")
    repeating = session.scalars(
        select(Response).where(Response.duplicate_of_id.in_(wanted)).order_by(Response.finding_id, Response.sequence)
    ).all()
    if any(one.sequence == _last_sequence(session, one.finding_id) for one in repeating):
        raise BadInput("Another finding is answered as a duplicate of this one: change that answer first.")


def last_response(session: Session, finding_id: str) -> Response | None:
    """The answer that stands."""
    return session.scalars(
        select(Response).where(Response.finding_id == finding_id).order_by(Response.sequence.desc()).limit(1)
    ).one_or_none()


def _last_sequence(session: Session, finding_id: str) -> int:
    last = last_response(session, finding_id)
    return last.sequence if last else 0


def _answer(
    session: Session, actor: Actor, author: Enrollment, project: Project, finding_id: str, answer: Answer, now: datetime
) -> Response:
    session.scalar(select(Finding.id).where(Finding.id == finding_id).with_for_update())
    last = last_response(session, finding_id)
    original = answer.duplicate_of or None
    if last is not None and (last.kind, last.commit, last.text, last.duplicate_of_id) == (
        answer.kind, answer.commit, answer.text, original,
    ):  # fmt: skip
        return last
    response = Response(
        finding_id=finding_id,
        sequence=last.sequence + 1 if last else 1,
        kind=answer.kind,
        commit=answer.commit,
        push=answer.push,
        text=answer.text,
        duplicate_of_id=original,
        author_id=author.id,
        at=now,
    )
    session.add(response)
    session.flush()
    record_event(
        session, actor=actor, now=now, action="answered finding", course_id=project.course_id, subject=response,
        after={"finding_id": finding_id, "kind": answer.kind, "commit": answer.commit, "duplicate_of": original},
    )  # fmt: skip
    return response
