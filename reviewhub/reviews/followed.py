"""What became of a finding, as a value: its places then and now, and which of many findings a reader wants to see."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from reviewhub.reviews.anchors import Carried, CarriedState
from reviewhub.reviews.kinds import ResponseKind
from reviewhub.reviews.places import Anchor, PlaceKind
from reviewhub.reviews.reading import Answered

UNCHECKED, CHECKED = "unchecked", "checked"


@dataclass(frozen=True, kw_only=True)
class CarriedAnchor:
    """An anchor of version 1 with where it is in version 2; `carried` is None where nobody looked.

    `corrected_by` says who pointed it out by hand, "" where the program found it.
    """

    anchor: Anchor
    carried: Carried | None
    corrected_by: str = ""
    corrected_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Followed:
    """A finding with its places carried to version 2, in their order."""

    answered: Answered
    places: tuple[CarriedAnchor, ...]

    @property
    def state(self) -> CarriedState | None:
        """What became of all its places together; None before version 2, and where it is about the whole project."""
        found = {
            one.carried.state
            for one in self.places
            if one.carried is not None and one.anchor.place.kind is not PlaceKind.PROJECT
        }
        if len(found) > 1 and found <= {CarriedState.SAME, CarriedState.MOVED}:
            return CarriedState.MOVED
        return next(iter(found)) if len(found) == 1 else CarriedState.CHANGED if found else None

    @property
    def is_unchanged_claim(self) -> bool:
        """Whether the developers say "fixed" although nothing at any of its places has changed."""
        response = self.answered.response
        is_claimed = response is not None and response.kind == ResponseKind.FIXED
        return is_claimed and self.state in {CarriedState.SAME, CarriedState.MOVED}


@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which findings a reader wants to see; "" means all. `check`: unchecked, checked, or one verdict."""

    check: str = ""
    severity: str = ""
    state: str = ""

    @property
    def is_on(self) -> bool:
        """Whether anything is left out."""
        return bool(self.check or self.severity or self.state)

    def choose(self, findings: Iterable[Followed]) -> list[Followed]:
        """The findings that are wanted, in their order."""
        return [one for one in findings if self._wants(one)]

    def _wants(self, one: Followed) -> bool:
        check = one.answered.check
        verdict = check.verdict if check else ""
        by_check = {"": True, UNCHECKED: not verdict, CHECKED: bool(verdict)}
        return (
            by_check.get(self.check, verdict == self.check)
            and self.severity in {"", one.answered.finding.severity}
            and self.state in {"", one.state or ""}
        )
