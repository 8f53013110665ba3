"""Nothing typed is lost: two tabs and two members save side by side, what is begun stays; on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reviewhub.errors import BadInput, NotFound, TooLate
from reviewhub.reviews.draft_tables import UnfiledFinding
from reviewhub.reviews.drafting import EditedFinding, change_finding_words
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.tables import Assignment, Finding, Review, ReviewEdition
from reviewhub.reviews.unfiled import forget_unfiled, keep_unfiled, own_unfiled, slot_of
from reviewhub.storage import Database
from tests.reviews.acts import file, save, submit
from tests.reviews.worlds import REVIEWING, REVIEWS_DUE, World, assign

SECOND = timedelta(seconds=1)
WORDS = {"kind": "mistake", "severity": "major", "category": "method"}


@pytest.fixture
def desk(database: Database, world: World) -> World:
    assign(database, world, "cem", "DCGAN")
    return world


def only(database: Database, desk: World, given: dict[str, str], was: dict[str, str], name: str = "cem"):
    """Save these fields alone, as a script does."""
    answers = {part: text for part, text in given.items() if part != "summary"}
    return save(database, desk, name, "DCGAN", answers=answers, summary=given.get("summary", ""), was=was)


def stored(database: Database, desk: World) -> Review:
    with database.reading() as session:
        return session.get_one(Review, desk.reviews["cem", "DCGAN"])


def begin(database: Database, desk: World, text: str, *, kept: str = "", name: str = "cem", finding_id: str = "",
          now=REVIEWING, place: str = "cell-2-L1") -> str:  # fmt: skip
    with database.writing() as session:
        return keep_unfiled(
            session, actor=desk.actor(name), now=now, course="dgm", review_id=desk.reviews["cem", "DCGAN"],
            path="" if finding_id else "main.ipynb", place="" if finding_id else place, finding_id=finding_id,
            places=(), words=WORDS | {"text": text}, was={}, kept=kept,
        )  # fmt: skip


def change(database: Database, desk: World, finding: Finding, was: dict[str, str], **words: str) -> EditedFinding:
    with database.writing() as session:
        return change_finding_words(
            session, actor=desk.actor("cem"), now=REVIEWING + SECOND, course="dgm", review_id=finding.review_id,
            finding_id=finding.id, words=was | words, was=was,
        )  # fmt: skip


def test_two_tabs_that_write_on_different_items_both_save(database: Database, desk: World) -> None:
    only(database, desk, {"form-paper": "yes", "summary": "Solid."}, {})
    only(database, desk, {"form-code": "no", "form-code-comment": "No comments.", "summary": "Solid."}, {})
    review = stored(database, desk)
    assert review.form == {
        "paper": {"answer": "yes", "comment": ""},
        "code": {"answer": "no", "comment": "No comments."},
    }
    assert review.summary == "Solid."


def test_changes_of_different_lines_are_merged_and_told(database: Database, desk: World) -> None:
    was = {"summary": "First.\nSecond.\nThird."}
    save(database, desk, "cem", "DCGAN", summary=was["summary"])
    only(database, desk, {"summary": "First, mine.\nSecond.\nThird."}, was)
    saved = only(database, desk, {"summary": "First.\nSecond.\nThird, theirs."}, was)
    assert saved.texts["summary"] == "First, mine.\nSecond.\nThird, theirs."
    assert saved.clashes == ()
    assert stored(database, desk).summary == "First, mine.\nSecond.\nThird, theirs."


def test_changes_of_one_line_come_back_as_both_and_the_rest_is_saved(database: Database, desk: World) -> None:
    only(database, desk, {"summary": "First tab."}, {})
    saved = only(database, desk, {"summary": "Second tab.", "form-paper": "yes"}, {})
    (clash,) = saved.clashes
    assert (clash.part, clash.mine, clash.theirs) == ("summary", "Second tab.", "First tab.")
    review = stored(database, desk)
    assert (review.summary, review.form["paper"]["answer"]) == ("First tab.", "yes")


def test_same_words_from_two_tabs_are_no_clash_and_no_new_version(database: Database, desk: World) -> None:
    version = only(database, desk, {"summary": "First tab."}, {}).review.version
    again = only(database, desk, {"summary": "First tab."}, {})
    assert (again.clashes, again.review.version) == ((), version)


def test_rows_of_a_table_that_two_fill_are_merged_like_lines(database: Database, desk: World) -> None:
    was = {"form-results": "FID\t30\t35\t5\nIS\t8\t7\t1\nKID\t1\t2\t"}
    only(database, desk, {**was, "summary": ""}, {})
    only(database, desk, {"form-results": was["form-results"].replace("35", "36"), "summary": ""}, was)
    only(database, desk, {"form-results": was["form-results"].replace("1\t2", "1\t3"), "summary": ""}, was)
    assert stored(database, desk).form["results"]["answer"] == [
        ["FID", "30", "36", "5"],
        ["IS", "8", "7", "1"],
        ["KID", "1", "3", ""],
    ]


def test_many_tabs_at_once_lose_no_line(database: Database, desk: World) -> None:
    items = ("paper", "goals", "method", "code", "data", "notebook", "difficulties", "licence")
    with ThreadPoolExecutor(max_workers=8) as pool:
        list(pool.map(lambda item: only(database, desk, {f"form-{item}": "yes", "summary": ""}, {}), items))
    assert set(stored(database, desk).form) == set(items)


def test_text_above_64_kb_is_refused_and_changes_nothing(database: Database, desk: World) -> None:
    only(database, desk, {"summary": "Short."}, {})
    with pytest.raises(BadInput, match="The summary is 64 KB long; 64 KB is the most"):
        only(database, desk, {"summary": "ä" * 33_000}, {"summary": "Short."})
    assert stored(database, desk).summary == "Short."


def test_finding_changed_in_two_tabs_is_merged_or_comes_back_as_both(database: Database, desk: World) -> None:
    finding = file(database, desk, "cem", "DCGAN", text="The rate.\n\nIt is 0.01.")
    was = {"kind": "mistake", "severity": "major", "category": "method", "text": "The rate.\n\nIt is 0.01."}
    change(database, desk, finding, was, text="The rate.\n\nIt is 0.01, the paper has 0.0002.")
    other = change(database, desk, finding, was, text="The learning rate.\n\nIt is 0.01.", severity="minor")
    assert other.clashes == ()
    assert (other.finding.text, other.finding.severity) == (
        "The learning rate.\n\nIt is 0.01, the paper has 0.0002.", "minor",
    )  # fmt: skip
    third = change(database, desk, finding, was, text="Something else.")
    assert [one.part for one in third.clashes] == ["text"]
    with database.reading() as session:
        assert session.get_one(Finding, finding.id).text == other.finding.text


def test_begun_finding_is_kept_for_its_writer_and_counts_nowhere(database: Database, desk: World) -> None:
    begin(database, desk, "The learning rate is")
    with database.reading() as session:
        (row,) = own_unfiled(session, desk.actor("cem"), desk.reviews["cem", "DCGAN"])
        assert own_unfiled(session, desk.actor("derya"), desk.reviews["cem", "DCGAN"]) == []
        assert session.scalar(select(func.count(Finding.id))) == 0
    assert (row.text, row.path, row.place, row.severity) == ("The learning rate is", "main.ipynb", "cell-2-L1", "major")
    save(database, desk, "cem", "DCGAN")
    assert findings_in(submit(database, desk, "cem", "DCGAN").content) == ()


def test_begun_finding_goes_on_from_another_machine_and_is_forgotten_when_emptied(
    database: Database, desk: World
) -> None:
    begin(database, desk, "The learning rate is")
    begin(database, desk, "The learning rate is 0.01.", kept="The learning rate is")
    begin(database, desk, "", kept="The learning rate is 0.01.")
    with database.reading() as session:
        assert session.scalar(select(func.count(UnfiledFinding.id))) == 0


def test_one_form_open_in_two_tabs_keeps_both_texts(database: Database, desk: World) -> None:
    begin(database, desk, "First tab.")
    assert begin(database, desk, "Second tab.") == "First tab.\nSecond tab."


def test_begun_change_equal_to_its_finding_is_nothing(database: Database, desk: World) -> None:
    finding = file(database, desk, "cem", "DCGAN", text="Too high.")
    begin(database, desk, "Far too high.", kept="Too high.", finding_id=finding.id)
    begin(database, desk, "Too high.", kept="Far too high.", finding_id=finding.id)
    with database.reading() as session:
        assert session.scalar(select(func.count(UnfiledFinding.id))) == 0


def test_begun_finding_is_the_reviewers_alone_and_closes_with_the_deadline(database: Database, desk: World) -> None:
    with pytest.raises(NotFound, match="There is no such review"):
        begin(database, desk, "Mine.", name="derya")
    begin(database, desk, "In time.", now=REVIEWS_DUE)
    with pytest.raises(TooLate, match="stays here to read and copy"):
        begin(database, desk, "In time. And late.", kept="In time.", now=REVIEWS_DUE + SECOND)
    with database.reading() as session:
        assert [one.text for one in own_unfiled(session, desk.actor("cem"), desk.reviews["cem", "DCGAN"])] == [
            "In time."
        ]


@pytest.mark.parametrize("place", ["nowhere", "L0x", "cell--1", "../secret"])
def test_begun_finding_at_no_place_is_refused(database: Database, desk: World, place: str) -> None:
    with pytest.raises(BadInput, match="is not a place in a file"):
        begin(database, desk, "Somewhere.", place=place)


def test_only_so_many_findings_are_begun_at_once(database: Database, desk: World) -> None:
    for line in range(1, 101):
        begin(database, desk, "Begun.", place=f"L{line}")
    with pytest.raises(BadInput, match="100 findings are begun and not saved"):
        begin(database, desk, "One more.", place="L101")
    begin(database, desk, "Begun, and gone on with.", place="L7", kept="Begun.")


def test_thrown_away_is_thrown_away_for_its_writer_alone(database: Database, desk: World) -> None:
    begin(database, desk, "Mine.")
    slot = slot_of("main.ipynb", "cell-2-L1")
    for name, left in (("derya", 1), ("cem", 0)):
        with database.writing() as session:
            forget_unfiled(session, actor=desk.actor(name), review_id=desk.reviews["cem", "DCGAN"], slot=slot)
        with database.reading() as session:
            assert session.scalar(select(func.count(UnfiledFinding.id))) == left


def test_two_members_of_a_reviewing_group_write_one_draft_and_begin_their_own_findings(
    database: Database, world: World
) -> None:
    review_id = assign(database, world, "cem", "DCGAN")
    with database.writing() as session:
        assignment = session.scalars(select(Assignment)).one()
        assignment.reviewer_id, assignment.reviewer_group_id = None, world.groups["VAE"]
    world.reviews["derya", "DCGAN"] = review_id
    only(database, world, {"summary": "By Cem.", "form-paper": "yes"}, {})
    saved = only(database, world, {"summary": "By Derya.", "form-code": "no"}, {}, name="derya")
    assert [one.part for one in saved.clashes] == ["summary"]
    begin(database, world, "Mine alone.", name="derya")
    with database.reading() as session:
        assert own_unfiled(session, world.actor("cem"), review_id) == []
        assert session.scalar(select(func.count(ReviewEdition.id))) == 0
    assert set(stored(database, world).form) == {"paper", "code"}
