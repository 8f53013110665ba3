"""Addresses on the pages of one version: files beside a notebook, kept pictures, outputs on the second origin."""

from collections.abc import Callable
from datetime import datetime, timedelta

from reviewhub.notebooks import LinkMaker, content_address, path_inside, sign_address
from reviewhub.notebooks.content import ContentRef
from reviewhub.projects.addresses import address_of
from reviewhub.projects.reading import OpenVersion

RUN_FOR = timedelta(hours=2)


MakeUrl = Callable[..., str]
"""Flask's url_for, or what a test gives instead."""


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
        return self._make_url("projects.show_kept", sha=ref.sha256, **self._names)

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
        return None if found is None else self._make_url("projects.show_file", path=address_of(found), **self._names)

    def image(self, path: str) -> str | None:
        """The bytes of a picture beside this file."""
        found = self._inside(path)
        return None if found is None else self._make_url("projects.show_picture", path=address_of(found), **self._names)

    def _inside(self, path: str) -> str | None:
        """The path in the version; a path from the top means the project's folder, as on a site of its own."""
        found = path_inside(self._folder, path)
        if found is None or found == ".":
            return None
        return found if self._version.objects.entry(self._version.snapshot.tree, found) is not None else None
