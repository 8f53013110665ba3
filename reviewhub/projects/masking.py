"""The names of a project's developers in what their reviewers read, replaced by "Developer 1" and so on.

Best effort: pictures, sound, a way of writing and the public repository itself tell what no list of names can hide.
Lines, cells and outputs stay where they are; a word in a program stays one word, so that the program still runs.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256

from reviewhub.projects.common_words import COMMON, LANGUAGE

SHORTEST_PART = 4
"""Letters of a first or last name that is masked alone."""
MOST_PEOPLE = 60
LONGEST_NAME = 80
DIGEST_LENGTH = 16
HIDDEN_HOST = "hidden.invalid"

_WORD = re.compile(r"[^\W\d_]+")
_FOLDED = str.maketrans("ıİşŞğĞçÇöÖüÜâÂîÎûÛøØłŁđĐ", "iIsSgGcCoOuUaAiIuUoOlLdD")
_GITHUB_ADDRESS = re.compile(r"(?:\d+\+)?([a-z0-9-]{1,39})@users\.noreply\.github\.com", re.IGNORECASE)
_JSON_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_ENCODED = re.compile(r"[A-Za-z0-9+/=]{200,}(?:\\n|\s)*")
_HOME = re.compile(r"(/home/|/Users/|\\Users\\|\\\\Users\\\\)([^\s/\\\"'<>:|,;]{1,64})")
_CODE_BEFORE, _CODE_AFTER = frozenset("_-./\\@"), frozenset("_-/\\@(=[")


@dataclass(frozen=True, kw_only=True)
class KnownPerson:
    """One developer: every name, address and other sign they are known by."""

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    """User names, student numbers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sign:
    """Something that names a person: what to look for quickly, the pattern, and whom it names (from 1)."""

    needles: tuple[str, ...]
    pattern: str
    number: int
    is_address: bool = False


@dataclass(frozen=True)
class Mask:
    """Replaces the signs of these people. `repository` is the shared one, of which their own copies tell who they are.

    Equal masks have equal digests: whatever is kept of a masked text is kept under the digest too.
    """

    people: tuple[KnownPerson, ...]
    repository: str = ""
    _signs: tuple[_Sign, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Put the signs in order: addresses, then the longest first."""
        signs = [sign for number, one in enumerate(self.people, start=1) for sign in _signs_of(one, number)]
        first = {sign.pattern: sign for sign in reversed(signs)}  # what two people share names the first of them
        ordered = sorted(first.values(), key=lambda sign: (not sign.is_address, -len(sign.pattern), sign.pattern))
        object.__setattr__(self, "_signs", tuple(ordered))

    @cached_property
    def digest(self) -> str:
        """Names this mask: sixteen hexadecimal digits."""
        told = [self.repository, *(f"{sign.number} {sign.pattern}" for sign in self._signs)]
        return sha256("\n".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:DIGEST_LENGTH]

    def text(self, text: str) -> str:
        """A text without their names."""
        lowered = text.lower()
        present = tuple(sign for sign in self._signs if any(needle in lowered for needle in sign.needles))
        if present:
            text = _pattern(present).sub(lambda found: _replacement(found, present), text)
        if "home/" in lowered or "users" in lowered:
            text = _HOME.sub(_hide_home, text)
        if "github" in lowered:
            text = self._without_copies(text)
        return text

    def name(self, name: str) -> str:
        """The name of a file or folder without theirs; one word stays one word."""
        return re.sub(r"Developer (\d+)", r"Developer\1", self.text(name))

    def path(self, path: str) -> str:
        """A path without their names."""
        return "/".join(map(self.name, path.split("/")))

    def json(self, text: str) -> str:
        """A JSON text with its strings masked; everything else, and every line, stays as it is."""
        lowered = text.lower()
        is_touched = any(needle in lowered for sign in self._signs for needle in sign.needles)
        if not (is_touched or "\\u" in text or "github" in lowered or "home/" in lowered or "users" in lowered):
            return text
        return _JSON_TEXT.sub(lambda found: self._literal(found[0]), text)

    def content(self, raw: bytes) -> bytes:
        """The bytes of a file: of a notebook its strings, of another text all of it; what is no text stays."""
        encoding = "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8"
        if encoding == "utf-8" and b"\0" in raw[:8192]:
            return raw
        try:
            text = raw.decode(encoding, "surrogateescape")
            is_notebook = text.lstrip("\ufeff \t\r\n").startswith("{") and ('"cells"' in text or '"worksheets"' in text)
            masked = self.json(text) if is_notebook else self.text(text)
            return raw if masked == text else masked.encode(encoding, "surrogateescape")
        except UnicodeError:
            return raw

    def _literal(self, literal: str) -> str:
        if _ENCODED.fullmatch(literal, 1, len(literal) - 1):
            return literal
        if "\\" not in literal:
            return self.text(literal)
        try:
            plain = json.loads(literal, strict=False)
        except ValueError:
            return literal
        masked = self.text(plain)
        return literal if masked == plain else json.dumps(masked, ensure_ascii=literal.isascii())

    def _without_copies(self, text: str) -> str:
        """The owner of a copy of the shared repository is one of its developers."""
        owner, slash, name = self.repository.rpartition("/")
        if not slash or name.lower() not in text.lower():
            return text
        copy = re.compile(rf"(github(?:\.com)?[/:])([\w-]{{1,39}})(?=/{re.escape(name)}\b)", re.IGNORECASE)
        return copy.sub(lambda found: found[0] if found[2].lower() == owner.lower() else f"{found[1]}developer", text)


def mask_of_people(people: Iterable[KnownPerson], *, remote: str = "") -> Mask:
    """The mask of a project's developers, in their order; signs of more people than anybody has are left out."""
    owner, _, name = remote.removesuffix("/").removesuffix(".git").replace(":", "/").rpartition("/")
    is_hosted = "github.com" in owner
    repository = f"{owner.rpartition('/')[2]}/{name}" if is_hosted else ""
    return Mask(tuple(people)[:MOST_PEOPLE], repository)


def join_people(known: Iterable[KnownPerson], authors: Iterable[tuple[str, str]]) -> tuple[KnownPerson, ...]:
    """The members with what the commits' authors (name, address) add: an author is a member by name or by address."""
    people = list(known)
    for name, email in dict.fromkeys(authors):
        signs = _author_signs(name, email)
        place = next((at for at, one in enumerate(people) if _is_same(one, signs)), None)
        if place is None:
            people.append(signs)
        else:
            people[place] = _both(people[place], signs)
    return tuple(people)


def _author_signs(name: str, email: str) -> KnownPerson:
    hosted = _GITHUB_ADDRESS.fullmatch(email.strip())
    handles = [hosted[1]] if hosted else []
    is_whole = len(_WORD.findall(name)) > 1
    if not is_whole:
        handles.append(name.strip())
    return KnownPerson(
        names=(name.strip(),) if is_whole else (), emails=() if hosted else (email.strip(),), handles=tuple(handles)
    )


def _is_same(one: KnownPerson, other: KnownPerson) -> bool:
    names = {_folded(name) for name in one.names} & {_folded(name) for name in other.names}
    emails = {mail.lower() for mail in one.emails if mail} & {mail.lower() for mail in other.emails if mail}
    handles = {sign.lower() for sign in one.handles if sign} & {sign.lower() for sign in other.handles if sign}
    return bool(names or emails or handles)


def _both(one: KnownPerson, other: KnownPerson) -> KnownPerson:
    return KnownPerson(
        names=tuple(dict.fromkeys((*one.names, *other.names))),
        emails=tuple(dict.fromkeys((*one.emails, *other.emails))),
        handles=tuple(dict.fromkeys((*one.handles, *other.handles))),
    )


def _signs_of(person: KnownPerson, number: int) -> Iterator[_Sign]:
    for email in person.emails:
        if "@" in email and len(email) <= LONGEST_NAME:
            yield _Sign(needles=(email.lower(),), pattern=re.escape(email), number=number, is_address=True)
    handles = [email.partition("@")[0] for email in person.emails if "@" in email]
    for handle in (*handles, *person.handles):
        if SHORTEST_PART <= len(handle) <= LONGEST_NAME and not _is_common(handle):
            yield _number_sign(handle, number) if handle.isdigit() else _word_sign(handle, number)
    for name in person.names:
        parts = _WORD.findall(unicodedata.normalize("NFC", name[:LONGEST_NAME]))
        if len(parts) > 1:
            yield _whole_sign(parts, number)
            yield _whole_sign(parts[::-1], number)
            yield _whole_sign([parts[0], parts[-1]], number)
        for part in parts:
            if len(part) >= SHORTEST_PART and _folded(part) not in COMMON:
                yield _part_sign(part, number)


def _word_sign(word: str, number: int) -> _Sign:
    return _Sign(needles=_needles([word]), pattern=_bounded(re.escape(word)), number=number)


def _number_sign(digits: str, number: int) -> _Sign:
    """A student number, alone or with the letter of an account before it."""
    return _Sign(needles=(digits,), pattern=rf"(?<![^\W_])e?{digits}(?!\d)", number=number)


def _part_sign(part: str, number: int) -> _Sign:
    spellings = _spellings(part)
    if _folded(part) in LANGUAGE:  # "Elif" is a name, "elif" a word of the language
        spellings = [one.capitalize() for one in spellings]
        return _Sign(needles=_needles(spellings), pattern=_bounded(rf"(?-i:{_any_of(spellings)})"), number=number)
    return _Sign(needles=_needles(spellings), pattern=_bounded(_any_of(spellings)), number=number)


def _whole_sign(parts: list[str], number: int) -> _Sign:
    pattern = r"[\s._,-]{0,3}".join(_any_of(_spellings(part)) for part in parts)
    return _Sign(needles=_needles(_spellings(max(parts, key=len))), pattern=_bounded(pattern), number=number)


def _bounded(pattern: str) -> str:
    """The pattern as a word, or as a word within a name of a program: "ayse_utils", "ayse2"."""
    return rf"(?<![^\W\d_]){pattern}(?![^\W\d_])"


def _spellings(part: str) -> list[str]:
    return list(dict.fromkeys((part, part.translate(_FOLDED), unicodedata.normalize("NFD", part))))


def _any_of(spellings: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, spellings))})"


def _needles(spellings: Iterable[str]) -> tuple[str, ...]:
    """What to look for in a lowered text, plain and as JSON may spell it."""
    plain = [one.lower() for one in spellings]
    return tuple(dict.fromkeys((*plain, *(json.dumps(one)[1:-1].lower() for one in spellings))))


def _is_common(word: str) -> bool:
    return _folded(word) in COMMON or word.lower() in LANGUAGE


def _folded(text: str) -> str:
    return " ".join(text.translate(_FOLDED).lower().split())


@lru_cache(maxsize=500)
def _pattern(signs: tuple[_Sign, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"({sign.pattern})" for sign in signs), re.IGNORECASE)


def _replacement(found: re.Match[str], signs: tuple[_Sign, ...]) -> str:
    sign = signs[(found.lastindex or 1) - 1]
    if sign.is_address:
        return f"developer{sign.number}@{HIDDEN_HOST}"
    said, text = found[0], found.string
    before, after = text[max(0, found.start() - 1) : found.start()], text[found.end() : found.end() + 2]
    is_dotted = after[:1] == "." and after[1:].isalnum()
    if said == said.lower() and said != said.upper():
        return f"developer{sign.number}"
    if before in _CODE_BEFORE or after[:1] in _CODE_AFTER or is_dotted:
        return f"Developer{sign.number}"
    return f"Developer {sign.number}"


def _hide_home(found: re.Match[str]) -> str:
    """The folder of a person on their own machine."""
    is_said = _is_common(found[2]) or found[2].lower().startswith("developer")
    return found[0] if is_said else f"{found[1]}developer"
