"""Where the thing in hand lies: its place in version 1 beside its place in version 2, read when it is looked at."""

from dataclasses import replace
from typing import Any

from flask import url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.courses.tables import Course
from reviewhub.errors import NotFound
from reviewhub.github.objects import Objects
from reviewhub.grades.facts import find_graded_project, grading_facts
from reviewhub.grades.laying import lay_finding, lay_mistake
from reviewhub.grades.pages.room import blueprint
from reviewhub.grades.standing import standing_mistake
from reviewhub.grades.tables import Mistake
from reviewhub.projects.lookup import mirror_path
from reviewhub.projects.showing import workshop_of
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.projects.unpacking import objects_of_versions
from reviewhub.reviews.both_versions import open_both
from reviewhub.reviews.finding_words import words_of_findings
from reviewhub.reviews.followed import Followed
from reviewhub.reviews.lookup import current_snapshot, snapshots_of
from reviewhub.reviews.place_addresses import PlaceAddresses
from reviewhub.reviews.review_threads import threads_of_review
from reviewhub.reviews.submitting import last_edition
from reviewhub.reviews.tables import Assignment, Finding, Review
from reviewhub.reviews.thread_views import Thread
from reviewhub.web import (
    current_actor,
    current_facts,
    ground,
    is_partial,
    link_ground,
    needs,
    now,
    reading,
    render,
    settings,
)


@blueprint.get("/c/<course>/grading/<key>/places/<item>")
@needs(Action.GRADE, grading_facts)
def show_places(course: str, key: str, item: str) -> ResponseReturnValue:
    """The places of a finding or a mistake in both versions, and what was written under a finding."""
    try:
        context = places_context(course, key, item)
    except NotFound as gone:
        if not is_partial():
            raise
        context = {"one": None, "why": gone.message}  # taken back while it was asked for
    return render("grades/_desk_places.html", **context)


def places_context(course: str, key: str, item: str) -> dict[str, Any]:
    """What the template of the places is told."""
    with reading() as session:
        row = find_course(session, course)
        project = find_graded_project(session, row, key)
        thing = _thing(session, project, item)
        snapshots = snapshots_of(session, [project.id])
        readable = [one for one in snapshots if one.pack is not None or mirror_path(settings().mirrors, row).is_dir()]
        version_1, version_2 = (current_snapshot(readable, project.id, version) for version in (1, 2))
        if version_1 is None:
            return {"one": None, "why": "The files of version 1 cannot be read just now."}
        objects = objects_of_versions(settings(), row, readable)
        one, thread, version = _laid(session, row, project, readable, version_2, objects, thing, item)
    facts = replace(current_facts(), version_2_frozen=version_2 is not None)
    both = open_both(row, project, readable, facts, objects,
        links=link_ground(), workshop=workshop_of(settings(), ground().database),
    )  # fmt: skip
    names: dict[str, Any] = {"course": course, "key": key}
    addresses = PlaceAddresses(url_for, course, key)
    return {
        "one": one,
        "why": "",
        "version": version,
        "version_2": version_2,
        "places": both.places(one, guesses=False) if both else [],
        "thread": thread,
        "slug": course,
        "review_id": "",
        "kept": {},
        "paths": [],
        "can_correct": False,
        "here": url_for("grades.show_desk", item=item, **names),
        "page_url": lambda **_more: url_for("grades.show_desk", item=item, **names),
        "place_url": addresses.place,
        "compare_url": addresses.changes,
        **words_of_findings(current_actor().user_id),
    }


Thing = Mistake | tuple[Review, Assignment]
"""What has a place: a mistake, or a finding by the review it stands in."""


def _thing(session: Session, project: Project, item: str) -> Thing:
    found = session.execute(
        select(Review, Assignment)
        .join(Assignment, Assignment.id == Review.assignment_id)
        .join(Finding, Finding.review_id == Review.id)
        .where(Finding.id == item, Assignment.project_id == project.id)
    ).one_or_none()
    return (found[0], found[1]) if found else standing_mistake(session, project, item)


def _laid(
    session: Session,
    course: Course,
    project: Project,
    snapshots: list[Snapshot],
    version_2: Snapshot | None,
    objects: Objects,
    thing: Thing,
    item: str,
) -> tuple[Followed, Thread | None, int]:
    """The thing with its places, the thread under it, and the version its first place is in."""
    if isinstance(thing, Mistake):
        lies_in = next((one.version for one in snapshots if one.id == thing.snapshot_id), thing.version_in)
        return lay_mistake(thing, snapshots, version_2, objects), None, lies_in
    review, assignment = thing
    edition = last_edition(session, review.id)
    if edition is None:
        msg = "There is no such finding in the submitted reviews of this project."
        raise NotFound(msg)
    one = lay_finding(session, edition, item, snapshots, version_2, objects)
    enrollment = find_enrollment(session, course, current_actor())
    threads = threads_of_review(
        session,
        course,
        project,
        assignment,
        review,
        snapshots,
        [one.answered.finding],
        facts=current_facts(),
        enrollment=enrollment,
        now=now(),
    )
    return one, threads.get(item), 1
