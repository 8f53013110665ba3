"""Grades are computed again exactly where a row behind them changed: whatever is done, what is kept stays true."""

import random
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from sqlalchemy import update

from reviewhub.courses.extending import grant_extension
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Membership
from reviewhub.errors import ReviewHubError
from reviewhub.grades import standings
from reviewhub.grades.evidence import Strength, Verdict
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.grading import (
    accept_finding,
    change_mistake,
    match_finding,
    record_mistake,
    reject_finding,
    undo_finding,
    undo_mistake,
)
from reviewhub.grades.marking import adjust_member, mark_quality, set_verdict
from reviewhub.grades.stamps import project_stamps
from reviewhub.grades.standings import drop_standings, kept_is_true, read_standing
from reviewhub.grades.tables import Mistake
from tests.grades.test_grading import DRAFT, Bench
from tests.grades.worlds import GRADING, LINES, add_review

TABLE = re.compile(r"(?:FROM|JOIN) ([a-z_]+)")


@pytest.fixture(autouse=True)
def nothing_kept():
    drop_standings()
    yield
    drop_standings()


@pytest.fixture
def bench(database):
    return Bench(database)


def standing(bench, now=GRADING):
    with bench.database.reading() as session:
        return read_standing(session, find_course(session, "ceng796"), now)


def stamps(bench):
    with bench.database.reading() as session:
        found = project_stamps(session, find_course(session, "ceng796"))
    return {key: found[project.id] for key, project in bench.world.projects.items()}


def anew(bench, now=GRADING):
    drop_standings()
    return standing(bench, now)


def test_stamp_changes_with_every_decision_and_of_its_project_alone(bench):
    finding_id, review_id = bench.world.findings["AWGAN/Cem/1"], bench.world.reviews["AWGAN/Cem"]
    seen = [stamps(bench)]

    def do(verb, **more):
        made = bench.do(verb, **more)
        seen.append(stamps(bench))
        return made

    mistake_id = do(record_mistake, draft=DRAFT, version_in=1, place=LINES)
    do(set_verdict, mistake_id=mistake_id, verdict=Verdict.PARTLY, seen=None)
    do(set_verdict, mistake_id=mistake_id, verdict=Verdict.FIXED, seen=Verdict.PARTLY)
    do(match_finding, finding_id=finding_id, mistake_id=mistake_id, strength=Strength.PARTIAL)
    do(undo_finding, finding_id=finding_id)
    do(reject_finding, finding_id=finding_id, reason="Section 3.2 says so.")
    do(mark_quality, review_id=review_id, marks={"correct": "70"}, seen={})
    do(mark_quality, review_id=review_id, marks={"correct": "75"}, seen={"correct": "70"})
    do(adjust_member, enrollment_id=bench.world.people["Ayşe"].id, points="-2", reason="Pushed to another branch.")

    assert all(one["AWGAN"] != after["AWGAN"] for one, after in pairwise(seen))
    assert seen[5] == seen[3]  # what was undone stands no more: the rows say what they said before it
    assert len({one["BNF"] for one in seen}) == 1


def test_stamp_changes_with_rows_that_no_verb_wrote(bench):
    mistake_id = bench.do(record_mistake, draft=DRAFT, version_in=1, place=LINES)
    before = stamps(bench)

    with bench.database.writing() as session:
        session.execute(update(Mistake).where(Mistake.id == mistake_id).values(points=Decimal("2.5")))

    assert stamps(bench)["AWGAN"] != before["AWGAN"]


def test_members_extensions_and_rules_are_part_of_every_stamp(bench):
    seen = [stamps(bench)]
    with bench.database.writing() as session:
        course = find_course(session, "ceng796")
        grant_extension(
            session, actor=bench.world.actor("Ida"), now=GRADING, course="ceng796", deadline="version_2",
            due_at=course.policy.deadlines.version_2 + timedelta(days=9), reason="Ill.",
            group_id=bench.world.projects["BNF"].group_id,
        )  # fmt: skip
    seen.append(stamps(bench))
    with bench.database.writing() as session:
        member = bench.world.people["Ayşe"].id
        session.execute(update(Membership).where(Membership.enrollment_id == member).values(left_at=GRADING))
    seen.append(stamps(bench))
    with bench.database.writing() as session:
        find_course(session, "ceng796").policy_digest = "0" * 64
    seen.append(stamps(bench))

    for key in ("AWGAN", "BNF"):
        assert len({one[key] for one in seen}) == 4


def test_every_table_that_facts_are_read_from_is_stamped(bench, query_count):
    with bench.database.reading() as session:
        course = find_course(session, "ceng796")
        with query_count(bench.database) as read:
            gather_facts(session, course, GRADING, project_ids=[one.id for one in bench.world.projects.values()])
        with query_count(bench.database) as stamped:
            project_stamps(session, course)

    # The ORM reads a project's group along; no fact is made of it.
    assert tables(read) - tables(stamped) <= {"groups"}
    assert "mistakes" in tables(read)


def tables(statements):
    return {name for text in statements.texts for name in TABLE.findall(text)}


@pytest.mark.parametrize("seed", range(3))
def test_after_any_decisions_what_is_kept_is_what_would_be_computed(sqlite_database, seed):
    bench, dice = Bench(sqlite_database), random.Random(seed)
    findings = [bench.world.findings[f"AWGAN/Cem/{number}"] for number in (1, 2)]
    made = [bench.do(record_mistake, draft=DRAFT, version_in=1, place=LINES)]
    review_id = bench.world.reviews["AWGAN/Cem"]
    ways = [
        lambda: bench.do(accept_finding, finding_id=dice.choice(findings), draft=DRAFT),
        lambda: bench.do(reject_finding, finding_id=dice.choice(findings), reason="No."),
        lambda: bench.do(undo_finding, finding_id=dice.choice(findings)),
        lambda: made.append(bench.do(record_mistake, draft=DRAFT, version_in=dice.choice([1, 2]), place=LINES)),
        lambda: bench.do(undo_mistake, mistake_id=dice.choice(made)),
        lambda: bench.do(
            set_verdict, mistake_id=dice.choice(made), verdict=dice.choice([*Verdict]), seen=dice.choice([*Verdict, None])
        ),
        lambda: bench.do(
            change_mistake, mistake_id=dice.choice(made), seen=dice.randint(1, 3),
            draft=replace(DRAFT, severity=dice.choice(["major", "minor", "critical"])),
        ),
        lambda: bench.do(
            mark_quality, review_id=review_id, marks={"correct": str(dice.choice([10, 90]))},
            seen={"correct": dice.choice(["", "10", "90"])},
        ),
    ]  # fmt: skip

    for _ in range(25):
        try:
            dice.choice(ways)()
        except ReviewHubError:
            continue
        kept = standing(bench)
        assert bench.broken() == []
        assert without_moments(kept) == without_moments(anew(bench))


def without_moments(found):
    return found.facts, found.sums, found.grades


def test_before_everything_is_settled_nothing_old_is_shown(bench):
    with bench.database.reading() as session:
        due = find_course(session, "ceng796").policy.deadlines
    moments = [due.reviews - timedelta(days=1), due.reviews + timedelta(days=1), due.version_2 - timedelta(hours=1)]
    moments += [GRADING, GRADING + timedelta(days=40), moments[0]]

    for now in moments:
        kept = standing(bench, now)
        assert without_moments(kept) == without_moments(standing(bench, now))
        assert without_moments(kept) == without_moments(anew(bench, now))


def test_what_was_kept_wrongly_is_told(bench):
    standing(bench)
    stamp = stamps(bench)["AWGAN"]
    key = (bench.world.projects["AWGAN"].id, stamp)
    kept = standings._projects.find(key)
    assert kept is not None

    standings._projects.keep(key, replace(kept, sums=()))

    with bench.database.reading() as session:
        assert kept_is_true(session) == ["the grades kept of project AWGAN are not those its rows give"]


def test_new_review_is_read_without_reading_the_other_projects_again(bench, query_count):
    standing(bench)
    with bench.database.writing() as session:
        add_review(session, bench.world, "BNF", "Ege", "mistake")

    assert without_moments(standing(bench)) == without_moments(anew(bench))


def test_shelf_forgets_what_was_not_used_for_longest():
    shelf = standings.Shelf(2)
    for name in "ab":
        shelf.keep(name, name)
    shelf.find("a")

    shelf.keep("c", "c")

    assert [shelf.find(name) for name in "abc"] == ["a", None, "c"]
