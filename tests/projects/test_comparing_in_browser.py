"""Comparing two versions in a real browser: folds, keys, pictures; and all of it without scripts too."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from reviewhub.accounts.signing_in import open_session
from reviewhub.config import Settings
from reviewhub.storage import Database
from tests.conftest import StandingClock
from tests.journeys.serving import listen, port_of, serving
from tests.projects.compared import freeze_both
from tests.projects.worlds import DUE_2, SLUG, World
from tests.waiting import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator

Open = Callable[..., "BrowserContext"]


@pytest.fixture
def browse(
    sqlite_world: World,
    sqlite_database: Database,
    settings: Settings,
    clock: StandingClock,
    make_app: Callable,
    chromium: "Browser",
) -> Iterator[Open]:
    """Open Ada's browser at the comparison; whatever it complains of fails the test."""
    world = freeze_both(sqlite_world)
    clock.put(DUE_2 + timedelta(days=2))
    sockets = [listen(), listen()]
    address = f"http://127.0.0.1:{port_of(sockets[0])}"
    with sqlite_database.writing() as session:
        user_id = world.actor("ada").user_id or ""
        secret = open_session(
            session, user_id=user_id, browser="test", old_secret=None, now=clock(), settings=settings.sign_in
        )
    complaints: list[str] = []
    opened: list[BrowserContext] = []

    def context(**options: object) -> "BrowserContext":
        one = chromium.new_context(
            **{
                "base_url": f"{address}/c/{SLUG}/projects/AWGAN/compare/",
                "viewport": {"width": 1440, "height": 900},
                "reduced_motion": "reduce",
            }
            | options
        )
        one.add_cookies([{"name": "reviewhub", "value": secret, "url": address}])
        one.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        one.on("weberror", lambda fault: complaints.append(str(fault.error)))
        opened.append(one)
        return one

    with serving(make_app(), sockets):
        yield context
        for one in opened:
            one.close()
    assert complaints == []


def left_of(one: "Locator") -> float:
    box = one.bounding_box()
    assert box is not None
    return box["x"]


def test_folds_open_in_place_and_keys_go_from_change_to_change(browse: Open) -> None:
    page = browse().new_page()
    page.goto("model.py")
    jumped_to = page.locator(":focus")
    page.keyboard.press("n")
    expect(jumped_to).to_contain_text("step_50 = 5000")
    page.keyboard.press("n")
    expect(jumped_to).to_contain_text("return step_100")
    page.keyboard.press("n")
    page.keyboard.press("p")
    expect(jumped_to).to_contain_text("step_50 = 5000")

    page.get_by_role("link", name="Show 20 more above").first.click()
    expect(page.locator("#new-L27")).to_be_visible()
    expect(page.locator("#new-L26")).to_have_count(0)
    page.locator("[data-fold='new-L1-L26']").click()
    expect(page.locator("#new-L1")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/model\.py$"))

    page.goto("about:blank")
    page.goto("model.py#new-L80")
    expect(page.locator("#new-L80")).to_be_in_viewport()

    page.goto("main.ipynb#new-cell-0")
    expect(page.get_by_role("heading", name="Attentive GAN")).to_be_visible()
    page.locator(".fold:has(#new-cell-9) .unfold").click()
    expect(page.get_by_text("Only timings, addresses and the like differ")).to_be_visible()
    page.get_by_role("link", name="Show output 1").click()
    expect(page.get_by_text("0x7f20aa")).to_be_visible()


def test_pictures_are_swiped_and_subtracted(browse: Open) -> None:
    page = browse().new_page()
    page.goto("main.ipynb")
    pictures = page.locator("[data-compare-pictures]")
    old, new = pictures.locator(".picture-old img"), pictures.locator(".picture-new img")
    new.scroll_into_view_if_needed()
    expect(new).to_be_in_viewport()
    eventually(lambda: left_of(old) < left_of(new), wanted=True)

    pictures.get_by_label("Swipe").check()
    eventually(lambda: old.bounding_box() == new.bounding_box(), wanted=True)
    swipe = pictures.get_by_role("slider", name="How much of the picture is the old one, in per cent")
    swipe.focus()
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    expect(pictures.locator(".picture-new")).to_have_css("clip-path", "inset(0px 0px 0px 1%)")

    pictures.get_by_label("Difference").check()
    expect(pictures.locator(".picture-new")).to_have_css("mix-blend-mode", "difference")
    expect(swipe).to_be_hidden()
    pictures.get_by_label("Side by side").check()
    eventually(lambda: left_of(old) < left_of(new), wanted=True)


def test_list_is_filtered_while_one_types(browse: Open) -> None:
    page = browse().new_page()
    page.goto("./")
    page.get_by_role("searchbox").fill("losses")
    expect(page.locator(".compared-table .file-link")).to_have_text(["losses.py"])


def test_phone_shows_each_unchanged_line_once_and_nothing_wider_than_itself(browse: Open) -> None:
    page = browse(viewport={"width": 390, "height": 800}).new_page()
    for name in ("./", "model.py", "main.ipynb", "model.py?view=unified"):
        page.goto(name)
        eventually(lambda: page.evaluate("document.documentElement.scrollWidth") <= 390, wanted=True)
    page.goto("model.py")
    expect(page.locator("#old-L49")).to_be_hidden()
    expect(page.locator("#new-L49")).to_be_visible()
    expect(page.locator("#old-L50")).to_be_visible()


def test_without_scripts_everything_is_reached_by_links(browse: Open) -> None:
    page = browse(java_script_enabled=False).new_page()
    page.goto("./")
    page.get_by_role("searchbox").fill("model")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator(".compared-table .file-link")).to_have_text(["model.py"])
    page.get_by_role("link", name="model.py").click()
    page.get_by_role("link", name="Show 20 more above").first.click()
    expect(page.locator("#new-L27")).to_be_visible()
    page.get_by_role("link", name="Unified").click()
    expect(page.locator(".diff-unified")).to_be_visible()
    page.goto("main.ipynb")
    page.get_by_role("link", name="Show 2 cells unchanged").click()
    expect(page.locator("#new-cell-5-L1")).to_be_visible()
    expect(page.get_by_label("Swipe")).to_be_hidden()
    expect(page.locator(".picture-new img")).to_be_attached()
