"""What a bad notebook does to everybody else: another page's times while one is being prepared, beside its idle times.

The whole program with its worker, in processes of their own, on loopback; the reader of the bad notebook polls as a
browser does.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket

from sqlalchemy import select

from bench.rows import Row
from reviewhub.accounts.rights import PROGRAM, Role
from reviewhub.accounts.signing_in import open_session
from reviewhub.config import DatabaseSettings, FilesSettings, GitSettings, LogSettings, ServerSettings, Settings
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.enrolling import enroll_person
from reviewhub.courses.tables import Course, Enrollment
from reviewhub.logs import set_up_logs
from reviewhub.projects.confirming import Confirmation, confirm_projects
from reviewhub.projects.finding import find_projects
from reviewhub.projects.mirroring import mirror_course
from reviewhub.storage import Database
from reviewhub.storage.migrating import upgrade
from tests.notebooks.builders import as_base64, code, display, markdown, notebook, png, result

SLUG = "ceng796"
READS = 100
FILES = f"/c/{SLUG}/projects/Bad/latest/files"


def run(_corpus: Path | None) -> list[Row]:
    """Serve, and read one page again and again: idle, then with each bad notebook on its way."""
    set_up_logs(LogSettings(level="warning"))
    with tempfile.TemporaryDirectory() as folder, _served(Path(folder)) as (port, cookie):
        other = f"{FILES}/usual.ipynb"
        _times(port, cookie, other, READS // 4)
        rows = []
        for name in BAD:
            idle = _most(_times(port, cookie, other, READS))
            busy, waited = _while_preparing(port, cookie, name, other)
            rows.append(
                Row(
                    name=f"another page, 95th percentile, beside {name} (peer: idle)",
                    ours=1000 * _most(busy),
                    peer=1000 * idle,
                    unit="ms",
                    ratio=f"{_most(busy) / idle:.2f} x, at most 2 x; {len(busy)} reads, ready after {waited:.1f} s",
                )
            )
        return rows


def _bad() -> dict[str, bytes]:
    """Notebooks that take long: by their size, by many costly cells, and by what their values weigh."""
    picture = png(640, 480, noise=1_400_000)
    large = [code("plot()", display({"image/png": as_base64(picture[:-12] + bytes([n]))})) for n in range(30)]
    # Each just below the cap, and dropped only after all of it was read.
    dropped = "<video></video>" * 4000
    costly = [code(f"x = {n}", result({"text/html": f"{dropped}{n}"}), cell_id=None) for n in range(400)]
    values = b'{"nbformat":4,"nbformat_minor":4,"cells":[],"metadata":{"x":[' + b"[]," * 6_000_000 + b"0]}}"
    return {
        "60 MB": notebook(large),
        "400 costly cells": notebook(costly, minor=4),
        "6 million values": values,
    }


BAD = ("60 MB", "400 costly cells", "6 million values")


def _while_preparing(port: int, cookie: str, name: str, other: str) -> tuple[list[float], float]:
    """The other page's times from the first request for the bad notebook until it is shown or refused."""
    bad = f"{FILES}/{BAD.index(name)}.ipynb"
    poll = bad.replace("/files/", "/preparing/page/")
    times: list[float] = []
    began = time.perf_counter()
    assert "is being prepared" in _ask(port, cookie, bad)[1]
    next_poll = began + 1
    while True:
        times += _times(port, cookie, other, 5)
        if time.perf_counter() > next_poll:
            next_poll += 1
            headers, text = _ask(port, cookie, poll)
            if "hx-refresh" in headers or "is not shown" in text:
                return times, time.perf_counter() - began


def _times(port: int, cookie: str, path: str, count: int) -> list[float]:
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        _ask(port, cookie, path)
        taken.append(time.perf_counter() - began)
    return taken


def _ask(port: int, cookie: str, path: str) -> tuple[dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    connection.request("GET", path, headers={"Cookie": f"reviewhub={cookie}"})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert answer.status in {200, 204}, text
    return {name.lower(): value for name, value in answer.getheaders()}, text


def _most(times: list[float]) -> float:
    return sorted(times)[int(0.95 * (len(times) - 1))]


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, str]]:
    """The program at work on a course with one project: its port, and a signed-in person's cookie."""
    settings = _settings(folder)
    cookie = _build(folder, settings)
    (folder / "config.toml").write_text(_as_toml(settings), encoding="utf-8")
    program = subprocess.Popen(
        [sys.executable, "-m", "reviewhub", "--config", str(folder / "config.toml"), "serve"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    assert "answers on" in program.stdout.readline()
    while not (folder / "work.sqlite").exists():
        time.sleep(0.2)
    time.sleep(3)
    try:
        yield int(settings.server.base_url.rpartition(":")[2]), cookie
    finally:
        os.kill(program.pid, signal.SIGTERM)
        program.wait(60)
        program.stdout.close()


def _settings(folder: Path) -> Settings:
    return Settings(
        database=DatabaseSettings(
            url=f"sqlite:///{folder}/reviewhub.sqlite", work_url=f"sqlite:///{folder}/work.sqlite"
        ),
        files=FilesSettings(data=folder, objects=str(folder / "objects")),
        server=ServerSettings(base_url=f"http://127.0.0.1:{_port()}", content_url=f"http://localhost:{_port()}"),
        git=GitSettings(local_paths=True),
        log=LogSettings(level="warning"),
    )


def _port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_toml(settings: Settings) -> str:
    parts = settings.model_dump(mode="json", include={"database", "files", "server", "git", "log"})
    lines = []
    for part, keys in parts.items():
        lines += [f"[{part}]", *(f"{key} = {json.dumps(value)}" for key, value in keys.items())]
    return "\n".join(lines)


def _build(folder: Path, settings: Settings) -> str:
    now = datetime.now(UTC)
    shared = _push(folder)
    database = Database(settings.database.url)
    upgrade(database)
    with database.writing() as session:
        add_course(
            session, actor=PROGRAM, now=now, slug=SLUG, text=shipped_text(SLUG), remote=str(shared), local_paths=True
        )
        enroll_person(
            session, actor=PROGRAM, now=now, course=SLUG, email="i@example.org", name="I", role=Role.INSTRUCTOR
        )
    mirror_course(database, settings, actor=PROGRAM, now=now + timedelta(seconds=1), course=SLUG)
    with database.writing() as session:
        course = session.scalars(select(Course)).one()
        found = find_projects(session, course, mirrors=settings.mirrors)[0].found
        place = Confirmation(branch=found.branch, folder=found.folder, key="Bad", title="Bad", group_id=None)
        confirm_projects(session, actor=PROGRAM, now=now, course=SLUG, confirmations=[place], mirrors=settings.mirrors)
        user_id = session.scalars(select(Enrollment.user_id)).one()
        cookie = open_session(
            session, user_id=user_id, browser="bench", old_secret=None, now=now, settings=settings.sign_in
        )
    database.close()
    return cookie


def _push(folder: Path) -> Path:
    """A shared repository with one project: a usual notebook and the bad ones."""
    work, bare = folder / "work", folder / "shared.git"
    (work / "Bad").mkdir(parents=True)
    usual = [markdown(f"## Part {n}\n\nWords.") if n % 3 else code(f"x = {n}\nprint(x)") for n in range(33)]
    (work / "Bad" / "usual.ipynb").write_bytes(notebook(usual))
    for number, content in enumerate(_bad().values()):
        (work / "Bad" / f"{number}.ipynb").write_bytes(content)
    for arguments in (
        ["init", "-q", "-b", "main", str(work)],
        ["-C", str(work), "add", "."],
        ["-C", str(work), "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-qm", "Begin"],
        ["clone", "-q", "--bare", str(work), str(bare)],
        [f"--git-dir={bare}", "config", "core.logAllRefUpdates", "always"],
    ):
        subprocess.run(["git", *arguments], check=True)
    return bare
