"""The second origin: another host name of the same server, where interactive outputs run and PDF files are shown.

It reads no cookie. What it may show is decided by the signature in the address, made for one reader and a short time.
"""

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from reviewhub.config import Settings
from reviewhub.notebooks import ContentStore, content_response
from reviewhub.storage import Clock


class TwoOrigins:
    """Sends requests for the content origin's host to its answers, and all others to the pages."""

    def __init__(self, pages: WSGIApplication, *, settings: Settings, clock: Clock, secret: str) -> None:
        """Wrap `pages`; the store is opened with the first request for content."""
        self._pages = pages
        self._settings = settings
        self._clock = clock
        self._secret = secret.encode()
        self._host = urlsplit(settings.server.content_url).netloc
        self._app_origin = settings.server.base_url.rstrip("/")
        self._store: ContentStore | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        if environ.get("HTTP_HOST", "") != self._host:
            return self._pages(environ, start_response)
        status, headers, body = content_response(
            environ.get("PATH_INFO", ""),
            parse_qs(environ.get("QUERY_STRING", "")).get("right", [""])[0],
            self._clock(),
            self._secret,
            self._open_store(),
            app_origin=self._app_origin,
            fetched_for=environ.get("HTTP_SEC_FETCH_DEST", ""),
        )
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else body

    def _open_store(self) -> ContentStore:
        if self._store is None:
            self._store = ContentStore.at(self._settings.files.objects)
        return self._store
