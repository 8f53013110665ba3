"""Putting the demonstration on its stage: an installation of its own in one folder, its clock, its story so far."""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import sha256
from pathlib import Path

from sqlalchemy import select

from reviewhub import __version__
from reviewhub.accounts.signing_in import make_link
from reviewhub.accounts.tables import User
from reviewhub.config import (
    DatabaseSettings,
    DemonstrationSettings,
    FilesSettings,
    GitSettings,
    Settings,
    SignInSettings,
)
from reviewhub.courses.course_file import load_policy, shipped_text
from reviewhub.demonstration.cast import Cast
from reviewhub.demonstration.people import STAFF, STUDENTS
from reviewhub.demonstration.repository import build_repository, open_repository
from reviewhub.demonstration.semester import Calendar
from reviewhub.demonstration.stops import Stop, calendar_of, stops_of
from reviewhub.demonstration.story import chapters
from reviewhub.errors import BadInput, Misconfigured
from reviewhub.storage import Database, ShiftedClock, repeatable_ids
from reviewhub.storage.migrating import upgrade

Tell = Callable[[str], None]

FIRST_STOP = "reviewing"
PERSONAS = ("nihal", "tolga", "elif", "umut")
REMOTE_STOPS = {"developing", "reviewing"}
# The shipped course states no late policy; the demonstration shows one, so that a late push has a price to be seen.
LATE_POLICY = """
[lateness.versions]
grace = "1m"
steps = [
    { until = "30m", off = "10%" },
    { until = "2d",  off = "25%" },
    { beyond = true, zero = true },
]
"""


# Nor does it ask what reviewers would like to review; the demonstration does.
NO_WISHES = "topic_fit        = false"
WISHES = "topic_fit        = true "


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A demonstration on its stage. `remote` is an existing repository to show instead of the invented one, or ""."""

    settings: Settings
    database: Database
    clock: ShiftedClock
    remote: str = ""

    @property
    def folder(self) -> Path:
        """Where everything of this demonstration lies."""
        return self.settings.files.data

    @cached_property
    def calendar(self) -> Calendar:
        """The semester of the course file."""
        return _calendar(course_text(remote=self.remote))

    @cached_property
    def stops(self) -> tuple[Stop, ...]:
        """Where it can stop, in order; what is in another repository has no invented second version."""
        every = stops_of(self.calendar)
        return tuple(stop for stop in every if not self.remote or stop.key in REMOTE_STOPS)

    def stop_named(self, key: str) -> Stop:
        """The stop with this word; BadInput names all of them."""
        for stop in self.stops:
            if stop.key == key:
                return stop
        msg = f"There is no phase {key!r} to show. There are: {', '.join(stop.key for stop in self.stops)}."
        raise BadInput(msg)

    def play_to(self, key: str, *, tell: Tell) -> None:
        """Let everything happen that happens until this stop, and put the clock there.

        A story that was interrupted in the middle is not gone on with: the next start builds the demonstration anew.
        """
        until = self.stop_named(key).moment
        (self.folder / "playing").touch()
        cast = Cast(
            settings=self.settings,
            database=self.database,
            calendar=self.calendar,
            course_text=course_text(remote=self.remote),
            repository=None if self.remote else open_repository(self.folder / "shared.git"),
            remote=self.remote or str((self.folder / "shared.git").resolve()),
        )
        after = self.played_until()
        for chapter in chapters(cast):
            for number, act in enumerate(sorted(chapter(), key=lambda act: act.moment)):
                if act.moment > until:
                    break
                if after is None or act.moment > after:
                    tell(act.title)
                    with repeatable_ids(f"{number} {act.moment} {act.title}"):
                        act.play(act.moment)
        self._note(until)
        self.clock.put(until)
        (self.folder / "playing").unlink()

    def played_until(self) -> datetime | None:
        """The moment up to which the story has been played; None before its beginning."""
        try:
            noted = json.loads((self.folder / "played.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return datetime.fromisoformat(noted["until"])

    def _note(self, moment: datetime) -> None:
        fresh = self.folder / "played.new"
        fresh.write_text(json.dumps({"until": moment.isoformat()}), encoding="utf-8")
        fresh.replace(self.folder / "played.json")

    def sign_in_links(self) -> list[tuple[str, str]]:
        """One fresh sign-in link for each kind of person: who it is, and the address."""
        links = []
        people = {person.email: person for person in (*STAFF, *STUDENTS) if person.key in PERSONAS}
        with self.database.writing() as session:
            users = session.scalars(select(User).where(User.email.in_(people))).all()
            for user in sorted(users, key=lambda user: list(people).index(user.email)):
                secret = make_link(session, user=user, now=self.clock(), settings=self.settings.sign_in)
                links.append(
                    (f"{user.name}, {people[user.email].role}", f"{self.settings.server.base_url}/sign-in/{secret}")
                )
        return links


@lru_cache(maxsize=4)
def _calendar(text: str) -> Calendar:
    return calendar_of(load_policy(text))


@lru_cache(maxsize=2)
def course_text(*, remote: str) -> str:
    """The course file of the demonstration: the one that ships, with wishes and a late policy to look at."""
    text = shipped_text("ceng796")
    return text if remote else text.replace(NO_WISHES, WISHES) + LATE_POLICY


def settings_of(folder: Path) -> Settings:
    """An installation that lies in one folder and trusts whoever sits at this machine."""
    return Settings(
        database=DatabaseSettings(
            url=f"sqlite:///{folder / 'reviewhub.sqlite'}", work_url=f"sqlite:///{folder / 'work.sqlite'}"
        ),
        files=FilesSettings(data=folder, objects=str(folder / "objects")),
        git=GitSettings(local_paths=True, poll_minutes=1),
        sign_in=SignInSettings(link_minutes=1440),
        demonstration=DemonstrationSettings(personas=True, clock_file=folder / "clock.json"),
    )


def prepare_stage(folder: Path, *, stop: str | None, remote: str, fresh: bool, tell: Tell) -> Stage:
    """Build the demonstration in `folder`, or go on with the one that is there.

    It is built anew where asked to, where it was made by another version, and where the asked stop lies behind.
    """
    folder = folder.resolve()
    remote = str(Path(remote).resolve()) if remote and Path(remote).exists() else remote
    if not _goes_on(folder, stop, remote) or fresh:
        _clear(folder)
    if not (folder / "mark").exists():
        _build(folder, remote, tell)
    settings = settings_of(folder)
    stage = Stage(
        settings=settings,
        database=Database(settings.database.url, durable=False),
        clock=ShiftedClock(folder / "clock.json"),
        remote=remote,
    )
    upgrade(stage.database)
    if stop is None and stage.played_until() is not None:
        return stage
    stage.play_to(stop or FIRST_STOP, tell=tell)
    return stage


def _build(folder: Path, remote: str, tell: Tell) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        msg = f"The folder {folder} cannot be written: {fault.strerror}."
        raise Misconfigured(msg) from fault
    if not remote:
        tell("making the shared repository")
        shutil.rmtree(folder / "shared.git", ignore_errors=True)
        build_repository(folder / "shared.git", calendar=calendar_of(load_policy(course_text(remote=""))))
    (folder / "mark").write_text(_mark(remote), encoding="utf-8")


def _mark(remote: str) -> str:
    """What the demonstration was made from: another mark means it is made anew."""
    story = b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    return f"{__version__} {sha256(story).hexdigest()[:16]} {remote}"


def _goes_on(folder: Path, stop: str | None, remote: str) -> bool:
    mark = folder / "mark"
    if not mark.exists() or (folder / "playing").exists() or mark.read_text(encoding="utf-8") != _mark(remote):
        return False
    stage = Stage(
        settings=settings_of(folder),
        database=Database("sqlite://"),
        clock=ShiftedClock(folder / "clock.json"),
        remote=remote,
    )
    played = stage.played_until()
    return played is not None and (stop is None or stage.stop_named(stop).moment >= played)


def _clear(folder: Path) -> None:
    """Remove an earlier demonstration; a folder that holds anything else is left alone."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    if not (folder / "mark").exists():
        msg = f"{folder} holds something that is no demonstration, so nothing was removed; choose another --folder."
        raise Misconfigured(msg)
    shutil.rmtree(folder)
