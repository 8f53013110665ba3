"""Threads, clarifying questions and what is left, through plain forms; and who learns nothing from any of them."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from reviewhub.config import Settings
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.talking import ask_clarification, write_under_clarification, write_under_finding
from reviewhub.storage import Database
from tests.reviews.acts import answer, file, save, submit
from tests.reviews.visits import Visitor, visitor, words_of
from tests.reviews.worlds import RESPONDING, REVIEWING, REVIEWS_DUE, VERSION_2, World, assign, build_world

SECOND = timedelta(seconds=1)
FINDINGS = "/c/dgm/projects/DCGAN/findings"
QUESTIONS = "/c/dgm/projects/DCGAN/questions"
HOSTILE = (
    'A seed. <script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3)) <a href="//x.example">x</a>'
)
Visit = Callable[..., Visitor]


@pytest.fixture
def here(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    for name in ("cem", "ece"):
        assign(sqlite_database, world, name, "DCGAN")
    return world


@pytest.fixture
def visit(make_app, sqlite_database: Database, settings: Settings, clock, here: World) -> Visit:  # type: ignore[no-untyped-def]
    app = make_app()

    def go(name: str, now: datetime = RESPONDING) -> Visitor:
        clock.put(now)
        return visitor(app, sqlite_database, here, name, now=now, settings=settings)

    return go


def found_by(database: Database, world: World, name: str, count: int = 1) -> list[str]:
    """Findings handed in; their ids."""
    for number in range(count):
        file(database, world, name, "DCGAN", text=f"The learning rate is wrong, {name} {number}.",
             severity=("critical", "major", "minor", "trivial")[number % 4])  # fmt: skip
    save(database, world, name, "DCGAN")
    return [one.finding_id for one in findings_in(submit(database, world, name, "DCGAN").content)]


def write(database: Database, world: World, name: str, finding_id: str, text: str) -> str:
    with database.writing() as session:
        return write_under_finding(
            session, actor=world.actor(name), now=RESPONDING, course="dgm", finding_id=finding_id, text=text
        ).id


def test_message_goes_from_the_developers_page_to_the_reviewers(
    visit: Visit, here: World, sqlite_database: Database
) -> None:
    (finding_id,) = found_by(sqlite_database, here, "cem")
    sent = visit("ada").post(f"/c/dgm/findings/{finding_id}/messages", {"text": "Which **seed**?", "next": FINDINGS})
    assert sent.status_code == 303
    assert sent.headers["Location"].startswith(f"{FINDINGS}#message-")
    page = visit("cem").get(f"/c/dgm/reviews/{here.reviews['cem', 'DCGAN']}/fixes")
    assert "1 new message Mark as read" in words_of(page)
    assert "The developers now new Which seed ? Reply" in words_of(page)
    assert "Ada Example" not in page.get_data(as_text=True)
    assert "Read 1 new message under your findings on DCGAN" in words_of(visit("cem").get("/c/dgm/"))


def test_new_message_waits_for_the_developers_without_a_name(
    visit: Visit, here: World, sqlite_database: Database
) -> None:
    (finding_id,) = found_by(sqlite_database, here, "cem")
    write(sqlite_database, here, "cem", finding_id, "Look at the seed.")
    bora = visit("bora")
    assert "Read 1 new message under the findings on DCGAN" in words_of(bora.get("/c/dgm/"))
    page = bora.get(FINDINGS)
    assert "now new Look at the seed." in words_of(page)
    assert "Cem" not in page.get_data(as_text=True)
    marked = bora.post("/c/dgm/projects/DCGAN/read", {"what": "findings", "until": RESPONDING.isoformat()})
    assert marked.status_code == 303
    assert "new message" not in words_of(bora.get(FINDINGS))


@pytest.mark.parametrize("until", ["", "soon", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_moment_that_is_none_marks_what_is_there(
    visit: Visit, here: World, sqlite_database: Database, until: str
) -> None:
    assert visit("ada").post("/c/dgm/projects/DCGAN/read", {"what": "findings", "until": until}).status_code == 303


def test_hostile_message_is_harmless_on_every_page(visit: Visit, here: World, sqlite_database: Database) -> None:
    (finding_id,) = found_by(sqlite_database, here, "cem")
    write(sqlite_database, here, "ada", finding_id, HOSTILE)
    with sqlite_database.writing() as session:
        ask_clarification(session, actor=here.actor("cem"), now=REVIEWING, course="dgm", key="DCGAN", text=HOSTILE)
    fixes = f"/c/dgm/reviews/{here.reviews['cem', 'DCGAN']}/fixes"
    for name, url in (
        ("cem", fixes), ("ada", FINDINGS), ("ali", f"/c/dgm/findings/{finding_id}"), ("ece", QUESTIONS),
    ):  # fmt: skip
        body = visit(name).get(url).get_data(as_text=True)
        assert "A seed." in body, url
        assert "<script>alert" not in body
        assert "<img src=x" not in body
        assert 'href="javascript:' not in body


def test_refused_message_comes_back_with_its_words(visit: Visit, here: World, sqlite_database: Database) -> None:
    (finding_id,) = found_by(sqlite_database, here, "cem")
    late = visit("ada", VERSION_2 + SECOND).post(f"/c/dgm/findings/{finding_id}/messages", {"text": "Too <late>."})
    assert late.status_code == 422
    assert "Version 2 was due, so this thread is closed" in words_of(late)
    assert "Your words, to copy: Too <late>." in words_of(late)
    long = visit("ada").post(f"/c/dgm/findings/{finding_id}/messages", {"text": "x" * 70_000})
    assert (long.status_code, "64 KB is the most" in words_of(long)) == (422, True)
    assert "x" * 70_000 in long.get_data(as_text=True)


def test_form_leads_nowhere_else(visit: Visit, here: World, sqlite_database: Database) -> None:
    (finding_id,) = found_by(sqlite_database, here, "cem")
    for target in ("https://x.example/", "//x.example", "/\\x.example"):
        sent = visit("ada").post(f"/c/dgm/findings/{finding_id}/messages", {"text": f"To {target}", "next": target})
        assert sent.headers["Location"].startswith("/#message-")


def test_own_message_is_changed_and_struck_on_the_page(visit: Visit, here: World, sqlite_database: Database) -> None:
    (finding_id,) = found_by(sqlite_database, here, "cem")
    message_id = write(sqlite_database, here, "ada", finding_id, "Wich seed?")
    ada = visit("ada")
    changed = ada.post(f"/c/dgm/messages/{message_id}", {"act": "change", "text": "Which seed?", "next": FINDINGS})
    assert changed.headers["Location"] == f"{FINDINGS}#message-{message_id}"
    ada.post(f"/c/dgm/messages/{message_id}", {"act": "strike", "next": FINDINGS})
    assert "You now edited struck Let it stand Which seed?" in words_of(ada.get(FINDINGS))
    assert ada.post(f"/c/dgm/messages/{message_id}", {"act": "delete"}).status_code == 422
    for name in ("cem", "bora", "ali", "olga"):
        assert visit(name).post(f"/c/dgm/messages/{message_id}", {"act": "strike"}).status_code == 404


def test_thread_of_one_finding_has_a_page_for_its_two_sides_and_the_staff(
    visit: Visit, here: World, sqlite_database: Database
) -> None:
    (finding_id,) = found_by(sqlite_database, here, "cem")
    url = f"/c/dgm/findings/{finding_id}"
    opened = {name: visit(name).get(url).status_code for name in ("ada", "cem", "ali", "derya", "ece", "olga")}
    assert opened == {"ada": 200, "cem": 200, "ali": 200, "derya": 404, "ece": 404, "olga": 404}
    assert visit("ada", REVIEWS_DUE).get(url).status_code == 404
    assert "Finding 1 on DCGAN" in words_of(visit("cem").get(url))


def test_question_is_asked_and_answered_by_plain_forms(visit: Visit, here: World, sqlite_database: Database) -> None:
    asked = visit("cem", REVIEWING).post(QUESTIONS, {"text": "How is it run, $x^2$?"})
    assert asked.headers["Location"] == f"{QUESTIONS}#question-1"
    home = words_of(visit("bora", REVIEWING).get("/c/dgm/"))
    assert "Answer 1 question of reviewers on DCGAN" in home
    page = visit("bora", REVIEWING).get(QUESTIONS)
    assert "Question 1 waits for an answer A reviewer" in words_of(page)
    assert "Cem" not in page.get_data(as_text=True)
    action = page.get_data(as_text=True).partition(f'action="{QUESTIONS}/')[2].partition('"')[0]
    assert visit("bora", REVIEWING).post(f"{QUESTIONS}/{action}", {"text": "By make train."}).status_code == 303
    seen = visit("ece", REVIEWING).get(QUESTIONS)
    assert "Question 1 answered A reviewer" in words_of(seen)
    assert "The developers now new By make train." in words_of(seen)
    assert "Cem" not in seen.get_data(as_text=True)
    assert "Bora" not in seen.get_data(as_text=True)
    assert "question of reviewers" not in words_of(visit("bora", REVIEWING).get("/c/dgm/"))


def test_question_after_the_deadline_comes_back_with_its_words(visit: Visit, here: World) -> None:
    late = visit("cem", REVIEWS_DUE + SECOND).post(QUESTIONS, {"text": "How is it run?"})
    assert late.status_code == 422
    assert "Your review was due, so no more questions can be asked" in words_of(late)
    assert "How is it run?" in words_of(late)


def test_page_of_findings_shows_what_is_left_and_some_of_it(
    visit: Visit, here: World, sqlite_database: Database
) -> None:
    ids = found_by(sqlite_database, here, "cem", 4)
    answer(sqlite_database, here, "ada", "DCGAN", ids[0])
    ada = visit("ada")
    assert "Findings To answer Will fix All critical 0 1 1 major 1 0 1 minor 1 0 1 trivial 1 0 1 All 3 1 4" in words_of(
        ada.get(FINDINGS)
    )
    some = words_of(ada.get(f"{FINDINGS}?show=left&severity=major"))
    assert [f"wrong, cem {number}." in some for number in range(4)] == [False, True, False, False]
    assert "wrong, cem 0." in words_of(ada.get(f"{FINDINGS}?show=nonsense&severity=%3Cb%3E"))


def test_several_answers_by_one_form_and_what_is_refused_stays_typed(
    visit: Visit, here: World, sqlite_database: Database
) -> None:
    ids = found_by(sqlite_database, here, "cem", 3)
    ada = visit("ada")
    url = "/c/dgm/projects/DCGAN/answers"
    refused = ada.post(url, {"finding": ids[:2], "kind": "disagree", "text": ""})
    assert refused.status_code == 422
    assert refused.get_data(as_text=True).count(" checked>") == 2
    unknown = ada.post(url, {"finding": ids[:2], "kind": "fixed", "commit": "0000000", "text": "Done."})
    assert "No commit 0000000 has been received in DCGAN" in words_of(unknown)
    first = re.findall(r'<option value="([12]\.1)"', unknown.get_data(as_text=True))[0]
    nobody = ada.post(url, {"finding": ids[1:], "kind": "duplicate", "duplicate_of": "9.9"})
    assert (nobody.status_code, "Choose the finding it is a duplicate of" in words_of(nobody)) == (422, True)
    assert ada.post(url, {"finding": ids[1:], "kind": "duplicate", "duplicate_of": first}).status_code == 303
    page = ada.get(FINDINGS)
    assert len(re.findall(r"Duplicate of finding [12]\.1 ", words_of(page))) == 2
    reviewer = visit("cem").get(f"/c/dgm/reviews/{here.reviews['cem', 'DCGAN']}/fixes")
    assert re.search(r"finding [12]\.1 ", words_of(reviewer)) is None


@pytest.mark.parametrize(("page", "name"), [("findings", "ada"), ("fixes", "cem"), ("questions", "ece")])
def test_page_asks_as_many_questions_for_thirty_as_for_one(
    visit: Visit, here: World, sqlite_database: Database, query_count, page: str, name: str
) -> None:  # type: ignore[no-untyped-def]
    urls = {
        "findings": FINDINGS,
        "questions": QUESTIONS,
        "fixes": f"/c/dgm/reviews/{here.reviews['cem', 'DCGAN']}/fixes",
    }
    counts = []
    (first,) = found_by(sqlite_database, here, "cem", 1)
    for number in (1, 30):
        _talk(sqlite_database, here, first, number)
        if number > 1:
            _hand_in_more(sqlite_database, here, number)
        reader = visit(name)
        reader.get(urls[page])
        with query_count(sqlite_database) as statements:
            reader.get(urls[page])
        counts.append(len(statements))
    assert counts[0] == counts[1]


def _talk(database: Database, world: World, finding_id: str, count: int) -> None:
    for number in range(count):
        write(database, world, ("ada", "cem", "ali")[number % 3], finding_id, f"Message {count} {number}.")
    for number in range(min(count, 12)):
        with database.writing() as session:
            asked = ask_clarification(
                session, actor=world.actor("cem"), now=REVIEWING, course="dgm", key="DCGAN",
                text=f"Question {count} {number}?",
            )  # fmt: skip
        for name in ("ada", "ece"):
            with database.writing() as session:
                write_under_clarification(
                    session, actor=world.actor(name), now=REVIEWING, course="dgm", key="DCGAN",
                    clarification_id=asked.id, text=f"Answer {number}.",
                )  # fmt: skip


def _hand_in_more(database: Database, world: World, count: int) -> None:
    for number in range(count):
        file(database, world, "cem", "DCGAN", text=f"More {number}.")
    submit(database, world, "cem", "DCGAN", edition=1)
