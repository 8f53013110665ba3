"""The application: the one place, beside the commands, that knows every room."""

import secrets
from pathlib import Path
from typing import Any

from flask import Flask, g, get_flashed_messages, request, url_for
from jinja2 import StrictUndefined
from werkzeug.routing import IntegerConverter, Map

from reviewhub.accounts import pages as accounts
from reviewhub.app import demonstration, home, slots
from reviewhub.app.second_origin import TwoOrigins
from reviewhub.config import Settings
from reviewhub.courses import adding
from reviewhub.courses import pages as courses
from reviewhub.errors import Misconfigured
from reviewhub.grades import pages as grades
from reviewhub.grades.changing_rules import keep_released_grades
from reviewhub.projects import pages as projects
from reviewhub.reviews import pages as reviews
from reviewhub.storage import Clock, Database, clock_of
from reviewhub.web import operations
from reviewhub.web.addresses import AddressBook
from reviewhub.web.context import EXTENSION, Ground, now
from reviewhub.web.faults import map_faults
from reviewhub.web.formatting import template_filters
from reviewhub.web.guards import guard
from reviewhub.web.rendering import provide
from reviewhub.web.static_files import mark_static_files

ROOMS = (operations, accounts, home, courses, projects, reviews, grades)

PACKAGE = Path(__file__).parent.parent


def templates_folder() -> Path:
    """The folder of the templates: inside the package once installed, beside it in a checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"


class SmallNumber(IntegerConverter):
    """A number in an address: versions, editions. What no database column holds is no address."""

    def __init__(self, map: Map) -> None:  # noqa: A002 - werkzeug's name
        """Take numbers up to 2³¹ − 1."""
        super().__init__(map, max=2**31 - 1)


def create_app(settings: Settings, *, database: Database | None = None, clock: Clock | None = None) -> Flask:
    """Build the application on these settings; `database` and `clock` are made from them where not given."""
    static = PACKAGE / "web" / "static"
    app = AddressBook("reviewhub", template_folder=str(templates_folder()), static_folder=str(static))
    app.config.update(
        MAX_CONTENT_LENGTH=settings.limits.upload_megabytes * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SECRET_KEY=secret_of(settings),
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.server.base_url.startswith("https:"),
        SESSION_COOKIE_NAME="reviewhub_done",
        TEMPLATES_AUTO_RELOAD=False,
    )
    ground = Ground(
        settings=settings,
        database=database or Database(settings.database.url),
        clock=clock or clock_of(settings.demonstration.clock_file),
        secret=app.config["SECRET_KEY"],
    )
    app.extensions[EXTENSION] = ground
    app.wsgi_app = TwoOrigins(app.wsgi_app, settings=settings, clock=ground.clock, secret=ground.secret)  # type: ignore[method-assign]  # Flask's documented place for middleware
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update(template_filters(zone=slots.zone, now=now))
    app.url_map.converters["int"] = SmallNumber
    mark_static_files(app)
    guard(app)
    map_faults(app)
    for room in ROOMS:
        app.register_blueprint(room.blueprint)
    adding.guards[:] = [keep_released_grades]
    with app.app_context():
        provide(_frame)
        provide(slots.course_slots)
        provide(slots.receipt_keys)
        provide(slots.review_links)
        if settings.demonstration.personas:
            app.register_blueprint(demonstration.blueprint)
            provide(demonstration.bar)
    return app


def secret_of(settings: Settings) -> str:
    """The installation's secret: from the environment, else from a file that only the owner reads, made once."""
    given = settings.secret(settings.sign_in.secret_env)
    if given:
        return given
    file = settings.files.data / "secret"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.exists():
            fresh = file.with_suffix(f".{secrets.token_hex(4)}")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_hex(32), encoding="ascii")
            fresh.rename(file)
        return file.read_text(encoding="ascii")
    except OSError as fault:
        msg = f"The data folder {settings.files.data} cannot be written: {fault.strerror}."
        raise Misconfigured(msg) from fault


def _frame() -> dict[str, Any]:
    """The slots that need no room: who is here, what was just done, the frame's own links."""
    done = get_flashed_messages(category_filter=["done"])
    looking = g.get("looking_user")
    return {
        "viewer": g.get("user"),
        "done": done[-1] if done else "",
        "theme": request.cookies.get("theme", "") if request.cookies.get("theme") in {"light", "dark"} else "",
        "looking_for": {"name": looking.name, "stop_url": url_for("accounts.stop_looking")} if looking else None,
        "links": {
            "home": url_for("home.home"),
            "sign_in": url_for("accounts.sign_in"),
            "sign_out": url_for("accounts.leave"),
            "sessions": url_for("accounts.show_sessions"),
            "theme": url_for("accounts.choose_theme"),
        },
    }
