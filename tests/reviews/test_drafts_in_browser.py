"""Nothing typed is lost, in a real browser: no network, a closed tab, two tabs, signed out, somebody else, too late."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select, update

from reviewhub.accounts.signing_in import open_session
from reviewhub.accounts.tables import SignedInSession
from reviewhub.config import Settings
from reviewhub.reviews.draft_tables import UnfiledFinding
from reviewhub.reviews.tables import Assignment, Finding, FindingAnchor, Review, ReviewEdition
from reviewhub.storage import Database
from tests.reviews.acts import FORM, save
from tests.reviews.worlds import REVIEWING, REVIEWS_DUE, World, assign, build_world
from tests.waiting import eventually, follow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.conftest import StandingClock

NETWORK = "ERR_INTERNET_DISCONNECTED"
REFUSED = ("401", "409")


@pytest.fixture
def here(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    assign(sqlite_database, world, "cem", "DCGAN")
    return world


@dataclass
class Writer:
    """One browser, in which people sign in and open the desk."""

    context: "BrowserContext"
    address: str
    world: World
    database: Database
    settings: Settings

    def sign_in(self, name: str = "cem") -> None:
        """Be this person from now on."""
        with self.database.writing() as session:
            secret = open_session(session, user_id=self.world.users[name], browser="Test", old_secret=None,
                                  now=REVIEWING, settings=self.settings.sign_in)  # fmt: skip
        self.context.add_cookies([{"name": "reviewhub", "value": secret, "url": self.address}])

    def open(self, path: str = "") -> "Page":
        """A new tab with the desk; the side with form and summary unfolded."""
        page = self.context.new_page()
        page.goto(f"{self.address}/c/dgm/reviews/{self.world.reviews['cem', 'DCGAN']}{path}")
        page.evaluate("document.querySelectorAll('.side-part').forEach((part) => part.setAttribute('open', ''))")
        return page

    def review(self) -> Review:
        """The draft as the server has it."""
        with self.database.reading() as session:
            return session.scalars(select(Review)).one()

    def count(self, table: type) -> int:
        """How many rows there are."""
        with self.database.reading() as session:
            return session.scalar(select(func.count(table.id))) or 0


@pytest.fixture
def writer(
    make_app: Callable, sqlite_database: Database, settings: Settings, clock: "StandingClock", here: World,
    chromium: "Browser", serve: Callable,
) -> Iterator[Writer]:  # fmt: skip
    """Cem at the desk. What the browser complains of fails the test, but for the network and refusals it was told of."""
    clock.put(REVIEWING)
    context = chromium.new_context(viewport={"width": 1400, "height": 900})
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    context.on("weberror", lambda fault: complaints.append(str(fault.error)))
    address = serve(make_app())
    found = Writer(context=context, address=address, world=here, database=sqlite_database, settings=settings)
    found.sign_in()
    yield found
    context.close()
    assert [
        one for one in complaints if NETWORK not in one and not any(f"status of {code}" in one for code in REFUSED)
    ] == []


def saved(page: "Page") -> None:
    page.locator("#draft [data-save-state]", has_text="Saved.").wait_for()


def test_text_typed_without_a_network_is_there_after_the_tab_was_closed_and_hands_in(writer: Writer) -> None:
    save(writer.database, writer.world, "cem", "DCGAN", summary="", answers=FORM)
    page = writer.open()
    writer.context.set_offline(True)
    page.locator("#summary").fill("Typed in a tunnel.")
    page.locator("[name=form-method-comment]").fill("No weight decay.")
    page.locator("#draft [data-save-state]", has_text="No network").wait_for()
    page.close()
    writer.context.set_offline(False)
    page = writer.open()
    saved(page)
    expect(page.locator("#summary")).to_have_value("Typed in a tunnel.")
    assert (writer.review().summary, writer.review().form["method"]["comment"]) == (
        "Typed in a tunnel.", "No weight decay.",
    )  # fmt: skip
    page.get_by_role("button", name="Hand in…").click()
    page.get_by_role("button", name="Hand in edition 1").click()
    page.wait_for_url("**/receipts/1")
    assert writer.count(ReviewEdition) == 1


def test_network_that_comes_back_saves_by_itself(writer: Writer) -> None:
    page = writer.open()
    writer.context.set_offline(True)
    page.locator("#summary").fill("Still here.")
    page.locator("#draft [data-save-state]", has_text="No network").wait_for()
    writer.context.set_offline(False)
    saved(page)
    assert writer.review().summary == "Still here."


def test_finding_begun_without_a_network_goes_on_in_a_new_tab_and_is_filed_once(writer: Writer) -> None:
    page = writer.open()
    page.keyboard.press("c")
    box = page.locator("[data-finding-box] textarea[name=text]")
    box.wait_for()
    writer.context.set_offline(True)
    box.fill("The rate is 0.01, the paper has 0.0002.")
    page.locator("[data-finding-box] [name=severity]").select_option("critical")
    page.keyboard.press("Control+Enter")
    page.locator("[data-finding-box] [data-save-state]", has_text="No network").wait_for()
    page.close()
    writer.context.set_offline(False)
    page = writer.open()
    eventually(lambda: writer.count(UnfiledFinding), 1)
    follow(page.get_by_role("link", name="The rate is 0.01").first)
    box = page.locator("[data-finding-box] textarea[name=text]")
    expect(box).to_have_value("The rate is 0.01, the paper has 0.0002.")
    expect(page.locator("[data-finding-box] [name=severity]")).to_have_value("critical")
    page.get_by_role("button", name="Save the finding").click()
    page.locator("#finding-1").wait_for()
    page.wait_for_load_state()
    assert (writer.count(Finding), writer.count(UnfiledFinding)) == (1, 0)
    page.keyboard.press("c")
    expect(page.locator("[data-finding-box] textarea[name=text]")).to_have_value("")


def test_finding_begun_here_goes_on_in_another_browser(writer: Writer, chromium: "Browser") -> None:
    page = writer.open()
    page.keyboard.press("c")
    page.locator("[data-finding-box] textarea[name=text]").fill("Seeds are not set")
    page.locator("[data-finding-box] [data-save-state]", has_text="Kept, not filed yet.").wait_for()
    other = Writer(context=chromium.new_context(), address=writer.address, world=writer.world,
                   database=writer.database, settings=writer.settings)  # fmt: skip
    other.sign_in()
    page = other.open()
    follow(page.get_by_role("link", name="Seeds are not set"))
    expect(page.locator("[data-finding-box] textarea[name=text]")).to_have_value("Seeds are not set")
    other.context.close()


def test_further_places_of_a_begun_finding_come_back_with_it(writer: Writer) -> None:
    page = writer.open("?path=model.py&place=L5")
    page.locator("[data-finding-box] textarea[name=text]").fill("Sizes do not match.")
    page.evaluate("""document.querySelector('[data-finding-box]').dispatchEvent(
        new CustomEvent('addplace', { detail: { token: 'L7', path: 'model.py' } }))""")
    page.locator("[data-finding-box] [data-save-state]", has_text="Kept, not filed yet.").wait_for()
    page.close()
    page = writer.open("?path=model.py&place=L5")
    expect(page.locator("[data-finding-places] li")).to_have_count(2)
    page.get_by_role("button", name="Save the finding").click()
    page.locator("#finding-1").first.wait_for()
    assert writer.count(FindingAnchor) == 2


def test_two_tabs_on_different_parts_both_save_and_on_one_line_both_texts_are_shown(writer: Writer) -> None:
    first, second = writer.open(), writer.open()
    first.locator("#summary").fill("Good work.")
    saved(first)
    second.locator("[name=form-code-comment]").fill("Hardly any comments.")
    saved(second)
    second.locator("#summary").fill("Poor work.")
    second.get_by_role("button", name="See both texts").click()
    expect(second.get_by_role("heading", name="Changed in two places")).to_be_visible()
    expect(second.locator(".clash-text")).to_have_text(["Poor work.", "Good work."])
    second.locator("textarea").fill("Good work with poor comments.")
    second.get_by_role("button", name="Save what I chose").click()
    expect(second.get_by_text("Draft saved.")).to_be_visible()
    expect(second.locator("#summary")).to_have_value("Good work with poor comments.")
    review = writer.review()
    assert (review.summary, review.form["code"]["comment"]) == ("Good work with poor comments.", "Hardly any comments.")
    second.reload()
    second.wait_for_timeout(2500)
    expect(second.locator("#summary")).to_have_value("Good work with poor comments.")


def test_other_lines_that_a_second_tab_wrote_appear_in_the_first(writer: Writer) -> None:
    save(writer.database, writer.world, "cem", "DCGAN", summary="One.\nTwo.\nThree.", answers={})
    first, second = writer.open(), writer.open()
    first.locator("#summary").fill("One, first tab.\nTwo.\nThree.")
    saved(first)
    second.locator("#summary").fill("One.\nTwo.\nThree, second tab.")
    saved(second)
    expect(second.locator("#summary")).to_have_value("One, first tab.\nTwo.\nThree, second tab.")


def test_who_is_signed_out_meanwhile_is_told_signs_in_beside_and_is_saved(writer: Writer) -> None:
    page = writer.open()
    with writer.database.writing() as session:
        session.execute(update(SignedInSession).values(ended_at=REVIEWING))
    page.locator("#summary").fill("Typed while signed out.")
    page.locator("#draft [data-save-state]", has_text="You are signed out").wait_for()
    expect(page.get_by_role("link", name="Sign in in a new tab")).to_have_attribute("target", "_blank")
    writer.sign_in()
    saved(page)
    assert writer.review().summary == "Typed while signed out."


def test_words_kept_in_a_browser_are_never_shown_to_somebody_else(writer: Writer) -> None:
    page = writer.open()
    writer.context.set_offline(True)
    page.locator("#summary").fill("Cem's own words.")
    page.locator("#draft [data-save-state]", has_text="No network").wait_for()
    page.close()
    writer.context.set_offline(False)
    with writer.database.writing() as session:
        assignment = session.scalars(select(Review)).one().assignment_id
        group = {"reviewer_id": None, "reviewer_group_id": writer.world.groups["VAE"]}
        session.execute(update(Assignment).where(Assignment.id == assignment).values(group))
    writer.sign_in("derya")
    page = writer.open()
    page.wait_for_timeout(2500)
    expect(page.locator("#summary")).to_have_value("")
    assert writer.review().summary == ""


def test_words_typed_too_late_stay_in_the_browser_to_copy(writer: Writer, clock: "StandingClock") -> None:
    page = writer.open()
    clock.put(REVIEWS_DUE + timedelta(seconds=1))
    page.locator("#summary").fill("One thought too late.")
    page.locator("#draft [data-save-state]", has_text="Not saved").wait_for()
    page.close()
    page = writer.open()
    expect(page.locator("[data-begun-words] textarea")).to_have_value("One thought too late.")
    expect(page.get_by_role("link", name="Download everything I wrote")).to_be_visible()


def test_double_click_and_the_way_back_hand_in_once(writer: Writer) -> None:
    save(writer.database, writer.world, "cem", "DCGAN", answers=FORM)
    page = writer.open("/submit")
    page.get_by_role("button", name="Hand in edition 1").dblclick(no_wait_after=True)
    page.wait_for_url("**/receipts/1")
    page.go_back()
    page.get_by_role("button", name="Hand in edition 1").or_(
        page.get_by_text("Nothing changed since edition 1")
    ).wait_for()
    if page.get_by_role("button", name="Hand in edition 1").is_visible():
        page.get_by_role("button", name="Hand in edition 1").click()
        page.wait_for_url("**/receipts/1")
    assert writer.count(ReviewEdition) == 1


def test_form_that_was_closed_by_escape_has_its_words_when_it_is_opened_again(writer: Writer) -> None:
    page = writer.open()
    page.keyboard.press("c")
    page.locator("[data-finding-box] textarea[name=text]").fill("Not done yet.")
    page.keyboard.press("Escape")
    page.locator("[data-finding-box]").wait_for(state="detached")
    page.keyboard.press("c")
    expect(page.locator("[data-finding-box] textarea[name=text]")).to_have_value("Not done yet.")
