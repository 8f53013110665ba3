"""Reading a notebook and a code file in a real browser: every place can be found, pointed at, folded and walked to."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from reviewhub.accounts.signing_in import open_session
from reviewhub.app import create_app
from reviewhub.config import DatabaseSettings, FilesSettings, GitSettings, ServerSettings, Settings
from reviewhub.storage import Database
from tests.conftest import StandingClock
from tests.github.pushing import SharedRepository
from tests.journeys.serving import listen, port_of, serving
from tests.notebooks.builders import as_base64, code, display, error, markdown, notebook, pandas_table, png, stream
from tests.projects.worlds import DUE_1, EARLY, FILES, SLUG, World
from tests.waiting import eventually, follow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

PLOT = "<div id='p'></div><script>document.getElementById('p').textContent = 'the plot runs';</script>"
LONG_TEXT = "Words.\n\n" * 40
CELLS = [
    markdown("# Attentive GAN\nWe re-implement it.", cell_id="title"),
    markdown(f"## Model\n### Generator\n{LONG_TEXT}\n### Critic\nShort.", cell_id="model"),
    code("import torch\nlatent_size = 64\nz = torch.rand(latent_size)\nz.mean()\nz.std()", count=3, cell_id="latent"),
    code("early = True", count=2, cell_id="early"),
    code("train()", stream("".join(f"epoch {number}: loss\n" for number in range(1204))), count=4, cell_id="train"),
    code("1 / 0", error("ZeroDivisionError", "no", ["Traceback", "ZeroDivisionError: no"]), count=5, cell_id="error"),
    markdown("## Results\nA table and a figure.", cell_id="results"),
    code("table", display({"text/html": pandas_table(40)}), count=6, cell_id="table"),
    code("show()", display({"image/png": as_base64(png(900, 600, 90))}), count=7, cell_id="figure"),
    code("plot()", display({"text/html": PLOT}), count=8, cell_id="plot"),
    code("# never\nlast_words = 'latent_size'", count=None, cell_id="last"),
]
SOURCE = (
    "import os\n\nclass Model:\n    def one(\n        self,\n    ):\n        return 1\n\n    def two(self):\n        x = 2\n"
    "        return x\n\nmodel = Model()  # " + "a long line " * 40 + "\n"
) + "".join(f"line_{number} = {number}\n" for number in range(14, 200))
PUSHED: dict[str, str | bytes | None] = {
    **FILES,
    "AWGAN/long.ipynb": notebook(CELLS),
    "AWGAN/empty.ipynb": notebook([]),
    "AWGAN/trainer.py": SOURCE,
}


@dataclass(frozen=True, kw_only=True)
class Site:
    """The program on loopback: where the files of version 1 are, and the session of somebody who may read them."""

    home: str
    files: str
    secret: str


@pytest.fixture(scope="module")
def site(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Version 1 with the files above, for Ada of its group; nothing here changes it, so all tests share it."""
    folder = tmp_path_factory.mktemp("reading")
    sockets = [listen(), listen()]
    pages, contents = map(port_of, sockets)
    settings = Settings(
        server=ServerSettings(base_url=f"http://127.0.0.1:{pages}", content_url=f"http://localhost:{contents}"),
        database=DatabaseSettings(
            url=f"sqlite:///{folder}/reviewhub.sqlite", work_url=f"sqlite:///{folder}/work.sqlite"
        ),
        files=FilesSettings(data=folder, objects=str(folder / "objects")),
        git=GitSettings(local_paths=True),
    )
    shutil.copy(sqlite_template, folder / "reviewhub.sqlite")
    database = Database(settings.database.url)
    shared = SharedRepository(folder)
    shared.receive(PUSHED, at=EARLY)
    world = World(database=database, settings=settings, shared=shared).build()
    world.confirm()
    clock = StandingClock(moment=DUE_1 + timedelta(days=2))
    world.look_and_freeze(clock())
    user_id = world.actor("ada").user_id or ""
    with database.writing() as session:
        secret = open_session(
            session, user_id=user_id, browser="test", old_secret=None, now=clock(), settings=settings.sign_in
        )
    with serving(create_app(settings, database=database, clock=clock), sockets):
        home = settings.server.base_url
        yield Site(home=home, files=f"{home}/c/{SLUG}/projects/AWGAN/version-1/files/", secret=secret)
    database.close()


@pytest.fixture
def reader(site: Site, chromium: "Browser") -> Iterator["BrowserContext"]:
    """Ada's browser; whatever it complains of fails the test."""
    context = chromium.new_context(
        base_url=site.files, viewport={"width": 1440, "height": 900}, reduced_motion="reduce"
    )
    context.add_cookies([{"name": "reviewhub", "value": site.secret, "url": site.home}])
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.home)
    complaints: list[str] = []
    context.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    context.on("weberror", lambda fault: complaints.append(str(fault.error)))
    yield context
    context.close()
    assert complaints == []


@pytest.fixture
def book(reader: "BrowserContext") -> "Page":
    """The notebook, open."""
    page = reader.new_page()
    page.goto("long.ipynb")
    return page


@pytest.fixture
def source(reader: "BrowserContext") -> "Page":
    """The code file, open."""
    page = reader.new_page()
    page.goto("trainer.py")
    return page


def wait_until_in_sight(page: "Page", selector: str) -> None:
    """Wait until the top of the element stands in the window, below the bar."""
    page.wait_for_function(
        "selector => { const at = document.querySelector(selector).getBoundingClientRect();"
        " const bar = document.querySelector('[data-reading-bar]').getBoundingClientRect();"
        " return at.height > 0 && at.top >= bar.bottom - 2 && at.top < innerHeight; }",
        arg=selector,
    )


def copied(page: "Page") -> str:
    return str(page.evaluate("navigator.clipboard.readText()")).partition("/files/")[2]


def top_of(one: "Locator") -> float:
    return float(one.evaluate("one => one.getBoundingClientRect().top"))


def height_of(one: "Locator") -> float:
    return float(one.evaluate("one => one.getBoundingClientRect().height"))


def wraps(page: "Page") -> bool:
    return bool(page.locator(".source").first.evaluate("one => one.scrollWidth <= one.clientWidth"))


def press_number(page: "Page", line: str, *, shift: bool = False) -> None:
    page.locator(f"#{line}").click(position={"x": 20, "y": 8}, modifiers=["Shift"] if shift else [])


def test_outline_leads_to_headings_and_marks_the_section_in_sight(book: "Page") -> None:
    outline = book.get_by_role("navigation", name="Outline")
    expect(outline.get_by_role("link")).to_have_text(["Attentive GAN", "Model", "Generator", "Critic", "Results"])
    outline.get_by_role("link", name="Critic").click()
    expect(outline.locator("[aria-current]")).to_have_text("Critic")
    wait_until_in_sight(book, "#cell-1 h4:last-of-type")
    outline.get_by_role("link", name="Results").click()
    expect(outline.locator("[aria-current]")).to_have_text("Results")
    book.keyboard.press("Control+Home")
    expect(outline.locator("[aria-current]")).to_have_text("Attentive GAN")


def test_outline_is_a_box_of_its_own_on_a_phone(book: "Page") -> None:
    book.set_viewport_size({"width": 390, "height": 844})
    outline = book.get_by_role("navigation", name="Outline")
    expect(outline).to_be_hidden()
    book.get_by_role("button", name="Outline").click()
    outline.get_by_role("link", name="Results").click()
    expect(outline).to_be_hidden()
    wait_until_in_sight(book, "#cell-6 h3")
    eventually(lambda: book.evaluate("document.documentElement.scrollWidth <= innerWidth"), wanted=True)


def test_views_fold_code_and_leave_outputs_and_a_cell_opens_by_its_button(book: "Page") -> None:
    second_line, text = book.locator("#cell-2-L2"), book.get_by_text("We re-implement it.")
    book.get_by_role("link", name="Code folded").click()
    expect(second_line).to_be_hidden()
    expect(book.locator("#cell-2-L1")).to_be_visible()
    expect(text).to_be_visible()
    expect(book).to_have_url(re.compile("show=folded"))
    book.get_by_role("button", name="Code cell 3, run as number 3: all of it").click()
    expect(second_line).to_be_visible()
    book.get_by_role("link", name="Outputs only").click()
    expect(text).to_be_hidden()
    expect(book.locator("#cell-2")).to_be_hidden()
    expect(book.get_by_role("heading", name="Results")).to_be_visible()
    expect(book.locator("#cell-5-output-0")).to_be_visible()
    book.get_by_role("link", name="Everything").click()
    expect(second_line).to_be_visible()
    expect(book).not_to_have_url(re.compile("show="))


def test_views_are_addresses_that_work_without_scripts(reader: "BrowserContext") -> None:
    assert reader.browser is not None
    plain = reader.browser.new_context(java_script_enabled=False, storage_state=reader.storage_state())
    page = plain.new_page()
    first = reader.new_page()
    first.goto("long.ipynb")
    page.goto(first.url)
    expect(page.get_by_role("searchbox")).to_be_hidden()
    page.get_by_role("link", name="Code folded").click()
    expect(page.locator("#cell-2-L2")).to_be_hidden()
    page.get_by_role("link", name="Code cell 3, run as number 3").click()
    expect(page.locator("#cell-2-L2")).to_be_visible()
    page.get_by_role("link", name="Outputs only").click()
    expect(page.locator("#cell-4-output-0")).to_be_visible()
    expect(page.locator("#cell-4-L1")).to_be_hidden()
    page.goto(first.url.replace("long.ipynb", "trainer.py"))
    assert not wraps(page)
    follow(page.get_by_role("link", name="Wrapped"))
    eventually(lambda: wraps(page), wanted=True)
    plain.close()


def test_a_cell_folds_to_its_first_line(book: "Page") -> None:
    fold = book.get_by_role("button", name="Code cell 5, run as number 4: all of it")
    expect(fold).to_have_attribute("aria-expanded", "true")
    fold.focus()
    book.keyboard.press("Enter")
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(book.locator("#cell-4-output-0")).to_be_hidden()
    expect(book.locator("#cell-4-L1")).to_be_visible()


def test_find_counts_walks_and_opens_what_is_folded(book: "Page") -> None:
    book.get_by_role("link", name="Code folded").click()
    book.keyboard.press("/")
    book.keyboard.type("LATENT_SIZE")
    found = book.locator(".find-count")
    expect(found).to_have_text("3 found")
    book.keyboard.press("Enter")
    expect(found).to_have_text("1 of 3")
    expect(book.locator("#cell-2-L2")).to_be_visible()
    wait_until_in_sight(book, "#cell-2-L2")
    book.keyboard.press("Shift+Enter")
    expect(found).to_have_text("3 of 3")
    wait_until_in_sight(book, "#cell-10-L2")
    eventually(lambda: book.evaluate("CSS.highlights.get('found').size"), 3)
    eventually(
        lambda: book.evaluate("[...CSS.highlights.get('found-here')].map(one => one.toString())"), ["latent_size"]
    )
    book.keyboard.press("Escape")
    expect(book).to_have_url(re.compile("#cell-10-L2$"))
    expect(book.locator("#cell-10-L2")).to_have_class("selected")
    eventually(lambda: book.evaluate("CSS.highlights.get('found').size"), 0)


def test_find_reaches_into_text_and_long_outputs(book: "Page") -> None:
    box = book.get_by_role("searchbox", name="Find in this file")
    box.fill("epoch 1000:")
    expect(book.locator(".find-count")).to_have_text("1 of 1")
    book.wait_for_function(
        "() => { const at = [...CSS.highlights.get('found-here')][0].getBoundingClientRect().top;"
        " return 0 < at && at < innerHeight; }"
    )
    box.fill("re-implement")
    expect(book.locator(".find-count")).to_have_text("1 of 1")
    box.fill("nowhere to be seen")
    expect(book.locator(".find-count")).to_have_text("No match")
    expect(book.get_by_role("button", name="Next match")).to_be_disabled()


def test_find_marks_words_where_the_browser_has_no_highlights(reader: "BrowserContext") -> None:
    page = reader.new_page()
    page.add_init_script("delete CSS.highlights; Object.defineProperty(CSS, 'highlights', { value: undefined });")
    page.goto("long.ipynb")
    before = page.locator("#cell-2 .source").text_content()
    page.get_by_role("searchbox").fill("torch.rand(latent_size)")
    expect(page.locator(".find-count")).to_have_text("1 of 1")
    eventually(lambda: "".join(page.locator("mark.found-here").all_inner_texts()), "torch.rand(latent_size)")
    page.get_by_role("searchbox").fill("")
    expect(page.locator("mark")).to_have_count(0)
    eventually(lambda: page.locator("#cell-2 .source").text_content(), before)


@pytest.mark.parametrize(
    ("place", "lines", "seen"),
    [
        ("cell-10", [], "#cell-10"),
        ("cell-id-last", [], "#cell-10"),
        ("cell-10-L2", ["cell-10-L2"], "#cell-10-L2"),
        ("cell-2-L2-L4", ["cell-2-L2", "cell-2-L3", "cell-2-L4"], "#cell-2-L2"),
        ("cell-id-latent-L3", ["cell-2-L3"], "#cell-2-L3"),
        ("cell-7-output-0", [], "#cell-7-output-0"),
    ],
)
def test_addresses_lead_to_places_folded_or_not(
    reader: "BrowserContext", place: str, lines: list[str], seen: str
) -> None:
    page = reader.new_page()
    for view in ("", "?show=folded", "?show=outputs"):
        page.goto("about:blank")
        page.goto(f"long.ipynb{view}#{place}")
        expect(page.locator(seen)).to_be_visible()
        page.wait_for_function("selector => document.querySelector(selector).matches('.selected')", arg=seen)
        wait_until_in_sight(page, seen)
        eventually(lambda: page.locator("code.selected").evaluate_all("all => all.map(one => one.id)"), lines)


def test_address_of_a_cell_that_is_gone_says_so(book: "Page") -> None:
    book.goto("long.ipynb#cell-id-gone")
    expect(book.get_by_role("status").filter(has_text="not in this version")).to_be_visible()
    book.goto("long.ipynb#cell-id-title")
    expect(book.locator(".no-such-place")).to_have_count(0)


def test_line_numbers_make_addresses_and_their_link_is_copied(source: "Page") -> None:
    press_number(source, "L5")
    press_number(source, "L9", shift=True)
    expect(source).to_have_url(re.compile("#L5-L9$"))
    expect(source.locator("code.selected")).to_have_count(5)
    source.get_by_role("button", name="Copy the link to this place").click()
    expect(source.get_by_text("Copied", exact=True)).to_be_visible()
    eventually(lambda: copied(source), "trainer.py#L5-L9")
    press_number(source, "L7", shift=True)
    expect(source).to_have_url(re.compile("#L5-L7$"))


def test_links_of_cells_and_outputs_are_copied_by_mouse_and_by_keyboard(book: "Page") -> None:
    book.get_by_role("link", name="Code folded").click()
    book.locator("#cell-5-output-0").hover()
    book.get_by_role("button", name="Copy the link to this place").click()
    expect(book.get_by_text("Copied", exact=True)).to_be_visible()
    eventually(lambda: copied(book), "long.ipynb#cell-5-output-0")
    book.keyboard.press("j")
    expect(book.locator(":focus")).to_have_attribute("aria-label", "Text cell 7")
    book.keyboard.press("Tab")
    book.keyboard.press("Tab")
    book.keyboard.press("Enter")
    expect(book.locator(":focus")).to_have_text("Copied")
    eventually(lambda: copied(book), "long.ipynb#cell-id-results")


def test_keys_walk_the_cells_and_are_listed(book: "Page") -> None:
    for _ in range(3):
        book.keyboard.press("j")
    book.keyboard.press("k")
    expect(book.locator(":focus")).to_have_attribute("aria-label", "Text cell 2")
    book.keyboard.press("?")
    expect(book.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Next, previous cell")


def test_notices_lead_to_errors_and_to_cells_run_out_of_order(book: "Page") -> None:
    notices = book.locator(".notebook-notices")
    expect(notices).to_contain_text("1 cell ended in an error: cell 6.")
    notices.get_by_role("link", name="cell 6").click()
    expect(book).to_have_url(re.compile("#cell-5-output-0$"))
    wait_until_in_sight(book, "#cell-5-output-0")
    expect(book.locator("#cell-3")).to_contain_text("Run before a cell above it")
    expect(book.locator("#cell-10")).to_contain_text("Not run")
    expect(book.locator(".run-mark")).to_have_count(2)


def test_long_outputs_are_cut_and_shown_whole(book: "Page") -> None:
    output = book.locator("#cell-4-output-0")
    output.scroll_into_view_if_needed()
    button = output.get_by_role("button", name="Show all of it (1,204 lines)")
    button.click()
    eventually(lambda: height_of(output) > 10_000, wanted=True)
    output.get_by_role("button", name="Show less").click()
    eventually(lambda: height_of(output) < 600, wanted=True)
    book.locator("#cell-7-output-0").scroll_into_view_if_needed()
    expect(book.get_by_role("button", name="Show all of it (41 rows)")).to_be_visible()


def test_picture_opens_large_and_gives_the_focus_back(book: "Page") -> None:
    picture = book.locator("#cell-8 img")
    picture.scroll_into_view_if_needed()
    picture.focus()
    book.keyboard.press("Enter")
    expect(book.locator("dialog.enlarged img")).to_be_visible()
    book.keyboard.press("Escape")
    expect(book.locator("dialog.enlarged")).to_have_count(0)
    expect(picture).to_be_focused()


def test_interactive_output_runs_on_a_click_grows_and_stops(book: "Page") -> None:
    output = book.locator("#cell-9-output-0")
    output.get_by_role("button", name="Run in a sandbox").click()
    frame = output.locator("iframe")
    expect(frame.content_frame.get_by_text("the plot runs")).to_be_visible()
    expect(frame).to_have_css("height", "480px")
    output.get_by_role("button", name="Larger").click()
    expect(frame).to_have_css("height", "765px")
    output.get_by_role("button", name="Stop").click()
    expect(frame).to_have_count(0)
    expect(output.get_by_role("button", name="Run in a sandbox")).to_be_focused()


def test_blocks_of_code_fold_and_open_for_an_address(source: "Page") -> None:
    fold = source.get_by_role("button", name="Lines 4 to 11")
    fold.click()
    expect(fold).to_have_attribute("aria-expanded", "false")
    expect(source.locator("#L4")).to_be_hidden()
    expect(source.locator("#L13")).to_be_visible()
    source.evaluate("location.hash = 'L7'")
    expect(source.locator("#L7")).to_be_visible()
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(source.get_by_role("button", name="Lines 5 to 7")).to_be_attached()


def test_code_page_wraps_stays_named_and_copies_the_file(source: "Page") -> None:
    assert not wraps(source)
    source.get_by_role("link", name="Wrapped").click()
    eventually(lambda: wraps(source), wanted=True)
    expect(source).to_have_url(re.compile(r"\?wrap=on$"))
    source.evaluate("scrollTo(0, 2000)")
    eventually(lambda: top_of(source.locator(".reading-name")) < 60, wanted=True)
    expect(source.locator(".reading-name")).to_have_text("trainer.py 199 lines, 3.2 KB")
    source.get_by_role("button", name="Copy the file").click()
    expect(source.get_by_role("button", name="Copied")).to_be_visible()
    eventually(lambda: source.evaluate("navigator.clipboard.readText()"), SOURCE)


def test_empty_notebook_says_so(book: "Page") -> None:
    book.goto("empty.ipynb")
    expect(book.get_by_text("This notebook has no cells.")).to_be_visible()
