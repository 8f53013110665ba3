"""The desk of one project laid out: everything there is to decide in order, the totals, what can be taken back."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from reviewhub.grades.cards import VERDICT_WORDS, CriterionRow, Desk, ListRow, RowGroup, Shelf
from reviewhub.grades.desk_state import DeskState, Reported
from reviewhub.grades.evidence import VERSION_1, VERSION_2, AssignmentFact, Decision, MistakeFact, Verdict
from reviewhub.grades.ledger import GradeSheet
from reviewhub.grades.likely_same import groups_of
from reviewhub.grades.lines import Component, SubjectKind, total
from reviewhub.grades.penalties import mistakes_in_order, nominal_points, reckoning
from reviewhub.grades.readiness import project_blockers
from reviewhub.grades.sentences import shown
from reviewhub.grades.spots import Spot
from reviewhub.grades.titles import first_line
from reviewhub.grades.undoing import undo_rows
from reviewhub.reviews.kinds import KIND_WORDS


def lay_out(state: DeskState) -> Desk:
    """Everything on the desk but the thing in hand."""
    reviews = sorted(state.facts.assignments, key=lambda one: state.who(one.assignment_id))
    return Desk(
        policy=state.policy,
        project_id=state.project.id,
        key=state.project.key,
        title=state.project.title,
        members=tuple(state.name(one) for one in _developers(state)),
        is_open=state.rows.is_open,
        versions={version: state.facts.snapshot(version) for version in (VERSION_1, VERSION_2)},
        sheets={version: state.version_sheet(version) for version in (VERSION_1, VERSION_2)},
        shelves={
            Shelf.FINDINGS: _findings(state),
            Shelf.MISTAKES: _one_group(mistake_row(state, one) for one in mistakes_in_order(state.facts)),
            Shelf.REVIEWS: _one_group(review_row(state, one) for one in reviews),
            Shelf.MEMBERS: _one_group(member_row(state, one) for one in _developers(state)),
        },
        reviewers=tuple((one.assignment_id, state.who(one.assignment_id)) for one in reviews if one.review),
        rubric=_rubric(state),
        standings=tuple(_standings(state, reviews)),
        waiting=project_blockers(state.facts, state.policy, state.rows.reviewers),
        undo=undo_rows(state),
        previous_key=state.rows.previous_key,
        next_key=state.rows.next_key,
    )


def finding_row(state: DeskState, one: Reported, group: int = 0) -> ListRow:
    """A finding as a line of the list."""
    decision = state.gathered.decisions.get(one.said.finding_id)
    outcome, tone = "", "plain"
    if decision is not None and decision.decision == Decision.REJECTED:
        outcome, tone = "rejected", "bad"
    elif decision is not None:
        matches = state.matches_of(one.said.finding_id)
        outcome = ", ".join(f"M{mistake.number}{'' if how == 'full' else ' in part'}" for mistake, how in matches)
        tone = "good"
    return ListRow(
        item=one.said.finding_id,
        shelf=Shelf.FINDINGS,
        name=KIND_WORDS[one.said.kind] if one.said.kind in {"question", "remark"} else "",
        title=first_line(one.said.text),
        severity=one.said.severity,
        who=state.who(one.assignment_id),
        reviewers=(one.assignment_id,),
        is_undecided=decision is None and one.said.kind != "remark",
        outcome=outcome,
        tone=tone,
        group=group,
    )


def mistake_row(state: DeskState, value: MistakeFact) -> ListRow:
    """A mistake as a line of the list."""
    verdict = VERDICT_WORDS[value.verdict].lower() if value.verdict else ""
    points = shown(-nominal_points(value, state.policy.points)).removesuffix(".00")
    return ListRow(
        item=value.mistake_id,
        shelf=Shelf.MISTAKES,
        name=f"M{value.number}",
        title=value.title,
        severity=value.severity,
        who=points,
        reviewers=tuple(one.assignment_id for one, _ in state.noted(value.mistake_id)),
        is_undecided=value.mistake_id in state.blocked,
        outcome=verdict or ("new in version 2" if value.version_in == VERSION_2 else ""),
        tone={Verdict.FIXED: "good", Verdict.OBSOLETE: "good", Verdict.PARTLY: "warn"}.get(value.verdict, "plain")
        if value.verdict
        else "plain",
    )


def review_row(state: DeskState, one: AssignmentFact) -> ListRow:
    """A review as a line of the list."""
    sheet = state.sheet(SubjectKind.ASSIGNMENT, one.assignment_id, Component.REVIEW)
    review_id = one.review.review_id if one.review else ""
    return ListRow(
        item=review_id or one.assignment_id,
        shelf=Shelf.REVIEWS,
        name="",
        title=state.who(one.assignment_id),
        who="" if one.held_to_account else "not held to account",
        reviewers=(one.assignment_id,),
        is_undecided=review_id in state.blocked,
        outcome=(shown(sheet.total) if sheet else "") if one.review else "not handed in",
        tone="plain" if one.review else "bad",
    )


def member_row(state: DeskState, enrollment_id: str) -> ListRow:
    """A developer as a line of the list."""
    sheet = state.sheet(SubjectKind.MEMBER, enrollment_id, Component.DEVELOPER)
    return ListRow(
        item=enrollment_id,
        shelf=Shelf.MEMBERS,
        name="",
        title=state.name(enrollment_id),
        outcome=shown(sheet.total) if sheet else "",
    )


def _findings(state: DeskState) -> tuple[RowGroup, ...]:
    """The findings, those that likely say the same together, in the order of their places."""
    groups = groups_of(state.reported)
    return tuple(
        RowGroup(
            title=_heading(state, group),
            rows=tuple(finding_row(state, one, number) for one in group),
        )
        for number, group in enumerate(groups, start=1)
    )


def _heading(state: DeskState, group: tuple[Reported, ...]) -> str:
    spot: Spot = state.spots_of(group[0].said)[0]
    return f"{spot.path}, {spot.words}" if spot.path else spot.words


def _one_group(rows: Iterable[ListRow]) -> tuple[RowGroup, ...]:
    found = tuple(rows)
    return (RowGroup(title="", rows=found),) if found else ()


def _developers(state: DeskState) -> list[str]:
    return sorted(state.facts.developers, key=state.name)


def _rubric(state: DeskState) -> tuple[CriterionRow, ...]:
    sheets = {version: state.version_sheet(version) for version in (VERSION_1, VERSION_2)}
    return tuple(
        CriterionRow(title=row.title, points=row.points, left=_left(state, sheets, row.key))
        for row in state.policy.rubric
    )


def _left(state: DeskState, sheets: Mapping[int, GradeSheet | None], criterion: str) -> dict[int, Decimal | None]:
    with reckoning():
        return {
            version: total(one for one in sheet.entries if one.part == criterion)
            if sheet and state.facts.snapshot(version)
            else None
            for version, sheet in sheets.items()
        }


def _standings(state: DeskState, reviews: Iterable[AssignmentFact]) -> Iterable[tuple[str, str, str, Decimal]]:
    for enrollment_id in _developers(state):
        sheet = state.sheet(SubjectKind.MEMBER, enrollment_id, Component.DEVELOPER)
        if sheet:
            yield enrollment_id, state.name(enrollment_id), "developer", sheet.total
    for one in reviews:
        sheet = state.sheet(SubjectKind.ASSIGNMENT, one.assignment_id, Component.REVIEW)
        if sheet:
            item = one.review.review_id if one.review else one.assignment_id
            yield item, state.who(one.assignment_id), "reviewer", sheet.total
