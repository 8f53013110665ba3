"""One key per verdict, in a real browser: shown at once, saved, taken back; and all of it with scripts off."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from reviewhub.config import Settings
from reviewhub.reviews.tables import FixCheck
from reviewhub.storage import Database
from tests.reviews.acts import file, save, submit
from tests.reviews.visits import visitor
from tests.reviews.worlds import CHECKING, MODEL, World, assign, build_world, freeze
from tests.waiting import eventually, follow, settle

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

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


def press(page: "Page", key: str, said: "Locator") -> None:
    """Press the key of a verdict, wait for what is said then, and until the next key is heard."""
    page.keyboard.press(key)
    expect(said).to_be_visible()
    settle(page)


def shows(page: "Page", number: int, *verdicts: str) -> None:
    """The n-th finding shows this verdict as given, or none."""
    given = page.locator("[data-fix]").nth(number).locator('[aria-pressed="true"]')
    eventually(lambda: [one.get_attribute("value") for one in given.all()], list(verdicts))


def test_one_key_gives_a_verdict_and_u_takes_it_back(opened, sqlite_database: Database) -> None:
    page = opened()
    page.keyboard.press("j")
    press(page, "f", page.get_by_text("1 of 7 checked"))
    page.keyboard.press("j")
    press(page, "n", page.get_by_text("2 of 7 checked"))
    shows(page, 0, "fixed")
    shows(page, 1, "not_fixed")
    shows(page, 2)
    second = page.locator("[data-fix]").nth(1)
    press(page, "p", second.get_by_text("Partly fixed, "))
    press(page, "u", second.get_by_text("Not fixed, "))
    press(page, "u", page.get_by_text("1 of 7 checked"))
    page.keyboard.press("k")
    press(page, "o", page.locator("[data-fix]").nth(0).get_by_text("No longer applies, "))
    assert verdicts(sqlite_database) == [("fixed", True), ("not_fixed", False), ("obsolete", True), ("partly", False)]
    expect(page.locator(".left-list .icon")).to_have_count(1)


def test_verdict_that_cannot_be_saved_is_said_and_what_was_there_comes_back(opened, sqlite_database: Database) -> None:
    page = opened()
    page.keyboard.press("j")
    press(page, "f", page.get_by_text("1 of 7 checked"))
    page.context.set_offline(True)
    press(page, "n", page.get_by_text("Not saved: no network."))
    shows(page, 0, "fixed")
    page.context.set_offline(False)
    press(page, "n", page.locator("[data-fix]").nth(0).get_by_text("Not fixed, "))
    assert verdicts(sqlite_database) == [("fixed", True), ("not_fixed", True)]


def test_keys_are_silent_while_one_writes_and_the_remark_goes_along(opened, sqlite_database: Database) -> None:
    page = opened()
    first = page.locator("[data-fix]").nth(0)
    first.get_by_label("Remark on finding 1").fill("found nothing, just so")
    expect(page.get_by_text("0 of 7 checked")).to_have_count(1)
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
    expect(page.get_by_text("Undo the verdict")).to_be_visible()


def test_everything_works_with_scripts_off(opened, sqlite_database: Database) -> None:
    page = opened(scripts=False)
    last = page.locator("[data-fix]").last
    follow(last.get_by_role("link", name="Show both versions"))
    expect(last.locator(".fix-place table.diff")).to_have_count(1)
    follow(last.get_by_role("button", name="Not fixed"))
    expect(page.get_by_text("1 of 7 checked")).to_have_count(1)
    follow(last.get_by_role("button", name="Undo"))
    expect(page.get_by_text("0 of 7 checked")).to_have_count(1)
    assert verdicts(sqlite_database) == [("not_fixed", False)]
    page.get_by_label("Place", exact=True).select_option("changed")
    page.get_by_role("button", name="Show").click()
    expect(page.locator("[data-fix]")).to_have_count(1)


def test_place_is_pointed_at_in_one_click(opened) -> None:
    page = opened()
    third = page.locator("[data-fix]").nth(2)
    third.get_by_text("Not the right place?").click()
    third.locator(".fix-guess").first.click()
    expect(page.get_by_text("Pointed out by the reviewer")).to_be_visible()
    page.locator(".fix-pointing").get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The place is where it was before.")).to_be_visible()
    expect(page.get_by_text("Pointed out by the reviewer")).to_have_count(0)


def test_a_phone_shows_it_without_scrolling_sideways(opened) -> None:
    page = opened(width=390)
    eventually(lambda: page.evaluate("document.documentElement.scrollWidth") <= 390, wanted=True)
