"""The look at version 2: each finding then and now, the developers' answer, the reviewer's verdict."""

from dataclasses import replace
from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.facts import find_enrollment
from reviewhub.errors import BadInput, NotFound
from reviewhub.projects.addresses import address_of, path_at
from reviewhub.projects.known_names import masked_for
from reviewhub.projects.masked_objects import MaskedObjects, mask_behind
from reviewhub.projects.showing import workshop_of
from reviewhub.reviews.both_versions import BothVersions, open_both, paths_of, shown_places
from reviewhub.reviews.checking import check_fix, undo_check
from reviewhub.reviews.correcting import GONE, correct_place, undo_correction
from reviewhub.reviews.facts import review_facts
from reviewhub.reviews.finding_words import words_of_findings
from reviewhub.reviews.followed import Filter, Followed
from reviewhub.reviews.following import follow_edition
from reviewhub.reviews.hidden_places import hide_in_followed
from reviewhub.reviews.lookup import ReviewRows, current_snapshot, find_review
from reviewhub.reviews.pages.files import objects_in
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.place_addresses import PlaceAddresses
from reviewhub.reviews.place_words import place_from_words
from reviewhub.reviews.places import Place, read_place
from reviewhub.reviews.review_threads import threads_of_review
from reviewhub.reviews.submitting import last_edition
from reviewhub.web import (
    back_to,
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
    writing,
)

FILTERS = ("check", "severity", "state")


@blueprint.get("/c/<course>/reviews/<review_id>/fixes")
@needs(Action.READ_REVIEW, review_facts)
def show_fixes(course: str, review_id: str) -> ResponseReturnValue:
    """Every finding handed in, with its places in both versions."""
    return _page(course, review_id)


@blueprint.get("/c/<course>/reviews/<review_id>/fixes/<finding_id>")
@needs(Action.READ_REVIEW, review_facts)
def show_fix(course: str, review_id: str, finding_id: str) -> ResponseReturnValue:
    """The places of one finding in both versions, for a page that is already there."""
    loaded = _Loaded(course, review_id)
    one = loaded.one(finding_id)
    places = loaded.both.places(one, guesses=loaded.may_correct) if loaded.both else []
    return render("reviews/_fix_places.html", one=one, places=places, **loaded.context())


@blueprint.post("/c/<course>/reviews/<review_id>/findings/<finding_id>/check")
@needs(Action.CHECK_FIX, review_facts)
def check(course: str, review_id: str, finding_id: str) -> ResponseReturnValue:
    """Record the verdict on a fix."""
    with writing() as session:
        check_fix(
            session, actor=current_actor(), now=now(), course=course, review_id=review_id, finding_id=finding_id,
            verdict=request.form.get("verdict", ""), text=request.form.get("text", ""),
        )  # fmt: skip
    return _checked(course, review_id, finding_id, "Verdict saved.")


@blueprint.post("/c/<course>/reviews/<review_id>/findings/<finding_id>/undo-check")
@needs(Action.CHECK_FIX, review_facts)
def take_back_check(course: str, review_id: str, finding_id: str) -> ResponseReturnValue:
    """Take a verdict back."""
    with writing() as session:
        undo_check(
            session, actor=current_actor(), now=now(), course=course, review_id=review_id, finding_id=finding_id,
            sequence=_number(request.form.get("sequence", "")),
        )  # fmt: skip
    return _checked(course, review_id, finding_id, "Verdict taken back.")


@blueprint.post("/c/<course>/reviews/<review_id>/findings/<finding_id>/places/<int:position>")
@needs(Action.CORRECT_PLACE, review_facts)
def correct(course: str, review_id: str, finding_id: str, position: int) -> ResponseReturnValue:
    """Say where a place is in version 2."""
    rows, place = _rows(course, review_id), _pointed()
    with writing() as session:
        correct_place(
            session, actor=current_actor(), now=now(), course=course, review_id=review_id, finding_id=finding_id,
            position=position, place=_real(session, rows, place), objects=objects_in(rows.course, rows.snapshots),
        )  # fmt: skip
    return _back(course, review_id, finding_id, "The place is pointed out.")


@blueprint.post("/c/<course>/reviews/<review_id>/findings/<finding_id>/places/<int:position>/undo")
@needs(Action.CORRECT_PLACE, review_facts)
def take_back_correction(course: str, review_id: str, finding_id: str, position: int) -> ResponseReturnValue:
    """Leave a place where it was before somebody pointed."""
    with writing() as session:
        undo_correction(
            session, actor=current_actor(), now=now(), course=course, review_id=review_id, finding_id=finding_id,
            position=position,
        )  # fmt: skip
    return _back(course, review_id, finding_id, "The place is where it was before.")


class _Loaded:
    """A review with its findings followed, and both versions where the reader may read them."""

    def __init__(self, course: str, review_id: str) -> None:
        facts = current_facts()
        with reading() as session:
            self.rows: ReviewRows = find_review(session, course, review_id)
            edition = last_edition(session, review_id)
            if edition is None:
                raise NotFound("Nothing was handed in, so there is nothing to check.")
            objects = objects_in(self.rows.course, self.rows.snapshots)
            shown = masked_for(session, self.rows.course, self.rows.project, objects, facts)
            self.mask = mask_behind(shown)
            self.both: BothVersions | None = open_both(
                self.rows.course, self.rows.project, self.rows.snapshots, facts, shown,
                links=link_ground(), workshop=workshop_of(settings(), ground().database),
            )  # fmt: skip
            version_2 = current_snapshot(self.rows.snapshots, self.rows.project.id, 2) if self.both else None
            found = follow_edition(session, edition, self.rows.snapshots, version_2, objects=objects)
            if self.mask:
                found = tuple(hide_in_followed(one, self.mask) for one in found)
            rows, actor = self.rows, current_actor()
            self.threads = threads_of_review(
                session, rows.course, rows.project, rows.assignment, rows.review, rows.snapshots,
                [one.answered.finding for one in found], facts=facts,
                enrollment=find_enrollment(session, rows.course, actor), now=now(),
            )  # fmt: skip
        self.version_2 = version_2
        self.standing = [one for one in found if not one.answered.finding.withdrawn]
        self.may_correct = self.both is not None and allows(Action.CORRECT_PLACE, facts)
        self.may_check = self.both is not None and allows(Action.CHECK_FIX, facts)

    def one(self, finding_id: str) -> Followed:
        """One of the findings; NotFound otherwise."""
        for one in self.standing:
            if one.answered.finding.finding_id == finding_id:
                return one
        raise NotFound("There is no such finding.")

    def context(self) -> dict[str, Any]:
        """What the page and its parts are told."""
        course, key = self.rows.course, self.rows.project.key
        names: dict[str, Any] = {"course": course.slug, "review_id": self.rows.review.id}
        kept: dict[str, Any] = {name: value for name in FILTERS if (value := request.args.get(name, ""))}
        places = PlaceAddresses(url_for, course.slug, key)
        return {
            "slug": course.slug,
            "key": key,
            "review_id": self.rows.review.id,
            "version_2": self.version_2,
            "can_check": self.may_check,
            "can_correct": self.may_correct,
            "paths": paths_of(self.both) if self.both and self.may_correct else [],
            "checked": sum(one.answered.check is not None for one in self.standing),
            "total": len(self.standing),
            "labels": {one.answered.finding.finding_id: one.answered.label for one in self.standing},
            "kept": kept,
            "page_url": lambda **more: url_for("reviews.show_fixes", **names, **kept, **more),
            "part_url": lambda finding_id: url_for("reviews.show_fix", finding_id=finding_id, **names, **kept),
            "place_url": places.place,
            "compare_url": places.changes,
            "category": {criterion.key: criterion.title for criterion in course.policy.rubric},
            **words_of_findings(current_actor().user_id, self.mask),
        }


def _page(course: str, review_id: str) -> str:
    loaded = _Loaded(course, review_id)
    wanted = Filter(**{name: request.args.get(name, "")[:20] for name in FILTERS})
    followed = wanted.choose(loaded.standing)
    return render(
        "reviews/fixes.html",
        rows=loaded.rows,
        followed=followed,
        wanted=wanted,
        threads=loaded.threads,
        unread=sum(one.unread for one in loaded.threads.values()),
        until=now().isoformat(),
        shown=shown_places(loaded.both, followed, opened=request.args.get("open", ""), guesses=loaded.may_correct),
        **loaded.context(),
    )


def _rows(course: str, review_id: str) -> ReviewRows:
    with reading() as session:
        return find_review(session, course, review_id)


def _pointed() -> Place | None:
    """The place the form names: gone, a place that was offered, or words about a file."""
    form = request.form
    path = form.get("path", "")[:4000]
    if form.get("token") == GONE:
        return None
    if form.get("token"):
        return read_place(form["token"][:60], path)
    return place_from_words(form.get("place", "")[:60], path)


def _real(session: Session, rows: ReviewRows, place: Place | None) -> Place | None:
    """The place in version 2 that the one shown to this reader stands for."""
    version_2 = current_snapshot(rows.snapshots, rows.project.id, 2)
    objects = masked_for(session, rows.course, rows.project, objects_in(rows.course, rows.snapshots), current_facts())
    if place is None or version_2 is None or not isinstance(objects, MaskedObjects):
        return place
    return replace(place, path=address_of(objects.real_path(version_2.tree, path_at(place.path))))


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 6:  # noqa: PLR2004 - nobody gives a million verdicts
        raise BadInput("Say which verdict is taken back.")
    return int(text)


def _checked(course: str, review_id: str, finding_id: str, done: str) -> ResponseReturnValue:
    """To htmx the finding's verdict and how far the reviewer is; to a plain form the page."""
    if not is_partial():
        return _back(course, review_id, finding_id, done)
    loaded = _Loaded(course, review_id)
    return render("reviews/_fix_verdict.html", one=loaded.one(finding_id), is_answer=True, **loaded.context())


def _back(course: str, review_id: str, finding_id: str, done: str) -> Response:
    kept = {name: value for name in FILTERS if (value := request.args.get(name, ""))}
    return back_to(
        "reviews.show_fixes", course=course, review_id=review_id, done=done, anchor=f"finding-{finding_id}",
        open=finding_id, **kept,
    )  # fmt: skip
