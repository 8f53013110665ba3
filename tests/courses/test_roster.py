"""Exported lists of people: encodings, delimiters, headers, and what a list would change."""

import codecs

import pytest

from reviewhub.accounts.rights import Role
from reviewhub.courses.roster import Present, RosterRow, compare_roster, read_roster
from reviewhub.errors import BadInput

MOODLE = "First name,Surname,ID number,Institution,Department,Email address\nAyşe,Yılmaz,2345678,METU,CENG,e234567@example.edu.tr\n"
MOODLE_TURKISH = "Soyadı;Adı;Öğrenci No;E-posta adresi;Gruplar\nYılmaz;Ayşe;2345678;E234567@EXAMPLE.EDU.TR;Grup 1\n"
CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (11)\n"
    "    Points Possible,,,,,10.00\n"
    '"Yılmaz, Ayşe",901,2345678,e234567,CENG796-1,7\n'
    '"Student, Test",902,,abcdef,CENG796-1,\n'
)
PLAIN = "email\tname\ne234567@example.edu.tr\tAyşe Yılmaz\n"


def rows_of(content: bytes, **choices: str) -> list[tuple[str, str, str | None]]:
    roster = read_roster(content, **choices)
    assert roster.problems == ()
    return [(row.email, row.name, row.student_number) for row in roster.rows]


AYSE = ("e234567@example.edu.tr", "Ayşe Yılmaz", "2345678")


@pytest.mark.parametrize("text", [MOODLE, MOODLE_TURKISH])
def test_moodle_exports_are_read_in_english_and_turkish(text: str) -> None:
    assert rows_of(text.encode()) == [AYSE]


def test_canvas_export_is_read_with_a_mail_domain() -> None:
    assert rows_of(CANVAS.encode(), mail_domain="@example.edu.tr") == [AYSE]


def test_canvas_export_without_a_mail_domain_says_what_is_missing() -> None:
    roster = read_roster(CANVAS.encode())

    assert [(problem.place, problem.what, problem.hint) for problem in roster.problems] == [
        ("list, line 3", "“e234567” is no e-mail address.", "Say which mail domain completes log-in names.")
    ]


def test_a_plain_list_with_tabs_is_read() -> None:
    assert rows_of(PLAIN.encode()) == [("e234567@example.edu.tr", "Ayşe Yılmaz", None)]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (MOODLE.encode(), "UTF-8"),
        (codecs.BOM_UTF8 + MOODLE.encode(), "UTF-8"),
        (codecs.BOM_UTF16_LE + MOODLE.encode("utf-16-le"), "UTF-16"),
        (codecs.BOM_UTF16_BE + MOODLE.encode("utf-16-be"), "UTF-16"),
        (MOODLE.encode("utf-16-le"), "UTF-16"),
        (MOODLE.encode("utf-16-be"), "UTF-16"),
        (MOODLE.encode("cp1254"), "Windows-1254"),
        (b"sep=,\r\n" + MOODLE.encode(), "UTF-8"),
        (MOODLE.replace("\n", "\r\n").encode(), "UTF-8"),
        (MOODLE.replace("\n", "\r").encode(), "UTF-8"),
        (MOODLE.replace(",", ";").encode(), "UTF-8"),
        (MOODLE.replace(",", "\t").encode(), "UTF-8"),
    ],
)
def test_every_encoding_and_delimiter_gives_the_same_people(content: bytes, encoding: str) -> None:
    assert rows_of(content) == [AYSE]
    assert read_roster(content).encoding == encoding


@pytest.mark.parametrize(
    "header", ["E-Posta", "EPOSTA", "e-posta adresi", "E-MAIL", "Email Address", "E-Mail:", "  email  "]
)
def test_headers_of_the_mail_column_are_understood(header: str) -> None:
    assert rows_of(f"{header},ADI SOYADI\na@example.org,Işıl İnci\n".encode()) == [("a@example.org", "Işıl İnci", None)]


def test_formulas_are_text() -> None:
    content = (
        'email,name,student number\na@example.org,"=HYPERLINK(""http://x"",""y"")",+1002\nb@example.org,@SUM(A1),=1+1\n'
    )

    assert rows_of(content.encode()) == [
        ("a@example.org", '=HYPERLINK("http://x","y")', "+1002"),
        ("b@example.org", "@SUM(A1)", "=1+1"),
    ]


def test_names_lose_line_breaks_and_direction_marks() -> None:
    content = 'email,name\na@example.org,"Ada\n\u202eÇelik\u0000"\n'

    assert rows_of(content.encode()) == [("a@example.org", "Ada Çelik", None)]


def test_every_wrong_row_is_told_with_its_line() -> None:
    content = (
        "email,name,no,rol\n"
        "ada@example.org,Ada,1,öğrenci\n"
        "\n"
        "ada at example,Bora,2,asistan\n"
        "cem@example.org,,3,king\n"
        ",Defne,4,\n"
        "ADA@example.org,Ada again,5,\n"
        "eda@example.org,Eda,1,\n"
        "İnci@example.org,İnci,7,\n"
    )

    roster = read_roster(content.encode(), place="list.csv")

    assert [row.email for row in roster.rows] == ["ada@example.org"]
    assert [(problem.place, problem.what) for problem in roster.problems] == [
        ("list.csv, line 4", "“ada at example” is no e-mail address."),
        ("list.csv, line 5", "The name is missing."),
        ("list.csv, line 5", "“king” is no role."),
        ("list.csv, line 6", "The e-mail address is missing."),
        ("list.csv, line 7", "ada@example.org stands in line 2 already."),
        ("list.csv, line 8", "The student number 1 stands in line 2 already."),
        ("list.csv, line 9", "“İnci@example.org” is no e-mail address."),
    ]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "The list is empty."),
        (b"\n\n", "The list is empty."),
        (b"name,number\nA,1\n", "No column is called Email (found: name, number)."),
        (b"PK\x03\x04rest", "This is a spreadsheet or document, not a list as text."),
        (b"email,name\n\x81\x8d\x8f,x\n", "This is no text."),
        (b"email," + b"x" * 2_000_001, "The list is too large (2,000,007 bytes; at most 2,000,000)."),
        (b"email,name\n" + b"a@b.cc,A\n" * 5001, "The list has 5,001 rows; at most 5,000 are read."),
    ],
)
def test_what_is_no_list_is_refused_in_one_sentence(content: bytes, what: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_roster(content)

    assert refusal.value.message == what


def row(email: str, name: str = "Ada", **said: object) -> RosterRow:
    return RosterRow(line=2, email=email, name=name, **said)  # type: ignore[arg-type]


def present(email: str, name: str = "Ada", **known: object) -> Present:
    facts = {"enrollment_id": email, "student_number": None, "role": Role.STUDENT} | known
    return Present(email=email, name=name, **facts)  # type: ignore[arg-type]


def test_a_list_is_compared_with_who_is_there() -> None:
    diff = compare_roster(
        [row("new@x.org"), row("same@x.org"), row("ada@x.org", "Ada Çelik", student_number="7"), row("back@x.org")],
        [present("same@x.org"), present("ada@x.org"), present("back@x.org", has_left=True), present("gone@x.org"),
         present("left@x.org", has_left=True), present("staff@x.org", role=Role.INSTRUCTOR)],
    )  # fmt: skip

    assert [added.email for added in diff.added] == ["new@x.org"]
    assert [dict(change.fields) for change in diff.changed] == [
        {"name": ("Ada", "Ada Çelik"), "student number": ("—", "7")},
        {"state": ("left", "back")},
    ]
    assert (diff.unchanged, [person.email for person in diff.missing]) == (1, ["gone@x.org"])


def test_what_a_list_does_not_say_stays() -> None:
    diff = compare_roster([row("ada@x.org")], [present("ada@x.org", student_number="7", role=Role.ASSISTANT)])

    assert (diff.changed, diff.unchanged) == ((), 1)


def test_a_name_shared_with_another_course_stays() -> None:
    diff = compare_roster([row("ada@x.org", "Somebody Else")], [present("ada@x.org", keeps_name=True)])

    assert diff.changed == ()


def test_whoever_comes_back_is_a_student_unless_the_list_says_otherwise() -> None:
    diff = compare_roster([row("deniz@x.org")], [present("deniz@x.org", role=Role.INSTRUCTOR, has_left=True)])

    assert diff.gives_staff_roles is True
    assert dict(diff.changed[0].fields) == {"state": ("left", "back"), "role": ("instructor", "student")}


def test_a_student_number_of_somebody_else_is_told() -> None:
    diff = compare_roster([row("new@x.org", student_number="7")], [present("ada@x.org", "Ada", student_number="7")])

    assert (diff.added, [problem.what for problem in diff.problems]) == (
        (),
        ["The student number 7 is Ada's in this course."],
    )


def test_swapped_student_numbers_are_two_changes() -> None:
    diff = compare_roster(
        [row("a@x.org", student_number="2"), row("b@x.org", student_number="1")],
        [present("a@x.org", student_number="1"), present("b@x.org", student_number="2")],
    )

    assert (len(diff.changed), diff.problems) == (2, ())
