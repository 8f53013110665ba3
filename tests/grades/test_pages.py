"""The grading pages through Flask's client: both ways of sending, rights, blockers by name, constant queries."""

import html
import re

import pytest
from sqlalchemy import select

from reviewhub.accounts.rights import Role
from reviewhub.grades.tables import Mistake, Release
from tests.grades.worlds import CELL, World, add_person, add_review, dismiss_fails

DRAFT = {"title": "Wrong sign", "severity": "major", "criterion": "method", "points": ""}
MARKS = {f"mark-{row}": "80" for row in ("specific", "correct", "constructive", "complete")}


def words(page):
    """The words of a page, without its marks and with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def finding(world, name="AWGAN/Cem/1"):
    return world.findings[name]


def grade_everything(world: World, ida, database) -> None:
    """Accept Cem's finding, record one mistake nobody noted, decide the verdicts, mark all reviews."""
    ida.post(f"/grading/AWGAN/findings/{finding(world)}/accept", strength="full", **DRAFT)
    ida.post(
        "/grading/AWGAN/mistakes",
        version_in="1",
        path="src/model.py",
        where="lines 3-5",
        text="The seed is *never* set.",
        **{**DRAFT, "title": "No seed", "severity": "minor", "criterion": "code"},
    )
    for mistake_id, verdict in zip(mistake_ids(database), ("fixed", "not_fixed"), strict=True):
        ida.post(f"/grading/AWGAN/mistakes/{mistake_id}/verdict", verdict=verdict, seen="")
    for review in ("AWGAN/Cem", "AWGAN/Defne", "BNF/Ayşe"):
        ida.post(f"/grading/{review.split('/')[0]}/reviews/{world.reviews[review]}/marks", **MARKS)
    with database.writing() as session:
        dismiss_fails(session, world)


def mistake_ids(database):
    """The standing mistakes, by number."""
    with database.reading() as session:
        rows = session.scalars(select(Mistake.id).where(Mistake.undone_at.is_(None)).order_by(Mistake.number))
        return rows.all()


@pytest.mark.parametrize("path", ["/grading", "/grading/AWGAN", "/grades/x"])
@pytest.mark.parametrize("name", ["Cem", "Ayşe"])
def test_students_see_nothing_of_grading(visit, name, path):
    assert visit(name).get(path).status_code == 403


def test_student_reads_that_grades_are_not_released_yet(visit, world, sqlite_database):
    ida, cem = visit("Ida"), visit("Cem")
    grade_everything(world, ida, sqlite_database)

    page = cem.get("/grades")

    assert page.status_code == 200
    assert "Grades are not released yet" in words(page)
    assert "No seed" not in page.text
    assert "91.40" not in page.text


def test_release_names_what_is_undecided(visit, world):
    ida = visit("Ida")
    ida.post(f"/grading/AWGAN/findings/{finding(world)}/accept", strength="full", **DRAFT)

    refused = ida.post("/grades/release")

    assert refused.status_code == 422
    assert "M1 “Wrong sign” of AWGAN has no verdict for version 2." in words(refused)
    assert "disabled" in ida.get("/grades").text


def test_released_grades_open_down_to_the_mistake_its_place_and_its_rule(visit, world, sqlite_database):
    ida = visit("Ida")
    grade_everything(world, ida, sqlite_database)

    assert ida.post("/grades/release").status_code == 303
    developer, reviewer = words(visit("Ayşe").get("/grades")), words(visit("Cem").get("/grades"))

    # version 1: 100 − 8 − 3 = 89; version 2: 100 − 3 = 97; 0.4 · 89 + 0.6 · 97 = 93.8
    assert "As developer 93.80 AWGAN" in developer
    assert "M1 “Wrong sign”: a major mistake takes 8 points off its criterion." in developer
    assert "noted by one reviewer" in developer
    assert "M2 “No seed” was in version 1 and is not fixed in version 2: 1 × its 3 points." in developer
    assert "found by the instructor; no review noted it" in developer
    assert "src/ model.py lines 3–5" in developer
    assert "Cem" not in developer
    # quality 80; coverage (8 + 5) ÷ (11 + 5) = 0.8125 ÷ 0.8 → 100; loss 0.5 · 3: 40 + 50 − 1.5 = 88.5
    assert "Review of AWGAN 88.50" in reviewer
    assert "M2 “No seed” was missed by every reviewer: each of them loses 0.5 × its 3 points." in reviewer
    assert "Your finding 1" in reviewer
    assert "Accepted: M1 “Wrong sign”" in reviewer
    with sqlite_database.reading() as session:
        assert session.scalars(select(Release.sequence)).all() == [1]


def test_decisions_are_closed_after_the_release(visit, world, sqlite_database):
    ida = visit("Ida")
    grade_everything(world, ida, sqlite_database)
    ida.post("/grades/release")

    closed = ida.post(f"/grading/AWGAN/findings/{finding(world, 'AWGAN/Cem/2')}/reject", reason="No.")
    ida.post("/grades/reopen", reason="A mistake was overlooked.")
    again = ida.post(f"/grading/AWGAN/findings/{finding(world, 'AWGAN/Cem/2')}/reject", reason="No.")

    assert (closed.status_code, again.status_code) == (409, 303)
    assert "A mistake was overlooked" not in visit("Cem").get("/grades").text


def test_words_changed_after_reopening_are_not_seen_before_the_next_release(visit, world, sqlite_database):
    ida, cem = visit("Ida"), visit("Cem")
    grade_everything(world, ida, sqlite_database)
    ida.post("/grades/release")
    before = words(cem.get("/grades"))

    ida.post("/grades/reopen", reason="A mistake was overlooked.")
    seen = str(version_of(sqlite_database, mistake_ids(sqlite_database)[1]))
    changed = {**DRAFT, "title": "Changed", "text": "Other words.", "severity": "critical", "seen": seen}
    assert ida.post(f"/grading/AWGAN/mistakes/{mistake_ids(sqlite_database)[1]}", **changed).status_code == 303

    assert words(cem.get("/grades")) == before


def version_of(database, mistake_id):
    """The row version of a mistake, as its form carries it."""
    with database.reading() as session:
        return session.get_one(Mistake, mistake_id).version


def test_lines_of_the_course_grade_stand_under_titles_and_never_under_keys(visit, world, sqlite_database):
    ida = visit("Ida")
    grade_everything(world, ida, sqlite_database)
    form = {f"mark-{world.people['Ayşe'].id}": "34", "item": "1", "out_of": "40", "form_key": "0123456789abcdef"}
    assert ida.post("/marks/of/midterm", **form).status_code == 303
    ida.post("/grades/release")

    page = visit("Ayşe").get("/grades")
    told = words(page)

    assert "/grades/own-ledger.json" in page.text
    assert "Project, as developer +28.14 +28.14 “Project, as developer” counts 30 %" in told
    assert "Marks +85.00 +85.00 Midterm: 85 of 100." in told


def test_staff_reads_of_the_review_and_not_of_their_own(visit, world, sqlite_database):
    ida = visit("Ida")
    grade_everything(world, ida, sqlite_database)

    told = words(ida.get(f"/grades/{world.people['Cem'].id}"))

    assert "Cem's finding 1 accepted" in told
    assert "The review noted 1 of 2 mistakes" in told
    assert "this review −1.50" in told
    assert not re.search(r"\b[Yy]our? (review|finding|noted)", told)


def test_every_release_after_the_first_leads_to_what_it_changed(visit, world, sqlite_database):
    ida = visit("Ida")
    grade_everything(world, ida, sqlite_database)
    ida.post("/grades/release")
    ida.post("/grades/reopen", reason="A mistake was overlooked.")
    ida.post("/grades/release", reason="Nothing was, after all.")

    page = ida.get("/grades")

    assert re.findall(r'href="[^"]*(/grades/releases/\d+)"', page.text) == ["/grades/releases/2"]
    assert "Nothing changed" in words(ida.get("/grades/releases/2"))


def test_staff_reads_a_students_grades_with_the_reviewers_names(visit, world, sqlite_database):
    ida = visit("Ida")
    grade_everything(world, ida, sqlite_database)

    told = words(ida.get(f"/grades/{world.people['Ayşe'].id}"))

    assert "noted by Cem (finding 1)" in told
    assert ida.get(f"/grades/{world.people['Ali'].id}").status_code == 404


def test_text_of_a_finding_and_a_mistake_can_run_nothing(visit, world, sqlite_database):
    ida = visit("Ida")
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))"
    with sqlite_database.writing() as session:
        add_review(session, world, "AWGAN", "Eve", ("mistake", "major", hostile, CELL))
    ida.post(
        "/grading/AWGAN/mistakes",
        version_in="1",
        path="",
        where="",
        text=hostile,
        **{**DRAFT, "title": hostile},
    )

    items = finding(world, "AWGAN/Eve/1"), mistake_ids(sqlite_database)[0]
    page = "".join(ida.get(f"/grading/AWGAN?item={item}").text for item in items)

    assert page.count("alert(1)") > 1
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert 'href="javascript' not in page


def test_observer_reads_no_grades(visit, world, sqlite_database):
    with sqlite_database.writing() as session:
        add_person(session, world, "Onur", Role.OBSERVER)
    ida = visit("Ida")
    grade_everything(world, ida, sqlite_database)
    before = words(visit("Onur").get("/grades"))
    ida.post("/grades/release")

    assert "Grades are not released yet" in before
    assert "Students see their own grades here" in words(visit("Onur").get("/grades"))


@pytest.mark.parametrize("path", ["/grading", "/grading/AWGAN", "/grades"])
def test_pages_send_the_same_number_of_queries_for_few_and_many_findings(
    visit, world, sqlite_database, query_count, path
):
    ida = visit("Ida")

    def queries():
        with query_count(sqlite_database) as statements:
            assert ida.get(path).status_code == 200
        return len(statements)

    few = queries()
    with sqlite_database.writing() as session:
        for reviewer in ("Ege", "Fatma", "Gül"):
            add_review(session, world, "AWGAN", reviewer, *["mistake"] * 10)
    for name, finding_id in world.findings.items():
        if name.startswith("AWGAN/Ege/"):
            ida.post(f"/grading/AWGAN/findings/{finding_id}/accept", strength="full", **DRAFT)

    assert queries() == few


def test_students_page_sends_the_same_number_of_queries_for_few_and_many_findings(
    visit, world, sqlite_database, query_count
):
    ida, cem = visit("Ida"), visit("Cem")
    grade_everything(world, ida, sqlite_database)
    ida.post("/grades/release")

    def queries():
        with query_count(sqlite_database) as statements:
            assert cem.get("/grades").status_code == 200
        return len(statements)

    few = queries()
    ida.post("/grades/reopen", reason="More was found.")
    with sqlite_database.writing() as session:
        add_review(session, world, "AWGAN", "Ege", *["mistake"] * 10)
    for name, finding_id in world.findings.items():
        if name.startswith("AWGAN/Ege/"):
            ida.post(f"/grading/AWGAN/findings/{finding_id}/accept", strength="full", **DRAFT)
    for mistake_id in mistake_ids(sqlite_database)[2:]:
        ida.post(f"/grading/AWGAN/mistakes/{mistake_id}/verdict", verdict="fixed", seen="")
    ida.post(f"/grading/AWGAN/reviews/{world.reviews['AWGAN/Ege']}/marks", **MARKS)
    assert ida.post("/grades/release", reason="More was found.").status_code == 303

    assert queries() == few
