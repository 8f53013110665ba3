"""Deriving a plan again from its stored question: the same program must find the very same pairs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from reviewhub.reviews.planning import plan_assignment
from reviewhub.reviews.question_record import input_digest, read_question


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """What came out: whether the stored input has the stored hash, and pairs that only one of the two plans has."""

    seed: int
    input_digest: str
    digest_is_equal: bool
    pairs: int
    only_stored: tuple[tuple[str, str], ...]
    only_derived: tuple[tuple[str, str], ...]

    @property
    def is_equal(self) -> bool:
        """Whether input and plan are the stored ones."""
        return self.digest_is_equal and not self.only_stored and not self.only_derived


def derive_plan(record: Mapping[str, Any], digest: str, plan: Iterable[Mapping[str, Any]]) -> Derivation:
    """Answer the recorded question again and compare. BadInput where it is no whole record."""
    question = read_question(record)
    stored = {(str(pair["reviewer_id"]), str(pair["project_id"])) for pair in plan}
    derived = {(pair.reviewer_id, pair.project_id) for pair in plan_assignment(question).pairs}
    found = input_digest(question)
    return Derivation(
        seed=question.seed,
        input_digest=found,
        digest_is_equal=found == digest,
        pairs=len(derived),
        only_stored=tuple(sorted(stored - derived)),
        only_derived=tuple(sorted(derived - stored)),
    )
