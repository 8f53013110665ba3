"""Answers to several findings at once, duplicates, and commits that are looked up in what was pushed."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from reviewhub.courses.facts import find_course
from reviewhub.errors import BadInput, Conflict, NotFound
from reviewhub.projects.lookup import find_project
from reviewhub.projects.pushes import PushedCommit, find_pushed
from reviewhub.projects.tables import RefMove
from reviewhub.reviews.answering import Answer, answer_findings
from reviewhub.reviews.invariants import INVARIANTS
from reviewhub.reviews.leftover import Progress, count_leftover, progress_of, read_choice
from reviewhub.reviews.message_tables import Clarification
from reviewhub.reviews.reviewing import withdraw_finding
from reviewhub.reviews.submitted import findings_in
from reviewhub.reviews.tables import Response, Review
from reviewhub.storage import Database
from tests.github.pushing import SharedRepository
from tests.reviews.acts import file, save, submit
from tests.reviews.worlds import MODEL, RESPONDING, REVIEWING, VERSION_1, World, assign

WORDS = ("The learning rate is wrong.", "The layer has a bias.", "The seed is not set.")


@pytest.fixture
def world(sqlite_database: Database, make_world: Callable[..., World]) -> World:
    """A small course."""
    return make_world(sqlite_database)


def found(database: Database, world: World, name: str = "cem", words: Sequence[str] = WORDS) -> list[str]:
    """Findings with these words, handed in."""
    assign(database, world, name, "DCGAN")
    for text in words:
        file(database, world, name, "DCGAN", text=text)
    save(database, world, name, "DCGAN")
    return [one.finding_id for one in findings_in(submit(database, world, name, "DCGAN").content)]


def answer(database: Database, world: World, ids: Sequence[str], **said: str) -> list[Response]:
    with database.writing() as session:
        return answer_findings(
            session, actor=world.actor("ada"), now=RESPONDING, course="dgm", key="DCGAN", finding_ids=ids,
            answer=Answer(**said),
        )  # fmt: skip


def test_several_findings_get_the_same_answer(sqlite_database: Database, world: World) -> None:
    ids = found(sqlite_database, world)
    made = answer(sqlite_database, world, [*ids, ids[0]], kind="will_fix", text="We shall.")
    assert [(one.finding_id, one.kind, one.sequence) for one in made] == [(one, "will_fix", 1) for one in ids]


def test_one_wrong_finding_refuses_the_answer_to_all(sqlite_database: Database, world: World) -> None:
    ids = found(sqlite_database, world)
    with pytest.raises(NotFound):
        answer(sqlite_database, world, [*ids, "0123456789abcdef"], kind="will_fix")
    with sqlite_database.reading() as session:
        assert session.query(Response).count() == 0


def test_answer_for_no_finding_is_refused(sqlite_database: Database, world: World) -> None:
    found(sqlite_database, world)
    with pytest.raises(BadInput, match="Choose the findings"):
        answer(sqlite_database, world, [], kind="will_fix")


def test_duplicate_names_the_finding_it_repeats(sqlite_database: Database, world: World) -> None:
    (first, *_), (second, *_) = found(sqlite_database, world), found(sqlite_database, world, "ece")
    (made,) = answer(sqlite_database, world, [second], kind="duplicate", duplicate_of=first)
    assert (made.kind, made.duplicate_of_id, made.text) == ("duplicate", first, "")
    (made,) = answer(sqlite_database, world, [second], kind="will_fix", duplicate_of=first)
    assert made.duplicate_of_id is None


@pytest.mark.parametrize(
    ("which", "original", "says"),
    [
        (0, "", "Choose the finding it is a duplicate of"),
        (0, "0123456789abcdef", "Choose the finding it is a duplicate of"),
        (0, 0, "cannot be a duplicate of itself"),
        (0, 1, "itself answered as a duplicate"),
        (2, 0, "Another finding is answered as a duplicate of this one"),
    ],
)
def test_duplicate_of_nothing_of_itself_or_of_a_duplicate_is_refused(
    sqlite_database: Database, world: World, which: int, original: str | int, says: str
) -> None:
    ids = found(sqlite_database, world)
    answer(sqlite_database, world, [ids[1]], kind="duplicate", duplicate_of=ids[2])
    of = original if isinstance(original, str) else ids[original]
    with pytest.raises(BadInput, match=says):
        answer(sqlite_database, world, [ids[which]], kind="duplicate", duplicate_of=of)


def test_withdrawn_finding_is_neither_answered_nor_repeated(sqlite_database: Database, world: World) -> None:
    ids = found(sqlite_database, world)
    with sqlite_database.writing() as session:
        withdraw_finding(
            session, actor=world.actor("cem"), now=REVIEWING + timedelta(hours=2), course="dgm",
            review_id=world.reviews["cem", "DCGAN"], finding_id=ids[0],
        )  # fmt: skip
    submit(sqlite_database, world, "cem", "DCGAN", now=REVIEWING + timedelta(hours=3), edition=1)
    with pytest.raises(Conflict, match="withdrew"):
        answer(sqlite_database, world, [ids[0]], kind="will_fix")
    with pytest.raises(BadInput, match="withdrawn"):
        answer(sqlite_database, world, [ids[1]], kind="duplicate", duplicate_of=ids[0])


def test_progress_follows_the_last_answer() -> None:
    kinds = (None, "will_fix", "fixed", "disagree", "cannot_reproduce", "not_in_scope", "duplicate")
    assert [progress_of(kind) for kind in kinds] == [
        Progress.LEFT, Progress.PLANNED, Progress.FIXED, Progress.DISPUTED, Progress.DISPUTED, Progress.ASIDE,
        Progress.DUPLICATE,
    ]  # fmt: skip


def test_leftover_counts_by_severity_and_progress() -> None:
    left = count_leftover([("minor", None), ("major", "fixed"), ("minor", "fixed"), ("minor", None)])
    assert left.severities == ["major", "minor"]
    assert (left.cell("minor", "left"), left.row("minor"), left.column("fixed"), left.total) == (2, 3, 2, 4)


def test_choice_takes_what_it_names_and_a_wrong_word_counts_as_all() -> None:
    choice = read_choice("left", "minor")
    assert [choice.takes("minor", None), choice.takes("major", None), choice.takes("minor", "fixed")] == [
        True, False, False,
    ]  # fmt: skip
    assert read_choice("<b>", "x").takes("trivial", "fixed")


# ------------------------------------------------------------------------------------------------------------- commits


@pytest.fixture
def pushed(sqlite_database: Database, world: World, tmp_path: Path) -> list[str]:
    """Pushes to the shared repository: a commit to DCGAN, two at once, one to VAE; every commit."""
    shared = SharedRepository.__new__(SharedRepository)
    shared.bare, shared.clone = tmp_path / "shared" / "shared.git", tmp_path / "shared" / "clone"
    one = shared.receive({"DCGAN/model.py": MODEL + "# one\n"}, at=VERSION_1)
    two = shared.commit({"DCGAN/model.py": MODEL + "# two\n"})
    three = shared.receive({"DCGAN/model.py": MODEL + "# three\n"}, at=VERSION_1)
    other = shared.receive({"VAE/model.py": MODEL + "# four\n"}, at=VERSION_1)
    heads = [one, three, other]
    with sqlite_database.writing() as session:
        for number, new in enumerate(heads, start=1):
            session.add(
                RefMove(
                    course_id=world.course_id,
                    number=number,
                    ref="refs/heads/main",
                    old=heads[number - 2] if number > 1 else None,
                    new=new,
                    forced=False,
                    received_by=VERSION_1,
                    source="poll",
                    seen_at=VERSION_1,
                )
            )
    return [one, two, three, other]


def look_up(database: Database, world: World, prefix: str) -> PushedCommit:
    with database.reading() as session:
        course = find_course(session, "dgm")
        project = find_project(session, course, "DCGAN")
        return find_pushed(session, course, project, prefix, mirrors=world.repository.parent)


def test_commit_is_found_by_its_beginning_with_the_push_that_brought_it(
    sqlite_database: Database, world: World, pushed: list[str]
) -> None:
    one, two, three, _ = pushed
    found_commits = [look_up(sqlite_database, world, commit[:7]) for commit in (one, two, three)]
    assert found_commits == [
        PushedCommit(commit=one, push=one),
        PushedCommit(commit=two, push=three),
        PushedCommit(commit=three, push=three),
    ]


def test_commit_of_another_project_or_of_nobody_is_refused(
    sqlite_database: Database, world: World, pushed: list[str]
) -> None:
    for prefix in (pushed[3][:7], "0" * 40):
        with pytest.raises(BadInput, match=f"No commit {prefix[:12]} has been received in DCGAN"):
            look_up(sqlite_database, world, prefix)


def test_beginning_of_several_commits_is_refused(sqlite_database: Database, world: World, pushed: list[str]) -> None:
    with pytest.raises(BadInput, match=r"\d commits begin with .*write more of its characters"):
        look_up(sqlite_database, world, "")


def test_duplicate_across_projects_and_question_without_words_are_found_by_the_check(
    sqlite_database: Database, world: World
) -> None:
    (first, second, _) = found(sqlite_database, world)
    answer(sqlite_database, world, [second], kind="duplicate", duplicate_of=first)
    assert broken(sqlite_database) == {}
    with sqlite_database.writing() as session:
        session.query(Response).one().duplicate_of_id = second
        session.add(
            Clarification(
                project_id=world.projects["DCGAN"], number=1, asked_at=REVIEWING,
                assignment_id=session.get_one(Review, world.reviews["cem", "DCGAN"]).assignment_id,
            )
        )  # fmt: skip
    assert set(broken(sqlite_database)) == {
        "a duplicate repeats another finding of its project",
        "a clarifying question begins with the words of who asks",
    }


def broken(database: Database) -> dict[str, list[str]]:
    """Invariant → what breaks it."""
    with database.reading() as session:
        told = {name: invariant(session) for name, invariant in INVARIANTS.items()}
    return {name: sentences for name, sentences in told.items() if sentences}
