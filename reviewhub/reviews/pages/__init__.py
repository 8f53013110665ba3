"""The pages of reviewing: assignment, my reviews, the desk, handing in, findings for developers, fix checks."""

from reviewhub.reviews.pages import (
    assignments,
    clarifications,
    desk,
    drafts,
    findings,
    fixes,
    handing_in,
    lists,
    mine,
    outcomes,
    progress,
    swaps,
    threads,
    unfinished,
    verdicts,
    viewed,
    wishes,
)
from reviewhub.reviews.pages.room import blueprint

__all__ = [
    "assignments",
    "blueprint",
    "clarifications",
    "desk",
    "drafts",
    "findings",
    "fixes",
    "handing_in",
    "lists",
    "mine",
    "outcomes",
    "progress",
    "swaps",
    "threads",
    "unfinished",
    "verdicts",
    "viewed",
    "wishes",
]
