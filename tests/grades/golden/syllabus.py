"""How the golden tests are written: tables as in a syllabus, read into the facts that grades are computed from.

A table says what happened *and* what it is worth, both worked out by hand. A column ends where two spaces stand;
“—” is nothing. No number is computed here: the helpers read facts and show results at two places.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from reviewhub.courses.course_file import load_policy, shipped_text
from reviewhub.courses.policy import Policy
from reviewhub.grades.course_grade import CourseGrade, course_grades
from reviewhub.grades.evidence import (
    Arrival,
    Decision,
    FailFact,
    FindingFact,
    GradingFacts,
    MarkFact,
    MatchFact,
    MistakeFact,
    StatusFact,
    Strength,
    StudentFact,
    Verdict,
)
from reviewhub.grades.ledger import ledger_of, sheets_of
from reviewhub.grades.lines import Component, LedgerEntry
from reviewhub.grades.sentences import shown

NOTHING = "—"


def shipped(slug: str, *, more: str = "", **points: object) -> Policy:
    """The course file as it ships; `more` is TOML put after it, `points` changes single numbers of [points]."""
    policy = load_policy(shipped_text(slug) + more)
    return policy.model_copy(update={"points": policy.points.model_copy(update=points)}) if points else policy


def rows(table: str) -> list[dict[str, str]]:
    """The rows of a table by their heads; rules of dashes and empty lines are left out."""
    lines = [line.strip() for line in table.strip().splitlines()]
    cells = [re.split(r"\s{2,}", line) for line in lines if line.strip("─- ")]
    head, *body = cells
    assert [row for row in body if len(row) != len(head)] == []
    return [dict(zip(head, ("" if cell == NOTHING else cell for cell in row), strict=True)) for row in body]


def number(text: str) -> Decimal:
    """A number as a syllabus prints it."""
    return Decimal(text.replace("−", "-"))


def seconds(text: str) -> int:
    """“−1 s”, “30 min”, “1 d 1 s” as seconds."""
    sizes = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
    parts = re.findall(r"([−+]?\d+) (s|min|h|d)\b", text)
    return sum(int(count.replace("−", "-")) * sizes[unit] for count, unit in parts)


def arrival(late: str, due: datetime, *, waived: bool = False) -> Arrival:
    """An arrival so late."""
    return Arrival(due_at=due, received_at=due + timedelta(seconds=seconds(late)), waived=waived)


def mistakes_in(table: str) -> tuple[MistakeFact, ...]:
    """Columns: no, severity (or a number of points), criterion, made in, verdict, detectable."""
    found = []
    for row in rows(table):
        own = Decimal(row["severity"]) if row["severity"][0].isdigit() else None
        found.append(
            MistakeFact(
                mistake_id=row["no"],
                number=int(row["no"][1:]),
                title=row.get("title", row["no"]),
                version_in=int(row.get("made in", "1")),
                severity="major" if own is not None else row["severity"],
                criterion=row["criterion"],
                points=own,
                detectable=row.get("detectable", "yes") == "yes",
                verdict=Verdict(row["verdict"].replace(" ", "_")) if row["verdict"] else None,
            )
        )
    return tuple(found)


def findings_and_matches(said: str) -> tuple[tuple[FindingFact, ...], tuple[MatchFact, ...]]:
    """“Cem 1: mistake, M1 fully” per line: a finding by whom, its kind, and what it meets."""
    findings, matches = [], []
    for line in said.strip().splitlines():
        found = re.fullmatch(r"\s*(\w+ \d+): (\w+)(?: (accepted|rejected))?(?:, (M\d+) (fully|in part))?", line)
        assert found, line
        name, kind, decided, mistake, how = found.groups()
        decision = {"accepted": Decision.QUESTION_ACCEPTED, "rejected": Decision.REJECTED}.get(decided or "")
        findings.append(FindingFact(finding_id=name, number=int(name.split()[1]), kind=kind, decision=decision))
        if mistake:
            strength = Strength.FULL if how == "fully" else Strength.PARTIAL
            matches.append(MatchFact(finding_id=name, mistake_id=mistake, strength=strength))
    return tuple(findings), tuple(matches)


def marks(owner: str, **given: str) -> tuple[MarkFact, ...]:
    """`quizzes="90 — 80"`: the marks of a component in order; “—”: the list has the student without a mark."""
    return tuple(
        MarkFact(
            mark_id=f"{owner}-{component}-{item}",
            component=component,
            item=item,
            value=None if text == NOTHING else Decimal(text),
        )
        for component, listed in given.items()
        for item, text in enumerate(listed.split(), start=1)
    )


def late(mark: MarkFact, how_late: str, due: datetime) -> MarkFact:
    """The mark of work that came so late."""
    return replace(mark, arrival=arrival(how_late, due))


def status(kind: str, value: str = "yes", evidence: str = "", arrival: Arrival | None = None) -> StatusFact:
    """A row of the status list."""
    status_id = f"{kind}-{value}-{evidence}"
    return StatusFact(status_id=status_id, kind=kind, value=value, evidence=evidence, arrival=arrival)


def student(name: str, **more: Any) -> StudentFact:
    """A student, who is called like their enrolment here."""
    return StudentFact(enrollment_id=name, **more)


def confirmed(rule: str, letter: str, reason: str = "") -> FailFact:
    """The instructor's confirmation."""
    return FailFact(rule=rule, confirmed=True, letter=letter, reason=reason)


def graded(facts: GradingFacts, policy: Policy) -> dict[str, CourseGrade]:
    """Everybody's course grade."""
    return course_grades(facts, policy)


def one_grade(given: StudentFact, policy: Policy) -> CourseGrade:
    """The course grade of one student who has no projects."""
    return course_grades(GradingFacts(students=(given,)), policy)[given.enrollment_id]


def in_words(grade: CourseGrade) -> str:
    """Total and letter as a page shows them."""
    total = NOTHING if grade.total is None else shown(grade.total)
    return f"{total} {grade.letter}".strip()


def component(grade: CourseGrade, key: str) -> str:
    """One component (or part) as a page shows it."""
    every = [one for whole in grade.components for one in (whole, *whole.parts)]
    value = next(one.value for one in every if one.key == key)
    return NOTHING if value is None else shown(value)


def sheet(facts: GradingFacts, policy: Policy, of: Component, whose: str, project: str = "") -> str:
    """One grade sheet's total as a page shows it; `project` where a person has several."""
    found = [
        one
        for (subject, part), one in sheets_of(ledger_of(facts, policy)).items()
        if part is of and subject.subject_id == whose and project in {"", subject.project_id}
    ]
    assert len(found) == 1, (of, whose)
    return shown(found[0].total)


def costs(entries: tuple[LedgerEntry, ...], of: Component, whose: str) -> dict[str, Decimal]:
    """What each mistake costs on one sheet: “M1” → signed points."""
    return {
        cite.cited_id: entry.amount
        for entry in entries
        if entry.component is of and entry.subject.subject_id == whose and entry.part != "coverage"
        for cite in entry.citations
        if cite.kind == "mistake"
    }
