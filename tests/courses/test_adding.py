"""Courses are added from their file, and updated once the changes were seen."""

import pytest

from reviewhub.accounts.rights import PROGRAM
from reviewhub.courses.adding import add_course, change_remote, preview_update, update_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.errors import BadInput, Conflict, NotAllowed
from reviewhub.storage import Database
from tests.courses.conftest import NOW, Campus

NEW_TEXT = (
    shipped_text("ceng796")
    .replace("share            = 0.5", "share            = 0.25")
    .replace("Fall 2026", "Fall 2027")
)


def test_an_update_is_what_its_preview_said(campus: Campus) -> None:
    seen = preview_update(campus.course(), NEW_TEXT)

    with campus.database.writing() as session:
        done = update_course(session, actor=campus.actor("deniz"), now=NOW, course="ceng796", text=NEW_TEXT,
                             seen_digest=campus.course().policy_digest)  # fmt: skip

    assert [str(change) for change in seen] == ["  term: Fall 2026 → Fall 2027", "  points.share: 0.5 → 0.25"]
    assert done == seen
    assert (campus.course().term, str(campus.course().policy.points.share), campus.course().version) == (
        "Fall 2027",
        "0.25",
        2,
    )


def test_an_update_after_somebody_elses_is_refused(campus: Campus) -> None:
    with pytest.raises(Conflict), campus.database.writing() as session:
        update_course(
            session,
            actor=campus.actor("deniz"),
            now=NOW,
            course="ceng796",
            text=NEW_TEXT,
            seen_digest="0" * 64,
        )

    assert campus.course().term == "Fall 2026"


def test_a_wrong_file_changes_nothing(campus: Campus) -> None:
    with pytest.raises(BadInput), campus.database.writing() as session:
        update_course(session, actor=campus.actor("deniz"), now=NOW, course="ceng796", text="title = 3",
                      seen_digest=campus.course().policy_digest)  # fmt: skip

    assert campus.course().policy.title == "Deep Generative Models"


@pytest.mark.parametrize("name", ["ela", "ada", "oya"])
def test_only_the_instructor_updates_the_course_file(campus: Campus, name: str) -> None:
    with pytest.raises(NotAllowed), campus.database.writing() as session:
        update_course(session, actor=campus.actor(name), now=NOW, course="ceng796", text=NEW_TEXT,
                      seen_digest=campus.course().policy_digest)  # fmt: skip


def test_several_courses_live_side_by_side_and_a_slug_is_taken_once(database: Database) -> None:
    with database.writing() as session:
        for slug in ("ceng796", "dl1"):
            add_course(session, actor=PROGRAM, now=NOW, slug=slug, text=shipped_text(slug))

    with pytest.raises(Conflict), database.writing() as session:
        add_course(session, actor=PROGRAM, now=NOW, slug="dl1", text=shipped_text("dl1"))


@pytest.mark.parametrize("slug", ["", "-a", "a-", "A", "a b", "a/b", "ç", "x" * 61])
def test_a_slug_is_small_letters_digits_and_hyphens(sqlite_database: Database, slug: str) -> None:
    with pytest.raises(BadInput), sqlite_database.writing() as session:
        add_course(session, actor=PROGRAM, now=NOW, slug=slug, text=shipped_text("dl1"))


def test_only_an_administrator_adds_a_course(sqlite_campus: Campus) -> None:
    with pytest.raises(NotAllowed), sqlite_campus.database.writing() as session:
        add_course(session, actor=sqlite_campus.actor("deniz"), now=NOW, slug="mine", text=shipped_text("dl1"))


@pytest.mark.parametrize("remote", ["ext::sh -c x", "-u", "http://example.org/x", "/tmp"])
def test_an_address_that_is_no_repository_is_refused(sqlite_campus: Campus, remote: str) -> None:
    with pytest.raises(BadInput), sqlite_campus.database.writing() as session:
        change_remote(session, actor=sqlite_campus.actor("deniz"), now=NOW, course="ceng796", remote=remote)
