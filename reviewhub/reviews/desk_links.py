"""Links inside a file that is open on a desk: other files open on the desk too."""

from collections.abc import Callable
from datetime import datetime

from reviewhub.github.objects import Kind
from reviewhub.projects.addresses import address_of
from reviewhub.projects.links import MakeUrl, VersionLinks, place_in
from reviewhub.projects.reading import OpenVersion


class DeskLinks(VersionLinks):
    """Links from one file of a version; pictures come from the project's pages."""

    def __init__(
        self,
        version: OpenVersion,
        path: str,
        *,
        at_file: Callable[[str], str],
        make_url: MakeUrl,
        viewer: str,
        now: datetime,
        content_url: str,
        secret: str,
    ) -> None:
        """Stand in the folder of the file at `path`; `at_file` makes the desk's address with a file open."""
        super().__init__(
            version, path, make_url=make_url, viewer=viewer, now=now, content_url=content_url, secret=secret
        )
        self._at_file = at_file

    def file(self, path: str) -> str | None:
        """The desk with that file open."""
        found = self._inside(path)
        entry = self._version.objects.entry(self._version.snapshot.tree, found) if found else None
        if not found or entry is None or entry.kind is Kind.FOLDER:
            return super().file(path)
        place = place_in(found, path)
        return self._at_file(address_of(found)) + (f"#{place}" if place else "")
