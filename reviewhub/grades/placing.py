"""Where a mistake is: what the grader typed or pasted, checked against the frozen version it is said to be in."""

from sqlalchemy.orm import Session

from reviewhub.config import Settings
from reviewhub.courses.facts import find_course
from reviewhub.errors import Conflict
from reviewhub.grades.drafting import read_typed_place
from reviewhub.grades.facts import find_graded_project
from reviewhub.projects.lookup import find_snapshot, mirror_path
from reviewhub.projects.unpacking import objects_of_versions
from reviewhub.reviews.anchors import drop_anchor
from reviewhub.reviews.contents import content_at
from reviewhub.reviews.places import Place, PlaceKind


def place_in_version(
    session: Session, *, course: str, key: str, version: int, where: str, path: str, settings: Settings
) -> Place:
    """Read the place and look it up in the version; BadInput where there is no such file, cell or line.

    A version that cannot be read (the disk is being restored) does not stop the grader: the place is taken as typed.
    """
    place = read_typed_place(where, path, key=key, version=version)
    found = find_course(session, course)
    project = find_graded_project(session, found, key)
    snapshot = find_snapshot(session, project, version)
    if snapshot is None:
        msg = f"Version {version} of {project.key} is not frozen, so there is nothing to grade in it."
        raise Conflict(msg)
    is_readable = snapshot.pack is not None or mirror_path(settings.mirrors, found).is_dir()
    if place.kind is not PlaceKind.PROJECT and is_readable:
        drop_anchor(place, content_at(objects_of_versions(settings, found, [snapshot]), snapshot.tree, place.path))
    return place
