"""A course of forty projects and 1,100 received pushes: freezing it, its pages, and the memory they take.

The pages are asked for in this process, signed in, through the whole program, with warm caches.
"""

import gc
import tempfile
import time
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient

from bench.course import NOW, SLUG, client_of, open_course, settings_in
from bench.course_repository import PROJECTS, make_repository, project_folder
from bench.rows import Row
from reviewhub.accounts.rights import PROGRAM
from reviewhub.config import LogSettings, Settings
from reviewhub.logs import set_up_logs
from reviewhub.projects.freezing import freeze_due
from reviewhub.storage import Database

ROUNDS = 60
READS = 10_000


def run(_corpus: Path | None) -> list[Row]:
    """Build the course, then measure."""
    set_up_logs(LogSettings(level="warning"))
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        keys = [project_folder(number) for number in range(PROJECTS)]
        database = open_course(settings, make_repository(Path(folder)), keys)
        rows = [_freezing(database, settings)]
        client = client_of(settings, database)
        rows += [
            _page(client, "project page", f"/c/{SLUG}/projects/{project_folder(7)}", limit=15),
            _page(client, "repository page", f"/c/{SLUG}/repository"),
            _page(client, "list of projects", f"/c/{SLUG}/projects"),
            _memory(client),
        ]
        database.close()
    return rows


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
