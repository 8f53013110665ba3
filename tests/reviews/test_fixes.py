"""Verdicts on fixes and places pointed at by hand: once each, all kept, taken back in order, refused with the reason."""

from pathlib import Path

import pytest
from sqlalchemy import select

from reviewhub.accounts.tables import Event
from reviewhub.errors import BadInput, Conflict, NotAllowed, NotFound
from reviewhub.reviews.checking import check_fix, undo_check
from reviewhub.reviews.correcting import correct_place, undo_correction
from reviewhub.reviews.correction_tables import PlaceCorrection
from reviewhub.reviews.followed import Followed
from reviewhub.reviews.following import follow_edition
from reviewhub.reviews.lookup import current_snapshot, snapshots_of
from reviewhub.reviews.places import read_place
from reviewhub.reviews.reviewing import withdraw_finding
from reviewhub.reviews.submitting import last_edition
from reviewhub.reviews.tables import Finding, FixCheck
from reviewhub.storage import Database
from tests.reviews.acts import file, save, submit
from tests.reviews.worlds import CHECKING, MODEL, REVIEWING, World, assign, freeze

MOVED = "import math\n" + MODEL


@pytest.fixture
def finding(database: Database, world: World, tmp_path: Path) -> Finding:
    """Cem's finding on line 7 of model.py, handed in; in version 2 the line is one further down."""
    assign(database, world, "cem", "DCGAN")
    found = file(database, world, "cem", "DCGAN", path="model.py", place="L7", text="The layer has a bias.")
    save(database, world, "cem", "DCGAN")
    submit(database, world, "cem", "DCGAN")
    freeze(database, world, tmp_path / "shared", 2, {"DCGAN/model.py": MOVED})
    return found


def check(database: Database, world: World, finding: Finding, verdict: str, *, by: str = "cem") -> FixCheck:
    with database.writing() as session:
        return check_fix(
            session, actor=world.actor(by), now=CHECKING, course="dgm", review_id=finding.review_id,
            finding_id=finding.id, verdict=verdict,
        )  # fmt: skip


def undo(database: Database, world: World, finding: Finding, sequence: int, *, by: str = "cem") -> str:
    with database.writing() as session:
        stands = undo_check(
            session, actor=world.actor(by), now=CHECKING, course="dgm", review_id=finding.review_id,
            finding_id=finding.id, sequence=sequence,
        )  # fmt: skip
        return stands.verdict if stands else ""


def point(database: Database, world: World, finding: Finding, token: str, path: str = "model.py", *, by: str = "cem",
          position: int = 0) -> PlaceCorrection:  # fmt: skip
    with database.writing() as session:
        return correct_place(
            session, actor=world.actor(by), now=CHECKING, course="dgm", review_id=finding.review_id,
            finding_id=finding.id, position=position, objects=world.objects,
            place=read_place(token, path) if token else None,
        )  # fmt: skip


def unpoint(database: Database, world: World, finding: Finding, *, by: str = "cem") -> None:
    with database.writing() as session:
        undo_correction(
            session, actor=world.actor(by), now=CHECKING, course="dgm", review_id=finding.review_id,
            finding_id=finding.id, position=0,
        )  # fmt: skip


def followed(database: Database, world: World, finding: Finding) -> Followed:
    with database.reading() as session:
        edition = last_edition(session, finding.review_id)
        assert edition is not None
        snapshots = snapshots_of(session, [world.projects["DCGAN"]])
        version_2 = current_snapshot(snapshots, world.projects["DCGAN"], 2)
        (one,) = follow_edition(session, edition, snapshots, version_2, objects=world.objects)
    return one


def where(database: Database, world: World, finding: Finding) -> tuple[str, str, str]:
    """State, place and who pointed."""
    (place,) = followed(database, world, finding).places
    assert place.carried is not None
    return place.carried.state, place.carried.place.token if place.carried.place else "", place.corrected_by


def test_verdicts_taken_back_leave_the_one_before_standing(database: Database, world: World, finding: Finding) -> None:
    check(database, world, finding, "fixed")
    check(database, world, finding, "partly")
    assert undo(database, world, finding, 2) == "fixed"
    assert undo(database, world, finding, 1) == ""
    assert followed(database, world, finding).answered.check is None
    check(database, world, finding, "not_fixed")
    with database.reading() as session:
        rows = session.execute(select(FixCheck.sequence, FixCheck.verdict, FixCheck.undone_at.is_(None)))
        events = session.scalars(select(Event.action).order_by(Event.id)).all()
        assert sorted(map(tuple, rows)) == [(1, "fixed", False), (2, "partly", False), (3, "not_fixed", True)]
    assert (events.count("checked fix"), events.count("took back fix check")) == (3, 2)


def test_the_same_verdict_is_taken_back_once(database: Database, world: World, finding: Finding) -> None:
    check(database, world, finding, "fixed")
    check(database, world, finding, "partly")
    assert [undo(database, world, finding, 2), undo(database, world, finding, 2)] == ["fixed", "fixed"]


def test_a_verdict_under_a_newer_one_is_not_taken_back(database: Database, world: World, finding: Finding) -> None:
    check(database, world, finding, "fixed")
    check(database, world, finding, "partly")
    with pytest.raises(Conflict, match="Another verdict was given meanwhile"):
        undo(database, world, finding, 1)
    with pytest.raises(NotFound, match="no such verdict"):
        undo(database, world, finding, 9)


def test_only_the_reviewer_gives_and_takes_back_verdicts(database: Database, world: World, finding: Finding) -> None:
    check(database, world, finding, "fixed")
    for name in ("ada", "derya", "iris"):
        with pytest.raises(NotAllowed):
            check(database, world, finding, "partly", by=name)
        with pytest.raises(NotAllowed):
            undo(database, world, finding, 1, by=name)


def test_place_pointed_at_stands_until_it_is_taken_back(database: Database, world: World, finding: Finding) -> None:
    assert where(database, world, finding) == ("moved", "L8", "")
    point(database, world, finding, "L11")
    assert where(database, world, finding) == ("changed", "L11", "the reviewer")
    point(database, world, finding, "", by="ali")
    assert where(database, world, finding) == ("gone", "", "the staff")
    unpoint(database, world, finding)
    assert where(database, world, finding) == ("changed", "L11", "the reviewer")
    unpoint(database, world, finding, by="iris")
    assert where(database, world, finding) == ("moved", "L8", "")
    with pytest.raises(BadInput, match="nothing to undo"):
        unpoint(database, world, finding)
    with database.reading() as session:
        told = session.scalars(select(Event.action).where(Event.action.like("%corrected place")).order_by(Event.id))
        assert sorted(told) == ["corrected place"] * 2 + ["took back corrected place"] * 2


def test_place_pointed_at_twice_is_one_word(database: Database, world: World, finding: Finding) -> None:
    assert point(database, world, finding, "L11").id == point(database, world, finding, "L11").id


def test_place_with_the_same_text_is_moved_and_in_another_file_too(
    database: Database, world: World, finding: Finding, tmp_path: Path
) -> None:
    point(database, world, finding, "L8")
    assert where(database, world, finding) == ("moved", "L8", "the reviewer")
    point(database, world, finding, "cell-1", "main.ipynb")
    assert where(database, world, finding) == ("changed", "cell-1", "the reviewer")


def test_place_outside_version_2_is_refused(database: Database, world: World, finding: Finding) -> None:
    outside = {
        ("L99", "model.py"): "The file has 11 lines, so line 99 is not in it.",
        ("L1", "other.py"): "There is no file “other.py” in this version.",
        ("cell-9", "main.ipynb"): "The notebook has 3 cells, so there is no cell 10.",
        ("cell-1", "model.py"): "This file is not a notebook, so it has no cells.",
    }
    for (token, path), sentence in outside.items():
        with pytest.raises(BadInput, match=sentence):
            point(database, world, finding, token, path)
    assert where(database, world, finding) == ("moved", "L8", "")


def test_place_that_the_finding_does_not_have_is_refused(database: Database, world: World, finding: Finding) -> None:
    with pytest.raises(NotFound, match="no such place"):
        point(database, world, finding, "L1", position=1)


def test_only_reviewer_and_staff_point(database: Database, world: World, finding: Finding) -> None:
    for name in ("ada", "derya", "olga"):
        with pytest.raises(NotAllowed):
            point(database, world, finding, "L11", by=name)


def test_finding_of_another_review_is_not_there(database: Database, world: World, finding: Finding) -> None:
    assign(database, world, "derya", "DCGAN")
    other = file(database, world, "derya", "DCGAN", path="model.py", place="L4")
    save(database, world, "derya", "DCGAN")
    submit(database, world, "derya", "DCGAN")
    other.review_id = finding.review_id
    with pytest.raises(NotFound, match="There is no such finding"):
        check(database, world, other, "fixed")
    with pytest.raises(NotFound, match="There is no such finding"):
        point(database, world, other, "L1")


def test_withdrawn_finding_is_not_checked(sqlite_database: Database, make_world, tmp_path: Path) -> None:
    world = make_world(sqlite_database)
    assign(sqlite_database, world, "cem", "DCGAN")
    finding = file(sqlite_database, world, "cem", "DCGAN", path="model.py", place="L7")
    save(sqlite_database, world, "cem", "DCGAN")
    submit(sqlite_database, world, "cem", "DCGAN")
    with sqlite_database.writing() as session:
        withdraw_finding(
            session, actor=world.actor("cem"), now=REVIEWING, course="dgm", review_id=finding.review_id,
            finding_id=finding.id,
        )  # fmt: skip
    submit(sqlite_database, world, "cem", "DCGAN", edition=1)
    freeze(sqlite_database, world, tmp_path / "shared", 2, {})
    with pytest.raises(Conflict, match="withdrawn"):
        check(sqlite_database, world, finding, "fixed")
    with pytest.raises(Conflict, match="withdrawn"):
        point(sqlite_database, world, finding, "L1")
