"""A change of many reviews before it is made: what is wished, what would change for whom, and the digest of that."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from reviewhub.reviews.progress import BoardChoice, Errand


class BulkAct(StrEnum):
    """What can be done to many reviews at once."""

    REMIND = "remind"
    EXTEND = "extend"
    REASSIGN = "reassign"
    RELEASE = "release"
    SHOW = "show"


@dataclass(frozen=True, kw_only=True)
class ActWords:
    """How an act reads: its button, what it is called, its button on the dry run, whether it needs a reason."""

    button: str
    title: str
    confirm: str
    done: str
    needs_reason: bool = True


WORDS: Mapping[BulkAct, ActWords] = {
    BulkAct.REMIND: ActWords(
        button="Remind", title="Remind people", confirm="Send these mails", done="Reminders", needs_reason=False
    ),
    BulkAct.EXTEND: ActWords(
        button="Extend", title="Extend review deadlines", confirm="Grant these extensions", done="Extensions"
    ),
    BulkAct.REASSIGN: ActWords(
        button="Reassign", title="Give reviews to others", confirm="Reassign these reviews", done="Reassignments"
    ),
    BulkAct.RELEASE: ActWords(
        button="Release reviewers", title="Release reviewers", confirm="Release these reviewers", done="Releases"
    ),
    BulkAct.SHOW: ActWords(
        button="Show to developers", title="Show reviews to their developers", confirm="Show these reviews",
        done="Reviews shown", needs_reason=False,
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class BulkWish:
    """What the staff ask for: an act on the reviews chosen one by one, or on all that the board shows."""

    act: BulkAct
    choice: BoardChoice
    chosen: frozenset[str] | None = None
    """Ids of assignments; None: everything the choice shows, however many that are by then."""
    due_at: datetime | None = None
    to: str = ""
    """Reassigning: the reviewer who gets the reviews; "" leaves it to the rules and the loads."""
    note: str = ""
    """Reminding: what the mail says besides."""
    force: bool = False
    """Reminding: also whom was reminded a short while ago."""


@dataclass(frozen=True, kw_only=True)
class PlannedMail:
    """One mail to one person, and what it is about: (assignment id, errand)."""

    enrollment_id: str
    to: str
    subject: str
    text: str
    errands: tuple[tuple[str, Errand], ...]


@dataclass(frozen=True, kw_only=True)
class PlannedLine:
    """What would change for one reviewer or person; with a `refusal` nothing would, and it says why."""

    who: str
    project: str
    before: str
    after: str
    refusal: str = ""
    assignment_ids: tuple[str, ...] = ()
    receiver_id: str = ""
    """Whom it is for: the extended reviewer, the new reviewer."""
    mail: PlannedMail | None = None

    @property
    def told(self) -> dict[str, Any]:
        """The line as JSON values, without its mail."""
        return {
            "who": self.who, "project": self.project, "before": self.before, "after": self.after,
            "assignment_ids": list(self.assignment_ids), "receiver_id": self.receiver_id,
        }  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class BulkPlan:
    """A dry run. `number` is that of the change it would be; `wish` is as asked, its gaps filled in."""

    wish: BulkWish
    number: int
    lines: tuple[PlannedLine, ...]
    idle: int = 0
    """Reviews among the chosen for which there is nothing to do at all."""
    mails: tuple[PlannedMail, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Collect the mails of the lines that would be done."""
        object.__setattr__(self, "mails", tuple(line.mail for line in self.doable if line.mail is not None))

    @property
    def doable(self) -> tuple[PlannedLine, ...]:
        """The lines that would change something."""
        return tuple(line for line in self.lines if not line.refusal)

    @property
    def refused(self) -> tuple[PlannedLine, ...]:
        """The lines that would not."""
        return tuple(line for line in self.lines if line.refusal)

    @property
    def digest(self) -> str:
        """Of everything that the dry run shows would happen: agreed to is this and nothing else."""
        shown = [[self.wish.act, self.number]]
        shown += [[*map(str, line.told.values()), line.mail.text if line.mail else ""] for line in self.doable]
        return sha256(json.dumps(shown, ensure_ascii=True).encode()).hexdigest()
