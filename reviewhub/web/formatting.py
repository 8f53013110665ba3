"""How moments, points, sizes and counts read on the screen.

Pure functions: the zone and `now` are arguments, and `template_filters` binds them for the templates. English
names of days and months are written here because the C library's depend on the machine.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Context, Decimal
from hashlib import sha256

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTHING = "—"
MINUS = "−"
TINTS = 6
SOON = timedelta(hours=48)

# Wide enough that rounding at display never fails, whatever number a page was given.
_DISPLAY = Context(prec=60, rounding=ROUND_HALF_UP)
_HUNDREDTH = Decimal("0.01")
_KIBI = 1024


def format_offset(at: datetime, zone: tzinfo) -> str:
    """Name the zone at that moment as people write it: `CET`, or `UTC+3` where it is a number."""
    local = at.astimezone(zone)
    name = local.tzname() or ""
    if name.isalpha():
        return name
    minutes = offset_minutes(at, zone)
    sign = "+" if minutes >= 0 else MINUS
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}" + (f":{rest:02d}" if rest else "") if minutes else "UTC"


def offset_minutes(at: datetime, zone: tzinfo) -> int:
    """Count the minutes east of UTC at that moment; the page's script compares it with the reader's own."""
    offset = at.astimezone(zone).utcoffset() or timedelta()
    return int(offset.total_seconds() // 60)


def format_instant(at: datetime) -> str:
    """Write the `datetime` attribute of a <time>: UTC, whole seconds, `2025-11-21T20:59:00Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def format_date(at: datetime | None, zone: tzinfo, now: datetime | None = None) -> str:
    """`Fri 21 Nov 2025`; the year is left out when it is the year of `now` in that zone."""
    if at is None:
        return NOTHING
    local = at.astimezone(zone)
    text = f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"
    if now is not None and now.astimezone(zone).year == local.year:
        return text
    return f"{text} {local.year}"


def format_clock(at: datetime | None, zone: tzinfo) -> str:
    """`23:59`, with seconds only where they are not zero: a deadline at 23:59:59 must not read as 23:59."""
    if at is None:
        return NOTHING
    local = at.astimezone(zone)
    text = f"{local.hour:02d}:{local.minute:02d}"
    return f"{text}:{local.second:02d}" if local.second else text


def format_moment(at: datetime | None, zone: tzinfo, now: datetime | None = None) -> str:
    """`Fri 21 Nov, 23:59 UTC+3`: a moment in the course's zone, and always with that zone's name."""
    if at is None:
        return NOTHING
    return f"{format_date(at, zone, now)}, {format_clock(at, zone)} {format_offset(at, zone)}"


def format_duration(seconds: float) -> str:
    """Write a length of time in its largest unit, rounded down: nobody is promised time that is not there."""
    whole = int(abs(seconds))
    if whole < 60:  # noqa: PLR2004 - a minute
        return plural(whole, "second")
    minutes = whole // 60
    if minutes < 60:  # noqa: PLR2004 - an hour
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 48:  # noqa: PLR2004 - up to two days people count in hours
        return plural(hours, "hour")
    days = hours // 24
    return plural(days, "day") if days < 28 else plural(days // 7, "week")  # noqa: PLR2004 - four weeks


def format_relative(at: datetime | None, now: datetime) -> str:
    """`in 3 days`, `40 min ago`, `now` within half a minute."""
    if at is None:
        return NOTHING
    seconds = (at - now).total_seconds()
    if abs(seconds) < 30:  # noqa: PLR2004 - nobody reads seconds
        return "now"
    return f"in {format_duration(seconds)}" if seconds > 0 else f"{format_duration(seconds)} ago"


def due_tone(at: datetime | None, now: datetime) -> str:
    """Choose the tone of something that is due: `bad` once past, `warn` within two days, else `plain`."""
    if at is None:
        return "plain"
    if at <= now:
        return "bad"
    return "warn" if at - now <= SOON else "plain"


def format_points(points: Decimal | int | None, *, signed: bool = False) -> str:
    """Points at two places, half up; `signed` puts + or − before anything that is not shown as zero."""
    if points is None:
        return NOTHING
    shown = _DISPLAY.quantize(Decimal(points), _HUNDREDTH)
    if not shown:
        return "0.00"
    sign = MINUS if shown < 0 else "+" if signed else ""
    # copy_abs, because abs() would round to the digits of the context around us.
    return f"{sign}{shown.copy_abs()}"


def format_number(number: int) -> str:
    """Write a count with thin spaces between thousands: some read 12.480 as twelve, others 12,480."""
    return f"{number:,}".replace(",", "\u202f")


def format_size(size: int | None) -> str:
    """Bytes as people read them: `812 B`, `14 KB`, `2.3 MB` (1 KB = 1,024 B)."""
    if size is None:
        return NOTHING
    if size < _KIBI:
        return f"{size} B"
    amount = float(size)
    units = ["GB", "MB", "KB"]
    unit = "B"
    while amount >= _KIBI and units:
        amount, unit = amount / _KIBI, units.pop()
    # Below ten one decimal tells sizes apart; above it only pretends to.
    return f"{amount:.1f} {unit}" if amount < 9.95 else f"{amount:.0f} {unit}"  # noqa: PLR2004


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 finding`, `3 findings`, `2 replies` (with `many` where an s is not enough)."""
    return f"{format_number(count)} {one if count == 1 else many or one + 's'}"


def initials(name: str) -> str:
    """One or two letters that stand for a person: the first letters of the first and the last word."""
    words = [word for word in name.split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def tint(name: str) -> int:
    """Give a number from 0 to 5 that is the same for a name on every machine: the colour of its avatar."""
    return sha256(name.encode("utf-8", "surrogatepass")).digest()[0] % TINTS


def template_filters(*, zone: Callable[[], tzinfo], now: Callable[[], datetime]) -> dict[str, Callable[..., object]]:
    """Bind the templates' filters; `zone` tells the course's zone, outside a course the installation's."""
    return {
        "format_moment": lambda at: format_moment(at, zone(), now()),
        "format_date": lambda at: format_date(at, zone(), now()),
        "format_clock": lambda at: format_clock(at, zone()),
        "format_offset": lambda at: format_offset(at, zone()),
        "offset_minutes": lambda at: offset_minutes(at, zone()),
        "format_instant": format_instant,
        "format_relative": lambda at: format_relative(at, now()),
        "due_tone": lambda at: due_tone(at, now()),
        "format_duration": format_duration,
        "format_points": format_points,
        "format_number": format_number,
        "format_size": format_size,
        "plural": plural,
        "initials": initials,
        "tint": tint,
    }
