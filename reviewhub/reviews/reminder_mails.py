"""The text of a reminder: one mail to one person, with everything of theirs that reviews wait for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from reviewhub.reviews.progress import Errand
from reviewhub.web.formatting import format_moment, plural


@dataclass(frozen=True, kw_only=True)
class ErrandTold:
    """One thing to do, as its person may know it: never who wrote a review, nor who develops a project."""

    errand: Errand
    project: str
    due_at: datetime | None
    is_begun: bool = False
    count: int = 0
    """Findings to answer or to check."""


def reminder_subject(course: str, errands: Sequence[ErrandTold]) -> str:
    """One thing is named; several are counted."""
    if len(errands) > 1:
        return f"{course}: {len(errands)} things wait for you"
    one = errands[0]
    return {
        Errand.WRITE: f"{course}: your review of {one.project} is not handed in",
        Errand.ANSWER: f"{course}: findings on {one.project} wait for your answers",
        Errand.CHECK: f"{course}: check what became of your findings on {one.project}",
    }[one.errand]


def reminder_text(name: str, errands: Sequence[ErrandTold], *, staff: str, note: str, zone: tzinfo) -> str:
    """The mail; `staff` is who sends it, `note` what they add."""
    things = "".join(f"- {_sentence(one)}{_until(one, zone)}\n" for one in errands)
    added = f"{staff} adds:\n\n{note}\n\n" if note else ""
    where = {
        Errand.WRITE: "Your reviews are under My reviews; what you wrote so far is kept there.",
        Errand.CHECK: "The fixes to check are under My reviews, at the review.",
        Errand.ANSWER: "The findings are on the page of your project.",
    }
    ways = "".join(f"{text}\n" for errand, text in where.items() if any(one.errand == errand for one in errands))
    return f"Hello {name},\n\nthis waits for you:\n\n{things}\n{added}{ways}"


def _sentence(one: ErrandTold) -> str:
    if one.errand is Errand.WRITE:
        return f"Your review of {one.project} is {'begun, but not handed in' if one.is_begun else 'not begun'}."
    findings = plural(one.count, "finding")
    if one.errand is Errand.ANSWER:
        return f"{findings} on your project {one.project} {'has' if one.count == 1 else 'have'} no answer."
    return f"{findings} of yours on {one.project} {'is' if one.count == 1 else 'are'} not checked in version 2."


def _until(one: ErrandTold, zone: tzinfo) -> str:
    return f" Due: {format_moment(one.due_at, zone)}." if one.due_at is not None else ""
