"""Filling Moodle's worksheet through Flask's client: look first, download what was looked at, nothing kept, no guesses."""

import io
import re
from decimal import Decimal
from html import unescape

import pytest

from reviewhub.grades.tables import Mistake
from tests.grades.test_export_pages import graded, released  # noqa: F401 - fixtures
from tests.grades.worlds import GRADING

WORKSHEET = (
    'Teilnehmer,"Vollständiger Name","E-Mail-Adresse",Bewertung,"Beste Bewertung",Kommentar\r\n'
    'Teilnehmer/in 7,Ayşe,ayşe-ceng796@example.org,,"20,00","Gut, ""sehr"" gut"\r\n'
    'Teilnehmer/in 8,Baran,baran-ceng796@example.org,"3,00","20,00",\r\n'
    'Teilnehmer/in 9,Niemand,niemand@example.org,,"20,00",\r\n'
)


def preview(who, content=WORKSHEET, **fields):
    data = {"choice": "developer", "as": "now"} | fields
    if content is not None:
        data["worksheet"] = (io.BytesIO(content.encode()), "Übung 1 (Abgabe).csv")
    return who.post("/grades/export/worksheet", **data)


def kept(page):
    """What the preview sends again with the download."""
    pairs = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text)
    return {name: unescape(value) for name, value in pairs}


def words(page):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def test_preview_shows_every_row_and_the_download_is_what_was_shown(released):  # noqa: F811
    page = preview(released)
    answer = released.post("/grades/export/worksheet/filled", **kept(page))

    assert page.status_code == 200
    assert "niemand@example.org Nobody in this course is called so." in words(page)
    assert "3,00 18,76" in words(page)  # (0.4 · 89 + 0.6 · 97) of 20, and already 3
    assert answer.headers["Content-Disposition"] == 'attachment; filename="-bung 1 -Abgabe--filled.csv"'
    assert answer.get_data().decode() == WORKSHEET.replace('.org,,"20,00","Gut', '.org,"18,76","20,00","Gut').replace(
        '"3,00"', '"18,76"'
    )


def test_what_changed_since_the_look_is_shown_again_and_not_downloaded(released, world, sqlite_database):  # noqa: F811
    page = preview(released)
    with sqlite_database.writing() as session:
        made = {"project_id": world.projects["AWGAN"].id, "version_in": 2, "criterion": "code", "severity": "minor"}
        by = world.people["Ida"].user_id
        session.add(
            Mistake(
                number=3,
                title="Late",
                points=Decimal(10),
                found_by_instructor=True,
                recorded_by_id=by,
                recorded_at=GRADING,
                **made,
            )
        )

    answer = released.post("/grades/export/worksheet/filled", **kept(page))

    assert answer.status_code == 409
    assert "Something changed since you looked" in words(answer)
    assert "3,00 17,56" in words(answer)


def test_a_doubt_is_asked_and_answered_without_sending_the_file_again(released):  # noqa: F811
    asked = preview(released, "Wer,A,B\nAyşe,,\n")
    answered = preview(released, None, **kept(asked), people="name:0", column="1", maximum="100", decimal="point")

    assert "By which column are the students found?" in words(asked)
    assert "Which column takes the grade?" in words(asked)
    assert "Ayşe — 93.80" in words(answered)


@pytest.mark.parametrize("content", ["", "PK\x03\x04", "one\ntwo\n"])
def test_what_is_no_worksheet_is_refused_on_the_form(released, content):  # noqa: F811
    page = preview(released, content)

    assert page.status_code == 422
    assert 'type="file"' in page.text


@pytest.mark.parametrize(
    "fields",
    [
        {"kept": "no base64"},
        {"kept": "bm8gemxpYg=="},
        {"people": "email:99", "column": "-1"},
        {"maximum": "0"},
        {"maximum": "1e9"},
        {"choice": "nothing"},
    ],
)
def test_a_form_that_was_tampered_with_breaks_nothing(released, fields):  # noqa: F811
    content = None if "kept" in fields else WORKSHEET

    assert preview(released, content, **fields).status_code in {200, 422}


def test_students_fill_no_worksheets(released, visit):  # noqa: F811
    assert preview(visit("Cem")).status_code == 403
    assert visit("Cem").post("/grades/export/worksheet/filled").status_code == 403
