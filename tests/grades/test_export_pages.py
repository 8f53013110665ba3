"""The page of exports, the files and the sheets through Flask's client: rights, names, headers, constant queries."""

import csv
import io
import json
from decimal import Decimal
from html import unescape

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.ledger import digest_of, ledger_of
from reviewhub.grades.released import keep_facts
from reviewhub.grades.tables import FindingDecision, FixVerdict, Match, Mistake, QualityMark, Release
from tests.grades.worlds import CELL, GRADING, World, add_person, add_project, add_review

FILES = ("gradebook.csv", "gradebook.xlsx", "moodle.csv", "ledger.json")
PLACE = {"kind": "cell", "path": CELL.path, "cell_index": 3, "first_line": None, "last_line": None, "output": None}


def decide_everything(session, world: World) -> None:
    """Cem's finding is M1, which was fixed; M2 was found by nobody else and not fixed; every review got 80."""
    by = world.people["Ida"].user_id
    decided = {"decided_by_id": by, "at": GRADING}
    made = {"project_id": world.projects["AWGAN"].id, "version_in": 1, "recorded_by_id": by, "recorded_at": GRADING}
    first = Mistake(
        number=1,
        title="Wrong sign",
        severity="major",
        criterion="method",
        found_by_instructor=False,
        place=PLACE,
        **made,
    )
    second = Mistake(
        number=2,
        title="No seed",
        severity="minor",
        criterion="code",
        found_by_instructor=True,
        text="The seed is *never* set.",
        **made,
    )
    session.add_all([first, second])
    session.flush()
    finding = world.findings["AWGAN/Cem/1"]
    session.add(FindingDecision(finding_id=finding, decision="accepted", **decided))
    session.add(Match(finding_id=finding, mistake_id=first.id, strength="full", **decided))
    session.add(FixVerdict(mistake_id=first.id, verdict="fixed", **decided))
    session.add(FixVerdict(mistake_id=second.id, verdict="not_fixed", **decided))
    for review in ("AWGAN/Cem", "AWGAN/Defne", "BNF/Ayşe"):
        for row in ("specific", "correct", "constructive", "complete"):
            session.add(QualityMark(review_id=world.reviews[review], row=row, value=Decimal(80), **decided))
    session.flush()


def release_as_it_stands(session, world: World) -> None:
    """A release of the facts as they are, whatever still waits: what blocks one is tested elsewhere."""
    course = world.course
    facts = gather_facts(session, course, GRADING)
    digest = digest_of(ledger_of(facts, course.policy))
    by = world.people["Ida"].user_id
    release = Release(
        course_id=course.id, sequence=1, at=GRADING, by_id=by, policy_text=course.policy_text, digest=digest
    )
    session.add(release)
    session.flush()
    keep_facts(session, release, facts)


@pytest.fixture
def graded(visit, world, sqlite_database):
    """Everything is decided, nothing released."""
    with sqlite_database.writing() as session:
        session.add(world.course)
        decide_everything(session, world)
    return visit("Ida")


@pytest.fixture
def released(graded, world, sqlite_database):
    with sqlite_database.writing() as session:
        session.add(world.course)
        release_as_it_stands(session, world)
    return graded


def rows_of(answer, **form):
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline=""), **form))


def test_staff_see_what_each_file_is_for_and_the_first_rows_on_demand(visit):
    ida = visit("Ida")

    page, with_rows = ida.get("/grades/export"), ida.get("/grades/export?preview=yes")

    assert page.status_code == 200
    assert "download_gradebook" not in page.text
    assert "<td>n-Cem</td>" not in page.text
    assert "<td>n-Cem</td>" in with_rows.text


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_a_download_with_a_plain_name_that_says_what_it_is(released, name):
    answer = released.get(f"/grades/export/{name}")

    what, _, ending = name.partition(".")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="ceng796-{what}-release-1.{ending}"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", [*FILES, "worksheet"])
def test_students_and_strangers_of_the_staff_get_no_file_of_the_course(visit, name):
    assert visit("Cem").get(f"/grades/export/{name}").status_code == 403


def test_released_grades_are_not_there_before_the_release(visit):
    assert visit("Ida").get("/grades/export/gradebook.csv?as=released").status_code == 409


def test_gradebook_as_csv_has_the_columns_of_the_course_file(released):
    rows = rows_of(released.get("/grades/export/gradebook.csv"))

    assert rows[0] == [
        "Student number", "Name", "Email", "Project",
        "Midterm", "Paper presentation", "Project, as developer", "Project, as reviewer", "Homework",
        "Course grade", "Fail rules", "Missing",
    ]  # fmt: skip
    assert [row[1] for row in rows[1:]] == ["Ayşe", "Baran", "Cem", "Defne"]


def test_csv_for_excel_has_a_mark_semicolons_and_decimal_commas(released):
    answer = released.get("/grades/export/gradebook.csv?separator=semicolon&decimal=comma&mark=yes")

    assert answer.get_data().startswith(b"\xef\xbb\xbfStudent number;Name;")
    assert any(
        "," in cell and cell.replace(",", "").isdigit() for row in rows_of(answer, delimiter=";") for cell in row
    )


def test_workbook_opens_with_the_gradebook_the_projects_the_lines_and_what_they_mean(released):
    book = load_workbook(io.BytesIO(released.get("/grades/export/gradebook.xlsx").get_data()), read_only=True)

    assert book.sheetnames[:3] == ["Gradebook", "Projects", "Version 1 lines"]
    assert book.sheetnames[-1] == "About"
    lines = list(book["Version 1 lines"].iter_rows(values_only=True))
    awgan = [row for row in lines if row[2] == "AWGAN"]
    assert sum(row[4] for row in awgan) == pytest.approx(89.0)


def test_ledger_carries_the_digest_of_the_release(released, sqlite_database):
    told = json.loads(released.get("/grades/export/ledger.json").get_data())

    with sqlite_database.reading() as session:
        digest = session.scalar(select(Release.digest))
    assert (told["digest"], told["release"]["digest"]) == (digest, digest)


def test_student_takes_their_own_lines_and_nothing_of_others(released, visit, world):
    told = json.loads(visit("Ayşe").get("/grades/own-ledger.json").get_data())

    assert [one["name"] for one in told["students"]] == ["Ayşe"]
    mine = world.people["Ayşe"].id
    assert {entry["subject"][1] for entry in told["entries"] if entry["subject"][0] in {"member", "person"}} == {mine}
    text = json.dumps(told, ensure_ascii=False)
    assert "Cem" not in text
    assert "Baran" not in text
    assert world.findings["AWGAN/Cem/1"] not in text


def test_students_have_nothing_to_take_before_the_release(graded, visit):
    assert visit("Cem").get("/grades/own-ledger.json").status_code == 404
    assert visit("Cem").get("/grades/sheet").status_code == 404


def test_students_own_sheet_has_lines_rules_and_places_and_keeps_reviewers_unnamed(released, visit):
    page = unescape(visit("Ayşe").get("/grades/sheet").text)

    assert "Ayşe" in page
    assert "As developer of AWGAN" in page
    assert "“Wrong sign”: a major mistake takes 8 points off its criterion." in page
    assert "main.ipynb, cell 4" in page
    assert "Cem" not in page
    assert "another reviewer" not in page
    assert "Fingerprint" not in page


def test_staffs_sheet_of_a_student_names_who_noted_what(released, world):
    page = unescape(released.get(f"/grades/{world.people['Ayşe'].id}/sheet").text)

    assert "noted by finding 1 of Cem" in page


def test_sheet_of_a_project_has_both_versions_reviews_and_what_became_of_findings(released):
    page = unescape(released.get("/grading/AWGAN/sheet").text)

    assert "Version 1 of AWGAN" in page
    assert "Review of AWGAN by Cem" in page
    assert "accepted as M1" in page


def test_all_sheets_come_in_one_document_each_on_a_page(released):
    students, projects = released.get("/grades/sheets"), released.get("/grades/project-sheets")

    assert students.text.count('class="paper-sheet"') == 4
    assert projects.text.count('class="paper-sheet"') == 2


@pytest.mark.parametrize("path", ["/grades/sheets", "/grades/project-sheets", "/grading/AWGAN/sheet"])
def test_sheets_of_others_are_for_the_staff(released, visit, path):
    assert visit("Cem").get(path).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/grades/export?preview=yes",
        "/grades/export/gradebook.csv",
        "/grades/export/gradebook.xlsx",
        "/grades/export/moodle.csv",
        "/grades/export/ledger.json",
        "/grades/sheets",
        "/grades/project-sheets",
        "/grading/AWGAN/sheet",
    ],
)
@pytest.mark.parametrize("which", ["released", "now"])
def test_exports_send_the_same_number_of_queries_for_few_and_many(
    released, world, sqlite_database, query_count, path, which
):
    address = f"{path}{'&' if '?' in path else '?'}as={which}"

    def queries():
        with query_count(sqlite_database) as statements:
            assert released.get(address).status_code == 200
        return len(statements)

    few = queries()
    with sqlite_database.writing() as session:
        session.add(world.course)
        for number in range(30):
            add_person(session, world, f"Student{number}")
        for number in range(6):
            add_project(session, world, f"P{number}", (f"Student{number}", f"Student{number + 10}"))
            add_review(session, world, f"P{number}", f"Student{number + 20}", "mistake", "mistake")
    assert queries() == few
