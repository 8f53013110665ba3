"""A review is written, handed in once per click, and closed by its deadline; on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reviewhub.accounts.tables import Event
from reviewhub.errors import BadInput, Conflict, NotAllowed, NotFound, TooLate
from reviewhub.mail.tables import Mail
from reviewhub.reviews.invariants import INVARIANTS
from reviewhub.reviews.reassigning import release_assignment
from reviewhub.reviews.reviewing import edit_finding, restore_finding, withdraw_finding
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.tables import Assignment, Finding, FindingAnchor, Review, ReviewEdition
from reviewhub.storage import Database
from tests.reviews.acts import file, save, submit
from tests.reviews.worlds import REVIEWING, REVIEWS_DUE, World, assign

SECOND = timedelta(seconds=1)


@pytest.fixture
def desk(database: Database, world: World) -> World:
    assign(database, world, "cem", "DCGAN")
    return world


def hold(database: Database) -> None:
    with database.reading() as session:
        assert {name: check(session) for name, check in INVARIANTS.items()} == {name: [] for name in INVARIANTS}


def edit(database: Database, world: World, finding: Finding, *, version: int, text: str) -> Finding:
    with database.writing() as session:
        return edit_finding(
            session, actor=world.actor("cem"), now=REVIEWING + SECOND, course="dgm", review_id=finding.review_id,
            finding_id=finding.id, kind="mistake", severity="minor", category="", text=text, version=version,
        )  # fmt: skip


def test_finding_on_a_line_of_a_cell_keeps_its_place_and_text(database: Database, desk: World) -> None:
    finding = file(database, desk, "cem", "DCGAN")
    with database.reading() as session:
        anchor = session.scalars(select(FindingAnchor).where(FindingAnchor.finding_id == finding.id)).one()
        review = session.get_one(Review, finding.review_id)
        events = session.scalars(select(Event.action)).all()
    assert (anchor.kind, anchor.path, anchor.cell_index, anchor.first_line, anchor.cell_id) == (
        "cell_lines", "main.ipynb", 2, 1, "train",
    )  # fmt: skip
    assert anchor.quoted == "optimiser = torch.optim.Adam(generator.parameters(), lr=0.01)"
    assert anchor.snapshot_id == desk.snapshots["DCGAN", 1]
    assert (finding.number, review.started_at, review.saved_at) == (1, REVIEWING, REVIEWING)
    assert "filed finding" in events
    hold(database)


@pytest.mark.parametrize(
    ("place", "path", "quoted"),
    [
        ("L7", "model.py", "        self.project = torch.nn.Linear(size, 256)"),
        ("cell-2-output-0", "main.ipynb", "epoch 1\nepoch 2"),
        ("cell-0", "main.ipynb", "# DCGAN\nWe follow section 3, $x^2$."),
        ("file", "figures/loss.png", ""),
        ("project", "", ""),
    ],
)
def test_finding_on_every_kind_of_place_quotes_it(
    database: Database, desk: World, place: str, path: str, quoted: str
) -> None:
    finding = file(database, desk, "cem", "DCGAN", place=place, path=path)
    with database.reading() as session:
        anchor = session.scalars(select(FindingAnchor).where(FindingAnchor.finding_id == finding.id)).one()
    assert anchor.quoted == quoted


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"place": "L99", "path": "model.py"}, "The file has 10 lines, so line 99 is not in it."),
        ({"place": "L1", "path": "other.py"}, "There is no file “other.py” in this version."),
        ({"place": "L1", "path": "../VAE/model.py"}, "There is no file “../VAE/model.py” in this version."),
        ({"place": "L1", "path": "figures/loss.png"}, "This file has no lines to point at; make it a finding about the whole file."),
        ({"text": "  "}, "Say what you found: the text is empty."),
        ({"kind": "praise"}, "Choose what kind of finding it is: mistake, missing, question or remark."),
        ({"severity": "huge"}, "Choose a severity: critical, major, minor or trivial."),
        ({"category": "style"}, "Choose a category from the list, or none."),
    ],
)  # fmt: skip
def test_finding_that_is_not_acceptable_is_refused_and_changes_nothing(
    database: Database, desk: World, words: dict[str, str], sentence: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        file(database, desk, "cem", "DCGAN", **words)
    assert refusal.value.message == sentence
    with database.reading() as session:
        assert session.scalar(select(func.count(Finding.id))) == 0


def test_edited_finding_keeps_the_text_before_in_the_log(database: Database, desk: World) -> None:
    finding = file(database, desk, "cem", "DCGAN")
    edit(database, desk, finding, version=finding.version, text="Too high.")
    with database.reading() as session:
        event = session.scalars(select(Event).where(Event.action == "edited finding")).one()
    assert event.before is not None
    assert event.before["text"] == "The learning rate is 0.01; the paper says 0.0002."


def test_finding_edited_in_two_tabs_is_a_conflict_and_not_overwritten(database: Database, desk: World) -> None:
    finding = file(database, desk, "cem", "DCGAN")
    edit(database, desk, finding, version=1, text="First tab.")
    with pytest.raises(Conflict, match="changed elsewhere"):
        edit(database, desk, finding, version=1, text="Second tab.")


def test_submit_makes_an_edition_with_everything_and_mails_the_receipt(database: Database, desk: World) -> None:
    file(database, desk, "cem", "DCGAN")
    save(database, desk, "cem", "DCGAN")
    edition = submit(database, desk, "cem", "DCGAN")
    assert (edition.edition, edition.due_at) == (1, REVIEWS_DUE)
    assert [finding.number for finding in findings_in(edition.content)] == [1]
    assert edition.content["summary"] == "Solid work."
    with database.reading() as session:
        mail = session.scalars(select(Mail)).one()
    assert mail.subject == "Your review of DCGAN is handed in (edition 1)"
    assert edition.digest in mail.text
    hold(database)


def test_submit_with_empty_required_items_lists_them_and_hands_in_nothing(database: Database, desk: World) -> None:
    save(database, desk, "cem", "DCGAN", answers={"form-paper": "yes"})
    with pytest.raises(BadInput) as refusal:
        submit(database, desk, "cem", "DCGAN")
    assert len(refusal.value.problems) == 8
    with database.reading() as session:
        assert session.scalar(select(func.count(ReviewEdition.id))) == 0


def test_same_submit_twice_is_one_edition(database: Database, desk: World) -> None:
    save(database, desk, "cem", "DCGAN")
    first = submit(database, desk, "cem", "DCGAN")
    again = submit(database, desk, "cem", "DCGAN", now=REVIEWING + timedelta(hours=2))
    assert (again.id, again.submitted_at) == (first.id, first.submitted_at)


def test_50_parallel_submits_make_one_edition(database: Database, desk: World) -> None:
    save(database, desk, "cem", "DCGAN")
    with ThreadPoolExecutor(max_workers=8) as pool:
        editions = list(pool.map(lambda _: submit(database, desk, "cem", "DCGAN").id, range(50)))
    assert len(set(editions)) == 1
    with database.reading() as session:
        assert session.scalar(select(func.count(ReviewEdition.id))) == 1
        assert session.scalar(select(func.count(Mail.id))) == 1
    hold(database)


def test_same_finding_filed_twice_is_one_unless_it_was_withdrawn_or_stands_elsewhere(
    database: Database, desk: World
) -> None:
    with ThreadPoolExecutor(max_workers=4) as pool:
        found = {one.id for one in pool.map(lambda _: file(database, desk, "cem", "DCGAN"), range(4))}
    assert len(found) == 1
    assert file(database, desk, "cem", "DCGAN", place="cell-2-L2").number == 2
    assert file(database, desk, "cem", "DCGAN", severity="minor").number == 3
    with database.writing() as session:
        withdraw_finding(session, actor=desk.actor("cem"), now=REVIEWING, course="dgm",
                         review_id=desk.reviews["cem", "DCGAN"], finding_id=found.pop())  # fmt: skip
    assert file(database, desk, "cem", "DCGAN").number == 4


def test_parallel_findings_get_numbers_without_gaps(database: Database, desk: World) -> None:
    with ThreadPoolExecutor(max_workers=6) as pool:
        list(pool.map(lambda number: file(database, desk, "cem", "DCGAN", text=f"Finding {number}."), range(12)))
    with database.reading() as session:
        assert sorted(session.scalars(select(Finding.number))) == list(range(1, 13))


def test_edit_after_submit_makes_edition_2_and_keeps_both_texts(database: Database, desk: World) -> None:
    finding = file(database, desk, "cem", "DCGAN")
    save(database, desk, "cem", "DCGAN")
    first = submit(database, desk, "cem", "DCGAN")
    edit(database, desk, finding, version=finding.version, text="Far too high.")
    second = submit(database, desk, "cem", "DCGAN", edition=1)
    assert [findings_in(one.content)[0].text for one in (first, second)] == [
        "The learning rate is 0.01; the paper says 0.0002.", "Far too high.",
    ]  # fmt: skip
    assert second.edition == 2
    hold(database)


def test_submit_without_a_change_makes_no_new_edition(database: Database, desk: World) -> None:
    save(database, desk, "cem", "DCGAN")
    first = submit(database, desk, "cem", "DCGAN")
    assert submit(database, desk, "cem", "DCGAN", edition=1).id == first.id


def test_withdrawn_finding_stays_struck_once_it_was_handed_in(database: Database, desk: World) -> None:
    handed_in, never = (
        file(database, desk, "cem", "DCGAN"),
        file(database, desk, "cem", "DCGAN", text="A slip of mine."),
    )
    save(database, desk, "cem", "DCGAN")
    known = {"actor": desk.actor("cem"), "now": REVIEWING, "course": "dgm", "review_id": handed_in.review_id}
    with database.writing() as session:
        withdraw_finding(session, **known, finding_id=never.id)  # type: ignore[arg-type]
    submit(database, desk, "cem", "DCGAN")
    with database.writing() as session:
        withdraw_finding(session, **known, finding_id=handed_in.id)  # type: ignore[arg-type]
    edition = submit(database, desk, "cem", "DCGAN", edition=1)
    assert [(one.number, one.withdrawn) for one in findings_in(edition.content)] == [(1, True)]
    with database.writing() as session:
        restore_finding(session, **known, finding_id=handed_in.id)  # type: ignore[arg-type]
    assert [one.withdrawn for one in findings_in(submit(database, desk, "cem", "DCGAN", edition=2).content)] == [False]


def test_deadline_to_the_second_closes_the_review_and_keeps_the_draft(database: Database, desk: World) -> None:
    save(database, desk, "cem", "DCGAN", now=REVIEWS_DUE, summary="In time.")
    for act in (save, file, submit):
        with pytest.raises(TooLate, match="Your draft stays here to read and copy"):
            act(database, desk, "cem", "DCGAN", now=REVIEWS_DUE + SECOND)
    with database.reading() as session:
        assert session.get_one(Review, desk.reviews["cem", "DCGAN"]).summary == "In time."


@pytest.mark.parametrize("name", ["ada", "derya", "iris", "olga"])
def test_nobody_but_the_reviewer_writes(database: Database, desk: World, name: str) -> None:
    desk.reviews[name, "DCGAN"] = desk.reviews["cem", "DCGAN"]
    with pytest.raises(NotFound, match="There is no such review"):
        file(database, desk, name, "DCGAN")


def test_released_reviewer_writes_no_more(database: Database, desk: World) -> None:
    save(database, desk, "cem", "DCGAN")
    with database.writing() as session:
        assignment = session.scalars(select(Assignment)).one()
        release_assignment(
            session,
            actor=desk.actor("iris"),
            now=REVIEWING,
            course="dgm",
            assignment_id=assignment.id,
            reason="ill",
        )
    with pytest.raises(NotAllowed, match="You were released from this review"):
        file(database, desk, "cem", "DCGAN")
