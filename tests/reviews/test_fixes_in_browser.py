"""One key per verdict, in a real browser: shown at once, saved, taken back; and all of it with scripts off."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from reviewhub.config import Settings
from reviewhub.reviews.tables import FixCheck
from reviewhub.storage import Database
from tests.reviews.acts import file, save, submit
from tests.reviews.visits import visitor
from tests.reviews.worlds import CHECKING, MODEL, World, assign, build_world, freeze

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

LINES = (1, 4, 5, 6, 7, 9, 10)


@pytest.fixture
def here(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    """Cem's review of DCGAN with seven findings; in version 2 the file has changed."""
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    assign(sqlite_database, world, "cem", "DCGAN")
    for number in LINES:
        file(sqlite_database, world, "cem", "DCGAN", path="model.py", place=f"L{number}", text=f"Finding {number}.")
    save(sqlite_database, world, "cem", "DCGAN")
    submit(sqlite_database, world, "cem", "DCGAN")
    freeze(sqlite_database, world, tmp_path / "shared", 2, {"DCGAN/model.py": MODEL.replace("256", "512")})
    return world


@pytest.fixture
def opened(
    make_app: Callable,
    sqlite_database: Database,
    settings: Settings,
    clock,
    here: World,
    chromium: "Browser",
    serve: Callable,
) -> Iterator[Callable[..., "Page"]]:
    """Opens the page of fixes; whatever the browser complains of fails the test, but of a network that was cut on purpose."""
    clock.put(CHECKING)
    app = make_app()
    cookie = visitor(app, sqlite_database, here, "cem", now=CHECKING, settings=settings).client.get_cookie("reviewhub")
    address = serve(app)
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def go(*, scripts: bool = True, width: int = 1300) -> "Page":
        context = chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
        contexts.append(context)
        context.add_cookies([{"name": "reviewhub", "value": cookie.value, "url": address}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(f"{address}/c/dgm/reviews/{here.reviews['cem', 'DCGAN']}/fixes")
        return page

    yield go
    for context in contexts:
        context.close()
    was_offline = any("ERR_INTERNET_DISCONNECTED" in one for one in complaints)
    assert [one for one in complaints if not was_offline or not one.startswith(("htmx:", "Failed to load"))] == []


def verdicts(database: Database) -> list[tuple[str, bool]]:
    with database.reading() as session:
        rows = session.execute(select(FixCheck.verdict, FixCheck.undone_at.is_(None)).order_by(FixCheck.id))
        return sorted(map(tuple, rows))


def pressed(page: "Page", number: int) -> str:
    """The verdict that shows as given on the n-th finding."""
    found = page.locator("[data-fix]").nth(number).locator('[aria-pressed="true"]')
    return found.get_attribute("value") if found.count() else ""


def test_one_key_gives_a_verdict_and_u_takes_it_back(opened, sqlite_database: Database) -> None:
    page = opened()
    page.keyboard.press("j")
    page.keyboard.press("f")
    page.get_by_text("1 of 7 checked").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.get_by_text("2 of 7 checked").wait_for()
    assert [pressed(page, number) for number in range(3)] == ["fixed", "not_fixed", ""]
    page.keyboard.press("p")
    page.locator("[data-fix]").nth(1).get_by_text("Partly fixed, ").wait_for()
    page.keyboard.press("u")
    page.locator("[data-fix]").nth(1).get_by_text("Not fixed, ").wait_for()
    page.keyboard.press("u")
    page.get_by_text("1 of 7 checked").wait_for()
    page.keyboard.press("k")
    page.keyboard.press("o")
    page.locator("[data-fix]").nth(0).get_by_text("No longer applies, ").wait_for()
    assert verdicts(sqlite_database) == [("fixed", True), ("not_fixed", False), ("obsolete", True), ("partly", False)]
    assert page.locator(".left-list .icon").count() == 1


def test_verdict_that_cannot_be_saved_is_said_and_what_was_there_comes_back(opened, sqlite_database: Database) -> None:
    page = opened()
    page.keyboard.press("j")
    page.keyboard.press("f")
    page.get_by_text("1 of 7 checked").wait_for()
    page.context.set_offline(True)
    page.keyboard.press("n")
    page.get_by_text("Not saved: no network.").wait_for()
    assert pressed(page, 0) == "fixed"
    page.context.set_offline(False)
    page.keyboard.press("n")
    page.locator("[data-fix]").nth(0).get_by_text("Not fixed, ").wait_for()
    assert verdicts(sqlite_database) == [("fixed", True), ("not_fixed", True)]


def test_keys_are_silent_while_one_writes_and_the_remark_goes_along(opened, sqlite_database: Database) -> None:
    page = opened()
    first = page.locator("[data-fix]").nth(0)
    first.get_by_label("Remark on finding 1").fill("found nothing, just so")
    assert page.get_by_text("0 of 7 checked").count() == 1
    first.get_by_role("button", name="Partly fixed").click()
    page.get_by_text("1 of 7 checked").wait_for()
    with sqlite_database.reading() as session:
        assert session.scalars(select(FixCheck.text)).all() == ["found nothing, just so"]


def test_places_come_when_they_are_in_sight(opened) -> None:
    page = opened()
    assert page.locator(".fix-place").count() < len(LINES)
    page.locator("[data-fix]").last.scroll_into_view_if_needed()
    page.locator("[data-fix]").last.locator(".fix-place table.diff").wait_for()
    page.keyboard.press("?")
    assert page.get_by_text("Undo the verdict").is_visible()


def test_everything_works_with_scripts_off(opened, sqlite_database: Database) -> None:
    page = opened(scripts=False)
    last = page.locator("[data-fix]").last
    last.get_by_role("link", name="Show both versions").click()
    assert page.locator("[data-fix]").last.locator(".fix-place table.diff").count() == 1
    page.locator("[data-fix]").last.get_by_role("button", name="Not fixed").click()
    assert page.get_by_text("1 of 7 checked").count() == 1
    page.locator("[data-fix]").last.get_by_role("button", name="Undo").click()
    assert page.get_by_text("0 of 7 checked").count() == 1
    assert verdicts(sqlite_database) == [("not_fixed", False)]
    page.get_by_label("Place", exact=True).select_option("changed")
    page.get_by_role("button", name="Show").click()
    assert page.locator("[data-fix]").count() == 1


def test_place_is_pointed_at_in_one_click(opened) -> None:
    page = opened()
    third = page.locator("[data-fix]").nth(2)
    third.get_by_text("Not the right place?").click()
    third.locator(".fix-guess").first.click()
    page.get_by_text("Pointed out by the reviewer").wait_for()
    page.locator(".fix-pointing").get_by_role("button", name="Undo").click()
    page.get_by_text("The place is where it was before.").wait_for()
    assert page.get_by_text("Pointed out by the reviewer").count() == 0


def test_a_phone_shows_it_without_scrolling_sideways(opened) -> None:
    page = opened(width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
