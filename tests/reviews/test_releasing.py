"""Who sees a review when, for each way of releasing; and that its developers are told once."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from reviewhub.accounts.rights import Action, allows
from reviewhub.errors import NotFound
from reviewhub.mail.tables import Mail
from reviewhub.reviews.announcing import announce_reviews, courses_to_announce
from reviewhub.reviews.facts import finding_facts, review_facts
from reviewhub.reviews.releasing import release_reviews, withhold_reviews
from reviewhub.reviews.tables import Review
from reviewhub.storage import Database
from tests.reviews.acts import file, save, submit
from tests.reviews.worlds import RESPONDING, REVIEWING, REVIEWS_DUE, VERSION_2, World, assign

SECOND = timedelta(seconds=1)
DRAFT = REVIEWING + timedelta(minutes=30)
HANDED_IN = REVIEWING + timedelta(hours=1)
MOMENTS = (DRAFT, HANDED_IN, REVIEWS_DUE, REVIEWS_DUE + SECOND, RESPONDING, RESPONDING + SECOND)
PEOPLE = ("ada", "bora", "cem", "derya", "ece", "ali", "iris", "olga")

# A column for each moment: the draft, just handed in, the deadline's last second, the second after it, two days later
# before a release by hand, and the second after that. `o`: this person reads the review; `.`: not.
WHO_SEES = {
    "at_submit": """
        ada   .ooooo
        bora  .ooooo
        cem   oooooo
        derya ......
        ece   ......
        ali   .ooooo
        iris  .ooooo
        olga  ......
    """,
    "at_deadline": """
        ada   ...ooo
        bora  ...ooo
        cem   oooooo
        derya ......
        ece   ......
        ali   .ooooo
        iris  .ooooo
        olga  ......
    """,
    "by_hand": """
        ada   .....o
        bora  .....o
        cem   oooooo
        derya ......
        ece   ......
        ali   .ooooo
        iris  .ooooo
        olga  ......
    """,
}


def sees(database: Database, world: World, name: str, now: datetime) -> bool:
    """Whether the person reads what Cem wrote on DCGAN: as its reviewer, as a developer, or as staff."""
    with database.reading() as session:
        actor = world.actor(name)
        own = review_facts(session, actor, now, course="dgm", review_id=world.reviews["cem", "DCGAN"])
        found = finding_facts(session, actor, now, course="dgm", key="DCGAN")
    return allows(Action.READ_REVIEW, own) or (found.is_developer and allows(Action.SEE_FINDINGS, found))


def told(database: Database, now: datetime) -> list[str]:
    """Let the job run; whom it told at this moment."""
    with database.writing() as session:
        for slug in courses_to_announce(session, now):
            announce_reviews(session, now=now, course=slug)
    with database.reading() as session:
        mails = session.scalars(
            select(Mail).where(Mail.key.startswith("reviews-announced-"), Mail.posted_at == now)
        ).all()
    assert not any("cem" in f"{one.subject} {one.text}".lower() for one in mails)
    return sorted(one.to.partition("@")[0] for one in mails)


def staff(world: World, now: datetime) -> dict[str, object]:
    return {"actor": world.actor("ali"), "now": now, "course": "dgm"}


def hand_in(database: Database, world: World, name: str = "cem", now: datetime = HANDED_IN) -> None:
    assign(database, world, name, "DCGAN")
    file(database, world, name, "DCGAN")
    save(database, world, name, "DCGAN")
    submit(database, world, name, "DCGAN", now=now)


@pytest.mark.parametrize("release", WHO_SEES)
def test_review_is_seen_by_whom_the_table_says(
    sqlite_database: Database, make_world: Callable[..., World], release: str
) -> None:
    world = make_world(sqlite_database, release=release)
    assign(sqlite_database, world, "cem", "DCGAN")
    file(sqlite_database, world, "cem", "DCGAN")
    save(sqlite_database, world, "cem", "DCGAN")
    columns = []
    for moment in MOMENTS:
        if moment == HANDED_IN:
            submit(sqlite_database, world, "cem", "DCGAN", now=HANDED_IN)
        if moment == RESPONDING + SECOND and release == "by_hand":
            with sqlite_database.writing() as session:
                release_reviews(session, **staff(world, RESPONDING))
        columns.append(["o" if sees(sqlite_database, world, name, moment) else "." for name in PEOPLE])
    rows = ["".join(column[number] for column in columns) for number in range(len(PEOPLE))]
    assert dict(zip(PEOPLE, rows, strict=True)) == dict(
        line.split() for line in WHO_SEES[release].split("\n") if line.strip()
    )


@pytest.mark.parametrize(
    ("release", "first", "telling"),
    [("at_submit", HANDED_IN, HANDED_IN), ("at_deadline", REVIEWS_DUE, REVIEWS_DUE + SECOND)],
)
def test_developers_are_told_once_when_they_can_read(
    sqlite_database: Database, make_world: Callable[..., World], release: str, first: datetime, telling: datetime
) -> None:
    world = make_world(sqlite_database, release=release)
    hand_in(sqlite_database, world)
    if first != telling:
        assert told(sqlite_database, first) == []
    assert told(sqlite_database, telling) == ["ada", "bora"]
    assert told(sqlite_database, telling + timedelta(minutes=1)) == []


def test_late_first_edition_is_told_when_it_comes(sqlite_database: Database, make_world: Callable[..., World]) -> None:
    world = make_world(sqlite_database, release="at_submit")
    hand_in(sqlite_database, world)
    told(sqlite_database, HANDED_IN)
    hand_in(sqlite_database, world, "ece", HANDED_IN + timedelta(hours=1))
    assert told(sqlite_database, HANDED_IN + timedelta(hours=1)) == ["ada", "bora"]


def test_nobody_is_told_of_what_can_no_longer_be_answered(
    sqlite_database: Database, make_world: Callable[..., World]
) -> None:
    world = make_world(sqlite_database)
    hand_in(sqlite_database, world)
    assert told(sqlite_database, VERSION_2 + SECOND) == []


def test_release_by_hand_taken_back_and_done_again_is_told_again(database: Database, tmp_path, make_world) -> None:  # type: ignore[no-untyped-def]
    world = make_world(database, release="by_hand")
    hand_in(database, world)
    assert told(database, RESPONDING) == []
    with database.writing() as session:
        release_reviews(session, **staff(world, RESPONDING))
    assert told(database, RESPONDING) == ["ada", "bora"]
    with database.writing() as session:
        withhold_reviews(session, **staff(world, RESPONDING + SECOND))
    assert not sees(database, world, "ada", RESPONDING + SECOND)
    assert told(database, RESPONDING + SECOND) == []
    again = RESPONDING + timedelta(hours=1)
    with database.writing() as session:
        release_reviews(session, **staff(world, again))
    assert told(database, again) == ["ada", "bora"]


def test_announcing_does_not_refuse_the_draft_that_is_being_written(
    sqlite_database: Database, make_world: Callable[..., World]
) -> None:
    world = make_world(sqlite_database, release="at_submit")
    hand_in(sqlite_database, world)
    review_id = world.reviews["cem", "DCGAN"]
    versions = []
    for act in (lambda: None, lambda: told(sqlite_database, HANDED_IN)):
        act()
        with sqlite_database.reading() as session:
            versions.append(session.get_one(Review, review_id).version)
    assert versions[0] == versions[1]


def test_review_of_an_unknown_course_is_not_found(sqlite_database: Database, make_world: Callable[..., World]) -> None:
    make_world(sqlite_database)
    with pytest.raises(NotFound), sqlite_database.writing() as session:
        announce_reviews(session, now=RESPONDING, course="other")
