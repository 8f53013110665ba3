"""The desk with a mouse and a keyboard, in a real browser: point, write, save, lose nothing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from reviewhub.config import Settings
from reviewhub.reviews.tables import Finding, FindingAnchor, Review
from reviewhub.storage import Database
from tests.journeys.serving import listen, port_of, serving
from tests.reviews.acts import file
from tests.reviews.visits import visitor
from tests.reviews.worlds import REVIEWING, World, assign, build_world
from tests.waiting import eventually, follow

BOX = "[data-finding-box] textarea"

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
    sockets = [listen(), listen()]
    address = f"http://127.0.0.1:{port_of(sockets[0])}"
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    context.add_cookies([{"name": "reviewhub", "value": cookie.value, "url": address}])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    with serving(app, sockets):
        page.goto(f"{address}/c/dgm/reviews/{here.reviews['cem', 'DCGAN']}")
        yield page
        context.close()
    assert complaints == []


def press_line_numbers(page: "Page", first: str, last: str) -> None:
    """Press on the number of one line and let go on that of another."""
    page.locator(f"#{first}").hover(position={"x": 20, "y": 8})
    page.mouse.down()
    page.locator(f"#{last}").hover(position={"x": 20, "y": 8})
    page.mouse.up()


def test_dragging_over_line_numbers_files_a_finding_on_the_range(
    desk: "Page", here: World, sqlite_database: Database
) -> None:
    press_line_numbers(desk, "cell-2-L1", "cell-2-L2")
    desk.get_by_text("cell 3, lines 1–2 of main.ipynb").first.wait_for()
    expect(desk.locator(BOX)).to_be_focused()
    desk.keyboard.type("Both lines are wrong.")
    desk.keyboard.press("Control+Enter")
    desk.locator("#finding-1").wait_for()
    with sqlite_database.reading() as session:
        anchor = session.scalars(select(FindingAnchor)).one()
    assert (anchor.kind, anchor.cell_index, anchor.first_line, anchor.last_line) == ("cell_lines", 2, 1, 2)


def test_key_c_opens_the_form_and_its_text_survives_a_closed_page(desk: "Page") -> None:
    desk.keyboard.press("c")
    box = desk.locator(BOX)
    box.wait_for()
    box.fill("Not sent yet.")
    desk.keyboard.press("Escape")
    desk.goto(desk.url)
    desk.evaluate("scrollTo(0, 0)")
    desk.keyboard.press("c")
    expect(desk.locator(BOX)).to_have_value("Not sent yet.")


def test_form_and_summary_save_themselves(desk: "Page", here: World, sqlite_database: Database) -> None:
    desk.get_by_text("Summary", exact=False).first.click()
    desk.locator("#summary").fill("Clear work, one wrong rate.")
    desk.get_by_text("Saved.", exact=True).wait_for()
    with sqlite_database.reading() as session:
        assert session.scalars(select(Review.summary)).one() == "Clear work, one wrong rate."


def test_finding_on_an_output_with_preview(desk: "Page", sqlite_database: Database) -> None:
    desk.locator("#cell-2").hover()
    desk.get_by_text("Finding on this output").first.click()
    desk.locator(BOX).fill("Only **two** epochs.")
    expect(desk.locator(".preview strong")).to_have_text("two")
    desk.get_by_role("button", name="Save the finding").click()
    desk.locator("#finding-1").wait_for()
    with sqlite_database.reading() as session:
        assert session.scalars(select(Finding.text)).one() == "Only **two** epochs."


def test_reading_aids_stand_beside_findings(desk: "Page") -> None:
    desk.get_by_role("link", name="Code folded").click()
    desk.keyboard.press("/")
    desk.keyboard.type("optimiser")
    desk.keyboard.press("Enter")
    expect(desk.locator(".find-count")).to_have_text("1 of 1")
    desk.keyboard.press("Escape")
    expect(desk.locator("#cell-2-L2")).to_be_hidden()
    press_line_numbers(desk, "cell-2-L1", "cell-2-L1")
    box = desk.locator(BOX)
    box.fill("It j/k/c stays text.")
    desk.get_by_role("link", name="Outputs only").click()
    expect(desk).to_have_url(re.compile("show=outputs"))
    expect(box).to_have_value("It j/k/c stays text.")
    expect(box).to_be_visible()


def test_places_pointed_at_while_the_form_is_open_are_added_and_taken_away(
    desk: "Page", sqlite_database: Database
) -> None:
    press_line_numbers(desk, "cell-2-L1", "cell-2-L1")
    desk.locator(BOX).fill("The same rate twice.")
    press_line_numbers(desk, "cell-1-L1", "cell-1-L2")
    desk.locator("#cell-2").hover()
    desk.get_by_text("Finding on this output").first.click()
    places = desk.locator("[data-finding-places] li")
    expect(places).to_have_text(["cell 3, line 1 of main.ipynb", "cell 2, lines 1–2", "cell 3, output 1"])
    expect(desk.locator("code.selected")).to_have_count(3)
    desk.get_by_role("button", name="Remove the place: cell 2, lines 1–2").click()
    desk.get_by_role("button", name="Save the finding").click()
    desk.locator("#finding-1").wait_for()
    expect(desk.locator(".finding-other")).to_have_text("1 major Finding 1 is about this too: cell 3, output 1")
    with sqlite_database.reading() as session:
        kinds = session.scalars(select(FindingAnchor.kind).order_by(FindingAnchor.position)).all()
    assert kinds == ["cell_lines", "output"]


def test_suggested_change_is_shown_as_it_is_typed(desk: "Page", sqlite_database: Database) -> None:
    press_line_numbers(desk, "cell-2-L1", "cell-2-L1")
    desk.locator(BOX).fill("Too large.")
    desk.get_by_role("button", name="Suggest a change").click()
    desk.keyboard.type("optimiser = torch.optim.Adam(generator.parameters(), lr=0.0002)")
    expect(desk.locator(".preview .suggested-old b")).to_have_text("0.01")
    expect(desk.locator(".preview .suggested-new b")).to_have_text("0.0002")
    desk.keyboard.press("Control+Enter")
    desk.locator("#finding-1").wait_for()
    with sqlite_database.reading() as session:
        text = session.scalars(select(Finding.text)).one()
    assert text == ("Too large.\n\n```suggestion\noptimiser = torch.optim.Adam(generator.parameters(), lr=0.0002)\n```")


def test_keys_walk_findings_over_files_edit_and_tick(desk: "Page", here: World, sqlite_database: Database) -> None:
    file(sqlite_database, here, "cem", "DCGAN", text="The rate is too large.")
    file(sqlite_database, here, "cem", "DCGAN", path="model.py", place="L7", text="Why 256?")
    desk.reload()
    desk.keyboard.press("j")
    expect(desk.locator("#finding-1")).to_be_focused()
    desk.keyboard.press("j")
    expect(desk.locator("#finding-2")).to_have_class("finding chosen")
    expect(desk).to_have_url(re.compile("path=model.py"))
    desk.keyboard.press("e")
    expect(desk.locator(BOX)).to_have_value("Why 256?")
    expect(desk.locator("#finding-2")).to_be_hidden()
    desk.keyboard.press("Escape")
    expect(desk.locator("#finding-2")).to_be_focused()
    desk.keyboard.press("x")
    expect(desk.locator("[data-viewed-count]")).to_have_text("1 of 5 viewed")
    desk.keyboard.press("p")
    desk.wait_for_url("**path=main.ipynb**")
    expect(desk.locator("h1").first).to_be_visible()
    expect(desk.locator("[data-tree-file='model.py']")).to_have_class("tree-item tree-viewed")


def test_key_c_takes_the_selected_lines(desk: "Page") -> None:
    desk.evaluate("""() => getSelection().setBaseAndExtent(
        document.querySelector('#cell-2-L1').firstChild, 0, document.querySelector('#cell-2-L2').lastChild, 0)""")
    desk.keyboard.press("c")
    expect(desk.locator(".finding-box-title")).to_have_text("New finding cell 3, lines 1–2 of main.ipynb")


def test_files_and_findings_are_narrowed_as_one_types(desk: "Page", here: World, sqlite_database: Database) -> None:
    for number, severity in enumerate(["minor", "major", "critical", "major"]):
        file(sqlite_database, here, "cem", "DCGAN", severity=severity, text=f"Finding number {number} of this review.")
    desk.reload()
    desk.get_by_placeholder("Filter files").fill("model")
    expect(desk.locator("[data-tree-file]:visible")).to_have_count(1)
    desk.get_by_text("Filter and sort").click()
    desk.get_by_label("Severity", exact=True).select_option("major")
    expect(desk.locator("[data-finding-list] a")).to_have_count(2)
    desk.get_by_placeholder("Words in the text").fill("number 3")
    expect(desk.locator("[data-finding-list] .finding-number")).to_have_text(["4"])


def test_finger_opens_the_form_by_the_plus_and_by_resting_on_a_line(desk: "Page", chromium: "Browser") -> None:
    touch = chromium.new_context(
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        storage_state=desk.context.storage_state(),
    )
    page = touch.new_page()
    page.goto(desk.url)
    page.locator("#cell-2-L2").tap()
    page.locator(".line-button").tap()
    expect(page.locator(".finding-box-title")).to_have_text("New finding cell 3, line 2 of main.ipynb")
    eventually(lambda: page.evaluate("document.documentElement.scrollWidth"), 390)
    page.get_by_role("link", name="Cancel").tap()
    expect(page.locator(".finding-box-title")).to_have_count(0)
    page.locator("#cell-1-L1").dispatch_event(
        "pointerdown", {"pointerType": "touch", "bubbles": True, "clientX": 200, "clientY": 9}
    )
    expect(page.locator(".finding-box-title")).to_have_text("New finding cell 2, line 1 of main.ipynb")
    touch.close()


def test_everything_is_reached_with_scripts_off(desk: "Page", chromium: "Browser", sqlite_database: Database) -> None:
    plain = chromium.new_context(java_script_enabled=False, storage_state=desk.context.storage_state())
    page = plain.new_page()
    page.goto(desk.url)
    page.get_by_text("Write a finding", exact=True).click()
    page.get_by_label("Place", exact=True).fill("cell 3 lines 1-2")
    page.get_by_role("button", name="Write there").click()
    page.locator("#finding-text").fill("Too **large**.")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview strong")).to_have_text("large")
    page.get_by_text("Type another place").click()
    page.get_by_label("Another place").fill("line 7")
    page.get_by_label("In which file").select_option("model.py")
    page.get_by_role("button", name="Save the finding").click()
    expect(page.locator("#finding-1 .finding-places-line")).to_have_text("Also: line 7 of model.py")
    page.get_by_role("button", name="Viewed").click()
    expect(page.locator("[data-viewed-count]")).to_have_text("1 of 5 viewed")
    plain.close()
    with sqlite_database.reading() as session:
        assert len(session.scalars(select(FindingAnchor)).all()) == 2


def test_verdict_follows_the_numbers_as_they_are_typed(desk: "Page") -> None:
    desk.get_by_text("Review form").click()
    follow(desk.get_by_role("link", name="Fill in 1 row from the goals"))
    expect(desk.get_by_label("Paper reports, row 1")).to_have_value("below 40")
    desk.get_by_label("We got, row 1").fill("43")
    expect(desk.locator("[data-verdict]").first).to_have_text("outside")
    desk.get_by_label("Tolerance, row 1").fill("10 %")
    expect(desk.locator("[data-verdict]").first).to_have_text("within")
