"""A whole project graded by keyboard alone, in a real browser; and what two tabs, a lost network and no scripts do to it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from reviewhub.accounts.signing_in import open_session
from reviewhub.config import Settings
from reviewhub.courses.facts import find_course
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.readiness import blockers
from reviewhub.grades.tables import FindingDecision, Match, Mistake
from reviewhub.storage import Database
from tests.journeys.serving import listen, port_of, serving
from tests.reviews.acts import file, save, submit
from tests.reviews.worlds import MODEL, VERSION_2, World, assign, build_world, freeze
from tests.waiting import eventually, settle

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

GRADING = VERSION_2 + timedelta(days=3)
SAID = {
    "cem": (
        "The generator has one layer, the paper has five.",
        "The output of the generator is not scaled to the data.",
        "No seed is set anywhere.",
        "The weights are not initialised as in section 4.",
        "The latent size is not the paper's.",
        "The README names no licence.",
        "The loss curve has no axis labels.",
    ),
    "derya": (
        "One layer only in the generator, where the paper has five.",
        "Outputs of the generator and data are scaled differently.",
        "The batch size is missing in the notebook.",
        "Batch normalisation is left out without a word.",
        "The learning rate differs from the paper by a factor of fifty.",
        "There is no table that compares with the paper.",
        "The data script downloads nothing.",
    ),
}
OWN = (
    ("No evaluation at all", "critical", "1", ""),
    ("Goals are not measurable", "minor", "1", "2,5"),
    ("Discriminator is never trained", "major", "1", ""),
    ("Padding differs from the paper", "minor", "late", "1.5"),
    ("New cell does not run", "trivial", "2", ""),
)
FINDINGS = 14


class TickingClock:
    """A clock that moves on by a second whenever it is asked."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        """The next second."""
        self.moment += timedelta(seconds=1)
        return self.moment


@pytest.fixture
def here(sqlite_database: Database, settings: Settings, tmp_path: Path) -> World:
    """DCGAN with fourteen findings of two reviewers, and its version 2."""
    world = build_world(sqlite_database, settings.mirrors, tmp_path / "shared")
    for name, texts in SAID.items():
        assign(sqlite_database, world, name, "DCGAN")
        for number, text in enumerate(texts, start=1):
            file(sqlite_database, world, name, "DCGAN", path="model.py", place=f"L{number}", text=text)
        save(sqlite_database, world, name, "DCGAN")
        submit(sqlite_database, world, name, "DCGAN")
    freeze(sqlite_database, world, tmp_path / "shared", 2, {"DCGAN/model.py": MODEL.replace("256", "512")})
    return world


@pytest.fixture
def opened(
    make_app: Callable[..., Any], sqlite_database: Database, settings: Settings, here: World, chromium: "Browser"
) -> Iterator[Callable[..., "Page"]]:
    """Opens the desk of DCGAN as one of the staff; whatever the browser complains of fails the test."""
    clock, complaints, contexts = TickingClock(GRADING), [], []
    with ExitStack() as ends:
        app = make_app(clock=clock)
        sockets = [listen(), listen()]
        ends.enter_context(serving(app, sockets))
        address = f"http://127.0.0.1:{port_of(sockets[0])}"

        def go(name: str = "iris", *, scripts: bool = True, width: int = 1400, path: str = "") -> "Page":
            context: BrowserContext = chromium.new_context(
                viewport={"width": width, "height": 900}, java_script_enabled=scripts
            )
            contexts.append(context)
            with sqlite_database.writing() as session:
                secret = open_session(
                    session, user_id=here.users[name], browser="Test", old_secret=None, now=GRADING,
                    settings=settings.sign_in,
                )  # fmt: skip
            context.add_cookies([{"name": "reviewhub", "value": secret, "url": address}])
            page = context.new_page()
            page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
            page.on("pageerror", lambda fault: complaints.append(str(fault)))
            page.goto(f"{address}/c/dgm/grading/DCGAN{path}")
            return page

        yield go
        for context in contexts:
            context.close()
    was_offline = any("ERR_INTERNET_DISCONNECTED" in one for one in complaints)
    assert [one for one in complaints if not was_offline or not one.startswith(("htmx:", "Failed to load"))] == []


def said(page: "Page", words: str) -> "Locator":
    """Wait until the desk says so above what is in hand."""
    from playwright.sync_api import expect

    found = page.locator("#desk-said")
    expect(found).to_contain_text(words)
    settle(page)
    return found


def press(page: "Page", *keys: str) -> None:
    """Press the keys one after the other, as fast as a hand that knows them."""
    for key in keys:
        page.keyboard.press(key)


def count(database: Database, *where: Any) -> int:
    """How many rows there are."""
    with database.reading() as session:
        return session.scalar(select(func.count()).where(*where)) or 0


def decide(page: "Page", number: int) -> None:
    """Decide the finding in hand in one of the ways there are, and go on to the next."""
    verdict = str(number % 4 + 1)
    if number % 7 == 3:
        press(page, "r")
        page.keyboard.type("The README says why: section 3.2.")
        press(page, "Control+Enter")
        said(page, "Rejected.")
    elif number % 7 == 5:
        press(page, "m")
        chooser = page.locator("#chooser-filter")
        chooser.wait_for()
        page.keyboard.type("M1")
        press(page, "Shift+Enter" if number == 12 else "Enter")
        said(page, "Matched.")
    else:
        press(page, "p" if number % 7 == 1 else "a", verdict)
        said(page, "Verdict saved.")
    settle(page)
    press(page, "n")
    settle(page)


def record(page: "Page", title: str, severity: str, version: str, points: str) -> None:
    """Record a mistake of one's own and say what became of it, field by field with the Tab key."""
    from playwright.sync_api import expect

    settle(page)
    press(page, "o")
    expect(page.locator("#own-title")).to_be_focused()
    page.keyboard.type(title)
    expect(page.get_by_label("Title")).to_have_value(title)
    press(page, "Tab")
    page.keyboard.type(severity[:3])
    press(page, "Tab", "Tab")
    page.keyboard.type(points)
    press(page, "Tab", "Tab", "Tab", "Tab", "Tab")  # text, not detectable, file, place; then where it comes from
    for _ in range({"1": 0, "late": 1, "2": 2}[version]):
        press(page, "ArrowDown")
    press(page, "Control+Enter")
    said(page, "Mistake recorded.")
    if version != "2":
        press(page, "3")
        said(page, "Verdict saved.")


def mark(page: "Page") -> None:
    """Mark the review in hand."""
    press(page, "e")
    for number in ("80", "92,5", "70", "60"):
        page.keyboard.type(number)
        press(page, "Tab")
    press(page, "Shift+Tab", "Control+Enter")
    said(page, "Marks saved.")


def test_instructor_grades_14_findings_and_5_own_mistakes_by_keyboard_alone(
    opened: Callable[..., "Page"], sqlite_database: Database, here: World
) -> None:
    from playwright.sync_api import expect

    page = opened()
    for number in range(FINDINGS):
        decide(page, number)
    expect(page.locator("#desk-list section").first).not_to_contain_text("to decide")
    for title, severity, version, points in OWN:
        record(page, title, severity, version, points)
    press(page, "u")
    said(page, "Undone.")
    record(page, *OWN[-1])
    for name in ("Cem", "Derya"):
        press(page, "n")
        expect(page.locator("#hand h2")).to_contain_text(name)
        mark(page)

    expect(page.locator("#hand")).to_contain_text("Everything here is decided.")
    expect(page.locator("#desk-side")).to_contain_text("Nothing is missing here.")
    with sqlite_database.reading() as session:
        course = find_course(session, "dgm")
        waiting = blockers(gather_facts(session, course, GRADING), course.policy)
        own = session.execute(
            select(Mistake.title, Mistake.severity, Mistake.version_in, Mistake.points)
            .where(Mistake.found_by_instructor, Mistake.undone_at.is_(None))
            .order_by(Mistake.number)
        ).all()
    assert [one.what for one in waiting if one.key == "DCGAN"] == []
    assert count(sqlite_database, FindingDecision.undone_at.is_(None)) == FINDINGS
    assert [(title, severity, version, str(points or "")) for title, severity, version, points in own] == [
        (title, severity, 2 if version == "2" else 1, points.replace(",", "."))
        for title, severity, version, points in OWN
    ]
    press(page, "g", "q")
    page.wait_for_url("**/grading")


def test_keys_walk_the_list_and_the_list_can_be_narrowed(opened: Callable[..., "Page"]) -> None:
    from playwright.sync_api import expect

    page = opened()
    here = page.locator('[data-item][aria-current="true"]')
    items = [one.get_attribute("data-item") for one in page.locator("[data-item]").all()]
    press(page, "j", "ArrowDown", "k", "j")
    expect(here).to_have_attribute("data-item", items[2] or "")
    press(page, "a")
    said(page, "Accepted.")
    page.get_by_label("Show", exact=True).select_option("open")
    expect(page.locator(".desk-row:visible")).to_have_count(FINDINGS - 1 + 1 + 1 + len(SAID))  # and what is in hand
    press(page, "Escape", "?")
    expect(page.get_by_text("Undo your last decision")).to_be_visible()


def test_mistakes_are_merged_and_a_finding_is_split_by_keyboard(
    opened: Callable[..., "Page"], sqlite_database: Database
) -> None:
    from playwright.sync_api import expect

    page = opened()
    press(page, "s")
    first, second = page.locator('[name="part-1-title"]'), page.locator('[name="part-2-title"]')
    expect(first).to_be_focused()
    press(page, "Tab", "Tab", "Tab", "Tab")
    page.keyboard.type("And the other thing")
    expect(second).to_have_value("And the other thing")
    press(page, "Control+Enter")
    said(page, "Split.")
    expect(page.locator("#hand .mistake")).to_have_count(2)
    page.locator("[data-item]", has_text="And the other thing").focus()
    press(page, "Enter")
    expect(page.locator("#hand h2")).to_have_text("And the other thing")
    press(page, "m")
    page.locator("#chooser-filter").wait_for()
    press(page, "Enter")
    said(page, "Merged.")
    assert count(sqlite_database, Mistake.undone_at.is_(None)) == 1
    press(page, "u")
    said(page, "Undone.")
    eventually(lambda: count(sqlite_database, Match.undone_at.is_(None)), 2)


def test_second_tab_records_no_second_mistake_and_stale_clicks_are_told(
    opened: Callable[..., "Page"], sqlite_database: Database
) -> None:
    from playwright.sync_api import expect

    first, second, other = opened(path="?item=own"), opened(path="?item=own"), opened("ali")
    for page in (first, second):
        page.get_by_label("Title").fill("No seed")
        page.get_by_label("Title").press("Control+Enter")
        said(page, "Mistake recorded.")
    assert count(sqlite_database, Mistake.undone_at.is_(None)) == 1

    late = opened()
    press(other, "r")
    other.keyboard.type("It is right.")
    press(other, "Control+Enter")
    said(other, "Rejected.")
    press(late, "a")
    expect(late.get_by_role("alert")).to_contain_text("Somebody else decided this a moment ago")
    expect(late.get_by_role("alert")).to_contain_text("Rejected finding")


def test_lost_network_is_said_and_the_same_key_works_again(
    opened: Callable[..., "Page"], sqlite_database: Database
) -> None:
    page = opened()
    page.context.set_offline(True)
    press(page, "a")
    said(page, "Not saved: no network.")
    page.context.set_offline(False)
    press(page, "a")
    said(page, "Accepted.")
    assert count(sqlite_database, Mistake.undone_at.is_(None)) == 1


def test_both_versions_come_when_a_finding_is_looked_at(opened: Callable[..., "Page"]) -> None:
    from playwright.sync_api import expect

    page = opened()
    expect(page.locator("#hand .fix-place table.diff")).to_be_visible()


def test_everything_works_without_scripts_on_a_phone(opened: Callable[..., "Page"], sqlite_database: Database) -> None:
    from playwright.sync_api import expect

    page = opened(scripts=False, width=390)
    page.get_by_role("link", name="Show both versions").click()
    expect(page.locator("#hand .fix-place table.diff")).to_be_visible()
    page.get_by_role("button", name="Accept", exact=True).click()
    expect(page.locator("#hand .mistake")).to_have_count(1)
    page.get_by_role("button", name="Partly", exact=True).click()
    expect(page.get_by_role("button", name="Partly", exact=True)).to_have_attribute("aria-pressed", "true")
    page.get_by_role("link", name="Next to decide").click()
    page.locator("#hand summary", has_text="It is a mistake already there").click()
    page.get_by_role("link", name="Choose which one").click()
    page.get_by_role("button", name="fully").click()
    eventually(lambda: count(sqlite_database, Match.undone_at.is_(None)), 2)
    page.get_by_role("button", name="Take the decision back").click()
    eventually(lambda: count(sqlite_database, Match.undone_at.is_(None)), 1)
    expect(page.get_by_role("button", name="Accept", exact=True)).to_be_visible()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
