"""A project open for whoever grades it: the desk as it stands, both versions' files, what is marked in them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import url_for

from reviewhub.errors import NotFound
from reviewhub.github.objects import Kind, Objects
from reviewhub.grades.desk_state import DeskState, read_desk_state
from reviewhub.grades.evidence import VERSION_1, VERSION_2
from reviewhub.grades.marked import MarkedVersion, mark_version
from reviewhub.projects.addresses import address_of, path_at
from reviewhub.projects.comparing import Comparison, compare_opened
from reviewhub.projects.lookup import mirror_path
from reviewhub.projects.reading import OpenVersion
from reviewhub.projects.tables import Snapshot
from reviewhub.projects.unpacking import objects_of_versions
from reviewhub.reviews.correcting import Corrections, corrections_of
from reviewhub.reviews.lookup import current_snapshot
from reviewhub.web import now, reading, settings

_PLAIN = "!$&'()*+,/:;=@"
CHANGES = "changes"
"""Stands for a version's number where both are read side by side."""


@dataclass(frozen=True, kw_only=True)
class OpenProject:
    """One project as its grader reads it; lives for one page."""

    state: DeskState
    objects: Objects
    versions: Mapping[int, OpenVersion]
    corrections: Corrections

    def version(self, number: int) -> OpenVersion:
        """A version; NotFound where it is not frozen, or cannot be read."""
        found = self.versions.get(number)
        if found is None:
            raise NotFound(f"There is no version {number} of this project to read.")
        return found

    def snapshot(self, number: int) -> Snapshot:
        """The snapshot that counts for a version; NotFound as above."""
        snapshot = self.version(number).snapshot
        if not isinstance(snapshot, Snapshot):
            raise NotFound(f"Version {number} of this project is not frozen.")
        return snapshot

    def marked(self, number: int) -> MarkedVersion:
        """Everything that stands in a version."""
        corrections = self.corrections if number == VERSION_2 else {}
        return mark_version(self.state, objects=self.objects, current=self.snapshot(number), corrections=corrections)

    def comparison(self) -> Comparison:
        """Both versions side by side; NotFound where there is only one."""
        return compare_opened(self.version(VERSION_1), self.version(VERSION_2))

    def path_in(self, number: int, path: str) -> str:
        """The address of the same file in a version: by its name, else by what became of it; "" where it is gone."""
        if number not in self.versions:
            return ""
        version = self.version(number)
        if self._is_file(version, path):
            return path
        for one in self.comparison().differences:
            here, there = (one.new, one.old) if number == VERSION_1 else (one.old, one.new)
            if here is not None and there is not None and address_of(here.path) == path:
                return address_of(there.path)
        return ""

    def _is_file(self, version: OpenVersion, path: str) -> bool:
        entry = self.objects.entry(version.snapshot.tree, path_at(path)) if path else None
        return entry is not None and entry.kind is not Kind.FOLDER


def open_project(course: str, key: str) -> OpenProject:
    """Open the project for grading: the desk's own statements and one more, whatever stands in it."""
    with reading() as session:
        state = read_desk_state(session, course=course, key=key, now=now())
        snapshots = state.gathered.snapshots.get(state.project.id, ())
        version_2 = current_snapshot(snapshots, state.project.id, VERSION_2)
        corrections = corrections_of(session, list(state.reported), version_2.id) if version_2 else {}
    row = state.rows.course
    readable = [one for one in snapshots if one.pack is not None or mirror_path(settings().mirrors, row).is_dir()]
    objects = objects_of_versions(settings(), row, readable)
    found = {number: current_snapshot(readable, state.project.id, number) for number in (VERSION_1, VERSION_2)}
    versions = {
        number: OpenVersion(course=row, project=state.project, snapshot=one, objects=objects, hides_names=False)
        for number, one in found.items()
        if one is not None
    }
    return OpenProject(state=state, objects=objects, versions=versions, corrections=corrections)


def addresses(course: str, key: str, version: int | str) -> Callable[..., str]:
    """Makes addresses of the reading page of a version (or of CHANGES) with a file open; the slow part is done once."""
    if version == CHANGES:
        base = url_for("grades.show_changes", course=course, key=key)
    else:
        base = url_for("grades.show_reading", course=course, key=key, version=version)

    def at_file(path: str, **more: str | None) -> str:
        asked = {name: value for name, value in more.items() if value}
        return base + quote(path, safe=_PLAIN) + (f"?{urlencode(asked)}" if asked else "")

    return at_file
