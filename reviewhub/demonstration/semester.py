"""The demonstration's semester: its deadlines, and moments written relative to them ("version_1 -3d 21:40")."""

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# The earliest push of a sample is this long before version 1, the last ones follow the reviews by days.
LONGEST_WORK = timedelta(days=75)
SHORTEST_REVIEW = timedelta(days=7)
SHORTEST_REWORK = timedelta(days=10)

_STEP = re.compile(r"([+-])(\d+)([dhms])")
_CLOCK = re.compile(r"(\d\d):(\d\d)")
_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}


@dataclass(frozen=True, kw_only=True)
class Calendar:
    """The moments (aware datetimes) of one semester; the invented pushes hang on them."""

    term_start: datetime
    version_1: datetime
    reviews: datetime
    version_2: datetime
    proposals: datetime | None = None
    responses: datetime | None = None
    grading: datetime | None = None
    zone: str = "Europe/Istanbul"

    def __post_init__(self) -> None:
        """Refuse a semester too short for the story: `ValueError`."""
        if any(moment.tzinfo is None for moment in (self.term_start, self.version_1, self.reviews, self.version_2)):
            message = "Every moment of the calendar needs a time zone."
            raise ValueError(message)
        for what, start, end, least in (
            ("work on version 1", self.term_start, self.version_1, LONGEST_WORK),
            ("reviewing", self.version_1, self.reviews, SHORTEST_REVIEW),
            ("work on version 2", self.reviews, self.version_2, SHORTEST_REWORK),
        ):
            if end - start < least:
                message = f"The demonstration needs at least {least.days} days for {what}."
                raise ValueError(message)

    def moment(self, text: str) -> datetime:
        """Return the UTC moment of a text: a deadline, steps from it (`-3d +40m`) and perhaps a local time (`21:40`).

        A local time gets invented seconds, always the same for the same text; `ValueError` where the text is wrong.
        """
        anchor, *words = text.split()
        at = getattr(self, anchor, None)
        if not isinstance(at, datetime):
            raise ValueError(text)  # noqa: TRY004  the text is wrong, whatever the attribute is
        at = at.astimezone(ZoneInfo(self.zone))
        for word in words:
            if step := _STEP.fullmatch(word):
                length = timedelta(**{_UNITS[step[3]]: int(step[2])})
                at = at + length if step[1] == "+" else at - length
            elif clock := _CLOCK.fullmatch(word):
                second = hashlib.sha256(text.encode()).digest()[0] % 60
                at = at.replace(hour=int(clock[1]), minute=int(clock[2]), second=second, microsecond=0)
            else:
                raise ValueError(text)
        return at.astimezone(UTC)


def spring_calendar(year: int) -> Calendar:
    """Return a spring semester at METU's clock: version 1 due on 10 May, reviews on 20 May, version 2 on 3 June."""
    zone = ZoneInfo("Europe/Istanbul")

    def evening(month: int, day: int) -> datetime:
        return datetime(year, month, day, 23, 59, tzinfo=zone)

    return Calendar(
        term_start=datetime(year, 2, 16, 9, 0, tzinfo=zone),
        proposals=evening(3, 8),
        version_1=evening(5, 10),
        reviews=evening(5, 20),
        responses=evening(5, 27),
        version_2=evening(6, 3),
        grading=evening(6, 12),
    )
