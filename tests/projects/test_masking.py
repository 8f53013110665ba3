"""The names of developers in texts, notebooks, file names: found however they are written, and nothing else touched."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewhub.projects.masking import KnownPerson, Mask, join_people, mask_of_people

AYSE = KnownPerson(names=("Ayşe Yılmaz",), emails=("ayse.yilmaz@metu.example.edu",), handles=("2345678",))
ELIF = KnownPerson(names=("Elif Adam",), emails=("elif@student.example.org",))
REMOTE = "https://github.com/course/CENG796.git"


@pytest.fixture(scope="module")
def mask() -> Mask:
    """Two members, and what git tells of them and of a third."""
    authors = [
        ("AYSE YILMAZ", "laptop@example.net"),
        ("ay-yil", "77+ay-yil@users.noreply.github.com"),
        ("Can Dündar Öz", "can@example.net"),
    ]
    return mask_of_people(join_people([AYSE, ELIF], authors), remote=REMOTE)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ayşe Yılmaz trained it", "Developer 1 trained it"),
        ("by YILMAZ, Ayşe", "by Developer 1"),
        ("Ayse and Yilmaz", "Developer 1 and Developer 1"),
        ("Ayşe'nin kodu", "Developer 1'nin kodu"),
        ("from ayse_utils import loss", "from developer1_utils import loss"),
        ("/data/Ayse.ckpt", "/data/Developer1.ckpt"),
        ("Elif wrote it", "Developer 2 wrote it"),
        ("elif x: optimizer = Adam(lr)", "elif x: optimizer = Adam(lr)"),
        ("Elif Adam", "Developer 2"),
        ("write to ayse.yilmaz@metu.example.edu", "write to developer1@hidden.invalid"),
        ("laptop@example.net", "developer1@hidden.invalid"),
        ("e2345678 and 2345678", "developer1 and Developer 1"),
        ("https://github.com/ay-yil/models", "https://github.com/developer3/models"),
        ("Dündar and DUNDAR", "Developer 4 and Developer 4"),
        ("https://github.com/someone/CENG796/blob", "https://github.com/developer/CENG796/blob"),
        ("https://github.com/course/CENG796", "https://github.com/course/CENG796"),
        ('File "/home/zeynep/train.py"', 'File "/home/developer/train.py"'),
        (r"C:\Users\Zeynep\x", r"C:\Users\developer\x"),
        ("/home/jovyan/work", "/home/jovyan/work"),
        ("yilmazer, Can, canonical, e23456789", "yilmazer, Can, canonical, e23456789"),
    ],
)
def test_name_is_found_however_it_is_written(mask: Mask, written: str, read: str) -> None:
    assert mask.text(written) == read


def test_file_names_stay_one_word(mask: Mask) -> None:
    assert mask.path("Ayşe Yılmaz/notes of Elif.ipynb") == "Developer1/notes of Developer2.ipynb"


def test_every_line_and_cell_of_a_notebook_stays_where_it_is(mask: Mask) -> None:
    picture = "iVBORw0KGgo" + "A" * 300 + "/ayse/+Elif+"
    cells = [
        {"id": "a1", "cell_type": "markdown", "source": ["# By Ayşe\n", 'and "Elif"\n'], "metadata": {}},
        {
            "id": "b2", "cell_type": "code", "source": "elif ayse:\n    pass", "metadata": {"author": "Elif Adam"},
            "outputs": [{"data": {"image/png": picture, "text/plain": "'ayse'"}, "output_type": "display_data"}],
        },
    ]  # fmt: skip
    book: dict[str, Any] = {"cells": cells, "metadata": {"authors": [{"name": "Ayşe Yılmaz"}]}, "nbformat": 4}
    for escaped in (True, False):
        raw = json.dumps(book, indent=1, ensure_ascii=escaped).encode()
        masked = mask.content(raw)
        found = json.loads(masked)
        assert masked.count(b"\n") == raw.count(b"\n")
        assert found["cells"][0]["source"] == ["# By Developer 1\n", 'and "Developer 2"\n']
        assert found["cells"][1]["source"] == "elif developer1:\n    pass"
        assert found["cells"][1]["metadata"] == {"author": "Developer 2"}
        assert found["cells"][1]["outputs"][0]["data"] == {"image/png": picture, "text/plain": "'developer1'"}
        assert found["metadata"] == {"authors": [{"name": "Developer 1"}]}


def test_bytes_that_are_no_text_stay_and_other_encodings_are_read(mask: Mask) -> None:
    assert mask.content(b"\x89PNG\0\0Elif Adam") == b"\x89PNG\0\0Elif Adam"
    assert mask.content(b"Elif \xff\xfe caf\xe9") == b"Developer 2 \xff\xfe caf\xe9"
    assert mask.content("Elif Adam".encode("utf-16")).decode("utf-16") == "Developer 2"


def test_equal_masks_have_equal_digests_and_other_names_another(mask: Mask) -> None:
    assert mask_of_people([AYSE, ELIF]).digest == mask_of_people([AYSE, ELIF]).digest
    assert mask_of_people([AYSE]).digest != mask_of_people([AYSE, ELIF]).digest


@given(st.text(max_size=200), st.sampled_from(["Ayşe", "YILMAZ", "Elif Adam", "ayse.yilmaz@metu.example.edu"]))
def test_no_name_is_left_between_blanks_and_no_line_is_lost(around: str, name: str) -> None:
    mask = mask_of_people([AYSE, ELIF])
    masked = mask.text(f"{around} {name} {around}")
    assert name.lower() not in masked.lower().split()
    assert masked.count("\n") == 2 * around.count("\n")
