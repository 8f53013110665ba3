"""An appeal as its reader may see it, and what it is about. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from reviewhub.grades.spots import Spot

OUTCOME_WORDS = {"granted": "granted", "partly": "granted in part", "denied": "denied"}
TONES = {"granted": "good", "partly": "warn", "denied": "bad"}


@dataclass(frozen=True, kw_only=True)
class Context:
    """A mistake or a finding that an appeal is about, as it stands now."""

    title: str
    text: str
    spot: Spot | None
    version: int = 1
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AppealView:
    """One appeal as its reader may see it: what the reader may not know is empty."""

    appeal_id: str
    about: str
    """Its kind and target: what the links to appeal a thing carry."""
    title: str
    key: str
    """The project's, or "" for a part of the course grade."""
    side: str
    """Whose grade it is about, in words."""
    release: int
    filed_at: datetime
    withdrawn_at: datetime | None
    decided_at: datetime | None
    outcome: str
    reason: str
    earlier: tuple[Mapping[str, str], ...]
    said: tuple[str, ...] = ()
    text: str = ""
    filed_by: str = ""
    decided_by: str = ""
    is_own: bool = False
    context: tuple[Context, ...] = ()
    """For the staff: what it is about, with its place and who said what."""
    mistake_id: str = ""
    finding_id: str = ""

    @property
    def anchor(self) -> str:
        """Where the desk shows it."""
        return self.finding_id if self.about.startswith("finding:") else self.mistake_id or self.finding_id

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.decided_at is None and self.withdrawn_at is None

    @property
    def state(self) -> str:
        """How it stands, in a word or three."""
        if self.withdrawn_at is not None:
            return "withdrawn"
        return OUTCOME_WORDS.get(self.outcome, "open")

    @property
    def tone(self) -> str:
        """The tone of its badge."""
        return "plain" if self.withdrawn_at else TONES.get(self.outcome, "accent")
