"""What the status list of a course can say of a student: the kinds its course file gives rise to, and their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reviewhub.courses.policy import Policy
from reviewhub.courses.roster_text import fold_header
from reviewhub.courses.totals import Component

PROPOSAL = "proposal"
PRESENTED = "presented"
YES, NO = "yes", "no"
OUTCOME_WORDS: Mapping[str, str] = {
    "passed": "passed",
    "revise": "to be revised",
    "revised": "revised and approved",
    "rejected": "rejected",
    "replaced": "replaced by another one",
}
_HAPPENED: tuple[tuple[str, str], ...] = ((YES, "yes, it happened"), (NO, "no, it was looked into"))
_SAID: Mapping[str, str] = {
    "yes": YES, "y": YES, "true": YES, "1": YES, "x": YES, "evet": YES, "da": YES, "var": YES,
    "no": NO, "n": NO, "false": NO, "0": NO, "hayir": NO, "ne": NO, "yok": NO,
    "pass": "passed", "accepted": "passed", "to be revised": "revise", "revision": "revise",
    "revised and approved": "revised", "approved": "revised", "reject": "rejected",
    "replaced by another one": "replaced",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class StatusKind:
    """One kind of status: its key in the course file, its words, the values it can have, and what it does."""

    key: str
    title: str
    values: tuple[tuple[str, str], ...]
    """(value, words)."""
    does: str
    """What it does to the grade, in a sentence."""
    takes_moment: bool = False
    """Whether it says when something came, for the late policy."""
    needs_evidence: bool = False
    """Whether nobody may enter it without saying how it is known."""

    def words(self, value: str) -> str:
        """A value in words."""
        return dict(self.values).get(value, value)


def kinds_of(policy: Policy) -> tuple[StatusKind, ...]:
    """Every kind of status the course file knows: proposal outcomes, presenting, and what may fail a student."""
    kinds = []
    if _has_proposals(policy.components):
        kinds.append(
            StatusKind(
                key=PROPOSAL,
                title="Outcome of the proposal",
                values=tuple(OUTCOME_WORDS.items()),
                does="Earns what the course file says for this outcome.",
                takes_moment=True,
            )
        )
    if policy.presentations is not None:
        values = ((YES, "yes, presented"), (NO, "no, not presented"))
        kinds.append(
            StatusKind(key=PRESENTED, title="Presented", values=values, does="Is kept as a note; it moves no points.")
        )
    kinds += [
        StatusKind(
            key=rule.key,
            title=rule.title,
            values=_HAPPENED,
            does=f"May bring {' or '.join(rule.brings)}; the instructor confirms each case.",
            needs_evidence=True,
        )
        for rule in policy.fails
    ]
    return tuple(kinds)


def kind_named(policy: Policy, key: str) -> StatusKind | None:
    """The kind with this key, or None."""
    return next((one for one in kinds_of(policy) if one.key == key), None)


def kind_called(said: str, kinds: Sequence[StatusKind]) -> StatusKind | None:
    """The kind a list names by key or title, or by the beginning of one title; None where it names none."""
    folded = fold_header(said)
    named = [one for one in kinds if folded in {fold_header(one.key), fold_header(one.title)}]
    begun = [one for one in kinds if folded and fold_header(one.title).startswith(folded)]
    found = named or begun
    return found[0] if len(found) == 1 else None


def value_called(said: str, kind: StatusKind) -> str | None:
    """The value a list gives: as the form has it, in its words, or yes and no as people write them; else None."""
    folded = fold_header(said)
    known = {value for value, _ in kind.values}
    if folded in known:
        return folded
    in_words = next((value for value, words in kind.values if fold_header(words) == folded), None)
    meant = in_words or _SAID.get(folded)
    return meant if meant in known else None


def _has_proposals(components: Sequence[Component]) -> bool:
    return any(one.kind == "proposal" or _has_proposals(one.parts) for one in components)
