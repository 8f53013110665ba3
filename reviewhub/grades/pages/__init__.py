"""The pages of grading: the queue, the desk, the gradebook with its release, and a student's own grades."""

from reviewhub.grades.pages import desk, gradebook, practice, queue, story
from reviewhub.grades.pages.room import blueprint

__all__ = ["blueprint", "desk", "gradebook", "practice", "queue", "story"]
