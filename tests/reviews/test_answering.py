"""Developers see and answer what is released; reviewers check version 2; nobody learns what is hidden."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from reviewhub.courses.facts import find_course
from reviewhub.errors import BadInput, Conflict, NotAllowed, NotFound
from reviewhub.projects.lookup import find_project, snapshots_by_project
from reviewhub.reviews.carrying import Carrier
from reviewhub.reviews.checking import check_fix
from reviewhub.reviews.reading import ShownReview, read_reviews
from reviewhub.reviews.releasing import release_reviews, withhold_reviews
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.tables import FixCheck, ReviewEdition
from reviewhub.storage import Database
from tests.reviews.acts import answer, file, save, submit
from tests.reviews.worlds import (
    CHECKING,
    MODEL,
    RESPONDING,
    REVIEWING,
    REVIEWS_DUE,
    VERSION_2,
    World,
    assign,
    freeze,
    notebook_text,
)

SECOND = timedelta(seconds=1)


def handed_in(database: Database, world: World, *people: str) -> list[ReviewEdition]:
    """Each person files two findings on DCGAN and hands in."""
    editions = []
    for name in people:
        assign(database, world, name, "DCGAN")
        file(database, world, name, "DCGAN")
        file(
            database,
            world,
            name,
            "DCGAN",
            path="model.py",
            place="L7",
            text="The layer has a bias; the paper has none.",
        )
        save(database, world, name, "DCGAN")
        editions.append(submit(database, world, name, "DCGAN"))
    return editions


def read(database: Database, key: str = "DCGAN", now=RESPONDING) -> list[ShownReview]:  # type: ignore[no-untyped-def]
    with database.reading() as session:
        course = find_course(session, "dgm")
        project = find_project(session, course, key)
        return read_reviews(session, course, project, snapshots_by_project(session, [project.id])[project.id], now)


def first_id(edition: ReviewEdition) -> str:
    return findings_in(edition.content)[0].finding_id


def check(
    database: Database, world: World, name: str, finding_id: str, *, verdict: str = "fixed", now=CHECKING
) -> FixCheck:  # type: ignore[no-untyped-def]
    with database.writing() as session:
        return check_fix(
            session, actor=world.actor(name), now=now, course="dgm", review_id=world.reviews[name, "DCGAN"],
            finding_id=finding_id, verdict=verdict,
        )  # fmt: skip


def test_findings_are_shown_from_the_second_after_the_deadline_without_names(database: Database, world: World) -> None:
    handed_in(database, world, "cem", "derya")
    assert read(database, now=REVIEWS_DUE) == []
    shown = read(database, now=REVIEWS_DUE + SECOND)
    assert [(one.reviewer, [row.label for row in one.findings]) for one in shown] == [
        ("Reviewer 1", ["1.1", "1.2"]), ("Reviewer 2", ["2.1", "2.2"]),
    ]  # fmt: skip


def test_names_are_shown_where_the_course_is_open(sqlite_database: Database, make_world: Callable[..., World]) -> None:
    world = make_world(sqlite_database, anonymity="open")
    handed_in(sqlite_database, world, "cem")
    assert [one.reviewer for one in read(sqlite_database)] == ["Cem Example"]


def test_draft_changed_after_the_last_edition_is_not_shown(database: Database, world: World) -> None:
    handed_in(database, world, "cem")
    file(database, world, "cem", "DCGAN", now=REVIEWING + timedelta(days=1), text="Only in the draft so far.")
    assert [len(one.findings) for one in read(database)] == [2]


def test_answer_stands_until_a_later_one_and_all_are_kept(database: Database, world: World) -> None:
    (edition,) = handed_in(database, world, "cem")
    answer(database, world, "ada", "DCGAN", first_id(edition))
    answer(database, world, "bora", "DCGAN", first_id(edition), kind="fixed", commit="A1B2C3D4")
    again = answer(database, world, "bora", "DCGAN", first_id(edition), kind="fixed", commit="a1b2c3d4")
    found = read(database)[0].findings[0]
    assert [(one.kind, one.commit) for one in found.responses] == [("will_fix", ""), ("fixed", "a1b2c3d4")]
    assert found.response is not None
    assert (found.response.id, again.sequence) == (again.id, 2)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"kind": "fixed"}, "Name the commit that fixes it"),
        ({"kind": "fixed", "commit": "--help"}, "is not a commit"),
        ({"kind": "disagree"}, "Say why"),
        ({"kind": "thanks"}, "Choose an answer"),
    ],
)
def test_answer_that_says_too_little_is_refused(
    database: Database, world: World, words: dict[str, str], sentence: str
) -> None:
    (edition,) = handed_in(database, world, "cem")
    with pytest.raises(BadInput, match=sentence):
        answer(database, world, "ada", "DCGAN", first_id(edition), **words)


def test_answers_are_open_from_release_until_version_2_is_due(database: Database, world: World) -> None:
    (edition,) = handed_in(database, world, "cem")
    with pytest.raises(NotAllowed):
        answer(database, world, "ada", "DCGAN", first_id(edition), now=REVIEWS_DUE)
    answer(database, world, "ada", "DCGAN", first_id(edition), now=VERSION_2)
    with pytest.raises(NotAllowed, match="until version 2 is due"):
        answer(
            database,
            world,
            "ada",
            "DCGAN",
            first_id(edition),
            now=VERSION_2 + SECOND,
            kind="disagree",
            text="No.",
        )


def test_finding_of_another_project_is_not_found(database: Database, world: World) -> None:
    (edition,) = handed_in(database, world, "cem")
    assign(database, world, "ada", "VAE")
    save(database, world, "ada", "VAE")
    submit(database, world, "ada", "VAE")
    with pytest.raises(NotFound, match="There is no such finding"):
        answer(database, world, "cem", "VAE", first_id(edition))
    with pytest.raises(NotAllowed):
        answer(database, world, "ece", "DCGAN", first_id(edition))


def test_release_by_hand_shows_and_can_be_taken_back_until_somebody_answered(
    sqlite_database: Database, make_world: Callable[..., World]
) -> None:
    world = make_world(sqlite_database, release="by_hand")
    (edition,) = handed_in(sqlite_database, world, "cem")
    staff = {"actor": world.actor("ali"), "now": RESPONDING, "course": "dgm"}
    assert read(sqlite_database) == []
    with sqlite_database.writing() as session:
        assert release_reviews(session, **staff) == 1  # type: ignore[arg-type]
    assert len(read(sqlite_database)) == 1
    with sqlite_database.writing() as session:
        assert withhold_reviews(session, **staff) == 1  # type: ignore[arg-type]
    assert read(sqlite_database) == []
    with sqlite_database.writing() as session:
        release_reviews(session, **staff)  # type: ignore[arg-type]
    answer(sqlite_database, world, "ada", "DCGAN", first_id(edition))
    with pytest.raises(Conflict, match="answered"), sqlite_database.writing() as session:
        withhold_reviews(session, **staff)  # type: ignore[arg-type]


def test_reviewer_checks_the_fix_once_version_2_is_frozen(database: Database, world: World, tmp_path: Path) -> None:
    (edition,) = handed_in(database, world, "cem")
    with pytest.raises(NotAllowed, match="once version 2 is frozen"):
        check(database, world, "cem", first_id(edition))
    freeze(database, world, tmp_path / "shared", 2, {"DCGAN/model.py": MODEL.replace("256)", "256, bias=False)")})
    check(database, world, "cem", first_id(edition), verdict="not_fixed")
    check(database, world, "cem", first_id(edition), verdict="partly")
    found = read(database, now=CHECKING)[0].findings[0]
    assert [one.verdict for one in found.checks] == ["not_fixed", "partly"]
    with pytest.raises(BadInput, match="Choose a verdict"):
        check(database, world, "cem", first_id(edition), verdict="good")
    world.reviews["derya", "DCGAN"] = world.reviews["cem", "DCGAN"]
    with pytest.raises(NotAllowed):
        check(database, world, "derya", first_id(edition))


def test_places_are_carried_to_version_2(
    sqlite_database: Database, make_world: Callable[..., World], tmp_path: Path
) -> None:
    world = make_world(sqlite_database)
    (edition,) = handed_in(sqlite_database, world, "cem")
    changes: dict[str, str | bytes | None] = {
        "DCGAN/model.py": None,
        "DCGAN/src/model.py": MODEL,
        "DCGAN/main.ipynb": notebook_text(epochs=50, cells_before=2),
    }
    freeze(sqlite_database, world, tmp_path / "shared", 2, changes)
    with sqlite_database.reading() as session:
        snapshots = snapshots_by_project(session, [world.projects["DCGAN"]])[world.projects["DCGAN"]]
    carrier = Carrier(world.objects, {one.id: one.tree for one in snapshots}, snapshots[1].tree)
    carried = [carrier.carry(finding.anchors[0]) for finding in findings_in(edition.content)]
    assert [(one.state, one.place and (one.place.path, one.place.token)) for one in carried if one] == [
        ("moved", ("main.ipynb", "cell-4-L1")), ("moved", ("src/model.py", "L7")),
    ]  # fmt: skip
