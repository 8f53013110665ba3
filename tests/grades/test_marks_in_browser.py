"""Marks in a real browser, with and without scripts: a workbook is chosen and saved, a mark typed, a fail decided."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook
from playwright.sync_api import expect

from reviewhub.accounts.signing_in import open_session
from tests.grades.test_mark_pages import standing
from tests.grades.worlds import GRADING
from tests.journeys.serving import listen, port_of, serving
from tests.waiting import eventually, follow

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def page(request, make_app, sqlite_database, settings, clock, world, chromium) -> Iterator["Page"]:
    """The instructor's browser; whatever it complains of fails the test."""
    clock.put(GRADING)
    sockets = [listen(), listen()]
    address = f"http://127.0.0.1:{port_of(sockets[0])}"
    complaints: list[str] = []
    context = chromium.new_context(java_script_enabled=request.param, base_url=address)
    with sqlite_database.writing() as session:
        user = world.people["Ida"].user_id
        secret = open_session(
            session, user_id=user, browser="Test", old_secret=None, now=GRADING, settings=settings.sign_in
        )
    context.add_cookies([{"name": "reviewhub", "value": secret, "url": address}])
    with serving(make_app(), sockets):
        opened = context.new_page()
        opened.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        opened.on("pageerror", lambda fault: complaints.append(str(fault)))
        yield opened
        context.close()
    # A list with faults is answered with 422, which the browser mentions.
    assert [one for one in complaints if "422" not in one] == []


def workbook(*rows) -> dict[str, object]:
    """A file to choose."""
    book, kept = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(kept)
    return {"name": "marks.xlsx", "mimeType": "application/octet-stream", "buffer": kept.getvalue()}


def test_marks_come_in_by_a_workbook_and_by_hand(page, world, sqlite_database):
    page.goto("/c/ceng796/marks/import")
    page.locator("input[type=file]").set_input_files(
        workbook(["ID number", "Sınav\n1", "Homework 1"], ["n-Ayşe", 34.5, 80], ["n-Baran", None, "90,5"])
    )
    follow(page.get_by_role("button", name="Show what would change"))
    page.get_by_text("How the columns were read").click()
    page.get_by_label("Column B is read as").select_option("midterm:1")
    follow(page.get_by_role("button", name="Read it again like this"))
    expect(page.get_by_role("row", name="Ayşe").filter(has_text="Midterm")).to_contain_text("34.5")
    follow(page.get_by_role("button", name="Save these marks"))
    expect(page.get_by_text("Saved: 3 marks new.")).to_be_visible()

    page.goto("/c/ceng796/marks/of/midterm")
    follow(page.get_by_role("link", name="Type marks", exact=True))
    page.get_by_label("Midterm, Baran").fill("17/20")
    page.get_by_label("Midterm, Cem").fill("70 %")
    follow(page.get_by_role("button", name="Save the marks"))
    expect(page.get_by_text("Saved: 2 marks new.")).to_be_visible()
    eventually(
        lambda: standing(sqlite_database),
        [
            ("homework", 1, "80", "100"),
            ("homework", 1, "90.5", "100"),
            ("midterm", 1, "17", "20"),
            ("midterm", 1, "34.5", "100"),
            ("midterm", 1, "70", "100"),
        ],
    )


def test_fail_is_recorded_confirmed_and_taken_back(page, world):
    page.goto("/c/ceng796/statuses")
    page.get_by_label("Student", exact=True).select_option(label="Ayşe, n-Ayşe")
    page.get_by_label("What", exact=True).last.select_option("plagiarism:yes")
    page.get_by_label("How it is known").fill("Both admitted it.")
    follow(page.get_by_role("button", name="Put it on the list"))
    expect(page.get_by_role("row", name="Ayşe")).to_contain_text("Both admitted it.")

    follow(page.get_by_role("link", name="Fails", exact=True))
    case = page.locator(".fail-case").filter(has_text="Ayşe")
    case.get_by_label("Brings").select_option("NA")
    follow(case.get_by_role("button", name="Confirm"))
    expect(case).to_contain_text("confirmed: NA")
    follow(case.get_by_role("button", name="Take back the decision about Ayşe"))
    expect(case).to_contain_text("waits")


def test_grid_of_marks_fits_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("marks", "marks/of/homework", "marks/of/midterm?edit=1", "marks/import", "statuses", "fails"):
        page.goto(f"/c/ceng796/{path}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
