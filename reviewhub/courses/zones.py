"""The time zone of a course, and the moments written in it.

A zone is either a place of the IANA database (`Europe/Istanbul`) or a fixed offset (`+04:00`). POSIX spellings such as
`UTC+4` are refused, because their sign means the opposite of what it seems to say.
"""

import difflib
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_POSIX = re.compile(r"(?:Etc/)?(?:UTC|GMT)\s*([+-])\s*(\d{1,2})(?::?(\d\d))?", re.IGNORECASE)
_MINUTES_OF_AN_HOUR = 60
_FARTHEST_OFFSET = timedelta(hours=14)


class NoSuchZone(ValueError):
    """The text names no zone; `hint` says what to write instead."""

    def __init__(self, what: str, hint: str) -> None:
        """Keep what is wrong and what to write instead."""
        super().__init__(what)
        self.what = what
        self.hint = hint


class NoSuchMoment(ValueError):
    """The local time does not exist in the zone, or exists twice; `hint` says what to write instead."""

    def __init__(self, what: str, hint: str) -> None:
        """Keep what is wrong and what to write instead."""
        super().__init__(what)
        self.what = what
        self.hint = hint


@cache
def zone_named(name: str) -> tzinfo:
    """The zone called `name`: an IANA place or a fixed offset `+hh:mm`.

    Raises NoSuchZone, with the nearest valid spelling, for everything else.
    """
    if offset := _OFFSET.fullmatch(name):
        return _fixed(name, *offset.groups())
    if posix := _POSIX.fullmatch(name.strip()):
        raise _posix_refusal(name, posix)
    if name in _place_names():
        return ZoneInfo(name)
    by_folded_name = {place.casefold(): place for place in _place_names()}
    near = difflib.get_close_matches(name.casefold(), by_folded_name, n=1, cutoff=0.6)
    hint = "Write a place such as Europe/Istanbul, or an offset such as +03:00."
    if near:
        hint = f"Did you mean {by_folded_name[near[0]]}?"
    raise NoSuchZone(f"There is no time zone called {name!r}.", hint)


def moment_in(zone: tzinfo, local: datetime) -> datetime:
    """The moment a clock in `zone` shows the naive time `local`, as an aware UTC datetime.

    Raises NoSuchMoment when that clock skips the time (spring) or shows it twice (autumn): a deadline
    must be one moment for everybody, so the author of the file is asked which one is meant.
    """
    early, late = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    if early.utcoffset() == late.utcoffset():
        return early.astimezone(UTC)
    shown = local.strftime("%Y-%m-%d %H:%M")
    if early.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        after = early.astimezone(UTC).astimezone(zone)
        raise NoSuchMoment(
            f"{shown} does not exist in this zone: the clocks are put forward over it.",
            f"Write {after:%Y-%m-%d %H:%M}, or an offset of your own: {local.isoformat()}{_offset_text(early)}.",
        )
    raise NoSuchMoment(
        f"{shown} happens twice in this zone: the clocks are put back over it.",
        f"Write which one: {local.isoformat()}{_offset_text(early)} or {local.isoformat()}{_offset_text(late)}.",
    )


def _offset_text(moment: datetime) -> str:
    text = moment.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"


def _fixed(name: str, sign: str, hours: str, minutes: str) -> tzinfo:
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if int(minutes) >= _MINUTES_OF_AN_HOUR or offset > _FARTHEST_OFFSET:
        raise NoSuchZone(f"No place on earth is {name} away from UTC.", "Offsets go from -14:00 to +14:00.")
    return timezone(offset if sign == "+" else -offset, name)


def _posix_refusal(name: str, posix: re.Match[str]) -> NoSuchZone:
    sign, hours, minutes = posix.group(1), int(posix.group(2)), posix.group(3) or "00"
    ahead, behind = f"+{hours:02}:{minutes}", f"-{hours:02}:{minutes}"
    really = behind if sign == "+" else ahead
    return NoSuchZone(
        f"{name!r} is a POSIX spelling whose sign means the opposite of what it seems to say: it stands for {really}.",
        f"Write {ahead} for clocks ahead of UTC (east, such as Asia/Baku), {behind} for clocks behind it (west).",
    )


@cache
def _place_names() -> frozenset[str]:
    return frozenset(available_timezones()) - {"localtime", "Factory"}
