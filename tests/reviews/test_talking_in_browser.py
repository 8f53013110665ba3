"""Talking in a real browser: keys choose findings for one answer, words outlive a lost page, what was seen is read."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from reviewhub.config import Settings
from reviewhub.reviews.message_tables import Message, Notice
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.tables import Response
from reviewhub.reviews.talking import write_under_finding
from reviewhub.storage import Database
from tests.reviews.acts import file, save, submit
from tests.reviews.visits import visitor
from tests.reviews.worlds import RESPONDING, World, assign, build_world
from tests.waiting import follow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def world(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    """A small course."""
    return build_world(sqlite_database, settings.mirrors, tmp_path / "shared")


@pytest.fixture
def ids(sqlite_database: Database, world: World) -> list[str]:
    """Three findings of Cem on DCGAN, with a message of his under the first."""
    assign(sqlite_database, world, "cem", "DCGAN")
    for text in ("The rate.", "The bias.", "The seed."):
        file(sqlite_database, world, "cem", "DCGAN", text=text)
    save(sqlite_database, world, "cem", "DCGAN")
    found = [one.finding_id for one in findings_in(submit(sqlite_database, world, "cem", "DCGAN").content)]
    with sqlite_database.writing() as session:
        write_under_finding(
            session, actor=world.actor("cem"), now=RESPONDING, course="dgm", finding_id=found[0], text="See $x^2$."
        )
    return found


@pytest.fixture
def page(
    make_app: Callable,
    sqlite_database: Database,
    settings: Settings,
    clock,
    world: World,
    ids: list[str],
    chromium: "Browser",
    serve: Callable,
) -> Iterator["Page"]:
    """The page of findings as Ada sees it; whatever the browser complains of fails the test."""
    clock.put(RESPONDING)
    app = make_app()
    signed_in = visitor(app, sqlite_database, world, "ada", now=RESPONDING, settings=settings)
    cookie = signed_in.client.get_cookie("reviewhub")
    address = serve(app)
    context = chromium.new_context(viewport={"width": 1200, "height": 900})
    context.add_cookies([{"name": "reviewhub", "value": cookie.value, "url": address}])
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    opened.on("pageerror", lambda fault: complaints.append(str(fault)))
    opened.clock.install()
    opened.goto(f"{address}/c/dgm/projects/DCGAN/findings")
    yield opened
    context.close()
    assert complaints == []


def test_keys_choose_findings_and_one_form_answers_them(
    page: "Page", ids: list[str], sqlite_database: Database
) -> None:
    for key in ("j", "x", "j", "j", "x"):
        page.keyboard.press(key)
    expect(page.locator("[data-chosen]")).to_have_text("2 findings chosen")
    page.keyboard.press("a")
    expect(page.locator("#kind-several")).to_be_focused()
    page.locator("#kind-several").select_option("will_fix")
    page.locator("#text-several").fill("Both in version 2.")
    follow(page.get_by_role("button", name="Save the answer for all of them"))
    expect(page.get_by_text("Answers saved.")).to_be_visible()
    with sqlite_database.reading() as session:
        answered = session.scalars(select(Response.finding_id)).all()
    assert sorted(answered) == sorted([ids[0], ids[2]])


def test_words_of_a_message_outlive_the_page_until_they_are_sent(
    page: "Page", ids: list[str], sqlite_database: Database
) -> None:
    def opened() -> "Page":
        thread = page.locator(f"#finding-{ids[0]} .thread")
        if not page.locator(f"#write-{ids[0]}").is_visible():
            thread.locator("summary", has_text="Reply").click()
        return thread

    opened().locator("textarea[id^=write-]").fill("We mean $y$.")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(opened().locator("textarea[id^=write-]")).to_have_value("We mean $y$.")
    follow(opened().get_by_role("button", name="Send"))
    expect(page.locator(f"#finding-{ids[0]} .message").nth(1)).to_contain_text("We mean")
    expect(page.locator(f"#finding-{ids[0]} .message .maths")).to_have_count(2)
    page.wait_for_function("() => !Object.keys(localStorage).some((name) => name.startsWith('reviewhub/words/'))")
    page.reload()
    expect(opened().locator("textarea[id^=write-]")).to_have_value("")
    with sqlite_database.reading() as session:
        assert len(session.scalars(select(Message)).all()) == 2


def test_messages_that_stood_on_the_screen_are_read(page: "Page", sqlite_database: Database) -> None:
    expect(page.get_by_text("1 new message")).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/projects/DCGAN/read")):
        page.clock.fast_forward(6000)
    with sqlite_database.reading() as session:
        read = session.scalars(select(Notice.read_at).order_by(Notice.id)).all()
    assert sorted(one is not None for one in read) == [False, True]  # Bora has not looked
    page.reload()
    expect(page.get_by_text("1 new message")).to_have_count(0)
