"""The gradebook: everybody's grades, found, sorted and paged, with the same number of queries for few and for many."""

import html
import re
from decimal import Decimal

import pytest

from reviewhub.courses.facts import find_course
from reviewhub.grades import gradebook
from reviewhub.grades.evidence import Verdict
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.grading import record_mistake
from reviewhub.grades.ledger import ledger_of, sheets_of
from reviewhub.grades.lines import Component
from reviewhub.grades.marking import mark_quality, set_verdict
from reviewhub.grades.standings import drop_standings, read_standing
from tests.grades.test_grading import DRAFT, Bench
from tests.grades.worlds import GRADING, LINES, add_person, add_project, add_review

FULL_MARKS = dict.fromkeys(("specific", "correct", "constructive", "complete"), "80")


@pytest.fixture(autouse=True)
def nothing_kept():
    drop_standings()


@pytest.fixture
def bench(sqlite_database):
    return Bench(sqlite_database)


def words(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def names(page):
    """The students of the table, from the top."""
    return re.findall(r'scope="row" class="stay"><a[^>]*>.*?class="person-name">([^<]+)<', page.text)


def read(bench, **asked):
    with bench.database.reading() as session:
        course = find_course(session, "ceng796")
        return gradebook.read_gradebook(session, course, GRADING, gradebook.Asked(**asked))


def test_findings_nobody_decided_on_are_counted_for_all_whose_grades_they_may_move(bench):
    rows = {row.name: row.undecided for row in read(bench).rows}

    assert rows == {"Ayşe": 2, "Baran": 2, "Cem": 2, "Defne": 2}  # two develop AWGAN, two review it


def test_page_says_whose_grades_may_still_move(visit, world):
    assert words(visit("Ida").get("/grades")).count("2 undecided") == 4


def test_every_number_is_the_ledgers(bench):
    mistake_id = bench.do(record_mistake, draft=DRAFT, version_in=1, place=LINES)
    bench.do(set_verdict, mistake_id=mistake_id, verdict=Verdict.PARTLY, seen=None)
    bench.do(mark_quality, review_id=bench.world.reviews["AWGAN/Cem"], marks=FULL_MARKS, seen={})
    with bench.database.writing() as session:
        add_project(session, bench.world, "CNF", ("Ege", "Ayşe2"))
        add_review(session, bench.world, "CNF", "Cem", "mistake")

    rows = {row.name: row for row in read(bench).rows}

    with bench.database.reading() as session:
        course = find_course(session, "ceng796")
        sheets = sheets_of(ledger_of(gather_facts(session, course, GRADING), course.policy))
    told = {
        (component, subject.subject_id): sheet.total
        for (subject, component), sheet in sheets.items()
        if component in {Component.DEVELOPER, Component.REVIEWER}
    }
    for name in ("Ayşe", "Baran", "Cem", "Defne", "Ege"):
        enrollment_id = bench.world.people[name].id
        assert rows[name].developer == told[Component.DEVELOPER, enrollment_id]
        assert rows[name].reviewer == told.get((Component.REVIEWER, enrollment_id))
    # version 1: 100 − 8; version 2: 100 − 4; 0.4 · 92 + 0.6 · 96
    assert rows["Ayşe"].developer == Decimal("94.4")


def test_students_are_found_by_any_part_of_name_and_number(bench):
    assert [row.name for row in read(bench, words="dEF").rows] == ["Defne"]
    assert [row.name for row in read(bench, words="n-cem").rows] == ["Cem"]
    assert read(bench, words="nobody").found == 0


def test_rows_are_sorted_by_what_is_asked_with_those_without_a_number_first(bench):
    with bench.database.writing() as session:
        add_person(session, bench.world, "Ege")
    bench.do(record_mistake, draft=DRAFT, version_in=1, place=LINES)

    up = [row.name for row in read(bench, sort="developer").rows]
    down = [row.name for row in read(bench, sort="developer", is_down=True).rows]

    assert up == ["Ege", "Ayşe", "Baran", "Cem", "Defne"]
    assert down == up[::-1]
    assert [row.name for row in read(bench, sort="no such column").rows] == sorted(up)


def test_rule_that_may_fail_somebody_is_found_and_holds_up_the_release(bench):
    book = read(bench, show="fails")

    assert [row.name for row in book.rows] == ["Baran"]
    assert "Baran: “Not writing a proper review” is neither confirmed nor dismissed." in [
        one.what for one in book.blockers
    ]


def test_pages_hold_everybody_once(bench, monkeypatch):
    monkeypatch.setattr(gradebook, "ROWS_OF_A_PAGE", 3)
    pages = [read(bench, page=page) for page in (1, 2, 9)]

    assert [[row.name for row in book.rows] for book in pages] == [["Ayşe", "Baran", "Cem"], ["Defne"], ["Defne"]]
    assert (pages[2].asked.page, pages[2].first, pages[0].found) == (2, 4, 4)


def test_page_shows_the_order_it_is_in_and_keeps_the_words(visit, world):
    page = visit("Ida").get("/grades?words=e&sort=number&down=yes")

    assert page.status_code == 200
    assert names(page) == ["Defne", "Cem", "Ayşe"]
    assert 'aria-sort="descending"' in page.text
    assert "words=e&amp;sort=total" in page.text


@pytest.mark.parametrize("asked", ["?page=0", "?page=99999999999", "?page=x", "?sort=%20&show=none", "?words=%25"])
def test_no_address_breaks_the_page(visit, asked):
    assert visit("Ida").get(f"/grades{asked}").status_code == 200


def test_page_sends_the_same_number_of_queries_for_few_and_for_many(visit, world, sqlite_database, query_count):
    ida = visit("Ida")

    def queries():
        with query_count(sqlite_database) as statements:
            assert ida.get("/grades").status_code == 200
        return len(statements)

    few = queries()
    kept = queries()
    with sqlite_database.writing() as session:
        for number in range(30):
            add_project(session, world, f"P{number}", (f"Dev{number}",))
            add_review(session, world, f"P{number}", f"Rev{number}", "mistake", "mistake")

    assert queries() == few
    assert kept < few <= 50
    assert queries() == kept


def test_what_is_kept_equals_what_is_computed_anew(bench):
    bench.do(record_mistake, draft=DRAFT, version_in=1, place=LINES)

    def standing():
        with bench.database.reading() as session:
            return read_standing(session, find_course(session, "ceng796"), GRADING)

    first, kept = standing(), standing()
    drop_standings()

    assert first == kept == standing()
