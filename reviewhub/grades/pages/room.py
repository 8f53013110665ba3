"""What all pages of this room stand on: the blueprint, and how a place and a text become parts of a page."""

from flask import Blueprint, url_for

from reviewhub.grades.spots import Spot
from reviewhub.notebooks.links import LinkMaker
from reviewhub.notebooks.markdown import render_markdown

blueprint = Blueprint("grades", __name__)


def spot_url(course: str, key: str, spot: Spot, version: int = 1) -> str:
    """The page of a place in a version of a project; the project's own page for the whole project."""
    if not spot.address:
        return url_for("projects.show_project", course=course, key=key)
    return url_for(
        "projects.show_file",
        course=course,
        key=key,
        version=version,
        path=spot.address,
        _anchor=spot.token or None,
    )


def reading_url(course: str, key: str, spot: Spot, version: int = 1) -> str:
    """The page on which a grader reads a version with a place in sight, and everything found there."""
    return url_for(
        "grades.show_reading",
        course=course,
        key=key,
        version=version,
        path=spot.address,
        at=spot.token or None,
        _anchor=spot.token or None,
    )


def what_if_url(course: str, key: str, what: str, target: str, value: str = "") -> str:
    """The page that tells what one decision made differently would do to everybody.

    `what` is a key of `what_if_decisions.WAYS`; `target` the mistake, finding, member, or two ids joined by a colon.
    """
    return url_for("grades.show_what_if", course=course, project=key, what=what, target=target, value=value)


def markdown(text: str) -> str:
    """What somebody wrote, as safe HTML."""
    return render_markdown(text, link=LinkMaker())
