"""Reading trees, files and histories: hostile names, holes and damage included."""

import threading
import time
from pathlib import Path

import pytest

from reviewhub.github.git import run_git
from reviewhub.github.histories import history, last_change
from reviewhub.github.objects import Blob, Kind, Objects, Problem
from tests.github.pushing import START, SharedRepository

HOSTILE = [
    b"-x",
    b"a b\nc",
    b"\xff\xfe.py",
    b"<script>.md",
    b"x" * 200,
    "ş\u202e.txt".encode(),
    b"$(id)",
    b"*?[",
    b":(top)x",
]


def tree_of(shared: SharedRepository, *entries: tuple[str, str, str, bytes]) -> str:
    """Make a tree straight from entries (mode, kind, id, name)."""
    lines = b"".join(f"{mode} {kind} {oid}\t".encode() + name + b"\0" for mode, kind, oid, name in entries)
    return shared.at_clone("mktree", "-z", "--missing", send=lines)


def blob_of(shared: SharedRepository, content: bytes) -> str:
    return shared.at_clone("hash-object", "-w", "--stdin", send=content)


@pytest.fixture
def objects(shared: SharedRepository) -> Objects:
    return Objects(shared.clone / ".git")


def test_listing_has_sizes_kinds_and_order(shared: SharedRepository, objects: Objects) -> None:
    (shared.clone / "link").symlink_to("/etc/passwd")
    shared.commit({"b/run.sh": "echo\n", "b/deep/x.py": "x = 1\n", "a.txt": ""})
    shared.at_clone("update-index", "--chmod=+x", "b/run.sh")
    shared.at_clone("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    shared.at_clone("commit", "-qm", "modes")

    tree = objects.folder_tree(shared.head(), "")

    assert tree is not None
    assert [(entry.path, entry.kind, entry.size, entry.executable) for entry in objects.listing(tree).entries] == [
        ("a.txt", Kind.FILE, 0, False),
        ("b/deep/x.py", Kind.FILE, 6, False),
        ("b/run.sh", Kind.FILE, 5, True),
        ("link", Kind.LINK, 11, False),
        ("sub", Kind.SUBMODULE, None, False),
    ]


def test_every_name_git_allows_goes_through(shared: SharedRepository, objects: Objects) -> None:
    oid = blob_of(shared, b"content")
    inner = tree_of(shared, *(("100644", "blob", oid, name) for name in HOSTILE))
    tree = tree_of(shared, ("040000", "tree", inner, b"-q\n\xff"))

    paths = [entry.path for entry in objects.listing(tree).entries]

    assert [path.encode("utf-8", "surrogateescape") for path in paths] == sorted(b"-q\n\xff/" + n for n in HOSTILE)
    for path in paths:
        entry = objects.entry(tree, path)
        assert entry is not None
        assert entry.oid == oid


def test_what_is_missing_or_damaged_is_a_value(shared: SharedRepository, objects: Objects) -> None:
    shared.commit({"a.txt": "hello"})
    oid = shared.at_clone("rev-parse", "HEAD:a.txt")
    tree = shared.at_clone("rev-parse", "HEAD^{tree}")
    file = shared.clone / ".git" / "objects" / oid[:2] / oid[2:]
    file.chmod(0o644)
    file.write_bytes(b"garbage")
    gone = "2" * 40

    assert objects.blob(oid, limit_bytes=100).content is None
    assert objects.blob(gone, limit_bytes=100) == Blob(oid=gone, size=None, content=None, problem=Problem.MISSING)
    assert objects.blob(tree, limit_bytes=100).problem is Problem.ANOTHER_KIND
    assert objects.commit(gone) is None
    assert objects.folder_tree(gone, "x") is None
    assert objects.listing(gone).unread == ("",)
    assert history(objects, gone, "x") == ()


def test_file_over_the_limit_is_not_read(shared: SharedRepository, objects: Objects) -> None:
    oid = blob_of(shared, b"x" * 11)
    assert objects.blob(oid, limit_bytes=10) == Blob(oid=oid, size=11, content=None, problem=Problem.TOO_LARGE)
    assert objects.blob(oid, limit_bytes=11).content == b"x" * 11


def test_tree_of_ten_thousand_million_paths_is_cut_off_quickly(shared: SharedRepository, objects: Objects) -> None:
    oid = blob_of(shared, b"x")
    tree = tree_of(shared, *(("100644", "blob", oid, f"{n}".encode()) for n in range(10)))
    for _ in range(9):
        tree = tree_of(shared, *(("040000", "tree", tree, f"{n}".encode()) for n in range(10)))
    began = time.monotonic()

    listing = objects.listing(tree, limit=5000)

    assert (len(listing.entries), listing.cut_off) == (5000, True)
    assert time.monotonic() - began < 60


def test_folders_below_the_depth_limit_are_told_as_unread(shared: SharedRepository, objects: Objects) -> None:
    tree = tree_of(shared, ("100644", "blob", blob_of(shared, b"x"), b"f"))
    for _ in range(300):
        tree = tree_of(shared, ("040000", "tree", tree, b"d"))

    listing = objects.listing(tree)

    assert (listing.entries, len(listing.unread)) == ((), 1)


def test_history_of_a_folder_is_only_its_own(shared: SharedRepository, objects: Objects) -> None:
    first = shared.commit({"A/x": "1"}, said="first\n\nlong text")
    shared.commit({"B/x": "1"})
    third = shared.commit({"A/x": "2"}, said="third")

    commits = history(objects, third, "A")

    assert [(commit.oid, commit.subject, commit.author_email) for commit in commits] == [
        (third, "third", "ada@example.org"),
        (first, "first", "ada@example.org"),
    ]
    assert commits[0].committed_at == START
    assert last_change(objects, third, "B") != third


def test_eight_threads_read_the_right_bytes(shared: SharedRepository, objects: Objects) -> None:
    oids = {blob_of(shared, f"file {n}".encode() * n): f"file {n}".encode() * n for n in range(1, 60)}
    wrong: list[str] = []

    def read() -> None:
        for _ in range(5):
            wrong.extend(oid for oid, text in oids.items() if objects.blob(oid, limit_bytes=9999).content != text)

    threads = [threading.Thread(target=read) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []


def test_objects_packed_after_the_reader_began_are_found(shared: SharedRepository, objects: Objects) -> None:
    first = shared.commit({"a": "1"})
    assert objects.has(first)
    second = shared.commit({"a": "2"})
    run_git(shared.clone / ".git", "gc", "--quiet", "--prune=now")

    assert objects.commit(second) is not None
    assert objects.blob(shared.at_clone("rev-parse", "HEAD:a"), limit_bytes=9).content == b"2"


def test_bare_repository_without_a_config_file_is_read(shared: SharedRepository, tmp_path: Path) -> None:
    commit = shared.receive({"a": "1"}, at=START)
    (shared.bare / "config").unlink()
    assert Objects(shared.bare).folder_tree(commit, "") is not None
