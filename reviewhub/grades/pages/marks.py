"""Marks from elsewhere: how far every component is, the marks of one of them to read and to type, lists taken back."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.facts import find_course
from reviewhub.courses.lateness import plain_number
from reviewhub.courses.members import name_order
from reviewhub.courses.tables import Course
from reviewhub.errors import BadInput, Conflict, NotFound, Problem
from reviewhub.grades import entering
from reviewhub.grades.drafting import read_number
from reviewhub.grades.entering import TypedMark, field_text
from reviewhub.grades.facts import grading_facts, lists_are_closed
from reviewhub.grades.mark_book import (
    mean_of,
    past_marks,
    saved_lists,
    standing_marks,
    students_of,
    summarise,
    usual_scale,
)
from reviewhub.grades.mark_differences import Spot, StandingMark, say_mark
from reviewhub.grades.mark_reading import Student
from reviewhub.grades.mark_targets import HIGHEST_ITEM, Target, target_named, targets_of
from reviewhub.grades.pages.room import blueprint
from reviewhub.grades.pages.uploads import faults_of
from reviewhub.storage import new_id
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, writing
from reviewhub.web.formatting import plural

LEAST_OUT_OF, MOST_OUT_OF = Decimal("0.01"), Decimal(10_000)


@dataclass(frozen=True, kw_only=True)
class Item:
    """One column of the grid."""

    number: int
    name: str
    scale: Decimal
    marked: int
    mean: Decimal | None
    is_edited: bool


@dataclass(frozen=True, kw_only=True)
class GridRow:
    """One student with a cell for each item: (mark or None, as the field shows it)."""

    student: Student
    cells: tuple[tuple[StandingMark | None, str], ...]

    @property
    def is_missing_any(self) -> bool:
        """Whether a mark is missing."""
        return any(mark is None for mark, _ in self.cells)


@blueprint.get("/c/<course>/marks")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_marks(course: str) -> ResponseReturnValue:
    """How far the marks of every component are, and the lists they came with."""
    with reading() as session:
        row = find_course(session, course)
        students = students_of(session, row)
        standing = standing_marks(session, row)
        summaries = summarise(row, standing)
        lists = saved_lists(session, row)
        is_closed = lists_are_closed(session, row)
    return render(
        "grades/marks.html",
        slug=course,
        is_peer_reviewed=row.policy.is_peer_reviewed,
        summaries=summaries,
        orphans=Counter(key for _, key, _ in standing if key not in {one.target.key for one in summaries}),
        students=len(students),
        lists=lists,
        plain=plain_number,
        is_closed=is_closed,
        may_enter=not is_closed and allows(Action.ENTER_MARKS, current_facts()),
    )


@blueprint.get("/c/<course>/marks/of/<component>")
@needs(Action.SEE_GRADEBOOK, grading_facts)
def show_component(course: str, component: str) -> ResponseReturnValue:
    """The marks of one component, student by student; `edit` opens one column for typing."""
    return _grid(course, component)


@blueprint.post("/c/<course>/marks/of/<component>")
@needs(Action.ENTER_MARKS, grading_facts)
def type_marks(course: str, component: str) -> ResponseReturnValue:
    """Save what was typed in one column."""
    form = request.form
    item = _item(form.get("item", ""))
    try:
        scale = read_number(form.get("out_of", "100"), lowest=LEAST_OUT_OF, highest=MOST_OUT_OF)
        with writing() as session:
            saved = entering.type_marks(
                session,
                actor=current_actor(),
                now=now(),
                course=course,
                component=component,
                typed=_typed(item),
                scales={item: scale},
                form_key=form.get("form_key", ""),
            )
    except (BadInput, Conflict) as fault:
        told = faults_of(fault) if isinstance(fault, BadInput) else ()
        page = _grid(course, component, typed=form, problems=told, refused="" if told else fault.message)
        return page, 409 if isinstance(fault, Conflict) else 422
    done = say_saved(saved.new, saved.changed, saved.taken) if saved else "Nothing was changed."
    return back_to("grades.show_component", course=course, component=component, done=done)


@blueprint.post("/c/<course>/marks/lists/<list_id>/undo")
@needs(Action.ENTER_MARKS, grading_facts)
def take_list_back(course: str, list_id: str) -> ResponseReturnValue:
    """Take a whole list back."""
    with writing() as session:
        entering.take_list_back(session, actor=current_actor(), now=now(), course=course, list_id=list_id)
    return back_to(
        "grades.show_marks", course=course, done="The list is taken back: what it had replaced stands again."
    )


def say_saved(new: int, changed: int, taken: int) -> str:
    """What was saved, in a sentence."""
    said = [f"{plural(new, 'mark')} new"] if new else []
    said += [f"{plural(changed, 'mark')} changed"] if changed else []
    said += [f"{plural(taken, 'mark')} taken away"] if taken else []
    return f"Saved: {', '.join(said)}."


def _grid(
    course: str,
    component: str,
    *,
    typed: Mapping[str, str] | None = None,
    problems: tuple[Problem, ...] = (),
    refused: str = "",
) -> str:
    with reading() as session:
        row = find_course(session, course)
        target = _target(row, component)
        students = students_of(session, row)
        standing = standing_marks(session, row, component=component)
        past = past_marks(session, row, component)
        is_closed = lists_are_closed(session, row)
    edited = _item((typed or request.args).get("item" if typed else "edit", ""), fallback=0)
    # What somebody had typed when the release came stays on the page, to be copied.
    may_enter = (typed is not None or not is_closed) and allows(Action.ENTER_MARKS, current_facts())
    items = _items(target, standing, edited if may_enter else 0)
    every = [_row(student, target, items, standing) for student in students]
    wanted = request.args.get("q", "").strip()
    only_missing = request.args.get("show") == "missing"
    rows = [one for one in every if _is_wanted(one, wanted) and (one.is_missing_any or not only_missing)]
    return render(
        "grades/mark_grid.html",
        slug=course,
        is_peer_reviewed=row.policy.is_peer_reviewed,
        target=target,
        targets=targets_of(row.policy),
        items=items,
        rows=rows,
        students=len(every),
        without=sum(1 for one in every if one.is_missing_any),
        wanted=wanted,
        only_missing=only_missing,
        next_item=_next_item(target, items),
        past=past,
        typed=typed or {},
        problems=problems,
        refused=refused,
        form_key=new_id(),
        plain=plain_number,
        say_mark=say_mark,
        is_closed=is_closed,
        may_enter=may_enter,
    )


def _target(course: Course, component: str) -> Target:
    target = target_named(course.policy, component)
    if target is None:
        msg = "There is nothing of this name that marks are given for."
        raise NotFound(msg)
    return target


def _items(target: Target, standing: Mapping[Spot, StandingMark], edited: int) -> list[Item]:
    """The columns: those the course file plans, those that have marks, and the one that is typed in."""
    numbers = {item for _, _, item in standing} | set(range(1, (target.items or 1) + 1))
    if edited and target.has_item(edited):
        numbers.add(edited)
    items = []
    for number in sorted(numbers):
        marks = [mark for (_, _, item), mark in standing.items() if item == number]
        items.append(
            Item(
                number=number,
                name=target.named(number),
                scale=usual_scale(marks, target),
                marked=len(marks),
                mean=mean_of(marks, target),
                is_edited=number == edited,
            )
        )
    return items


def _row(student: Student, target: Target, items: list[Item], standing: Mapping[Spot, StandingMark]) -> GridRow:
    cells = []
    for item in items:
        mark = standing.get((student.enrollment_id, target.key, item.number))
        cells.append((mark, field_text(mark, item.scale)))
    return GridRow(student=student, cells=tuple(cells))


def _is_wanted(row: GridRow, wanted: str) -> bool:
    student = row.student
    texts = (name_order(student.name), student.student_number, student.email)
    return not wanted or any(name_order(wanted) in text for text in texts)


def _next_item(target: Target, items: list[Item]) -> int | None:
    """The number of the next mark of a component that may have any number of them."""
    if target.items is not None:
        return None
    following = max((item.number for item in items if item.marked), default=0) + 1
    return following if 1 < following <= HIGHEST_ITEM else None


def _item(text: Any, *, fallback: int = 1) -> int:
    return int(text) if str(text).isascii() and str(text).isdigit() and len(str(text)) < 4 else fallback  # noqa: PLR2004 - no item has more digits


def _typed(item: int) -> list[TypedMark]:
    return [
        TypedMark(
            enrollment_id=name.removeprefix("mark-"),
            item=item,
            text=text,
            seen=request.form.get(f"seen-{name.removeprefix('mark-')}", ""),
        )
        for name, text in request.form.items()
        if name.startswith("mark-")
    ]
