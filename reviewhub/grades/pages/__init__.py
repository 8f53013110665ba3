"""The pages of grading: the queue, the desk, the gradebook with its release, and a student's own grades."""

from reviewhub.grades.pages import (
    appeals,
    decisions,
    desk,
    desk_places,
    exports,
    fails,
    gradebook,
    mark_import,
    marks,
    practice,
    queue,
    sheets,
    statuses,
    story,
    what_if,
    worksheets,
)
from reviewhub.grades.pages.room import blueprint

__all__ = [
    "appeals",
    "blueprint",
    "decisions",
    "desk",
    "desk_places",
    "exports",
    "fails",
    "gradebook",
    "mark_import",
    "marks",
    "practice",
    "queue",
    "sheets",
    "statuses",
    "story",
    "what_if",
    "worksheets",
]
