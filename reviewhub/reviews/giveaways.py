"""Words in a text that tell who wrote it: names, e-mail addresses and what stands before their @, in any spelling."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

SHORTEST_NAME = 3
SHORTEST_LOCAL_PART = 4
AROUND = 28
# Given names that English texts are full of: they count in capitals inside a sentence only.
ORDINARY_WORDS = frozenset(
    {"art", "can", "dean", "faith", "grace", "grant", "hope", "joy", "june", "mark", "may", "ray", "rich", "rose",
     "sue", "sun", "will", "max", "min", "batu", "van", "den", "von", "del", "long", "young", "king", "page"}
)  # fmt: skip
_UNFOLDED = str.maketrans({"ı": "i", "İ": "i", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ß": "s"})
_WORD = re.compile(r"[^\W_]+(?:['’.\-+][^\W_]+)*")
_PART = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"[\w.+\-]+@[\w.\-]+\w")
_SENTENCE_ENDS = ".!?:\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody whom a text must not name: its author, or a member of the author's group."""

    name: str
    email: str
    is_author: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Giveaway:
    """A word that names somebody, and the words around it."""

    word: str
    person: Person
    excerpt: str


def find_giveaways(text: str, people: Iterable[Person]) -> tuple[Giveaway, ...]:
    """Find where a text names one of the people; each word once. Accents, case and dotless letters make no difference.

    A name counts as a whole word only; a first name that is an ordinary word (Will, Can, Mark) counts where it is
    written in capitals inside a sentence.
    """
    known = tuple(people)
    found: dict[str, Giveaway] = {}
    for start, word in _words(text):
        person = next((one for one in known if _names(word, one, is_begun=_begins_sentence(text, start))), None)
        if person is not None and fold(word) not in found:
            found[fold(word)] = Giveaway(word=word, person=person, excerpt=_excerpt(text, start, start + len(word)))
    return tuple(found.values())


def fold(text: str) -> str:
    """A text without accents and case: `Çelik` and `celik` are one."""
    plain = unicodedata.normalize("NFKD", text.translate(_UNFOLDED))
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold()


def _words(text: str) -> Iterator[tuple[int, str]]:
    """The words of a text and where they begin: whole addresses, then words with what joins them, then their parts."""
    for address in _ADDRESS.finditer(text):
        yield address.start(), address[0]
    for word in _WORD.finditer(text):
        yield word.start(), word[0]
        for part in _PART.finditer(word[0]):
            if part[0] != word[0]:
                yield word.start() + part.start(), part[0]


def _names(word: str, person: Person, *, is_begun: bool) -> bool:
    folded = fold(word)
    address = fold(person.email)
    local = address.partition("@")[0]
    if folded == address or (folded == local and len(local) >= SHORTEST_LOCAL_PART):
        return True
    if folded not in {fold(part) for part in _PART.findall(person.name) if len(part) >= SHORTEST_NAME}:
        return False
    if folded in ORDINARY_WORDS:
        return word[:1].isupper() and not is_begun
    return word[:1].isupper() or len(word) > SHORTEST_NAME


def _begins_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip(" \t*_`\"'“‘(->#")
    return not before or before[-1] in _SENTENCE_ENDS


def _excerpt(text: str, start: int, end: int) -> str:
    """The word with some whole words on both sides."""
    before, after = text[:start].split(), text[end:].split()
    left, right = _nearest(reversed(before))[::-1], _nearest(after)
    glued_left = " " if text[:start].endswith((" ", "\n", "\t")) else ""
    glued_right = " " if text[end:].startswith((" ", "\n", "\t")) else ""
    return "".join(
        (
            "…" if len(left) < len(before) else "",
            " ".join(left) + glued_left if left else "",
            text[start:end],
            glued_right + " ".join(right) if right else "",
            "…" if len(right) < len(after) else "",
        )
    )


def _nearest(words: Iterable[str]) -> list[str]:
    taken: list[str] = []
    for word in words:
        if sum(map(len, taken)) + len(word) > AROUND:
            break
        taken.append(word)
    return taken
