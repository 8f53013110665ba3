"""A course in its first week: the program on loopback, an instructor, and a shared repository with first pushes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reviewhub.accounts.rights import PROGRAM, Role
from reviewhub.config import ServerSettings, Settings, SignInSettings
from reviewhub.courses.adding import add_course
from reviewhub.courses.course_file import shipped_text
from reviewhub.courses.enrolling import enroll_person
from reviewhub.projects.freezing import freeze_due
from reviewhub.projects.mirroring import mirror_course
from reviewhub.storage import Database
from tests.conftest import StandingClock
from tests.github.pushing import SharedRepository
from tests.journeys.semester import FIRST_FILES, INSTRUCTOR, SLUG, at
from tests.journeys.serving import listen, port_of, serving
from tests.journeys.visiting import Visitor, arrive

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@dataclass
class Semester:
    """The course as the journey meets it."""

    database: Database
    settings: Settings
    clock: StandingClock
    shared: SharedRepository
    browser: "Browser"
    visitors: list[Visitor] = field(default_factory=list)

    def seat(self, person: tuple[str, str]) -> Visitor:
        """Give a person a browser, and let them sign in through the mailed link."""
        visitor = arrive(self.browser, self.settings.server.base_url, self.database, *person)
        self.visitors.append(visitor)
        visitor.sign_in()
        return visitor

    def let_the_worker_look(self) -> None:
        """What the worker does by itself: look at the repository, and freeze what is due."""
        mirror_course(self.database, self.settings, actor=PROGRAM, now=self.clock(), course=SLUG)
        with self.database.writing() as session:
            freeze_due(session, actor=PROGRAM, now=self.clock(), course=SLUG, mirrors=self.settings.mirrors)

    @property
    def faults(self) -> list[str]:
        """Whatever was wrong with a page that anybody visited."""
        return [fault for visitor in self.visitors for fault in visitor.faults]


@pytest.fixture
def semester(
    settings: Settings,
    sqlite_database: Database,
    clock: StandingClock,
    make_app: Callable,
    chromium: "Browser",
    tmp_path: Path,
) -> Iterator[Semester]:
    """The first week: one instructor, and a repository into which the groups have pushed."""
    shared = SharedRepository(tmp_path)
    shared.receive(FIRST_FILES, at=at(11, 20, 10))
    clock.put(at(11, 20, 14))
    with sqlite_database.writing() as session:
        add_course(session, actor=PROGRAM, now=clock(), slug=SLUG, text=shipped_text("ceng796"), local_paths=True)
        name, email = INSTRUCTOR
        enroll_person(session, actor=PROGRAM, now=clock(), course=SLUG, email=email, name=name, role=Role.INSTRUCTOR)
    sockets = [listen(), listen()]
    pages, contents = map(port_of, sockets)
    served = settings.model_copy(
        update={
            "server": ServerSettings(base_url=f"http://127.0.0.1:{pages}", content_url=f"http://localhost:{contents}"),
            # People stay signed in from November to January.
            "sign_in": SignInSettings(idle_days=365, absolute_days=365),
        }
    )
    found = Semester(database=sqlite_database, settings=served, clock=clock, shared=shared, browser=chromium)
    with serving(make_app(settings=served), sockets):
        yield found
        for visitor in found.visitors:
            visitor.page.context.close()
