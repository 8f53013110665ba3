"""Errors in families by who must act; pages and commands map each family once.

Every message is one sentence for the person who reads it, and never names our own code.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault in something a person handed in: where it is, what is wrong, and what would be right."""

    place: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        """Place, fault and hint as one line."""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{self.place}: {self.what}{hint}" if self.place else f"{self.what}{hint}"


class ReviewHubError(Exception):
    """What every error of ours is; carries its sentence."""

    def __init__(self, message: str) -> None:
        """Keep the sentence that is shown."""
        super().__init__(message)
        self.message = message


class BadInput(ReviewHubError):
    """Whoever typed it must mend it; `problems` lists every fault at once."""

    def __init__(self, message: str, problems: tuple[Problem, ...] = ()) -> None:
        """Keep the sentence and the single faults."""
        super().__init__(message)
        self.problems = problems


class SignInNeeded(ReviewHubError):
    """The person must sign in first."""


class NotAllowed(ReviewHubError):
    """The person may know of the thing, but may not do this with it."""


class NotFound(ReviewHubError):
    """There is no such thing, or the person may not know of it: both look the same."""


class Conflict(ReviewHubError):
    """The state has moved on: somebody was faster, or the step does not fit the state."""


class TooLate(Conflict):
    """The moment for this has passed."""


class OutsideFailed(ReviewHubError):
    """A stranger (git remote, mail server) failed; it is tried again later."""


class Misconfigured(ReviewHubError):
    """The administrator must change the installation; a command ends with exit code 2."""
