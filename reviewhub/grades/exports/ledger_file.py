"""The whole ledger as JSON: every line with what it rests on, every sum, and the digest that the release carries.

The lines stand in the file as the very bytes a release's digest is taken of (`ledger.canonical_bytes`), so that
anybody can take it again from the file: `reviewhub grade verify FILE`. Keys stand in one fixed order, without spaces:
the same grades make the same file. Written in pieces; docs/exporting.md describes every key.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

import orjson

from reviewhub.grades.course_values import ComponentGrade, CourseGrade
from reviewhub.grades.evidence import ProjectFact
from reviewhub.grades.exports.citing import Cited, Seen, cited_things
from reviewhub.grades.exports.gradebook import fail_words
from reviewhub.grades.exports.record import CourseRecord, Student
from reviewhub.grades.ledger import GradeSheet, canonical_bytes, sheets_of
from reviewhub.grades.lines import Citation, LedgerEntry, exact

SCHEMA = "reviewhub-ledger-1"
WHOLE = "whole"
OWN = "own"
_AT_ONCE = 500


def ledger_pieces(record: CourseRecord) -> Iterator[bytes]:
    """The file of the whole course, for the staff."""
    wanted = {one for entry in record.entries for one in entry.citations}
    cited = cited_things(record.facts, Seen(reviewers=record.reviewer_names), wanted)
    projects = sorted(record.facts.projects, key=lambda one: one.key)
    yield from _file(record, WHOLE, record.entries, cited, projects, record.students)


def own_pieces(record: CourseRecord, seen: Seen) -> Iterator[bytes]:
    """One student's own lines (`seen.reader`): nothing of others, and no finding whose author they may not learn."""
    reader = seen.reader or ""
    hidden = {
        finding.finding_id
        for project in record.facts.projects
        for assignment in project.assignments
        if assignment.review and not seen.reads_findings_of(assignment)
        for finding in assignment.review.findings
    }
    entries = [
        replace(one, citations=tuple(cited for cited in one.citations if cited.cited_id not in hidden))
        for one in own_entries(record, reader)
    ]
    cited = cited_things(record.facts, seen, {one for entry in entries for one in entry.citations})
    about = {entry.subject.project_id for entry in entries}
    projects = [replace(one, developers=()) for one in record.facts.projects if one.project_id in about]
    students = [one for one in record.students if one.enrollment_id == reader]
    yield from _file(record, OWN, entries, cited, sorted(projects, key=lambda one: one.key), students)


def own_entries(record: CourseRecord, enrollment_id: str) -> tuple[LedgerEntry, ...]:
    """The lines that make this student's grades: their own, their projects' and their reviews'."""
    mine = {enrollment_id}
    mine |= {one.project_id for one in record.projects_of.get(enrollment_id, ())}
    mine |= {
        assignment.assignment_id
        for project in record.facts.projects
        for assignment in project.assignments
        if enrollment_id in assignment.members
    }
    return tuple(entry for entry in record.entries if entry.subject.subject_id in mine)


def _file(
    record: CourseRecord,
    part: str,
    entries: Sequence[LedgerEntry],
    cited: dict[Citation, Cited],
    projects: Sequence[ProjectFact],
    students: Sequence[Student],
) -> Iterator[bytes]:
    """The file key by key. `entries` is spliced in as canonical bytes, and its digest follows it."""
    yield b'{"schema":' + _json(SCHEMA) + b',"part":' + _json(part)
    yield b',"course":' + _json(_course(record)) + b',"release":' + _json(_release(record, part))
    yield from _list(b"students", [_student(one) for one in students])
    yield from _list(b"projects", [_project(one, record) for one in projects])
    yield from _list(b"cited", [_cited(key, one) for key, one in sorted(cited.items())])
    yield from _list(b"course_grades", [_course_grade(record.grade_of(one.enrollment_id)) for one in students])
    sheets = record.sheets if part == WHOLE else sheets_of(entries)
    yield from _list(b"sheets", [_sheet(one) for one in sheets.values()])
    digest = sha256()
    yield b',"entries":'
    for piece in _canonical_pieces(entries):
        digest.update(piece)
        yield piece
    yield b',"digest":' + _json(digest.hexdigest()) + b"}\n"


def _canonical_pieces(entries: Sequence[LedgerEntry]) -> Iterator[bytes]:
    """The canonical bytes of all lines, made of those of some at a time."""
    yield b"["
    for at in range(0, len(entries), _AT_ONCE):
        yield (b"," if at else b"") + canonical_bytes(entries[at : at + _AT_ONCE])[1:-1]
    yield b"]"


def _list(name: bytes, rows: Sequence[Any]) -> Iterator[bytes]:
    yield b',"' + name + b'":['
    for at in range(0, len(rows), _AT_ONCE):
        yield (b"," if at else b"") + _json(rows[at : at + _AT_ONCE])[1:-1]
    yield b"]"


def _json(value: Any) -> bytes:
    return orjson.dumps(value)


def _course(record: CourseRecord) -> dict[str, Any]:
    return {
        "slug": record.slug,
        "title": record.title,
        "term": record.term,
        "policy_digest": sha256(record.policy_text.encode()).hexdigest(),
        "as_of": record.as_of.isoformat(),
    }


def _release(record: CourseRecord, part: str) -> dict[str, Any] | None:
    """The release; its digest for the staff alone, because it would prove a guess at who reviewed whom."""
    release = record.release
    if release is None:
        return None
    told = {"sequence": release.sequence, "at": release.at.isoformat(), "reason": release.reason}
    return told | {"digest": release.digest} if part == WHOLE else told


def _student(one: Student) -> dict[str, Any]:
    return {
        "enrollment_id": one.enrollment_id,
        "number": one.number,
        "name": one.name,
        "email": one.email,
        "has_left": one.has_left,
    }


def _project(one: ProjectFact, record: CourseRecord) -> dict[str, Any]:
    return {
        "project_id": one.project_id,
        "key": one.key,
        "title": record.project_titles.get(one.project_id, ""),
        "developers": sorted(one.developers),
        "versions": {str(snapshot.version): snapshot.commit for snapshot in one.snapshots},
    }


def _cited(key: Citation, one: Cited) -> dict[str, str]:
    return {"kind": key.kind, "id": key.cited_id, "title": one.title, "place": one.place, "text": one.text}


def _sheet(one: GradeSheet) -> dict[str, Any]:
    subject = one.subject
    names = [subject.kind.value, subject.subject_id, subject.project_id, *([subject.key] if subject.key else [])]
    return {"subject": names, "component": one.component.value, "total": exact(one.total)}


def _course_grade(grade: CourseGrade) -> dict[str, Any]:
    return {
        "enrollment_id": grade.enrollment_id,
        "scheme": grade.scheme_key,
        "components": [_component(one) for one in grade.components],
        "bonus": exact(grade.bonus),
        "total": None if grade.total is None else exact(grade.total),
        "letter": grade.letter,
        "fails": [
            {"rule": one.rule.key, "evidence": list(one.evidence), "decision": fail_words(one)} for one in grade.fails
        ],
        "missing": list(grade.missing),
    }


def _component(one: ComponentGrade) -> dict[str, Any]:
    return {
        "key": one.key,
        "title": one.title,
        "weight": exact(one.weight),
        "value": None if one.value is None else exact(one.value),
        "missing": list(one.missing),
        "parts": [_component(part) for part in one.parts],
    }
