"""In double mode a reviewer follows every link there is, and no answer names a developer: pages, files, archives, refusals.

The project names its developers wherever projects do: in texts, code, notebooks and their outputs, file names,
addresses of copies, info files, commits, answers and threads.
"""

import io
import json
import re
import zipfile
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from reviewhub.accounts.tables import User
from reviewhub.config import FilesSettings
from reviewhub.courses.tables import Course
from reviewhub.errors import NotFound
from reviewhub.notebooks import ContentStore, RenderCache
from reviewhub.projects.known_names import masked
from reviewhub.projects.masking import Mask
from reviewhub.projects.preparing import prepare_notebook
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.talking import ask_clarification, write_under_clarification, write_under_finding
from reviewhub.storage import Database, repeatable_ids
from tests.attacks.pairs import COURSE, KEY, ON_TIME, Kept, finding_of, make_secrets, program, visitor
from tests.reviews.acts import answer, file, save, submit
from tests.reviews.worlds import (
    CHECKING,
    RESPONDING,
    REVIEWING,
    VERSION_1,
    World,
    _repository,
    assign,
    build_world,
    freeze,
)

NAMES = ("adalet", "kurgusal", "boran", "uydurmaz", "ada@example.org", "bora@example.org", "ada example", "akurgu9")
SENTENCE = "Adalet Kurgusal and Boran Uydurmaz (bora@example.org) made this; see github.com/akurgu9/CENG796."
MOST_PAGES = 400
_LINK = re.compile(r'(?:href|src|hx-get|data-[a-z-]*url)="([^"]+)"')


def _notebook(rate: str) -> str:
    code = {"cell_type": "code", "id": "train", "metadata": {"author": "Boran Uydurmaz"}, "execution_count": 1,
            "source": f"from kurgusal_utils import train  # Adalet\ntrain(lr={rate})",
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "/home/akurgu9/run by UYDURMAZ\n"},
                        {"output_type": "display_data", "metadata": {},
                         "data": {"text/html": "<b>Adalet Kurgusal</b>", "text/plain": "Kurgusal"}}]}  # fmt: skip
    title = {"cell_type": "markdown", "id": "title", "metadata": {}, "source": f"# Work\n{SENTENCE}"}
    metadata = {"authors": [{"name": "Adalet Kurgusal"}]}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": [title, code]})


def _files(rate: str) -> dict[str, str | bytes | None]:
    return {
        f"{KEY}/README.md": f"# Work\n\n{SENTENCE}\n\nSee [the code](kurgusal_utils.py).\n",
        f"{KEY}/kurgusal_utils.py": f"# {SENTENCE}\n\n\ndef train(lr):\n    return lr * {rate}\n",
        f"{KEY}/Boran Uydurmaz/notes.txt": SENTENCE,
        f"{KEY}/info.json": json.dumps({"group_members": ["Adalet Kurgusal"]}),
        f"{KEY}/main.ipynb": _notebook(rate),
        f"{KEY}/results.csv": f"run,by,loss\n1,Kurgusal,{rate}\n",
    }


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Kept:
    """Derya reviews the project of Adalet and Boran; version 2 is there, and everything was said that can be."""
    folder = tmp_path_factory.mktemp("double") / "world"
    make_secrets(folder.parent)
    folder.mkdir()
    for secret in (folder.parent / "secrets").iterdir():
        (folder / secret.name).write_bytes(secret.read_bytes())
    stop = folder / "checking.sqlite"
    stop.write_bytes(sqlite_template.read_bytes())
    database = Database(f"sqlite:///{stop}", durable=False)
    with repeatable_ids("hidden developers 4"):  # ids say who of those who came at once is the first
        world = build_world(database, folder / "mirrors", folder / "shared", anonymity="double")
    commit = _repository(folder / "shared", world).receive(_files("0.1"), at=VERSION_1)
    with database.writing() as session:
        session.execute(update(Course).values(remote="https://github.com/course/CENG796.git"))
        for name, whole in (("ada", "Adalet Kurgusal"), ("bora", "Boran Uydurmaz")):
            session.execute(update(User).where(User.id == world.users[name]).values(name=whole))
        session.execute(
            update(Snapshot)
            .where(Snapshot.id == world.snapshots[KEY, 1])
            .values(commit=commit, tree=world.objects.folder_tree(commit, KEY))
        )
    _say_everything(database, world, folder)
    database.close()
    return Kept(folder=folder, world=world, stops={"checking": (stop, CHECKING)})


def _say_everything(database: Database, world: World, folder: Path) -> None:
    assign(database, world, "derya", KEY)
    with database.writing() as session:
        question = ask_clarification(
            session, actor=world.actor("derya"), now=REVIEWING, course=COURSE, key=KEY, text="Which seed?"
        )
    with database.writing() as session:
        write_under_clarification(
            session, actor=world.actor("ada"), now=REVIEWING, course=COURSE, key=KEY, clarification_id=question.id,
            text=SENTENCE,
        )  # fmt: skip
    file(database, world, "derya", KEY, path="main.ipynb", place="cell-1-L2")
    save(database, world, "derya", KEY)
    submit(database, world, "derya", KEY)
    finding_id = finding_of(database, world, "derya")
    answer(database, world, "ada", KEY, finding_id, text=SENTENCE)
    with database.writing() as session:
        write_under_finding(
            session, actor=world.actor("ada"), now=RESPONDING + timedelta(minutes=5), course=COURSE,
            finding_id=finding_id, text=SENTENCE,
        )  # fmt: skip
    freeze(database, world, folder / "shared", 2, _files("0.2"))
    with database.writing() as session:
        session.execute(update(Snapshot).values(outcome=ON_TIME))


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What one link led to."""

    address: str
    status: int
    body: bytes
    headers: str


def follow_links(client: FlaskClient, first: str) -> Iterator[Answered]:
    """Every page of ours that can be reached by links from the first one."""
    waiting, known = deque([first]), {first}
    while waiting and len(known) < MOST_PAGES:
        address = waiting.popleft()
        answer = client.get(address)
        found = Answered(
            address=address, status=answer.status_code, body=answer.get_data(), headers=str(answer.headers)
        )
        answer.close()
        yield found
        targets = [answer.headers["Location"]] if "Location" in answer.headers else []
        if answer.mimetype == "text/html":
            targets += _LINK.findall(found.body.decode())
        for target in targets:
            parts = urlsplit(urljoin(f"http://localhost{address}", unescape(target)))
            wanted = parts._replace(scheme="", netloc="", fragment="").geturl()
            is_ours = parts.netloc == "localhost" and parts.path.startswith(f"/c/{COURSE}/")
            if is_ours and wanted not in known and "/people" not in wanted:
                known.add(wanted)
                waiting.append(wanted)


def texts_of(found: Answered) -> Iterator[str]:
    """Everything in an answer that can be read: of an archive its names and files."""
    yield found.address
    yield found.headers
    if found.body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(found.body)) as archive:
            for name in archive.namelist():
                yield name
                yield archive.read(name).decode("utf-8", "replace")
    else:
        yield found.body.decode("utf-8", "replace")


def named_in(found: Answered) -> list[tuple[str, str]]:
    """Which names an answer holds, and where."""
    return [(name, found.address) for text in texts_of(found) for name in NAMES if name in unescape(text).lower()]


@pytest.fixture(scope="module")
def answers(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> list[Answered]:
    """All that Derya can reach by links."""
    with program(kept, "checking", tmp_path_factory.mktemp("reviewer")) as (app, database, clock):
        return list(follow_links(visitor(app, database, clock, kept.world.users["derya"]), f"/c/{COURSE}/"))


def test_reviewer_follows_every_link_and_reads_no_name(answers: list[Answered]) -> None:
    foreign = [one for one in answers if "/projects/VAE" not in one.address]
    assert [found for one in foreign for found in named_in(one)] == []
    assert [one.address for one in foreign if one.status >= 400] == []
    read = {urlsplit(one.address).path.partition(f"/projects/{KEY}/")[2] for one in answers}
    wanted = {
        "version-1/files/developer1_utils.py", "version-1/raw/README.md", "version-1/archive.zip",
        "version-1/files/main.ipynb", "compare/", "compare/main.ipynb", "compare/results.csv", "questions",
    }  # fmt: skip
    assert wanted <= read
    assert any(b"Developer 1 and Developer 2" in one.body for one in answers)


def test_commit_that_names_its_author_is_not_told(answers: list[Answered], kept: Kept) -> None:
    """The shared repository is public: a commit's id, or a command that clones it, leads to whoever wrote it.

    Only the receipt of one's own review says which commit was reviewed: it is the proof of that.
    """
    database = Database(f"sqlite:///{kept.stops['checking'][0]}", durable=False)
    with database.reading() as session:
        commit = session.get_one(Snapshot, kept.world.snapshots[KEY, 1]).commit
    database.close()
    told = [one.address for one in answers for text in texts_of(one) if commit[:7] in text]
    assert {address for address in told if "/receipts/" not in address} == set()
    assert told != []


def test_developers_and_staff_read_everything_as_it_is(kept: Kept, tmp_path: Path) -> None:
    readme = f"/c/{COURSE}/projects/{KEY}/version-1/raw/README.md"
    with program(kept, "checking", tmp_path) as (app, database, clock):
        for name in ("ada", "iris"):
            client = visitor(app, database, clock, kept.world.users[name])
            assert SENTENCE in client.get(readme).get_data(as_text=True)
            assert client.get(f"/c/{COURSE}/projects/{KEY}/version-1/files/kurgusal_utils.py").status_code == 200


@pytest.mark.parametrize("part", ["text", "name"])
def test_mask_that_does_nothing_is_noticed(
    kept: Kept, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Mask, part, lambda _mask, text: text)
    monkeypatch.setattr(Mask, "digest", f"another {part}")
    with program(kept, "checking", tmp_path) as (app, database, clock):
        client = visitor(app, database, clock, kept.world.users["derya"])
        answers = follow_links(client, f"/c/{COURSE}/projects/{KEY}/version-1/files/")
        assert any(named_in(one) for one in answers)


def test_what_was_rendered_for_others_is_not_shown_to_reviewers(kept: Kept, tmp_path: Path) -> None:
    """One program renders and remembers for all of its readers."""
    address = f"/c/{COURSE}/projects/{KEY}/version-1/files/main.ipynb"
    with program(kept, "checking", tmp_path) as (app, database, clock):
        pages = {
            name: visitor(app, database, clock, kept.world.users[name]).get(address).get_data(as_text=True)
            for name in ("ada", "derya", "iris")
        }
    assert "Kurgusal" in pages["ada"]
    assert "Kurgusal" in pages["iris"]
    assert "Kurgusal" not in pages["derya"]
    assert "developer1_utils" in pages["derya"]


def test_worker_prepares_the_masked_notebook_under_its_own_id(kept: Kept, tmp_path: Path) -> None:
    with program(kept, "checking", tmp_path) as (app, database, _):
        settings = app.extensions["reviewhub"].settings
        with database.reading() as session:
            project = session.get_one(Project, kept.world.projects[KEY])
            course = session.get_one(Course, kept.world.course_id)
            snapshot = session.get_one(Snapshot, kept.world.snapshots[KEY, 1])
            objects = masked(session, course, project, kept.world.objects)
            entry = objects.entry(snapshot.tree, "main.ipynb")
        assert entry is not None
        cache = RenderCache(ContentStore.at(str(tmp_path / "objects")))
        settings = settings.model_copy(
            update={"files": FilesSettings(data=kept.folder, objects=str(tmp_path / "objects"))}
        )
        kept_id = f"{entry.oid}-{objects.mask.digest}"
        prepare_notebook(database, settings, cache=cache, key=f"{project.id} {kept_id} page")
        with pytest.raises(NotFound):
            prepare_notebook(database, settings, cache=cache, key=f"{project.id} {entry.oid}-{'0' * 16} page")
    assert not cache.has_notebook(entry.oid)
    found = cache.get_notebook(kept_id)
    assert found is not None
    assert "kurgusal" not in json.dumps(found.as_json(), default=str).lower()
    assert "Developer 1 and Developer 2" in json.dumps(found.as_json(), default=str)
