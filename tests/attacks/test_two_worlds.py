"""Nobody learns who the hidden reviewer is: two courses that differ in that alone answer everybody else the same.

Byte for byte: pages, downloads, refusals, headers, mails. Then leaks are planted, one by one, and each must be found.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from reviewhub.accounts import rights
from reviewhub.accounts.rights import Action
from reviewhub.accounts.tables import User
from reviewhub.courses.tables import Enrollment
from reviewhub.mail import posting
from reviewhub.reviews import announcing, reading
from reviewhub.reviews.tables import Assignment, Review
from reviewhub.storage import Database
from tests.attacks.pairs import (
    COURSE,
    KEY,
    PHASES,
    Kept,
    Told,
    addresses,
    ask,
    digest_of,
    mails_to,
    make_secrets,
    play,
    program,
    visitor,
)
from tests.reviews.worlds import RESPONDING

# Each test plays or asks two whole courses.
pytestmark = pytest.mark.timeout(600)

HIDDEN = ("cem", "ece")
OTHERS = ("ada", "derya", "olga")
"""A developer, a reviewer of the same project, an observer."""
FINDINGS = f"/c/{COURSE}/projects/{KEY}/findings"

Pair = tuple[Kept, Kept]
Answers = dict[tuple[str, str], Told]


@pytest.fixture(scope="module")
def play_pair(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Callable[[str], Pair]:
    """`play_pair("single")`: both worlds in a mode of anonymity, played once."""
    played: dict[str, Pair] = {}

    def both(mode: str) -> Pair:
        if mode not in played:
            folder = tmp_path_factory.mktemp(mode)
            make_secrets(folder)
            one, other = (play(folder / name, sqlite_template, hidden=name, mode=mode) for name in HIDDEN)
            played[mode] = (one, other)
        return played[mode]

    return both


@pytest.fixture(scope="module")
def pair(play_pair: Callable[[str], Pair]) -> Pair:
    """Both worlds, where developers do not learn the reviewers."""
    return play_pair("single")


def asked(
    kept: Kept, phase: str, scratch: Path, *, people: Sequence[str], only: Sequence[str] = (), method: str = "GET",
    plant: Callable[[Flask, Database], None] | None = None,
) -> Answers:  # fmt: skip
    """What these people are answered at every address, or at some of them."""
    with program(kept, phase, scratch) as (app, database, clock):
        if plant is not None:
            plant(app, database)
        wanted = list(only) or addresses(app, database, method)
        clients = {name: visitor(app, database, clock, kept.world.users[name]) for name in people}
        return {(name, address): ask(client, method, address) for name, client in clients.items() for address in wanted}


def different(one: Answers, other: Answers) -> list[tuple[str, str]]:
    """Who is told what differently."""
    assert one.keys() == other.keys()
    return [key for key in one if one[key] != other[key]]


def test_worlds_differ_as_they_should(pair: Pair) -> None:
    """In one the hidden reviewer stands before Derya by name and by every id, in the other behind her."""
    one, other = (kept.world for kept in pair)
    assert one.users == other.users
    assert one.enrollments == other.enrollments
    for ids in (one.users, one.enrollments):
        assert (ids["cem"] < ids["derya"]) != (ids["ece"] < ids["derya"])
    assert one.reviews["cem", KEY] == other.reviews["ece", KEY]


@pytest.mark.parametrize("phase", PHASES)
def test_everybody_else_is_answered_the_same(pair: Pair, phase: str, tmp_path: Path) -> None:
    one, other = (asked(kept, phase, tmp_path, people=OTHERS) for kept in pair)
    assert different(one, other) == []
    assert sum(told.status == 200 for told in one.values()) > 60


@pytest.mark.parametrize("phase", ["responding", "checking"])
def test_every_form_is_answered_the_same(pair: Pair, phase: str, tmp_path: Path) -> None:
    one, other = (asked(kept, phase, tmp_path, people=("ada", "derya"), method="POST") for kept in pair)
    assert different(one, other) == []


def test_mails_to_everybody_else_are_the_same(pair: Pair, tmp_path: Path) -> None:
    people = [f"{name}@example.org" for name in (*OTHERS, "bora")]
    with ExitStack() as stack:
        databases = [stack.enter_context(program(kept, PHASES[-1], tmp_path))[1] for kept in pair]
        one, other = (mails_to(database, people) for database in databases)
    assert one == other
    assert {to for to, *_ in one} >= {"ada@example.org", "bora@example.org"}


def test_double_hides_reviewers_as_well(play_pair: Callable[[str], Pair], tmp_path: Path) -> None:
    one, other = (asked(kept, "checking", tmp_path, people=["ada"]) for kept in play_pair("double"))
    assert different(one, other) == []


def test_double_hides_developers_from_their_reviewers(
    tmp_path: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("developers")
    make_secrets(folder)
    worlds = [
        play(folder / name, sqlite_template, hidden="cem", mode="double", developer=name) for name in ("ada", "ece")
    ]
    one, other = (asked(kept, "checking", tmp_path, people=["derya"]) for kept in worlds)
    assert different(one, other) == []
    mails = []
    for kept in worlds:
        with program(kept, "checking", tmp_path) as (_, database, _):
            mails.append(mails_to(database, ["cem@example.org", "derya@example.org"]))
    assert mails[0] == mails[1]


def test_open_shows_the_developers_who_reviewed_them(play_pair: Callable[[str], Pair], tmp_path: Path) -> None:
    only = (FINDINGS, f"/c/{COURSE}/reviews")
    one, other = (asked(kept, "responding", tmp_path, people=OTHERS, only=only) for kept in play_pair("open"))
    assert different(one, other) == [("ada", FINDINGS)]


# ---- planted leaks


def _hidden(session: Session) -> dict[str, Any]:
    """Everything of the hidden reviewer that a careless template could print."""
    wanted = (
        select(User, Enrollment, Review)
        .join(Enrollment, Enrollment.user_id == User.id)
        .join(Assignment, Assignment.reviewer_id == Enrollment.id)
        .join(Review, Review.assignment_id == Assignment.id)
        .where(User.email.in_([f"{name}@example.org" for name in HIDDEN]))
    )
    user, enrollment, review = session.execute(wanted).one()
    return {"user": user, "enrollment": enrollment, "review": review, "portrait": digest_of(user.email)}


def in_template(snippet: str, name: str = "reviews/findings.html") -> Callable[[Flask, Database], None]:
    """Print something at the end of a page."""

    def plant(app: Flask, database: Database) -> None:
        loader = app.jinja_env.loader
        assert loader is not None
        real = loader.get_source

        def get_source(environment: Any, template: str) -> Any:
            source, *rest = real(environment, template)
            if template == name:
                head, end, tail = source.rpartition("{% endblock")
                source = f"{head}{snippet}{end}{tail}"
            return (source, *rest)

        with database.reading() as session:
            app.jinja_env.globals["hidden"] = _hidden(session)
            session.expunge_all()
        loader.get_source = get_source  # type: ignore[method-assign]
        if app.jinja_env.cache is not None:
            app.jinja_env.cache.clear()

    return plant


def in_header(app: Flask, database: Database) -> None:
    """The whole row in the ETag."""

    @app.after_request
    def mark(response: Response) -> Response:
        with database.reading() as session:
            row = _hidden(session)["review"]
            response.set_etag(digest_of(f"{row.id} {row.version} {row.saved_at} {row.submitted_at}"))
        return response


def in_file_name(app: Flask, database: Database) -> None:
    """The reviewer in the name of a download."""

    @app.after_request
    def name(response: Response) -> Response:
        if "Content-Disposition" in response.headers:
            with database.reading() as session:
                response.headers["Content-Disposition"] += f'; by="{_hidden(session)["user"].name}"'
        return response


def in_refusal(app: Flask, database: Database) -> None:
    """A refusal that says more to some than to others."""

    @app.after_request
    def tell(response: Response) -> Response:
        with database.reading() as session:
            if response.status_code == 404 and _hidden(session)["user"].name < "Derya":
                response.status_code = 403
        return response


def in_order(patch: pytest.MonkeyPatch, by: Callable[[User, Assignment], str]) -> None:
    """Number the reviewers by something of theirs."""

    def numbers(session: Session, project: Any) -> dict[str, int]:
        rows = session.execute(
            select(Review.id, User, Assignment)
            .join(Assignment, Assignment.id == Review.assignment_id)
            .join(Enrollment, Enrollment.id == Assignment.reviewer_id)
            .join(User, User.id == Enrollment.user_id)
            .where(Assignment.project_id == project.id)
        )
        ordered = sorted(rows, key=lambda row: by(row[1], row[2]))
        return {review_id: number for number, (review_id, *_) in enumerate(ordered, start=1)}

    patch.setattr(reading, "reviewer_numbers", numbers)


SNIPPETS = {
    "enrolment in a class": '<p class="by-{{ hidden.enrollment.id }}"></p>',
    "portrait by a hash of the address": '<img src="/portrait/{{ hidden.portrait }}" alt="">',
    "id in an address": '<a href="/c/dgm/people/{{ hidden.enrollment.id }}">Reviewer</a>',
    "name in a hint": '<span title="{{ hidden.user.name }}"></span>',
    "number of letters": '<span data-width="{{ hidden.user.email|length + (hidden.user.name < "D")|int }}"></span>',
    "moment of handing in": '<time datetime="{{ hidden.review.submitted_at.isoformat() }}"></time>',
    "moment of saving": "<!-- {{ hidden.review.saved_at }} -->",
    "number of editions": "<p>Edition {{ hidden.review.edition }}</p>",
    "version of the draft": '<input type="hidden" name="version" value="{{ hidden.review.version }}">',
}


@pytest.mark.parametrize("snippet", SNIPPETS.values(), ids=SNIPPETS)
def test_leak_planted_in_a_page_is_found(pair: Pair, snippet: str, tmp_path: Path) -> None:
    one, other = (
        asked(kept, "responding", tmp_path, people=["ada"], only=[FINDINGS], plant=in_template(snippet))
        for kept in pair
    )
    assert different(one, other) == [("ada", FINDINGS)]


@pytest.mark.parametrize("plant", [in_header, in_file_name, in_refusal])
def test_leak_planted_beside_a_page_is_found(
    pair: Pair, plant: Callable[[Flask, Database], None], tmp_path: Path
) -> None:
    download, foreign = f"/c/{COURSE}/projects/{KEY}/version-1/raw/README.md", f"/c/{COURSE}/reviews/0123456789abcdef"
    one, other = (
        asked(kept, "responding", tmp_path, people=["ada"], only=[download, foreign], plant=plant) for kept in pair
    )
    assert different(one, other) != []


BY = {
    "name": lambda user, _assignment: user.name,
    "user id": lambda user, _assignment: user.id,
    "enrolment id": lambda _user, assignment: assignment.reviewer_id or "",
}


@pytest.mark.parametrize("by", BY.values(), ids=BY)
def test_leak_planted_in_the_order_is_found(
    pair: Pair, by: Callable[[User, Assignment], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_order(monkeypatch, by)
    one, other = (asked(kept, "responding", tmp_path, people=["ada"], only=[FINDINGS]) for kept in pair)
    assert different(one, other) == [("ada", FINDINGS)]


def test_leak_planted_in_the_rights_is_found(pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list with addresses, opened to everybody of the course."""
    everybody = rights.Rule(allows=lambda _facts: True, refusal="")
    monkeypatch.setattr(rights, "TABLE", dict(rights.TABLE) | {Action.ASSIGN_REVIEWERS: everybody})
    list_of_all = f"/c/{COURSE}/assignments.csv"
    one, other = (asked(kept, "responding", tmp_path, people=["olga"], only=[list_of_all]) for kept in pair)
    assert different(one, other) == [("olga", list_of_all)]


def test_leak_planted_in_a_mail_is_found(pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    for kept in pair:
        with program(kept, "reviewing", tmp_path) as (_, database, _):
            with database.writing() as session:
                name = _hidden(session)["user"].name

                def post(*arguments: Any, text: str, name: str = name, **more: Any) -> None:
                    posting.post_mail(*arguments, text=f"{text}\nWritten by {name}.", **more)

                monkeypatch.setattr(announcing, "post_mail", post)
                announcing.announce_reviews(session, now=RESPONDING, course=COURSE)
            told.append(mails_to(database, ["ada@example.org"]))
    assert told[0] != told[1]
