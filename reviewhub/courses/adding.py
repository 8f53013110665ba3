"""Adding a course from its file, and updating the file once somebody has seen what would change."""

import re
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.facts import account_facts
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.course_file import load_policy
from reviewhub.courses.facts import course_facts, find_course
from reviewhub.courses.policy import Policy
from reviewhub.courses.policy_changes import PolicyChange, compare_policies
from reviewhub.courses.saving import save_first
from reviewhub.courses.tables import SLUG_LENGTH, Course
from reviewhub.errors import BadInput, Conflict, Problem
from reviewhub.github.remotes import check_remote
from reviewhub.wake import wake

Guard = Callable[[Session, Course, Policy, datetime], None]
guards: list[Guard] = []
"""What rooms above have to say before a course gets other rules: each may refuse. The program's entries fill it."""

_SLUG = re.compile(rf"[a-z0-9](?:[a-z0-9-]{{0,{SLUG_LENGTH - 2}}}[a-z0-9])?")


def add_course(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    slug: str,
    text: str,
    remote: str = "",
    local_paths: bool = False,
    place: str = "course file",
) -> Course:
    """Add a course: its address is /c/`slug`/, its rules are the course file's `text`.

    `remote` is the shared repository (URL or path), "" when it is not known yet; `local_paths` says whether the
    installation reads repositories from its own disk. Raises BadInput for a wrong slug, file or address, Conflict for
    a slug that is taken.
    """
    require(Action.ADD_COURSE, account_facts(session, actor, now))
    policy = load_policy(text, place=place)
    if session.scalar(select(Course.id).where(Course.slug == _checked_slug(slug))) is not None:
        msg = f"There is a course called {slug} already; choose another short name."
        raise Conflict(msg)
    course = Course(
        slug=slug,
        title=policy.title,
        term=policy.term,
        zone=policy.zone,
        policy_text=text,
        policy_digest=digest_of(text),
        remote=_checked_remote(remote, local_paths=local_paths),
        created_at=now,
    )
    session.add(course)
    save_first(session, else_say=f"There is a course called {slug} already; choose another short name.")
    after = {"slug": slug, "title": policy.title, "policy_digest": course.policy_digest}
    record_event(session, actor=actor, now=now, action="added course", course_id=course.id, subject=course, after=after)
    if course.remote:
        wake(session, "mirror_course", course.slug)
    return course


def preview_update(course: Course, text: str, *, place: str = "course file") -> tuple[PolicyChange, ...]:
    """What the new text of the course file would change; BadInput with all its mistakes. Nothing is written."""
    return compare_policies(course.policy, load_policy(text, place=place))


def update_course(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    text: str,
    seen_digest: str,
    place: str = "course file",
) -> tuple[PolicyChange, ...]:
    """Replace the course file. `seen_digest` is the digest of the file whose changes were shown.

    Raises Conflict when the course has another file by now, BadInput for a file with mistakes.
    """
    require(Action.MANAGE_COURSE, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    if row.policy_digest != seen_digest:
        msg = "The course file was changed by somebody else meanwhile; look at the changes again."
        raise Conflict(msg)
    policy = load_policy(text, place=place)
    changes = compare_policies(row.policy, policy)
    for guard in guards if changes else ():
        guard(session, row, policy, now)
    before = row.policy_digest
    row.title, row.term, row.zone = policy.title, policy.term, policy.zone
    row.policy_text, row.policy_digest = text, digest_of(text)
    save_first(session, else_say="The course file was changed by somebody else meanwhile; look at the changes again.")
    record_event(
        session,
        actor=actor,
        now=now,
        action="updated course file",
        course_id=row.id,
        subject=row,
        before={"policy_digest": before},
        after={"policy_digest": row.policy_digest, "changes": [str(change) for change in changes]},
    )
    wake(session, "freeze_due", row.slug)
    return changes


def change_remote(
    session: Session, *, actor: Actor, now: datetime, course: str, remote: str, local_paths: bool = False
) -> None:
    """Name another shared repository; the next look at it mirrors it."""
    require(Action.MANAGE_COURSE, course_facts(session, actor, now, course=course))
    row = find_course(session, course)
    before, row.remote = row.remote, _checked_remote(remote, local_paths=local_paths)
    if row.remote != before:
        record_event(session, actor=actor, now=now, action="changed repository", course_id=row.id, subject=row,
                     before={"remote": before}, after={"remote": row.remote})  # fmt: skip
        wake(session, "mirror_course", row.slug)


def digest_of(text: str) -> str:
    """The SHA-256 of a course file's text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def _checked_slug(slug: str) -> str:
    if not _SLUG.fullmatch(slug):
        what = f"{slug[:80]!r} cannot be a course's short name."
        raise BadInput(
            what,
            (Problem(place="slug", what=what, hint="Small letters, digits and hyphens, like ceng796-fall-2026."),),
        )
    return slug


def _checked_remote(remote: str, *, local_paths: bool) -> str:
    # Whether a machine of this network may be reached is asked at every look, when its name is looked up.
    return check_remote(remote, local_paths=local_paths, private_addresses=True).address if remote.strip() else ""
