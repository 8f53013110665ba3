"""Two graders who decide from pages that may be old: a thousand interleavings, and nothing goes unseen.

Each grader looks at the desk now and then and decides by what they saw. Whatever a decision takes away or writes over
must be what its grader saw; else it has to be refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.errors import ReviewHubError
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.evidence import Verdict
from reviewhub.grades.grading import (
    accept_finding,
    change_mistake,
    match_finding,
    record_mistake,
    reject_finding,
    undo_finding,
    undo_mistake,
)
from reviewhub.grades.marking import mark_quality, set_verdict
from reviewhub.grades.standing import as_seen
from reviewhub.grades.tables import FindingDecision, FixVerdict, Match, Mistake, QualityMark
from reviewhub.storage import Database
from tests.grades.test_grading import Bench
from tests.grades.worlds import CELL

ROUNDS = 1000
Seen = Mapping[tuple[str, str], Any]


def look(session: Session) -> dict[tuple[str, str], Any]:
    """Everything that stands, by what it is about."""
    matches = session.execute(
        select(Match.id, Match.finding_id, Match.mistake_id).where(Match.undone_at.is_(None))
    ).all()
    decisions = session.execute(
        select(FindingDecision.finding_id, FindingDecision.id).where(FindingDecision.undone_at.is_(None))
    )
    mistakes = session.execute(select(Mistake.id, Mistake.version).where(Mistake.undone_at.is_(None))).all()
    verdicts = session.execute(select(FixVerdict.mistake_id, FixVerdict.verdict).where(FixVerdict.undone_at.is_(None)))
    marks = session.execute(select(QualityMark.row, QualityMark.value).where(QualityMark.undone_at.is_(None)))
    seen: dict[tuple[str, str], Any] = {}
    for finding_id, decision_id in decisions:
        of_finding = frozenset((one.id, one.mistake_id) for one in matches if one.finding_id == finding_id)
        seen["finding", finding_id] = (decision_id, of_finding)
    for mistake_id, version in mistakes:
        seen["words", mistake_id] = version
        seen["noted", mistake_id] = frozenset(
            (one.id, one.finding_id) for one in matches if one.mistake_id == mistake_id
        )
    seen |= {("verdict", one.mistake_id): one.verdict for one in verdicts}
    return seen | {("mark", one.row): f"{one.value.normalize():f}" for one in marks}


@dataclass
class Grader:
    """One of the two, with the desk as they last saw it."""

    name: str
    seen: Seen = field(default_factory=dict)

    def mistakes(self) -> list[str]:
        """The mistakes they know of."""
        return sorted(key for kind, key in self.seen if kind == "words")


Act = tuple[Callable[..., Any], dict[str, Any], list[tuple[str, str]]]
"""A verb, what it is given, and what it takes away or writes over."""


def draw(grader: Grader, dice: Random, findings: list[str], review_id: str) -> Act:
    """One decision that the grader's page offers."""
    finding_id = dice.choice(findings)
    decision = grader.seen.get(("finding", finding_id))
    draft = MistakeDraft(
        title=f"Wrong {dice.randint(1, 9)}", severity=dice.choice(["major", "minor"]), criterion="method"
    )
    acts: list[Act] = []
    if decision is None:
        acts.append((accept_finding, {"finding_id": finding_id, "draft": draft}, [("finding", finding_id)]))
        acts.append(
            (reject_finding, {"finding_id": finding_id, "reason": f"No {draft.title}."}, [("finding", finding_id)])
        )
    else:
        acts.append(
            (
                undo_finding,
                {"finding_id": finding_id, "seen": as_seen(decision[0], [one for _, one in decision[1]])},
                [("finding", finding_id)],
            )
        )
    if not grader.mistakes() or dice.random() < 0.1:
        acts.append((record_mistake, {"draft": draft, "version_in": 1, "place": CELL}, []))
    for mistake_id in dice.sample(grader.mistakes(), k=min(1, len(grader.mistakes()))):
        version = grader.seen["words", mistake_id]
        verdict = grader.seen.get(("verdict", mistake_id))
        acts += [
            (match_finding, {"finding_id": finding_id, "mistake_id": mistake_id}, []),
            (
                change_mistake,
                {"mistake_id": mistake_id, "draft": draft, "seen": version},
                [("words", mistake_id)],
            ),
            (
                undo_mistake,
                {
                    "mistake_id": mistake_id,
                    "seen": as_seen(str(version), [finding for _, finding in grader.seen["noted", mistake_id]]),
                },
                [("words", mistake_id), ("noted", mistake_id)],
            ),
            (
                set_verdict,
                {
                    "mistake_id": mistake_id,
                    "verdict": dice.choice([*Verdict]),
                    "seen": Verdict(verdict) if verdict else None,
                },
                [("verdict", mistake_id)],
            ),
        ]
    row = dice.choice(["correct", "specific"])
    mark = grader.seen.get(("mark", row), "")
    marks = {"marks": {row: str(dice.choice([10, 50, 90]))}, "seen": {row: mark}}
    acts.append((mark_quality, {"review_id": review_id} | marks, [("mark", row)]))
    return dice.choice(acts)


def test_a_thousand_interleavings_of_two_graders_overwrite_nothing_unseen(sqlite_database: Database) -> None:
    dice = Random(7)
    bench = Bench(sqlite_database)
    findings = [bench.world.findings[f"AWGAN/Cem/{number}"] for number in (1, 2)]
    review_id = bench.world.reviews["AWGAN/Cem"]
    graders = [Grader("Ida"), Grader("Ali")]
    done = refused = 0

    for _ in range(ROUNDS):
        grader = dice.choice(graders)
        with sqlite_database.reading() as session:
            standing = look(session)
        if not grader.seen or dice.random() < 0.3:
            grader.seen = standing
        verb, given, touched = draw(grader, dice, findings, review_id)
        try:
            bench.do(verb, by=grader.name, **given)
        except ReviewHubError:
            refused += 1
            continue
        done += 1
        with sqlite_database.reading() as session:
            after = look(session)
        written_over = [one for one in touched if standing.get(one) is not None and standing[one] != after.get(one)]
        unseen = [one for one in written_over if standing[one] != grader.seen.get(one)]
        assert unseen == [], (verb.__name__, given)
        grader.seen = after

    assert bench.broken() == []
    assert done > ROUNDS / 3 < refused * 10
