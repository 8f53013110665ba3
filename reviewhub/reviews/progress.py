"""How far each review is: its state, what it waits for, what puts it at risk; choosing, ordering, summing up rows."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from statistics import median
from typing import Any

RISK_NOT_BEGUN = timedelta(days=4)
RISK_EMPTY_FORM = timedelta(days=2)
FEW = 0.5
"""Fewer findings than this part of the median of the reviews handed in is few."""
RISK_RULE = (
    "At risk: not begun and due within four days or overdue; begun, its form still empty and due within two days; or "
    "handed in with fewer than half as many findings as the median of the reviews handed in."
)


class State(StrEnum):
    """How far a review is, in its order."""

    NOT_BEGUN = "not_begun"
    BEGUN = "begun"
    LATE = "late"
    HANDED_IN = "handed_in"
    RELEASED = "released"
    ANSWERED = "answered"
    CHECKED = "checked"


class Errand(StrEnum):
    """What somebody has to do for a review to go on."""

    WRITE = "write"
    ANSWER = "answer"
    CHECK = "check"


@dataclass(frozen=True, kw_only=True)
class Words:
    """How a state reads: its word, its tone, what it means."""

    word: str
    tone: str
    meaning: str


STATES: Mapping[State, Words] = {
    State.NOT_BEGUN: Words(word="not begun", tone="plain", meaning="Nothing is written yet."),
    State.BEGUN: Words(word="begun", tone="info", meaning="Something is written, nothing is handed in."),
    State.LATE: Words(word="late", tone="bad", meaning="It was due and is not handed in."),
    State.HANDED_IN: Words(word="handed in", tone="accent", meaning="The developers do not see it yet."),
    State.RELEASED: Words(word="released", tone="warn", meaning="The developers see it; some findings have no answer."),
    State.ANSWERED: Words(word="answered", tone="good", meaning="Every finding has an answer."),
    State.CHECKED: Words(word="fixes checked", tone="good", meaning="Every finding is checked in version 2."),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ReviewProgress:
    """One review on the board. Times are aware UTC; `findings` are those that stand in it now."""

    assignment_id: str
    review_id: str
    project_id: str
    project: str
    reviewer_id: str
    """An enrolment, or the group where groups review."""
    reviewer: str
    practice: bool = False
    edition: int = 0
    is_begun: bool = False
    has_form: bool = False
    is_shown: bool = False
    """Whether the developers see it."""
    is_writable: bool = False
    """Whether it can still be written and handed in."""
    answers_open: bool = False
    checks_open: bool = False
    opened_at: datetime | None = None
    due_at: datetime | None = None
    answers_due_at: datetime | None = None
    checks_due_at: datetime | None = None
    submitted_at: datetime | None = None
    findings: int = 0
    handed_in: int = 0
    """Findings that stand in what was handed in; of them"""
    answered: int = 0
    checked: int = 0
    last_activity: datetime | None = None
    unread: int = 0
    reminded_at: datetime | None = None
    state: State = State.NOT_BEGUN
    risks: tuple[str, ...] = ()

    @property
    def words(self) -> Words:
        """How its state reads."""
        return STATES[self.state]

    @property
    def was_late(self) -> bool:
        """Whether what was handed in came after its deadline."""
        return self.submitted_at is not None and self.due_at is not None and self.submitted_at > self.due_at

    @property
    def errands(self) -> tuple[Errand, ...]:
        """What it waits for that somebody can do now; nobody is reminded of anything else."""
        waits = {
            Errand.WRITE: not self.edition and self.is_writable,
            Errand.ANSWER: self.is_shown and self.answers_open and self.answered < self.handed_in,
            Errand.CHECK: bool(self.edition) and self.checks_open and self.checked < self.handed_in,
        }
        return tuple(errand for errand, is_waited_for in waits.items() if is_waited_for)


def state_of(row: ReviewProgress, now: datetime) -> State:
    """The state of a review, from what is in its row. Without findings it is answered and checked when it is shown."""
    if not row.edition:
        if row.due_at is not None and row.due_at < now:
            return State.LATE
        return State.BEGUN if row.is_begun else State.NOT_BEGUN
    if not row.is_shown:
        return State.HANDED_IN
    if row.handed_in and row.checked >= row.handed_in:
        return State.CHECKED
    return State.ANSWERED if row.answered >= row.handed_in else State.RELEASED


def few_findings(rows: Iterable[ReviewProgress]) -> float:
    """Below how many findings a review has few: half the median of the reviews handed in; 0 where there are none."""
    numbers = [row.handed_in for row in rows if row.edition and not row.practice]
    return median(numbers) * FEW if numbers else 0.0


def risks_of(row: ReviewProgress, *, few: float, now: datetime) -> tuple[str, ...]:
    """Why a review is at risk, in words; `RISK_RULE` is the same as a sentence."""
    if row.practice:
        return ()
    if row.edition:
        return ("few findings",) if row.handed_in < few else ()
    if row.due_at is None or not row.is_writable:
        return ()
    left = row.due_at - now
    if not row.is_begun:
        return ("due soon",) if left <= RISK_NOT_BEGUN else ()
    return ("form empty",) if not row.has_form and left <= RISK_EMPTY_FORM else ()


@dataclass(frozen=True, kw_only=True)
class BoardChoice:
    """Which rows of the board are shown, and in which order; the same choice tells whom a reminder goes to."""

    state: str = ""
    waits: str = ""
    risk: bool = False
    unread: bool = False
    reviewer: str = ""
    """A reviewer's id, "" for everybody; so is"""
    project: str = ""
    words: str = ""
    """What the reviewer's or the project's name must hold."""
    sort: str = "reviewer"
    down: bool = False

    def as_fields(self, **changes: str | bool) -> dict[str, str]:
        """The choice as fields of an address or a form: only what differs from the plain board."""
        told = {
            "state": self.state, "waits": self.waits, "risk": self.risk, "unread": self.unread, "words": self.words,
            "reviewer": self.reviewer, "project": self.project, "sort": self.sort, "down": self.down,
        } | changes  # fmt: skip
        if told["sort"] == "reviewer":
            told["sort"] = ""
        return {name: "yes" if value is True else str(value) for name, value in told.items() if value}

    @property
    def is_whole(self) -> bool:
        """Whether every review is shown."""
        return not self.as_fields(sort="", down=False)


def read_choice(fields: Mapping[str, str]) -> BoardChoice:
    """Read a choice from an address or a form; what is unknown counts as not given."""
    state, waits, sort = (fields.get(name, "") for name in ("state", "waits", "sort"))
    return BoardChoice(
        state=state if state in set(State) else "",
        waits=waits if waits in set(Errand) else "",
        risk=bool(fields.get("risk")),
        unread=bool(fields.get("unread")),
        reviewer=fields.get("reviewer", "")[:40],
        project=fields.get("project", "")[:40],
        words=fields.get("words", "").strip()[:200],
        sort=sort if sort in SORTS else "reviewer",
        down=bool(fields.get("down")),
    )


SORTS: Mapping[str, Callable[[ReviewProgress], Any]] = {
    "reviewer": lambda row: row.reviewer.casefold(),
    "project": lambda row: row.project.casefold(),
    "state": lambda row: list(State).index(row.state),
    "findings": lambda row: row.findings,
    "due": lambda row: row.due_at.timestamp() if row.due_at else float("inf"),
    "activity": lambda row: row.last_activity.timestamp() if row.last_activity else 0.0,
    "reminded": lambda row: row.reminded_at.timestamp() if row.reminded_at else 0.0,
    "unread": lambda row: row.unread,
    "risk": lambda row: len(row.risks),
}


def choose_rows(rows: Iterable[ReviewProgress], choice: BoardChoice) -> list[ReviewProgress]:
    """The rows of the choice, in its order; equal ones by reviewer, project and id, so that the order is one."""
    words = choice.words.casefold()
    chosen = [
        row
        for row in rows
        if (not choice.state or row.state == choice.state)
        and (not choice.waits or choice.waits in row.errands)
        and (not choice.risk or row.risks)
        and (not choice.unread or row.unread)
        and (not choice.reviewer or row.reviewer_id == choice.reviewer)
        and (not choice.project or row.project_id == choice.project)
        and (not words or words in row.reviewer.casefold() or words in row.project.casefold())
    ]
    chosen.sort(key=lambda row: (row.reviewer.casefold(), row.project.casefold(), row.assignment_id))
    chosen.sort(key=SORTS[choice.sort], reverse=choice.down)
    return chosen


@dataclass(frozen=True, kw_only=True)
class ProgressShare:
    """The reviews of one reviewer, or of one project, summed up."""

    share_id: str
    name: str
    counts: Mapping[State, int] = field(default_factory=dict)
    findings: int = 0
    unread: int = 0
    at_risk: int = 0
    last_activity: datetime | None = None

    @property
    def total(self) -> int:
        """How many reviews."""
        return sum(self.counts.values())


def count_states(rows: Iterable[ReviewProgress]) -> dict[State, int]:
    """How many reviews are in each state, every state named."""
    counts = dict.fromkeys(State, 0)
    for row in rows:
        counts[row.state] += 1
    return counts


def share_rows(rows: Sequence[ReviewProgress], *, by: str) -> list[ProgressShare]:
    """The rows summed up by "reviewer" or by "project", by name."""
    found: dict[tuple[str, str], list[ReviewProgress]] = {}
    for row in rows:
        key = (row.reviewer_id, row.reviewer) if by == "reviewer" else (row.project_id, row.project)
        found.setdefault(key, []).append(row)
    shares = [
        ProgressShare(
            share_id=share_id,
            name=name,
            counts=count_states(own),
            findings=sum(row.findings for row in own),
            unread=sum(row.unread for row in own),
            at_risk=sum(bool(row.risks) for row in own),
            last_activity=max((row.last_activity for row in own if row.last_activity), default=None),
        )
        for (share_id, name), own in found.items()
    ]
    return sorted(shares, key=lambda share: (share.name.casefold(), share.share_id))
