"""The paper-fidelity table: what the paper reports, what we got, the tolerance; and whether the one is near the other.

A row is (what, paper reports, we got, tolerance), all as people write numbers: `12.3`, `12.3 ± 0.4`, `93.5 %`, `1e-3`,
`below 40`, `≥ 0.9`. The tolerance is absolute (`0.5`) or relative (`5 %`); without one, the paper's own ± is taken.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

COLUMNS = 4
OURS = 2
MOST_GOALS = 20
LONGEST_LINE = 400

_NUMBER = r"[-+−]?\d{1,15}(?:[.,]\d{1,15})?(?:[eE][-+]?\d{1,3})?"
_BELOW = r"(?:<=?|≤|below|under|less\s+than|lower\s+than|at\s+most|max(?:imum)?)"
_ABOVE = r"(?:>=?|≥|above|over|more\s+than|higher\s+than|at\s+least|min(?:imum)?)"
_FIGURE = re.compile(
    rf"(?:(?P<below>{_BELOW})|(?P<above>{_ABOVE}))?\s*(?<![\w.,-])(?P<number>{_NUMBER})(?![\w])\s*(?P<percent>%)?"
    rf"(?:\s*(?:±|\+/-|\+-)\s*(?P<spread>{_NUMBER}))?",
    re.IGNORECASE,
)
_METRIC = re.compile(
    r"\b(?P<metric>FID|KID|IS|inception\s+score|(?:top-?[15]\s+)?accuracy|acc|error(?:\s+rate)?|PSNR|SSIM|MS-SSIM|LPIPS|"
    r"NLL|ELBO|log-?likelihood|bits?\s*(?:/|per)\s*dim(?:ension)?|bpd|perplexity|PPL|MSE|RMSE|MAE|F1(?:[ -]score)?|"
    r"precision|recall|BLEU|ROUGE(?:-[L12])?|CLIP\s+score|mAP|AP|m?IoU|AUC|AUROC|dice)\b",
    re.IGNORECASE,
)
_ON = re.compile(r"\bon\s+(?P<set>[A-Z][\w-]*(?:\s+\d+\s*[x×]\s*\d+|\s+[A-Z][\w-]*)?)")


class Nearness(StrEnum):
    """Whether what we got is what the paper reports."""

    WITHIN = "within"
    OUTSIDE = "outside"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, kw_only=True, slots=True)
class FidelityVerdict:
    """The verdict on one row, with the arithmetic in words."""

    nearness: Nearness
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """A number as somebody wrote it: its spread after ±, whether it is a per cent, and whether it is a bound."""

    value: Decimal
    spread: Decimal | None = None
    is_percent: bool = False
    bound: str = ""
    """"" | "most" | "least"."""


def read_figure(text: str) -> Figure | None:
    """The first number in a text; None where there is none."""
    found = _FIGURE.search(text[:LONGEST_LINE])
    return _figure(found) if found else None


def judge_row(row: Sequence[str]) -> FidelityVerdict:
    """Whether what we got lies within the tolerance of what the paper reports, or why one cannot tell."""
    paper, ours = read_figure(row[1]), read_figure(row[OURS])
    if paper is None or ours is None:
        missing = "the paper's number" if paper is None else "our number"
        return FidelityVerdict(nearness=Nearness.UNKNOWN, words=f"{missing} is not there")
    if paper.is_percent != ours.is_percent:
        return FidelityVerdict(nearness=Nearness.UNKNOWN, words="one is in per cent, the other is not")
    allowed = _allowed(paper, row[3])
    if allowed is None and not paper.bound:
        return FidelityVerdict(nearness=Nearness.UNKNOWN, words="no tolerance is given")
    off = _distance(paper, ours)
    is_within = off <= (allowed or Decimal(0))
    same = "the bound holds" if paper.bound else "as the paper"
    words = f"off by {_plain(off)}{_share(off, paper)}" if off else same
    return FidelityVerdict(nearness=Nearness.WITHIN if is_within else Nearness.OUTSIDE, words=words)


def goals_in(text: str) -> list[list[str]]:
    """Rows to begin with: each line that names a measure and its number; "we got" is left to the reviewer."""
    rows: list[list[str]] = []
    for line in text.splitlines():
        row = _goal(line[:LONGEST_LINE])
        if row and row not in rows:
            rows.append(row)
    return rows[:MOST_GOALS]


def _goal(line: str) -> list[str]:
    metric = _METRIC.search(line)
    if metric is None or (metric["metric"].lower() in {"is", "ap", "acc"} and not metric["metric"].isupper()):
        return []
    on = _ON.search(line)
    plain = line if on is None else line[: on.start()] + " " * len(on[0]) + line[on.end() :]
    figure = _FIGURE.search(plain, metric.end()) or _FIGURE.search(plain)
    if figure is None:
        return []
    what = " ".join(metric["metric"].split()) + (f" on {on['set']}" if on else "")
    return [what, " ".join(figure[0].split()), "", ""]


def _figure(found: re.Match[str]) -> Figure:
    bound = "most" if found["below"] else "least" if found["above"] else ""
    spread = _decimal(found["spread"]) if found["spread"] else None
    return Figure(value=_decimal(found["number"]), spread=spread, is_percent=bool(found["percent"]), bound=bound)


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace(",", "."))


def _allowed(paper: Figure, tolerance: str) -> Decimal | None:
    given = read_figure(tolerance.replace("±", " ").replace("+/-", " "))
    if given is None:
        return paper.spread
    is_relative = given.is_percent and not paper.is_percent
    return abs(given.value) * abs(paper.value) / 100 if is_relative else abs(given.value)


def _distance(paper: Figure, ours: Figure) -> Decimal:
    over = ours.value - paper.value
    if paper.bound:
        return max(Decimal(0), over if paper.bound == "most" else -over)
    return abs(over)


def _share(off: Decimal, paper: Figure) -> str:
    return f" ({off / abs(paper.value) * 100:.1f} %)" if paper.value and not paper.is_percent else ""


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
