"""Take the pictures of docs/screenshots: the demonstration course, in both themes, on a desktop and on a phone.

Builds the demonstration in a folder of its own, serves it on a free port, is one person after the other, and writes
`<number>-<page>-<theme>[-phone].webp`. Needs Debian's chromium. Options: names of pages, to take only those.
"""

import argparse
import base64
import socket
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from waitress import create_server

from reviewhub.accounts.tables import User
from reviewhub.app import create_app
from reviewhub.config import ServerSettings
from reviewhub.courses.tables import Enrollment
from reviewhub.demonstration.people import person_of
from reviewhub.demonstration.staging import Stage, prepare_stage
from reviewhub.projects.tables import Project
from reviewhub.reviews.tables import Assignment, Finding, FindingAnchor, Review
from tools.get_browser import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

TARGET = Path(__file__).parent.parent / "docs" / "screenshots"
COURSE = "/c/ceng796"
SCREENS: dict[str, Any] = {"": {"width": 1440, "height": 900}, "-phone": {"width": 390, "height": 844}}
THEMES: tuple[Any, ...] = ("light", "dark")
QUALITY = 0.82
A_MOMENT = 400  # milliseconds: formulas are set when they come into sight
# Chromium writes WebP only from a canvas, so the picture is drawn onto one.
AS_WEBP = """async ([picture, quality]) => {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height);
  canvas.getContext("2d").drawImage(image, 0, 0);
  const file = await canvas.convertToBlob({ type: "image/webp", quality });
  const reader = new FileReader();
  return new Promise((resolve) => {
    reader.onload = () => resolve(reader.result.split(",")[1]);
    reader.readAsDataURL(file);
  });
}"""
# Where the demonstration happened to lie says nothing to a reader.
HIDE_FOLDER = """folder => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replaceAll(folder, "/srv/git");
}"""
NO_BAR = ".demo-bar { display: none !important; }"


Find = Callable[[Stage], tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Shot:
    """One page to take: at which stop of the story, as whom (a key of people.py, "" for a stranger), and where.

    A `place` that must be looked up gives the person's mail address and the place.
    """

    name: str
    stop: str
    who: str = ""
    place: str | Find
    scroll_to: str = ""
    opens: str = ""
    shows_bar: bool = False


def a_review_of(project: str, *, with_path: str = "", page: str = "", handed_in: bool = False) -> Find:
    """Whoever of a project's reviewers has most findings in files named like this: their address, and the desk's."""

    def find(stage: Stage) -> tuple[str, str]:
        with stage.database.reading() as session:
            row = session.execute(
                select(User.email, Review.id, func.min(FindingAnchor.path), func.min(Finding.number))
                .join(Assignment, Assignment.id == Review.assignment_id)
                .join(Project, Project.id == Assignment.project_id)
                .join(Enrollment, Enrollment.id == Assignment.reviewer_id)
                .join(User, User.id == Enrollment.user_id)
                .join(Finding, Finding.review_id == Review.id)
                .join(FindingAnchor, FindingAnchor.finding_id == Finding.id)
                .where(Project.key == project, FindingAnchor.path.endswith(with_path))
                .where(Assignment.released_at.is_(None), Assignment.practice.is_(False))
                .where(Review.edition > 0 if handed_in else Review.edition >= 0)
                .group_by(User.email, Review.id)
                .order_by(func.count(Finding.id).desc(), User.email)
            ).first()
        if row is None:
            sys.exit(f"No reviewer of {project} has a finding in a {with_path} at this stop.")
        email, review_id, path, number = row
        return email, f"{COURSE}/reviews/{review_id}" + (page or f"?path={path}#finding-{number}")

    return find


@contextmanager
def served(stage: Stage) -> Iterator[str]:
    """Serve the stage on free ports; gives the address of its pages."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    pages, contents = (one.getsockname()[1] for one in sockets)
    address = f"http://127.0.0.1:{pages}"
    server_settings = ServerSettings(base_url=address, content_url=f"http://localhost:{contents}")
    settings = stage.settings.model_copy(update={"server": server_settings})
    app = create_app(settings, database=stage.database, clock=stage.clock)
    server = create_server(app, sockets=sockets, threads=6, ident=None, clear_untrusted_proxy_headers=True)
    Thread(target=server.run, daemon=True).start()
    yield address


def take(page: "Page", shot: Shot, address: str, stage: Stage) -> list[Path]:
    """Open the page and take its four pictures."""
    email = person_of(shot.who).email if shot.who else ""
    path = shot.place
    if not isinstance(path, str):
        email, path = path(stage)
    if email:
        answer = page.request.post(
            f"{address}/demonstration/persona", form={"persona": email}, headers={"Origin": address}
        )
        if not answer.ok:
            sys.exit(f"{shot.name}: the persona switch answered {answer.status}")
    written = []
    for screen, size in SCREENS.items():
        page.set_viewport_size(size)
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            page.goto("about:blank")  # else an address that differs in nothing is only scrolled to
            page.goto(f"{address}{path}")
            page.wait_for_load_state("networkidle")
            page.evaluate(HIDE_FOLDER, str(stage.folder))
            for selector in filter(None, shot.opens.split("|")):
                page.locator(f"{selector}:visible").first.click()
            if shot.scroll_to:
                page.locator(shot.scroll_to).first.evaluate("e => { e.scrollIntoView(); scrollBy(0, -90); }")
            page.wait_for_timeout(A_MOMENT)
            picture = page.screenshot(type="png", style="" if shot.shows_bar else NO_BAR, animations="disabled")
            small = page.evaluate(AS_WEBP, [base64.b64encode(picture).decode(), QUALITY])
            file = TARGET / f"{shot.name}-{theme}{screen}.webp"
            file.write_bytes(base64.b64decode(small))
            written.append(file)
    return written


SHOTS = (
    Shot(name="01-sign-in", stop="reviewing", place="/sign-in", shows_bar=True),
    Shot(name="02-home-of-the-instructor", stop="reviewing", who="nihal", place=f"{COURSE}/"),
    Shot(name="03-home-of-a-student", stop="reviewing", who="elif", place=f"{COURSE}/"),
    Shot(name="04-projects", stop="reviewing", who="nihal", place=f"{COURSE}/projects"),
    Shot(name="05-which-commit-counts", stop="reviewing", who="elif", place=f"{COURSE}/projects/WGAN-GP"),
    Shot(name="06-repository", stop="reviewing", who="nihal", place=f"{COURSE}/repository"),
    Shot(name="07-groups", stop="reviewing", who="nihal", place=f"{COURSE}/groups"),
    Shot(name="08-reviewers", stop="reviewing", who="nihal", place=f"{COURSE}/assignments"),
    Shot(name="09-desk-notebook", stop="reviewing", place=a_review_of("VAE", with_path=".ipynb")),
    Shot(name="10-desk-code", stop="reviewing", place=a_review_of("WGAN-GP", with_path=".py")),
    Shot(name="11-findings-to-answer", stop="responding", who="elif", place=f"{COURSE}/projects/WGAN-GP/findings"),
    Shot(name="12-fixes-to-check", stop="grading", place=a_review_of("WGAN-GP", page="/fixes", handed_in=True)),
    Shot(name="13-grading-queue", stop="grading", who="nihal", place=f"{COURSE}/grading"),
    Shot(
        name="14-grading-desk",
        stop="grading",
        who="nihal",
        place=f"{COURSE}/grading/WGAN-GP",
        opens="[data-item]:has(.severity-critical)",
    ),
    Shot(name="15-gradebook", stop="released", who="nihal", place=f"{COURSE}/grades"),
    Shot(
        name="16-grade-of-a-developer",
        stop="released",
        who="elif",
        place=f"{COURSE}/grades",
        opens="details.sheet:not([open]) > summary|details.part:not([open]):has(details) > summary"
        "|details.story-line:not([open]) > summary",
        scroll_to="h2:has-text('As developer')",
    ),
    Shot(name="17-events", stop="released", who="nihal", place=f"{COURSE}/events"),
    Shot(name="18-rules", stop="released", who="elif", place=f"{COURSE}/settings"),
    Shot(
        name="19-what-changed-in-a-notebook",
        stop="grading",
        who="nihal",
        place=f"{COURSE}/projects/VAE/compare/main.ipynb",
    ),
    Shot(
        name="20-what-changed-in-code",
        stop="grading",
        who="nihal",
        place=f"{COURSE}/projects/WGAN-GP/compare/networks.py",
    ),
    Shot(
        name="21-notebook",
        stop="grading",
        who="elif",
        place=f"{COURSE}/projects/WGAN-GP/version-1/files/main.ipynb",
        scroll_to="#cell-3",
    ),
    Shot(name="22-progress", stop="reviewing", who="nihal", place=f"{COURSE}/progress"),
    Shot(name="23-last-look", stop="reviewing", place=a_review_of("WGAN-GP", page="/submit")),
    Shot(name="24-questions", stop="reviewing", who="elif", place=f"{COURSE}/projects/WGAN-GP/questions"),
    Shot(name="25-practice", stop="reviewing", who="nihal", place=f"{COURSE}/assignments/practice"),
    Shot(name="26-marks", stop="grading", who="nihal", place=f"{COURSE}/marks"),
    Shot(name="27-what-may-fail", stop="grading", who="nihal", place=f"{COURSE}/fails"),
    Shot(name="28-what-if", stop="released", who="nihal", place=f"{COURSE}/grades/what-if"),
    Shot(name="29-story-of-a-student", stop="released", who="elif", place=f"{COURSE}/grades"),
    Shot(name="30-appeals", stop="released", who="nihal", place=f"{COURSE}/appeals"),
    Shot(name="31-export", stop="released", who="nihal", place=f"{COURSE}/grades/export"),
)


def main() -> None:
    """Take all pictures, or those whose names contain one of the given words."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("pages", nargs="*")
    arguments.add_argument("--folder", type=Path, help="keep the demonstration here and use it again")
    given = arguments.parse_args()
    chosen = [one for one in SHOTS if not given.pages or any(word in one.name for word in given.pages)]
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="reviewhub-") as fresh:
        shoot(chosen, given.folder or Path(fresh) / "stage")


def shoot(shots: list[Shot], folder: Path) -> None:
    """Play the story from stop to stop, and take the pages of each."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - the help must not need it

    stops = list(dict.fromkeys(shot.stop for shot in shots))
    stage = prepare_stage(folder, stop=stops[0], remote="", fresh=False, tell=lambda _text: None)
    with served(stage) as address, sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for stop in stops:
            if stage.stop_named(stop).moment > (stage.played_until() or stage.stop_named(stop).moment):
                stage.play_to(stop, tell=lambda _text: None)
            for shot in shots:
                if shot.stop == stop:
                    page = browser.new_page(
                        bypass_csp=True, locale="en-GB", timezone_id="Europe/Istanbul", reduced_motion="reduce"
                    )
                    for file in take(page, shot, address, stage):
                        sys.stdout.write(f"{file.name}  {file.stat().st_size / 1000:.0f} KB\n")
                    page.close()
        browser.close()


if __name__ == "__main__":
    main()
