"""Two courses that differ in one person only: who the hidden reviewer is, or who one of the hidden developers is.

Everything else is the same in both: the people, the ids, the clock, every word. The hidden reviewer also hands in at
other moments and another number of times, because that tells who it is just as well.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from reviewhub.accounts.signing_in import open_session
from reviewhub.app import create_app
from reviewhub.config import DatabaseSettings, FilesSettings, GitSettings, Settings
from reviewhub.courses.facts import find_course
from reviewhub.courses.tables import Enrollment, Extension, Group, Membership
from reviewhub.grades.appeal_tables import Appeal
from reviewhub.grades.appealing import decide_appeal, file_appeal
from reviewhub.grades.confirming_fails import dismiss_fail, read_fails
from reviewhub.grades.drafting import MistakeDraft
from reviewhub.grades.evidence import Verdict
from reviewhub.grades.grading import accept_finding, record_mistake
from reviewhub.grades.marking import mark_quality, set_verdict
from reviewhub.grades.releasing import release_grades
from reviewhub.grades.tables import Mistake
from reviewhub.mail.tables import Mail
from reviewhub.projects.receipt_keys import signing_key
from reviewhub.projects.tables import Project, Snapshot
from reviewhub.reviews.announcing import announce_reviews
from reviewhub.reviews.checking import check_fix
from reviewhub.reviews.message_tables import Clarification, Message
from reviewhub.reviews.places import Place, PlaceKind
from reviewhub.reviews.tables import (
    Assignment,
    AssignmentRun,
    AssignmentSwap,
    Finding,
    Review,
    ReviewConflict,
)
from reviewhub.reviews.talking import ask_clarification, write_under_clarification, write_under_finding
from reviewhub.storage import Database, repeatable_ids
from tests.conftest import StandingClock
from tests.reviews.acts import answer, file, save, submit
from tests.reviews.worlds import CHECKING, RESPONDING, REVIEWING, World, assign, build_world, freeze, notebook_text

COURSE, KEY = "dgm", "DCGAN"
SEED = "two worlds 36"
"""One of those with which the ids of the two stand on both sides of Derya's."""
PHASES = ("reviewing", "responding", "checking", "released")
RELEASED = CHECKING + timedelta(days=14)
FROM_HERE = {"Origin": "http://localhost"}
NOTHING = "0123456789abcdef"
ON_TIME = {
    "on_time": True, "percent_off": "0", "points_off": "0", "zero": False, "no_bonus": False, "undecided": False,
    "cost": "no cost", "rule": "",
}  # fmt: skip
LATER = timedelta(minutes=50)

ROWS = {
    "review_id": Review, "finding_id": Finding, "assignment_id": Assignment, "enrollment_id": Enrollment,
    "group_id": Group, "membership_id": Membership, "run_id": AssignmentRun, "swap_id": AssignmentSwap,
    "conflict_id": ReviewConflict, "extension_id": Extension, "clarification_id": Clarification,
    "message_id": Message, "mistake_id": Mistake, "appeal_id": Appeal,
}  # fmt: skip
"""What the names in addresses stand for; their ids are taken from the database."""
WORDS = {
    "course": (COURSE,), "key": (KEY, "VAE"), "version": ("1", "2"), "edition": ("1", "2"), "sequence": ("1",),
    "position": ("0",), "path": ("README.md", "main.ipynb"), "wanted": ("page",), "sha": ("0" * 64,),
    "commit": ("0" * 40,), "change_id": (NOTHING,), "secret": ("none",), "item": (NOTHING,), "rule": ("plagiarism",),
    "component": ("midterm",), "decision_id": (NOTHING,), "list_id": (NOTHING,), "reading_id": (NOTHING,),
    "status_id": (NOTHING,),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A world as it stood in each phase: its database file and the moment."""

    folder: Path
    world: World
    stops: Mapping[str, tuple[Path, datetime]]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What one request was answered: status, headers, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def make_secrets(folder: Path) -> None:
    """What two worlds in this folder sign their addresses and receipts with."""
    (folder / "secrets").mkdir(parents=True)
    (folder / "secrets" / "secret").write_text("the same in both worlds", encoding="ascii")
    signing_key(Settings(files=FilesSettings(data=folder / "secrets")))


def play(folder: Path, template: Path, *, hidden: str, mode: str, developer: str = "ada") -> Kept:
    """A semester in which `hidden` and Derya review the project of Bora and `developer`.

    `hidden` is Cem or Ece. `developer` is Ada, or Ece who then has changed places with her.
    """
    folder.mkdir(parents=True)
    for secret in (folder.parent / "secrets").iterdir():
        shutil.copy(secret, folder)
    shutil.copy(template, folder / "now.sqlite")
    database = Database(f"sqlite:///{folder}/now.sqlite", durable=False)
    stops = {}
    with repeatable_ids(SEED):
        world = build_world(database, folder / "mirrors", folder / "shared", anonymity=mode)
        if developer == "ece":
            _change_places(database, world)
        for name, key in ((hidden, KEY), ("derya", KEY), ("ada", "VAE"), ("bora", "GLOW")):
            assign(database, world, name, key)
    acts = (_reviewing, _responding, _checking, _releasing)
    moments = (REVIEWING + timedelta(days=1), RESPONDING, CHECKING, RELEASED)
    for phase, moment, act in zip(PHASES, moments, acts, strict=True):
        with repeatable_ids(f"{SEED} {phase}"):
            act(database, world, folder, hidden, developer)
        with database.writing() as session:
            session.execute(update(Snapshot).values(outcome=ON_TIME))
        stops[phase] = (folder / f"{phase}.sqlite", moment)
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("VACUUM INTO ?", (str(stops[phase][0]),))
            connection.exec_driver_sql("BEGIN")
    database.close()
    return Kept(folder=folder, world=world, stops=stops)


def _change_places(database: Database, world: World) -> None:
    """Ece is in Ada's group and Ada in hers."""
    ada, ece = world.enrollments["ada"], world.enrollments["ece"]
    with database.writing() as session:
        for now, then in ((ada, world.enrollments["olga"]), (ece, ada), (world.enrollments["olga"], ece)):
            session.execute(update(Membership).where(Membership.enrollment_id == now).values(enrollment_id=then))


def _reviewing(database: Database, world: World, _folder: Path, hidden: str, developer: str) -> None:
    is_cem = hidden == "cem"
    with repeatable_ids("question"), database.writing() as session:
        question = ask_clarification(
            session, actor=world.actor(hidden), now=REVIEWING, course=COURSE, key=KEY, text="Which seed was used?"
        )
    with repeatable_ids("answer"), database.writing() as session:
        write_under_clarification(
            session, actor=world.actor(developer), now=REVIEWING + LATER, course=COURSE, key=KEY,
            clarification_id=question.id, text="Seed 7.",
        )  # fmt: skip
    for name, text in (("derya", "The loss is never plotted."), (hidden, "The learning rate is 0.01.")):
        # One of the two worlds' reviewers is earlier, and hands in twice.
        at = REVIEWING + (timedelta(minutes=7) if is_cem and name == hidden else LATER)
        with repeatable_ids(f"review {name == hidden}"):
            file(database, world, name, KEY, now=at, text=text)
            save(database, world, name, KEY, now=at)
            submit(database, world, name, KEY, now=at + timedelta(minutes=3))
        if is_cem and name == hidden:
            save(database, world, name, KEY, now=at + LATER, summary="Solid work indeed.")
            submit(database, world, name, KEY, now=at + 2 * LATER, edition=1)
            save(database, world, name, KEY, now=at + 3 * LATER)
            submit(database, world, name, KEY, now=at + 4 * LATER, edition=2)


def _responding(database: Database, world: World, _folder: Path, hidden: str, developer: str) -> None:
    with database.writing() as session:
        announce_reviews(session, now=RESPONDING, course=COURSE)
    for name in ("derya", hidden):
        finding_id = finding_of(database, world, name)
        with repeatable_ids(f"answer {name == hidden}"):
            answer(database, world, developer, KEY, finding_id, now=RESPONDING, kind="will_fix", text="We will.")
            for who in (name, developer):
                with database.writing() as session:
                    write_under_finding(
                        session, actor=world.actor(who), now=RESPONDING + timedelta(minutes=5), course=COURSE,
                        finding_id=finding_id, text=f"A word from the {'developers' if who == developer else 'reviewer'}.",
                    )  # fmt: skip


def _checking(database: Database, world: World, folder: Path, hidden: str, _developer: str) -> None:
    freeze(database, world, folder / "shared", 2, {f"{KEY}/main.ipynb": notebook_text(epochs=50)})
    with repeatable_ids("check"), database.writing() as session:
        check_fix(
            session, actor=world.actor(hidden), now=CHECKING, course=COURSE, review_id=world.reviews[hidden, KEY],
            finding_id=finding_of(database, world, hidden), verdict="partly", text="Still 0.01.",
        )  # fmt: skip


def _releasing(database: Database, world: World, _folder: Path, hidden: str, developer: str) -> None:
    """One mistake was found by the hidden reviewer, another by nobody, so that each reviewer loses for it.

    The hidden reviewer and a developer each appeal something, and both are told.
    """
    acting: dict[str, Any] = {"actor": world.actor("iris"), "now": RELEASED, "course": COURSE}
    draft = MistakeDraft(title="Wrong rate", severity="major", criterion="method")
    with database.writing() as session:
        found = accept_finding(
            session, key=KEY, finding_id=finding_of(database, world, hidden), draft=draft, **acting
        )  # fmt: skip
        missed = record_mistake(
            session, key=KEY, draft=replace(draft, title="No seed"), version_in=1, place=Place(kind=PlaceKind.PROJECT),
            **acting,
        )  # fmt: skip
        session.flush()
        for mistake_id in (found.id, missed.id):
            set_verdict(session, key=KEY, mistake_id=mistake_id, verdict=Verdict.PARTLY, seen=None, **acting)
        marks = {row.key: "80" for row in find_course(session, COURSE).policy.quality}
        for name in (hidden, "derya"):
            mark_quality(session, key=KEY, review_id=world.reviews[name, KEY], marks=marks, seen={}, **acting)
        session.flush()
        _dismiss_fails(session, acting)
        release_grades(session, **acting)
        targets = (found.id, missed.id)
    _appealing(database, world, hidden, developer, *targets)


def _dismiss_fails(session: Session, acting: dict[str, Any]) -> None:
    """Nobody fails for anything: a release waits for these decisions."""
    for row in read_fails(session, find_course(session, COURSE), RELEASED).rows:
        dismiss_fail(
            session, enrollment_id=row.student.enrollment_id, rule=row.case.rule.key, seen=row.seen,
            reason="Was ill, and told us before.", **acting,
        )  # fmt: skip


def _appealing(database: Database, world: World, hidden: str, developer: str, found: str, missed: str) -> None:
    """The developer appeals what the hidden reviewer found; the hidden reviewer what all missed, and the finding."""
    asked = (
        (developer, "mistake", found),
        (hidden, "mistake", missed),
        (hidden, "finding", finding_of(database, world, hidden)),
    )
    for name, kind, target in asked:
        with database.writing() as session:
            appeal = file_appeal(
                session, actor=world.actor(name), now=RELEASED, course=COURSE, kind=kind, target=target,
                text=f"This is {name}: please look again.",
            )  # fmt: skip
            decide_appeal(
                session, actor=world.actor("iris"), now=RELEASED, course=COURSE, appeal_id=appeal.id,
                outcome="denied", reason="It was looked at again, and it stands.",
            )  # fmt: skip


def finding_of(database: Database, world: World, name: str) -> str:
    """The finding this person filed on the project."""
    with database.reading() as session:
        return session.scalars(select(Finding.id).where(Finding.review_id == world.reviews[name, KEY])).one()


@contextmanager
def program(kept: Kept, phase: str, scratch: Path) -> Iterator[tuple[Flask, Database, StandingClock]]:
    """The whole program on a copy of a world as it stood in a phase."""
    file, moment = kept.stops[phase]
    copy = scratch / f"{kept.folder.name}-{phase}.sqlite"
    shutil.copy(file, copy)
    settings = Settings(
        database=DatabaseSettings(url=f"sqlite:///{copy}", work_url=f"sqlite:///{scratch}/work.sqlite"),
        files=FilesSettings(data=kept.folder, objects=str(kept.folder / "objects")),
        git=GitSettings(local_paths=True),
    )
    database = Database(settings.database.url, durable=False)
    clock = StandingClock(moment)
    try:
        yield create_app(settings, database=database, clock=clock), database, clock
    finally:
        database.close()


def visitor(app: Flask, database: Database, clock: StandingClock, user_id: str) -> FlaskClient:
    """A signed-in way to the pages."""
    with database.writing() as session:
        secret = open_session(
            session, user_id=user_id, browser="", old_secret=None, now=clock(),
            settings=app.extensions["reviewhub"].settings.sign_in,
        )  # fmt: skip
    client = app.test_client()
    client.set_cookie("reviewhub", secret)
    return client


def addresses(app: Flask, database: Database, method: str) -> list[str]:
    """Every address of a course (and the start page) that takes this method, with every id that occurs."""
    with database.reading() as session:
        ids = {name: tuple(session.scalars(select(row.id).order_by(row.id))) for name, row in ROWS.items()}
        keys = tuple(session.scalars(select(Project.key).order_by(Project.key)))
    words = ids | WORDS
    assert set(WORDS["key"]) <= set(keys)
    found: list[str] = []
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.rule.startswith(("/c/", "/sessions")) | (rule.rule == "/"):
            found += _filled(rule, words)
    return sorted(set(found))


def _filled(rule: Rule, words: Mapping[str, Iterable[str]]) -> Iterator[str]:
    made = [""]
    for is_name, part in rule._trace:
        text = part.removeprefix("|")
        if not is_name:
            made = [address + text for address in made]
            continue
        assert text in words, f"{rule.rule}: say in WORDS or ROWS what {text!r} stands for"
        values = tuple(words[text]) or (NOTHING,)
        made = [address + quote(value) for address in made for value in values]
    yield from made


def ask(client: FlaskClient, method: str, address: str) -> Told:
    """One request, with new ids and secrets the same in both worlds."""
    with repeatable_ids(f"{method} {address}"):
        answer = client.open(address, method=method, headers=FROM_HERE if method == "POST" else {})
    kept = {"x-request-id", "date", "set-cookie"}
    headers = tuple((name, value) for name, value in answer.headers if name.lower() not in kept)
    assert answer.status_code < 500, f"{method} {address}"
    told = Told(status=answer.status_code, headers=headers, body=answer.get_data())
    answer.close()
    return told


def mails_to(database: Database, people: Iterable[str]) -> list[tuple[str, str, str, str]]:
    """Every mail to these people, in the order it was posted; those of one moment by whom they are to."""
    with database.reading() as session:
        rows = session.scalars(
            select(Mail).where(Mail.to.in_(list(people))).order_by(Mail.posted_at, Mail.to, Mail.subject)
        )
        return [(mail.to, mail.subject, mail.text, str(mail.posted_at)) for mail in rows]


def digest_of(text: str) -> str:
    """A hash of an address, as services of portraits use it."""
    return sha256(text.encode()).hexdigest()
