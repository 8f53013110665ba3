"""Keeping the class spreads of a release beside it, and reading them: one short row per grade, whoever asks."""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.courses.policy import Policy
from reviewhub.grades.class_spreads import Spread, spreads_of
from reviewhub.grades.course_grade import course_grades
from reviewhub.grades.evidence import GradingFacts
from reviewhub.grades.ledger import digest_of, ledger_of, sheets_of
from reviewhub.grades.lines import LedgerEntry, exact
from reviewhub.grades.released import released_facts
from reviewhub.grades.spread_tables import ClassSpread
from reviewhub.grades.tables import Release


def keep_spreads(
    session: Session, release: Release, facts: GradingFacts, policy: Policy, entries: Iterable[LedgerEntry]
) -> None:
    """Write the spreads of a release that is being made, from the ledger it was made of."""
    session.add_all(
        ClassSpread(release_id=release.id, grade=one.grade, values=[exact(value) for value in one.values])
        for one in compute_spreads(facts, policy, tuple(entries))
    )
    session.flush()


def read_spreads(session: Session, release: Release) -> dict[str, tuple[Decimal, ...]]:
    """The values of each grade over the class, by grade; nothing for a release made before spreads were kept."""
    rows = session.scalars(select(ClassSpread).where(ClassSpread.release_id == release.id))
    return {row.grade: tuple(Decimal(one) for one in row.values) for row in rows}


def compute_spreads(facts: GradingFacts, policy: Policy, entries: tuple[LedgerEntry, ...]) -> tuple[Spread, ...]:
    """The spreads of a ledger."""
    return spreads_of(sheets_of(entries), course_grades(facts, policy, entries))


def spreads_are_recomputable(session: Session) -> list[str]:
    """The spreads kept beside a release are those of its facts computed again (of facts nobody tampered with)."""
    broken = []
    for release in session.scalars(select(Release)):
        facts, policy = released_facts(session, release)
        entries = ledger_of(facts, policy)
        wanted = {one.grade: one.values for one in compute_spreads(facts, policy, entries)}
        if digest_of(entries) == release.digest and read_spreads(session, release) not in ({}, wanted):
            broken.append(f"release {release.id} keeps other class spreads than its facts give")
    return broken
