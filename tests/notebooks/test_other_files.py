"""Tables, long JSON, documents, and what other files say of themselves: the values, without a page."""

import io
import struct
import zipfile

import pytest

from reviewhub.notebooks import (
    FileKind,
    classify_file,
    look_inside,
    part_wanted,
    render_document,
    render_table,
    unfold_json,
)
from reviewhub.notebooks.delimited import MOST_COUNTED
from reviewhub.notebooks.documents import heading_place, heading_slug
from reviewhub.notebooks.media import media_type
from reviewhub.notebooks.recognizing import file_words
from tests.notebooks.conftest import Links
from tests.projects.other_files import npy, wav, webm, zipped


@pytest.mark.parametrize(
    ("text", "summary", "cell"),
    [
        ("a,b\n1,2\n", "1 row, 2 columns", '<td class="number">2</td>'),
        ("a;b\n1,5;2,5\n3,5;4\n", "2 rows, 2 columns", '<td class="number">1,5</td>'),
        ("a\tb\nx y\tz\n", "1 row, 2 columns", "<td>x y</td>"),
        ("a|b|c\n1|2|3\n", "1 row, 3 columns", '<td class="number">3</td>'),
        ('a,b\n"x, y","say ""hi"""\n', "1 row, 2 columns", '<td>x, y</td><td>say "hi"</td>'),
        ('a,b\n"one\ntwo",2\r\n', "1 row, 2 columns", '<td>one\ntwo</td><td class="number">2</td>'),
        ("1,2\n3,4\n", "2 rows, 2 columns", '<th scope="col" class="number">2</th>'),
        ("a,b\r1,2\r", "1 row, 2 columns", '<td class="number">1</td>'),
        ("a,b,c\n1\n\n\n1,2,3,4\n", "2 rows, 4 columns", '<td class="number"></td>'),
        ("one\ntwo\n", "1 row, 1 column", "<td>two</td>"),
        (
            "a,b\n<script>alert(1)</script>,&amp;\n",
            "1 row, 2 columns",
            "<td>&lt;script&gt;alert(1)&lt;/script&gt;</td>",
        ),
        ("a,b\nnan,1e-5\n-inf,50 %\n", "2 rows, 2 columns", '<td class="number">nan</td>'),
    ],
)
def test_table_is_read_as_it_was_meant(text: str, summary: str, cell: str) -> None:
    table = render_table(text, name="a.csv")
    assert table is not None
    assert table.summary == summary
    assert cell in table.html


def test_table_shows_its_beginning_and_says_what_is_missing() -> None:
    text = "".join(",".join(str(n) for n in range(70)) + "\n" for _ in range(300)) + "x\n" + "y" * 600 + "\n"
    table = render_table(text, name="a.csv")
    assert table is not None
    assert table.summary == "200 of 302 rows, the first 50 of 70 columns"
    assert table.html.count("<tr") == 201
    assert table.notices == ()
    ragged = render_table("a,b\n1\n1,2,3\n" + "z" * 600 + "\n", name="a.csv")
    assert ragged is not None
    assert ragged.notices == ("Rows have 1 to 3 fields.", "Fields are cut after 500 characters.")


def test_long_table_is_reckoned_from_its_beginning() -> None:
    row = '"a\nb",2\n'
    table = render_table("name,number\n" + row * (2 * MOST_COUNTED // len(row)), name="a.csv")
    assert table is not None
    assert table.summary == "200 of about 1,000,000 rows, 2 columns"


@pytest.mark.parametrize("text", ["", "\n\n\n", "x" * 200_000, "," * (MOST_COUNTED + 1)])
def test_what_is_no_table_is_none(text: str) -> None:
    assert render_table(text, name="a.csv") is None


def test_quotation_mark_that_is_never_closed_hides_no_rows() -> None:
    for filling in (3, 100_000):
        table = render_table('a,b\n"x,1\n' + "y,2\n" * filling, name="a.csv")
        assert table is not None
        assert table.row_count == filling + 1
        assert table.notices == ("A quotation mark is never closed, so quotation marks are shown as they stand.",)


def test_unseen_signs_of_a_table_are_shown() -> None:
    table = render_table("a,b\nabc\u202ed,\x00\n", name="a.csv")
    assert table is not None
    assert "\u202e" not in table.html
    assert '<span class="hidden-character" title="A character one cannot see">⟨U+202E⟩</span>' in table.html


def test_hostile_tables_end() -> None:
    signs = ('"' * MOST_COUNTED, '"\n' * (MOST_COUNTED // 2), "," * 100_000 + "\n", '",' * (MOST_COUNTED // 2))
    shown = [render_table(text, name="a.csv") for text in (*signs, "\t\n;|," * 500_000)]
    assert [table is not None and len(table.html) < 1_000_000 for table in shown if table is not None] != []


def test_minified_json_is_put_into_lines_and_nothing_else_changes() -> None:
    text = '{"a":[1.50,1e400,{"b":"x,{}[]:\\"y"},[],{}],"a":' + "[" + ",".join(["12345678901234567890123"] * 60) + "]}"
    unfolded = unfold_json(text)
    assert unfolded is not None
    assert unfolded.startswith(
        '{\n  "a": [\n    1.50,\n    1e400,\n    {\n      "b": "x,{}[]:\\"y"\n    },\n    [],\n    {}\n  ],'
    )
    assert "".join(line.strip() for line in unfolded.split("\n")).replace('": ', '":') == text


@pytest.mark.parametrize(
    "text", ["{}", '{\n "a": 1\n}', "[" * 2000, "[" * 900 + "]" * 900 + " " * 2000, '{"a":' + "x" * 2000]
)
def test_json_that_reads_well_or_is_none_stays(text: str) -> None:
    found = unfold_json(text)
    assert found is None or len(found) < 2_000_000


def test_json_bomb_of_blanks_is_refused() -> None:
    assert unfold_json("[" * 800 + ",".join(["1"] * 100_000) + "]" * 800) is None


def test_headings_of_a_document_are_places() -> None:
    text = "# Über uns\n\n## Results & *more*\n\n## Results & more\n\n## !!!\n\n[x](#results--more-1) [y](#nowhere)\n"
    html = render_document(text, link=Links())
    assert 'id="heading-über-uns"' in html
    assert 'id="heading-results--more"' in html
    assert 'id="heading-results--more-1"' in html
    assert 'href="#heading-results--more-1"' in html
    assert html.count(" id=") == 3
    assert "nowhere" not in html


def test_heading_can_break_out_of_nothing() -> None:
    html = render_document('# "><img src=x onerror=alert(1)> a"b\'c\n\n# <b id="L1">x</b>\n', link=Links())
    assert "onerror" not in html
    assert 'id="L1"' not in html
    assert heading_slug("a\"b'<c>") == "abc"
    assert heading_place('x"y') == ""
    assert heading_place("Some-Heading") == "heading-some-heading"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (webm(), "video/webm"),
        (wav(1), "audio/wav"),
        (b"\0\0\0\x18ftypmp42", "video/mp4"),
        (b"\0\0\0\x18ftypM4A ", "audio/mp4"),
        (b"\0\0\0\x18ftypavif", None),
        (b"OggS" + b"\0" * 24 + b"\x01vorbis", "audio/ogg"),
        (b"OggS" + b"\0" * 24 + b"\x80theora", "video/ogg"),
        (b"ID3\x04", "audio/mpeg"),
        (b"fLaC", "audio/flac"),
        (b"RIFF\0\0\0\0AVI LIST", None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_what_browsers_play_is_known_by_its_bytes(head: bytes, kind: str | None) -> None:
    assert media_type(head) == kind


@pytest.mark.parametrize(
    ("name", "head", "said"),
    [
        ("a.pt", b"PK\x03\x04", "PyTorch weights (zip)"),
        ("a.pt", b"\x80\x02}q", "PyTorch weights (pickle)"),
        ("a.pt", b"", "PyTorch weights"),
        ("a.png", b"PK\x03\x04", "zip archive"),
        ("a", b"\x7fELF\x02", "program or library for Linux (ELF)"),
        ("a.db", b"SQLite format 3\0", "SQLite database"),
        ("a.h5", b"\x89HDF\r\n\x1a\n", "HDF5 file"),
        ("a.gz", b"\x1f\x8b\x08", "gzip archive"),
        ("a.tar", b"x" * 257 + b"ustar", "tar archive"),
        ("a.docx", b"PK\x03\x04", "Word document (zip)"),
        ("a.woff2", b"wOF2", "web font"),
        ("a.avif", b"\0\0\0\x18ftypavif", "AVIF or HEIC picture"),
        ("a.pkl", b"\x80\x04\x95", "pickle"),
        ("a.xyz", b"\0\1\2", "binary file"),
    ],
)
def test_other_files_are_called_what_they_are(name: str, head: bytes, said: str) -> None:
    assert file_words(name, head) == said


def test_arrays_and_archives_tell_of_themselves() -> None:
    inside = look_inside(npy("3,", "<f8"))
    assert inside is not None
    assert inside.note == "3, float64"
    scalar, records = look_inside(npy("", "<f8")), look_inside(npy("2, 3", "|V16"))
    assert scalar is not None
    assert scalar.note == "a single number, float64"
    assert records is not None
    assert records.note == "2 × 3, records of several fields"
    archive = look_inside(zipped({f"{n}.npy": npy() for n in range(150)}))
    assert archive is not None
    assert (archive.note, len(archive.parts), archive.left_out) == ("150 files inside", 100, 50)
    assert archive.parts[0].note == "10,000 × 28 × 28, uint8"


def test_hostile_archives_are_looked_at_safely() -> None:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("bomb.npy", b"\0" * (64 << 20))
        bomb.writestr("../\u202eevil", b"x")
    looked = look_inside(written.getvalue())
    assert looked is not None
    assert [part.name for part in looked.parts] == ["bomb.npy", "../⟨U+202E⟩evil"]
    assert looked.parts[0].note == ""
    whole = zipped({"a": b"x"})
    assert look_inside(whole[:-4]) is None
    assert look_inside(whole[:30]) is None
    assert look_inside(b"plain") is None
    many = whole[:-22] + whole[-22:-10] + struct.pack("<L", 1 << 30) + whole[-6:]
    refused = look_inside(many)
    assert refused is not None
    assert refused.note == "It holds too many files to be listed."


def test_long_table_is_still_a_table_but_a_long_text_is_not() -> None:
    assert classify_file("a.csv", b"a,b", 30 << 20) is FileKind.TABLE
    assert classify_file("a.txt", b"a,b", 30 << 20) is FileKind.TOO_LARGE
    assert classify_file("a.csv", b"a,b", 33 << 20) is FileKind.TOO_LARGE
    assert classify_file("notes.txt", b"BMW built the car that this text is about.", 50) is FileKind.TEXT


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("", (0, 10)), ("bytes=0-", (0, 10)), ("bytes=2-4", (2, 5)), ("bytes=2-99", (2, 10)), ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)), ("bytes=9-", (9, 10)), ("bytes=10-", None), ("bytes=-", (0, 10)), ("bytes=4-2", (0, 10)),
        ("bytes=0-1,2-3", (0, 10)), ("bytes=x", (0, 10)), ("bytes=-0", None),
    ],
)  # fmt: skip
def test_part_is_what_the_header_asks_for(header: str, part: tuple[int, int] | None) -> None:
    found = part_wanted(header, 10)
    assert (found and (found.start, found.stop)) == part


def test_part_is_no_longer_than_it_may_be() -> None:
    found = part_wanted("bytes=2-", 100, most=10)
    assert found is not None
    assert (found.content_range, found.length, found.is_whole) == ("bytes 2-11/100", 10, False)
