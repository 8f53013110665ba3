"""Facts and policy to signed lines: the same lines, byte for byte, whenever it is run.

Nothing is typed into the ledger and nothing is rounded in it. A subject's grade is the sum of its lines; caps, floors
and holds are lines of their own that balance the others, so that the order of decisions never matters.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from reviewhub.courses.policy import Policy
from reviewhub.grades.collecting import without_collecting
from reviewhub.grades.course_grade import course_grades, course_lines
from reviewhub.grades.evidence import GradingFacts
from reviewhub.grades.lines import Component, LedgerEntry, Subject, exact, total
from reviewhub.grades.penalties import reckoning
from reviewhub.grades.work_lines import project_ledger, work_lines

__all__ = [
    "GradeSheet",
    "Sheets",
    "canonical_bytes",
    "digest_of",
    "ledger_of",
    "project_ledger",
    "sheets_of",
]


@dataclass(frozen=True, kw_only=True)
class GradeSheet:
    """The sum of a subject's lines for one component."""

    subject: Subject
    component: Component
    total: Decimal
    entries: tuple[LedgerEntry, ...]


Sheets = Mapping[tuple[Subject, Component], GradeSheet]


@without_collecting
def ledger_of(facts: GradingFacts, policy: Policy) -> tuple[LedgerEntry, ...]:
    """Every line of every grade of the course, in one fixed order: projects, reviewers, course grades."""
    entries = work_lines(facts.projects, policy)
    return (*entries, *course_lines(course_grades(facts, policy, entries)))


def sheets_of(entries: Iterable[LedgerEntry]) -> dict[tuple[Subject, Component], GradeSheet]:
    """The grade sheets of a ledger: its lines gathered by subject and component."""
    gathered: dict[tuple[Subject, Component], list[LedgerEntry]] = {}
    for entry in entries:
        gathered.setdefault((entry.subject, entry.component), []).append(entry)
    with reckoning():
        return {
            (subject, component): GradeSheet(
                subject=subject,
                component=component,
                total=total(lines),
                entries=tuple(lines),
            )
            for (subject, component), lines in gathered.items()
        }


@without_collecting
def canonical_bytes(entries: Iterable[LedgerEntry]) -> bytes:
    """The ledger as JSON that is the same on every machine: what a release's digest is taken of."""
    rows = [
        {
            "subject": _names(entry.subject),
            "component": entry.component,
            "part": entry.part,
            "amount": exact(entry.amount),
            "rule": entry.rule,
            "citations": [[one.kind, one.cited_id] for one in entry.citations],
        }
        for entry in entries
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def digest_of(entries: Iterable[LedgerEntry]) -> str:
    """The SHA-256 of the canonical bytes, as 64 hexadecimal digits."""
    return sha256(canonical_bytes(entries)).hexdigest()


def _names(subject: Subject) -> list[str]:
    """Whose line it is; the key of a component stands only where there is one."""
    return [subject.kind, subject.subject_id, subject.project_id, *([subject.key] if subject.key else [])]
