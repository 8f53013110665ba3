"""Marks come in: by a list that was looked at before, or typed one by one; and a list can be taken back.

Nothing is written over: a mark that is replaced stays, with when it stopped to hold and the list that replaced it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from reviewhub.accounts.events import record_event
from reviewhub.accounts.rights import Action, Actor, require
from reviewhub.courses.facts import find_course
from reviewhub.courses.lateness import plain_number
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Conflict, NotFound, Problem
from reviewhub.grades.facts import grading_facts, lists_are_closed
from reviewhub.grades.mark_book import standing_marks, students_of
from reviewhub.grades.mark_differences import MarkChange, MarkDiff, Spot, StandingMark, compare_marks
from reviewhub.grades.mark_reading import GivenMark, read_mark
from reviewhub.grades.mark_tables import FILE_NAME_LENGTH, Mark, MarkList
from reviewhub.grades.mark_targets import Place, target_named
from reviewhub.grades.standing import SOMEBODY_ELSE, let_stand

CHANGED_MEANWHILE = "The marks have changed since you looked at this; look at it again before you save."


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where marks come from. `form_key` is new with every page that asks, so that one page is saved once."""

    form_key: str
    file_name: str = ""
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class TypedMark:
    """What a person typed for one student, and what they had before their eyes."""

    enrollment_id: str
    item: int
    text: str
    seen: str


def preview_marks(session: Session, course: Course, given: Iterable[GivenMark]) -> MarkDiff:
    """What a list would change in the course. Nothing is written."""
    return compare_marks(given, standing_marks(session, course), students_of(session, course))


def save_marks(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    given: Sequence[GivenMark],
    source: Source,
    seen_digest: str,
    take_emptied: bool = False,
) -> MarkList | None:
    """Save a list as it was previewed; the same page again changes nothing. None: there was nothing to change.

    `take_emptied`: an empty cell takes the mark away that stands there. Raises Conflict where the marks have changed
    since the preview.
    """
    found = open_lists(session, actor=actor, now=now, course=course)
    if before := saved_before(session, found, source.form_key):
        return before
    diff = preview_marks(session, found, given)
    if diff.digest != seen_digest:
        raise Conflict(CHANGED_MEANWHILE)
    return _write(session, actor, now, found, source, diff, diff.emptied if take_emptied else ())


def type_marks(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    course: str,
    component: str,
    typed: Sequence[TypedMark],
    scales: Mapping[int, Decimal],
    form_key: str,
) -> MarkList | None:
    """Save single marks of one component as they were typed; an emptied field takes the mark away.

    `scales`: item → what a new mark is out of. BadInput tells every fault at once; Conflict where somebody else changed
    one of the same marks.
    """
    found = open_lists(session, actor=actor, now=now, course=course)
    if before := saved_before(session, found, form_key):
        return before
    standing = standing_marks(session, found, component=component)
    given = _read_typed(session, found, component, [one for one in typed if one.text.strip() != one.seen], scales)
    for one, mark in given:
        if field_text(standing.get(mark.spot), scales.get(mark.item)) != one.seen:
            raise Conflict(SOMEBODY_ELSE)
    diff = compare_marks([mark for _, mark in given], standing, ())
    return _write(session, actor, now, found, Source(form_key=form_key), diff, diff.emptied)


def take_list_back(session: Session, *, actor: Actor, now: datetime, course: str, list_id: str) -> MarkList:
    """Undo a list: what it brought goes, what it replaced stands again; marks that were changed since stay."""
    found = open_lists(session, actor=actor, now=now, course=course)
    undone = session.scalar(
        select(MarkList).where(MarkList.id == list_id, MarkList.course_id == found.id, MarkList.holds == "marks")
    )
    if undone is None:
        msg = "There is no such list of marks in this course."
        raise NotFound(msg)
    key = f"back-{list_id}"
    if before := saved_before(session, found, key):
        return before
    standing = standing_marks(session, found)
    brought = {_spot(row): row for row in session.scalars(select(Mark).where(Mark.list_id == list_id))}
    replaced = {_spot(row): row for row in session.scalars(select(Mark).where(Mark.undone_by_list_id == list_id))}
    changes = []
    for spot in sorted({*brought, *replaced}):
        now_there, mine = standing.get(spot), brought.get(spot)
        if (now_there.mark_id if now_there else None) == (mine.id if mine else None):
            changes.append(MarkChange(before=now_there, after=_restored(spot, replaced.get(spot), mine)))
    diff = MarkDiff(
        new=tuple(one for one in changes if one.before is None),
        changed=tuple(one for one in changes if one.before and one.after.points is not None),
    )
    source = Source(form_key=key, file_name=f"Taken back: {undone.file_name or 'typed marks'}"[:FILE_NAME_LENGTH])
    emptied = tuple(one for one in changes if one.before and one.after.points is None)
    written = _write(session, actor, now, found, source, diff, emptied)
    if written is None:
        msg = "Every mark of this list was changed since, so there is nothing to take back."
        raise Conflict(msg)
    return written


def open_lists(
    session: Session, *, actor: Actor, now: datetime, course: str, action: Action = Action.ENTER_MARKS
) -> Course:
    """The course, where the actor may write what comes from elsewhere, and no release has closed it.

    It is locked: of two that save at the same moment the second sees what the first has written.
    """
    require(action, grading_facts(session, actor, now, course=course))
    found = find_course(session, course)
    session.scalar(select(Course.id).where(Course.id == found.id).with_for_update())
    if lists_are_closed(session, found):
        msg = "The grades are released, so nothing can be entered; the instructor can reopen grading with a reason."
        raise Conflict(msg)
    return found


def saved_before(session: Session, course: Course, form_key: str) -> MarkList | None:
    """The list that this very page saved already, or None."""
    if not form_key or len(form_key) > 32:  # noqa: PLR2004 - the column's length
        msg = "The form was lost on the way; open the page again."
        raise BadInput(msg)
    return session.scalar(select(MarkList).where(MarkList.form_key == form_key, MarkList.course_id == course.id))


def _write(
    session: Session,
    actor: Actor,
    now: datetime,
    course: Course,
    source: Source,
    diff: MarkDiff,
    taken: Sequence[MarkChange],
) -> MarkList | None:
    if not (diff.new or diff.changed or taken):
        return None
    row = MarkList(
        course_id=course.id,
        holds="marks",
        form_key=source.form_key,
        file_name=source.file_name[:FILE_NAME_LENGTH],
        digest=source.digest,
        new=len(diff.new),
        changed=len(diff.changed),
        taken=len(taken),
        at=now,
        by_id=actor.user_id,
    )
    let_stand(session, row)
    _end(session, now, row, [one.before for one in (*diff.changed, *taken) if one.before])
    let_stand(session, *(_row(one, row.id) for one in (*diff.new, *diff.changed)))
    record_event(
        session,
        actor=actor,
        now=now,
        action="entered marks",
        subject=row,
        course_id=course.id,
        after={
            "file": row.file_name,
            "new": row.new,
            "changed": row.changed,
            "taken": row.taken,
            "components": sorted({one.after.component for one in (*diff.new, *diff.changed, *taken)}),
        },
    )
    return row


def _end(session: Session, now: datetime, row: MarkList, ended: Sequence[StandingMark]) -> None:
    """Close what is replaced; Conflict where one of them does not stand any more."""
    ids = [one.mark_id for one in ended]
    done = 0
    for start in range(0, len(ids), 500):
        result = session.execute(
            update(Mark)
            .where(Mark.id.in_(ids[start : start + 500]), Mark.undone_at.is_(None))
            .values(undone_at=now, undone_by_list_id=row.id),
            execution_options={"synchronize_session": False},
        )
        done += result.rowcount  # type: ignore[attr-defined]  # an UPDATE always has one
    if done != len(ids):
        raise Conflict(SOMEBODY_ELSE)


def _row(change: MarkChange, list_id: str) -> Mark:
    after, before = change.after, change.before
    assert after.points is not None
    return Mark(
        enrollment_id=after.enrollment_id,
        component=after.component,
        item=after.item,
        points=after.points,
        out_of=after.out_of,
        received_at=after.received_at or (before.received_at if before else None),
        due_at=after.due_at or (before.due_at if before else None),
        list_id=list_id,
    )


def _read_typed(
    session: Session, course: Course, component: str, typed: Sequence[TypedMark], scales: Mapping[int, Decimal]
) -> list[tuple[TypedMark, GivenMark]]:
    target = target_named(course.policy, component)
    if target is None:
        msg = "There is nothing of this name that marks are given for."
        raise NotFound(msg)
    names = {one.enrollment_id: one.name for one in students_of(session, course)}
    read, problems = [], []
    for one in typed:
        if one.enrollment_id not in names or not target.has_item(one.item):
            msg = "A mark was typed for somebody who is not in the course, or for an item it does not have."
            raise NotFound(msg)
        place = Place(target=target, item=one.item)
        try:
            scale = target.highest if target.is_bonus else scales.get(one.item, target.highest)
            points, out_of = read_mark(one.text, place, scale)
        except BadInput as fault:
            problems.append(Problem(place=f"{names[one.enrollment_id]}, {place.name}", what=fault.message))
            continue
        mark = GivenMark(
            enrollment_id=one.enrollment_id, component=component, item=one.item, points=points, out_of=out_of
        )
        read.append((one, mark))
    if problems:
        msg = "No mark was saved. Please correct these:"
        raise BadInput(msg, tuple(problems))
    return read


def field_text(mark: StandingMark | None, scale: Decimal | None) -> str:
    """A mark as the field of its column shows it: its points alone where the whole column is out of the same."""
    if mark is None:
        return ""
    points = plain_number(mark.points)
    return points if mark.out_of == scale else f"{points}/{plain_number(mark.out_of)}"


def _spot(row: Mark) -> Spot:
    return row.enrollment_id, row.component, row.item


def _restored(spot: Spot, before: Mark | None, brought: Mark | None) -> GivenMark:
    """What stands at a spot once a list is taken back: what it had replaced, or no mark."""
    kept = before or brought
    assert kept is not None
    return GivenMark(
        enrollment_id=spot[0],
        component=spot[1],
        item=spot[2],
        points=before.points if before else None,
        out_of=kept.out_of,
        received_at=before.received_at if before else None,
        due_at=before.due_at if before else None,
    )
