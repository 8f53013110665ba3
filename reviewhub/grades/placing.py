"""Where a mistake is: what the grader typed or pasted, checked against the frozen version it is said to be in."""

from pathlib import Path

from sqlalchemy.orm import Session

from reviewhub.courses.facts import find_course
from reviewhub.errors import Conflict
from reviewhub.grades.drafting import read_typed_place
from reviewhub.grades.facts import find_graded_project
from reviewhub.projects.lookup import find_snapshot, mirror_path, objects_of
from reviewhub.reviews.anchors import drop_anchor
from reviewhub.reviews.contents import content_at
from reviewhub.reviews.places import Place, PlaceKind


def place_in_version(
    session: Session, *, course: str, key: str, version: int, where: str, path: str, mirrors: Path
) -> Place:
    """Read the place and look it up in the version; BadInput where there is no such file, cell or line.

    A mirror that is away (the disk is being restored) does not stop the grader: then the place is taken as typed.
    """
    place = read_typed_place(where, path)
    found = find_course(session, course)
    project = find_graded_project(session, found, key)
    snapshot = find_snapshot(session, project, version)
    if snapshot is None:
        msg = f"Version {version} of {project.key} is not frozen, so there is nothing to grade in it."
        raise Conflict(msg)
    if place.kind is not PlaceKind.PROJECT and mirror_path(mirrors, found).is_dir():
        drop_anchor(place, content_at(objects_of(mirrors, found), snapshot.tree, place.path))
    return place
