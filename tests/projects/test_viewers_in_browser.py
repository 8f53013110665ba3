"""Sounds, videos, PDF and tables in a real browser, with its scripts and without."""

import base64
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from reviewhub.accounts.signing_in import open_session
from reviewhub.config import ServerSettings
from tests.journeys.serving import listen, port_of, serving
from tests.projects.other_files import OTHER_FILES
from tests.projects.test_pages import AFTER, VERSION
from tests.projects.worlds import EARLY, SLUG, World, minutes
from tests.waiting import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

RED = 0.02
PLAYED = """async (player) => {
  const one = document.querySelector(player);
  if (one.readyState < 1) await new Promise(done => { one.onloadedmetadata = done; one.onerror = done; });
  const length = one.duration;
  one.currentTime = length - 0.5;
  await new Promise(done => { one.onseeked = done; one.onerror = done; });
  return [one.error && one.error.message, Math.round(length), Math.round(one.currentTime * 10) / 10];
}"""


@pytest.fixture
def served(
    sqlite_world: World, settings, make_app: Callable, clock, chromium: "Browser"
) -> Iterator[Callable[[bool], "BrowserContext"]]:
    """The pages of a frozen version with a file of every kind: `served(scripts)` is Ada's browser."""
    sqlite_world.shared.receive({f"AWGAN/{name}": body for name, body in OTHER_FILES.items()}, at=EARLY + minutes(1))
    sqlite_world.confirm(EARLY + minutes(2))
    sqlite_world.look_and_freeze(AFTER)
    clock.put(AFTER)
    sockets = [listen(), listen()]
    pages, contents = map(port_of, sockets)
    server = ServerSettings(base_url=f"http://127.0.0.1:{pages}", content_url=f"http://localhost:{contents}")
    opened = []

    def browser(scripts: bool) -> "BrowserContext":
        context = chromium.new_context(base_url=server.base_url, java_script_enabled=scripts)
        with sqlite_world.database.writing() as session:
            secret = open_session(
                session, user_id=sqlite_world.actor("ada").user_id or "", browser="test", old_secret=None, now=AFTER,
                settings=settings.sign_in,
            )  # fmt: skip
        context.add_cookies([{"name": "reviewhub", "value": secret, "url": server.base_url}])
        opened.append(context)
        return context

    with serving(make_app(settings=settings.model_copy(update={"server": server})), sockets):
        yield browser
        for context in opened:
            context.close()


def test_sounds_and_videos_play_and_can_be_wound_forward(served) -> None:
    page = served(True).new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)

    page.goto(f"/c/{SLUG}{VERSION}/files/voice.wav")
    assert page.evaluate(PLAYED, "audio") == [None, 540, 539.5]
    page.goto(f"/c/{SLUG}{VERSION}/files/clip.webm")
    assert page.evaluate(PLAYED, "video") == [None, 2, 1.5]
    assert faults == []


def test_pdf_is_drawn_by_the_browser_on_the_other_origin(served) -> None:
    page = served(True).new_page()
    answers: list[tuple[str, int]] = []
    page.on("response", lambda answer: answers.append((answer.url, answer.status)))
    page.goto(f"/c/{SLUG}{VERSION}/files/report.pdf")
    frame = page.locator("iframe")
    address = frame.get_attribute("src") or ""
    frame.scroll_into_view_if_needed()

    # The page's square is red: the browser's own viewer has drawn it.
    eventually(lambda: _red_share(frame.screenshot(), page) > RED, wanted=True)
    assert (address, 200) in answers
    assert address.startswith("http://localhost:")


def test_pdf_can_be_downloaded_where_the_browser_shows_none(served) -> None:
    page = served(False).new_page()
    page.goto(f"/c/{SLUG}{VERSION}/files/report.pdf")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download it").click()
    assert download.value.suggested_filename == "report.pdf"


def _red_share(shot: bytes, page: "Page") -> float:
    """The share of red points in a picture, counted by a page of its own that may run scripts."""
    assert page.context.browser is not None
    counter = page.context.browser.new_page()
    share = counter.evaluate(
        """async (data) => {
          const image = new Image(); image.src = 'data:image/png;base64,' + data; await image.decode();
          const canvas = new OffscreenCanvas(image.width, image.height), pen = canvas.getContext('2d');
          pen.drawImage(image, 0, 0);
          const points = pen.getImageData(0, 0, image.width, image.height).data;
          let red = 0;
          for (let at = 0; at < points.length; at += 4) if (points[at] > 200 && points[at + 1] < 60) red += 1;
          return red * 4 / points.length;
        }""",
        base64.b64encode(shot).decode(),
    )
    counter.close()
    return float(share)


@pytest.mark.parametrize("width", [1440, 390])
def test_tables_and_pictures_stay_inside_the_page_and_need_no_script(served, width: int) -> None:
    page = served(False).new_page()
    page.set_viewport_size({"width": width, "height": 844})
    for name in (
        "results.csv",
        "wide.tsv",
        "figures/loss.png",
        "figures/loss.png?size=actual",
        "minified.json",
        "arrays.npz",
    ):
        page.goto(f"/c/{SLUG}{VERSION}/files/{name}")
        # The browser itself still answers where the page may run no scripts.
        assert (name, page.evaluate("document.documentElement.scrollWidth")) == (name, width)
    page.goto(f"/c/{SLUG}{VERSION}/files/results.csv")
    expect(page.locator("table.delimited tbody tr")).to_have_count(200)
    page.get_by_role("link", name="Source").click()
    expect(page.locator("#L3")).to_be_visible()
    page.get_by_role("link", name="Table").click()
    expect(page.locator("table.delimited")).to_be_visible()
    page.goto(f"/c/{SLUG}{VERSION}/files/figures/loss.png")
    page.get_by_role("link", name="At its own size").click()
    eventually(lambda: page.locator(".viewer-picture-actual img").evaluate("one => one.clientWidth"), 640)
