"""Whose project a folder is: guessed from the names in its info file and from the authors of its commits.

A guess is only ever a proposal with its reason; the staff confirm it.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_DOTLESS = str.maketrans({"ı": "i", "İ": "i", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l"})
_ENOUGH = 2


@dataclass(frozen=True, kw_only=True)
class Person:
    """A student of the course, as far as guessing needs one."""

    enrollment_id: str
    name: str
    email: str
    group_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who wrote commits in the folder, and how many."""

    name: str
    email: str
    commits: int


@dataclass(frozen=True, kw_only=True)
class Guess:
    """A person who seems to belong to the project, and why."""

    person: Person
    reason: str
    is_named: bool = False
    """The info file names them; the others only wrote commits there."""


def guess_members(names: Iterable[str], authors: Iterable[Author], people: Iterable[Person]) -> tuple[Guess, ...]:
    """Match the names of an info file and the commits' authors to the people of the course, each person once."""
    roster = tuple(people)
    guesses: dict[str, Guess] = {}
    for name in names:
        for person in _named(name, roster):
            guess = Guess(person=person, reason=f"the info file names {name}", is_named=True)
            guesses.setdefault(person.enrollment_id, guess)
    for author in authors:
        commits = f"{author.commits} commit{'' if author.commits == 1 else 's'}"
        by_mail = [person for person in roster if author.email and person.email.casefold() == author.email.casefold()]
        for person in by_mail or _named(author.name, roster):
            via = author.email if by_mail else author.name
            guesses.setdefault(person.enrollment_id, Guess(person=person, reason=f"{commits} by {via}"))
    return tuple(guesses.values())


def guess_group(guesses: Iterable[Guess]) -> str | None:
    """The group most of the guessed people are in; None where nobody is in one, or two groups are equal.

    Where the info file names somebody, authors do not count: one person may push for everybody.
    """
    grouped = [guess for guess in guesses if guess.person.group_id]
    telling = [guess for guess in grouped if guess.is_named] or grouped
    votes = Counter(guess.person.group_id for guess in telling)
    ranked = votes.most_common(2)
    if not ranked or (len(ranked) == _ENOUGH and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def _named(name: str, roster: tuple[Person, ...]) -> list[Person]:
    words = _words(name)
    exact = [person for person in roster if _words(person.name) == words and words]
    if exact or len(words) < _ENOUGH:
        return exact if len(exact) == 1 else []
    close = [
        person for person in roster if len(own := _words(person.name)) >= _ENOUGH and (own <= words or words <= own)
    ]
    return close if len(close) == 1 else []


def _words(name: str) -> frozenset[str]:
    """The words of a name without case, accents and the Turkish dots that upper case loses."""
    plain = unicodedata.normalize("NFKD", name.translate(_DOTLESS)).casefold()
    letters = "".join(sign if sign.isalnum() else " " for sign in plain if not unicodedata.combining(sign))
    return frozenset(letters.split())
