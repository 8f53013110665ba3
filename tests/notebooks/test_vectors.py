"""Hundreds of attacks through every field, on the real pages in a real browser: each of the two layers is enough alone."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from sqlalchemy import update

from reviewhub.config import ServerSettings, Settings
from reviewhub.notebooks import sanitizing
from reviewhub.projects.addresses import address_of
from reviewhub.projects.tables import Snapshot
from reviewhub.storage import Database
from tests.conftest import StandingClock
from tests.journeys.serving import listen, port_of, serving
from tests.notebooks.canary import Canary, canary_listening
from tests.notebooks.hostile_files import every_vector, hostile_books, hostile_texts, unsanitized_books
from tests.notebooks.vectors import armed
from tests.reviews import acts
from tests.reviews.visits import visitor
from tests.reviews.worlds import REVIEWING, assign, build_world, freeze

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

# Stops what a reader may ask for by a click (links to other sites, forms of our own), and clicks everything.
SWEEP = """() => {
  const outside = ['http:', 'https:', 'mailto:'];
  document.addEventListener('click', event => {
    const link = event.composedPath().find(one => one.localName === 'a' && one.href);
    if (link && outside.includes(link.protocol)) event.preventDefault();
  }, true);
  document.addEventListener('submit', event => {
    const to = event.submitter?.getAttribute('formaction') || event.target.getAttribute('action') || '';
    if (!to.startsWith('javascript:')) event.preventDefault();
  }, true);
  // What an author calls `getElementById` must not stand in the way of the test.
  for (const one of Document.prototype.querySelectorAll.call(document, 'body *')) {
    const wants = [...Element.prototype.getAttributeNames.call(one)].filter(name => name.startsWith('on'));
    for (const name of wants) one.dispatchEvent(new Event(name.slice(2), { bubbles: true }));
    const isClicked = one.matches?.('a, button, summary, input, area, [onclick], [tabindex]') || wants.length;
    if (!isClicked || !one.isConnected || one.closest('header, nav, [data-run-output]')) continue;
    one.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  }
}"""
# Every vector is told of once: a handler may run thousands of times.
TELL = """(() => {
  const told = new Set(), tell = globalThis.tell;
  globalThis.ran = number => { if (!told.has(number)) { told.add(number); tell(number); } };
})()"""
JUDGE = """() => {
  const roots = '.cell-body, .rendered, .code-file, .output';
  const ours = ['data-line', 'data-marks', 'data-run-output', 'data-output'];
  const faults = [];
  for (const one of document.querySelectorAll('*')) {
    for (const { name } of one.attributes) if (/^on/i.test(name)) faults.push(`${one.localName} ${name}`);
  }
  for (const one of document.querySelectorAll('base, meta[http-equiv], iframe, object, embed')) faults.push(one.localName);
  for (const root of document.querySelectorAll(roots)) {
    for (const one of root.querySelectorAll('*')) {
      if (one.closest('.katex, .marks')) continue;
      if (one.matches('form, input, link, script, style, svg, math')) faults.push(one.localName);
      for (const { name } of one.attributes)
        if (/^(style|name|hx-(?!disable$)|data-hx-|srcset|ping|target|form)/.test(name)) faults.push(`${one.localName} ${name}`);
    }
  }
  for (const link of document.querySelectorAll('a[href], area[href]')) {
    if (!['http:', 'https:', 'mailto:'].includes(link.protocol)) faults.push(link.href);
    else if (link.origin !== location.origin && link.protocol !== 'mailto:' && link.closest(roots)
      && link.rel !== 'noopener noreferrer nofollow') faults.push(`${link.href} rel=${link.rel}`);
  }
  const ids = [...document.querySelectorAll('[id]')].filter(e => !e.closest('.katex')).map(e => e.id);
  for (const id of ids.filter((id, at) => ids.indexOf(id) !== at)) faults.push(`id ${id} twice`);
  return faults;
}"""


# What the vectors with htmx's attributes ask for: a request of the reader's own, which no policy refuses.
ASKED_BY_HTMX = "/asked-by-htmx"


@dataclass
class Seen:
    """What happened while hostile pages were open."""

    ran: set[int] = field(default_factory=set)
    requests: set[str] = field(default_factory=set)
    led_to: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    popups: int = 0
    failures: list[str] = field(default_factory=list)


class WithoutPolicy:
    """The pages without their second layer."""

    def __init__(self, pages: WSGIApplication, host: str) -> None:
        """Take the policy from what is answered for `host`, not from what the second origin answers."""
        self._pages, self._host = pages, host

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> object:
        def start(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            kept = [(name, value) for name, value in headers if name.lower() != "content-security-policy"]
            return start_response(status, kept if environ["HTTP_HOST"] == self._host else headers, *rest)

        return self._pages(environ, start)


@dataclass(frozen=True, kw_only=True)
class Course:
    """A served course whose version 1 of DCGAN holds the hostile files, and who reads it."""

    address: str
    cookie: str
    desk: str


Serve = Callable[..., AbstractContextManager[Course]]


@pytest.fixture
def canary() -> Iterator[Canary]:
    with canary_listening() as listening:
        yield listening


@pytest.fixture
def serve(
    make_app: Callable, sqlite_database: Database, settings: Settings, clock: StandingClock, tmp_path: Path
) -> Serve:
    """`with serve(files, has_policy=…, findings=[…]) as course`: the whole program on loopback."""

    @contextmanager
    def start(files: dict[str, bytes], *, has_policy: bool, findings: Sequence[str] = ()) -> Iterator[Course]:
        database = sqlite_database
        world = build_world(database, settings.mirrors, tmp_path / "shared")
        commit = freeze(
            database, world, tmp_path / "shared", 2, {f"DCGAN/{name}": body for name, body in files.items()}
        )
        with database.writing() as session:
            tree = world.objects.folder_tree(commit, "DCGAN")
            session.execute(
                update(Snapshot).where(Snapshot.id == world.snapshots["DCGAN", 1]).values(tree=tree, commit=commit)
            )
        assign(database, world, "cem", "DCGAN")
        clock.put(REVIEWING)
        for text in findings:
            acts.file(database, world, "cem", "DCGAN", text=text)
        sockets = [listen(), listen()]
        host = f"127.0.0.1:{port_of(sockets[0])}"
        content = f"http://localhost:{port_of(sockets[1])}"
        served = settings.model_copy(update={"server": ServerSettings(base_url=f"http://{host}", content_url=content)})
        app = make_app(settings=served)
        reader = visitor(app, database, world, "cem", now=REVIEWING, settings=served)
        if not has_policy:
            app.wsgi_app = WithoutPolicy(app.wsgi_app, host)
        with serving(app, sockets):
            yield Course(
                address=f"http://{host}",
                cookie=reader.client.get_cookie("reviewhub").value,
                desk=f"/c/dgm/reviews/{world.reviews['cem', 'DCGAN']}",
            )

    return start


@pytest.fixture
def sanitizer_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Content reaches the pages as it was written."""
    product = sanitizing.sanitize
    for name, module in list(sys.modules.items()):
        if name.startswith("reviewhub.") and getattr(module, "sanitize", None) is product:
            monkeypatch.setattr(module, "sanitize", lambda html, _images=(): html)


def file_pages(names: Sequence[str]) -> list[str]:
    return [f"/c/dgm/projects/DCGAN/version-1/files/{quote(address_of(name))}" for name in names]


def open_all(browser: "Browser", course: Course, paths: Sequence[str], *, judge: bool) -> Seen:
    """Open each page in a tab of its own, let everything on it be clicked, and tell what happened."""
    seen = Seen()
    context = browser.new_context(viewport={"width": 1200, "height": 4000})
    context.add_cookies([{"name": "reviewhub", "value": course.cookie, "url": course.address}])
    context.expose_binding("tell", lambda _source, number: seen.ran.add(number))
    context.add_init_script(TELL)
    context.on("request", lambda request: _note_request(request, course, seen))
    context.on("requestfailed", lambda request: _note_refusal(request, seen))
    context.on("dialog", lambda dialog: (seen.failures.append(dialog.message), dialog.dismiss()))
    for path in paths:
        page = context.new_page()
        _open(page, course.address + path, seen, judge=judge)
        seen.popups += len(context.pages) - 1
        for one in context.pages:
            one.close()
    context.close()
    return seen


def _note_request(request: "Request", course: Course, seen: Seen) -> None:
    url = request.url
    if request.is_navigation_request() and request.frame.parent_frame is None:
        seen.led_to.append(url)
    elif (
        not url.startswith((course.address + "/", "data:", "blob:", "about:")) or url == course.address + ASKED_BY_HTMX
    ):
        seen.requests.add(url)


def _note_refusal(request: "Request", seen: Seen) -> None:
    # What the policy refuses is told as a request that failed before it reached the network.
    if not (request.failure or "").startswith("net::"):
        seen.requests.discard(request.url)


def _open(page: "Page", url: str, seen: Seen, *, judge: bool) -> None:
    answer = page.goto(url, wait_until="domcontentloaded")
    if answer is None or answer.status != 200:
        seen.failures.append(f"{url}: {answer and answer.status}")
        return
    if judge:
        seen.faults += page.evaluate(JUDGE)
    with suppress(PlaywrightTimeoutError):
        # A frame of an author's may never be done.
        page.wait_for_load_state("load", timeout=1000)
    page.evaluate(SWEEP)
    _wait_until_quiet(page, seen)
    if page.url != url:
        seen.failures.append(f"{url} led to {page.url}")


def _wait_until_quiet(page: "Page", seen: Seen) -> None:
    before = None
    while before != (now := (len(seen.ran), len(seen.requests))):
        before = now
        page.wait_for_timeout(50)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("sanitizer_off")
def test_without_both_layers_most_vectors_fire(chromium: "Browser", serve: Serve, canary: Canary) -> None:
    books = unsanitized_books(canary.host)

    with serve(books, has_policy=False) as course:
        seen = open_all(chromium, course, file_pages(list(books)), judge=False)

    assert len(seen.ran) >= 150
    assert len(canary.loads) >= 40
    assert len(seen.ran | canary.loads | canary.led) >= 200


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.usefixtures("sanitizer_off")
def test_policy_alone_lets_nothing_run_or_load(chromium: "Browser", serve: Serve, canary: Canary) -> None:
    books = unsanitized_books(canary.host)

    with serve(books, has_policy=True) as course:
        seen = open_all(chromium, course, file_pages(list(books)), judge=False)

    assert (seen.ran, seen.requests, canary.loads, canary.referrers) == (set(), set(), set(), set())


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("has_policy", [False, True], ids=["sanitiser alone", "both layers"])
def test_sanitizer_lets_nothing_run_load_or_lead_away(
    chromium: "Browser", serve: Serve, canary: Canary, *, has_policy: bool
) -> None:
    books, texts = hostile_books(canary.host), hostile_texts(canary.host)
    vectors = [armed(vector, number, host=canary.host) for number, vector in enumerate(every_vector())]
    findings = [
        "\n\n".join(vectors[first : first + 60]).encode("utf-8", "replace").decode()
        for first in range(0, len(vectors), 60)
    ]
    shown = [name for name in [*books, *texts] if name.startswith(("hostile", "book"))]

    with serve(books | texts, has_policy=has_policy, findings=findings) as course:
        paths = [course.desk, "/c/dgm/projects/DCGAN/version-1/files/", *file_pages(shown)]
        seen = open_all(chromium, course, paths, judge=True)

    assert (seen.ran, seen.requests, seen.popups, seen.faults, seen.failures) == (set(), set(), 0, [], [])
    assert seen.led_to == [course.address + path for path in paths]
    assert (canary.loads, canary.led, canary.connections) == (set(), set(), 0)
