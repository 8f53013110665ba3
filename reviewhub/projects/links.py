"""Addresses on the pages of one version: files beside a notebook, kept pictures, outputs on the second origin."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import quote, unquote

from reviewhub.notebooks import LinkMaker, content_address, path_inside, sign_address, sign_kept
from reviewhub.notebooks.content import ContentRef
from reviewhub.notebooks.documents import heading_place
from reviewhub.projects.addresses import address_of
from reviewhub.projects.reading import OpenVersion

RUN_FOR = timedelta(hours=2)
# GitHub's "#L10-L20" and "#L10C4" lead to line 10.
_LINES = re.compile(r"L([1-9][0-9]{0,6})(?:C[0-9]+)?(?:-L?[0-9]+(?:C[0-9]+)?)?")
_PLACE_IN_NOTEBOOK = re.compile(r"cell-(?:id-[A-Za-z0-9_-]{1,64}|[0-9]{1,5}(?:-output-[0-9]{1,4}|-L[0-9]{1,6})?)")


MakeUrl = Callable[..., str]
"""Flask's url_for, or what a test gives instead."""


def version_mark(version: OpenVersion) -> str:
    """What names a version among all: the files kept from it are served for no other."""
    return f"{version.course.slug}/{version.project.key}/{version.snapshot.version}"


def place_in(path: str, written: str) -> str:
    """The place on the page of the file at `path` that the fragment of a `written` address means, or nothing."""
    fragment = unquote(written.partition("#")[2])
    if path.lower().endswith((".md", ".markdown", ".mdown")):
        return heading_place(fragment)
    if path.lower().endswith(".ipynb"):
        return fragment if _PLACE_IN_NOTEBOOK.fullmatch(fragment) else ""
    found = _LINES.fullmatch(fragment)
    return f"L{found[1]}" if found else ""


class VersionLinks(LinkMaker):
    """Links from one file of a version. Outputs run for this reader only, for two hours."""

    def __init__(
        self,
        version: OpenVersion,
        path: str,
        *,
        make_url: MakeUrl,
        viewer: str,
        now: datetime,
        content_url: str,
        secret: str,
    ) -> None:
        """Stand in the folder of the file at `path`."""
        self._version = version
        self._folder = path.rpartition("/")[0]
        self._make_url = make_url
        self._viewer = viewer
        self._until = now + RUN_FOR
        self._content_url = content_url
        self._secret = secret
        self._names: dict[str, object] = {
            "course": version.course.slug,
            "key": version.project.key,
            "version": version.snapshot.version,
        }

    def content(self, ref: ContentRef) -> str | None:
        """A kept picture or text, served beside the pages."""
        mark = sign_kept(ref.sha256, version_mark(self._version), self._secret.encode())
        return self._make_url("projects.show_kept", sha=ref.sha256, right=mark, **self._names)

    def run(self, ref: ContentRef) -> str | None:
        """An interactive output, on the second origin."""
        # The end is rounded to the day's quarter, so that the page stays the same, byte for byte, for a while.
        quarter = 6 * 3600
        until = datetime.fromtimestamp((self._until.timestamp() // quarter + 1) * quarter, self._until.tzinfo)
        signature = sign_address(ref.sha256, self._viewer, until, self._secret.encode())
        return content_address(self._content_url, ref.sha256, signature)

    def file(self, path: str) -> str | None:
        """The page of a file or folder beside this one, where the version has it."""
        found = self._inside(path)
        if found is None:
            return None
        if not found:
            return self._make_url("projects.show_files", **self._names)
        place = place_in(found, path)
        address = self._make_url("projects.show_file", path=address_of(found), **self._names)
        return f"{address}#{quote(place)}" if place else address

    def image(self, path: str) -> str | None:
        """The bytes of a picture beside this file."""
        found = self._inside(path)
        return None if not found else self._make_url("projects.show_picture", path=address_of(found), **self._names)

    def _inside(self, path: str) -> str | None:
        """The path in the version ("" is its folder); one from the top means the project's folder, as on a site."""
        found = path_inside(self._folder, path)
        if found is None or found == ".":
            return None if found is None else ""
        return found if self._version.objects.entry(self._version.snapshot.tree, found) is not None else None
