"""Reading and recording mistakes with a mouse and a keyboard, in a real browser, while a project is graded."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from reviewhub.accounts.signing_in import open_session
from reviewhub.config import Settings
from reviewhub.grades.tables import Mistake
from reviewhub.storage import Database
from tests.journeys.serving import listen, port_of, serving
from tests.reviews.acts import file, save, submit
from tests.reviews.worlds import MODEL, VERSION_2, World, assign, build_world, freeze, notebook_text
from tests.waiting import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

GRADING = VERSION_2 + timedelta(days=3)
BOX = "#finding-form"


@pytest.fixture
def here(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    """DCGAN with one finding of Cem in the notebook, and its version 2."""
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    assign(sqlite_database, world, "cem", "DCGAN")
    file(sqlite_database, world, "cem", "DCGAN", text="The rate is too large.")
    save(sqlite_database, world, "cem", "DCGAN")
    submit(sqlite_database, world, "cem", "DCGAN")
    changes: dict[str, str | bytes | None] = {
        "DCGAN/model.py": MODEL.replace("256", "512"),
        "DCGAN/main.ipynb": notebook_text(cells_before=1),
    }
    freeze(sqlite_database, world, tmp_path / "shared", 2, changes)
    return world


@pytest.fixture
def page(
    make_app: Callable[..., Any],
    sqlite_database: Database,
    settings: Settings,
    clock: Any,
    here: World,
    chromium: "Browser",
) -> Iterator["Page"]:
    """Version 1 of the notebook as the instructor reads it; whatever the browser complains of fails the test."""
    clock.put(GRADING)
    app = make_app()
    sockets = [listen(), listen()]
    address = f"http://127.0.0.1:{port_of(sockets[0])}"
    with sqlite_database.writing() as session:
        secret = open_session(
            session, user_id=here.users["iris"], browser="Test", old_secret=None, now=GRADING, settings=settings.sign_in
        )
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    context.add_cookies([{"name": "reviewhub", "value": secret, "url": address}])
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    opened.on("pageerror", lambda fault: complaints.append(str(fault)))
    with serving(app, sockets):
        opened.goto(f"{address}/c/dgm/grading/DCGAN/read/1/main.ipynb")
        yield opened
        context.close()
    assert complaints == []


def drag(page: "Page", first: str, last: str) -> None:
    """Press on the number of one line and let go on that of another."""
    page.locator(f"#{first}").hover(position={"x": 20, "y": 8})
    page.mouse.down()
    page.locator(f"#{last}").hover(position={"x": 20, "y": 8})
    page.mouse.up()


def recorded(database: Database) -> list[tuple[str, str, int, str]]:
    """Each mistake: title, severity, the version it is in, and its place in one word."""
    with database.reading() as session:
        rows = session.scalars(select(Mistake).order_by(Mistake.number)).all()
    return [
        (
            one.title,
            one.severity,
            one.version_in,
            f"{one.place['cell_index']}:{one.place['first_line']}-{one.place['last_line']}",
        )
        for one in rows
    ]


def test_lines_are_dragged_over_the_box_follows_the_pointer_and_the_mistake_stands_there(
    page: "Page", sqlite_database: Database
) -> None:
    from playwright.sync_api import expect

    drag(page, "cell-2-L1", "cell-2-L2")
    expect(page.locator("#mistake-title")).to_be_focused()
    expect(page.locator(BOX)).to_contain_text("cell 3, lines 1–2 of main.ipynb")
    expect(page.locator(f"{BOX} [data-moves]")).to_contain_text("group: version 1")
    page.keyboard.type("No seed is set")
    page.locator("#mistake-severity").select_option("minor")
    page.locator("#mistake-text").fill("It is *never* set.")
    expect(page.locator(f"{BOX} .preview em")).to_have_text("never")
    drag(page, "cell-1-L2", "cell-1-L2")
    expect(page.locator(BOX)).to_contain_text("cell 2, line 2 of main.ipynb")
    expect(page.locator("#mistake-title")).to_have_value("No seed is set")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.finding-mistake")).to_contain_text("No seed is set")
    assert recorded(sqlite_database) == [("No seed is set", "minor", 1, "1:2-2")]


def test_keys_walk_record_and_switch_versions(page: "Page", sqlite_database: Database) -> None:
    from playwright.sync_api import expect

    page.keyboard.press("j")
    expect(page.locator("article.finding.chosen")).to_contain_text("The rate is too large.")
    page.keyboard.press("c")
    expect(page.locator("#mistake-title")).to_be_focused()
    page.keyboard.type("Half a thought")
    page.keyboard.press("Escape")
    expect(page.locator("#mistake-title")).not_to_be_focused()
    expect(page.locator("#mistake-title")).to_have_value("Half a thought")
    page.locator(f"{BOX} [data-close-box]").click()
    expect(page.locator(BOX)).to_have_count(0)
    page.keyboard.press("2")
    expect(page).to_have_url(re.compile(r"/read/2/main\.ipynb$"))
    expect(page.locator("[data-desk-live]")).to_be_visible()
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile(r"/read/2/model\.py$"))
    expect(page.locator("[data-desk-live]")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("article.finding.chosen")).to_contain_text("The rate is too large.")
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile(r"/grading/DCGAN\?item=\w+#hand$"))
    assert recorded(sqlite_database) == []


def test_line_of_what_changed_is_clicked_and_the_mistake_is_new_in_version_2(
    page: "Page", sqlite_database: Database
) -> None:
    from playwright.sync_api import expect

    page.goto(page.url.replace("/read/1/main.ipynb", "/read/changes/model.py"))
    page.locator("#new-L7").click()
    expect(page.locator("#mistake-title")).to_be_focused()
    expect(page.locator(BOX)).to_contain_text("version 2, line 7 of model.py")
    expect(page.locator("#mistake-version")).to_have_value("2")
    page.keyboard.type("Width is doubled")
    page.keyboard.press("Control+Enter")
    expect(page.locator("article.finding-mistake")).to_contain_text("Width is doubled")
    eventually(lambda: recorded(sqlite_database), [("Width is doubled", "major", 2, "None:7-7")])
