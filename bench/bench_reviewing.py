"""Writing a review: the desk with 2 and with 200 findings, asked for through the whole program, signed in.

Processor time, because others may use the machine; the statements of a page are counted and printed.
"""

import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from bench.course import settings_in
from bench.rows import Row
from reviewhub.accounts.signing_in import open_session
from reviewhub.app import create_app
from reviewhub.config import LogSettings, Settings
from reviewhub.logs import set_up_logs
from reviewhub.reviews.tables import Finding, FindingAnchor
from reviewhub.storage import Database
from reviewhub.storage.migrating import create_tables, load_tables
from tests.reviews.worlds import REVIEWING, World, assign, build_world

REVIEWER, KEY = "cem", "DCGAN"
FINDINGS = (2, 200)
ROUNDS = 15
PLACES = (("cell", 1, None, None), ("cell_lines", 2, 1, 2), ("cell", 0, None, None), ("cell_lines", 2, 2, 2))
TEXT = (
    "Finding {number}: the learning rate is $10^{{-2}}$, the **paper** says `0.0002`.\n\n- see section 4\n- and table 2"
)


def run(_corpus: Path | None) -> list[Row]:
    """Build the small course of the tests, then measure."""
    set_up_logs(LogSettings(level="warning"))
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        database = _database(settings)
        world = build_world(database, settings.mirrors, Path(folder) / "shared")
        review_id = assign(database, world, REVIEWER, KEY)
        client = _client(settings, database, world)
        for wanted in FINDINGS:
            _fill(database, world, review_id, wanted)
            rows.append(_desk(client, database, f"/c/dgm/reviews/{review_id}", wanted))
        rows += [_draft_save(client, f"/c/dgm/reviews/{review_id}", merges=merges) for merges in (False, True)]
        rows.append(_begun(client, f"/c/dgm/reviews/{review_id}"))
        database.close()
    return rows


def _desk(client: FlaskClient, database: Database, address: str, findings: int) -> Row:
    taken = [_seconds(client, address) for _ in range(ROUNDS)]
    with _statements(database) as sent:
        client.get(address)
    bound = "at most 60 ms and 12 statements, " if findings == max(FINDINGS) else ""
    return Row(
        name=f"desk page, {findings} findings in the open notebook",
        ours=median(taken[3:]) * 1000,
        unit="ms",
        ratio=f"{bound}{len(sent)} statements, most {max(taken[3:]) * 1000:.1f} ms, first {taken[0] * 1000:.1f} ms",
    )


def _draft_save(client: FlaskClient, address: str, *, merges: bool) -> Row:
    """Save a part of 4 KB with one line changed; `merges`: another tab has changed another line each time."""
    part = "form-method-comment" if merges else "summary"
    lines = [f"Line {number}: the generator follows section 3 of the paper." for number in range(70)]
    was, taken = "", []
    for turn in range(2 * ROUNDS):
        lines[turn] = f"Line {turn}, changed."
        mine = "\n".join(lines)
        if merges:  # the other tab: its line is stored, this tab does not know
            theirs = was.replace("Line 69", f"{turn} Line 69")
            _post(client, f"{address}/draft", {part: theirs, "was": json.dumps({part: was})})
        seconds, told = _post(client, f"{address}/draft", {part: mine, "was": json.dumps({part: was})})
        was = told["texts"][part]
        lines = was.split("\n")
        taken.append(seconds * 1000)
    name = "draft save, another tab's change merged in" if merges else "draft save"
    return Row(name=name, ours=median(taken[3:]), unit="ms", ratio=f"at most 15 ms, most {max(taken[3:]):.1f} ms")


def _begun(client: FlaskClient, address: str) -> Row:
    """Keep a finding that is being typed."""
    words = {"path": "main.ipynb", "place": "cell-2-L1", "kind": "mistake", "severity": "major", "kept": ""}
    taken = []
    for turn in range(2 * ROUNDS):
        text = TEXT.format(number=turn)
        seconds, told = _post(client, f"{address}/unfiled", words | {"text": text})
        words["kept"] = told["text"]
        taken.append(seconds * 1000)
    return Row(
        name="finding being typed, kept", ours=median(taken[3:]), unit="ms",
        ratio=f"at most 15 ms, most {max(taken[3:]):.1f} ms",
    )  # fmt: skip


def _post(client: FlaskClient, address: str, fields: dict[str, str]) -> tuple[float, dict[str, Any]]:
    headers = {"Origin": "http://localhost", "Accept": "application/json"}
    began = time.process_time()
    answer = client.post(address, data=fields, headers=headers)
    seconds = time.process_time() - began
    assert answer.status_code == 200, answer.text
    return seconds, answer.get_json()


def _seconds(client: FlaskClient, address: str) -> float:
    began = time.process_time()
    answer = client.get(address)
    seconds = time.process_time() - began
    assert answer.status_code == 200, answer.text
    return seconds


@contextmanager
def _statements(database: Database) -> Iterator[list[str]]:
    sent: list[str] = []

    def remember(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        if not text.startswith(("BEGIN", "PRAGMA")):
            sent.append(text)

    event.listen(database.engine, "before_cursor_execute", remember)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", remember)


def _fill(database: Database, world: World, review_id: str, wanted: int) -> None:
    """Findings up to this many, all in the notebook that the desk opens first."""
    with database.writing() as session:
        have = session.query(Finding).filter_by(review_id=review_id).count()
        for number in range(have + 1, wanted + 1):
            kind, cell, first, last = PLACES[number % len(PLACES)]
            finding = Finding(
                review_id=review_id, number=number, kind="mistake", severity="major", category="method",
                text=TEXT.format(number=number), filed_at=REVIEWING + timedelta(minutes=number),
            )  # fmt: skip
            session.add(finding)
            session.flush()
            session.add(
                FindingAnchor(
                    finding_id=finding.id, snapshot_id=world.snapshots[KEY, 1], kind=kind, path="main.ipynb",
                    cell_index=cell, first_line=first, last_line=last, quoted="train(generator)",
                )
            )  # fmt: skip


def _database(settings: Settings) -> Database:
    load_tables()
    database = Database(settings.database.url)
    create_tables(database)
    return database


def _client(settings: Settings, database: Database, world: World) -> FlaskClient:
    with database.writing() as session:
        secret = open_session(
            session, user_id=world.users[REVIEWER], browser="bench", old_secret=None, now=REVIEWING,
            settings=settings.sign_in,
        )  # fmt: skip
    client = create_app(settings, database=database, clock=lambda: REVIEWING).test_client()
    client.set_cookie("reviewhub", secret)
    return client
