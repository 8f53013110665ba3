"""The staff's progress board with 3 and with 300 reviews, and a dry run of them, through the whole program, signed in.

Processor time, because others may use the machine; the statements of a page are counted and printed.
"""

import re
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from bench.course import settings_in
from bench.rows import Row
from reviewhub.accounts.signing_in import open_session
from reviewhub.app import create_app
from reviewhub.config import LogSettings, Settings
from reviewhub.logs import set_up_logs
from reviewhub.storage import Database
from reviewhub.storage.migrating import create_tables, load_tables
from tests.reviews.crowds import add_reviewers
from tests.reviews.worlds import REVIEWING, World, build_world

ROUNDS, WARM = 15, 3
REVIEWERS = (1, 100)
"""Each has three reviews."""
ORIGIN = {"Origin": "http://localhost"}


def run(_corpus: Path | None) -> list[Row]:
    """Build the small course of the tests, then measure with few and with many reviewers."""
    set_up_logs(LogSettings(level="warning"))
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        load_tables()
        database = Database(settings.database.url)
        create_tables(database)
        world = build_world(database, settings.mirrors, Path(folder) / "shared")
        client, have = _client(settings, database, world), 0
        for wanted in REVIEWERS:
            add_reviewers(database, world, wanted - have, named=f"Reviewer of {wanted}")
            have = wanted
            rows += _measured(client, database, wanted * len(world.projects))
        database.close()
    return rows


def _measured(client: FlaskClient, database: Database, reviews: int) -> list[Row]:
    board = "/c/dgm/progress"
    fields = {"act": "remind", "scope": "shown"}
    bound = "at most 60 ms, " if reviews == REVIEWERS[-1] * 3 else ""
    assert len(re.findall('name="chosen"', client.get(board).text)) == reviews
    return [
        _row(f"progress board, {reviews} reviews", bound, database, lambda: client.get(board)),
        _row(f"by reviewer, {reviews} reviews", "", database, lambda: client.get(f"{board}?by=reviewer")),
        _row(
            f"dry run of reminders, {reviews} reviews", "", database,
            lambda: client.post(f"{board}/dry-run", data=fields, headers=ORIGIN),
        ),
    ]  # fmt: skip


def _row(name: str, bound: str, database: Database, ask: Callable[[], TestResponse]) -> Row:
    taken, sent = [_seconds(ask) for _ in range(ROUNDS)], 0

    def count(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        nonlocal sent
        sent += not text.startswith(("BEGIN", "PRAGMA"))

    event.listen(database.engine, "before_cursor_execute", count)
    ask()
    event.remove(database.engine, "before_cursor_execute", count)
    usual = taken[WARM:]
    return Row(
        name=name,
        ours=median(usual) * 1000,
        unit="ms",
        ratio=f"{bound}{sent} statements, least {min(usual) * 1000:.1f} ms, most {max(usual) * 1000:.1f} ms",
    )


def _seconds(ask: Callable[[], TestResponse]) -> float:
    began = time.process_time()
    answer = ask()
    seconds = time.process_time() - began
    assert answer.status_code == 200, answer.text
    return seconds


def _client(settings: Settings, database: Database, world: World) -> FlaskClient:
    with database.writing() as session:
        secret = open_session(
            session, user_id=world.users["iris"], browser="", old_secret=None, now=REVIEWING, settings=settings.sign_in
        )
    client = create_app(settings, database=database, clock=lambda: REVIEWING).test_client()
    client.set_cookie("reviewhub", secret)
    return client
