"""One person at a browser. Wherever they come, the page must be sound: see `look_over`."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import select

from reviewhub.mail.tables import Mail
from reviewhub.storage import Database
from tests.waiting import follow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > wide + 1);
  return [document.documentElement.scrollWidth + ' px', ...out.slice(0, 5).map(e => e.tagName + '.' + e.className)];
}"""


def picture(page: "Page", name: str) -> None:
    """Take a picture of the page in both themes, on a desktop and a phone, where REVIEWHUB_SCREENSHOTS names a folder."""
    if not os.environ.get("REVIEWHUB_SCREENSHOTS"):
        return
    folder = Path(os.environ["REVIEWHUB_SCREENSHOTS"])
    folder.mkdir(parents=True, exist_ok=True)
    # caret="initial": hiding the caret leaves style attributes behind, which htmx would copy and the policy refuse.
    for screen, size in (("phone", PHONE), ("desktop", DESKTOP)):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a plain dict is one
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            end = f"{theme}" if screen == "desktop" else f"{theme}-phone"
            page.screenshot(path=folder / f"{name}-{end}.jpeg", type="jpeg", quality=80, caret="initial")
    page.emulate_media(color_scheme="light")


@dataclass
class Visitor:
    """A person with a browser of their own: what they see, and what was wrong with any page on the way."""

    page: "Page"
    database: Database
    name: str
    email: str
    faults: list[str] = field(default_factory=list)
    looked_over: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Keep whatever a page complains about: scripts that fail, and what the content policy refuses."""
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda fault: self.faults.append(f"{self.page.url}: {fault}"))
        self.page.on("response", self._watch)

    def _hear(self, message: "ConsoleMessage") -> None:
        if message.type in {"error", "warning"}:
            self.faults.append(f"{self.page.url}: {message.text}")

    def _watch(self, response: "Response") -> None:
        if response.status >= 500:
            self.faults.append(f"{response.url}: {response.status}")

    def open(self, path: str) -> None:
        """Go to a page by its address."""
        self.page.goto(path)
        self.look_over()

    def go(self, *names: str) -> None:
        """Follow links one after the other by the words they carry, in the course's navigation first."""
        for name in names:
            menu = self.page.get_by_role("navigation").get_by_role("link", name=name, exact=True)
            follow(menu.first if menu.count() else self.link(name))
            self.look_over()

    def link(self, name: str, *, within: "Locator | None" = None) -> "Locator":
        return (within or self.page).get_by_role("link", name=name, exact=True).first

    def write(self, label: str, text: str, *, within: "Locator | None" = None) -> None:
        """Fill the field with this label."""
        (within or self.page).get_by_label(label).fill(text)

    def choose(self, label: str, option: str, *, within: "Locator | None" = None) -> None:
        """Choose an option, by its words, in the list with this label."""
        (within or self.page).get_by_role("combobox", name=label).select_option(label=option)

    def press(self, name: str, *, within: "Locator | None" = None) -> None:
        """Press the button with these words and wait for the page it leads to."""
        follow(self.button(name, within=within))
        self.look_over()

    def button(self, name: str, *, within: "Locator | None" = None) -> "Locator":
        return (within or self.page).get_by_role("button", name=name, exact=True).first

    def agree(self) -> None:
        """Say yes in the dialog that asks whether this is meant."""
        follow(self.button("Yes, go on", within=self.page.get_by_role("dialog")))
        self.look_over()

    @property
    def text(self) -> str:
        """What the page says to a reader, one space between words."""
        return " ".join(self.page.locator("body").inner_text().split())

    def heading(self) -> str:
        return self.page.get_by_role("heading", level=1).inner_text()

    def status_of(self, path: str) -> int:
        """What the program answers this person for an address."""
        return self.page.request.get(path, max_redirects=0).status

    def sign_in(self) -> None:
        """Ask for the link, take it out of the mail, follow it, and click once."""
        self.open("/")
        self.write("Your university mail address", self.email)
        self.press("Mail me a sign-in link")
        assert self.heading() == "Look into your mail"
        self.open(self._mailed_link())
        self.press("Sign in")

    def _mailed_link(self) -> str:
        with self.database.reading() as session:
            mail = session.scalars(select(Mail).where(Mail.to == self.email).order_by(Mail.posted_at.desc())).first()
        assert mail is not None
        found = re.search(r"https?://\S+/sign-in/\S+", mail.text)
        assert found is not None
        return found[0]

    def look_over(self) -> None:
        """Once for each page: one main heading, and nothing wider than a phone."""
        place = urlsplit(self.page.url).path
        place = re.sub(r"[0-9a-f]{16}", "·", place)
        if place in self.looked_over:
            return
        self.looked_over.add(place)
        headings = self.page.locator("h1").count()
        if headings != 1:
            self.faults.append(f"{place}: {headings} main headings")
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # a plain dict is one
        self.page.wait_for_function("width => innerWidth === width", arg=PHONE["width"])
        wide = self.page.evaluate(OVERFLOW)
        if wide:
            self.faults.append(f"{place}: wider than a phone: {wide}")
        self.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]  # as above


def arrive(browser: "Browser", base_url: str, database: Database, name: str, email: str) -> Visitor:
    """Seat a person at a fresh browser."""
    context = browser.new_context(
        base_url=base_url,
        viewport=DESKTOP,  # type: ignore[arg-type]  # a plain dict is one
        locale="en-GB",
        timezone_id="Europe/Istanbul",
        color_scheme="light",
        reduced_motion="reduce",
    )
    return Visitor(page=context.new_page(), database=database, name=name, email=email)
