"""In a real browser: the sandbox lets nothing out of an interactive output that runs."""

import select
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import sleep
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from reviewhub.notebooks import ContentStore, content_response, sign_address
from reviewhub.notebooks.sandboxed import sandbox_page
from tests.waiting import eventually

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SECRET = b"a secret of the test"
CALL = """const servers = [
  { urls: "stun:PEER" },
  { urls: "turn:PEER?transport=tcp", username: "stolen", credential: "x" },
];
const calling = `const peer = new RTCPeerConnection({ iceServers: ${JSON.stringify(servers)} });
  peer.createDataChannel("x");
  peer.createOffer().then(offer => peer.setLocalDescription(offer));`;
"""
NESTED = """<title>it runs</title><body><script>CALL
const nested = document.createElement("iframe");
nested.srcdoc = `<script>${calling}</scr` + `ipt>`;
document.body.append(nested);
</script>"""
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
for (const rel of ["preconnect", "dns-prefetch", "prefetch"]) {
  const link = document.createElement("link");
  [link.rel, link.href] = [rel, "BASE/leak-link"];
  document.head.append(link);
}
const saved = document.createElement("a");
[saved.href, saved.download] = ["data:text/plain,x", "evil.txt"];
document.body.append(saved);
saved.click();
try { localStorage.x = 1; document.body.dataset.storage = "kept"; } catch { document.body.dataset.storage = "refused"; }
CALL
try { eval(calling); document.body.dataset.peer = "made"; } catch { document.body.dataset.peer = "refused"; }
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


@pytest.fixture
def peer() -> Iterator[tuple[int, list[str]]]:
    """A port, and who knocked there by either protocol."""
    knocks: list[str] = []
    tcp, udp = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    port = tcp.getsockname()[1]
    udp.bind(("127.0.0.1", port))

    def listen() -> None:
        while True:
            ready, _, _ = select.select([tcp, udp], [], [], 0.1)
            for one in ready:
                knocks.append("udp" if one is udp else "tcp")
                if one is udp:
                    udp.recv(2000)
                else:
                    tcp.accept()[0].close()
            if ended.is_set():
                return

    ended = Event()
    thread = Thread(target=listen)
    thread.start()
    yield port, knocks
    ended.set()
    thread.join()
    tcp.close()
    udp.close()


def show_running(site: Site, store: ContentStore, html: str) -> str:
    """Serve a page of the app with the running output in its frame; return its address."""
    app, content = f"http://127.0.0.1:{site.port}", f"http://localhost:{site.port}"
    now = datetime.now(UTC)
    sha = store.put(html.replace("BASE", app).encode(), "text/html; charset=utf-8").sha256
    signature = sign_address(sha, "u1", now + timedelta(minutes=5), SECRET)
    _, headers, body = content_response(f"/{sha}", signature, now, SECRET, store, app_origin=app)
    site.pages[f"/{sha}"] = (headers, b"".join(body))
    policy = f"default-src 'none'; frame-src {content}"
    frame = (
        f'<!doctype html><title>a secret title</title><iframe sandbox="allow-scripts" src="{content}/{sha}"></iframe>'
    )
    site.pages["/page"] = (
        [("Content-Type", "text/html"), ("Content-Security-Policy", policy), ("Set-Cookie", "a=secret")],
        frame.encode(),
    )
    return f"{app}/page"


def test_running_output_reaches_nothing(
    chromium: "Browser", site: Site, store: ContentStore, peer: tuple[int, list[str]]
) -> None:
    port, knocks = peer
    leaks = LEAKS.replace("CALL", CALL).replace("PEER", f"127.0.0.1:{port}")
    address = show_running(site, store, leaks.replace("BASE/leak-link", f"http://127.0.0.1:{port}"))
    page = chromium.new_page()
    downloads: list[str] = []
    page.on("download", lambda one: downloads.append(one.url))

    page.goto(address)
    inside = page.frames[1]
    inside.wait_for_selector("body[data-parent]", state="attached")
    seen = inside.evaluate("({title: document.title, ...document.body.dataset})")
    page.wait_for_timeout(2000)

    # The connection can be made, since the output here stands without what hides it: it reaches nobody all the same.
    refused = dict.fromkeys(("cookie", "parent", "storage"), "refused")
    assert seen == {"title": "it runs", "peer": "made", **refused}
    assert [path for path in site.asked if "leak" in path] == []
    assert (knocks, downloads) == ([], [])
    assert (page.url, len(page.context.pages)) == (address, 1)
    page.close()


def test_frame_within_a_running_output_reaches_nobody(
    chromium: "Browser", site: Site, store: ContentStore, peer: tuple[int, list[str]]
) -> None:
    port, knocks = peer
    address = show_running(site, store, NESTED.replace("CALL", CALL).replace("PEER", f"127.0.0.1:{port}"))
    page = chromium.new_page()

    page.goto(address)
    sleep(2)

    # Chromium ends the process in which a frame within the frame tries; only what stands there is gone.
    assert knocks == []
    page.close()


def test_peer_is_reached_where_no_header_stops_it(chromium: "Browser", site: Site, peer: tuple[int, list[str]]) -> None:
    port, knocks = peer
    script = f"<script>{CALL.replace('PEER', f'127.0.0.1:{port}')};eval(calling)</script>"
    site.pages["/page"] = (
        [("Content-Type", "text/html"), ("Content-Security-Policy", "sandbox allow-scripts")],
        script.encode(),
    )
    page = chromium.new_page()

    page.goto(f"http://127.0.0.1:{site.port}/page")

    eventually(lambda: "udp" in knocks, wanted=True)
    page.close()


def test_running_output_has_no_peer_connections_to_use(chromium: "Browser") -> None:
    page = chromium.new_page()

    page.set_content(sandbox_page("<script>document.title = `${typeof RTCPeerConnection}`</script>").decode())

    expect(page).to_have_title("undefined")
    page.close()
