"""Hostile lists of marks: bombs, far cells, entities, formulas, binaries; refused in one sentence, in bounded memory."""

import io
import re
import tracemalloc
import zipfile
from time import process_time

import pytest
from openpyxl import Workbook

from reviewhub.errors import BadInput
from reviewhub.grades.mark_text import LARGEST_FILE, read_table
from reviewhub.grades.workbooks import LARGEST_UNPACKED

SHEET = (
    '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<sheetData>{rows}</sheetData></worksheet>"
)


def hostile(sheet="", **parts):
    """A workbook with this sheet, and with further parts."""
    book = Workbook()
    book.active.append(["number", "Midterm"])
    book.active.append(["2345678", 5])
    kept, made = io.BytesIO(), io.BytesIO()
    book.save(kept)
    with zipfile.ZipFile(kept) as source, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            is_sheet = name == "xl/worksheets/sheet1.xml"
            target.writestr(name, sheet if is_sheet and sheet else source.read(name))
        for name, content in parts.items():
            target.writestr(name, content)
    return made.getvalue()


def rows(*cells):
    """Rows of a sheet from (address, value)."""
    return "".join(f'<row r="{re.search("[0-9]+", at)[0]}"><c r="{at}"><v>{value}</v></c></row>' for at, value in cells)


DEEP = "(" * 100_000 + "1" + ")" * 100_000
DEEP_FORMULA = SHEET.format(rows=f'<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A2"><f>{DEEP}</f></c></row>')
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY b{n} "{(f"&b{n - 1};" if n else "&a;") * 10}">' for n in range(9))
    + "]>"
    + SHEET.removeprefix('<?xml version="1.0"?>').format(
        rows='<row r="1"><c r="A1" t="inlineStr"><is><t>&b8;</t></is></c></row>'
    )
)
FOREIGN = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]>' + SHEET.removeprefix(
    '<?xml version="1.0"?>'
).format(rows='<row r="1"><c r="A1" t="inlineStr"><is><t>&f;</t></is></c></row>')

FILES = {
    "two cells far apart": hostile(SHEET.format(rows=rows(("A1", 1), ("XFD1048576", 2)))),
    "a far column": hostile(SHEET.format(rows=rows(("A1", 1), ("XFD2", 2)))),
    "a bomb of one part": hostile(**{"xl/worksheets/sheet2.xml": b"\0" * (LARGEST_UNPACKED + 1)}),
    "a bomb beside": hostile(**{"xl/media/picture.png": b"\0" * (LARGEST_UNPACKED + 1)}),
    "many parts": hostile(**{f"xl/worksheets/sheet{number}.xml": "" for number in range(2, 1100)}),
    "entities": hostile(ENTITIES),
    "a foreign file": hostile(FOREIGN),
    "a deep formula": hostile(DEEP_FORMULA),
    "a broken sheet": hostile("<worksheet"),
    "an empty sheet": hostile(SHEET.format(rows="")),
    "an archive": b"PK\x03\x04" + b"x" * 100,
    "an old workbook": b"\xd0\xcf\x11\xe0" + bytes(1000),
    "a program": b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 20,
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "nothing": b"",
    "blanks": b"\n \n;;\n",
    "zeros": bytes(1000),
    "too large": b"number;Midterm\n" + b"1;1\n" * (LARGEST_FILE // 4),
    "too many rows": b"number;Midterm\n" + b"1;1\n" * 5001,
    "too many columns": (";".join(f"c{number}" for number in range(101)) + "\n" + "1;" * 100 + "1\n").encode(),
    "an endless quotation": b'number;Midterm\n"' + b"a" * 200_000,
    "a cell without end": b"number;Midterm\n1;" + b"9" * 100_000,
}


@pytest.mark.parametrize("name", FILES)
def test_hostile_list_is_refused_in_one_sentence_within_bounds(name):
    content = FILES[name]
    tracemalloc.start()
    began = process_time()
    try:
        with pytest.raises(BadInput) as fault:
            read_table(content)
        taken, (_, most) = process_time() - began, tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert 10 < len(fault.value.message) < 200
    assert fault.value.message.endswith(".")
    assert "openpyxl" not in str(fault.value)
    assert most < 120_000_000
    assert taken < 30


def test_nothing_outside_the_file_is_read():
    with pytest.raises(BadInput) as fault:
        read_table(FILES["a foreign file"])
    assert "hostname" not in str(fault.value)


@pytest.mark.parametrize(
    "cell", ["=cmd|' /C calc'!A0", "@SUM(1)", "+cmd", "-cmd", "<script>alert(1)</script>", "{{ 7*7 }}", "' OR 1=1 --"]
)
def test_hostile_cell_is_shown_as_text_and_never_run(stage_at, cell):
    stage = stage_at("grading")
    client = stage.visitor("nihal@staff.example.org")
    text = f'number;Midterm;{cell.replace(";", ",")}\n9910012;"{cell}";x\n'

    answer = client.post("/c/ceng796/marks/import", data={"text": text}, headers={"Origin": "http://localhost"})

    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "“49”" not in answer.text
