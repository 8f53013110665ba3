"""How specific a finding is, as the quality rubric asks: it has a place, says what is wrong, and says how one sees it.

An estimate from the form of the text alone. It helps the writer before handing in and is never a mark.
"""

import re
from dataclasses import dataclass

from reviewhub.reviews.places import Place, PlaceKind

ENOUGH_WORDS = 6
_FENCED = re.compile(r"```.*?(?:```|\Z)|`[^`\n]+`", re.DOTALL)
_QUOTED = re.compile(r"[“\"«][^”\"»\n]{3,}[”\"»]|^>", re.MULTILINE)
_LINK = re.compile(r"https?://\S+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d+(?:[.,]\d+)?(?:e-?\d+)?\s?%?", re.IGNORECASE)
_POINTS_AT = re.compile(
    r"\b[\w/\-]+\.(?:py|ipynb|md|txt|json|ya?ml|toml|csv|sh)\b|\b(?:cell|line|section|sec\.|table|figure|fig\.|equation|eq\.|"
    r"appendix|algorithm)\s*\(?\d",
    re.IGNORECASE,
)
_EVIDENCE = re.compile(
    r"\b(?:because|paper|authors|section|table|figure|equation|expected|instead of|whereas|rather than|compared|shows?|"
    r"prints?|returns?|raises?|outputs?|run|running|runs|reproduce|see|seen|results?|plot|log|loss curve|traceback|"
    r"error|fails?|differs?|but the)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Specific:
    """Which of the three a finding has, and how to come by the first that is missing ("" where none is)."""

    has_place: bool
    says_what: bool
    says_how: bool
    hint: str

    @property
    def score(self) -> int:
        """How many of the three it has, 0 to 3."""
        return self.has_place + self.says_what + self.says_how


def estimate_specific(*, text: str, places: tuple[Place, ...], is_missing: bool = False) -> Specific:
    """Estimate how specific a finding is. What is missing has no place: there, naming where it belongs is enough."""
    plain = _FENCED.sub(" ", _LINK.sub(" ", text))
    has_place = any(place.kind is not PlaceKind.PROJECT for place in places) or bool(_POINTS_AT.search(text))
    says_what = len(_WORD.findall(plain)) >= ENOUGH_WORDS
    says_how = bool(
        _FENCED.search(text) or _QUOTED.search(text) or _LINK.search(text)
        or _NUMBER.search(plain) or _EVIDENCE.search(plain)
    )  # fmt: skip
    return Specific(
        has_place=has_place,
        says_what=says_what,
        says_how=says_how,
        hint=_hint(has_place=has_place, says_what=says_what, says_how=says_how, is_missing=is_missing),
    )


def _hint(*, has_place: bool, says_what: bool, says_how: bool, is_missing: bool) -> str:
    if not says_what:
        return "Say in a sentence what is wrong and what would be right."
    if not has_place and is_missing:
        return "Say where one would expect it: a file, a section of the notebook, a line of the README."
    if not has_place:
        return "Point at the line, cell or output, or name the file and section."
    if not says_how:
        return "Say how one can see it: quote the line, the number, or what the paper says."
    return ""
