"""The pages of appeals and of a student's story, through Flask's client: rights, kept words, constant queries."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from reviewhub.grades.appeal_tables import Appeal
from reviewhub.grades.class_spreads import Bar
from reviewhub.grades.explaining import explain_released
from reviewhub.grades.spread_tables import ClassSpread
from reviewhub.grades.tables import Mistake
from reviewhub.reviews.tables import Response
from tests.grades.test_pages import DRAFT, MARKS, finding, grade_everything, mistake_ids, words
from tests.grades.worlds import GRADING, add_review

WHY = "Equation 4 has the same sign; see `src/model.py`, line 12."


@pytest.fixture
def released(visit, world, sqlite_database) -> Callable[[str], Iterator]:
    """The course after its release, to visit as somebody. M1 is noted by Cem, M2 by nobody."""
    ida = visit("Ida")
    grade_everything(world, ida, sqlite_database)
    ida.post(f"/grading/AWGAN/findings/{finding(world, 'AWGAN/Cem/2')}/reject", reason="Section 3.2 says so.")
    assert ida.post("/grades/release").status_code == 303
    return visit


def file(visitor, about, text=WHY):
    return visitor.post("/appeals", about=about, text=text)


def noted(database):
    return f"mistake:{mistake_ids(database)[0]}"


def only_appeal(database):
    with database.reading() as session:
        return session.scalars(select(Appeal)).one()


def test_story_says_who_noted_what_and_what_each_line_cost(released):
    told = words(released("Ayşe").get("/grades"))

    assert "Version 1 1aaaaaa On time." in told
    assert "Findings 3 in 2 reviews: 1 mistake, 1 question, 1 remark." in told
    assert "Your answers 2 not answered." in told
    assert "2 in version 1, 1 of them noted in a review; in version 2: 1 fixed, 1 not fixed." in told
    assert "M1 “Wrong sign” major Fixed noted by one reviewer Version 1 −8.00 Version 2 0.00" in told
    assert "M2 “No seed” minor Not fixed found by the instructor; no review noted it Version 1 −3.00" in told
    assert "Starts at 100 M1 Wrong sign −8 M2 No seed −3 Version 1 89" in told


def test_story_tells_a_reviewer_what_was_not_awarded_and_coverage_both_ways(released):
    told = words(released("Cem").get("/grades"))

    assert "Your finding 2 rejected Rejected: Section 3.2 says so." in told
    assert "Your finding 3 remark A remark: it notes no mistake." in told
    # (8 + 5) ÷ (11 + 5) = 0.8125, of 0.80 → 100; 1 of 6 mistakes → 16.67
    assert "By points: 100.00 You noted mistakes worth 8.00 of 11.00 points." in told
    assert "By number: 16.67 You noted 1 of 2 mistakes; 6 is full." in told
    assert "1 mistake of version 1 that your review did not note" in told
    assert "M2 “No seed” minor Not fixed found by the instructor; no review noted it your review −1.50" in told


def test_story_has_a_link_to_appeal_each_thing(released, world, sqlite_database):
    developer, reviewer = released("Ayşe").get("/grades").text, released("Cem").get("/grades").text
    first, second = mistake_ids(sqlite_database)

    assert f"about=mistake:{first}" in developer
    assert f"about=criterion:{world.projects['AWGAN'].id}.1.method" in developer
    assert "about=component:midterm" in developer
    assert f"about=mistake:{second}" in reviewer
    assert f"about=finding:{finding(world, 'AWGAN/Cem/2')}" in reviewer
    assert f"about=match:{finding(world)}.{first}" in reviewer
    assert "appeals/new" not in released("Ida").get(f"/grades/{world.people['Ayşe'].id}").text


def test_student_files_an_appeal_from_its_form(released, sqlite_database):
    about = noted(sqlite_database)
    form = words(released("Ayşe").get(f"/appeals/new?about={about}"))

    answer = file(released("Ayşe"), about)

    assert "M1 “Wrong sign” of AWGAN" in form
    assert "−8.00 · M1 “Wrong sign”: a major mistake takes 8 points off its criterion." in form
    assert "The other member of your side and the staff read your words." in form
    appeal_id = only_appeal(sqlite_database).id
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/c/ceng796/appeals/{appeal_id}")
    assert "Filed by Ayşe" in words(released("Baran").get(f"/appeals/{appeal_id}"))
    assert "appeal open" in words(released("Baran").get("/grades"))
    assert released("Cem").get(f"/appeals/{appeal_id}").status_code == 404


@pytest.mark.parametrize("about", ["", "mistake", "mistake:", "mistake:0123456789abcdef", "../:x", "line:" + "0" * 400])
def test_form_about_nothing_of_the_reader_is_not_there(released, about):
    assert released("Ayşe").get("/appeals/new").status_code == 404
    assert released("Ayşe").get(f"/appeals/new?about={about}").status_code == 404
    assert file(released("Ayşe"), about).status_code == 404


def test_refused_words_stay_on_the_page(released, sqlite_database):
    file(released("Ayşe"), noted(sqlite_database))

    empty = file(released("Baran"), f"mistake:{mistake_ids(sqlite_database)[1]}", "  ")
    again = file(released("Baran"), noted(sqlite_database), "Other <b>words</b>.")

    assert (empty.status_code, again.status_code) == (422, 409)
    assert "Say why: what is not right" in words(empty)
    assert "This was appealed already" in words(again)
    assert "Other &lt;b&gt;words&lt;/b&gt;." in again.text


def test_staff_decides_from_the_queue_and_keeps_what_was_typed(released, sqlite_database):
    file(released("Ayşe"), noted(sqlite_database))
    appeal_id = only_appeal(sqlite_database).id
    ida = released("Ida")
    queue = words(ida.get("/appeals"))

    refused = ida.post(f"/appeals/{appeal_id}/decide", outcome="", reason="It is <i>right</i>.")
    decided = ida.post(f"/appeals/{appeal_id}/decide", outcome="granted", reason="The sign is right.")
    late = released("Ali").post(f"/appeals/{appeal_id}/decide", outcome="denied", reason="I think not.")

    assert "M1 “Wrong sign” of AWGAN open" in queue
    assert "M1 “Wrong sign” noted by Cem (finding 1)" in queue
    assert (refused.status_code, decided.status_code, late.status_code) == (422, 303, 409)
    assert "It is &lt;i&gt;right&lt;/i&gt;." in refused.text
    assert "Somebody else decided this appeal a moment ago" in words(late)
    assert "I think not." in late.text or "The sign is right." in late.text
    assert "Granted" in words(released("Cem").get(f"/appeals/{appeal_id}"))
    assert WHY[:20] not in released("Cem").get(f"/appeals/{appeal_id}").text
    assert "Ayşe" not in released("Cem").get(f"/appeals/{appeal_id}").text.replace("Cem", "")


def test_home_pages_tell_of_appeals(released, sqlite_database):
    file(released("Ayşe"), noted(sqlite_database))
    staff = words(released("Ali").get("/"))
    appeal_id = only_appeal(sqlite_database).id

    released("Ali").post(f"/appeals/{appeal_id}/decide", outcome="granted", reason="The sign is right.")

    assert "1 appeal waits for a decision." in staff
    assert "1 granted appeal waits for you to reopen grading." in words(released("Ida").get("/"))
    assert "reopen grading" not in words(released("Ali").get("/"))
    assert "Your appeal was granted: M1 “Wrong sign” of AWGAN." in words(released("Baran").get("/"))
    assert "An appeal that concerns you was granted: M1 “Wrong sign” of AWGAN." in words(released("Cem").get("/"))
    assert "An appeal that concerns you was granted: M1" in words(released("Defne").get("/"))


def test_further_release_shows_what_changed_and_why(released, world, sqlite_database):
    file(released("Ayşe"), noted(sqlite_database))
    ida = released("Ida")
    ida.post(f"/appeals/{only_appeal(sqlite_database).id}/decide", outcome="granted", reason="The sign is right.")
    ida.post("/grading/AWGAN/undo", kind="mistake", target=mistake_ids(sqlite_database)[0])

    assert ida.post("/grades/release", reason="An appeal was granted.").status_code == 303

    developer, reviewer = words(released("Ayşe").get("/grades")), words(released("Cem").get("/grades"))
    # version 1: 100 − 8 − 3 = 89 → 97; version 2: 97 both times, for it was fixed
    assert "What changed with release 2" in developer
    assert "Version 1 of AWGAN 89.00 → 97.00 +8.00 +8.00 M1 “Wrong sign” is no longer a mistake." in developer
    assert "Appeal granted: The sign is right." in developer
    assert "Developer grade of AWGAN 93.80 → 97.00 +3.20" in developer
    # coverage (8 + 5) ÷ 16 → 100 was full; now 5 ÷ 8 ÷ 0.8 = 78.125: 40 + 39.0625 − 1.5
    assert "Review of AWGAN 88.50 → 77.56 −10.94" in reviewer


def test_staff_reads_what_a_release_changed_for_everybody(released, sqlite_database):
    ida = released("Ida")
    ida.post("/grades/reopen", reason="M2 was fixed.")
    ida.post(f"/grading/AWGAN/mistakes/{mistake_ids(sqlite_database)[1]}/verdict", verdict="fixed", seen="not_fixed")
    assert ida.post("/grades/release", reason="M2 was fixed.").status_code == 303

    told = words(ida.get("/grades/releases/2"))

    assert "Version 2 of AWGAN 97.00 → 100.00 +3.00" in told
    assert ida.get("/grades/releases/3").status_code == 404
    assert "first release" in words(ida.get("/grades/releases/1"))
    assert released("Ayşe").get("/grades/releases/2").status_code == 403


def test_class_is_shown_only_where_it_hides_people(released, world, sqlite_database):
    few = words(released("Ayşe").get("/grades"))
    with sqlite_database.writing() as session:
        row = session.scalars(select(ClassSpread).where(ClassSpread.grade == "developer")).one()
        row.values = [str(value) for value in (55, 58, 59, 71, 72, 78, 79, 81, 84, 85, 92, 94)]

    many = words(released("Ayşe").get("/grades"))

    assert "As developer: the class is not shown" in few
    assert "As developer: 12 students" in many
    assert "90–100" not in many  # two alone at the top join those below
    assert "you: 93.8" in many
    with sqlite_database.reading() as session:
        story = explain_released(session, world.course, session.merge(world.people["Ayşe"], load=False))
    assert story.spreads[0].bars[-1] == Bar(low=80, high=100, count=5)


def test_appeals_after_their_deadline_are_refused_in_a_sentence(released, world, sqlite_database):
    with sqlite_database.writing() as session:
        course = session.merge(world.course)
        until = GRADING - timedelta(days=1)
        line = f"appeals = {until:%Y-%m-%d %H:%M:%S}\n\n[extensions]"
        course.policy_text = course.policy_text.replace("grading   = 2027-01-22 17:00:00", "").replace(
            "[extensions]", line
        )

    page = released("Ayşe").get("/grades")

    assert "The time for appeals has passed." in words(page)
    assert "appeals/new" not in page.text
    assert "The time for appeals has passed." in words(
        released("Ayşe").get(f"/appeals/new?about={noted(sqlite_database)}")
    )
    assert file(released("Ayşe"), noted(sqlite_database)).status_code == 403


def test_closed_course_is_read_and_not_written(released, world, sqlite_database):
    file(released("Ayşe"), noted(sqlite_database))
    appeal_id = only_appeal(sqlite_database).id
    with sqlite_database.writing() as session:
        course = session.merge(world.course)
        closes = f"closes = {GRADING - timedelta(hours=5):%Y-%m-%d %H:%M:%S}\n\n[extensions]"
        course.policy_text = course.policy_text.replace("grading   = 2027-01-22 17:00:00", "").replace(
            "[extensions]", closes
        )
    ida, ayse = released("Ida"), released("Ayşe")

    for visitor, path in (
        (ida, "/appeals"),
        (ida, "/grades"),
        (ida, "/grading/AWGAN"),
        (ayse, "/grades"),
        (ayse, "/appeals"),
    ):
        assert visitor.get(path).status_code in {200, 403}
    refused = ida.post(f"/appeals/{appeal_id}/decide", outcome="denied", reason="No.")
    assert refused.status_code == 403
    assert "This course is closed: everything stays here to read" in words(refused)
    assert ida.post("/grades/reopen", reason="Hm.").status_code == 403
    assert ayse.post(f"/appeals/{appeal_id}/withdraw").status_code == 403


def test_students_page_stays_within_fifteen_queries_however_much_there_is(
    released, world, sqlite_database, query_count
):
    """Two releases, appeals, answers: as many queries as for one release without them, but for its chart."""
    ida, cem, ayse = released("Ida"), released("Cem"), released("Ayşe")

    def queries(visitor):
        with query_count(sqlite_database) as statements:
            assert visitor.get("/grades").status_code == 200
        return len(statements)

    few = queries(cem), queries(ayse)
    for about in (noted(sqlite_database), f"mistake:{mistake_ids(sqlite_database)[1]}"):
        file(ayse, about)
    with sqlite_database.writing() as session:
        add_review(session, world, "AWGAN", "Ege", *["mistake"] * 10)
        author = world.people["Ayşe"].id
        for finding_id in world.findings.values():
            session.add(Response(finding_id=finding_id, sequence=1, kind="fixed", author_id=author, at=GRADING))
    ida.post("/grades/reopen", reason="More was found.")
    for name, finding_id in world.findings.items():
        if name.startswith("AWGAN/Ege/"):
            ida.post(f"/grading/AWGAN/findings/{finding_id}/accept", strength="full", **DRAFT)
    for mistake_id in mistake_ids(sqlite_database)[2:]:
        ida.post(f"/grading/AWGAN/mistakes/{mistake_id}/verdict", verdict="fixed", seen="")
    ida.post(f"/grading/AWGAN/reviews/{world.reviews['AWGAN/Ege']}/marks", **MARKS)
    assert ida.post("/grades/release", reason="More was found.").status_code == 303

    assert (queries(cem), queries(ayse)) == few
    assert max(few) <= 15


def test_staffs_queue_of_appeals_sends_the_same_number_of_queries(released, world, sqlite_database, query_count):
    ida = released("Ida")

    def queries():
        with query_count(sqlite_database) as statements:
            assert ida.get("/appeals").status_code == 200
        return len(statements)

    file(released("Ayşe"), noted(sqlite_database))
    file(released("Cem"), f"finding:{finding(world, 'AWGAN/Cem/2')}")
    few = queries()
    with sqlite_database.writing() as session:
        row = session.scalars(select(Appeal)).first()
        for number in range(30):
            names = {column.name for column in Appeal.__table__.columns} - {"id", "target"}
            kept = {name: getattr(row, name) for name in names}
            session.add(Appeal(**kept, target=f"x{number}"))

    assert queries() == few


def test_words_of_an_appeal_can_run_nothing(released, sqlite_database):
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1))"
    file(released("Ayşe"), noted(sqlite_database), hostile)

    for page in (
        released("Ida").get("/appeals").text,
        released("Baran").get(f"/appeals/{only_appeal(sqlite_database).id}").text,
    ):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page


def test_appeal_stays_readable_when_its_mistake_is_undone(released, sqlite_database):
    file(released("Ayşe"), noted(sqlite_database))
    ida = released("Ida")
    ida.post("/grades/reopen", reason="A mistake.")
    ida.post("/grading/AWGAN/undo", kind="mistake", target=mistake_ids(sqlite_database)[0])

    assert "no longer a mistake" in words(ida.get("/appeals"))
    with sqlite_database.reading() as session:
        assert session.scalars(select(Mistake).where(Mistake.undone_at.is_not(None))).one()
