"""What every test may ask for. Few fixtures, each one thing:

- `settings`: an installation of its own in a fresh folder (SQLite, console mail, local repositories allowed);
- `clock`: a clock that stands still until the test moves it;
- `database`: a fresh empty database with every table, once on SQLite and once on PostgreSQL;
- `sqlite_database`: the same on SQLite only, for tests whose subject is not the database;
- `make_app`, `client`: the whole program over `database`, and a browser-less way to its pages;
- `query_count`: how many statements a block sends;
- `chromium`: a real browser, through Playwright.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import make_url

from reviewhub.config import DatabaseSettings, FilesSettings, GitSettings, Settings
from reviewhub.storage import Base, Database
from reviewhub.storage.migrating import create_tables, load_tables
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from playwright.sync_api import Browser

IN_CI = bool(os.environ.get("CI"))
POSTGRESQL = os.environ.get("REVIEWHUB_TEST_POSTGRESQL", "postgresql://root:postgres@127.0.0.1:5432/postgres")
CHROMIUM = os.environ.get("REVIEWHUB_TEST_CHROMIUM", "/usr/bin/chromium")


def missing(what: str) -> None:
    """Skip with a sentence; in CI, where everything must be there, fail with it."""
    if IN_CI:
        pytest.fail(what)
    pytest.skip(what)


@dataclass
class StandingClock:
    """A clock that stands still until it is moved."""

    moment: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """The moment it stands at."""
        return self.moment

    def put(self, moment: datetime) -> None:
        """Stand at another moment."""
        self.moment = moment

    def forward(self, **amount: float) -> None:
        """Move on by hours=, minutes=, days= ..."""
        self.moment += timedelta(**amount)


@pytest.fixture
def clock() -> StandingClock:
    """A clock that stands at 2 March 2026, 09:00 UTC until the test moves it."""
    return StandingClock()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation of its own, in a folder of its own."""
    return Settings(
        database=DatabaseSettings(
            url=f"sqlite:///{tmp_path}/reviewhub.sqlite", work_url=f"sqlite:///{tmp_path}/work.sqlite"
        ),
        files=FilesSettings(data=tmp_path, objects=str(tmp_path / "objects")),
        git=GitSettings(local_paths=True),
    )


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with every table and no row, to copy from."""
    file = tmp_path_factory.mktemp("template") / "template.sqlite"
    load_tables()
    database = Database(f"sqlite:///{file}")
    create_tables(database)
    database.close()
    return file


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[str]:
    """The name of a PostgreSQL database with every table and no row, to copy from."""
    name = f"reviewhub_test_{os.getpid()}"
    try:
        server = psycopg.connect(POSTGRESQL, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as fault:
        missing(f"No PostgreSQL answers, set REVIEWHUB_TEST_POSTGRESQL to its URL: {str(fault).splitlines()[0]}")
    with server:
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {name}")
        load_tables()
        database = Database(_postgresql_url(name))
        create_tables(database)
        database.close()
        yield name
        server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _postgresql_url(name: str) -> str:
    return make_url(POSTGRESQL).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def sqlite_database(sqlite_template: Path, settings: Settings) -> Iterator[Database]:
    """A fresh database with every table, on SQLite, where `settings` says it is."""
    shutil.copy(sqlite_template, settings.database.url.removeprefix("sqlite:///"))
    database = Database(settings.database.url)
    yield database
    database.close()


@pytest.fixture
def postgresql_database(postgresql_template: str) -> Iterator[Database]:
    """A fresh database with every table, on PostgreSQL."""
    name = f"{postgresql_template}_now"
    with psycopg.connect(POSTGRESQL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {postgresql_template}")
        database = Database(_postgresql_url(name))
        yield database
        database.close()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Database:
    """A fresh database with every table; the test runs once on SQLite and once on PostgreSQL."""
    found: Database = request.getfixturevalue(f"{request.param}_database")
    return found


@pytest.fixture
def make_app(settings: Settings, sqlite_database: Database, clock: StandingClock) -> Callable[..., "Flask"]:
    """Make the whole program over a fresh SQLite database; `make_app(settings=..., database=..., clock=...)`."""
    from reviewhub.app import create_app

    def make(**parts: Any) -> "Flask":
        chosen = {"settings": settings, "database": sqlite_database, "clock": clock} | parts
        return create_app(chosen["settings"], database=chosen["database"], clock=chosen["clock"])

    return make


@pytest.fixture
def client(make_app: Callable[..., "Flask"]) -> "FlaskClient":
    """A way to the pages without a browser."""
    return make_app().test_client()


@dataclass
class Statements:
    """The statements a block has sent."""

    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        """How many there were."""
        return len(self.texts)


@pytest.fixture
def query_count() -> Callable[[Database], Any]:
    """`with query_count(database) as statements: ...` and then `len(statements)`; BEGIN and PRAGMA do not count."""

    @contextmanager
    def count(database: Database) -> Iterator[Statements]:
        seen = Statements()

        def remember(_connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
            if not text.startswith(("BEGIN", "PRAGMA", "SELECT pg_advisory_xact_lock")):
                seen.texts.append(text)

        event.listen(database.engine, "before_cursor_execute", remember)
        try:
            yield seen
        finally:
            event.remove(database.engine, "before_cursor_execute", remember)

    return count


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test in a browser that fails is tried twice more, and the run says so: a machine may be slower than any wait."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.flaky(reruns=2))


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """A real Chromium. Its pages reach loopback only."""
    if not Path(CHROMIUM).exists():
        missing(f"There is no browser at {CHROMIUM}: install Debian's chromium, or set REVIEWHUB_TEST_CHROMIUM.")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
            ],
        )
        yield browser
        browser.close()


@pytest.fixture
def every_table() -> list[str]:
    """The names of all tables."""
    load_tables()
    return sorted(Base.metadata.tables)
