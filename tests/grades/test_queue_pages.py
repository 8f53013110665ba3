"""The graders' queue, suggested matches and second readings through the pages: rights, both ways of sending, queries."""

import pytest
from sqlalchemy import select

from reviewhub.courses.tables import Course
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.grader_shares import Task
from reviewhub.grades.grading import accept_finding
from reviewhub.grades.marking import adjust_member, mark_quality
from reviewhub.grades.queue_rows import State, read_queue
from reviewhub.grades.second_reading import Opinion, read_second
from reviewhub.grades.second_reading_tables import GraderShare, SecondReading
from reviewhub.grades.sharing_grading import share_out_grading
from reviewhub.grades.suggestion_tables import SuggestedMatch
from reviewhub.grades.tables import Match, Mistake
from tests.grades.test_pages import DRAFT, finding, words
from tests.grades.worlds import CELL, GRADING, add_project, add_review, make_world

WRONG = "The sign of the loss is wrong."
MOST_STATEMENTS = 12


@pytest.fixture
def suggested(visit, world, sqlite_database):
    """Cem's finding is M1, and Ege says the same: `(finding, mistake)` that is suggested."""
    with sqlite_database.writing() as session:
        add_review(session, world, "AWGAN", "Ege", ("mistake", "major", WRONG, CELL))
    visit("Ida").post(f"/grading/AWGAN/findings/{finding(world)}/accept", strength="full", **DRAFT | {"title": WRONG})
    with sqlite_database.reading() as session:
        mistake_id = session.scalar(select(Mistake.id))
    return world.findings["AWGAN/Ege/1"], mistake_id


def rows(database, table):
    with database.reading() as session:
        return session.scalars(select(table)).all()


def test_queue_says_what_is_left_and_leads_to_the_next_project(visit):
    page = visit("Ida").get("/grading")

    assert page.status_code == 200
    assert "0 of 2" in words(page)
    assert "Findings to decide 1" in words(page)
    assert "Next: AWGAN" in words(page)


def test_queue_sends_at_most_twelve_statements_for_few_and_many_projects(visit, world, sqlite_database, query_count):
    ida = visit("Ida")
    ida.get("/grading")

    def queries():
        with query_count(sqlite_database) as statements:
            assert ida.get("/grading").status_code == 200
        return len(statements)

    few = queries()
    with sqlite_database.writing() as session:
        for number in range(30):
            add_project(session, world, f"P{number:02}", (f"Dev{number}",))
            add_review(session, world, f"P{number:02}", "Fatma", *["mistake"] * 4)
    ida.post("/grading/graders", task="reads", share="yes")
    with sqlite_database.reading() as session:
        ids = [one.id for one in world.projects.values()]
    with sqlite_database.writing() as session:
        for project_id in ids:
            user = world.people["Ali"].user_id
            session.add(SecondReading(project_id=project_id, reader_id=user, opinion="agrees", at=GRADING))

    assert queries() == few
    assert few <= MOST_STATEMENTS


def test_queue_is_filtered_and_sorted_by_its_address(visit, world, sqlite_database):
    ida = visit("Ida")

    assert "No project is like that" in words(ida.get("/grading?show=ready"))
    assert "BNF" not in ida.get("/grading?words=awgan").text.split("<tbody>")[1]
    assert ida.get("/grading?by=key&back=yes").text.split("<tbody>")[1].index("BNF") > 0
    for strange in ("by=nothing", "show=mistake", "words=%3Cscript%3E", "back=1"):
        page = ida.get(f"/grading?{strange}")
        assert page.status_code == 200
        assert "<script>" not in page.text


def test_a_project_is_in_one_state_and_those_that_ask_for_most_come_first(world, sqlite_database):
    with sqlite_database.reading() as session:
        queue = read_queue(session, world.course, GRADING)

    assert [(row.key, row.state) for row in queue.rows] == [("AWGAN", State.UNDECIDED), ("BNF", State.WAITING)]
    assert sum(queue.states.values()) == len(queue.rows)
    assert queue.next_key == "AWGAN"


def test_the_other_grader_at_work_is_shown(visit, world):
    visit("Ali").post(f"/grading/AWGAN/findings/{finding(world)}/reject", reason="Not so.")

    assert "at-work" in visit("Ida").get("/grading").text
    assert "at-work" not in visit("Ali").get("/grading").text


def test_the_instructor_shares_projects_out_and_the_assistant_does_not(visit, world, sqlite_database):
    ida = visit("Ida")

    assert ida.post("/grading/graders", task="grades", share="yes").status_code == 303
    assert visit("Ali").post("/grading/graders", task="grades", share="yes").status_code == 403
    refused = ida.post(
        "/grading/graders",
        task="reads",
        act="assign",
        chosen=["AWGAN"],
        grader=_grader(sqlite_database, world, "AWGAN"),
    )

    assert refused.status_code == 422
    assert "One person cannot both grade a project and read it second: AWGAN." in words(refused)
    assert "Yours 1" in words(ida.get("/grading"))


def _grader(database, world, key):
    shares = {(one.project_id, one.task): one.grader_id for one in rows(database, GraderShare)}
    return shares[world.projects[key].id, Task.GRADES]


@pytest.mark.parametrize("htmx", [False, True])
def test_a_suggestion_is_confirmed_and_taken_back_with_and_without_scripts(visit, suggested, sqlite_database, htmx):
    ida, pair = visit("Ida"), ":".join(suggested)

    told = ida.post("/grading/AWGAN/suggestions", htmx=htmx, pair=pair, hand=suggested[0])
    assert told.status_code == (200 if htmx else 303)
    assert suggested in {(one.finding_id, one.mistake_id) for one in rows(sqlite_database, Match)}
    ida.post("/grading/AWGAN/suggestions/undo", htmx=htmx, pair=pair, hand=suggested[0])
    ida.post("/grading/AWGAN/suggestions/deny", htmx=htmx, pair=pair, hand=suggested[0])

    assert [one.outcome for one in rows(sqlite_database, SuggestedMatch) if one.finding_id == suggested[0]] == [
        "denied"
    ]


def test_what_is_shown_is_told_by_the_page(visit, suggested, sqlite_database):
    ida = visit("Ida")

    assert ida.post("/grading/AWGAN/suggestions/shown", htmx=True).status_code == 204
    assert len(rows(sqlite_database, SuggestedMatch)) == 1  # one finding of each review at most
    assert "Suggested matches" in words(ida.get("/grading"))


@pytest.mark.parametrize("pair", ["", "x", ":", "a:b:c", "\x00:\x00"])
def test_a_strange_suggestion_is_refused_in_a_sentence(visit, suggested, pair):
    for path in ("/grading/AWGAN/suggestions", "/grading/AWGAN/suggestions/deny", "/grading/AWGAN/suggestions/undo"):
        assert visit("Ida").post(path, pair=pair).status_code in {400, 404, 409, 422}


def test_a_second_reader_asks_and_is_answered(visit, world, suggested, sqlite_database):
    ida, ali = visit("Ida"), visit("Ali")

    assert "You alone decided this project" in words(ida.get("/grading/AWGAN/second"))
    assert ali.post("/grading/AWGAN/second", opinion="change", note="").status_code == 422
    assert ali.post("/grading/AWGAN/second", opinion="change", note="M1 is *minor*.").status_code == 303
    (reading,) = rows(sqlite_database, SecondReading)
    assert "Ali asks for a change" in words(ida.get("/grading"))
    assert "asks for a change: M1 is *minor*." in words(ida.get("/grades"))
    empty = ida.post(f"/grading/AWGAN/second/{reading.id}/answer", answer=" ")
    assert empty.status_code == 422
    assert ida.post(f"/grading/AWGAN/second/{reading.id}/answer", answer="It stays.").status_code == 303

    assert "Ali asked for a change" in words(ida.get("/grading/AWGAN/second"))
    assert "It stays." in words(ali.get("/grading/AWGAN/second"))
    assert ali.post(f"/grading/AWGAN/second/{reading.id}/withdraw").status_code == 303
    assert "Nothing is decided" not in words(ali.get("/grading/AWGAN/second"))


def test_what_a_second_reader_typed_stays_when_it_is_refused(visit, suggested):
    text = "x" * 2001

    refused = visit("Ali").post("/grading/AWGAN/second", opinion="change", note=text)

    assert refused.status_code == 422
    assert text in refused.text


def test_second_reading_page_sends_the_same_number_of_queries(visit, world, suggested, sqlite_database, query_count):
    ida = visit("Ida")

    def queries():
        with query_count(sqlite_database) as statements:
            assert ida.get("/grading/AWGAN/second").status_code == 200
        return len(statements)

    few = queries()
    with sqlite_database.writing() as session:
        for reviewer in ("Fatma", "Gül"):
            add_review(session, world, "AWGAN", reviewer, *["mistake"] * 10)

    assert queries() == few


def test_queue_says_the_same_on_both_databases(database):
    with database.writing() as session:
        world = make_world(session)
        everybody = {"actor": world.actor("Ida"), "now": GRADING, "course": "ceng796"}
        accept_finding(
            session,
            **everybody,
            key="AWGAN",
            finding_id=finding(world),
            draft=MistakeDraft(title=WRONG, severity="major", criterion="method"),
        )
        mark_quality(
            session, **everybody, key="AWGAN", review_id=world.reviews["AWGAN/Cem"], marks={"specific": "80"}, seen={}
        )
        adjust_member(
            session,
            **everybody,
            key="AWGAN",
            enrollment_id=world.people["Baran"].id,
            points="-2",
            reason="Did less.",
        )
        share_out_grading(session, **everybody, task=Task.GRADES)
        ali = {**everybody, "actor": world.actor("Ali")}
        read_second(session, **ali, key="AWGAN", opinion=Opinion.CHANGE, note="Minor.")
    with database.reading() as session:
        queue = read_queue(session, session.get(Course, world.course.id), GRADING, looking=world.people["Ali"].user_id)

    row = queue.rows[0]
    assert (row.key, row.state, row.mistakes, row.undecided) == ("AWGAN", State.ASKED, 1, 1)
    assert (row.version_1, row.version_2) == (92, 92)
    assert sorted([queue.rows[0].grader, queue.rows[1].grader]) == ["Ali", "Ida"]
    assert [name for name, _ in row.at_work] == ["Ida"]
    assert (queue.release, dict(queue.findings)) == (None, {"accepted": 1, "rejected": 0, "undecided": 1})


def test_desk_says_that_a_second_reader_asks_for_a_change(visit, world, suggested):
    ida = visit("Ida")
    visit("Ali").post("/grading/AWGAN/second", opinion="change", note="M1 is minor.")

    desk = words(ida.get("/grading/AWGAN"))

    assert "asks for a change Ali" in desk
    assert "Nothing is missing here" not in desk
    assert "Suggested match" in ida.get("/grading/AWGAN").text
