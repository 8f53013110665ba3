"""What a reviewer should look at before handing in. Advice never stops anybody; only missing required items do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.utils import default_process

from reviewhub.reviews.draft_parts import SUMMARY
from reviewhub.reviews.giveaways import Giveaway, Person, find_giveaways
from reviewhub.reviews.kinds import FindingKind
from reviewhub.reviews.places import Place
from reviewhub.reviews.specific import Specific, estimate_specific

SHORT_TEXT = 30
NEARLY_THE_SAME = 88
"""Per cent of likeness, words in any order, from which two findings say one thing."""


class Topic(StrEnum):
    """What a piece of advice is about, in the order the page tells them."""

    NAMES = "names"
    UNOPENED = "unopened"
    FORM = "form"
    EVIDENCE = "evidence"
    TWICE = "twice"


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftFinding:
    """As much of a finding as advice needs."""

    number: int
    kind: str
    text: str
    places: tuple[Place, ...]
    has_quote: bool = False
    """Whether one of its places quotes what stands there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftText:
    """A text of the form or the summary: `part` is the form item's key, or "summary"."""

    part: str
    title: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """Everything that advice looks at. `people` are those whom a text would give away, where reviews are anonymous."""

    findings: Sequence[DraftFinding] = ()
    texts: Sequence[DraftText] = ()
    empty: Sequence[tuple[str, str]] = ()
    """(key, title) of the form items without an answer that are not required."""
    has_summary: bool = True
    unopened: Sequence[str] = ()
    """Addresses of files that were neither opened nor ticked."""
    people: Sequence[Person] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Advice:
    """One sentence, and where to go: `finding` (its number), `item` (form item key or "summary") or `path` (a file)."""

    topic: Topic
    text: str
    finding: int | None = None
    item: str = ""
    path: str = ""
    excerpt: str = ""


def advise(draft: Draft) -> tuple[Advice, ...]:
    """List what looks unfinished, topic by topic."""
    return (*_names(draft), *_unopened(draft), *_form(draft), *_evidence(draft), *_twice(draft.findings))


def estimates(findings: Iterable[DraftFinding]) -> dict[int, Specific]:
    """Finding number → how specific it is. Questions and remarks need not prove anything and have no estimate."""
    return {
        one.number: estimate_specific(
            text=one.text, places=one.places, is_missing=one.kind == FindingKind.MISSING
        )
        for one in findings
        if one.kind in (FindingKind.MISTAKE, FindingKind.MISSING)
    }  # fmt: skip


def _names(draft: Draft) -> list[Advice]:
    in_findings = [
        _named(f"Finding {one.number}", given, finding=one.number)
        for one in draft.findings
        for given in find_giveaways(one.text, draft.people)
    ]
    return in_findings + [
        _named("The summary" if one.part == SUMMARY else f"“{one.title}”", given, item=one.part)
        for one in draft.texts
        for given in find_giveaways(one.text, draft.people)
    ]


def _named(where: str, given: Giveaway, *, finding: int | None = None, item: str = "") -> Advice:
    whose = "you" if given.person.is_author else "a member of your group"
    text = f"{where} names {whose}: “{given.word}”."
    return Advice(topic=Topic.NAMES, text=text, excerpt=given.excerpt, finding=finding, item=item)


def _unopened(draft: Draft) -> list[Advice]:
    return [Advice(topic=Topic.UNOPENED, text=path, path=path) for path in draft.unopened]


def _form(draft: Draft) -> list[Advice]:
    empty = [Advice(topic=Topic.FORM, text=f"“{title}” is not answered.", item=key) for key, title in draft.empty]
    if not draft.has_summary:
        empty.insert(0, Advice(topic=Topic.FORM, text="The summary is empty.", item=SUMMARY))
    return empty


def _evidence(draft: Draft) -> list[Advice]:
    if not draft.findings:
        text = "There is no finding yet. If you found nothing, say in the summary what you checked."
        return [Advice(topic=Topic.EVIDENCE, text=text)]
    found = []
    known = estimates(draft.findings)
    for one in draft.findings:
        estimate = known.get(one.number)
        if len(one.text) < SHORT_TEXT:
            text = f"Finding {one.number} is very short: say what is wrong and how one can see it."
        elif estimate is not None and not estimate.has_place:
            text = f"Finding {one.number} has no place: {_lower(estimate.hint)}"
        elif estimate is not None and not estimate.says_how and not one.has_quote:
            text = f"Finding {one.number} shows no evidence: {_lower(estimate.hint)}"
        else:
            continue
        found.append(Advice(topic=Topic.EVIDENCE, text=text, finding=one.number))
    return found


def _twice(findings: Sequence[DraftFinding]) -> list[Advice]:
    words = {one.number: default_process(one.text) for one in findings if len(one.text) >= SHORT_TEXT}
    return [
        Advice(
            topic=Topic.TWICE,
            text=f"Finding {later} says nearly the same as finding {first}: one finding can have several places.",
            finding=later,
        )
        for first, later in combinations(words, 2)
        if token_sort_ratio(words[first], words[later], score_cutoff=NEARLY_THE_SAME)
    ]


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
