"""Repositories that are empty, broken or absurd: the page says what is wrong with which project, all else works."""

import hashlib
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.github.pushing import SharedRepository
from tests.github.test_objects import blob_of, tree_of
from tests.projects.test_pages import AFTER, VERSION, visit, words  # noqa: F401 - the fixture of the same pages
from tests.projects.worlds import EARLY, NOTEBOOK, World, minutes

PROJECT = "/projects/AWGAN"


def push_tree(shared: SharedRepository, tree: str, name: str = "deep") -> None:
    """Push AWGAN with one more folder that no work tree could hold."""
    listed = shared.at_clone("ls-tree", "HEAD:AWGAN") + f"\n040000 tree {tree}\t{name}\n"
    inner = shared.at_clone("mktree", "--missing", send=listed.encode())
    rows = shared.at_clone("ls-tree", "HEAD").splitlines()
    top = [f"040000 tree {inner}\tAWGAN" if row.endswith("\tAWGAN") else row for row in rows]
    root = shared.at_clone("mktree", "--missing", send=("\n".join(top) + "\n").encode())
    commit = shared.at_clone("commit-tree", root, "-p", "HEAD", "-m", "absurd")
    shared.at_clone("push", "-q", "origin", f"{commit}:refs/heads/main", at=EARLY + minutes(1))


def many_paths(shared: SharedRepository) -> None:
    tree = tree_of(shared, *(("100644", "blob", blob_of(shared, b"x"), f"{n}".encode()) for n in range(10)))
    for _ in range(9):
        tree = tree_of(shared, *(("040000", "tree", tree, f"{n}".encode()) for n in range(10)))
    push_tree(shared, tree)


def deep_folders(shared: SharedRepository) -> None:
    """Written as raw objects, because five thousand runs of git would take a minute."""
    content = b"100644 f\0" + bytes.fromhex(blob_of(shared, b"x"))
    oid = ""
    for _ in range(5000):
        raw = b"tree %d\0" % len(content) + content
        oid = hashlib.sha1(raw).hexdigest()
        place = shared.clone / ".git" / "objects" / oid[:2] / oid[2:]
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(zlib.compress(raw))
        content = b"40000 d\0" + bytes.fromhex(oid)
    push_tree(shared, oid)


def huge_file(shared: SharedRepository) -> None:
    shared.receive({"AWGAN/huge.pt": bytes(200_000_000)}, at=EARLY + minutes(1))


def folded_names(shared: SharedRepository) -> None:
    shared.receive({"AWGAN/Model.py": "x\n", "AWGAN/ﬁg.txt": "1", "AWGAN/fig.txt": "2"}, at=EARLY + minutes(1))


def lose(shared: SharedRepository, revision: str) -> None:
    oid = shared.at_clone("rev-parse", revision)
    (shared.bare / "objects" / oid[:2] / oid[2:]).unlink()


def missing_file(shared: SharedRepository) -> None:
    shared.receive({"AWGAN/lost.txt": "lost"}, at=EARLY + minutes(1))
    lose(shared, "HEAD:AWGAN/lost.txt")


def missing_folder(shared: SharedRepository) -> None:
    shared.receive({"AWGAN/inner/lost.txt": "lost"}, at=EARLY + minutes(1))
    lose(shared, "HEAD:AWGAN/inner")


def missing_project(shared: SharedRepository) -> None:
    shared.receive({"AWGAN/inner/lost.txt": "lost"}, at=EARLY + minutes(1))
    lose(shared, "HEAD:AWGAN")


def damaged_file(shared: SharedRepository) -> None:
    shared.receive({"AWGAN/main.ipynb": NOTEBOOK.replace("42", "41")}, at=EARLY + minutes(1))
    oid = shared.at_clone("rev-parse", "HEAD:AWGAN/main.ipynb")
    file = shared.bare / "objects" / oid[:2] / oid[2:]
    file.chmod(0o644)
    file.write_bytes(b"garbage")


def unborn_head(shared: SharedRepository) -> None:
    shared.at_remote("symbolic-ref", "HEAD", "refs/heads/nothing")


BAD: dict[str, tuple[Callable[[SharedRepository], None], str | None]] = {
    "ten thousand million paths": (many_paths, "There are more than 20,000 files; the others are not looked at."),
    "five thousand folders deep": (
        deep_folders,
        "cannot be read: it is missing or damaged in the repository, or too deep.",
    ),
    "a file of 200 MB": (huge_file, "huge.pt is 200 MB; the limit is 50 MB a file."),
    "names equal after folding": (folded_names, "are one and the same name on Windows and macOS."),
    "a missing file": (missing_file, "lost.txt is missing in the repository: push it again."),
    "a missing folder": (missing_folder, "The folder inner cannot be read"),
    "a missing project": (missing_project, "The project's folder cannot be read"),
    "a damaged file": (damaged_file, "main.ipynb is missing in the repository: push it again."),
    "an unborn HEAD": (unborn_head, None),
}


@pytest.mark.parametrize("name", BAD)
def test_page_says_what_is_wrong_with_which_project(visit, sqlite_world: World, name: str) -> None:  # noqa: F811
    make_bad, told = BAD[name]
    sqlite_world.confirm()
    make_bad(sqlite_world.shared)
    outcome = sqlite_world.look(EARLY + minutes(2))
    sqlite_world.look_and_freeze(AFTER)
    staff = visit("deniz")

    assert outcome.failure == ""
    text = staff.text(PROJECT)
    if told is not None:
        assert told in text
        assert told not in staff.text("/projects/DiffEdit")
    for path in ("/repository", "/projects", "/projects/DiffEdit", "/projects/DiffEdit/version-1/files/demo.ipynb"):
        assert staff.get(path).status_code == 200
    for path in (f"{VERSION}/files/", f"{VERSION}/history/", f"{PROJECT}/latest/files/"):
        assert staff.get(path).status_code in {200, 404}


def test_push_whose_top_folder_is_missing_is_told_on_every_project(visit, sqlite_world: World) -> None:  # noqa: F811
    shared = sqlite_world.shared
    lose(shared, "HEAD^{tree}")
    sqlite_world.look(EARLY)
    with sqlite_world.database.writing() as session:
        from reviewhub.projects.tables import Project

        course = sqlite_world.course()
        session.add(
            Project(
                course_id=course.id, key="AWGAN", title="x", papers=[], branch="refs/heads/main", folder="AWGAN", found={},
                confirmed_at=EARLY,
            )
        )  # fmt: skip
    sqlite_world.look_and_freeze(AFTER)
    assert "What was pushed here cannot be read." in visit("deniz").text(PROJECT)
    assert sqlite_world.snapshots() == []


def test_empty_repository_and_one_without_branches_find_nothing(visit, sqlite_world: World) -> None:  # noqa: F811
    shared = sqlite_world.shared
    shared.at_remote("tag", "only", "main")
    shared.at_remote("update-ref", "-d", "refs/heads/main")
    sqlite_world.look(EARLY)
    assert "No projects yet" in visit("deniz").text("/repository")
    shared.at_remote("tag", "-d", "only")
    sqlite_world.look(EARLY + minutes(1))
    assert "No projects yet" in visit("deniz").text("/repository")


@pytest.mark.parametrize("name", BAD)
def test_import_ends_soon_and_takes_little_memory(shared: SharedRepository, tmp_path: Path, name: str) -> None:
    from tests.projects.worlds import FILES

    shared.receive(FILES, at=EARLY)
    BAD[name][0](shared)
    program = Path(__file__).with_name("import_alone.py")
    done = subprocess.run(
        [sys.executable, program, shared.bare, tmp_path / "mirrors" / "alone.git"],
        capture_output=True, check=False, text=True, timeout=100, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seconds, own, children, _ = map(float, done.stdout.split())
    assert seconds <= 60
    assert max(own, children) <= 300
