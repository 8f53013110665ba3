"""The zip of a folder: unpacks anywhere, leaves its folder never, and says what is not in it."""

import hashlib
import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from reviewhub.github.archives import safe_names, safe_path, zip_pieces
from reviewhub.github.objects import Objects
from tests.conftest import missing
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
        (".g\u200cit/config", ".g_it/config"),
        ("GIT~1/config", "_GIT~1/config"),
        ("\uff0egit/config", "_\uff0egit/config"),
        ("com\u00b9.txt", "_com\u00b9.txt"),
        ("CONIN$", "_CONIN$"),
        ("./x", "_/x"),
    ],
)
def test_name_is_made_safe(path: str, safe: str) -> None:
    assert safe_path(path) == safe


def test_no_two_names_are_equal_on_any_file_system() -> None:
    paths = ["README.md", "readme.md", "a\x01b", "a\x02b", "\ufb01", "fi", "x" * 4000, "x" * 4001, "d/" * 900 + "f"]
    names = list(safe_names(paths))
    assert len({name.casefold() for name in names}) == len(paths)
    assert max(len(name.encode()) for name in names) < 1000


def test_name_of_a_file_is_never_a_folder_of_another() -> None:
    digest = hashlib.sha256(b"A.txt").hexdigest()[:8]
    paths = ["x. ", "x/y", "D", "d/e", f"a-{digest}.txt", "A.txt", "a.txt", "NOT-IN-THIS-ARCHIVE.txt"]
    names = [name.casefold() for name in safe_names(paths)]
    folders = {name.rpartition("/")[0] for name in names} - {""}
    assert len(set(names)) == len(paths)
    assert folders == {"x", "d"}
    assert folders.isdisjoint(names)
    assert "not-in-this-archive.txt" not in names


def hostile(shared: SharedRepository) -> None:
    """Commit a tree that no checkout could hold: names that leave the folder, that are equal, that end programs."""
    blob = shared.at_clone("hash-object", "-w", "--stdin", send=b"harmless\n")

    def tree(*entries: tuple[str, str, str]) -> str:
        body = b"".join(
            f"{mode} {name}".encode() + b"\0" + bytes.fromhex(oid)
            for mode, name, oid in sorted(entries, key=lambda entry: entry[1])
        )
        return shared.at_clone("hash-object", "-t", "tree", "-w", "--literally", "--stdin", send=body)

    inner = tree(("100644", "..", blob), ("100644", "config", blob), ("120000", "link", blob))
    names = (
        "readme.md",
        "README.md",
        "CON",
        "nul.txt",
        "a\\..\\b",
        "C:x",
        "tail. ",
        "-rf",
        "\x1b[31m",
        "e\u0301",
        "\u00e9",
    )
    files = [("100644", name, blob) for name in names]
    root = tree(*files, *(("40000", name, inner) for name in ("..", ".git", ".g\u200cit", "tail")))
    commit = shared.at_clone("commit-tree", root, "-m", "hostile")
    shared.at_clone("update-ref", "HEAD", commit)


def test_hostile_names_unpack_inside_the_folder_by_every_program(shared: SharedRepository, tmp_path: Path) -> None:
    if shutil.which("unzip") is None:
        missing("There is no unzip: install Debian's unzip.")
    hostile(shared)
    with zip_of(shared) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        (tmp_path / "a.zip").write_bytes(archive.fp.getvalue())  # type: ignore[union-attr]
        archive.extractall(tmp_path / "python")
    subprocess.run(["unzip", "-q", "a.zip", "-d", "unzip"], cwd=tmp_path, check=True)

    assert len({name.casefold() for name in names}) == len(names) == 23
    for tool in ("python", "unzip"):
        unpacked = [one for one in (tmp_path / tool).rglob("*") if one.is_file()]
        assert len(unpacked) == len(names)
        assert all(one.read_bytes() == b"harmless\n" and not one.is_symlink() for one in unpacked)
        assert [one.name for one in (tmp_path / tool).iterdir()] == ["AWGAN-version-1"]
    assert sorted(one.name for one in tmp_path.iterdir() if one.name in {"config", "b", "x"}) == []


def test_damaged_file_is_named_and_the_others_arrive(shared: SharedRepository) -> None:
    shared.commit({"a": "1", "broken": "a content of its own", "z": "2"})
    oid = shared.at_clone("rev-parse", "HEAD:broken")
    loose = shared.clone / ".git/objects" / oid[:2] / oid[2:]
    loose.chmod(0o644)
    loose.write_bytes(loose.read_bytes()[:-6] + b"broken")

    with zip_of(shared) as archive:
        assert archive.testzip() is None
        assert archive.read("AWGAN-version-1/z") == b"2"
        assert "broken" in archive.read("AWGAN-version-1/NOT-IN-THIS-ARCHIVE.txt").decode()


def test_ten_thousand_files_and_a_large_one_are_packed_in_little_memory(shared: SharedRepository) -> None:
    """A folder of 10,000 names and 200 MB: nothing is held but a few megabytes. In a program of its own."""
    large = shared.at_clone("hash-object", "-w", "--stdin", send=b"weights " * (25 << 17))
    small = shared.at_clone("hash-object", "-w", "--stdin", send=b"x = 1\n")
    listed = "".join(f"100644 blob {large}\tlarge-{n}.bin\n" for n in range(8))
    listed += "".join(f"100644 blob {small}\tfile-{n}.py\n" for n in range(10_000))
    tree = shared.at_clone("mktree", send=listed.encode())
    program = (
        "import resource, sys, zlib\n"
        "from datetime import UTC, datetime\nfrom pathlib import Path\n"
        "from reviewhub.github.archives import zip_pieces\nfrom reviewhub.github.objects import Objects\n"
        "objects = Objects(Path(sys.argv[1]))\nlisting = objects.listing(sys.argv[2])\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "pieces = zip_pieces(objects, listing, top='t', at=datetime(2026, 1, 1, tzinfo=UTC))\n"
        "largest = max(len(piece) for piece in pieces)\n"
        "print(len(listing.entries), largest, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", program, str(shared.clone / ".git"), tree], capture_output=True, text=True, check=True
    )
    count, largest, grown = map(int, said.stdout.split())
    assert count == 10_008
    assert largest < 8 << 20
    assert grown < 64 << 10
