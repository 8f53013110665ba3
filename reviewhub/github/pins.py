"""Pins: refs of our own that hold frozen commits for ever, set once and never moved."""

from pathlib import Path

from reviewhub.errors import Conflict
from reviewhub.github.git import GitFailed, ask_git, run_git
from reviewhub.github.mirror import NO_OBJECT, PINS, only_one

LIMIT_SECONDS = 30.0


def pin(mirror: Path, name: str, commit: str) -> None:
    """Pin a commit under a name by compare-and-swap: made once, and a second time only as the same.

    Conflict when the name already holds another commit; GitFailed when the mirror does not have the commit.
    """
    ref = PINS + name
    with only_one(mirror, "pins", LIMIT_SECONDS):
        (mirror / f"{ref}.lock").unlink(missing_ok=True)  # left by a worker that died here; we hold the lock
        answer = ask_git(mirror, "update-ref", "--no-deref", "--end-of-options", ref, commit, NO_OBJECT)
    if answer.code != 0 and pinned(mirror, name) != commit:
        held = pinned(mirror, name)
        if held is not None:
            msg = f"{name} is already pinned to {held[:7]}."
            raise Conflict(msg)
        msg = f"The commit {commit[:7]} is not in the mirror and cannot be frozen."
        raise GitFailed(msg, code=answer.code, said="")


def pinned(mirror: Path, name: str) -> str | None:
    """The commit pinned under a name, or None."""
    out = run_git(mirror, "for-each-ref", "--format=%(objectname)", "--", PINS + name)
    return out.decode("ascii").strip() or None
