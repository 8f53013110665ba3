"""The desk with a mouse and a keyboard, in a real browser: point, write, save, lose nothing."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from reviewhub.config import Settings
from reviewhub.reviews.tables import Finding, FindingAnchor, Review
from reviewhub.storage import Database
from tests.reviews.visits import visitor
from tests.reviews.worlds import REVIEWING, World, assign, build_world

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def here(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    assign(sqlite_database, world, "cem", "DCGAN")
    return world


@pytest.fixture
def desk(
    make_app: Callable, sqlite_database: Database, settings: Settings, clock, here: World, chromium: "Browser"
) -> Iterator["Page"]:
    """The desk of Cem's review of DCGAN; whatever the browser complains of fails the test."""
    clock.put(REVIEWING)
    app = make_app()
    signed_in = visitor(app, sqlite_database, here, "cem", now=REVIEWING, settings=settings)
    cookie = signed_in.client.get_cookie("reviewhub")
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}"
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    context.add_cookies([{"name": "reviewhub", "value": cookie.value, "url": address}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.goto(f"{address}/c/dgm/reviews/{here.reviews['cem', 'DCGAN']}")
    yield page
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    assert complaints == []


def press_line_numbers(page: "Page", first: str, last: str) -> None:
    """Press on the number of one line and let go on that of another."""
    start, end = page.locator(f"#{first}").bounding_box(), page.locator(f"#{last}").bounding_box()
    assert start is not None
    assert end is not None
    page.mouse.move(start["x"] + 20, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(end["x"] + 20, end["y"] + 8, steps=4)
    page.mouse.up()


def test_dragging_over_line_numbers_files_a_finding_on_the_range(
    desk: "Page", here: World, sqlite_database: Database
) -> None:
    press_line_numbers(desk, "cell-2-L1", "cell-2-L2")
    desk.get_by_text("cell 3, lines 1–2 of main.ipynb").wait_for()
    desk.keyboard.type("Both lines are wrong.")
    desk.keyboard.press("Control+Enter")
    desk.locator("#finding-1").wait_for()
    with sqlite_database.reading() as session:
        anchor = session.scalars(select(FindingAnchor)).one()
    assert (anchor.kind, anchor.cell_index, anchor.first_line, anchor.last_line) == ("cell_lines", 2, 1, 2)


def test_key_c_opens_the_form_and_its_text_survives_a_closed_page(desk: "Page") -> None:
    desk.keyboard.press("c")
    box = desk.locator("[data-finding-box] textarea")
    box.wait_for()
    box.fill("Not sent yet.")
    desk.keyboard.press("Escape")
    desk.goto(desk.url)
    desk.keyboard.press("c")
    assert desk.locator("[data-finding-box] textarea").input_value() == "Not sent yet."


def test_form_and_summary_save_themselves(desk: "Page", here: World, sqlite_database: Database) -> None:
    desk.get_by_text("Summary", exact=False).first.click()
    desk.locator("#summary").fill("Clear work, one wrong rate.")
    desk.get_by_text("Saved.", exact=True).wait_for(timeout=8000)
    with sqlite_database.reading() as session:
        assert session.scalars(select(Review.summary)).one() == "Clear work, one wrong rate."


def test_finding_on_an_output_with_preview(desk: "Page", sqlite_database: Database) -> None:
    desk.locator("#cell-2").hover()
    desk.get_by_text("Finding on this output").first.click()
    desk.locator("[data-finding-box] textarea").fill("Only **two** epochs.")
    desk.get_by_role("button", name="Preview").click()
    assert desk.locator(".preview strong").inner_text() == "two"
    desk.get_by_role("button", name="Save the finding").click()
    desk.locator("#finding-1").wait_for()
    with sqlite_database.reading() as session:
        assert session.scalars(select(Finding.text)).one() == "Only **two** epochs."
