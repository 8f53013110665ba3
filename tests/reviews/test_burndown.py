"""The burn-down: what is open at the end of each local day, from what is known now."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from reviewhub.reviews.burndown import BurnDown, FindingMoments, burn_down
from reviewhub.reviews.pages.burndowns import burn_down_chart, burn_down_line, total_of

ISTANBUL = ZoneInfo("Europe/Istanbul")
SHOWN = datetime(2026, 12, 18, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
NOW = SHOWN + 20 * DAY


def test_each_day_tells_what_is_open_at_its_end() -> None:
    found = burn_down(
        [
            FindingMoments(shown_at=SHOWN, answered_at=SHOWN + DAY, said_fixed_at=SHOWN + 2 * DAY, settled_at=SHOWN + 3 * DAY),
            FindingMoments(shown_at=SHOWN, answered_at=SHOWN + DAY),
            FindingMoments(shown_at=SHOWN + DAY),
        ],
        until=NOW, zone=ISTANBUL,
    )  # fmt: skip
    assert [day.day for day in found.days] == [18, 19, 20, 21, 22]
    assert found.unanswered == (2, 1, 1, 1, 1)
    assert found.not_said_done == (2, 3, 2, 2, 2)
    assert found.not_settled == (2, 3, 3, 2, 2)


def test_days_are_local() -> None:
    late = datetime(2026, 12, 18, 22, 30, tzinfo=UTC)  # the 19th in Istanbul
    found = burn_down([FindingMoments(shown_at=SHOWN, answered_at=late)], until=NOW, zone=ISTANBUL)
    assert dict(zip([day.day for day in found.days], found.unanswered, strict=True)) == {18: 1, 19: 0, 20: 0}


def test_what_is_still_to_come_is_not_told() -> None:
    found = burn_down([FindingMoments(shown_at=SHOWN, answered_at=SHOWN + 5 * DAY)], until=SHOWN + DAY, zone=ISTANBUL)
    assert found.unanswered == (1, 1)
    assert burn_down([FindingMoments(shown_at=NOW + DAY)], until=NOW, zone=ISTANBUL).days == ()


def test_milestones_stand_on_their_day_and_the_days_reach_them() -> None:
    due = SHOWN + 6 * DAY
    found = burn_down([FindingMoments(shown_at=SHOWN)], until=NOW, zone=ISTANBUL, milestones=[("version 2 due", due)])
    assert (found.days[-1], found.milestones) == (date(2026, 12, 24), (("version 2 due", date(2026, 12, 24)),))
    early = burn_down([FindingMoments(shown_at=SHOWN)], until=SHOWN + DAY, zone=ISTANBUL, milestones=[("v", due)])
    assert early.milestones == ()


moments = st.integers(0, 40).map(lambda number: SHOWN + number * timedelta(hours=11))


@given(
    st.lists(
        st.builds(FindingMoments, shown_at=moments, answered_at=st.none() | moments, settled_at=st.none() | moments)
    )
)
def test_never_more_open_than_shown_and_the_last_day_is_the_truth(findings: list[FindingMoments]) -> None:
    found = burn_down(findings, until=NOW, zone=ISTANBUL)
    assert all(0 <= count <= len(findings) for count in found.unanswered)
    if findings:
        assert found.unanswered[-1] == sum(one.answered_at is None for one in findings)
        assert found.not_settled[-1] == sum(one.settled_at is None for one in findings)
        assert list(found.days) == [found.days[0] + number * DAY for number in range(len(found.days))]


def test_chart_has_its_numbers_as_a_table_and_none_for_one_day() -> None:
    one_day = burn_down([FindingMoments(shown_at=SHOWN)], until=SHOWN, zone=ISTANBUL)
    assert (burn_down_chart(one_day), burn_down_line(one_day)) == ("", "")
    chart = burn_down_chart(burn_down([FindingMoments(shown_at=SHOWN)], until=NOW, zone=ISTANBUL))
    assert '<th scope="row">18 Dec</th><td>1</td><td>1</td><td>1</td>' in chart
    assert "style=" not in chart


def test_total_counts_each_project_after_its_own_days_too() -> None:
    first = BurnDown(days=(SHOWN.date(),), unanswered=(3,), not_said_done=(3,), not_settled=(3,))
    second = BurnDown(
        days=(SHOWN.date() + DAY, SHOWN.date() + 2 * DAY), unanswered=(2, 1), not_said_done=(2, 2), not_settled=(2, 2)
    )
    assert total_of([first, second]).unanswered == (3, 5, 4)
    assert total_of([]).days == ()
