"""What a grader typed about a mistake or a mark, read into values; every fault is told at once."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from urllib.parse import unquote

from reviewhub.courses.policy import Policy
from reviewhub.errors import BadInput, Problem
from reviewhub.grades.evidence import Verdict
from reviewhub.projects.addresses import address_of
from reviewhub.reviews.places import Place, PlaceKind, read_place

SEVERITIES = ("critical", "major", "minor", "trivial")
TITLE_LENGTH = 200
TEXT_LENGTH = 20_000
_LINK = re.compile(
    r"(?:/projects/(?P<key>[^/]+))?/version-(?P<version>[12])/files/(?P<path>[^#?]+)(?:\?[^#]*)?(?:#(?P<token>\S+))?"
)
_WORDS = re.compile(
    r"(?:cell\s*(?P<cell>\d{1,6})(?:\s*,?\s*output\s*(?P<output>\d{1,6}))?)?"
    r"(?:\s*,?\s*lines?\s*(?P<first>\d{1,7})(?:\s*[-–]\s*(?P<last>\d{1,7}))?)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class MistakeDraft:
    """A mistake as the grader wants it. `points` None takes the severity's.

    `verdict` is what became of it in version 2, where that is known at once.
    """

    title: str
    severity: str
    criterion: str
    text: str = ""
    points: Decimal | None = None
    detectable: bool = True
    verdict: Verdict | None = None


def read_mistake(
    policy: Policy,
    *,
    title: str,
    severity: str,
    criterion: str,
    text: str = "",
    points: str = "",
    detectable: bool = True,
    verdict: str = "",
) -> MistakeDraft:
    """Read the form of a mistake; BadInput lists every fault with its field."""
    problems = []
    one_line = " ".join(clean(title).split())
    if not one_line:
        problems.append(Problem(place="title", what="The mistake needs a title.", hint="One line that names it."))
    if len(one_line) > TITLE_LENGTH:
        problems.append(Problem(place="title", what=f"The title is longer than {TITLE_LENGTH} characters."))
    if len(text) > TEXT_LENGTH:
        problems.append(Problem(place="text", what=f"The text is longer than {TEXT_LENGTH:,} characters."))
    if severity not in SEVERITIES:
        problems.append(Problem(place="severity", what="Choose how severe it is.", hint=", ".join(SEVERITIES)))
    if policy.criterion(criterion) is None:
        known = ", ".join(row.title for row in policy.rubric)
        problems.append(Problem(place="criterion", what="Choose the criterion it belongs to.", hint=known))
    number = None
    if points.strip():
        try:
            number = read_number(points, lowest=Decimal(0), highest=Decimal(100))
        except BadInput as fault:
            problems.append(Problem(place="points", what=fault.message))
    if problems:
        msg = "The mistake was not recorded."
        raise BadInput(msg, tuple(problems))
    return MistakeDraft(
        title=one_line,
        severity=severity,
        criterion=criterion,
        text=clean(text).strip(),
        points=number,
        detectable=detectable,
        verdict=Verdict(verdict) if verdict in set(Verdict) else None,
    )


def clean(text: str) -> str:
    """The text without NUL signs, which not every database can keep."""
    return text.replace("\x00", "")


def read_number(text: str, *, lowest: Decimal, highest: Decimal) -> Decimal:
    """A number within bounds, written `1.5` or `1,5`; BadInput says what it should be."""
    written = text.strip().replace("−", "-").replace(",", ".")
    try:
        number = Decimal(written) if re.fullmatch(r"[+-]?[0-9]{1,6}(\.[0-9]{1,6})?", written) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    if number.is_nan() or not lowest <= number <= highest:
        msg = f"“{text.strip()[:20]}” is not a number from {lowest} to {highest}."
        raise BadInput(msg)
    return number


def read_typed_place(where: str, path: str, *, key: str = "", version: int = 0) -> Place:
    """Read a place as a grader gives it: a link, a link's word (`cell-3`), “cell 4, lines 2-5”, “lines 10-20”, nothing.

    The path of the answer is an address (`projects.addresses`). In words everything counts from 1. Nothing is the
    whole file, and without a file the whole project. A link must lead to the project `key` and to `version`, where
    those are given.
    """
    link = _LINK.search(where) or _LINK.search(path)
    if link:
        _refuse_elsewhere(link, key, version)
        return read_place(link["token"] or PlaceKind.FILE, unquote(link["path"]))
    where, path = " ".join(where.split()), _address(path)
    if not where:
        return read_place(PlaceKind.FILE if path else PlaceKind.PROJECT, path)
    match = _WORDS.fullmatch(where)
    if match is None or not any(match.groupdict().values()):
        return read_place(where, path)
    lines = f"L{match['first']}-L{match['last'] or match['first']}" if match["first"] else ""
    if match["cell"] is None:
        return read_place(lines, path)
    if int(match["cell"]) < 1 or (match["output"] and int(match["output"]) < 1):
        msg = "Cells and outputs are counted from 1."
        raise BadInput(msg)
    token = f"cell-{int(match['cell']) - 1}"
    if match["output"]:
        return read_place(f"{token}-output-{int(match['output']) - 1}", path)
    return read_place(f"{token}-{lines}" if lines else token, path)


def _refuse_elsewhere(link: re.Match[str], key: str, version: int) -> None:
    there = unquote(link["key"] or key)
    if key and there != key:
        msg = f"This link leads to {there}, and the mistake is one of {key}."
        raise BadInput(msg)
    if version and int(link["version"]) != version:
        msg = f"This link leads to version {link['version']}, and the mistake was said to lie in version {version}."
        raise BadInput(msg)


def _address(path: str) -> str:
    name = path.strip().strip("/")
    return address_of(name) if name else ""
