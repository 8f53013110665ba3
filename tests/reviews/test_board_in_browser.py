"""The progress board with a mouse and a keyboard, in a real browser: choose rows, dry run, do it, undo it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from reviewhub.config import Settings
from reviewhub.reviews.tables import Assignment
from reviewhub.storage import Database
from tests.reviews.crowds import HOSTILE, add_reviewers
from tests.reviews.visits import visitor
from tests.reviews.worlds import REVIEWING, World, build_world
from tests.waiting import eventually, follow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHOSEN = "input[name=chosen]:checked"


@pytest.fixture
def here(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    add_reviewers(sqlite_database, world, 4, named=f"{HOSTILE} Reviewer")
    return world


@pytest.fixture
def enter(
    make_app: Callable,
    sqlite_database: Database,
    settings: Settings,
    clock,
    here: World,
    chromium: "Browser",
    serve: Callable,
) -> Iterator[Callable[..., "Page"]]:
    """Open the board as the instructor; whatever the browser complains of fails the test."""
    clock.put(REVIEWING)
    app = make_app()
    signed_in = visitor(app, sqlite_database, here, "iris", now=REVIEWING, settings=settings)
    cookie = signed_in.client.get_cookie("reviewhub")
    address = serve(app)
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def go(**options: object) -> "Page":
        context = chromium.new_context(viewport={"width": 1400, "height": 900}, **options)
        contexts.append(context)
        context.add_cookies([{"name": "reviewhub", "value": cookie.value, "url": address}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(f"{address}/c/dgm/progress")
        return page

    yield go
    for context in contexts:
        context.close()
    assert complaints == []


def released(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count(Assignment.id)).where(Assignment.released_at.is_not(None))) or 0


def test_rows_are_chosen_in_a_range_shown_as_a_dry_run_done_and_undone(
    enter: Callable[..., "Page"], sqlite_database: Database
) -> None:
    page = enter()
    expect(page.locator("button[value=release]")).to_be_disabled()
    boxes = page.locator("input[name=chosen]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator(CHOSEN)).to_have_count(4)
    expect(page.locator("[data-chosen-count]")).to_have_text("4 reviews chosen")

    follow(page.locator("button[value=release]"))
    expect(page.get_by_text("A dry run: nothing has happened yet.")).to_be_visible()
    would = page.get_by_role("region", name="What would change").locator("tbody tr").count()
    assert released(sqlite_database) == 0
    page.get_by_label("Why").fill("They dropped out.")
    page.get_by_role("button", name="Release these reviewers").click()
    expect(page.get_by_role("button", name="Undo all of it")).to_be_visible()
    assert released(sqlite_database) == would > 0

    page.get_by_role("button", name="Undo all of it").click()
    expect(page.get_by_text("Everything of it is undone.")).to_be_visible()
    assert released(sqlite_database) == 0


def test_keyboard_alone_chooses_rows(enter: Callable[..., "Page"]) -> None:
    page = enter()
    page.locator("input[name=chosen]").first.focus()
    page.keyboard.press("ArrowDown")
    for _ in range(3):
        page.keyboard.press("Shift+ArrowDown")
    expect(page.locator(CHOSEN)).to_have_count(4)
    expect(page.locator("input[name=chosen]").first).not_to_be_checked()
    page.keyboard.press("Space")
    expect(page.locator(CHOSEN)).to_have_count(3)
    page.locator("[data-choose-all]").check()
    expect(page.locator(CHOSEN)).to_have_count(12)


def test_plain_forms_do_the_same_with_scripts_off(enter: Callable[..., "Page"], sqlite_database: Database) -> None:
    page = enter(java_script_enabled=False)
    page.get_by_label("Reviewer or project").fill("VAE")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("input[name=chosen]")).to_have_count(4)
    page.get_by_label("All 4 shown").check()
    page.get_by_role("button", name="Release reviewers").click()
    page.get_by_label("Why").fill("The project is gone.")
    page.get_by_role("button", name="Release these reviewers").click()
    expect(page.get_by_role("button", name="Undo all of it")).to_be_visible()
    assert released(sqlite_database) > 0
    page.get_by_role("button", name="Undo all of it").click()
    expect(page.get_by_text("Everything of it is undone.")).to_be_visible()
    assert released(sqlite_database) == 0


def test_board_fits_a_phone(enter: Callable[..., "Page"]) -> None:
    page = enter()
    page.set_viewport_size({"width": 375, "height": 800})
    eventually(lambda: page.evaluate("document.documentElement.scrollWidth"), 375)
    page.locator("input[name=chosen]").nth(3).scroll_into_view_if_needed()
    expect(page.locator(".progress-bar")).to_be_in_viewport(ratio=1)
