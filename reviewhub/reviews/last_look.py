"""The last look before handing in: what the rules of `advice` say of the draft as it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Enrollment, Membership
from reviewhub.reviews.advice import Advice, Draft, DraftFinding, DraftText, Topic, advise, estimates
from reviewhub.reviews.desk import Desk, DeskFinding
from reviewhub.reviews.draft_parts import item_of, texts_of
from reviewhub.reviews.forms import empty_items
from reviewhub.reviews.giveaways import Person
from reviewhub.reviews.lookup import ReviewRows
from reviewhub.reviews.specific import Specific


@dataclass(frozen=True, kw_only=True, slots=True)
class FileOfVersion:
    """A file of version 1: its address and the id of its bytes."""

    path: str
    blob: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LastLook:
    """Advice by topic, in the order to tell it, and how specific each mistake and missing point is."""

    advice: Mapping[Topic, tuple[Advice, ...]]
    specific: Mapping[int, Specific]


def look_back(session: Session, desk: Desk, files: Sequence[FileOfVersion]) -> LastLook:
    """Look at a draft once more. `files`: what the reviewer may read, the most important first."""
    policy = desk.rows.course.policy.review
    is_anonymous = policy is not None and policy.anonymity != "open"
    seen = desk.viewed.opened | desk.viewed.ticked
    named = {anchor.place.path for one in desk.findings for anchor in one.finding.anchors}
    findings = [_finding(one) for one in desk.standing]
    texts = texts_of(desk.items, dict(desk.form), desk.summary)
    draft = Draft(
        findings=findings,
        texts=[_text(desk, part, text) for part, text in texts.items() if text],
        empty=[(item.key, item.title) for item in empty_items(desk.items, desk.form) if not item.required],
        has_summary=bool(desk.summary),
        unopened=[file.path for file in files if file.blob not in seen and file.path not in named],
        people=_people(session, desk.rows) if is_anonymous else (),
    )
    found = advise(draft)
    by_topic = {topic: tuple(one for one in found if one.topic is topic) for topic in Topic}
    return LastLook(advice={topic: rows for topic, rows in by_topic.items() if rows}, specific=estimates(findings))


def _finding(one: DeskFinding) -> DraftFinding:
    anchors = one.finding.anchors
    return DraftFinding(
        number=one.finding.number,
        kind=one.finding.kind,
        text=one.finding.text,
        places=tuple(anchor.place for anchor in anchors),
        has_quote=any(anchor.quoted for anchor in anchors),
    )


def _text(desk: Desk, part: str, text: str) -> DraftText:
    item = item_of(desk.items, part)
    return DraftText(part=item.key if item else part, title=item.title if item else "", text=text)


def _people(session: Session, rows: ReviewRows) -> list[Person]:
    """The reviewer (of a reviewing group every member), and whoever is in a group with them."""
    assignment = rows.assignment
    groups = select(Membership.group_id).where(
        Membership.enrollment_id == assignment.reviewer_id, Membership.left_at.is_(None)
    )
    members = select(Membership.enrollment_id).where(
        Membership.group_id.in_([assignment.reviewer_group_id] if assignment.reviewer_group_id else groups),
        Membership.left_at.is_(None),
    )
    found = session.execute(
        select(Enrollment.id, User.name, User.email)
        .join(User, User.id == Enrollment.user_id)
        .where(Enrollment.id.in_(members) | (Enrollment.id == assignment.reviewer_id))
        .order_by(User.email)
    )
    return [
        Person(name=name, email=email, is_author=assignment.reviewer_id in (None, enrollment_id))
        for enrollment_id, name, email in found
    ]
