"""Another site: it counts whoever connects, and keeps what was asked, for which vector, and as what."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from threading import Thread
from urllib.parse import urlsplit

_BODIES = {
    ".js": ("text/javascript", "ran({number})"),
    ".css": ("text/css", "*{{--seen:1}}"),
    ".svg": ("image/svg+xml", "<svg xmlns='http://www.w3.org/2000/svg' onload='ran({number})'/>"),
}


class Canary:
    """`loads` are the vectors whose content was asked for, `led` those that led the reader away (answered by nothing)."""

    def __init__(self) -> None:
        """Listen on a free port."""
        canary = self
        self.loads: set[int] = set()
        self.led: set[int] = set()
        self.connections = 0
        self.referrers: set[str] = set()

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = urlsplit(self.path).path
                number = int(found) if (found := path.split("/")[1]).isdecimal() else -1
                canary.referrers |= {found} if (found := self.headers.get("Referer", "")) else set()
                if self.headers.get("Sec-Fetch-Dest") == "document":
                    canary.led.add(number)
                    self.send_response(204)
                    self.end_headers()
                    return
                canary.loads.add(number)
                suffix = path[path.rfind(".") :]
                media_type, body = _BODIES.get(suffix, ("text/html", "<script>ran({number})</script>"))
                self.send_response(200)
                self.send_header("Content-Type", media_type)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                self.wfile.write(body.format(number=number).encode())

            do_POST = do_OPTIONS = do_HEAD = do_GET  # noqa: N815 - the server looks for these names

            def log_message(self, *arguments: object) -> None:
                pass

        class Counting(ThreadingHTTPServer):
            daemon_threads = True

            def get_request(self) -> tuple[socket, object]:
                canary.connections += 1
                return super().get_request()

        self.server = Counting(("127.0.0.1", 0), Answer)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def canary_listening() -> Iterator[Canary]:
    """A canary that answers until the block ends."""
    canary = Canary()
    thread = Thread(target=canary.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield canary
    finally:
        canary.server.shutdown()
        canary.server.server_close()
        thread.join()
