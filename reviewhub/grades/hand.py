"""The thing in hand: one finding, mistake, review or developer with everything said of it, and what each key moves."""

from decimal import Decimal

from reviewhub.courses.policy import QualityRow
from reviewhub.errors import NotFound
from reviewhub.grades.cards import (
    OWN,
    VERDICT_WORDS,
    Choice,
    Desk,
    FindingCard,
    Hand,
    MemberCard,
    MistakeCard,
    ReviewCard,
    Shelf,
    UndoRow,
)
from reviewhub.grades.desk import finding_row
from reviewhub.grades.desk_state import DeskState, Reported
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.evidence import VERSION_1, VERSION_2, AssignmentFact, Decision, MistakeFact
from reviewhub.grades.lines import Component, SubjectKind
from reviewhub.grades.penalties import HUNDRED, nominal_points, reckoning
from reviewhub.grades.sentences import plain, shown
from reviewhub.grades.tables import Mistake
from reviewhub.grades.titles import first_line


def take_in_hand(state: DeskState, desk: Desk, item: str) -> Hand:
    """The card of what is asked for, the form of one's own mistake for OWN; NotFound where there is no such thing."""
    rows = desk.rows
    place = next((number for number, row in enumerate(rows, start=1) if row.item == item), 0)
    common = {
        "item": item,
        "token": state.token,
        "position": (place, len(rows)),
        "undo": tuple(row for row in desk.undo if row.item == item),
    }
    shelf = rows[place - 1].shelf if place else None
    if shelf is Shelf.FINDINGS:
        finding = _finding(state, desk, state.reported[item])
        return Hand(shelf=shelf, finding=finding, mergeable=_mergeable(state), **common)  # type: ignore[arg-type]  # one dict for all
    if shelf is Shelf.MISTAKES:
        mistake = _mistake(state, state.values[item], is_in_hand=True)
        return Hand(shelf=shelf, mistake=mistake, mergeable=len(state.mistakes) - 1, **common)  # type: ignore[arg-type]  # as above
    if shelf is Shelf.REVIEWS:
        return Hand(shelf=shelf, review=_review(state, item), **common)  # type: ignore[arg-type]  # as above
    if shelf is Shelf.MEMBERS:
        return Hand(shelf=shelf, member=_member(state, item), **common)  # type: ignore[arg-type]  # as above
    if item != OWN:
        msg = _why_gone(state, item)
        raise NotFound(msg)
    return Hand(own_moves=own_moves(state), **common)  # type: ignore[arg-type]  # as above


def own_moves(state: DeskState, draft: MistakeDraft | None = None, version_in: int = VERSION_1) -> str:
    """What one's own mistake would move, a major one under the weightiest criterion where nothing is said."""
    if not state.policy.rubric or not state.facts.snapshots:
        return ""
    criterion = max(state.policy.rubric, key=lambda row: row.points).key
    asked = draft or MistakeDraft(title="", severity="major", criterion=criterion)
    return state.foresight.own_mistake(asked, version_in)


def draft_of(state: DeskState, one: Reported) -> MistakeDraft:
    """A finding as the mistake it would be accepted as."""
    known = state.policy.criterion(one.said.category)
    criterion = known.key if known else state.policy.rubric[0].key if state.policy.rubric else ""
    return MistakeDraft(title=first_line(one.said.text), severity=one.said.severity, criterion=criterion)


def _why_gone(state: DeskState, item: str) -> str:
    mistake = state.rows.undone.get(item)
    if mistake is None:
        return "There is no such thing on this desk, or it was taken back."
    merged = next((one for one in state.rows.rearrangements if one.mistake_id == item and one.kind == "merged"), None)
    if merged and merged.other_id in state.mistakes:
        other = state.mistakes[merged.other_id]
        return f"M{mistake.number} “{mistake.title}” was merged into M{other.number} by {state.name(merged.by_id)}."
    return f"M{mistake.number} “{mistake.title}” was taken back."


def _mergeable(state: DeskState) -> int:
    return sum(1 for one in state.mistakes.values() if one.version_in == VERSION_1)


def _finding(state: DeskState, desk: Desk, one: Reported) -> FindingCard:
    said = one.said
    decision = state.gathered.decisions.get(said.finding_id)
    draft = draft_of(state, one)
    may = decision is None and said.kind != "remark" and desk.is_open
    matches = state.matches_of(said.finding_id)
    group = next(
        (group for group in desk.shelves[Shelf.FINDINGS] if any(row.item == said.finding_id for row in group.rows)),
        None,
    )
    return FindingCard(
        finding_id=said.finding_id,
        assignment_id=one.assignment_id,
        number=said.number,
        kind=said.kind,
        severity=said.severity,
        text=said.text,
        reviewer=state.who(one.assignment_id),
        held=state.held.get(one.assignment_id, False),
        spots=state.spots_of(said),
        answer=state.rows.answers.get(said.finding_id),
        check=state.rows.checks.get(said.finding_id),
        messages=state.rows.messages.get(said.finding_id, 0),
        decision=decision.decision if decision else "",
        reason=decision.reason if decision else "",
        decided=_undo_of(desk, "finding", said.finding_id),
        mistakes=tuple(_mistake(state, state.values[mistake.id]) for mistake, _ in matches),
        strengths={mistake.id: strength for mistake, strength in matches},
        title=draft.title,
        criterion=draft.criterion,
        accepts=state.foresight.accepting(said.finding_id, draft) if may else (),
        likely=tuple(row for row in group.rows if row.item != said.finding_id) if group else (),
    )


def _undo_of(desk: Desk, kind: str, target_id: str) -> UndoRow | None:
    return next((row for row in desk.undo if (row.kind, row.target_id) == (kind, target_id)), None)


def _mistake(state: DeskState, value: MistakeFact, *, is_in_hand: bool = False) -> MistakeCard:
    row = state.mistakes[value.mistake_id]
    criterion = state.policy.criterion(row.criterion)
    noted = state.noted(row.id)
    version = state.spot_version(row)
    return MistakeCard(
        row=row,
        points=nominal_points(value, state.policy.points),
        criterion_title=criterion.title if criterion else row.criterion,
        spot=state.spot_of(row),
        spot_version=version,
        noticed_late=row.version_in == VERSION_1 and version == VERSION_2,
        noted_by=tuple(
            (state.who(one.assignment_id), one.said.number, strength, one.said.finding_id) for one, strength in noted
        ),
        seen=state.mistake_as_seen(row.id),
        verdict=value.verdict.value if value.verdict else "",
        verdicts=_verdicts(state, value),
        moves_if_undone=state.foresight.without(row.id) if is_in_hand and state.rows.is_open else "",
        moves_if_switched=_switched(state, row) if state.rows.is_open and value.version_in == VERSION_1 else "",
        separable=tuple(one.said.finding_id for one, _ in noted) if len(noted) > 1 or row.found_by_instructor else (),
    )


def _switched(state: DeskState, row: Mistake) -> str:
    other = MistakeDraft(
        title=row.title,
        severity=row.severity,
        criterion=row.criterion,
        points=row.points,
        detectable=not row.detectable,
    )
    return state.foresight.changing(row.id, other)


def _verdicts(state: DeskState, value: MistakeFact) -> tuple[Choice, ...]:
    if value.version_in != VERSION_1 or state.facts.snapshot(VERSION_2) is None:
        return ()
    return tuple(
        Choice(
            value=verdict.value,
            label=label,
            moves="" if value.verdict is verdict else state.foresight.verdict(value.mistake_id, verdict),
            chosen=value.verdict is verdict,
        )
        for verdict, label in VERDICT_WORDS.items()
    )


def _review(state: DeskState, item: str) -> ReviewCard:
    assignment = next(
        one
        for one in state.facts.assignments
        if item in {one.assignment_id, one.review.review_id if one.review else ""}
    )
    edition = state.gathered.editions.get(assignment.assignment_id)
    marks = dict(assignment.review.quality) if assignment.review else {}
    suggested = _suggested(assignment)
    return ReviewCard(
        assignment_id=assignment.assignment_id,
        review_id=edition.review_id if edition else "",
        reviewer=state.who(assignment.assignment_id),
        held=assignment.held_to_account,
        submitted_at=edition.submitted_at if edition else None,
        edition=edition.edition if edition else 0,
        summary=str(edition.content.get("summary", "")) if edition else "",
        marks=tuple(_mark(row, marks.get(row.key)) for row in state.policy.quality),
        suggestion=suggested[1],
        suggested=suggested[0],
        sheet=state.sheet(SubjectKind.ASSIGNMENT, assignment.assignment_id, Component.REVIEW),
        findings=tuple(
            finding_row(state, one) for one in state.reported.values() if one.assignment_id == assignment.assignment_id
        ),
    )


def _mark(row: QualityRow, mark: Decimal | None) -> tuple[str, str, str, str]:
    return row.key, row.title, row.look_for, "" if mark is None else plain(mark)


def _suggested(assignment: AssignmentFact) -> tuple[str, str]:
    """What “correct” would be by the decisions: accepted ÷ (accepted + rejected), in per cent, and that in words."""
    decided = [one.decision for one in assignment.review.findings if one.decision] if assignment.review else []
    if not decided:
        return "", ""
    accepted = sum(1 for one in decided if one is not Decision.REJECTED)
    with reckoning():
        share = shown(HUNDRED * accepted / len(decided)).removesuffix(".00")
    return share, f"{accepted} of {len(decided)} decided findings accepted: {share}"


def _member(state: DeskState, enrollment_id: str) -> MemberCard:
    return MemberCard(
        enrollment_id=enrollment_id,
        name=state.name(enrollment_id),
        sheet=state.sheet(SubjectKind.MEMBER, enrollment_id, Component.DEVELOPER),
        adjustments=tuple(
            (one.id, one.points, one.reason)
            for one in state.gathered.adjustments.get(state.project.id, ())
            if one.enrollment_id == enrollment_id
        ),
    )
