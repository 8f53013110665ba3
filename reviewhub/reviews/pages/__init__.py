"""The pages of reviewing: assignment, my reviews, the desk, handing in, findings for developers, fix checks."""

from reviewhub.reviews.pages import assignments, desk, drafts, findings, fixes, handing_in, mine
from reviewhub.reviews.pages.room import blueprint

__all__ = ["assignments", "blueprint", "desk", "drafts", "findings", "fixes", "handing_in", "mine"]
