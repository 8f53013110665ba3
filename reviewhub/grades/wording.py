"""How alike two texts are that people wrote about a mistake: by the words that say most, whatever the signs around.

Markdown and TeX are signs, not words: a Greek letter meets its name. Words that stand in many texts of the same project
("loss", "paper") say little; a name or a number that stands in two of them says much.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import fsum, log, sqrt

from rapidfuzz.fuzz import token_set_ratio

STEM = 6
"""Letters of a word that are compared: "normalisation", "normalise" and "normalization" are one word."""
_CHANCE = 0.42
"""What `token_set_ratio` gives two English sentences that have nothing to do with each other (of 1)."""
_LEAST = 8.0
"""About what four telling words weigh."""
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKUP = re.compile(
    r"\\(?:(?:hat|tilde|bar|vec|text|mathrm|mathbf|mathcal|left|right|frac|operatorname|quad)(?![a-z])|[,;!])"
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z][a-z])")
_WORD = re.compile(r"[^\W\d_]+[0-9]*|[0-9]+(?:\.[0-9]+)?")
_SIGNS = {"√": " sqrt ", "²": "2 ", "³": "3 ", "∇": " gradient ", "∑": " sum ", "Σ": " sum ", "_": " "}
_COMMON = frozenset(
    re.findall(
        r"\w+",
        """a about above after all also although always an and any are as at be because been before being below between
        both but by can cannot could did do does done each either else even every for from get gets give given has
        have he her here his how however i if in instead into is isn it its just like made make makes many may me
        might more most much must my need needed needs never no none nor not now of on once one only or other our
        out over own per please point same says see seen should show shown shows since so some still such take taken
        takes than that the their them then there therefore these they this those though through thus to too two
        under until up use used uses using very was way we well were what when where whether which while who why
        will with without would wrong you your""",
    )
)


@dataclass(frozen=True)
class Wording:
    """A text as its telling words, with the signs stripped."""

    words: frozenset[str]
    plain: str


@lru_cache(maxsize=4096)
def wording_of(text: str) -> Wording:
    """The telling words of a text; the same text is read once."""
    # A letter alone, x or z, stands in every formula and says nothing; a digit may be the whole point.
    found = [
        word for word in _WORD.findall(_stripped(text)) if word not in _COMMON and (len(word) > 1 or word.isdigit())
    ]
    return Wording(words=frozenset(word[:STEM] for word in found), plain=" ".join(found))


def weights_of(texts: Iterable[Wording]) -> dict[str, float]:
    """How much each word says: less the more of the texts use it (inverse document frequency, Spärck Jones 1972)."""
    read = list(texts)
    counts = Counter(word for one in read for word in one.words)
    return {word: log(1 + len(read) / count) for word, count in counts.items()}


def likeness(one: Wording, other: Wording, weights: Mapping[str, float]) -> float:
    """0 (nothing in common) … 1 (the same words); symmetric. `weights` come from `weights_of` and hold every word."""
    both = fsum(weights[word] for word in one.words & other.words)
    if not both:
        return 0.0
    mine, theirs = fsum(weights[word] for word in one.words), fsum(weights[word] for word in other.words)
    # Of a text of two or three words nearly all may be shared by chance: it is weighed like one of a few words more.
    shared = (both / max(_LEAST, min(mine, theirs)) + both / sqrt(mine * theirs)) / 2
    fuzzy = (token_set_ratio(one.plain, other.plain) / 100 - _CHANCE) / (1 - _CHANCE)
    return min(1.0, max(shared, 0.5 * shared + 0.5 * fuzzy))


def _stripped(text: str) -> str:
    text = _LINK.sub(r"\1", unicodedata.normalize("NFC", text))
    text = "".join(_SIGNS.get(sign) or _spelled(sign) for sign in _MARKUP.sub(" ", text))
    return _CAMEL.sub(" ", text).lower().replace("license", "licence")


def _spelled(sign: str) -> str:
    """A Greek letter by its name, as TeX writes it; anything else as it is."""
    if not "\u0370" <= sign <= "\u03ff":
        return sign
    return f" {unicodedata.name(sign, sign).rpartition(' ')[2].lower()} "
