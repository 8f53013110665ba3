"""Carrying findings to version 2: a thousand of them through real git trees, first and again; the page of fixes.

Processor time of the program (git's own apart). The truth of anchors per kind of edit is measured with the
comparisons (`bench_comparing`).
"""

import random
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from bench.bench_reviewing import _statements
from bench.course import settings_in
from bench.rows import Row
from reviewhub.accounts.signing_in import open_session
from reviewhub.app import create_app
from reviewhub.config import LogSettings, Settings
from reviewhub.github.objects import Objects
from reviewhub.logs import set_up_logs
from reviewhub.reviews.anchors import drop_anchor
from reviewhub.reviews.carrying import Carrier
from reviewhub.reviews.contents import content_at
from reviewhub.reviews.places import Anchor, Notebook, Text, read_place
from reviewhub.storage import Database
from reviewhub.storage.migrating import create_tables, load_tables
from tests.github.pushing import SharedRepository
from tests.notebooks.builders import code, markdown, notebook, stream
from tests.reviews.acts import file, save, submit
from tests.reviews.worlds import CHECKING, VERSION_1, World, assign, build_world, freeze

FINDINGS = 1_000
FILES, NOTEBOOKS, RENAMED = 24, 6, 4
LINES, CELLS = 300, 60
PAGES = (2, 100)
ROUNDS = 9


def run(_corpus: Path | None) -> list[Row]:
    """Build two versions of a project of thirty files, carry; then the page with few and with many findings."""
    set_up_logs(LogSettings(level="warning"))
    with tempfile.TemporaryDirectory() as folder:
        return [*_carried(Path(folder) / "carried"), *_pages(Path(folder) / "pages")]


# ---- a thousand findings


def _carried(folder: Path) -> list[Row]:
    folder.mkdir()
    shared = SharedRepository(folder)
    versions = [_files(is_edited=is_edited) for is_edited in (False, True)]
    gone = dict.fromkeys(set(versions[0]) - set(versions[1]))
    commits = [shared.receive(dict(versions[0]), at=VERSION_1), shared.receive(versions[1] | gone, at=VERSION_1)]
    old, new = (Objects(shared.bare).folder_tree(commit, "P") for commit in commits)
    assert old is not None
    assert new is not None
    chance = random.Random(8)
    anchors = [_anchor(Objects(shared.bare), old, sorted(versions[0]), chance) for _ in range(FINDINGS)]
    elsewhere = folder / "another name.git"  # what is kept is kept per repository: under this name nothing is yet
    elsewhere.symlink_to(shared.bare)
    rows = []
    for words, asked in (("files read and compared", "asked: at most 2 s, "), ("again, from what was kept", "")):
        began = time.process_time()
        carrier = Carrier(Objects(elsewhere), {"one": old}, new)
        found = [carrier.carry(anchor) for anchor in anchors]
        seconds = time.process_time() - began
        states = Counter(one.state.value for one in found if one)
        told = ", ".join(f"{count} {state}" for state, count in states.most_common())
        name = f"{FINDINGS:,} findings carried to version 2, {words}"
        rows.append(Row(name=name, ours=seconds * 1000, unit="ms", ratio=f"{asked}{told}"))
    return rows


def _files(*, is_edited: bool) -> dict[str, str | bytes | None]:
    """Code and notebooks of one version; edited, every tenth line is another, and some files have another name."""
    chance = random.Random(7)
    files: dict[str, str | bytes | None] = {}
    for number in range(FILES):
        lines = [f"value_{line} = compute({chance.randrange(10**6)}, step={line})" for line in range(LINES)]
        if is_edited:
            lines = [line.replace("compute", "compute_again") if n % 10 == 0 else line for n, line in enumerate(lines)]
            lines = [*lines[:40], "# one more", "# and another", *lines[40:200], *lines[206:]]
        folder = "P/src" if is_edited and number < RENAMED else "P"
        files[f"{folder}/file_{number}.py"] = "\n".join(lines) + "\n"
    for number in range(NOTEBOOKS):
        cells = [_cell(cell, chance, is_edited=is_edited) for cell in range(CELLS)]
        files[f"P/notebook_{number}.ipynb"] = notebook(cells[2:] if is_edited else cells)
    return files


def _cell(number: int, chance: random.Random, *, is_edited: bool) -> dict[str, object]:
    numbers = [chance.randrange(10**6) for _ in range(8)]
    call = "train_longer" if is_edited and number % 5 == 0 else "train"
    if number % 4 == 0:
        return markdown(f"## Part {number}\n\nWhat {numbers[0]} means.", cell_id=f"cell{number}")
    source = "\n".join(f"x_{number}_{line} = {call}({value})" for line, value in enumerate(numbers))
    return code(source, stream(f"epoch {number}: loss {numbers[1]}\n"), cell_id=f"cell{number}")


def _anchor(objects: Objects, tree: str, paths: list[str], chance: random.Random) -> Anchor:
    path = chance.choice(paths).removeprefix("P/")
    content = content_at(objects, tree, path)
    word = "file"
    if isinstance(content, Text):
        first = chance.randrange(1, LINES - 6)
        word = f"L{first}-L{first + chance.randrange(5)}"
    elif isinstance(content, Notebook):
        cell = chance.randrange(CELLS)
        kinds = [f"cell-{cell}", f"cell-{cell}-L1"] + ([f"cell-{cell}-output-0"] if content.cells[cell].outputs else [])
        word = chance.choice(kinds)
    anchor = drop_anchor(read_place(word, path), content)
    return replace(anchor, snapshot_id="one")


# ---- the page


def _pages(folder: Path) -> list[Row]:
    folder.mkdir()
    settings = settings_in(folder)
    load_tables()
    database = Database(settings.database.url)
    create_tables(database)
    world = build_world(database, settings.mirrors, folder / "shared")
    assign(database, world, "cem", "DCGAN")
    client = _client(settings, database, world)
    rows, filed = [], 0
    for edition, wanted in enumerate(PAGES):
        for number in range(filed, wanted):
            path, place = ("model.py", "L7") if number % 2 else ("main.ipynb", "cell-2-L1")
            file(database, world, "cem", "DCGAN", text=f"Finding number {number}.", path=path, place=place)
        filed = wanted
        save(database, world, "cem", "DCGAN")
        submit(database, world, "cem", "DCGAN", edition=edition)
        if edition == 0:
            freeze(database, world, folder / "shared", 2, {"DCGAN/README.md": "# Again\n"})
        rows.append(_page(client, database, f"/c/dgm/reviews/{world.reviews['cem', 'DCGAN']}/fixes", wanted))
    database.close()
    return rows


def _client(settings: Settings, database: Database, world: World) -> FlaskClient:
    app = create_app(settings, database=database, clock=lambda: CHECKING)
    with database.writing() as session:
        secret = open_session(
            session, user_id=world.users["cem"], browser="Bench", old_secret=None, now=CHECKING,
            settings=settings.sign_in,
        )  # fmt: skip
    client = app.test_client()
    client.set_cookie("reviewhub", secret)
    return client


def _page(client: FlaskClient, database: Database, address: str, findings: int) -> Row:
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        assert client.get(address).status_code == 200
        taken.append(time.process_time() - began)
    with _statements(database) as sent:
        client.get(address)
    said = f"{len(sent)} statements, first {taken[0] * 1000:.1f} ms"
    return Row(name=f"page of fixes, {findings} findings", ours=median(taken[2:]) * 1000, unit="ms", ratio=said)
