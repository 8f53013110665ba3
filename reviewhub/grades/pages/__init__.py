"""The pages of grading: the queue, the desk, the gradebook with its release, and a student's own grades."""

from reviewhub.grades.pages import desk, exports, gradebook, practice, queue, sheets, story, worksheets
from reviewhub.grades.pages.room import blueprint

__all__ = ["blueprint", "desk", "exports", "gradebook", "practice", "queue", "sheets", "story", "worksheets"]
