"""Grades of courses of 40 to 10,000 students: computed from the rows, shown, changed, released, taken out.

Everything is real: rows in SQLite, the verbs, the pages through the whole program, signed in. Processor time, because
others may use the machine. Limits stand in the last column; each is what was asked of the program.
"""

import gc
import math
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from flask.testing import FlaskClient
from sqlalchemy import event, select

from bench.course import settings_in
from bench.graded_course import GRADED, SLUG, GradedCourse, make_graded_course
from bench.rows import Row
from reviewhub.accounts.rights import Actor
from reviewhub.accounts.signing_in import open_session
from reviewhub.app import create_app
from reviewhub.config import LogSettings, Settings
from reviewhub.courses.facts import find_course
from reviewhub.grades.evidence import Verdict
from reviewhub.grades.exports.csv_files import csv_pieces
from reviewhub.grades.exports.gradebook import gradebook
from reviewhub.grades.exports.ledger_file import ledger_pieces
from reviewhub.grades.exports.loading import record_now
from reviewhub.grades.gathering import gather_facts
from reviewhub.grades.ledger import ledger_of
from reviewhub.grades.marking import set_verdict
from reviewhub.grades.releasing import release_grades
from reviewhub.grades.standings import drop_standings
from reviewhub.grades.tables import FixVerdict, Mistake
from reviewhub.grades.what_if_reading import try_rules
from reviewhub.logs import set_up_logs
from reviewhub.projects.tables import Project
from reviewhub.storage import Database
from reviewhub.storage.migrating import create_tables, load_tables

SMALL, LARGE = 40, 1_000
SIZES = (1_000, 2_000, 5_000, 10_000)
ROUNDS = 5
Answer = TypeVar("Answer")


class Course:
    """A graded course of one size, in a database of its own, with the instructor signed in."""

    def __init__(self, folder: Path, students: int, **more: int) -> None:
        """Make it."""
        self.settings: Settings = settings_in(folder / f"of-{students}-{len(list(folder.iterdir()))}")
        load_tables()
        self.database = Database(self.settings.database.url, durable=False)
        create_tables(self.database)
        with self.database.writing() as session:
            self.made: GradedCourse = make_graded_course(session, students=students, **more)
        self.name = f"{students:,} students"
        self.actor = Actor(user_id=self.made.instructor_id, name="Ida")

    def client(self) -> FlaskClient:
        """A way to the pages, as the instructor."""
        with self.database.writing() as session:
            secret = open_session(
                session, user_id=self.made.instructor_id, browser="bench", old_secret=None, now=GRADED,
                settings=self.settings.sign_in,
            )  # fmt: skip
        client = create_app(self.settings, database=self.database, clock=lambda: GRADED).test_client()
        client.set_cookie("reviewhub", secret)
        return client

    def recompute(self) -> tuple[float, float, int]:
        """Everybody's grades from the rows: seconds of the whole, of the rules alone, and how many lines."""
        with self.database.reading() as session:
            course = find_course(session, SLUG)
            reading, facts = _timed(lambda: gather_facts(session, course, GRADED))
            computing, lines = _timed(lambda: ledger_of(facts, course.policy))
        return reading + computing, computing, len(lines)

    def decide(self, verdict: Verdict) -> float:
        """One more decision, through its verb: seconds."""
        with self.database.reading() as session:
            mistake_id, key = session.execute(
                select(Mistake.id, Project.key).join(Project, Project.id == Mistake.project_id).limit(1)
            ).one()
            seen = session.scalar(
                select(FixVerdict.verdict).where(FixVerdict.mistake_id == mistake_id, FixVerdict.undone_at.is_(None))
            )

        def change() -> None:
            with self.database.writing() as session:
                set_verdict(
                    session, actor=self.actor, now=GRADED, course=SLUG, key=key, mistake_id=mistake_id,
                    verdict=verdict, seen=Verdict(seen) if seen else None,
                )  # fmt: skip

        return _timed(change)[0]


def run(_corpus: Path | None) -> list[Row]:
    """Make the courses one after the other, and measure."""
    set_up_logs(LogSettings(level="warning"))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rows = [*_small(Course(place, SMALL)), *_desk(Course(place, 5, reviews=2, findings=20))]
        large = Course(place, LARGE)
        rows += [*_large(large), *_pages(large), *_releasing(large)]
        rows += _growth(place)
    return rows


def _small(course: Course) -> list[Row]:
    taken = [course.recompute() for _ in range(ROUNDS)]
    whole, rules = (median(one[place] for one in taken) * 1000 for place in (0, 1))
    return [
        Row(name=f"{course.name}: full recompute from the rows", ours=whole, unit="ms", ratio=f"{taken[0][2]:,} lines"),
        Row(name=f"{course.name}: full recompute, rules alone", ours=rules, unit="ms", ratio="asked at most 50 ms"),
    ]


def _large(course: Course) -> list[Row]:
    taken = [course.recompute() for _ in range(3)]
    whole, rules = (median(one[place] for one in taken) * 1000 for place in (0, 1))
    name = f"{course.name} x 3 reviews x 8 findings"
    return [
        Row(name=f"{name}: full recompute from the rows", ours=whole, unit="ms", ratio="asked at most 2,000 ms"),
        Row(name=f"{name}: full recompute, rules alone", ours=rules, unit="ms", ratio=f"{taken[0][2]:,} lines"),
    ]


def _pages(course: Course) -> list[Row]:
    """The gradebook: the first after a start, again, and with one decision more; and what another number would do."""
    client, address = course.client(), f"/c/{SLUG}/grades"
    drop_standings()
    client.get(f"/c/{SLUG}/grades/what-if")
    first = _page(client, address)
    again = [_page(client, address) for _ in range(ROUNDS)]
    changed = []
    for verdict in (Verdict.FIXED, Verdict.NOT_FIXED, Verdict.PARTLY) * 2:
        decided = course.decide(verdict)
        changed.append(decided + _page(client, address))
    with _statements(course.database) as sent:
        client.get(address)
    with course.database.reading() as session:
        row = find_course(session, SLUG)
        text = row.policy_text.replace("major    = 8", "major    = 10")
        tried, _ = _timed(lambda: try_rules(session, row, text, GRADED))
    return [
        Row(name=f"{course.name}: gradebook page", ours=median(again) * 1000, unit="ms",
            ratio=f"asked at most 300 ms, most {max(again) * 1000:.0f} ms, {len(sent)} statements"),
        Row(name=f"{course.name}: gradebook page, the first after a start", ours=first * 1000, unit="ms", ratio=""),
        Row(name=f"{course.name}: a decision, and the gradebook with it", ours=median(changed) * 1000, unit="ms",
            ratio=f"asked at most 300 ms, most {max(changed) * 1000:.0f} ms"),
        Row(name=f"{course.name}: what if a major mistake cost 10", ours=tried * 1000, unit="ms", ratio=""),
    ]  # fmt: skip


def _desk(course: Course) -> list[Row]:
    client = course.client()
    address = f"/c/{SLUG}/grading/{course.made.keys[0]}"
    taken = [_page(client, address) for _ in range(3 * ROUNDS)][3:]
    with _statements(course.database) as sent:
        client.get(address)
    shown = []
    for verdict in (Verdict.FIXED, Verdict.NOT_FIXED, Verdict.PARTLY) * 2:
        decided = course.decide(verdict)
        shown.append(decided + _page(client, address))
    return [
        Row(name="desk page, project with 40 findings or more", ours=median(taken) * 1000, unit="ms",
            ratio=f"asked at most 100 ms, most {max(taken) * 1000:.0f} ms, {len(sent)} statements (asked at most 15)"),
        Row(name="a decision, and the desk with it", ours=median(shown) * 1000, unit="ms",
            ratio=f"asked at most 300 ms, most {max(shown) * 1000:.0f} ms"),
    ]  # fmt: skip


def _releasing(course: Course) -> list[Row]:
    def release() -> None:
        with course.database.writing() as session:
            release_grades(session, actor=course.actor, now=GRADED, course=SLUG)

    seconds, _ = _timed(release)
    return [Row(name=f"{course.name}: release", ours=seconds, unit="s", ratio="")]


def _growth(folder: Path) -> list[Row]:
    """How the cost grows: the exponent of a straight line through the logarithms (1 = in proportion), and exports."""
    rows, whole, rules = [], [], []
    for students in SIZES:
        course = Course(folder, students)
        taken = course.recompute()
        whole.append(taken[0])
        rules.append(taken[1])
        each = f"{taken[0] / students * 1000:.2f} ms a student"
        rows.append(Row(name=f"{course.name}: full recompute from the rows", ours=taken[0], unit="s", ratio=each))
        if students == max(SIZES):
            rows += _exports(course)
        course.database.close()
    for name, seconds in (("from the rows", whole), ("rules alone", rules)):
        rows.append(
            Row(name=f"growth from {SIZES[0]:,} to {SIZES[-1]:,}, {name}: exponent", ours=_exponent(seconds), unit="",
                ratio="asked in proportion: 1")
        )  # fmt: skip
    return rows


def _exports(course: Course) -> list[Row]:
    """The gradebook and the whole ledger as files, read and written."""
    rows = []
    with course.database.reading() as session:
        row = find_course(session, SLUG)
        loading, record = _timed(lambda: record_now(session, row, GRADED))
        for name, pieces in (
            ("gradebook.csv", lambda: csv_pieces(gradebook(record))),
            ("ledger.json", lambda: ledger_pieces(record)),
        ):
            writing, size = _timed(lambda pieces=pieces: sum(len(one) for one in pieces()))  # type: ignore[misc]
            rows.append(
                Row(name=f"{course.name}: {name}", ours=loading + writing, unit="s",
                    ratio=f"asked at most 10 s, {size / 1e6:.1f} MB")
            )  # fmt: skip
    return rows


def _exponent(seconds: list[float]) -> float:
    points = [(math.log(size), math.log(taken)) for size, taken in zip(SIZES, seconds, strict=True)]
    middle_x, middle_y = (sum(one[place] for one in points) / len(points) for place in (0, 1))
    above = sum((x - middle_x) * (y - middle_y) for x, y in points)
    return above / sum((x - middle_x) ** 2 for x, _ in points)


def _page(client: FlaskClient, address: str) -> float:
    seconds, answer = _timed(lambda: client.get(address))
    assert answer.status_code == 200, answer.text
    return seconds


def _timed(action: Callable[[], Answer]) -> tuple[float, Answer]:
    gc.collect()
    began = time.process_time()
    answer = action()
    return time.process_time() - began, answer


@contextmanager
def _statements(database: Database) -> Iterator[list[str]]:
    sent: list[str] = []

    def remember(_connection: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        if not text.startswith(("BEGIN", "PRAGMA")):
            sent.append(text)

    event.listen(database.engine, "before_cursor_execute", remember)
    try:
        yield sent
    finally:
        event.remove(database.engine, "before_cursor_execute", remember)
