"""Files of version 1 on the desk: the tree, the links inside an open file, how it is run on one's own machine."""

from collections.abc import Callable, Iterable

from flask import url_for

from reviewhub.accounts.rights import Facts
from reviewhub.courses.tables import Course
from reviewhub.github.objects import Objects
from reviewhub.projects.addresses import path_at
from reviewhub.projects.facts import names_are_hidden
from reviewhub.projects.known_names import masked
from reviewhub.projects.reading import OpenVersion
from reviewhub.projects.running import clone_command, run_command
from reviewhub.projects.showing import ShownFile
from reviewhub.projects.tables import Snapshot
from reviewhub.projects.unpacking import objects_of_versions
from reviewhub.reviews.desk_links import DeskLinks
from reviewhub.reviews.lookup import ReviewRows
from reviewhub.web import link_ground, reading, settings


def desk_links(version: OpenVersion, path: str, at_file: Callable[[str], str]) -> DeskLinks:
    """The links of the file at `path` (an address) for whoever asks; `at_file` makes addresses of the desk."""
    return DeskLinks(version, path_at(path), at_file=at_file, **link_ground())


def objects_in(course: Course, snapshots: Iterable[Snapshot]) -> Objects:
    """A reader of these versions of one project, and of the course's mirror where it is there."""
    return objects_of_versions(settings(), course, snapshots)


def version_of(rows: ReviewRows, facts: Facts) -> OpenVersion | None:
    """Version 1 of the reviewed project for this reader; None before it is frozen, and for a released reviewer."""
    if rows.snapshot is None or (rows.assignment.released_at is not None and not facts.is_staff):
        return None
    objects, hides_names = objects_in(rows.course, [rows.snapshot]), names_are_hidden(rows.course, facts)
    if hides_names:
        with reading() as session:
            objects = masked(session, rows.course, rows.project, objects)
    return OpenVersion(
        course=rows.course,
        project=rows.project,
        snapshot=rows.snapshot,
        objects=objects,
        hides_names=hides_names,
    )


def ways_to_run(version: OpenVersion, paths: list[str]) -> dict[str, str]:
    """How to run version 1 on one's own machine: the archive, one command, and a clone where names may show."""
    names = {"course": version.course.slug, "key": version.project.key, "version": version.snapshot.version}
    remote = version.course.remote
    snapshot = version.snapshot
    return {
        "archive": url_for("projects.download_archive", **names),  # type: ignore[arg-type]  # Flask's names are Any
        "command": run_command(version.name, [path_at(path) for path in paths]),
        "clone": "" if version.hides_names or not remote else clone_command(remote, snapshot.commit, snapshot.folder),
    }


def raw_url(version: OpenVersion, file: ShownFile) -> str:
    """The address of an open file's raw bytes, or nothing where there are none."""
    names = {"course": version.course.slug, "key": version.project.key, "version": version.snapshot.version}
    return url_for("projects.download_file", path=file.address, **names) if file.can_download else ""  # type: ignore[arg-type]  # as above
