"""The page of a notebook: from the cache, unchanged, in a real browser; and notebooks too large for a page to make.

Pages are asked for in this process, signed in, through the whole program. The browser is Chromium on loopback.
"""

import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from threading import Event, Thread
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from playwright.sync_api import Browser, sync_playwright

from bench.course import NOW, SLUG, app_of, client_of, open_course, settings_in, sign_in
from bench.notebook_course import KEY, LARGE_BYTES, TOO_LARGE, large_notebook, make_notebook_repository
from bench.rows import Row
from reviewhub.accounts.rights import PROGRAM
from reviewhub.config import LogSettings, ServerSettings, Settings
from reviewhub.logs import set_up_logs
from reviewhub.notebooks.apart import prepare_apart
from reviewhub.notebooks.caching import renderer_version
from reviewhub.notebooks.orders import Ending, Order, Wanted
from reviewhub.projects.freezing import freeze_due
from reviewhub.projects.showing import render_cache
from reviewhub.storage import Database
from tests.conftest import CHROMIUM
from tests.journeys.serving import listen, port_of, serving

NOTEBOOKS = 12
ROUNDS = 5
LOADS = 30
FILES = f"/c/{SLUG}/projects/{KEY}/version-1/files"
_IMAGE = re.compile(r"<img [^>]*>")


def run(_corpus: Path | None) -> list[Row]:
    """Build the course, then measure."""
    set_up_logs(LogSettings(level="warning"))
    sockets = [listen(), listen()]
    pages, contents = map(port_of, sockets)
    server = ServerSettings(base_url=f"http://127.0.0.1:{pages}", content_url=f"http://localhost:{contents}")
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder), server)
        database = open_course(settings, make_notebook_repository(Path(folder), NOTEBOOKS), [KEY])
        with database.writing() as session:
            freeze_due(session, actor=PROGRAM, now=NOW, course=SLUG, mirrors=settings.mirrors)
        rows = _rows_of_pages(client_of(settings, database), settings)
        with serving(app_of(settings, database), sockets):
            rows += _rows_of_browser(settings, database)
        rows += _rows_of_large(settings)
        database.close()
    return rows


def _rows_of_pages(client: FlaskClient, settings: Settings) -> list[Row]:
    addresses = [f"{FILES}/generated-{number:02}.ipynb" for number in range(NOTEBOOKS)]
    sizes, tags = [], {}
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        sizes.append(len(_IMAGE.sub("", answer.text).encode()))
        tags[address] = answer.headers["ETag"]

    def forget() -> None:
        render_cache.cache_clear()

    again = [_seconds(client, address) for _ in range(ROUNDS) for address in addresses]
    stored = [_seconds(client, address, before=forget) for address in addresses]
    same = [_seconds(client, address, tag=tags[address]) for _ in range(ROUNDS) for address in addresses]
    too_large = [_seconds(client, f"{FILES}/{TOO_LARGE}") for _ in range(LOADS)]
    return [
        _pages("page of a notebook from the cache", again, limit=5),
        _pages("the same, from the object store", stored),
        _pages("the same, unchanged (304)", same),
        _pages(f"page of a notebook of {_size(client)} MB, not read", too_large, limit=50),
        Row(
            name=f"HTML of a page, median of {NOTEBOOKS} notebooks",
            ours=median(sizes) / 1024,
            unit="KB",
            ratio=f"at most 50 KB with the frame, most {max(sizes) / 1024:.0f} KB",
        ),
        Row(name="memory for what was rendered", ours=_remembered(settings), unit="MB"),
    ]


def _seconds(client: FlaskClient, address: str, *, tag: str = "", before: Callable[[], None] | None = None) -> float:
    if before is not None:
        before()
    headers = {"If-None-Match": tag} if tag else {}
    began = time.perf_counter()
    answer = client.get(address, headers=headers)
    seconds = time.perf_counter() - began
    assert answer.status_code == (304 if tag else 200), answer.status
    return seconds


def _size(client: FlaskClient) -> str:
    found = re.search(r"This notebook is ([\d.]+) MB", client.get(f"{FILES}/{TOO_LARGE}").text)
    assert found
    return found[1]


def _remembered(settings: Settings) -> float:
    return render_cache(settings.files.objects).memory_used / 1e6


def _pages(name: str, seconds: list[float], *, limit: int | None = None) -> Row:
    bound = f"at most {limit} ms, " if limit else ""
    return Row(name=name, ours=median(seconds) * 1000, unit="ms", ratio=f"{bound}95th percentile {_most(seconds):.1f}")


def _most(seconds: list[float]) -> float:
    return sorted(seconds)[int(0.95 * (len(seconds) - 1))] * 1000


def _rows_of_browser(settings: Settings, database: Database) -> list[Row]:
    base = settings.server.base_url
    with _chromium() as browser:
        context = browser.new_context()
        context.add_cookies([{"name": "reviewhub", "value": sign_in(settings, database), "url": base}])
        page = context.new_page()
        asked: set[str] = set()
        page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
        paints = []
        for number in range(LOADS):
            page.goto(f"{base}{FILES}/generated-{number % NOTEBOOKS:02}.ipynb", wait_until="load")
            paints.append(page.evaluate(_FIRST_PAINT) / 1000)
    others = asked - {urlsplit(base).netloc}
    return [
        _pages(f"first paint, {LOADS} loads in Chromium", paints, limit=100),
        Row(name="requests to other hosts", ours=len(others), unit="", ratio=" ".join(sorted(others))),
    ]


_FIRST_PAINT = """() => new Promise((done) => {
  const look = () => {
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    if (paint) done(paint.startTime); else requestAnimationFrame(look);
  };
  look();
})"""


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
        )


def _rows_of_large(settings: Settings) -> list[Row]:
    raw = large_notebook(LARGE_BYTES)
    order = Order(
        wanted=Wanted.PAGE,
        blob_id="large",
        objects=settings.files.objects,
        renderer=renderer_version(),
        size=len(raw),
        memory_megabytes=settings.notebooks.memory_megabytes,
        cell_seconds=settings.notebooks.cell_seconds,
        wall_seconds=settings.notebooks.wall_seconds,
    )
    with _watching_children() as peak:
        began = time.perf_counter()
        report = prepare_apart(order, [raw], on_progress=lambda *_: None)
        seconds = time.perf_counter() - began
    assert report.ending is Ending.KEPT, report
    name = f"notebook of {len(raw) / (1 << 20):.0f} MB in the worker's child"
    return [
        Row(name=name, ours=seconds, unit="s", ratio="at most 1.5 s, with starting the child"),
        Row(name="the same, peak memory", ours=peak[0], unit="MB", ratio="at most 300 MB, all its programs together"),
    ]


@contextmanager
def _watching_children() -> Iterator[list[float]]:
    """The most memory (MB) that the programs started inside the block held together, looked at every 10 ms."""
    peak = [0.0]
    ended = Event()

    def watch() -> None:
        while not ended.wait(0.01):
            started = set(_below(os.getpid())) - before
            peak[0] = max(peak[0], sum(map(_resident, started)))

    before = set(_below(os.getpid()))
    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _below(process_id: int) -> list[int]:
    """Every program that this one started, and those that they started."""
    found: list[int] = []
    for task in Path(f"/proc/{process_id}/task").glob("*/children"):
        try:
            children = [int(one) for one in task.read_text(encoding="ascii").split()]
        except OSError:
            continue
        for child in children:
            found += [child, *_below(child)]
    return found


def _resident(process_id: int) -> float:
    """Megabytes of one program; a page that several share counts for each with its part."""
    try:
        text = Path(f"/proc/{process_id}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0.0
    found = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(found[1]) * 1024 / 1e6 if found else 0.0
