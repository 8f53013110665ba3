"""Which commit is the version: the table of cases, and the sentence that says so."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from reviewhub.courses.deadlines import Due
from reviewhub.courses.late_steps import LateRules, LateStep
from reviewhub.projects.choosing import ReceivedCommit, Standing, State, late_end, say_standing, settles_at, stand
from reviewhub.projects.receipts import Receipt

ISTANBUL = ZoneInfo("Europe/Istanbul")
DUE_AT = datetime(2026, 12, 3, 23, 0, tzinfo=ISTANBUL).astimezone(UTC)
TIERS = LateRules(
    steps=(
        LateStep(until="30m", off="10%"),
        LateStep(until="1d", off="25%", no_bonus=True),
        LateStep(beyond=True, zero=True),
    )
)
GRACE = LateRules(grace="1m", steps=TIERS.steps)
DAYS = LateRules(steps=(LateStep(per="calendar_day", points=Decimal(10)),))
A, B, C = "a" * 40, "b" * 40, "c" * 40


def seconds(count: float) -> datetime:
    return DUE_AT + timedelta(seconds=count)


def due(*, extended: float = 0, late_from: float = 0, waived: float | None = None) -> Due:
    return Due(
        deadline="version_1",
        course_due_at=DUE_AT,
        due_at=seconds(extended),
        late_from=seconds(late_from),
        waived_until=None if waived is None else seconds(waived),
    )


def exact(commit: str, at: float) -> ReceivedCommit:
    moment = seconds(at)
    return ReceivedCommit(commit=commit, tree=commit, receipt=Receipt(received_from=moment, received_by=moment))


def between(commit: str, first: float | None, last: float) -> ReceivedCommit:
    start = None if first is None else seconds(first)
    return ReceivedCommit(commit=commit, tree=commit, receipt=Receipt(received_from=start, received_by=seconds(last)))


def stands(*commits: ReceivedCommit, rules: LateRules | None = TIERS, now: float = 60, **more) -> Standing:
    return stand(commits, **({"due": due(), "rules": rules, "zone": ISTANBUL, "now": seconds(now)} | more))


def outcome(standing: Standing) -> tuple:
    if standing.taken is None:
        return standing.state, None, None, None
    option = standing.taken
    return standing.state, option.received.commit, option.lateness.cost, option.proved


@pytest.mark.parametrize(
    ("commits", "expected"),
    [
        ([], (State.NOTHING_YET, None, None, None)),
        ([exact(A, -1)], (State.ON_TIME, A, "no cost", True)),
        ([exact(A, 0)], (State.ON_TIME, A, "no cost", True)),
        ([exact(A, 1)], (State.LATE, A, "−10 %", True)),
        ([exact(A, -60), exact(B, -1)], (State.ON_TIME, B, "no cost", True)),
        ([exact(A, -60), exact(B, 0)], (State.ON_TIME, B, "no cost", True)),
        ([exact(A, -60), exact(B, 1)], (State.ON_TIME, A, "no cost", True)),
        ([exact(A, 0), exact(B, 0)], (State.ON_TIME, B, "no cost", True)),
        ([exact(A, 1800)], (State.LATE, A, "−10 %", True)),
        ([exact(A, 1801)], (State.LATE, A, "−25 %", True)),
        ([exact(A, 86_400)], (State.LATE, A, "−25 %", True)),
        ([exact(A, 86_401)], (State.NOTHING_YET, None, None, None)),
        ([exact(A, 2400), exact(B, 4000)], (State.LATE, A, "−25 %", True)),
        ([between(A, None, -5)], (State.ON_TIME, A, "no cost", True)),
        ([between(A, None, 90_000)], (State.ON_TIME, A, "no cost", False)),
        ([between(A, -300, -1)], (State.ON_TIME, A, "no cost", True)),
        ([between(A, -300, 300)], (State.ON_TIME, A, "no cost", False)),
        ([exact(A, -600), between(B, -300, 90_000)], (State.ON_TIME, B, "no cost", False)),
        ([between(A, 1, 300)], (State.LATE, A, "−10 %", True)),
        ([between(A, 1700, 2000)], (State.LATE, A, "−10 %", False)),
        ([between(A, 86_000, 90_000)], (State.LATE, A, "−25 %", False)),
    ],
)
def test_version_is_the_last_on_time_commit_or_the_earliest_late_one_that_earns(commits, expected) -> None:
    assert outcome(stands(*commits)) == expected


@pytest.mark.parametrize(("at", "expected"), [(59, "no cost"), (60, "−10 %"), (61, "−10 %")])
def test_grace_counts_as_on_time(at: int, expected: str) -> None:
    assert outcome(stands(exact(A, -100), exact(B, at), rules=GRACE, now=100))[1:3] == (
        (B, "no cost") if at < 60 else (A, "no cost")
    )
    assert outcome(stands(exact(B, at), rules=GRACE, now=100))[2] == expected


def test_extension_moves_both_the_deadline_and_the_cost() -> None:
    standing = stands(exact(A, 0), exact(B, 3600), exact(C, 3601), due=due(extended=3600, late_from=3600), now=3700)
    assert outcome(standing) == (State.ON_TIME, B, "no cost", True)


def test_extension_that_keeps_the_penalty_leaves_the_on_time_commit_and_a_choice() -> None:
    standing = stands(exact(A, 0), exact(B, 3600), due=due(extended=7200), now=3700)
    assert outcome(standing) == (State.ON_TIME, A, "no cost", True)
    assert ([option.lateness.cost for option in standing.choices], standing.is_settled) == (["−25 %"], False)


def test_extension_that_waives_the_penalty_takes_the_last_commit_that_costs_nothing() -> None:
    commits = (exact(A, 0), exact(B, 3600), exact(C, 3601))
    standing = stands(*commits, due=due(extended=3600, waived=3600), now=3700)
    assert outcome(standing) == (State.LATE, B, "no cost", True)
    assert [option.lateness.cost for option in standing.choices] == ["−25 %"]


def test_late_commit_can_be_chosen_until_the_late_policy_runs_out() -> None:
    commits = (exact(A, -1), exact(B, 2400))
    assert [option.received.commit for option in stands(*commits, now=2401).choices] == [B]
    assert stands(*commits, now=86_400).may_choose
    assert not stands(*commits, now=86_401).may_choose
    assert stands(*commits, now=86_401).is_settled


def test_chosen_commit_is_taken_at_its_cost_and_the_choice_is_over() -> None:
    standing = stands(exact(A, -1), exact(B, 2400), now=2500, counts=B, has_chosen=True)
    assert outcome(standing) == (State.LATE, B, "−25 %", True)
    assert (standing.may_choose, standing.is_settled) == (False, True)


def test_version_is_settled_at_once_where_nothing_came_late() -> None:
    assert stands(exact(A, -1), now=2).is_settled
    assert not stands(exact(A, -1), exact(B, 1), now=2).is_settled
    assert not stands(exact(A, -1), now=-10).is_settled


def test_nothing_received_is_not_submitted_once_late_work_earns_nothing() -> None:
    assert stands(now=86_400).state is State.NOTHING_YET
    assert stands(now=86_401).state is State.NOT_SUBMITTED
    assert stands(exact(A, 90_000), now=90_001).state is State.NOT_SUBMITTED


def test_without_a_late_policy_nothing_late_is_taken_by_the_program() -> None:
    standing = stands(exact(A, 1), rules=None, now=5)
    assert (standing.taken, standing.state, standing.may_choose) == (None, State.NOT_SUBMITTED, False)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [(None, 0), (TIERS, 86_400), (DAYS, None)],
)
def test_late_work_earns_until(rules, expected) -> None:
    end = late_end(due(), rules, ISTANBUL)
    if rules is DAYS:
        assert end == datetime(2026, 12, 12, 23, 59, 59, tzinfo=ISTANBUL)
    else:
        assert end == seconds(expected)


def test_policy_that_never_takes_all_never_ends() -> None:
    capped = LateRules(steps=(LateStep(per="calendar_day", points=Decimal(10), cap=Decimal(50)),))
    assert late_end(due(), capped, ISTANBUL) is None
    standing = stands(exact(A, -1), exact(B, 10), rules=capped, now=100, choice_ends_at=seconds(1000))
    assert standing.may_choose
    assert not stands(exact(A, -1), exact(B, 10), rules=capped, now=1001, choice_ends_at=seconds(1000)).may_choose


def test_version_settles_after_the_whole_second_and_the_grace() -> None:
    assert settles_at(due(), TIERS) == seconds(1)
    assert settles_at(due(), GRACE) == seconds(60)
    assert settles_at(due(extended=3600), GRACE) == seconds(3601)


def test_deadline_in_the_hour_that_comes_twice_is_judged_by_elapsed_time() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    moment = datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=0).astimezone(UTC)
    held = Due(deadline="version_1", course_due_at=moment, due_at=moment, late_from=moment)
    again = moment + timedelta(hours=1)  # 02:30 on the clock once more
    commit = ReceivedCommit(commit=A, tree=A, receipt=Receipt(received_from=again, received_by=again))
    standing = stand([commit], due=held, rules=TIERS, zone=berlin, now=again)
    assert standing.taken is not None
    assert standing.taken.lateness.seconds == 3600


def test_sentence_says_the_version_and_why_not_the_latest() -> None:
    first = ReceivedCommit(
        commit="a1b2c3d" + "0" * 33,
        tree=A,
        receipt=exact(A, -600).receipt,
        written_at=datetime(2026, 12, 3, 22, 10, tzinfo=timezone(timedelta(hours=3))),
    )
    standing = stands(first, exact("9f8e7d6" + "0" * 33, 2400), now=2401)
    assert say_standing(standing, 1, zone=ISTANBUL) == (
        "Version 1 as it stands: a1b2c3d of 3 Dec 22:10, received 3 Dec 22:50:00; the latest commit 9f8e7d6 came "
        "40 minutes late and would cost 25 %: not taken unless you choose it."
    )


@pytest.mark.parametrize(
    ("commits", "now", "sentence"),
    [
        ([], -60, "Version 2: nothing has been received yet; it is due 3 Dec 23:00."),
        ([], 86_401, "Version 2 was not submitted: nothing was received by 3 Dec 23:00."),
        (
            [exact(A, 86_401)],
            86_402,
            "Version 2 was not submitted: nothing was received by 3 Dec 23:00. What came later earns no points.",
        ),
        ([exact(A, 0)], -60, "Version 2 as it stands: aaaaaaa, received 3 Dec 23:00:00. It is the latest one."),
        (
            [between(A, -300, 300)],
            600,
            (
                "Version 2 as it stands: aaaaaaa, received between 3 Dec 22:55 and 3 Dec 23:05 (unproved, so it counts as on "
                "time). It is the latest one."
            ),
        ),
        (
            [exact(A, 60)],
            600,
            (
                "Version 2 as it stands: aaaaaaa, received 3 Dec 23:01:00, 1 minute late, at the cost of 10 %. "
                "It is the latest one."
            ),
        ),
        (
            [exact(A, 0), exact(B, 90_000)],
            90_001,
            (
                "Version 2 as it stands: aaaaaaa, received 3 Dec 23:00:00. What came after 4 Dec 23:00 no longer counts for "
                "it."
            ),
        ),
    ],
)
def test_sentence_for_every_state(commits, now: float, sentence: str) -> None:
    assert say_standing(stands(*commits, now=now), 2, zone=ISTANBUL) == sentence


def test_work_on_version_2_is_no_rival_of_version_1() -> None:
    commits = (exact(A, -60), exact(B, 2400), exact(C, 33 * 86_400))
    sentence = say_standing(stands(*commits, now=33 * 86_400), 1, zone=ISTANBUL, is_frozen=True)
    assert sentence == (
        "Version 1 is frozen: aaaaaaa, received 3 Dec 22:59:00; the latest commit bbbbbbb came 40 minutes late and would "
        "cost 25 %: not taken."
    )
    only_later = say_standing(stands(exact(A, -60), exact(C, 33 * 86_400), now=33 * 86_400), 1, zone=ISTANBUL)
    assert only_later.endswith("What came after 4 Dec 23:00 no longer counts for it.")


def test_without_a_late_policy_later_work_is_compared_until_the_reviews_need_their_time() -> None:
    near, far = exact(B, 3600), exact(C, 33 * 86_400)
    frozen = stands(exact(A, -60), near, far, rules=None, now=33 * 86_400, choice_ends_at=seconds(7 * 86_400))
    assert "the latest commit bbbbbbb came 1 hour late, and the course states no late policy" in say_standing(
        frozen, 1, zone=ISTANBUL
    )
