"""A real git server on loopback: `git http-backend` behind a small threaded WSGI server, with a token and bad moods."""

import os
import socket
import subprocess
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

BACKEND = Path(subprocess.run(["git", "--exec-path"], capture_output=True, check=True, text=True).stdout.strip())


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is what several tests are about."""


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@dataclass
class GitServer:
    """Serves the bare repositories of a folder; `token` "" lets everybody in."""

    folder: Path
    token: str = ""
    port: int = 0
    mood: Callable[["GitServer", dict[str, Any], Callable[..., Any]], Any] | None = None
    """What answers instead of git; None: git does."""
    seen_commands: set[bytes] = field(default_factory=set)
    """The command lines of every process there was while a request was answered."""
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/shared.git"

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        self.asked.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        self._look_around()
        if self.token and environ.get("HTTP_AUTHORIZATION") != _basic(self.token):
            start("401 Unauthorized", [("WWW-Authenticate", 'Basic realm="git"'), ("Content-Length", "0")])
            return [b""]
        if self.mood is not None:
            return self.mood(self, environ, start)
        return self.by_git(environ, start)

    def by_git(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        """Let `git http-backend` answer."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        names = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "CONTENT_TYPE", "HTTP_CONTENT_ENCODING")
        variables = {name: environ[name] for name in names if environ.get(name)}
        done = subprocess.run(
            [BACKEND / "git-http-backend"],
            input=environ["wsgi.input"].read(length),
            capture_output=True,
            check=False,
            env={
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(self.folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_CONFIG_NOSYSTEM": "1",
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_PROTOCOL": environ.get("HTTP_GIT_PROTOCOL", ""),
                "REMOTE_ADDR": "127.0.0.1",
                **variables,
            },
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n")]
        status = next((value for name, value in headers if name == "Status"), "200 OK")
        start(status, [pair for pair in headers if pair[0] != "Status"])
        return [body]

    def _look_around(self) -> None:
        for place in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                self.seen_commands.add(place.read_bytes())
            except OSError:
                continue


def _basic(token: str) -> str:
    return "Basic " + b64encode(f"x-access-token:{token}".encode()).decode()


@contextmanager
def served(folder: Path, **more: Any) -> Iterator[GitServer]:
    """A server over the repositories of a folder for the length of a block."""
    app = GitServer(folder=folder, **more)
    with _Server(("127.0.0.1", 0), _Quiet) as server:
        server.set_app(app)
        app.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield app
        finally:
            server.shutdown()
            thread.join()


def only_the_pack(mood: Callable[..., Any]) -> Callable[..., Any]:
    """Answer as git does until the pack itself is asked for; then in this mood."""

    def answer(server: GitServer, environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        body = b""
        if environ["REQUEST_METHOD"] == "POST":
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if b"want " in body:
            return mood(server, environ, start)
        return server.by_git({**environ, "wsgi.input": _Once(body), "CONTENT_LENGTH": str(len(body))}, start)

    return answer


@dataclass
class _Once:
    body: bytes

    def read(self, _length: int = -1) -> bytes:
        return self.body


def hang(_server: GitServer, _environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
    """Take the question and never say a word."""
    time.sleep(30)
    start("200 OK", [])
    yield b""


def drip(_server: GitServer, _environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
    """Say one byte twice a second."""
    start("200 OK", [("Content-Type", "application/x-git-upload-pack-result")])
    for _ in range(60):
        yield b"0"
        time.sleep(0.5)


def reset(_server: GitServer, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    """Break off in the middle of the answer."""
    start("200 OK", [("Content-Type", "application/x-git-upload-pack-result"), ("Content-Length", "100000")])
    stream = environ["wsgi.input"]
    raw = getattr(stream, "raw", None)
    connection = getattr(raw, "_sock", None)
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    return [b"0008NAK\n" * 10]


def moved_to(address: str) -> Callable[..., Any]:
    """Send everybody to another address."""

    def answer(_server: GitServer, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        start("301 Moved Permanently", [("Location", f"{address}{environ['PATH_INFO'].partition('.git')[2]}")])
        return [b""]

    return answer
