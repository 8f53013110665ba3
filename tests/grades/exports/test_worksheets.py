"""Moodle's grading worksheet in five languages: the grades change, and no other byte; what is in doubt is asked."""

import codecs
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.errors import BadInput
from reviewhub.grades.exports.columns import Said, find_columns
from reviewhub.grades.exports.filling import fill
from reviewhub.grades.exports.gradebook import choices_of
from reviewhub.grades.exports.record import Student
from reviewhub.grades.exports.worksheets import LARGEST_WORKSHEET, read_worksheet
from tests.grades.exports.records import PEOPLE, a_graded_course

TOTALS = {"dev": "91.005", "a": "70", "b": "55.5"}
ENGLISH = (
    'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Grade can be changed",'
    '"Last modified (submission)","Last modified (grade)","Feedback comments"\r\n'
    'Participant 801,"Zeki Şahin",zeki@example.org,"Submitted for grading - ",,100.00,Yes,"Tuesday, 2 December 2025, 9:58 PM",-,""\r\n'
    'Participant 802,"Iva Horvat",Iva@Example.org,"No submission - ",65.00,100.00,Yes,-,-,"<p>Said ""late"", twice.\r\nSee: a, b</p>"\r\n'
    'Participant 803,"Somebody Else",else@example.org,"No submission - ",40.00,100.00,Yes,-,-,\r\n'
)
TURKISH = (
    'Belirleyici,"Tam adı","ID numarası","E-posta adresi",Durum,Not,"En yüksek not","Not değiştirilebilir","Son düzenleme (gönderim)","Son düzenleme (not)","Geribildirim yorumları"\n'
    'Katılımcı 801,"Zeki Şahin",0042,zeki@example.org,"Değerlendirme için gönderildi",,"100,00",Evet,"2 Aralık 2025 Salı, 21:58",-,\n'
    'Katılımcı 802,"Iva Horvat",0043,iva@example.org,"Gönderim yok","65,00","100,00",Evet,-,-,"Geç, iki kez"\n'
)
CROATIAN = (
    "Identifikator;Ime i prezime;E-pošta;Status;Ocjena;Maksimalna ocjena;Ocjena se može promijeniti;Zadnja izmjena (rad);Zadnja izmjena (ocjena);Komentari\r\n"
    "Sudionik 801;Zeki Şahin;zeki@example.org;Predano za ocjenjivanje;;20,00;Da;utorak, 2. prosinca 2025., 21:58;-;\r\n"
    "Sudionik 802;Iva Horvat;iva@example.org;Nema predanog rada;;20,00;Da;-;-;\r\n"
)
AZERBAIJANI = (
    '"İdentifikator","Tam ad","Elektron poçt","Vəziyyət","Qiymət","Maksimum qiymət","Qiymət dəyişdirilə bilər","Son dəyişiklik (təqdimat)","Son dəyişiklik (qiymət)","Rəy şərhləri"\n'
    '"İştirakçı 801","Zeki Şahin","zeki@example.org","Təqdim edilib","","50.00","Bəli","2 Dekabr 2025","-",""\n'
    '"İştirakçı 803","Arif Məmmədov","arif@example.org","Təqdim edilib","12.5","50.00","Bəli","-","-",""'
)
GERMAN = (
    "ID\tVollständiger Name\tE-Mail-Adresse\tStatus\tBewertung\tBeste Bewertung\tBewertung kann geändert werden\tZuletzt geändert (Abgabe)\tZuletzt geändert (Bewertung)\tFeedback als Kommentar\r\n"
    "Teilnehmer/in 801\tZeki Şahin\tzeki@example.org\tZur Bewertung abgegeben\t\t100,00\tJa\tDienstag, 2. Dezember 2025, 21:58\t-\t\r\n"
    "Teilnehmer/in 802\tIva Horvat\tiva@example.org\tKeine Abgabe\t65,00\t100,00\tJa\t-\t-\t\r\n"
)


def filled_by(text, *, said=None, record=None, encoding="utf-8", mark=b""):
    record = record or a_graded_course(TOTALS)
    sheet = read_worksheet(mark + text.encode(encoding))
    columns = find_columns(sheet, record, said)
    assert columns.questions == ()
    return fill(sheet, record, choices_of(record)[-1], columns)


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        (ENGLISH, [('- ",,100.00', '- ",91.01,100.00'), (",65.00,", ",70.00,")]),
        (TURKISH, [('gönderildi",,', 'gönderildi","91,01",'), ('"65,00"', '"70,00"')]),
        (CROATIAN, [("ocjenjivanje;;", "ocjenjivanje;18,20;"), ("rada;;", "rada;14,00;")]),
        (AZERBAIJANI, [('edilib","",', 'edilib","45.50",'), ('"12.5"', '"27.75"')]),
        (GERMAN, [("abgegeben\t\t", "abgegeben\t91,01\t"), ("\t65,00\t", "\t70,00\t")]),
    ],
    ids=["English", "Turkish", "Croatian", "Azerbaijani", "German"],
)
@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
    ],
)
def test_only_the_grades_change_in_any_language_and_encoding(text, changes, encoding, mark):
    wanted = text
    for old, new in changes:
        assert wanted.count(old) == 1
        wanted = wanted.replace(old, new)

    assert filled_by(text, encoding=encoding, mark=mark).content == mark + wanted.encode(encoding)


def test_rows_that_name_nobody_are_listed_and_left():
    filled = filled_by(ENGLISH)

    assert [(row.line, row.said, row.old, row.why) for row in filled.left] == [
        (5, "else@example.org", "40.00", "Nobody in this course is called so.")
    ]
    assert [one.name for one in filled.absent] == ["Arif Məmmədov"]


def test_a_file_saved_by_a_turkish_excel_keeps_its_bytes():
    text = TURKISH.replace(",", ";").replace('"100;00"', "100,00").replace('"65;00"', "65,00").replace("\n", "\r\n")

    content = filled_by(text, encoding="cp1254").content

    assert content == text.replace('gönderildi";;', 'gönderildi";91,01;').replace(";65,00;", ";70,00;").encode("cp1254")


def test_letters_of_an_unknown_code_page_come_back_as_they_were():
    raw = CROATIAN.encode("cp1250", "replace")
    record = a_graded_course(TOTALS)
    sheet = read_worksheet(raw)
    filled = fill(sheet, record, choices_of(record)[-1], find_columns(sheet, record))

    assert filled.content == raw.replace(b"ocjenjivanje;;", b"ocjenjivanje;18,20;").replace(b"rada;;", b"rada;14,00;")


def test_a_line_that_names_the_separator_is_kept():
    text = "sep=;\r\n" + CROATIAN

    assert filled_by(text).content.decode() == text.replace("ocjenjivanje;;", "ocjenjivanje;18,20;").replace(
        "rada;;", "rada;14,00;"
    )


def test_a_grade_that_is_there_already_is_not_written_again():
    text = ENGLISH.replace(",65.00,", ",70.0,")

    filled = filled_by(text)

    assert ",70.0,100.00" in filled.content.decode()
    assert [row.is_changed for row in filled.rows] == [True, False, False]


def test_students_without_a_grade_yet_keep_what_stands_there():
    filled = filled_by(ENGLISH, record=a_graded_course({"dev": "91"}))

    assert [row.why for row in filled.rows][1] == "No grade yet for “Course grade”."
    assert ",65.00," in filled.content.decode()


def test_an_address_and_a_number_of_two_people_are_left():
    text = TURKISH.replace("0043,iva", "0042,iva").replace("0042,zeki", "0044,zeki")

    filled = filled_by(text)

    assert [row.why for row in filled.rows] == ["The address names one student and the number another."] * 2
    assert filled.content.decode() == text


def test_the_same_student_twice_is_filled_once_and_told():
    people = (*PEOPLE, Student(enrollment_id="c", name="Noa", number="0045", email="noa@example.org"))
    text = TURKISH + 'Katılımcı 809,"Z. Ş.",0042,z@other.example,Yok,,"100,00",Evet,-,-,\n'

    filled = filled_by(text, record=a_graded_course(TOTALS, students=people), said=Said(people=("number", 2)))

    assert filled.rows[2].why == "The same student stands on line 2 already."


def test_two_students_who_share_a_number_are_nobody():
    people = (PEOPLE[0], Student(enrollment_id="x", name="Double", number="0042", email="double@example.org"))

    filled = filled_by(TURKISH, record=a_graded_course(TOTALS, students=people), said=Said(people=("number", 2)))

    assert all(row.why for row in filled.rows)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Name,Grade,Max\nZeki Şahin,,100\n", "By which column are the students found?"),
        ("Email,A,B\nzeki@example.org,,\n", "Which column takes the grade?"),
        ("Email,Other,Grade,Max\nzeki@example.org,zeki@example.org,,100\n", "Which column holds the e-mail addresses?"),
        ("Email,Grade\nzeki@example.org,\n", "How many points are full marks?"),
        ("Email,A,Max A,B,Max B\nzeki@example.org,,100,,50\n", "Which column takes the grade?"),
    ],
)
def test_a_doubt_is_asked_and_nothing_guessed(text, question):
    columns = find_columns(read_worksheet(text.encode()), a_graded_course(TOTALS))

    assert any(one.startswith(question) for one in columns.questions)


def test_what_the_teacher_says_answers_the_questions():
    text = "Name,Grade,Comment\nzeki  şahin,,\n"
    said = Said(people=("name", 0), grade=1, maximum=Decimal(10), decimal=",")

    assert filled_by(text, said=said).content.decode() == 'Name,Grade,Comment\nzeki  şahin,"9,10",\n'


def test_everybody_with_full_marks_still_has_a_grade_column():
    text = "Email,Grade,Max\nzeki@example.org,100,100\niva@example.org,100,100\n"

    assert filled_by(text).content.decode() == text.replace(".org,100", ".org,91.01", 1).replace(
        "iva@example.org,100", "iva@example.org,70.00"
    )


def test_dates_feedback_and_locked_cells_never_look_like_grades():
    columns = find_columns(read_worksheet(ENGLISH.encode()), a_graded_course(TOTALS))

    assert (columns.email, columns.number, columns.name, columns.grade) == (2, None, None, 4)
    assert (columns.maximum, columns.decimal) == (Decimal("100.00"), ".")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"only one column\n1\n",
        b"PK\x03\x04rest",
        b"%PDF-1.7",
        b"a,b\0c\n1,2\n",
        b"a" * (LARGEST_WORKSHEET + 1),
        b"a,b\n",
    ],
)
def test_what_is_no_worksheet_is_refused_in_one_sentence(content):
    with pytest.raises(BadInput) as refused:
        read_worksheet(content)
    assert refused.value.message.count(".") >= 1


@given(
    rows=st.lists(
        st.lists(st.text(alphabet='ab",;\n\r\t é', max_size=6), min_size=3, max_size=3), min_size=2, max_size=5
    ),
    separator=st.sampled_from(",;\t"),
    at=st.integers(0, 100),
)
def test_any_table_is_read_like_csv_reads_it_and_one_cell_changes_alone(rows, separator, at):
    import csv
    import io

    rows[0] = ["x", "y", "z"]
    rows[1][0] = "k"
    line = io.StringIO()
    csv.writer(line, delimiter=separator, lineterminator="\r\n").writerows(rows)
    sheet = read_worksheet(line.getvalue().encode())

    assert [list(sheet.head), *([span.value for span in spans] for _, spans in sheet.rows)] == [
        row for row in rows if any(cell.strip() for cell in row)
    ]
    _, spans = sheet.rows[at % len(sheet.rows)]
    chosen = spans[at % 3]
    after = read_worksheet(sheet.with_cells({chosen: "7"}))
    changed = [
        (before, now)
        for (_, one), (_, two) in zip(sheet.rows, after.rows, strict=True)
        for before, now in zip(one, two, strict=True)
        if before.value != now.value
    ]
    assert [now.value for _, now in changed] in ([], ["7"])
