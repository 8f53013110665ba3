"""Mistakes put together and taken apart, findings split: what each does to the grades, and that each can be undone."""

import pytest
from sqlalchemy import func, select

from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.grades.desk_tables import Rearrangement
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.evidence import Strength, Verdict
from reviewhub.grades.grading import (
    accept_finding,
    change_mistake,
    match_finding,
    record_mistake,
    reject_finding,
    set_detectable,
    undo_finding,
    undo_mistake,
)
from reviewhub.grades.marking import set_verdict
from reviewhub.grades.rearranging import merge_mistakes, separate_finding, undo_rearrangement
from reviewhub.grades.splitting import split_finding
from reviewhub.grades.tables import FixVerdict, Match, Mistake
from tests.grades.test_grading import DRAFT, Bench
from tests.grades.test_two_graders import at_once
from tests.grades.worlds import CELL, LINES

OTHER = MistakeDraft(title="No seed", severity="minor", criterion="code")


@pytest.fixture
def bench(database) -> Bench:
    return Bench(database)


def standing(bench):
    """The numbers of the standing mistakes with the findings matched with each, by number of finding."""
    names = {finding_id: int(name[-1]) for name, finding_id in bench.world.findings.items()}
    with bench.database.reading() as session:
        rows = session.execute(
            select(Mistake.number, Match.finding_id)
            .outerjoin(Match, (Match.mistake_id == Mistake.id) & Match.undone_at.is_(None))
            .where(Mistake.undone_at.is_(None))
            .order_by(Mistake.number)
        ).all()
    found: dict[int, list[int]] = {}
    for number, finding_id in rows:
        found.setdefault(number, []).extend([names[finding_id]] if finding_id else [])
    return {number: sorted(findings) for number, findings in found.items()}


def last_rearrangement(bench):
    """The id of the one that stands."""
    with bench.database.reading() as session:
        return session.scalars(select(Rearrangement.id).where(Rearrangement.undone_at.is_(None))).one()


def both_findings(bench):
    """Cem's finding 1 as M1 and his question 2 as M2."""
    first = bench.do(accept_finding, finding_id=bench.world.findings["AWGAN/Cem/1"], draft=DRAFT)
    second = bench.do(accept_finding, finding_id=bench.world.findings["AWGAN/Cem/2"], draft=OTHER)
    return first, second


def test_merged_mistake_costs_once_and_its_findings_note_the_other(bench):
    first, second = both_findings(bench)
    apart = bench.grades()

    bench.do(merge_mistakes, mistake_id=second, into_id=first)

    assert standing(bench) == {1: [1, 2]}
    assert (apart["version_1"], bench.grades()["version_1"]) == (89, 92)
    assert bench.broken() == []


def test_undone_merge_gives_both_mistakes_back_with_their_verdicts(bench):
    first, second = both_findings(bench)
    bench.do(set_verdict, mistake_id=second, verdict=Verdict.FIXED, seen=None)
    before, grades = standing(bench), bench.grades()

    bench.do(merge_mistakes, mistake_id=second, into_id=first)
    bench.do(undo_rearrangement, rearrangement_id=last_rearrangement(bench))

    assert (standing(bench), bench.grades()) == (before, grades)
    assert bench.broken() == []


def test_merged_own_mistake_stands_on_when_the_finding_is_undone(bench):
    finding = bench.world.findings["AWGAN/Cem/1"]
    first = bench.do(accept_finding, finding_id=finding, draft=DRAFT)
    own = bench.do(record_mistake, draft=OTHER, version_in=1, place=LINES)

    bench.do(merge_mistakes, mistake_id=own, into_id=first)
    bench.do(undo_finding, finding_id=finding)

    assert standing(bench) == {1: []}
    assert bench.broken() == []


def test_merge_whose_findings_were_decided_anew_is_not_undone(bench):
    first, second = both_findings(bench)
    bench.do(merge_mistakes, mistake_id=second, into_id=first)
    bench.do(undo_finding, finding_id=bench.world.findings["AWGAN/Cem/2"])

    with pytest.raises(Conflict, match="was decided anew since"):
        bench.do(undo_rearrangement, rearrangement_id=last_rearrangement(bench))

    assert standing(bench) == {1: [1]}
    assert bench.broken() == []


def test_version_1_mistake_is_not_merged_into_one_of_version_2_but_the_other_way_round(bench):
    old = bench.do(record_mistake, draft=DRAFT, version_in=1, place=CELL)
    new = bench.do(record_mistake, draft=OTHER, version_in=2, place=CELL)

    with pytest.raises(Conflict, match="merge M2 into M1 instead"):
        bench.do(merge_mistakes, mistake_id=old, into_id=new)
    with pytest.raises(BadInput, match="into itself"):
        bench.do(merge_mistakes, mistake_id=old, into_id=old)
    bench.do(merge_mistakes, mistake_id=new, into_id=old)

    assert standing(bench) == {1: []}


def test_mistakes_of_another_project_are_not_merged(bench):
    own = bench.do(record_mistake, draft=DRAFT, version_in=1, place=CELL)
    far = bench.do(record_mistake, key="BNF", draft=DRAFT, version_in=1, place=CELL)

    with pytest.raises(NotFound):
        bench.do(merge_mistakes, mistake_id=own, into_id=far)


def test_two_graders_who_merge_two_mistakes_into_each_other_lose_neither(bench):
    first, second = both_findings(bench)

    refused = at_once(
        lambda: bench.do(merge_mistakes, mistake_id=second, into_id=first),
        lambda: bench.do(merge_mistakes, by="Ali", mistake_id=first, into_id=second),
    )

    assert refused.count(None) == 1
    assert sorted(standing(bench).values()) == [[1, 2]]
    assert bench.broken() == []


def split(bench, *drafts, by="Ida", **more):
    """Split Cem's first finding; gives nothing back."""
    bench.do(
        lambda session, **asked: split_finding(session, **asked)[0],
        by=by,
        finding_id=bench.world.findings["AWGAN/Cem/1"],
        drafts=list(drafts),
        **more,
    )


def test_finding_that_says_two_things_is_two_mistakes_noted_by_its_author(bench):
    split(bench, DRAFT, OTHER)
    apart, grades = standing(bench), bench.grades()

    with bench.database.reading() as session:
        second = session.scalars(select(Mistake.id).where(Mistake.number == 2)).one()
    bench.do(undo_mistake, mistake_id=second)

    assert apart == {1: [1], 2: [1]}
    assert (grades["version_1"], grades["review Cem"]) == (89, 50)
    assert standing(bench) == {1: [1]}
    assert bench.broken() == []


def test_accepted_finding_that_says_something_else_too_keeps_what_it_has(bench):
    bench.do(accept_finding, finding_id=bench.world.findings["AWGAN/Cem/1"], draft=DRAFT)

    with pytest.raises(Conflict, match="Somebody else decided"):
        split(bench, OTHER, DRAFT, seen=0)
    split(bench, OTHER, seen=1)

    assert standing(bench) == {1: [1], 2: [1]}


def test_split_of_one_thing_a_remark_or_a_rejected_finding_is_refused(bench):
    with pytest.raises(BadInput, match="at least two things"):
        split(bench, DRAFT)
    with pytest.raises(Conflict, match="A remark notes no mistake"):
        bench.do(split_finding, finding_id=bench.world.findings["AWGAN/Cem/3"], drafts=[DRAFT, OTHER])
    bench.do(reject_finding, finding_id=bench.world.findings["AWGAN/Cem/1"], reason="No.")
    with pytest.raises(Conflict, match="Somebody else decided"):
        split(bench, DRAFT, OTHER)

    assert standing(bench) == {}


def test_finding_is_taken_off_a_mistake_into_one_of_its_own_and_put_back(bench):
    question = bench.world.findings["AWGAN/Cem/2"]
    first = bench.do(accept_finding, finding_id=bench.world.findings["AWGAN/Cem/1"], draft=DRAFT)
    bench.do(match_finding, finding_id=question, mistake_id=first, strength=Strength.PARTIAL)
    before = bench.grades()

    bench.do(separate_finding, finding_id=question, mistake_id=first, draft=OTHER)
    apart = standing(bench)
    bench.do(undo_rearrangement, rearrangement_id=last_rearrangement(bench))

    assert apart == {1: [1], 2: [2]}
    assert standing(bench) == {1: [1, 2]}
    assert bench.grades() == before
    assert bench.broken() == []


def test_only_finding_of_a_mistake_is_not_taken_off_it(bench):
    finding = bench.world.findings["AWGAN/Cem/1"]
    first = bench.do(accept_finding, finding_id=finding, draft=DRAFT)

    with pytest.raises(Conflict, match="rests on this finding alone"):
        bench.do(separate_finding, finding_id=finding, mistake_id=first, draft=OTHER)
    with pytest.raises(Conflict, match="Somebody else decided"):
        bench.do(separate_finding, finding_id=bench.world.findings["AWGAN/Cem/2"], mistake_id=first, draft=OTHER)

    assert standing(bench) == {1: [1]}


def test_form_sent_by_many_clicks_at_once_makes_one_mistake(bench):
    ways = [lambda: bench.do(record_mistake, draft=DRAFT, version_in=1, place=CELL, token="1")] * 6

    refused = at_once(*ways)

    with bench.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Mistake)) == 1
    assert refused == [None] * 6


def test_form_sent_again_with_other_words_or_after_the_undo_is_told(bench):
    made = bench.do(record_mistake, draft=DRAFT, version_in=1, place=CELL, token="1")

    with pytest.raises(Conflict, match="was recorded from this form already, in another tab"):
        bench.do(record_mistake, draft=OTHER, version_in=1, place=CELL, token="1")
    bench.do(undo_mistake, mistake_id=made)
    with pytest.raises(Conflict, match="and taken back since"):
        bench.do(record_mistake, draft=DRAFT, version_in=1, place=CELL, token="1")
    other = bench.do(record_mistake, by="Ali", draft=DRAFT, version_in=1, place=CELL, token="1")

    assert other != made


def test_late_discovered_mistake_costs_both_versions_and_lies_in_version_2(bench):
    draft = MistakeDraft(title="Wrong sign", severity="major", criterion="method", verdict=Verdict.PARTLY)

    made = bench.do(record_mistake, draft=draft, version_in=1, noticed_in=2, place=CELL)

    told = bench.grades()
    with bench.database.reading() as session:
        mistake = session.get_one(Mistake, made)
        verdicts = session.scalars(select(FixVerdict.verdict)).all()
    assert (told["version_1"], told["version_2"]) == (92, 96)
    assert (mistake.version_in, mistake.snapshot_id) == (1, bench.world.snapshots["AWGAN", 2].id)
    assert verdicts == ["partly"]
    assert bench.broken() == []


def test_detectable_is_switched_on_what_was_seen(bench):
    made = bench.do(record_mistake, draft=DRAFT, version_in=1, place=CELL)
    paying = bench.grades()["review Defne"]

    bench.do(set_detectable, mistake_id=made, detectable=False, seen=1)
    with pytest.raises(Conflict):
        bench.do(set_detectable, by="Ali", mistake_id=made, detectable=True, seen=1)

    assert bench.grades()["review Defne"] > paying


def test_undo_of_what_was_changed_since_is_refused(bench):
    made = bench.do(record_mistake, draft=DRAFT, version_in=1, place=CELL)
    bench.do(change_mistake, by="Ali", mistake_id=made, draft=OTHER, seen=1)

    with pytest.raises(Conflict, match="Somebody else decided"):
        bench.do(undo_mistake, mistake_id=made, seen="1")

    assert standing(bench) == {1: []}


def test_second_click_of_the_same_grader_is_no_clash(bench):
    finding, question = bench.world.findings["AWGAN/Cem/1"], bench.world.findings["AWGAN/Cem/2"]
    first = bench.do(accept_finding, finding_id=finding, draft=DRAFT)
    for _ in range(2):
        bench.do(match_finding, finding_id=question, mistake_id=first)
    bench.do(undo_finding, finding_id=question)
    for _ in range(2):
        bench.do(reject_finding, finding_id=question, reason="No.")

    assert standing(bench) == {1: [1]}
    assert bench.broken() == []
