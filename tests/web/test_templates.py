"""The templates of the frame with invented people in them: strict about names, free of inline code."""

from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, render_template
from jinja2 import StrictUndefined

import reviewhub
from reviewhub.web.formatting import template_filters
from tests.web import samples

ROOT = Path(reviewhub.__file__).parent
OUTSIDE = {"links": samples.links()}
PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "showcase": (
        "web/showcase.html",
        {
            **samples.frame(role="instructor", looking=True),
            "sample": samples.showcase(),
            "done": "Saved.",
            "refused": "Too late.",
        },
    ),
    "showcase with little around": ("web/showcase.html", {"sample": samples.showcase(), "phase_line": []}),
    "home": ("web/home.html", {**OUTSIDE, "courses": samples.cards()}),
    "home without courses": ("web/home.html", {"courses": []}),
    "home of a course, student": ("courses/home.html", {**samples.frame(), **samples.course_home()}),
    "home of a course, staff": (
        "courses/home.html",
        {**samples.frame(role="instructor"), **samples.course_home("instructor")},
    ),
    "home of a course, empty": (
        "courses/home.html",
        {**samples.frame(demonstration=False), "needs": [], "projects": [], "events": []},
    ),
    "events": (
        "courses/events.html",
        {
            **samples.frame(role="instructor"),
            "events": [{"detail": "", "who": "ReviewHub", **one} for one in samples.events()],
        },
    ),
    "events, none": ("courses/events.html", {"events": []}),
    "sign in": ("accounts/sign_in.html", {"next": "/", "email": "", "error": ""}),
    "sign in, wrong": (
        "accounts/sign_in.html",
        {**OUTSIDE, "next": '/"><b>', "email": "ada", "error": "Please write your whole mail address."},
    ),
    "sign in, demonstration": (
        "accounts/sign_in.html",
        {"next": "/", "email": "", "error": "", "personas": [("Ada", "a", "student")], "persona_url": "/p"},
    ),
    "link sent": ("accounts/sign_in_sent.html", {"email": "ada@example.org", "minutes": 1}),
    "link to confirm": ("accounts/sign_in_confirm.html", {"secret": "s", "next": "/"}),
    "no courses": ("accounts/no_courses.html", {"viewer": {"name": "Ada", "email": "ada@example.org"}}),
}
PAGES |= {
    f"error {meaning.status}": (
        "web/error.html",
        {
            "meaning": meaning,
            "sentence": "It was so.",
            "problems": samples.showcase()["problems"] if meaning.status == 422 else (),
        },
    )
    for meaning in samples.meanings()
}
VOID = {"meta", "link", "input", "br", "wbr", "hr", "img"}


class Outline(HTMLParser):
    """What the checks below want to know of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.labels: set[str] = set()
        self.described: set[str] = set()
        self.controls: list[str] = []
        self.faults: list[str] = []
        self.headings: list[int] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if len(given) != len(attrs):
            self.faults.append(f"an attribute twice on <{tag}>")
        self.faults += [f"{name} on <{tag}>" for name in given if name == "style" or name.startswith("on")]
        if tag == "script" and not given.get("src"):
            self.faults.append("an inline script")
        if "id" in given:
            self.ids.append(given["id"] or "")
        if tag == "label":
            self.labels.add(given.get("for") or "")
        self.described |= set((given.get("aria-describedby") or given.get("aria-labelledby") or "").split())
        if tag in {"input", "select", "textarea"} and given.get("type") != "hidden":
            self.controls.append(given.get("id") or f"nameless {tag}")
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes <{self.open[-1] if self.open else ''}>")
        else:
            self.open.pop()


@pytest.fixture(scope="module")
def bare() -> Flask:
    """An application of templates and addresses only."""
    app = Flask("bare", template_folder=str(ROOT.parent / "templates"), static_folder=str(ROOT / "web" / "static"))
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update(template_filters(zone=lambda: ZoneInfo("Europe/Istanbul"), now=lambda: samples.NOW))
    for name in ("sign_in", "send_link", "leave_everywhere", "follow_link"):
        app.add_url_rule(f"/{name}", f"accounts.{name}", lambda: "")
    return app


def outline(bare: Flask, page: str) -> Outline:
    """Render the page and read it."""
    template, context = PAGES[page]
    with bare.test_request_context("/c/ceng796/?a=1"):
        html = render_template(template, **context)
    reader = Outline()
    reader.feed(html)
    reader.close()
    return reader


@pytest.mark.parametrize("page", PAGES)
def test_page_is_whole_and_free_of_inline_code(bare: Flask, page: str) -> None:
    read = outline(bare, page)
    assert (read.faults, read.open) == ([], [])


@pytest.mark.parametrize("page", PAGES)
def test_page_names_every_control_and_no_id_twice(bare: Flask, page: str) -> None:
    read = outline(bare, page)
    assert sorted(read.ids) == sorted(set(read.ids))
    assert [control for control in read.controls if control not in read.labels] == []
    assert read.described - set(read.ids) == set()


@pytest.mark.parametrize("page", PAGES)
def test_page_has_one_title_and_no_heading_level_skipped(bare: Flask, page: str) -> None:
    levels = outline(bare, page).headings
    assert levels.count(1) == 1
    assert [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1] == []


def test_frame_escapes_what_people_are_called(bare: Flask) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    context = {
        **samples.frame(looking=True),
        **samples.course_home(),
        "viewer": {"name": hostile, "email": hostile},
        "done": hostile,
    }
    context["course"] = {**context["course"], "title": hostile, "term": hostile, "name": hostile}
    with bare.test_request_context("/"):
        assert "<img" not in render_template("courses/home.html", **context)


def test_only_one_template_trusts_html() -> None:
    trusting = [
        path.name
        for path in (ROOT.parent / "templates").rglob("*.html")
        if "|safe" in path.read_text(encoding="utf-8").replace(" ", "")
    ]
    assert trusting == ["_rendered.html"]


def test_style_sheets_take_their_colours_from_the_tokens() -> None:
    sheets = [ROOT / "web" / "static" / "css" / f"{name}.css" for name in ("base", "components", "pages", "charts")]
    literal = [
        (sheet.name, line)
        for sheet in sheets
        for line in sheet.read_text(encoding="utf-8").splitlines()
        if "rgb(" in line or ": #" in line
    ]
    assert literal == []
