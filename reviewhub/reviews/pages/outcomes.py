"""What became of the findings on a project, for its developers and the staff: the reviewers' page, only to read."""

from typing import Any

from flask import request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.errors import NotFound
from reviewhub.projects.lookup import find_project
from reviewhub.projects.showing import workshop_of
from reviewhub.reviews.both_versions import open_both, shown_places
from reviewhub.reviews.burning import burn_downs
from reviewhub.reviews.facts import answers_due_at, finding_facts
from reviewhub.reviews.finding_words import words_of_findings
from reviewhub.reviews.followed import Filter
from reviewhub.reviews.following import follow_project
from reviewhub.reviews.lookup import current_snapshot, snapshots_of
from reviewhub.reviews.pages.burndowns import burn_down_chart
from reviewhub.reviews.pages.files import objects_in
from reviewhub.reviews.pages.fixes import FILTERS
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.place_addresses import PlaceAddresses
from reviewhub.reviews.review_threads import threads_for_developers
from reviewhub.web import current_actor, current_facts, ground, link_ground, needs, now, reading, render, settings


@blueprint.get("/c/<course>/projects/<key>/fixes")
@needs(Action.SEE_FINDINGS, finding_facts)
def show_outcomes(course: str, key: str) -> ResponseReturnValue:
    """Every released finding with its places in both versions, the answer and the verdict."""
    loaded = _Outcomes(course, key)
    wanted = Filter(**{name: request.args.get(name, "")[:20] for name in FILTERS})
    followed = wanted.choose(loaded.standing)
    shown = shown_places(loaded.both, followed, opened=request.args.get("open", ""), guesses=False)
    return render("reviews/fixes.html", followed=followed, wanted=wanted, shown=shown, **loaded.context())


@blueprint.get("/c/<course>/projects/<key>/fixes/<finding_id>")
@needs(Action.SEE_FINDINGS, finding_facts)
def show_outcome(course: str, key: str, finding_id: str) -> ResponseReturnValue:
    """The places of one finding in both versions, for a page that is already there."""
    loaded = _Outcomes(course, key)
    one = next((one for one in loaded.standing if one.answered.finding.finding_id == finding_id), None)
    if one is None:
        raise NotFound("There is no such finding.")
    places = loaded.both.places(one, guesses=False) if loaded.both else []
    return render("reviews/_fix_places.html", one=one, places=places, **loaded.context())


class _Outcomes:
    """The released findings on a project, followed, and both versions where the reader may read them."""

    def __init__(self, course: str, key: str) -> None:
        with reading() as session:
            self.course = find_course(session, course)
            self.project = find_project(session, self.course, key)
            snapshots = snapshots_of(session, [self.project.id])
            objects = objects_in(self.course, snapshots)
            following = follow_project(session, self.course, self.project, objects=objects, now=now())
            enrollment = find_enrollment(session, self.course, current_actor())
            due_at = answers_due_at(session, self.course, self.project, snapshots)
            numbered = [
                (review.number, one.answered.finding) for review in following.reviews for one in review.findings
            ]
            self.threads = threads_for_developers(
                session, self.course, current_facts(), enrollment, numbered, due_at=due_at, now=now()
            )
            self.burn_down = burn_downs(session, self.course, [self.project], now())[self.project.id]
        self.version_2 = current_snapshot(snapshots, self.project.id, 2)
        self.both = open_both(
            self.course, self.project, snapshots, current_facts(), objects,
            links=link_ground(), workshop=workshop_of(settings(), ground().database),
        )  # fmt: skip
        self.standing = following.standing
        self.reviewers = {
            one.answered.finding.finding_id: review.reviewer for review in following.reviews for one in review.findings
        }

    def context(self) -> dict[str, Any]:
        """What the page and its parts are told."""
        slug, key = self.course.slug, self.project.key
        names: dict[str, Any] = {"course": slug, "key": key}
        kept: dict[str, Any] = {name: value for name in FILTERS if (value := request.args.get(name, ""))}
        places = PlaceAddresses(url_for, slug, key)
        return {
            "slug": slug,
            "threads": self.threads,
            "unread": sum(one.unread for one in self.threads.values()),
            "until": now().isoformat(),
            "key": key,
            "review_id": "",
            "version_2": self.version_2,
            "can_check": False,
            "can_correct": False,
            "checked": sum(one.answered.check is not None for one in self.standing),
            "total": len(self.standing),
            "labels": {one.answered.finding.finding_id: one.answered.label for one in self.standing},
            "reviewer_of": self.reviewers,
            "burn_down": burn_down_chart(self.burn_down),
            "kept": kept,
            "page_url": lambda **more: url_for("reviews.show_outcomes", **names, **kept, **more),
            "part_url": lambda finding_id: url_for("reviews.show_outcome", finding_id=finding_id, **names, **kept),
            "place_url": places.place,
            "compare_url": places.changes,
            "category": {criterion.key: criterion.title for criterion in self.course.policy.rubric},
            **words_of_findings(current_actor().user_id),
        }
