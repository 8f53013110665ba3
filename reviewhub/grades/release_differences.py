"""What a further release changed for somebody: old and new per grade, with the lines that moved, in words. Pure.

A line is the same line in both releases when it rests on the same thing: a mistake, a snapshot, a review, a mark.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from reviewhub.grades.appealable import GroundKey, GroundKind, ground_of_line
from reviewhub.grades.effects import signed
from reviewhub.grades.evidence import VERSION_1, GradingFacts, MistakeFact, ProjectFact
from reviewhub.grades.ledger import GradeSheet, sheets_of
from reviewhub.grades.lines import Citation, Component, LedgerEntry, Subject, SubjectKind
from reviewhub.grades.penalties import ZERO, as_shown, reckoning
from reviewhub.grades.sentences import named, shown

SheetKey = tuple[Subject, Component]
_TITLES: Mapping[Component, str] = {
    Component.VERSION_1: "Version 1",
    Component.VERSION_2: "Version 2",
    Component.DEVELOPER: "Developer grade",
    Component.REVIEW: "Review",
    Component.REVIEWER: "Reviewer grade",
    Component.PART: "",
    Component.COURSE: "Course grade",
}
_ORDER = tuple(_TITLES)
_DERIVED = frozenset({Component.DEVELOPER, Component.REVIEWER, Component.COURSE})
"""Grades made of other grades: their lines say nothing that those do not say better, unless they are all that moved."""


@dataclass(frozen=True, kw_only=True)
class Granted:
    """A granted appeal that explains a change: what it was about, and its words."""

    key: GroundKey
    words: str
    mistake_id: str = ""
    finding_id: str = ""


@dataclass(frozen=True, kw_only=True)
class LineChange:
    """One line that came, went or moved: by how much, why, and the appeals that were granted about it."""

    amount: Decimal
    words: str
    granted: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """The change in one sentence."""
        appeals = f" ({'; '.join(self.granted)})" if self.granted else ""
        return f"{self.words}{appeals}"


@dataclass(frozen=True, kw_only=True)
class SheetChange:
    """One grade that is another, or made of other lines. None: it was not there, or is not there any more."""

    subject: Subject
    component: Component
    title: str
    before: Decimal | None
    after: Decimal | None
    lines: tuple[LineChange, ...]
    is_derived: bool = False

    @property
    def amount(self) -> Decimal:
        """How much it moved."""
        return (self.after or ZERO) - (self.before or ZERO)

    @property
    def step(self) -> Decimal:
        """The difference between the two numbers as they are shown, so that whoever subtracts them finds the same."""
        return as_shown(self.after or ZERO) - as_shown(self.before or ZERO)

    @property
    def told(self) -> str:
        """Old and new, and why, on one line."""
        numbers = f"{self.title}: {_shown(self.before)} → {_shown(self.after)}"
        reasons = "; ".join(one.told for one in self.lines)
        return f"{numbers} because {reasons}" if reasons else numbers


def changes_between(
    before: Iterable[LedgerEntry],
    after: Iterable[LedgerEntry],
    *,
    old: GradingFacts,
    new: GradingFacts,
    granted: Iterable[Granted] = (),
    titles: Mapping[str, str] | None = None,
    of: str = "",
) -> tuple[SheetChange, ...]:
    """Every grade that differs between two releases; `of` leaves only those of one person (an enrolment).

    `titles`: key of a component of the course grade → what it is called.
    """
    teller = _Teller(old, new, tuple(granted), titles or {})
    sheets = sheets_of(before), sheets_of(after)
    keys = {key for both in sheets for key in both if not of or _concerns(key[0], of, old, new)}
    told = [
        change
        for key in sorted(keys, key=lambda one: _order(one, teller))
        if (change := teller.sheet(key, sheets[0].get(key), sheets[1].get(key))) is not None
    ]
    return tuple(told)


class _Teller:
    """Knows what both releases call things."""

    def __init__(
        self, old: GradingFacts, new: GradingFacts, granted: tuple[Granted, ...], titles: Mapping[str, str]
    ) -> None:
        self.keys = {one.project_id: one.key for facts in (old, new) for one in facts.projects}
        self.facts, self.mistakes = (old, new), (_mistakes(old), _mistakes(new))
        self.granted, self.titles = granted, titles

    def sheet(self, key: SheetKey, old: GradeSheet | None, new: GradeSheet | None) -> SheetChange | None:
        """What changed in one grade; None where nothing did."""
        lines = self._lines(old.entries if old else (), new.entries if new else ())
        before, after = (sheet.total if sheet else None for sheet in (old, new))
        if before == after and not any(one.amount for one in lines):
            return None
        is_derived = key[1] in _DERIVED or (key[1] is Component.PART and not _cites_a_mark(old, new))
        return SheetChange(
            subject=key[0],
            component=key[1],
            title=self.title(key),
            before=before,
            after=after,
            # A line whose words alone are others explains nothing where some other line moved points.
            lines=() if is_derived else tuple([one for one in lines if one.amount] or lines),
            is_derived=is_derived,
        )

    def title(self, key: SheetKey) -> str:
        """What a grade is called."""
        subject, component = key
        project = self.keys.get(subject.project_id, "")
        words = _TITLES[component] or self.titles.get(subject.key, subject.key)
        return f"{words} of {project}" if project else words

    def _lines(self, old: Sequence[LedgerEntry], new: Sequence[LedgerEntry]) -> list[LineChange]:
        before, after = _numbered(old), _numbered(new)
        told = []
        with reckoning():
            for key in [*before, *(one for one in after if one not in before)]:
                was, now = before.get(key), after.get(key)
                if was is not None and now is not None and (was.amount, was.rule) == (now.amount, now.rule):
                    continue
                amount = (now.amount if now else ZERO) - (was.amount if was else ZERO)
                told.append(LineChange(amount=amount, words=self._words(was, now), granted=self._because(was, now)))
        return told

    def _words(self, was: LedgerEntry | None, now: LedgerEntry | None) -> str:
        cited = _mistake_of(now or was)
        old, new = (mistakes.get(cited) for mistakes in self.mistakes)
        moved = f" ({_signed(was.amount)} → {_signed(now.amount)})" if was and now and was.amount != now.amount else ""
        if old is not None and new is None:
            return f"{named(old)} is no longer a mistake"
        if new is not None and old is None:
            return f"{named(new)} is a mistake now"
        if now is None and was is not None:
            return f"this no longer counts: {_begun(was.rule)}"
        if now is not None and now.part == "coverage":
            counts = ", ".join(named(one) for one in self._changed(now.subject.project_id))
            return f"coverage is computed anew{f', for what changed about {counts}' if counts else ''}{moved}"
        return f"{_begun(now.rule) if now else ''}{moved}"

    def _because(self, was: LedgerEntry | None, now: LedgerEntry | None) -> tuple[str, ...]:
        lines = [one for one in (was, now) if one is not None]
        keys = {ground_of_line(one) for one in lines}
        cited = {one for line in lines for one in line.citations if line.part != "coverage"}
        for line in lines:
            if line.part == "coverage":
                cited |= {Citation("mistake", one.mistake_id) for one in self._changed(line.subject.project_id)}
        return tuple(
            one.words
            for one in self.granted
            if one.key in keys
            or ("mistake", one.mistake_id) in cited
            or ("finding", one.finding_id) in cited
            or self._is_criterion(one, lines)
        )

    def _changed(self, project_id: str) -> list[MistakeFact]:
        """The version-1 mistakes of a project that count otherwise than before, or are matched otherwise."""
        old, new = (
            {
                one.mistake_id: (one.severity, one.points, one.detectable, _matched(project, one))
                for project in facts.projects
                if project.project_id == project_id
                for one in project.mistakes
                if one.version_in == VERSION_1
            }
            for facts in self.facts
        )
        ids = {one for one in {*old, *new} if old.get(one) != new.get(one)}
        known = self.mistakes[0] | self.mistakes[1]
        return sorted((known[one] for one in ids), key=lambda one: one.number)

    def _is_criterion(self, one: Granted, lines: list[LedgerEntry]) -> bool:
        kind, target = one.key
        return kind is GroundKind.CRITERION and any(
            target == f"{line.subject.project_id}.{line.component.value.removeprefix('version_')}.{line.part}"
            for line in lines
        )


def _cites_a_mark(*sheets: GradeSheet | None) -> bool:
    """Whether a component is made of marks or statuses, and not of a grade that is told of elsewhere."""
    lines = [line for sheet in sheets if sheet for line in sheet.entries]
    return any(cited.kind in {"mark", "status"} for line in lines for cited in line.citations)


def _numbered(lines: Sequence[LedgerEntry]) -> dict[tuple[str, ...], LedgerEntry]:
    """The lines by what they rest on; of several that rest on the same, the first, the second and so on."""
    found: dict[tuple[str, ...], LedgerEntry] = {}
    counts: dict[tuple[str, ...], int] = {}
    for line in lines:
        mistake = _mistake_of(line)
        what = ("mistake", mistake) if mistake else (line.part, *(line.citations[0] if line.citations else ()))
        counts[what] = counts.get(what, 0) + 1
        found[*what, str(counts[what])] = line
    return found


def _mistake_of(line: LedgerEntry | None) -> str:
    """The mistake a line takes points off for, or ""."""
    if line is None:
        return ""
    kind, target = ground_of_line(line)
    return target if kind is GroundKind.MISTAKE else ""


def _matched(project: ProjectFact, mistake: MistakeFact) -> frozenset[tuple[str, str]]:
    return frozenset((one.finding_id, one.strength) for one in project.matches if one.mistake_id == mistake.mistake_id)


def _mistakes(facts: GradingFacts) -> dict[str, MistakeFact]:
    return {one.mistake_id: one for project in facts.projects for one in project.mistakes}


def _concerns(subject: Subject, enrollment_id: str, old: GradingFacts, new: GradingFacts) -> bool:
    if subject.kind in {SubjectKind.PERSON, SubjectKind.MEMBER}:
        return subject.subject_id == enrollment_id
    for project in (one for facts in (old, new) for one in facts.projects if one.project_id == subject.project_id):
        if subject.kind is SubjectKind.PROJECT and enrollment_id in project.developers:
            return True
        if any(one.assignment_id == subject.subject_id and enrollment_id in one.members for one in project.assignments):
            return True
    return False


def _order(key: SheetKey, teller: _Teller) -> tuple[int, str, str]:
    subject, component = key
    return _ORDER.index(component), teller.keys.get(subject.project_id, ""), f"{subject.key}{subject.subject_id}"


def _begun(rule: str) -> str:
    return rule.rstrip(".")


def _signed(amount: Decimal) -> str:
    return signed(amount) if amount else shown(amount)


def _shown(number: Decimal | None) -> str:
    return "—" if number is None else shown(number)
