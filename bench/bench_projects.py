"""A course of forty projects and 1,100 received pushes: freezing it, its pages, and the memory they take.

The pages are asked for in this process, signed in, through the whole program, with warm caches.
"""

import gc
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.course_repository import PROJECTS, make_repository, project_folder
from bench.rows import Row
from reviewhub.accounts.rights import PROGRAM, Role
from reviewhub.accounts.signing_in import open_session
from reviewhub.app import create_app
from reviewhub.config import DatabaseSettings, FilesSettings, GitSettings, LogSettings, Settings
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.enrolling import enroll_person
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.github.mirror import look_at, mirrored_refs
from reviewhub.github.remotes import Remote
from reviewhub.logs import set_up_logs
from reviewhub.projects.freezing import freeze_due
from reviewhub.projects.lookup import mirror_path
from reviewhub.projects.tables import Mirror, Project, RefMove
from reviewhub.storage import Database
from reviewhub.storage.migrating import create_tables, load_tables

SLUG = "ceng796"
DUE = datetime(2026, 12, 4, 20, 59, tzinfo=UTC)
NOW = DUE + timedelta(hours=1)
ROUNDS = 60
READS = 10_000


def run(_corpus: Path | None) -> list[Row]:
    """Build the course, then measure."""
    set_up_logs(LogSettings(level="warning"))
    with tempfile.TemporaryDirectory() as folder:
        settings, database = _build(Path(folder))
        rows = [_freezing(database, settings)]
        client = _client(database, settings)
        rows += [
            _page(client, "project page", f"/c/{SLUG}/projects/{project_folder(7)}", limit=15),
            _page(client, "repository page", f"/c/{SLUG}/repository"),
            _page(client, "list of projects", f"/c/{SLUG}/projects"),
            _memory(client),
        ]
        database.close()
    return rows


def _build(folder: Path) -> tuple[Settings, Database]:
    settings = Settings(
        database=DatabaseSettings(url=f"sqlite:///{folder}/reviewhub.sqlite", work_url=f"sqlite:///{folder}/w.sqlite"),
        files=FilesSettings(data=folder, objects=str(folder / "objects")),
        git=GitSettings(local_paths=True),
    )
    shared = make_repository(folder)
    load_tables()
    database = Database(settings.database.url)
    create_tables(database)
    start = DUE - timedelta(days=30)
    with database.writing() as session:
        text = shipped_text(SLUG)
        course = add_course(
            session, actor=PROGRAM, now=start, slug=SLUG, text=text, remote=str(shared), local_paths=True
        )
        enroll_person(
            session, actor=PROGRAM, now=start, course=SLUG, email="i@example.org", name="I", role=Role.INSTRUCTOR
        )
        mirror = mirror_path(settings.mirrors, course)
        look_at(mirror, Remote(address=str(shared), folder=shared), {})
        session.add(Mirror(course_id=course.id, remote=str(shared), fetched_at=NOW, tried_at=NOW, failure=""))
        _receive(session, course, shared, start)
        for number in range(PROJECTS):
            name = project_folder(number)
            session.add(
                Project(
                    course_id=course.id,
                    key=name,
                    title=name,
                    papers=[],
                    branch="refs/heads/main",
                    folder=name,
                    found={},
                    confirmed_at=start,
                )
            )
        assert mirrored_refs(mirror)
    return settings, database


def _receive(session: Session, course: Course, shared: Path, start: datetime) -> None:
    """Every commit as a push of its own."""
    out = subprocess.run(
        ["git", f"--git-dir={shared}", "rev-list", "--reverse", "main"], check=True, stdout=subprocess.PIPE
    ).stdout
    old = None
    for number, commit in enumerate(out.decode().split(), start=1):
        at = start + timedelta(minutes=30 * number)
        session.add(
            RefMove(
                course_id=course.id,
                number=number,
                ref="refs/heads/main",
                old=old,
                new=commit,
                forced=False,
                received_from=at,
                received_by=at,
                source="reflog",
                seen_at=at,
            )
        )
        old = commit


def _client(database: Database, settings: Settings) -> FlaskClient:
    client = create_app(settings, database=database, clock=lambda: NOW).test_client()
    with database.writing() as session:
        user_id = session.scalars(select(Enrollment.user_id)).one()
        secret = open_session(
            session, user_id=user_id, browser="bench", old_secret=None, now=NOW, settings=settings.sign_in
        )
    client.set_cookie("reviewhub", secret)
    return client


def _freezing(database: Database, settings: Settings) -> Row:
    began = time.perf_counter()
    with database.writing() as session:
        frozen = freeze_due(session, actor=PROGRAM, now=NOW, course=SLUG, mirrors=settings.mirrors)
    taken = time.perf_counter() - began
    return Row(name=f"{len(frozen)} projects frozen", ours=taken, unit="s", ratio="at most 2 s")


def _page(client: FlaskClient, name: str, address: str, *, limit: int | None = None) -> Row:
    seconds = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = client.get(address)
        seconds.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text
    bound = f"at most {limit} ms, " if limit else ""
    warm = [1000 * one for one in seconds[ROUNDS // 2 :]]
    return Row(name=name, ours=median(warm), unit="ms", ratio=f"{bound}least {min(warm):.1f}")


def _memory(client: FlaskClient) -> Row:
    """Every project's page, folder and files in turns: a fifth of the reads to warm up, then the rest."""
    addresses = []
    for number in range(PROJECTS):
        place = f"/c/{SLUG}/projects/{project_folder(number)}"
        files = f"{place}/version-1/files/part_0"
        addresses += [place, files, f"{files}/file_{number % 25:03}.py", f"{place}/version-1/raw/part_0/file_001.py"]

    def read(count: int) -> float:
        for one in range(count):
            answer = client.get(addresses[one % len(addresses)])
            assert answer.status_code == 200, answer.text
            answer.close()
        gc.collect()
        return _resident()

    before = read(READS // 5)
    after = read(READS)
    return Row(
        name=f"memory after {READS:,} reads (beside: before)",
        ours=after,
        peer=before,
        unit="MB",
        ratio=f"{100 * (after / before - 1):+.1f} %",
    )


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 1e6
