"""A mistake's place is looked up in the frozen version it is said to be in, on real git."""

import subprocess
from pathlib import Path

import pytest

from reviewhub.errors import BadInput, Conflict
from reviewhub.grades.placing import place_in_version
from reviewhub.projects.tables import Snapshot
from reviewhub.reviews.places import PlaceKind

LINK = "https://reviewhub.example/c/ceng796/projects/AWGAN/version-1/files/src/model.py?as=source#L2-L3"


@pytest.fixture
def mirrors(tmp_path: Path, world, sqlite_database) -> Path:
    """The course's mirror with three lines in src/model.py, and version 1 of AWGAN frozen at it."""
    work, folder = tmp_path / "work", tmp_path / "mirrors"
    (work / "src").mkdir(parents=True)
    (work / "src" / "model.py").write_text("import torch\n\nz = torch.zeros(64)\n", encoding="utf-8")
    identity = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    for arguments in (("init", "-q"), ("add", "."), (*identity, "commit", "-qm", "Model")):
        subprocess.run(["git", *arguments], cwd=work, check=True)
    mirror = folder / f"{world.course.id}.git"
    subprocess.run(["git", "clone", "-q", "--bare", work, mirror], check=True)
    tree = subprocess.run(
        ["git", "rev-parse", "HEAD^{tree}"],
        cwd=work,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    with sqlite_database.writing() as session:
        session.get(Snapshot, world.snapshots["AWGAN", 1].id).tree = tree
    return folder


@pytest.fixture
def place(mirrors, settings, sqlite_database):
    def look_up(where="", path="", *, key="AWGAN", version=1):
        with sqlite_database.reading() as session:
            return place_in_version(
                session, course="ceng796", key=key, version=version, where=where, path=path, settings=settings
            )

    return look_up


def test_place_that_is_there_is_taken(place):
    assert place("lines 1-3", "src/model.py").words == "lines 1–3"
    assert place("", "src/model.py").kind is PlaceKind.FILE
    assert place().kind is PlaceKind.PROJECT


def test_pasted_link_is_the_place_it_leads_to(place):
    found = place(LINK)

    assert (found.path, found.words) == ("src/model.py", "lines 2–3")


@pytest.mark.parametrize(
    ("where", "path", "sentence"),
    [
        ("", "src/other.py", "There is no file “src/other.py” in this version."),
        ("line 4", "src/model.py", "The file has 3 lines, so line 4 is not in it."),
        ("cell 1", "src/model.py", "This file is not a notebook, so it has no cells."),
    ],
)
def test_place_that_is_not_there_is_refused(place, where, path, sentence):
    with pytest.raises(BadInput) as refused:
        place(where, path)

    assert refused.value.message == sentence


def test_version_that_is_not_frozen_has_no_places(place, world, sqlite_database):
    with sqlite_database.writing() as session:
        session.delete(session.get(Snapshot, world.snapshots["AWGAN", 2].id))

    with pytest.raises(Conflict, match="Version 2 of AWGAN is not frozen"):
        place("", "src/model.py", version=2)
