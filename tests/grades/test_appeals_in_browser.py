"""In a real browser: a student reads and appeals, the staff grant it and release anew, the student sees the difference."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from reviewhub.accounts.signing_in import open_session
from tests.grades.test_pages import grade_everything, mistake_ids
from tests.grades.worlds import GRADING
from tests.journeys.serving import listen, port_of, serving
from tests.waiting import follow

if TYPE_CHECKING:
    from playwright.sync_api import Page


@pytest.fixture
def open_as(make_app, sqlite_database, settings, clock, world, visit, chromium) -> Iterator[Callable[..., Any]]:
    """`with open_as("Ayşe") as page:` at the released grades; whatever the browser complains of fails the test."""
    ida = visit("Ida")
    grade_everything(world, ida, sqlite_database)
    assert ida.post("/grades/release").status_code == 303
    clock.put(GRADING)
    sockets = [listen(), listen()]
    address = f"http://127.0.0.1:{port_of(sockets[0])}"
    complaints: list[str] = []

    @contextmanager
    def opened(name: str, *, scripts: bool = True, phone: bool = False) -> Iterator["Page"]:
        size: Any = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 900}
        context = chromium.new_context(java_script_enabled=scripts, base_url=address, viewport=size)
        with sqlite_database.writing() as session:
            secret = open_session(
                session,
                user_id=world.people[name].user_id,
                browser="Test",
                old_secret=None,
                now=GRADING,
                settings=settings.sign_in,
            )
        context.add_cookies([{"name": "reviewhub", "value": secret, "url": address}])
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        yield page
        context.close()

    with serving(make_app(), sockets):
        yield opened
    assert complaints == []


def test_student_appeals_wins_and_sees_the_difference(open_as, visit, sqlite_database):
    mistake = mistake_ids(sqlite_database)[0]
    with open_as("Ayşe", phone=True) as page:
        page.goto("/c/ceng796/grades")
        row = page.locator(".outcome", has_text="Wrong sign").first
        row.locator("summary").click()
        follow(row.get_by_role("link", name="Appeal this mistake"))
        expect(page.get_by_role("heading", level=1)).to_have_text("M1 “Wrong sign” of AWGAN")
        page.get_by_label("What is not right").fill("Equation 4 has the same sign.")
        follow(page.get_by_role("button", name="File the appeal"))
        expect(page.get_by_text("Your appeal is filed.")).to_be_visible()
        expect(page.locator(".appeal-head .badge")).to_have_text("open")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390

    with open_as("Ida", scripts=False) as page:
        page.goto("/c/ceng796/")
        follow(page.get_by_role("link", name="1 appeal waits for a decision."))
        expect(page.get_by_text("noted by Cem (finding 1)").first).to_be_visible()
        expect(page.get_by_role("link", name="At the desk")).to_be_visible()
        page.get_by_label("Granted", exact=True).check()
        page.get_by_label("Reason").fill("Equation 4 says so.")
        follow(page.get_by_role("button", name="Decide", exact=True))
        expect(page.get_by_text("Now change the decision at the desk, and release anew.")).to_be_visible()
        # How decisions are changed with the desk's keys has a journey of its own.
        assert visit("Ida").post("/grading/AWGAN/undo", kind="mistake", target=mistake).status_code == 303
        page.goto("/c/ceng796/grades")
        page.get_by_label("Reason of the new release").fill("An appeal was granted.")
        follow(page.get_by_role("button", name="Release the grades"))
        page.goto("/c/ceng796/grades/releases/2")
        expect(page.get_by_text("M1 “Wrong sign” is no longer a mistake.").first).to_be_visible()

    with open_as("Ayşe") as page:
        page.goto("/c/ceng796/grades")
        changes = page.locator("#changes")
        expect(changes).to_contain_text("Version 1 of AWGAN")
        expect(changes).to_contain_text("89.00 → 97.00")
        expect(changes).to_contain_text("M1 “Wrong sign” is no longer a mistake.")
        expect(changes).to_contain_text("Appeal granted: Equation 4 says so.")
        expect(page.locator(".figures")).to_contain_text("97.00")
