"""The rules of the progress board: states, what a review waits for, risks, choosing and ordering; as values."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.reviews.progress import (
    SORTS,
    BoardChoice,
    Errand,
    ReviewProgress,
    State,
    choose_rows,
    count_states,
    few_findings,
    read_choice,
    risks_of,
    share_rows,
    state_of,
)

NOW = datetime(2026, 12, 15, 9, 0, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
PLAIN = ReviewProgress(
    assignment_id="a1", review_id="r1", project_id="p1", project="VAE", reviewer_id="e1", reviewer="Ada",
    due_at=NOW + 10 * DAY, is_writable=True,
)  # fmt: skip
SUBMITTED = replace(PLAIN, edition=1, is_begun=True, submitted_at=NOW, findings=3, handed_in=3)
SHOWN = replace(SUBMITTED, is_shown=True, answers_open=True)


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (PLAIN, State.NOT_BEGUN),
        (replace(PLAIN, is_begun=True), State.BEGUN),
        (replace(PLAIN, due_at=NOW), State.NOT_BEGUN),
        (replace(PLAIN, due_at=NOW - SECOND), State.LATE),
        (replace(PLAIN, due_at=NOW - SECOND, is_begun=True), State.LATE),
        (replace(PLAIN, due_at=None), State.NOT_BEGUN),
        (SUBMITTED, State.HANDED_IN),
        (SHOWN, State.RELEASED),
        (replace(SHOWN, answered=2), State.RELEASED),
        (replace(SHOWN, answered=3), State.ANSWERED),
        (replace(SHOWN, handed_in=0), State.ANSWERED),
        (replace(SHOWN, answered=1, checked=3), State.CHECKED),
        (replace(SHOWN, answered=3, checked=2), State.ANSWERED),
    ],
)
def test_state_of_a_review(row: ReviewProgress, state: State) -> None:
    assert state_of(row, NOW) is state


@pytest.mark.parametrize(
    ("row", "errands"),
    [
        (PLAIN, (Errand.WRITE,)),
        (replace(PLAIN, is_writable=False), ()),
        (SUBMITTED, ()),
        (SHOWN, (Errand.ANSWER,)),
        (replace(SHOWN, answered=3), ()),
        (replace(SHOWN, answers_open=False, checks_open=True, checked=1), (Errand.CHECK,)),
        (replace(SHOWN, answers_open=False, checks_open=True, checked=3), ()),
    ],
)
def test_nobody_is_waited_for_who_can_do_nothing(row: ReviewProgress, errands: tuple[Errand, ...]) -> None:
    assert row.errands == errands


@pytest.mark.parametrize(
    ("row", "risks"),
    [
        (replace(PLAIN, due_at=NOW + 4 * DAY + SECOND), ()),
        (replace(PLAIN, due_at=NOW + 4 * DAY), ("due soon",)),
        (replace(PLAIN, due_at=NOW - DAY), ("due soon",)),
        (replace(PLAIN, due_at=NOW - DAY, is_writable=False), ()),
        (replace(PLAIN, is_begun=True, due_at=NOW + 2 * DAY), ("form empty",)),
        (replace(PLAIN, is_begun=True, due_at=NOW + 2 * DAY + SECOND), ()),
        (replace(PLAIN, is_begun=True, has_form=True, due_at=NOW + DAY), ()),
        (replace(SUBMITTED, handed_in=1), ("few findings",)),
        (replace(SUBMITTED, handed_in=2), ()),
        (replace(PLAIN, due_at=NOW + DAY, practice=True), ()),
    ],
)
def test_risk_is_what_its_sentence_says(row: ReviewProgress, risks: tuple[str, ...]) -> None:
    assert risks_of(row, few=2.0, now=NOW) == risks


def test_few_is_half_the_median_of_what_is_handed_in() -> None:
    rows = [replace(SUBMITTED, handed_in=number) for number in (1, 4, 9)]
    assert few_findings([*rows, replace(PLAIN, findings=50), replace(SUBMITTED, handed_in=50, practice=True)]) == 2.0
    assert few_findings([PLAIN]) == 0.0


ROWS = [
    replace(
        PLAIN,
        assignment_id=f"a{number}",
        reviewer=name,
        reviewer_id=name.casefold(),
        project=project,
        project_id=project,
        findings=number % 3,
        state=list(State)[number % 7],
        due_at=None if number == 3 else NOW + number * DAY,
        risks=("due soon",) if number % 2 else (),
    )
    for number, (name, project) in enumerate((name, key) for name in ("ada", "Bora", "cem") for key in ("VAE", "GLOW"))
]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("down", [False, True])
def test_every_order_holds_every_row_once(sort: str, down: bool) -> None:
    shown = choose_rows(ROWS, BoardChoice(sort=sort, down=down))
    keys = [SORTS[sort](row) for row in shown]
    assert keys == sorted(keys, reverse=down)
    assert sorted(row.assignment_id for row in shown) == [f"a{number}" for number in range(6)]
    assert shown == choose_rows(list(reversed(ROWS)), BoardChoice(sort=sort, down=down))


@pytest.mark.parametrize(
    ("fields", "ids"),
    [
        ({}, "012345"),
        ({"words": " bOR "}, "23"),
        ({"words": "glow"}, "135"),
        ({"state": "begun"}, "1"),
        ({"state": "unknown"}, "012345"),
        ({"risk": "yes"}, "135"),
        ({"unread": "yes"}, ""),
        ({"reviewer": "cem"}, "45"),
        ({"project": "VAE"}, "024"),
        ({"waits": "write", "project": "VAE"}, "024"),
        ({"waits": "check"}, ""),
    ],
)
def test_choice_shows_what_it_asks_for(fields: dict[str, str], ids: str) -> None:
    shown = choose_rows(ROWS, read_choice(fields))
    assert sorted(row.assignment_id for row in shown) == [f"a{one}" for one in ids]


@given(st.dictionaries(st.sampled_from([*BoardChoice.__annotations__, "other"]), st.text(max_size=50)))
def test_choice_is_the_same_after_a_form(fields: dict[str, str]) -> None:
    choice = read_choice(fields)
    assert read_choice(choice.as_fields()) == choice


def test_shares_sum_up_to_the_rows() -> None:
    for by, names in (("reviewer", ["ada", "Bora", "cem"]), ("project", ["GLOW", "VAE"])):
        shares = share_rows(ROWS, by=by)
        assert [share.name for share in shares] == names
        assert sum(share.total for share in shares) == len(ROWS)
        assert sum(share.findings for share in shares) == sum(row.findings for row in ROWS)
        assert {state: sum(share.counts[state] for share in shares) for state in State} == count_states(ROWS)
