"""The zip of a folder: unpacks anywhere, leaves its folder never, and says what is not in it."""

import io
import zipfile

import pytest

from reviewhub.github.archives import safe_names, safe_path, zip_pieces
from reviewhub.github.objects import Objects
from tests.github.pushing import START, SharedRepository


def zip_of(shared: SharedRepository, folder: str = "") -> zipfile.ZipFile:
    objects = Objects(shared.clone / ".git")
    tree = objects.folder_tree(shared.head(), folder)
    assert tree is not None
    pieces = list(zip_pieces(objects, objects.listing(tree), top="AWGAN-version-1", at=START))
    return zipfile.ZipFile(io.BytesIO(b"".join(pieces)))


def test_archive_holds_exactly_the_folder(shared: SharedRepository) -> None:
    shared.commit(
        {"A/x.py": "x = 1\n", "A/d/y.png": b"\x89PNG" * 9, "B/z": "no", "A/.gitattributes": "x.py export-ignore\n"}
    )

    with zip_of(shared, "A") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "AWGAN-version-1/.gitattributes": b"x.py export-ignore\n",
            "AWGAN-version-1/d/y.png": b"\x89PNG" * 9,
            "AWGAN-version-1/x.py": b"x = 1\n",
        }


def test_link_is_written_as_a_text_file_and_what_is_missing_is_listed(shared: SharedRepository) -> None:
    (shared.clone / "link").symlink_to("../../etc/passwd")
    shared.commit({"kept": "1", "lost": "unique content"})
    shared.at_clone("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    shared.at_clone("commit", "-qm", "submodule")
    oid = shared.at_clone("rev-parse", "HEAD:lost")
    (shared.clone / ".git/objects" / oid[:2] / oid[2:]).unlink()

    with zip_of(shared) as archive:
        link = archive.getinfo("AWGAN-version-1/link")
        assert (archive.read(link), link.external_attr >> 16) == (b"../../etc/passwd", 0o644)
        assert archive.read("AWGAN-version-1/NOT-IN-THIS-ARCHIVE.txt").decode() == (
            "lost: this file is missing in the repository\n"
            "sub: this is a submodule (commit 1111111 of another repository)\n"
        )


@pytest.mark.parametrize(
    ("path", "safe"),
    [
        ("a/b.py", "a/b.py"),
        ("../x", "_/x"),
        ("/etc/passwd", "_/etc/passwd"),
        ("a\\..\\b", "a_.._b"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("x. ", "x"),
        (".GIT/config", "_.GIT/config"),
        ("a\nb\x00", "a_b_"),
        ("\udcff.py", "_.py"),
        ("c:x", "c_x"),
        ("abc\u202egnp.exe", "abc_gnp.exe"),
    ],
)
def test_name_is_made_safe(path: str, safe: str) -> None:
    assert safe_path(path) == safe


def test_no_two_names_are_equal_on_any_file_system() -> None:
    paths = ["README.md", "readme.md", "a\x01b", "a\x02b", "\ufb01", "fi", "x" * 4000, "x" * 4001, "d/" * 900 + "f"]
    names = list(safe_names(paths))
    assert len({name.casefold() for name in names}) == len(paths)
    assert max(len(name.encode()) for name in names) < 1000
