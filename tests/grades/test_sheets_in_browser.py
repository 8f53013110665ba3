"""Sheets of paper in a real browser: always light, each on a page of its own, with all formulas; and a worksheet filled."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from reviewhub.accounts.signing_in import open_session
from tests.grades.test_export_pages import decide_everything, release_as_it_stands
from tests.grades.worlds import GRADING
from tests.journeys.serving import listen, port_of, serving
from tests.waiting import follow

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def open_as(make_app, sqlite_database, settings, clock, world, chromium) -> Iterator[Callable]:
    """A page of the course as one of its people, in a browser that prefers the dark."""
    clock.put(GRADING)
    with sqlite_database.writing() as session:
        session.add(world.course)
        decide_everything(session, world)
        release_as_it_stands(session, world)
    sockets = [listen(), listen()]
    address = f"http://127.0.0.1:{port_of(sockets[0])}"
    context = chromium.new_context(color_scheme="dark")

    def open_(name: str, path: str) -> "Page":
        with sqlite_database.writing() as session:
            user = world.people[name].user_id
            secret = open_session(
                session, user_id=user, browser="Test", old_secret=None, now=GRADING, settings=settings.sign_in
            )
        context.add_cookies([{"name": "reviewhub", "value": secret, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/c/ceng796{path}")
        return page

    with serving(make_app(), sockets):
        yield open_
        context.close()


def pages_of(page: "Page", file: Path) -> list[str]:
    """The text of each page of paper."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext reads the paper; install poppler-utils.")
    page.pdf(path=str(file), prefer_css_page_size=True)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, check=True, text=True).stdout
    return text.removesuffix("\f").split("\f")


def test_every_students_sheet_begins_on_a_page_of_its_own(open_as, tmp_path):
    page = open_as("Ida", "/grades/sheets")

    paper = pages_of(page, tmp_path / "sheets.pdf")

    first = [
        lines[1] for sheet in paper if (lines := sheet.strip().splitlines())[0] == "Deep Generative Models, Fall 2026"
    ]
    assert first == ["Ayşe", "Baran", "Cem", "Defne"]
    assert "Print or save as PDF" not in "".join(paper)


def test_own_sheet_is_light_paper_and_names_no_reviewer(open_as, tmp_path):
    page = open_as("Ayşe", "/grades/sheet")
    expect(page.get_by_role("button", name="Print or save as PDF")).to_be_visible()

    paper = "".join(pages_of(page, tmp_path / "own.pdf"))
    ground = page.locator(".paper-sheet").evaluate("e => getComputedStyle(e).backgroundColor")

    assert ground == "rgb(255, 255, 255)"
    assert "As developer of AWGAN" in paper
    assert "main.ipynb, cell 4" in paper
    assert "Cem" not in paper


def test_teacher_fills_a_worksheet_and_downloads_it(open_as, tmp_path):
    sheet = "Id,E-Mail,Note,Max\n1,baran-ceng796@example.org,,100.00\n2,nobody@example.org,,100.00\n"
    page = open_as("Ida", "/grades/export")
    expect(page.get_by_role("region", name="The first rows of the gradebook")).to_contain_text("Baran")
    follow(page.get_by_role("link", name="Fill a worksheet"))
    page.get_by_label("Worksheet from Moodle").set_input_files(
        {"name": "grades.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    )
    page.get_by_label("Fill it with").select_option("developer")
    follow(page.get_by_role("button", name="Show the rows"))
    expect(page.get_by_role("region", name="Rows left as they are")).to_contain_text("nobody@example.org")

    with page.expect_download() as told:
        page.get_by_role("button", name="Download the filled worksheet").click()
    told.value.save_as(tmp_path / "filled.csv")

    assert told.value.suggested_filename == "grades-filled.csv"
    assert (tmp_path / "filled.csv").read_text() == sheet.replace("org,,", "org,93.80,", 1)
