"""Several graders at once, on both databases: nothing is decided twice and nothing is overwritten unseen."""

import random
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from reviewhub.errors import Conflict, ReviewHubError
from reviewhub.grades.evidence import Verdict
from reviewhub.grades.grading import accept_finding, change_mistake, record_mistake, reject_finding, undo_finding
from reviewhub.grades.marking import mark_quality, set_verdict
from reviewhub.grades.tables import FindingDecision, Mistake
from tests.grades.test_grading import DRAFT, Bench
from tests.grades.worlds import CELL


def at_once(*steps):
    """Run the steps in threads that start together; return what each was refused with, None where it was done."""
    ready, refused = Barrier(len(steps)), [None] * len(steps)

    def run(place, step):
        ready.wait()
        try:
            step()
        except ReviewHubError as fault:
            refused[place] = fault

    threads = [Thread(target=run, args=(place, step)) for place, step in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_one_finding_decided_by_four_graders_at_once_is_decided_once(database):
    bench = Bench(database)
    finding_id = bench.world.findings["AWGAN/Cem/1"]

    refused = at_once(
        lambda: bench.do(accept_finding, finding_id=finding_id, draft=DRAFT),
        lambda: bench.do(accept_finding, by="Ali", finding_id=finding_id, draft=DRAFT),
        lambda: bench.do(reject_finding, finding_id=finding_id, reason="No."),
        lambda: bench.do(reject_finding, by="Ali", finding_id=finding_id, reason="No!"),
    )

    with database.reading() as session:
        decided = session.scalar(select(func.count()).select_from(FindingDecision))
    assert (refused.count(None), decided) == (1, 1)
    assert bench.broken() == []


def test_accepting_a_finding_twice_takes_the_points_off_once(database):
    bench = Bench(database)
    finding_id = bench.world.findings["AWGAN/Cem/1"]

    bench.do(accept_finding, finding_id=finding_id, draft=DRAFT)
    with pytest.raises(Conflict, match="Somebody else decided"):
        bench.do(accept_finding, finding_id=finding_id, draft=DRAFT)

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Mistake)) == 1


def test_mistakes_recorded_at_once_get_numbers_of_their_own(database):
    bench = Bench(database)

    at_once(*[lambda: bench.do(record_mistake, draft=DRAFT, version_in=1, place=CELL)] * 6)

    with database.reading() as session:
        numbers = session.scalars(select(Mistake.number).order_by(Mistake.number)).all()
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers


def test_random_decisions_of_two_graders_keep_every_invariant(sqlite_database):
    bench = Bench(sqlite_database)
    findings = [bench.world.findings[f"AWGAN/Cem/{number}"] for number in (1, 2)]
    mistake_id = bench.do(record_mistake, draft=DRAFT, version_in=1, place=CELL)
    review_id = bench.world.reviews["AWGAN/Cem"]

    def decide(name, seed):
        dice = random.Random(seed)
        ways = [
            lambda: bench.do(accept_finding, by=name, finding_id=dice.choice(findings), draft=DRAFT),
            lambda: bench.do(reject_finding, by=name, finding_id=dice.choice(findings), reason="No."),
            lambda: bench.do(undo_finding, by=name, finding_id=dice.choice(findings)),
            lambda: bench.do(
                set_verdict,
                by=name,
                mistake_id=mistake_id,
                verdict=dice.choice([*Verdict, None]),
                seen=dice.choice([*Verdict, None]),
            ),
            lambda: bench.do(
                mark_quality,
                by=name,
                review_id=review_id,
                marks={"correct": str(dice.choice([10, 90]))},
                seen={"correct": dice.choice(["", "10", "90"])},
            ),
            lambda: bench.do(change_mistake, by=name, mistake_id=mistake_id, draft=DRAFT, seen=dice.randint(1, 5)),
        ]
        for _ in range(40):
            try:
                dice.choice(ways)()
            except ReviewHubError:
                continue

    at_once(lambda: decide("Ida", 1), lambda: decide("Ali", 2))

    assert bench.broken() == []
