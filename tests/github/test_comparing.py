"""Comparing trees and files, blame, histories with paths: hostile names and holes included."""

import time
from pathlib import Path

import pytest

from reviewhub.github.comparing import blame, compare_trees
from reviewhub.github.histories import changed_in, changes_in, changes_of, parents_of
from reviewhub.github.objects import Objects
from tests.github.pushing import SharedRepository
from tests.github.test_objects import blob_of, tree_of


@pytest.fixture
def objects(shared: SharedRepository) -> Objects:
    return Objects(shared.clone / ".git")


def differences(objects: Objects, old: str, new: str) -> list[tuple]:
    trees = [objects.folder_tree(commit, "p") or "" for commit in (old, new)]
    return [
        (one.what, one.path, one.old and one.old.path, one.added, one.removed) for one in compare_trees(objects, *trees)
    ]


def test_files_are_told_as_new_removed_changed_and_renamed(shared: SharedRepository, objects: Objects) -> None:
    long = "".join(f"line {n}\n" for n in range(30))
    old = shared.commit({"p/a.py": long, "p/b.py": "b\n", "p/moved.py": "same\n", "p/x.bin": b"\0\1", "q": "1"})
    new = shared.commit(
        {"p/a.py": long.replace("line 7\n", "seven\n"), "p/b.py": None, "p/c\n.py": "c\nd\n", "p/moved.py": None,
         "p/in/there.py": "same\n", "p/x.bin": b"\0\2", "q": "2"}
    )  # fmt: skip

    assert differences(objects, old, new) == [
        ("changed", "a.py", "a.py", 1, 1),
        ("removed", "b.py", "b.py", 0, 1),
        ("new", "c\n.py", None, 2, 0),
        ("renamed", "in/there.py", "moved.py", 0, 0),
        ("changed", "x.bin", "x.bin", None, None),
    ]
    assert differences(objects, new, new) == []


def test_every_line_has_the_commit_that_wrote_it(shared: SharedRepository, objects: Objects) -> None:
    first = shared.commit({"p/-x\n.py": "a\n\tb\n"})
    second = shared.commit({"p/-x\n.py": "a\nnew\n\tb\n"})

    lines = blame(objects, second, "p/-x\n.py")

    assert lines is not None
    assert [(line.number, line.text, line.commit, line.author) for line in lines] == [
        (1, "a", first, "Ada Example"),
        (2, "new", second, "Ada Example"),
        (3, "\tb", first, "Ada Example"),
    ]
    assert blame(objects, second, "p/nothing") is None
    assert blame(objects, "4" * 40, "p/-x\n.py") is None


def test_history_has_pages_and_paths_that_no_name_can_forge(shared: SharedRepository, objects: Objects) -> None:
    shared.at_clone("config", "user.name", "x")
    first = shared.commit({"p/a\n:100644 x": "1", "q/b": "1"}, said="one\x1e\x1f two")
    second = shared.commit({"p/a\n:100644 x": None, "p/ş.py": "2"})
    third = shared.commit({"q/b": "2"})

    whole = changes_of(objects, third)

    assert [(one.commit.oid, [(t.status, t.path) for t in one.touched]) for one in whole] == [
        (third, [("M", "q/b")]),
        (second, [("D", "p/a\n:100644 x"), ("A", "p/ş.py")]),
        (first, [("A", "p/a\n:100644 x"), ("A", "q/b")]),
    ]
    assert whole[2].commit.subject == "one\x1e\x1f two"
    assert [one.commit.oid for one in changes_of(objects, third, "p")] == [second, first]
    assert [one.commit.oid for one in changes_of(objects, third, "p", first=1, most=1)] == [first]
    assert [one.commit.oid for one in changes_of(objects, third, besides=first)] == [third, second]
    assert set(changes_in(objects, [first, third, "5" * 40])) <= {first, third}
    assert set(changes_in(objects, [first, third])) == {first, third}
    assert set(changed_in(objects, third, "")) == {"p", "q"}
    assert parents_of(objects, [third]) == {third: (second,), second: (first,), first: ()}


def test_history_with_a_hole_is_told_as_far_as_it_is_there(shared: SharedRepository, objects: Objects) -> None:
    first = shared.commit({"a": "1"})
    second = shared.commit({"a": "2"})
    third = shared.commit({"a": "3"})
    (Path(objects.repository) / "objects" / first[:2] / first[2:]).unlink()

    assert parents_of(objects, [third]) == {third: (second,), second: (first,)}
    assert changes_of(objects, third) == ()
    assert set(changes_in(objects, [third, second])) >= {third}
    assert [line.commit for line in blame(objects, third, "a") or ()] == [third]
    assert blame(objects, second, "a") is None


def test_commit_of_ten_thousand_million_paths_is_left_out_of_comparing(
    shared: SharedRepository, objects: Objects
) -> None:
    first = shared.commit({"a": "1"})
    tree = tree_of(shared, *(("100644", "blob", blob_of(shared, b"x"), f"{n}".encode()) for n in range(10)))
    for _ in range(9):
        tree = tree_of(shared, *(("040000", "tree", tree, f"{n}".encode()) for n in range(10)))
    absurd = shared.at_clone("commit-tree", tree, "-p", first, "-m", "absurd")
    after = shared.at_clone("commit-tree", f"{first}^{{tree}}", "-p", absurd, "-m", "back")
    last = shared.at_clone("commit-tree", shared.at_clone("write-tree"), "-p", after, "-m", "last")
    began = time.monotonic()

    found = changes_in(objects, [first, absurd, after, last])

    assert {oid: [one.path for one in change.touched] for oid, change in found.items()} == {
        first: ["a"],
        absurd: [],
        after: [],
        last: [],
    }
    assert [one.commit.oid for one in changes_of(objects, last)] == [last, after, absurd, first]
    assert time.monotonic() - began < 60
