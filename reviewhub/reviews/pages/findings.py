"""The developers' page: released findings with their places, the answers, and where each place went in version 2."""

from collections.abc import Sequence

from flask import request, url_for
from flask.typing import ResponseReturnValue

from reviewhub.accounts.rights import Action, allows
from reviewhub.courses.facts import find_course, find_enrollment
from reviewhub.errors import BadInput, Conflict, NotAllowed
from reviewhub.projects.lookup import find_project
from reviewhub.projects.pushes import find_pushed
from reviewhub.reviews.answering import Answer, answer_findings, read_commit
from reviewhub.reviews.facts import answers_due_at, finding_facts
from reviewhub.reviews.finding_words import words_of_findings
from reviewhub.reviews.following import Following, follow_project
from reviewhub.reviews.leftover import PROGRESS_WORDS, count_leftover, read_choice
from reviewhub.reviews.lookup import snapshots_of
from reviewhub.reviews.pages.files import objects_in
from reviewhub.reviews.pages.room import blueprint
from reviewhub.reviews.place_addresses import PlaceAddresses
from reviewhub.reviews.reading import read_reviews
from reviewhub.reviews.review_threads import threads_for_developers
from reviewhub.reviews.submitted import SubmittedFinding
from reviewhub.web import back_to, current_actor, current_facts, needs, now, reading, render, settings, writing

TYPED = ("kind", "commit", "text", "duplicate_of")


@blueprint.get("/c/<course>/projects/<key>/findings")
@needs(Action.SEE_FINDINGS, finding_facts)
def show_findings(course: str, key: str) -> ResponseReturnValue:
    """What the reviewers found, the answers to it, and what is left: `show` and `severity` choose some of it."""
    return _page(course, key)


@blueprint.post("/c/<course>/projects/<key>/findings/<finding_id>")
@needs(Action.SEE_FINDINGS, finding_facts)
def answer(course: str, key: str, finding_id: str) -> ResponseReturnValue:
    """Answer a finding; what is refused comes back with everything that was typed."""
    return _answer(course, key, [finding_id], anchor=f"finding-{finding_id}", done="Answer saved.")


@blueprint.post("/c/<course>/projects/<key>/answers")
@needs(Action.SEE_FINDINGS, finding_facts)
def answer_several(course: str, key: str) -> ResponseReturnValue:
    """Answer the chosen findings with the same words."""
    return _answer(course, key, request.form.getlist("finding"), anchor="left", done="Answers saved.")


def _answer(course: str, key: str, finding_ids: Sequence[str], *, anchor: str, done: str) -> ResponseReturnValue:
    form = request.form
    try:
        commit, push = _pushed(course, key, form.get("commit", ""))
        given = Answer(
            kind=form.get("kind", ""),
            commit=commit,
            push=push,
            text=form.get("text", ""),
            duplicate_of=_original(course, key, form.get("duplicate_of", "")),
        )
        with writing() as session:
            answer_findings(
                session, actor=current_actor(), now=now(), course=course, key=key, finding_ids=finding_ids,
                answer=given,
            )  # fmt: skip
    except (BadInput, Conflict, NotAllowed) as refused:
        typed = {name: form.get(name, "") for name in TYPED} | {"refused": refused.message}
        return _page(course, key, typed=typed, typed_for=finding_ids, is_several=anchor == "left"), 422
    chosen = {name: form[name] for name in ("show", "severity") if form.get(name)}
    return back_to("reviews.show_findings", course=course, key=key, done=done, anchor=anchor, **chosen)


def _original(course: str, key: str, label: str) -> str:
    """The id of the finding called so, such as "1.3"; "" where none is."""
    if not label.strip():
        return ""
    with reading() as session:
        row = find_course(session, course)
        project = find_project(session, row, key)
        reviews = read_reviews(session, row, project, snapshots_of(session, [project.id]), now())
    labels = {one.label: one.finding.finding_id for review in reviews for one in review.findings}
    return labels.get(label.strip(), "")


def _pushed(course: str, key: str, text: str) -> tuple[str, str]:
    """The commit that was meant, and the received one that brought it; ("", "") where none was named."""
    prefix = read_commit(text)
    if not prefix:
        return "", ""
    with reading() as session:
        row = find_course(session, course)
        found = find_pushed(session, row, find_project(session, row, key), prefix, mirrors=settings().mirrors)
    return found.commit, found.push


def _page(
    course: str,
    key: str,
    *,
    typed: dict[str, str] | None = None,
    typed_for: Sequence[str] = (),
    is_several: bool = False,
) -> str:
    facts, places = current_facts(), PlaceAddresses(url_for, course, key)
    with reading() as session:
        row = find_course(session, course)
        project = find_project(session, row, key)
        snapshots = snapshots_of(session, [project.id])
        following = follow_project(session, row, project, objects=objects_in(row, snapshots), now=now())
        due_at = answers_due_at(session, row, project, snapshots)
        threads = threads_for_developers(
            session, row, facts, find_enrollment(session, row, current_actor()), _numbered(following), due_at=due_at,
            now=now(),
        )  # fmt: skip
    return render(
        "reviews/findings.html",
        project=project,
        following=following,
        threads=threads,
        unread=sum(one.unread for one in threads.values()),
        choice=read_choice(request.values.get("show", ""), request.values.get("severity", "")),
        leftover=count_leftover(_answered(following)),
        progress_words=PROGRESS_WORDS,
        labels={one.answered.finding.finding_id: one.answered.label for one in following.standing},
        can_answer=allows(Action.ANSWER_FINDING, facts),
        wanted_at=row.policy.deadlines.responses,
        is_overdue=row.policy.deadlines.responses is not None and row.policy.deadlines.responses < now(),
        answers_due_at=due_at,
        until=now().isoformat(),
        typed=typed or {},
        typed_for=typed_for,
        is_several=is_several,
        place_url=places.place,
        compare_url=places.changes,
        **words_of_findings(current_actor().user_id),
        category={criterion.key: criterion.title for criterion in row.policy.rubric},
    )


def _numbered(following: Following) -> list[tuple[int, SubmittedFinding]]:
    return [(review.number, one.answered.finding) for review in following.reviews for one in review.findings]


def _answered(following: Following) -> list[tuple[str, str | None]]:
    standing = [one.answered for one in following.standing]
    return [(one.finding.severity, one.response.kind if one.response else None) for one in standing]
