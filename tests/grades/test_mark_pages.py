"""The pages of marks: preview, then save; a second click, a change in between, a list taken back; typing single marks."""

import html
import io
import re

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from reviewhub.accounts.rights import Role
from reviewhub.grades.mark_tables import Mark, MarkList
from tests.grades.worlds import add_person

LIST = "student number;Name;Midterm (out of 40);Homework 1;Homework 2\nn-Ayşe;A;34;80;90,5\nn-Baran;B;;70;\n"


def words(answer):
    """What a page says, without its marks."""
    text = re.sub(r"(?s)<(script|style|svg).*?</\1>", " ", answer.text)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def fields(answer, action):
    """The fields of the form that goes to an address, as a browser would send them back."""
    form = re.search(rf'(?s)<form[^>]*method="post" action="[^"]*{re.escape(action)}"[^>]*>(.*?)</form>', answer.text)[
        1
    ]
    found = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'(?s)value="([^"]*)"', tag)
        if name and 'type="checkbox"' not in tag:
            found[html.unescape(name[1])] = html.unescape(value[1]) if value else ""
    return found


def standing(database, component=None):
    """Every mark that stands: name is left out, (component, item, points, out of)."""
    with database.reading() as session:
        rows = session.scalars(select(Mark).where(Mark.undone_at.is_(None)))
        return sorted((row.component, row.item, str(row.points), str(row.out_of)) for row in rows)


def preview(visit, text=LIST):
    """The page that shows what a list would change."""
    return visit("Ida").post("/marks/import", text=text)


def confirm(visit, shown, **more):
    """Say yes to what a page showed."""
    return visit("Ida").post("/marks/import/confirm", **(fields(shown, "/marks/import/confirm") | more))


SAVED = [
    ("homework", 1, "70", "100"),
    ("homework", 1, "80", "100"),
    ("homework", 2, "90.5", "100"),
    ("midterm", 1, "34", "40"),
]


def test_list_is_shown_before_it_is_saved(visit, sqlite_database):
    shown = preview(visit)

    assert shown.status_code == 200
    assert "new 4 changed 0 as they are 0 without a mark 2 not in the list 2" in words(shown)
    assert "Ayşe n-Ayşe Midterm — 34 of 40" in words(shown)
    assert standing(sqlite_database) == []

    saved = confirm(visit, shown)

    assert saved.status_code == 303
    assert standing(sqlite_database) == SAVED
    assert "Midterm out of 40 1 of 4 85.00" in words(visit("Ida").get("/marks"))


def test_second_click_saves_nothing_twice(visit, sqlite_database):
    shown = preview(visit)

    answers = [confirm(visit, shown) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert standing(sqlite_database) == SAVED
    with sqlite_database.reading() as session:
        assert len(session.scalars(select(MarkList)).all()) == 1


def test_same_list_again_changes_nothing(visit):
    confirm(visit, preview(visit))

    assert "The list changes nothing" in words(preview(visit))


def test_list_again_is_a_difference(visit, sqlite_database):
    confirm(visit, preview(visit))

    shown = preview(visit, LIST.replace("34", "35").replace("90,5", ""))

    assert "Ayşe n-Ayşe Midterm 34 of 40 35 of 40" in words(shown)
    assert "Take 1 mark away" in words(shown)
    assert confirm(visit, shown).status_code == 303
    assert ("midterm", 1, "35", "40") in standing(sqlite_database)
    assert ("homework", 2, "90.5", "100") in standing(sqlite_database)
    with sqlite_database.reading() as session:
        old = session.scalars(select(Mark).where(Mark.undone_at.is_not(None))).all()
        assert [(str(row.points), row.undone_by_list_id is not None) for row in old] == [("34", True)]


def test_empty_cell_takes_a_mark_away_only_where_asked(visit, sqlite_database):
    confirm(visit, preview(visit))

    confirm(visit, preview(visit, LIST.replace("90,5", "")), take_emptied="yes")

    assert standing(sqlite_database) == [one for one in SAVED if one[1] != 2]


def test_change_in_between_is_told_and_nothing_is_lost(visit, world, sqlite_database):
    shown = preview(visit)
    page = visit("Ali").get("/marks/of/midterm?edit=1")
    typed = fields(page, "/marks/of/midterm") | {f"mark-{world.people['Ayşe'].id}": "12", "out_of": "40"}
    assert visit("Ali").post("/marks/of/midterm", **typed).status_code == 303

    answer = confirm(visit, shown)

    assert answer.status_code == 409
    assert "The marks have changed since you looked at this" in words(answer)
    assert "Ayşe n-Ayşe Midterm 12 of 40 34 of 40" in words(answer)
    assert standing(sqlite_database) == [("midterm", 1, "12", "40")]
    assert confirm(visit, answer).status_code == 303
    assert standing(sqlite_database) == SAVED


def test_faults_are_told_and_nothing_is_written(visit, sqlite_database):
    shown = preview(visit, "number;Midterm;Note\nn-Ayşe;105;x\nn-Nobody;50;\n")

    assert shown.status_code == 422
    assert "row 2, column B (“Midterm”) “105” is not a number from 0 to 100." in words(shown)
    assert "Nobody in the course has the student number n-Nobody." in words(shown)
    assert 'action="/c/ceng796/marks/import/confirm"' not in shown.text
    assert standing(sqlite_database) == []


def test_columns_can_be_chosen_and_read_again(visit, sqlite_database):
    shown = preview(visit, "number;Sınav\nn-Ayşe;12\n")
    assert "No column is known to hold marks." in words(shown)

    chosen = {"column-0": "number", "column-1": "midterm:1", "out-1": "20"}
    again = visit("Ida").post("/marks/import", **(fields(shown, "/marks/import") | chosen))

    assert "Ayşe n-Ayşe Midterm — 12 of 20" in words(again)
    assert confirm(visit, again).status_code == 303
    assert standing(sqlite_database) == [("midterm", 1, "12", "20")]


def test_workbook_is_read_as_a_file(visit, sqlite_database):
    book = Workbook()
    book.active.append(["Email", "Midterm"])
    book.active.append(["ayşe-ceng796@example.org", 71.5])
    kept = io.BytesIO()
    book.save(kept)
    kept.seek(0)

    shown = visit("Ida").post("/marks/import", list=(kept, "../../final marks.xlsx"))

    assert "Read as an XLSX workbook" in words(shown)
    confirm(visit, shown)
    assert standing(sqlite_database) == [("midterm", 1, "71.5", "100")]
    assert "final marks.xlsx" in words(visit("Ida").get("/marks"))


def test_list_is_taken_back_as_a_whole(visit, sqlite_database):
    confirm(visit, preview(visit))
    confirm(visit, preview(visit, LIST.replace("34", "35") + "n-Cem;C;20;;\n"))
    with sqlite_database.reading() as session:
        last = session.scalars(select(MarkList.id).order_by(MarkList.at.desc(), MarkList.new)).all()
        changed = next(one for one in last if session.get_one(MarkList, one).changed)

    for _ in range(2):
        assert visit("Ida").post(f"/marks/lists/{changed}/undo").status_code == 303

    assert standing(sqlite_database) == SAVED


def test_single_marks_are_typed(visit, world, sqlite_database):
    confirm(visit, preview(visit))
    page = visit("Ali").get("/marks/of/midterm?edit=1")
    ids = {name: world.people[name].id for name in ("Ayşe", "Baran", "Cem")}
    form = fields(page, "/marks/of/midterm")
    assert (form[f"mark-{ids['Ayşe']}"], form[f"mark-{ids['Baran']}"], form["out_of"]) == ("34", "", "40")

    typed = form | {f"mark-{ids['Ayşe']}": "", f"mark-{ids['Baran']}": "12,5", f"mark-{ids['Cem']}": "50 %"}
    answers = [visit("Ali").post("/marks/of/midterm", **typed) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert [one for one in standing(sqlite_database) if one[0] == "midterm"] == [
        ("midterm", 1, "12.5", "40"),
        ("midterm", 1, "50", "100"),
    ]
    assert "50/100" in visit("Ali").get("/marks/of/midterm").text


def test_typed_marks_with_faults_stay_on_the_page(visit, world, sqlite_database):
    page = visit("Ida").get("/marks/of/midterm?edit=1")
    typed = fields(page, "/marks/of/midterm") | {
        f"mark-{world.people['Ayşe'].id}": "abc",
        f"mark-{world.people['Cem'].id}": "41",
        "out_of": "40",
    }

    answer = visit("Ida").post("/marks/of/midterm", **typed)

    assert answer.status_code == 422
    assert "Ayşe, Midterm “abc” is not a number from 0 to 40." in words(answer)
    assert "Cem, Midterm “41” is not a number from 0 to 40." in words(answer)
    assert 'value="abc"' in answer.text
    assert standing(sqlite_database) == []


def test_two_people_typing_the_same_mark_write_over_nothing(visit, world, sqlite_database):
    mine, theirs = (visit(name).get("/marks/of/midterm?edit=1") for name in ("Ida", "Ali"))
    name = f"mark-{world.people['Ayşe'].id}"
    assert (
        visit("Ali").post("/marks/of/midterm", **(fields(theirs, "/marks/of/midterm") | {name: "70"})).status_code
        == 303
    )

    answer = visit("Ida").post("/marks/of/midterm", **(fields(mine, "/marks/of/midterm") | {name: "80"}))

    assert answer.status_code == 409
    assert 'value="80"' in answer.text
    assert standing(sqlite_database) == [("midterm", 1, "70", "100")]


def test_grid_shows_who_has_no_mark(visit):
    confirm(visit, preview(visit))
    everybody, missing = visit("Ida").get("/marks/of/midterm"), visit("Ida").get("/marks/of/midterm?show=missing")

    assert "Without a mark 3" in words(everybody)
    assert ">Ayşe<" in everybody.text
    assert ">Ayşe<" not in missing.text
    assert ">Baran<" in missing.text
    assert ">Baran<" not in visit("Ida").get("/marks/of/midterm?q=ays").text
    assert "Nobody to show" in words(visit("Ida").get("/marks/of/midterm?q=zzz"))
    assert visit("Ida").get("/marks/of/nothing").status_code == 404


def test_history_of_a_mark_stays(visit):
    confirm(visit, preview(visit))
    confirm(visit, preview(visit, LIST.replace("34", "35")))

    assert "Ayşe Midterm 34 of 40 35 of 40" in words(visit("Ida").get("/marks/of/midterm"))


def test_marks_are_closed_by_a_release_and_open_to_staff_alone(visit, world, sqlite_database):
    assert visit("Cem").get("/marks").status_code == 403
    assert visit("Cem").post("/marks/import", text=LIST).status_code == 403
    assert visit("Ali").get("/marks").status_code == 200


@pytest.mark.parametrize(
    ("path", "most"), [("/marks", 15), ("/marks/of/homework", 15), ("/statuses", 15), ("/fails", 32)]
)
def test_pages_send_the_same_number_of_queries_for_few_and_many_students(
    visit, world, sqlite_database, query_count, path, most
):
    ida = visit("Ida")

    def queries():
        with query_count(sqlite_database) as statements:
            assert ida.get(path).status_code == 200
        return len(statements)

    confirm(visit, preview(visit))
    few = queries()
    with sqlite_database.writing() as session:
        for number in range(30):
            add_person(session, world, f"Student{number}")
    rows = "".join(f"n-Student{number};S;{number};{number};{number}\n" for number in range(30))
    confirm(visit, preview(visit, LIST + rows))

    assert queries() == few
    assert few <= most


def test_page_without_students_or_marks_says_so(visit, world, sqlite_database):
    assert "Nothing yet." in words(visit("Ida").get("/marks"))
    with sqlite_database.writing() as session:
        for person in world.people.values():
            if person.role == Role.STUDENT:
                session.merge(person).left_at = person.joined_at
    assert "No students yet" in words(visit("Ida").get("/marks/of/midterm"))


def test_marks_of_a_component_that_is_gone_are_mentioned(visit, world, sqlite_database):
    confirm(visit, preview(visit))
    with sqlite_database.writing() as session:
        for mark in session.scalars(select(Mark).where(Mark.component == "homework")):
            mark.component = "exercises"

    assert "3 marks stand under exercises : the course file has no component of this name any more." in words(
        visit("Ida").get("/marks")
    )
