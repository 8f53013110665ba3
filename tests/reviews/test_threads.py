"""Threads under findings: who reads and writes them when, what one side learns of the other, what is told to whom."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from reviewhub.accounts.tables import Event
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.errors import NotFound, ReviewHubError, TooLate
from reviewhub.mail.tables import Mail
from reviewhub.reviews.assigning import put_assignment
from reviewhub.reviews.message_tables import Message, Notice
from reviewhub.reviews.notices import courses_with_news, mark_read, tell_of_messages, unread_of
from reviewhub.reviews.releasing import release_reviews, withhold_reviews
from reviewhub.reviews.review_threads import threads_of_review
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.tables import Assignment, Review
from reviewhub.reviews.talking import change_message, strike_message, write_under_finding
from reviewhub.reviews.thread_rows import find_handed_in, thread_facts
from reviewhub.reviews.thread_views import Thread
from reviewhub.storage import Database
from tests.reviews.acts import file, save, submit
from tests.reviews.worlds import RESPONDING, REVIEWING, REVIEWS_DUE, VERSION_2, World, assign

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def found_by(database: Database, world: World, name: str, key: str = "DCGAN") -> str:
    """One finding, handed in; its id."""
    assign(database, world, name, key)
    file(database, world, name, key)
    save(database, world, name, key)
    return findings_in(submit(database, world, name, key).content)[0].finding_id


def write(
    database: Database, world: World, name: str, finding_id: str, text: str, now: datetime = RESPONDING
) -> Message:
    with database.writing() as session:
        return write_under_finding(
            session, actor=world.actor(name), now=now, course="dgm", finding_id=finding_id, text=text
        )


def thread(database: Database, world: World, name: str, finding_id: str, now: datetime = RESPONDING) -> Thread:
    """What this person sees of the thread."""
    with database.reading() as session:
        facts = thread_facts(session, world.actor(name), now, course="dgm", finding_id=finding_id)
        rows = find_handed_in(session, "dgm", finding_id)
        return threads_of_review(
            session, rows.course, rows.project, rows.assignment, rows.review, rows.snapshots, [rows.finding],
            facts=facts, enrollment=find_enrollment(session, rows.course, world.actor(name)), now=now,
        )[finding_id]  # fmt: skip


def names(seen: Thread) -> list[tuple[str, str]]:
    return [(one.speaker.name, one.speaker.note) for one in seen.messages]


def refusal(database: Database, world: World, name: str, finding_id: str, text: str, now: datetime) -> str:
    try:
        write(database, world, name, finding_id, text, now)
    except ReviewHubError as refused:
        return refused.message
    return ""


def talk(database: Database, world: World) -> str:
    """Cem's finding with a message of each side."""
    finding_id = found_by(database, world, "cem")
    for name, text in (("ada", "Which seed?"), ("cem", "Seed 796."), ("bora", "Thanks."), ("ali", "Settled.")):
        write(database, world, name, finding_id, text)
    return finding_id


@pytest.mark.parametrize(
    ("reader", "sees"),
    [
        ("cem", [("The developers", ""), ("You", ""), ("The developers", ""), ("Ali Example", "staff")]),
        ("ada", [("You", ""), ("Reviewer 1", ""), ("Bora Example", ""), ("Ali Example", "staff")]),
        (
            "iris",
            [
                ("Ada Example", "developer"),
                ("Cem Example", "reviewer 1"),
                ("Bora Example", "developer"),
                ("Ali Example", "staff"),
            ],
        ),
        (
            "ali",
            [
                ("Ada Example", "developer"),
                ("Cem Example", "reviewer 1"),
                ("Bora Example", "developer"),
                ("You", "staff"),
            ],
        ),
    ],
)
def test_each_side_is_a_stranger_to_the_other(
    sqlite_database: Database, make_world: Callable[..., World], reader: str, sees: list[tuple[str, str]]
) -> None:
    world = make_world(sqlite_database)
    assert names(thread(sqlite_database, world, reader, talk(sqlite_database, world))) == sees


def test_names_are_shown_where_the_course_is_open(sqlite_database: Database, make_world: Callable[..., World]) -> None:
    world = make_world(sqlite_database, anonymity="open")
    finding_id = talk(sqlite_database, world)
    assert names(thread(sqlite_database, world, "ada", finding_id))[1] == ("Cem Example", "reviewer 1")
    assert names(thread(sqlite_database, world, "cem", finding_id))[0] == ("Ada Example", "developer")


@pytest.mark.parametrize(
    ("name", "now", "says"),
    [
        ("cem", REVIEWS_DUE, "This thread opens when the developers see the review."),
        ("ada", REVIEWS_DUE, "There is no such finding."),
        ("ali", REVIEWS_DUE, "This thread opens when the developers see the review."),
        ("cem", REVIEWS_DUE + SECOND, ""),
        ("ada", REVIEWS_DUE + SECOND, ""),
        ("ali", REVIEWS_DUE + SECOND, ""),
        ("derya", REVIEWS_DUE + SECOND, "There is no such finding."),
        ("ece", REVIEWS_DUE + SECOND, "There is no such finding."),
        ("olga", REVIEWS_DUE + SECOND, "There is no such finding."),
        ("cem", VERSION_2, ""),
        ("ada", VERSION_2, ""),
        ("ada", VERSION_2 + SECOND, "Version 2 was due, so this thread is closed; it stays here to read."),
        ("cem", VERSION_2 + SECOND, "Version 2 was due, so this thread is closed; it stays here to read."),
        ("ali", VERSION_2 + SECOND, "Version 2 was due, so this thread is closed; it stays here to read."),
    ],
)
def test_thread_is_open_from_release_until_version_2_is_due(
    sqlite_database: Database, make_world: Callable[..., World], name: str, now: datetime, says: str
) -> None:
    world = make_world(sqlite_database)
    finding_id = found_by(sqlite_database, world, "cem")
    assert refusal(sqlite_database, world, name, finding_id, "Hello.", now) == says


def test_reviewer_who_was_released_reads_and_no_longer_writes(database: Database, world: World) -> None:
    finding_id = found_by(database, world, "cem")
    write(database, world, "ada", finding_id, "Which seed?")
    with database.writing() as session:
        review = session.get_one(Review, world.reviews["cem", "DCGAN"])
        session.get_one(Assignment, review.assignment_id).released_at = RESPONDING
    assert [one.text for one in thread(database, world, "cem", finding_id).messages] == ["Which seed?"]
    assert refusal(database, world, "cem", finding_id, "Seed 796.", RESPONDING).startswith("You were released")


@pytest.mark.parametrize(
    ("text", "says"), [("  \n ", "empty"), ("x" * 65537, "64 KB is the most"), ("é" * 40000, "64 KB is the most")]
)
def test_message_that_says_nothing_or_too_much_is_refused(
    sqlite_database: Database, make_world: Callable[..., World], text: str, says: str
) -> None:
    world = make_world(sqlite_database)
    finding_id = found_by(sqlite_database, world, "cem")
    assert says in refusal(sqlite_database, world, "ada", finding_id, text, RESPONDING)


def test_finding_of_another_course_or_of_a_draft_has_no_thread(database: Database, world: World) -> None:
    assign(database, world, "cem", "DCGAN")
    draft = file(database, world, "cem", "DCGAN")
    with pytest.raises(NotFound, match="There is no such finding"):
        write(database, world, "cem", draft.id, "Hello.")


def test_same_words_twice_in_a_row_are_one_message(database: Database, world: World) -> None:
    finding_id = found_by(database, world, "cem")
    assert write(database, world, "ada", finding_id, "Why?").id == write(database, world, "ada", finding_id, "Why?").id
    assert len(thread(database, world, "ada", finding_id).messages) == 1


def test_message_is_changed_for_ten_minutes_struck_for_longer_and_never_deleted(
    database: Database, world: World
) -> None:
    finding_id = found_by(database, world, "cem")
    message = write(database, world, "ada", finding_id, "Wich seed?")
    mine = {"actor": world.actor("ada"), "course": "dgm", "message_id": message.id}
    with database.writing() as session:
        change_message(session, now=RESPONDING + 10 * MINUTE, text="Which seed?", **mine)
    with pytest.raises(TooLate, match="ten minutes"), database.writing() as session:
        change_message(session, now=RESPONDING + 10 * MINUTE + SECOND, text="Nothing.", **mine)
    with database.writing() as session:
        strike_message(session, now=RESPONDING + HOUR, **mine)
    (seen,) = thread(database, world, "cem", finding_id, RESPONDING + HOUR).messages
    assert (seen.text, seen.is_edited, seen.is_struck) == ("Which seed?", True, True)
    with pytest.raises(TooLate, match="struck"), database.writing() as session:
        change_message(session, now=RESPONDING + MINUTE, text="Nothing.", **mine)
    with database.writing() as session:
        strike_message(session, now=RESPONDING + HOUR, struck=False, **mine)
    with database.reading() as session:
        events = session.scalars(
            select(Event).where(Event.subject_kind == "messages").order_by(Event.at, Event.action)
        ).all()
    assert [(one.action, one.before) for one in events] == [
        ("wrote message", None),
        ("changed message", {"text": "Wich seed?"}),
        ("let message stand", None),
        ("struck message", None),
    ]


@pytest.mark.parametrize("name", ["cem", "bora", "ali", "ece"])
def test_message_of_somebody_else_cannot_be_changed(
    sqlite_database: Database, make_world: Callable[..., World], name: str
) -> None:
    world = make_world(sqlite_database)
    message = write(sqlite_database, world, "ada", found_by(sqlite_database, world, "cem"), "Which seed?")
    with pytest.raises(NotFound, match="There is no such message"), sqlite_database.writing() as session:
        strike_message(session, actor=world.actor(name), now=RESPONDING, course="dgm", message_id=message.id)


def test_thread_that_is_closed_keeps_its_messages_as_they_are(database: Database, world: World) -> None:
    message = write(database, world, "ada", found_by(database, world, "cem"), "Which seed?", VERSION_2)
    with pytest.raises(NotFound), database.writing() as session:
        strike_message(session, actor=world.actor("ada"), now=VERSION_2 + SECOND, course="dgm", message_id=message.id)


# ------------------------------------------------------------------------------------------------ what is told to whom


def unread(database: Database, world: World, name: str) -> list[tuple[str, bool, int]]:
    """Project, whether under findings, how many."""
    with database.reading() as session:
        course = find_course(session, "dgm")
        enrollment = find_enrollment(session, course, world.actor(name))
        assert enrollment is not None
        return [(one.key, bool(one.review_id), one.count) for one in unread_of(session, course, enrollment)]


def mails(database: Database, now: datetime) -> list[tuple[str, str]]:
    """Let the job run; the mails it posted now: address and subject."""
    with database.writing() as session:
        for slug in courses_with_news(session, now):
            tell_of_messages(session, now=now, course=slug)
    with database.reading() as session:
        told = session.scalars(select(Mail).where(Mail.posted_at == now, Mail.key.startswith("messages-")))
        return sorted((one.to, one.subject) for one in told)


def test_other_side_has_it_as_new_until_it_is_marked_or_answered(database: Database, world: World) -> None:
    finding_id = found_by(database, world, "cem")
    write(database, world, "ada", finding_id, "Which seed?")
    assert {name: unread(database, world, name) for name in ("ada", "bora", "cem", "ali")} == {
        "ada": [], "bora": [], "cem": [("DCGAN", True, 1)], "ali": [],
    }  # fmt: skip
    write(database, world, "cem", finding_id, "Seed 796.", RESPONDING + MINUTE)
    assert [unread(database, world, name) for name in ("ada", "bora", "cem")] == [
        [("DCGAN", True, 1)], [("DCGAN", True, 1)], [],
    ]  # fmt: skip
    seen_until = {"actor": world.actor("bora"), "course": "dgm", "key": "DCGAN", "in_findings": True}
    with database.writing() as session:
        mark_read(session, now=RESPONDING + HOUR, until=RESPONDING, **seen_until)
    assert unread(database, world, "bora") == [("DCGAN", True, 1)]  # it came after the page was made
    with database.writing() as session:
        mark_read(session, now=RESPONDING + HOUR, until=RESPONDING + MINUTE, **seen_until)
    assert unread(database, world, "bora") == []


def test_one_mail_in_an_hour_tells_of_everything_new_and_none_of_what_was_read(
    database: Database, world: World
) -> None:
    finding_id = found_by(database, world, "cem")
    write(database, world, "ada", finding_id, "Which seed?")
    subject = "Deep Learning: new messages on DCGAN"
    assert [address for address, _ in mails(database, RESPONDING)] == ["cem@example.org"]
    write(database, world, "ada", finding_id, "And which batch size?", RESPONDING + MINUTE)
    write(database, world, "bora", finding_id, "And which one is right?", RESPONDING + 2 * MINUTE)
    assert mails(database, RESPONDING + 3 * MINUTE) == []
    (told,) = mails(database, RESPONDING + HOUR)
    assert (told[0], told[1].endswith(subject.partition(": ")[2])) == ("cem@example.org", True)
    with database.reading() as session:
        text = session.scalars(select(Mail.text).where(Mail.posted_at == RESPONDING + HOUR)).one()
    assert "DCGAN: 2 new messages" in text
    write(database, world, "cem", finding_id, "Both.", RESPONDING + HOUR)
    with database.writing() as session:
        mark_read(session, actor=world.actor("ada"), now=RESPONDING + HOUR, course="dgm", key="DCGAN",
                  in_findings=True, until=RESPONDING + HOUR)  # fmt: skip
    assert [address for address, _ in mails(database, RESPONDING + HOUR + MINUTE)] == ["bora@example.org"]


def test_mails_and_notices_name_nobody(database: Database, world: World) -> None:
    finding_id = found_by(database, world, "cem")
    write(database, world, "cem", finding_id, "Look at the seed.")
    mails(database, RESPONDING)
    with database.reading() as session:
        told = session.scalars(select(Mail).where(Mail.key.startswith("messages-"))).all()
        noted = session.scalars(select(Notice)).all()
    assert len(told) == len(noted) == 2
    assert not any("cem" in f"{one.subject} {one.text} {one.key}".lower() for one in told)


def test_staff_write_to_both_sides(database: Database, world: World) -> None:
    write(database, world, "ali", found_by(database, world, "cem"), "Please settle this.")
    assert [unread(database, world, name) for name in ("ada", "bora", "cem")] == [[("DCGAN", True, 1)]] * 3


def test_reviewing_group_shares_the_thread(sqlite_database: Database, make_world: Callable[..., World]) -> None:
    world = make_world(sqlite_database, reviewers="groups")
    with sqlite_database.writing() as session:
        assignment = put_assignment(
            session, world.groups["VAE"], world.projects["DCGAN"], by_groups=True, now=REVIEWING, run_id=None,
            reason="test",
        )  # fmt: skip
        review_id = session.scalars(select(Review.id).where(Review.assignment_id == assignment.id)).one()
    world.reviews["cem", "DCGAN"] = world.reviews["derya", "DCGAN"] = review_id
    file(sqlite_database, world, "cem", "DCGAN")
    save(sqlite_database, world, "derya", "DCGAN")
    finding_id = findings_in(submit(sqlite_database, world, "derya", "DCGAN").content)[0].finding_id
    write(sqlite_database, world, "derya", finding_id, "We meant the seed.")
    write(sqlite_database, world, "ada", finding_id, "Which one?")
    assert [names(thread(sqlite_database, world, name, finding_id)) for name in ("cem", "ada")] == [
        [("Derya Example", ""), ("The developers", "")], [("Reviewer 1", ""), ("You", "")],
    ]  # fmt: skip
    assert unread(sqlite_database, world, "cem") == unread(sqlite_database, world, "derya") == [("DCGAN", True, 1)]


def test_release_by_hand_is_not_taken_back_once_somebody_wrote(
    sqlite_database: Database, make_world: Callable[..., World]
) -> None:
    world = make_world(sqlite_database, release="by_hand")
    finding_id = found_by(sqlite_database, world, "cem")
    staff = {"actor": world.actor("ali"), "now": RESPONDING, "course": "dgm"}
    with sqlite_database.writing() as session:
        release_reviews(session, **staff)
    write(sqlite_database, world, "ada", finding_id, "Which seed?")
    with pytest.raises(ReviewHubError, match="answered already"), sqlite_database.writing() as session:
        withhold_reviews(session, **staff)
